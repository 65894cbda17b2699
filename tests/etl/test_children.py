"""Children of a trial: what stands in each table's rows, and keys that stay with the item they are of."""

from __future__ import annotations

import copy
import random
from typing import Any

import msgspec
import pytest

from etl.child_schemas import CHILD_SCHEMAS
from etl.children import CHILDREN, LISTED
from etl.children.payload import Json
from etl.children.protocol import build_arm_rows, build_intervention_rows, build_outcome_rows, build_site_rows
from etl.children.references import build_reference_rows
from etl.documented import read_documented
from etl.schemas import build_frame
from tests.etl.child_study import ARMS, OUTCOMES, make_study, shuffle_lists, spoil

NCT_ID = "NCT99000101"
WRONG: list[Any] = [None, 5, True, "x", {}, [None, 7, "y", [[]], {"id": 3}], 10**400]


def _keys(table: str, study: dict[str, Any]) -> list[str]:
    name = list(CHILD_SCHEMAS[table])[1]
    return [row[name] for row in CHILDREN[table](study)]


def test_every_child_has_a_builder_and_a_declared_shape_and_its_key_stands_second() -> None:
    assert CHILDREN.keys() == CHILD_SCHEMAS.keys()
    for table, schema in CHILD_SCHEMAS.items():
        rows = CHILDREN[table](make_study())
        assert rows, table
        assert build_frame(rows, schema).height == len(rows)
        first, second, *_ = schema
        assert first == "nct_id"
        assert second.endswith("_key")


def test_an_arm_says_what_it_is_and_what_is_given_in_it() -> None:
    rows = {row["label"]: row for row in build_arm_rows(make_study())}
    assert rows.keys() == {"Zelbarimab + Docetaxel", "Docetaxel", "Observation"}
    key = rows["Docetaxel"].pop("arm_key")
    assert rows["Docetaxel"] == {
        "nct_id": NCT_ID,
        "label": "Docetaxel",
        "arm_type": "ACTIVE_COMPARATOR",
        "description": None,
        "intervention_names": ["Drug: Docetaxel"],
    }
    assert len(key) == 16
    both = rows["Zelbarimab + Docetaxel"]
    assert both["description"] == "Both, until progression >= 20 %."
    assert both["intervention_names"] == ["Drug: Docetaxel", "Drug: Zelbarimab"]
    assert rows["Observation"]["arm_type"] is None


def test_an_intervention_names_its_arms_as_the_arms_are_labelled() -> None:
    rows = {row["name"]: row for row in build_intervention_rows(make_study())}
    labels = {row["label"] for row in build_arm_rows(make_study())}
    assert rows["Zelbarimab"]["other_names"] == ["ZLB-201", "anti-LAG-3"]
    assert rows["Zelbarimab"]["description"] == "200 mg: * day 1 * day 22"
    assert rows["Docetaxel"]["arm_labels"] == ["Docetaxel", "Zelbarimab + Docetaxel"]
    assert {label for row in rows.values() for label in row["arm_labels"]} <= labels


def test_outcomes_of_every_type_are_told_apart_by_measure_and_time_frame() -> None:
    rows = build_outcome_rows(make_study())
    assert sorted((row["outcome_type"], row["measure"], row["time_frame"] or "") for row in rows) == [
        ("other", "Biomarkers", ""),
        ("primary", "Progression-free survival", "24 months"),
        ("primary", "Response", "12 weeks"),
        ("primary", "Response", "24 weeks"),
        ("secondary", "Response", "24 weeks"),
    ]
    assert not [row for row in rows if "-" in row["outcome_key"]]


def test_a_site_has_its_address_status_and_place_and_no_person() -> None:
    rows = {row["facility"]: row for row in build_site_rows(make_study())}
    assert rows["Sample Hospital"]["city"] == "Utrecht"
    assert (rows["Sample Hospital"]["latitude"], rows["Sample Hospital"]["longitude"]) == (52.1, 5.1)
    assert rows["Sample Hospital"]["status"] == "RECRUITING"
    assert rows["Other Hospital"]["latitude"] is None
    assert "Person" not in repr(rows)


def test_a_paper_is_one_row_with_the_strongest_word_and_one_without_number_is_known_by_its_citation() -> None:
    rows = build_reference_rows(make_study())
    assert sorted((row["pmid"] or "", row["reference_type"], row["citation"]) for row in rows) == [
        ("", "BACKGROUND", "E F. A book. 1999."),
        ("99000031", "RESULT", "A B. A paper. 2020."),
        ("99000032", "DERIVED", "C D. Another. 2021."),
    ]
    notices = {row["pmid"]: row["retractions"] for row in rows}
    assert notices["99000032"] == [{"pmid": "99000099", "source": "Invented J. 2022"}]
    assert notices["99000031"] == []


@pytest.mark.parametrize("written", ["99000031", " 99000031 ", "PMID: 99000031", "PMID99000031", "0099000031"])
def test_a_pmid_is_read_however_it_is_written(written: str) -> None:
    rows = build_reference_rows(make_study(references={"references": [{"pmid": written}]}))
    assert [row["pmid"] for row in rows] == ["99000031"]


def test_a_reference_that_names_no_paper_is_left_out() -> None:
    assert build_reference_rows(make_study(references={"references": [{"type": "RESULT"}, {"pmid": "  "}]})) == []


@pytest.mark.parametrize("table", CHILDREN)
def test_lists_in_another_order_give_the_same_rows(table: str) -> None:
    study = make_study()
    rows = CHILDREN[table](study)
    for seed in range(20):
        assert CHILDREN[table](shuffle_lists(study, random.Random(seed))) == rows


@pytest.mark.parametrize("table", CHILDREN)
def test_keys_are_unique_and_the_payload_is_left_as_it_was(table: str) -> None:
    study = make_study()
    before = copy.deepcopy(study)
    keys = _keys(table, study)
    assert len(set(keys)) == len(keys)
    assert study == before


def test_an_edit_of_the_rest_leaves_the_key_and_a_rename_changes_only_its_own() -> None:
    before = {row["label"]: row["arm_key"] for row in build_arm_rows(make_study())}
    arms = copy.deepcopy(ARMS)
    arms["armGroups"][1] |= {"description": "Now described.", "type": "OTHER", "label": "DOCETAXEL"}
    arms["armGroups"][2]["label"] = "Watchful waiting"
    after = {row["label"]: row["arm_key"] for row in build_arm_rows(make_study(arms=arms))}
    assert after["DOCETAXEL"] == before["Docetaxel"]
    assert after["Zelbarimab + Docetaxel"] == before["Zelbarimab + Docetaxel"]
    assert after["Watchful waiting"] not in before.values()


def test_items_alike_are_numbered_in_the_order_of_their_content() -> None:
    site = {"facility": "Research Site", "city": "Ghent", "country": "Belgium"}
    sites = {"locations": [{**site, "status": "RECRUITING"}, site, site, {**site, "city": "Genk"}]}
    rows = build_site_rows(make_study(sites=sites))
    ghent = [row for row in rows if row["city"] == "Ghent"]
    key = ghent[0]["site_key"]
    assert [row["site_key"] for row in ghent] == [key, f"{key}-2", f"{key}-3"]
    turned = build_site_rows(make_study(sites={"locations": sites["locations"][::-1]}))
    assert turned == rows


def test_an_item_without_what_it_is_known_by_is_known_by_all_it_says() -> None:
    arms = {"armGroups": [{"description": "Nameless."}, {"type": "OTHER"}], "interventions": []}
    rows = build_arm_rows(make_study(arms=arms))
    assert {(row["label"], row["description"], row["arm_type"]) for row in rows} == {
        (None, "Nameless.", None),
        (None, None, "OTHER"),
    }
    assert len({row["arm_key"].partition("-")[0] for row in rows}) == 2


def test_an_item_that_says_nothing_is_no_row() -> None:
    empty = {"armGroups": [{}, {"label": None}, {"label": " "}, {"label": 7}], "interventions": [None, "x"]}
    study = make_study(arms=empty, outcomes={"primaryOutcomes": [{}], "otherOutcomes": {"measure": "no list"}})
    assert build_arm_rows(study) + build_intervention_rows(study) + build_outcome_rows(study) == []


@pytest.mark.parametrize("table", CHILDREN)
def test_a_study_without_a_module_or_a_number_has_no_rows_of_it(table: str) -> None:
    bare = {"protocolSection": {"identificationModule": {"nctId": NCT_ID}}}
    assert CHILDREN[table](bare) == []
    assert CHILDREN[table]({}) == []
    nameless = make_study()
    del nameless["protocolSection"]["identificationModule"]["nctId"]
    assert CHILDREN[table](nameless) == []


@pytest.mark.parametrize("table", CHILDREN)
def test_nothing_of_a_wrong_type_breaks_a_table_or_stands_in_it(table: str) -> None:
    study = make_study()
    for name in ("statusModule", "sponsorCollaboratorsModule", "designModule", "conditionsModule"):
        del study["protocolSection"][name]
    key = list(CHILD_SCHEMAS[table])[1]
    for wrong in WRONG:
        for spoilt in spoil(study, wrong):
            if not isinstance(spoilt, dict):
                continue
            rows = CHILDREN[table](spoilt)
            assert build_frame(rows, CHILD_SCHEMAS[table]).height == len({row[key] for row in rows})


def test_a_documented_study_has_the_rows_that_it_has_as_plain_values() -> None:
    study = make_study()
    spoilt = [one for wrong in WRONG[:-1] for one in spoil(study, wrong)]  # the last is no number of JSON's
    records = [msgspec.json.encode(one) for one in (study, *spoilt)]
    documented = [(record, read) for record in records if (read := read_documented(record))]
    assert documented[0][0] == records[0]
    assert len(documented) > len(WRONG)
    for record, read in documented:
        for table, build in CHILDREN.items():
            assert build(read) == build(msgspec.json.decode(record)), (table, record)


@pytest.mark.parametrize("table", LISTED)
def test_documented_studies_stand_beside_others(table: str) -> None:
    plain = make_study()
    documented = read_documented(msgspec.json.encode(plain))
    assert documented
    mixed: list[list[Json]] = [[documented, plain, documented], [plain, documented], [documented] * 2]
    for studies in mixed:
        assert LISTED[table].build_columns(studies) == LISTED[table].build_columns([plain] * len(studies))


def test_the_same_list_in_the_wrong_place_is_not_read() -> None:
    assert build_outcome_rows(make_study(outcomes={"outcomes": OUTCOMES["primaryOutcomes"]})) == []


@pytest.mark.parametrize("table", LISTED)
def test_many_studies_at_one_go_give_the_rows_of_each(table: str) -> None:
    studies = [make_study(), {}, shuffle_lists(make_study(), random.Random(1)), make_study(sites={"locations": [{}]})]
    columns = LISTED[table].build_columns(studies)
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    assert rows == [row for study in studies for row in CHILDREN[table](study)]
    assert rows
