"""One record's bytes to a typed study; what breaks the registry's promise is named with its JSON path."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.clinicaltrials.parse import MOST_LEVELS, parse_study
from models.errors import ContractError

MINIMAL: dict[str, Any] = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT99000101"},
        "statusModule": {"overallStatus": "AVAILABLE"},
    }
}


def record(path: str, value: Any) -> bytes:
    study = json.loads(json.dumps(MINIMAL))
    *parents, last = path.split(".")
    place = study
    for name in parents:
        place = place.setdefault(name, {})
    place[last] = value
    return json.dumps(study).encode()


def refuse(body: bytes) -> ContractError:
    with pytest.raises(ContractError) as caught:
        parse_study(body, "NCT99000101")
    assert (caught.value.source, caught.value.record) == ("clinicaltrials", "NCT99000101")
    return caught.value


def test_a_record_with_nothing_but_number_and_status_is_read() -> None:
    study = parse_study(json.dumps(MINIMAL).encode(), "x")
    assert study.nct_id == "NCT99000101"
    assert study.protocol_section.design_module.phases == ()
    assert study.protocol_section.status_module.start_date_struct.date is None


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("protocolSection.identificationModule.nctId", None, "$.protocolSection.identificationModule.nctId"),
        ("protocolSection.statusModule.overallStatus", None, "$.protocolSection.statusModule.overallStatus"),
        ("protocolSection.designModule.phases", [None], "$.protocolSection.designModule.phases[0]"),
        ("protocolSection.designModule.phases", "PHASE2", "$.protocolSection.designModule.phases"),
        (
            "protocolSection.designModule.enrollmentInfo.count",
            "many",
            "$.protocolSection.designModule.enrollmentInfo.count",
        ),
        ("protocolSection.statusModule.startDateStruct", "2026", "$.protocolSection.statusModule.startDateStruct"),
        (
            "protocolSection.conditionsModule.conditions",
            ["a", None],
            "$.protocolSection.conditionsModule.conditions[1]",
        ),
        (
            "protocolSection.armsInterventionsModule.interventions",
            [{"name": "a"}, {"name": 3}],
            "$.protocolSection.armsInterventionsModule.interventions[1].name",
        ),
        ("hasResults", "yes", "$.hasResults"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named_with_its_json_path(path: str, value: Any, place: str) -> None:
    error = refuse(record(path, value))
    assert error.path == place
    assert error.reason.startswith("Expected")
    assert str(error) == f"clinicaltrials: NCT99000101: {place}: {error.reason}"


def test_a_missing_part_is_named_with_the_place_it_is_missing_from() -> None:
    error = refuse(b'{"protocolSection":{"identificationModule":{"nctId":"NCT99000101"}}}')
    assert error.path == "$.protocolSection"
    assert "statusModule" in error.reason


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", json.dumps(MINIMAL).encode()[:-5]])
def test_what_is_no_record_is_an_error_at_the_root(body: bytes) -> None:
    assert refuse(body).path.startswith("$")


@pytest.mark.parametrize("text", ["", "[] }{", "] and ["])
def test_a_record_nested_without_measure_is_refused_whatever_brackets_its_texts_hold(text: str) -> None:
    def nest(levels: int) -> bytes:
        inner = f'"{text}"'
        for number in range(levels):
            inner = f'{{"{text}":{inner}}}' if number % 2 else f"[{inner}]"
        return json.dumps(MINIMAL)[:-1].encode() + b',"unknown":%s}' % inner.encode()

    parse_study(nest(MOST_LEVELS - 1), "NCT99000101")
    for levels in (MOST_LEVELS, 500, 3000):
        assert "levels deep" in refuse(nest(levels)).reason


@pytest.mark.parametrize("bad", [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\x00", b"\n"])
def test_a_record_with_bytes_that_are_no_json_text_loses_only_itself(bad: bytes) -> None:
    body = record("protocolSection.identificationModule.briefTitle", "A@B").replace(b"@", bad)
    try:
        parse_study(body, "NCT99000101")
    except ContractError:
        return
    # Read after all: then what is kept must be text that can be kept as such.
    body.decode("utf-8")
    json.loads(body, strict=False)


@pytest.mark.parametrize("number", [-1, 2**63, 10**30, 1.5])
def test_a_number_of_participants_that_no_table_holds_is_a_spoilt_record(number: float) -> None:
    path = "protocolSection.designModule.enrollmentInfo.count"
    assert refuse(record(path, number)).path == f"$.{path}"


def test_parts_nobody_reads_may_have_any_shape() -> None:
    assert parse_study(record("protocolSection.oversightModule", ["x", 7]), "x").nct_id == "NCT99000101"


def test_an_unknown_status_is_read_for_a_check_to_tell() -> None:
    study = parse_study(record("protocolSection.statusModule.overallStatus", "PAUSED"), "x")
    assert study.protocol_section.status_module.overall_status == "PAUSED"


@given(st.binary(max_size=60))
def test_any_bytes_are_a_study_or_a_contract_error(body: bytes) -> None:
    with pytest.raises(ContractError):
        parse_study(body, "x")


@pytest.mark.parametrize(
    ("path", "value", "rest"),
    [
        ("protocolSection.identificationModule.briefTitle", None, ""),
        ("protocolSection.eligibilityModule.eligibilityCriteria", None, ""),
        ("protocolSection.outcomesModule.primaryOutcomes", [{"measure": "x"}, {"measure": None}], "[1].measure"),
        ("derivedSection.conditionBrowseModule", None, ""),
        ("resultsSection.groups", [["a", None]], "[0][1]"),
        ("somethingNew", None, ""),
    ],
)
def test_a_null_anywhere_is_a_spoilt_record_and_no_value_taken_away(path: str, value: Any, rest: str) -> None:
    body = record(path, value)
    assert refuse(body).path == f"$.{path}{rest}"
    assert refuse(body.replace(b"null", b" null ")).path == f"$.{path}{rest}"


@pytest.mark.parametrize("text", [": null,", "[null]", "null", '": null, "'])
def test_a_text_that_speaks_of_null_is_a_text(text: str) -> None:
    body = record("protocolSection.identificationModule.briefTitle", text)
    assert parse_study(body, "x").protocol_section.identification_module.brief_title == text


def test_a_record_nested_without_end_is_refused_like_any_other() -> None:
    body = json.dumps(MINIMAL).encode()[:-1] + b',"x":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    refuse(body)
