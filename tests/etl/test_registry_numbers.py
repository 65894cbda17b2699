"""The numbers of other registries and funders, in the ways people write them. Every number is invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.children.registry_numbers import FORMS, find_numbers
from etl.children.secondary_ids import build_secondary_id_rows
from tests.etl.child_study import make_study


@pytest.mark.parametrize(
    "text",
    [
        "2015-001234-56",
        "EudraCT: 2015-001234-56",
        "EudraCT Number 2015-001234-56",
        "EUDRACT2015-001234-56",
        "EudraCT No.: 2015-001234-56",
        "(2015-001234-56)",
        "2015‑001234‑56",
        "2015 – 001234 – 56",
        "2015-001234-56/NL",
        "２０１５-001234-56",
    ],
)
def test_a_eudract_number_is_found_however_it_is_written(text: str) -> None:
    assert find_numbers(text) == [("eudract", "2015-001234-56")]


@pytest.mark.parametrize("text", ["2015001234-56", "201500123456", "2015 001234 56", "2015/001234/56"])
def test_a_number_without_its_dashes_is_one_only_where_its_type_says_so(text: str) -> None:
    assert find_numbers(text, "EUDRACT_NUMBER") == [("eudract", "2015-001234-56")]
    assert find_numbers(text, "OTHER", "EudraCT number") == [("eudract", "2015-001234-56")]
    assert find_numbers(text) == []


@pytest.mark.parametrize(
    ("text", "declared", "domain"),
    [
        ("2023-501234-12-00", "CTIS", ""),
        ("2023-501234-12-00", "REGISTRY", "EU CT Number"),
        ("2023-501234-12-00", "EUDRACT_NUMBER", ""),
        ("EU CT: 2023-501234-12-00", "", ""),
        ("CTIS2023-501234-12-00", "OTHER", "EMA"),
        ("2023-501234-12 -00", "", ""),
        ("20235012341200", "CTIS", ""),
    ],
)
def test_an_eu_ct_number_is_no_eudract_number_whatever_it_is_called(text: str, declared: str, domain: str) -> None:
    assert find_numbers(text, declared, domain) == [("ctis", "2023-501234-12-00")]


def test_an_eu_ct_number_without_its_last_part_is_told_by_its_middle() -> None:
    assert find_numbers("2025-521627-99", "EUDRACT_NUMBER") == [("ctis", "2025-521627-99")]
    assert find_numbers("2015-521627-99", "EUDRACT_NUMBER") == [("eudract", "2015-521627-99")]


@pytest.mark.parametrize(
    ("text", "scheme", "number"),
    [
        ("U1111-1234-5678", "utn", "U1111-1234-5678"),
        ("U11111234 5678", None, None),
        ("UTN: U1111-1234-5678", "utn", "U1111-1234-5678"),
        ("UTN 1111-1234-5678", "utn", "U1111-1234-5678"),
        ("ISRCTN99999999", "isrctn", "ISRCTN99999999"),
        ("ISRCTN 99999999", "isrctn", "ISRCTN99999999"),
        ("isrctn-99999999", "isrctn", "ISRCTN99999999"),
        ("JapicCTI-999999", "japiccti", "JapicCTI-999999"),
        ("JAPIC CTI-999999", "japiccti", "JapicCTI-999999"),
        ("jRCT2099999999", "jrct", "jRCT2099999999"),
        ("JRCT2099999999", "jrct", "jRCT2099999999"),
        ("jRCTs099999999", "jrct", "jRCTs099999999"),
        ("jRCTS099999999", "jrct", "jRCTs099999999"),
        ("jRCT No. 2099999999", "jrct", "jRCT2099999999"),
        ("ChiCTR2099999999", "chictr", "ChiCTR2099999999"),
        ("ChiCTR-IOR-99999999", "chictr", "ChiCTR-IOR-99999999"),
        ("Chi-CTR-TRC-99999999", "chictr", "ChiCTR-TRC-99999999"),
        ("CTR20999999", "chinadrugtrials", "CTR20999999"),
        ("NCI-2099-99999", "nci", "NCI-2099-99999"),
        ("NCI 2099-99999", "nci", "NCI-2099-99999"),
        ("NCT99000190", "nct", "NCT99000190"),
        ("UMIN000999999", "umin", "UMIN000999999"),
        ("CTRI/2099/01/999999", "ctri", "CTRI/2099/01/999999"),
        ("KCT9999999", "kct", "KCT9999999"),
        ("ACTRN12699999999999", "actrn", "ACTRN12699999999999"),
        ("DRKS00999999", "drks", "DRKS00999999"),
        ("IRCT20990101999999N1", "irct", "IRCT20990101999999N1"),
        ("PACTR209901999999999", "pactr", "PACTR209901999999999"),
        ("SLCTR/2099/999", "slctr", "SLCTR/2099/999"),
        ("TCTR20990101001", "tctr", "TCTR20990101001"),
        ("RPCEC00999999", "rpcec", "RPCEC00999999"),
        ("RBR-9zz9zz", "rebec", "RBR-9zz9zz"),
        ("PER-999-99", "repec", "PER-999-99"),
        ("LBCTR2099999999", "lbctr", "LBCTR2099999999"),
        ("ITMCTR2099999999", "itmctr", "ITMCTR2099999999"),
        ("NTR9999", "ntr", "NTR9999"),
        ("NL-OMON99999", "omon", "NL-OMON99999"),
        ("NL99999.999.99", "ccmo", "NL99999.999.99"),
        ("SNCTP999999999", "snctp", "SNCTP999999999"),
        ("EUPAS99999", "eupas", "EUPAS99999"),
        ("IDRCB 2099-A99999-99", "idrcb", "2099-A99999-99"),
        ("IRAS ID: 999999", "iras", "IRAS 999999"),
        ("99999999.9.9999.9999", "caae", "99999999.9.9999.9999"),
        ("JMA-IIA99999", "jma", "JMA-IIA99999"),
    ],
)
def test_a_number_of_another_registry_is_written_as_it_writes_it(
    text: str, scheme: str | None, number: str | None
) -> None:
    assert find_numbers(text) == ([(scheme, number)] if scheme else [])


def test_every_form_is_tried_by_these_tests() -> None:
    source = Path(__file__).read_text("utf-8")
    assert {form.scheme for form in FORMS if f'"{form.scheme}"' not in source} == set()


@pytest.mark.parametrize(
    ("text", "domain", "found"),
    [
        ("2099999999", "jRCT", ("jrct", "jRCT2099999999")),
        ("2099999999", "Japan Registry of Clinical Trials (jRCT)", ("jrct", "jRCT2099999999")),
        ("99999999", "ISRCTN registry", ("isrctn", "ISRCTN99999999")),
        ("1111-1234-5678", "WHO", ("utn", "U1111-1234-5678")),
        ("999999", "IRAS", ("iras", "IRAS 999999")),
        ("000999999", "UMIN", ("umin", "UMIN000999999")),
        ("2099-99999", "CTRP (Clinical Trial Reporting Program)", ("nci", "NCI-2099-99999")),
        ("EudraCT", "2015-001234-56", ("eudract", "2015-001234-56")),
    ],
)
def test_the_words_beside_a_bare_number_say_whose_it_is(text: str, domain: str, found: tuple[str, str]) -> None:
    assert find_numbers(text, "OTHER", domain) == [found]
    assert find_numbers(text, "OTHER", "Sample Hospital") == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("R01CA999999", "R01CA999999"),
        ("1R01CA999999-01A1", "R01CA999999"),
        ("5 U10 CA999999-12", "U10CA999999"),
        ("UM1CA999999", "UM1CA999999"),
        ("2R44MD999999-02", "R44MD999999"),
        ("R01-HL-999999", "R01HL999999"),
    ],
)
def test_a_grant_is_known_by_its_core_where_the_registry_calls_it_one(text: str, number: str) -> None:
    assert find_numbers(text, "NIH") == [("nih", number)]
    assert find_numbers(text, "OTHER") == []


@pytest.mark.parametrize(
    "text",
    [
        "", "FO-201", "MK-9999-001", "D9999C00001", "2020-0205", "20/YH/0306", "IRB99999999", "CTR2021", "PER PROTOCOL",
        "09-I-0099", "W81XWH-99-1-0999", "12015-001234-56", "2015-001234-567", "XCTR20999999", "NTRY12",
        "2015-0012345-6",
    ],
)  # fmt: skip
def test_a_code_of_a_sponsor_is_no_number_of_a_registry(text: str) -> None:
    assert find_numbers(text, "OTHER", "Sample Hospital") == []


def test_every_number_in_one_text_is_found_once() -> None:
    text = "CTR20999991/CTR20999992, again CTR20999991; 2023-501234-12-00 (EudraCT 2015-001234-56)"
    assert sorted(find_numbers(text)) == [
        ("chinadrugtrials", "CTR20999991"),
        ("chinadrugtrials", "CTR20999992"),
        ("ctis", "2023-501234-12-00"),
        ("eudract", "2015-001234-56"),
    ]


def test_the_rows_say_where_a_number_stands_and_what_was_written() -> None:
    identification = {
        "orgStudyIdInfo": {"id": "EudraCT 2018-009999-37"},
        "secondaryIdInfos": [
            {"id": "EudraCT: 2015-001234-56", "type": "OTHER", "domain": "EMA"},
            {"id": "X-1", "type": "OTHER", "domain": "Sample Hospital"},
            {"id": "X-1", "type": "OTHER", "domain": "Other Hospital"},
            {"id": "R01CA999999", "type": "NIH", "link": "https://example.org/R01CA999999"},
            {"type": "OTHER"},
        ],
        "nctIdAliases": ["NCT99000190"],
    }
    rows = build_secondary_id_rows(make_study(identification=identification))
    told = {(row["place"], row["scheme"], row["id"], row["id_text"], row["domain"]) for row in rows}
    assert told == {
        ("organization", "eudract", "2018-009999-37", "EudraCT 2018-009999-37", None),
        ("secondary", "eudract", "2015-001234-56", "EudraCT: 2015-001234-56", "EMA"),
        ("secondary", "other", "X-1", "X-1", "Sample Hospital"),
        ("secondary", "other", "X-1", "X-1", "Other Hospital"),
        ("secondary", "nih", "R01CA999999", "R01CA999999", None),
        ("alias", "nct", "NCT99000190", "NCT99000190", None),
    }
    assert [row["link"] for row in rows if row["scheme"] == "nih"] == ["https://example.org/R01CA999999"]
    assert len({row["secondary_id_key"] for row in rows}) == len(rows) == 6


def test_a_sponsors_own_number_of_no_known_form_stands_as_written() -> None:
    rows = build_secondary_id_rows(make_study())
    assert [(row["scheme"], row["id"]) for row in rows if row["place"] == "organization"] == [
        ("org_study_id", "FO-201")
    ]
