"""The sentinel sees whatever the registry's description does not know, wherever it stands, and nothing else."""

from __future__ import annotations

import copy
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.sentinel import (
    Drift,
    find_drift,
    find_lost,
    find_steps,
    join_path,
    list_fields,
    with_holders,
    write_place,
)
from tests.etl.studies import STUDY, Json, change

STATUS = "protocolSection.statusModule"
SITES = "protocolSection.contactsLocationsModule.locations"


def seen(study: Json) -> list[tuple[str, str, str | None, str]]:
    return [(drift.kind, drift.path, drift.value, drift.example_path) for drift in find_drift(study)]


def test_a_record_as_documented_shows_no_drift() -> None:
    assert find_drift(STUDY) == []


@pytest.mark.parametrize("value", [{"module": {"a": 1}}, [1, 2], "text", 7, True, None, {}])
def test_an_unknown_section_is_told_once_whatever_it_holds(value: Any) -> None:
    assert seen(STUDY | {"newSection": value}) == [("section", "newSection", None, "newSection")]


@pytest.mark.parametrize("value", [{"deep": [{"deeper": 1}]}, "text", None, []])
def test_of_an_unknown_field_the_highest_path_is_told(value: Any) -> None:
    study = copy.deepcopy(STUDY)
    study["protocolSection"]["newModule"] = value
    study["protocolSection"]["statusModule"]["newField"] = value
    assert seen(study) == [
        ("field", f"{STATUS}.newField", None, f"{STATUS}.newField"),
        ("field", "protocolSection.newModule", None, "protocolSection.newModule"),
    ]


def test_an_unknown_field_of_many_items_is_told_once_with_its_first_place() -> None:
    study = copy.deepcopy(STUDY)
    sites = study["protocolSection"]["contactsLocationsModule"]["locations"]
    sites[0]["contacts"] = [{"name": "A"}, {"name": "B", "fax": "1"}]
    sites[1]["contacts"] = [{"fax": "2"}]
    assert seen(study) == [("field", f"{SITES}.contacts.fax", None, f"{SITES}[0].contacts[1].fax")]


def test_an_undocumented_value_is_told_with_its_word() -> None:
    study = change(f"{STATUS}.overallStatus", "PAUSED")
    assert seen(study) == [("value", f"{STATUS}.overallStatus", "PAUSED", f"{STATUS}.overallStatus")]


def test_each_undocumented_value_of_a_list_is_told_once() -> None:
    study = change("protocolSection.designModule.phases", ["PHASE2", "PHASE9", "PHASE8", "PHASE9"])
    path = "protocolSection.designModule.phases"
    assert seen(study) == [
        ("value", path, "PHASE9", f"{path}[1]"),
        ("value", path, "PHASE8", f"{path}[2]"),
    ]


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (f"{STATUS}.overallStatus", 7, ("value", f"{STATUS}.overallStatus", "7")),
        (f"{STATUS}.overallStatus", True, ("value", f"{STATUS}.overallStatus", "true")),
        (f"{STATUS}.overallStatus", "", ("value", f"{STATUS}.overallStatus", "")),
        (f"{STATUS}.startDateStruct", "2024-01", ("value", f"{STATUS}.startDateStruct", "<string>")),
        (STATUS, 7, ("value", STATUS, "<number>")),
        ("protocolSection", False, ("value", "protocolSection", "<boolean>")),
        (SITES, ["Utrecht"], ("value", SITES, "<string>")),
        (SITES, [[{"facility": "A"}]], ("value", SITES, "<array>")),
        (f"{STATUS}.whyStopped", {"text": "slow"}, ("field", f"{STATUS}.whyStopped.text", None)),
        ("hasResults", {"now": True}, ("field", "hasResults.now", None)),
    ],
)
def test_a_value_of_another_shape_is_told(path: str, value: Any, told: tuple[str, str, str | None]) -> None:
    assert [drift[:3] for drift in seen(change(path, value))] == [told]


@pytest.mark.parametrize("path", ["protocolSection", STATUS, f"{STATUS}.overallStatus", f"{STATUS}.startDateStruct"])
def test_a_null_is_nothing(path: str) -> None:
    study = copy.deepcopy(STUDY)
    *holders, last = path.split(".")
    place: Any = study
    for name in holders:
        place = place[name]
    place[last] = None
    assert find_drift(study) == []
    assert not any(f"{one}.".startswith(f"{path}.") for one in list_fields(study))


def test_a_long_or_broken_name_or_value_is_cut_and_harmless() -> None:
    study = change(f"{STATUS}.overallStatus", "\ud800" + "X" * 5000)
    study["\x1b[31m."] = 1
    study["y" * 5000] = 1
    drifts = find_drift(study)
    assert [len(drift.path) < 150 and len(drift.value or "") < 250 for drift in drifts] == [True] * 3
    assert '"\\u001b[31m."' in [drift.path for drift in drifts]
    for drift in drifts:
        f"{drift.path}{drift.value}{drift.example_path}".encode()  # what cannot be written would raise


@pytest.mark.parametrize(("study", "fields"), [({}, set()), ({"hasResults": False}, {"hasResults"})])
def test_a_bare_record_is_harmless(study: Json, fields: set[str]) -> None:
    assert find_drift(study) == []
    assert list_fields(study) == fields


def test_fields_are_listed_where_they_hold_something() -> None:
    study = {
        "protocolSection": {
            "statusModule": {"whyStopped": "", "overallStatus": "RECRUITING", "startDateStruct": {}},
            "conditionsModule": {"conditions": [], "keywords": ["a", "b"]},
            "contactsLocationsModule": {"locations": [{"zip": None}, {"zip": "1", "new": {"x": [{"y.z": 0}]}}]},
        },
        "hasResults": False,
    }
    assert list_fields(study) == {
        f"{STATUS}.overallStatus",
        "protocolSection.conditionsModule.keywords",
        f"{SITES}.zip",
        f'{SITES}.new.x."y.z"',
        "hasResults",
    }


def test_what_is_lost_is_told_with_every_holder_left_empty() -> None:
    old = list_fields(STUDY)
    new = list_fields(change(f"{STATUS}.startDateStruct", None))
    assert find_lost(old, new) == {
        f"{STATUS}.startDateStruct",
        f"{STATUS}.startDateStruct.date",
        f"{STATUS}.startDateStruct.type",
    }
    assert find_lost(new, old) == set()


@pytest.mark.parametrize("path", sorted(with_holders(list_fields(STUDY))))
def test_the_place_of_a_path_is_one_that_holds_something(path: str) -> None:
    steps = find_steps(STUDY, path)
    value: Any = STUDY
    for step in steps:
        value = value[step]
    assert value is not None
    assert write_place([step for step in steps if isinstance(step, str)]) == path


def test_a_path_that_leads_nowhere_has_no_place() -> None:
    assert find_steps(STUDY, f"{STATUS}.whyStopped") == []
    assert find_steps(STUDY, f"{SITES}.facility.deeper") == []
    assert find_steps(change(f"{SITES}.0.facility", None), f"{SITES}.facility")[3:] == [1, "facility"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150)
@given(path=st.sampled_from(sorted(with_holders(list_fields(STUDY)))), value=JSON)
def test_whatever_stands_anywhere_is_looked_at_without_a_crash(path: str, value: Any) -> None:
    study = copy.deepcopy(STUDY)
    steps = find_steps(study, path)
    place: Any = study
    for step in steps[:-1]:
        place = place[step]
    place[steps[-1]] = value
    drifts = find_drift(study)
    assert len({(drift.kind, drift.path, drift.value) for drift in drifts}) == len(drifts)
    assert all(isinstance(one, str) for one in list_fields(study))
    for drift in drifts:
        assert isinstance(drift, Drift)
        assert "[" not in drift.path or '"' in drift.path


@settings(max_examples=150)
@given(value=st.dictionaries(st.text(max_size=5), JSON, max_size=4))
def test_every_listed_path_of_any_object_has_a_place(value: Json) -> None:
    for path in list_fields(value):
        assert find_steps(value, path)


def test_nesting_without_end_is_looked_at() -> None:
    deep: Any = "x"
    for _ in range(100_000):
        deep = [{"a": deep}]
    study = STUDY | {"newSection": deep}
    assert seen(study) == [("section", "newSection", None, "newSection")]


def test_a_name_that_is_none_is_quoted() -> None:
    assert join_path("a", "b.c") == 'a."b.c"'
    assert join_path("", "b") == "b"


def test_a_large_record_is_looked_at_whole(shared: Path) -> None:
    with gzip.open(shared / "recorded" / "nightly.jsonl.gz", "rt", encoding="utf-8") as lines:
        largest = max(lines, key=len)
    study = json.loads(largest)["study"]
    assert len(largest) > 1_000_000
    assert find_drift(study) == []
    assert len(list_fields(study)) > 100
