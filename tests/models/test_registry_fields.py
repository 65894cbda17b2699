"""The table of the registry's fields knows all that is documented and all that was ever recorded, and no more."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from etl.canonical import build_canonical
from models.change import STATUSES
from models.registry_fields import (
    SECTIONS,
    Field,
    find_kind,
    find_values,
    is_known,
    parse_registry_fields,
    read_fields,
)
from tests.models.openapi import list_leaves

# The kinds of docs/contract.md.
KINDS = {
    "status", "why_stopped", "start_date", "primary_completion_date", "completion_date", "enrollment", "phase",
    "design", "study_type", "sponsor", "responsible_party", "arm", "intervention", "primary_outcome",
    "secondary_outcome", "other_outcome", "eligibility", "country", "site", "results", "reference",
    "retraction", "document", "title", "condition", "keyword", "description", "link", "identity", "disposition",
    "expanded_access", "oversight",
}  # fmt: skip
# Served, as the recorded studies show, though the registry's description does not know them.
UNDOCUMENTED = {
    # A copy of the sites that some records carry beside them.
    *(
        f"protocolSection.contactsLocationsModule.locations_nested.{name}"
        for name in ("facility", "status", "city", "state", "zip", "country", "geoPoint.lat", "geoPoint.lon")
    ),
    # What the registry's search computes for itself.
    "protocolSection.armsInterventionsModule.interventions.interventionMappedName",
    "derivedSection.interventionBrowseModule.ancestors.id_str",
    "derivedSection.miscInfoModule.modelPredictions.bmiLimits.minBmi",
    "derivedSection.miscInfoModule.modelPredictions.bmiLimits.maxBmi",
}
STATUS = "protocolSection.statusModule"
DERIVED = "derivedSection.miscInfoModule"


def list_table(field: Field | None = None) -> Iterator[Field]:
    field = read_fields() if field is None else field
    if field.fields:
        for below in field.fields.values():
            yield from list_table(below)
    else:
        yield field


def list_studies(shared: Path) -> Iterator[dict[str, Any]]:
    for name in ("nightly", "trials"):
        with gzip.open(shared / "recorded" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            yield from (json.loads(line)["study"] for line in lines)
    with gzip.open(shared / "recorded" / "histories.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from (study for line in lines for study in json.loads(line)["studies"].values())


def list_held(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every path of a record, empty ones too, with what stands there."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield f"{path}.{key}".lstrip("."), item
            yield from list_held(item, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for item in value:
            yield path, item
            yield from list_held(item, path)


def test_every_documented_field_has_a_kind_and_its_closed_list(shared: Path) -> None:
    leaves = list_leaves((shared / "recorded" / "ctg-oas-v2.yaml").read_text("utf-8"))
    assert len(leaves) == 344
    assert leaves["hasResults"] == []
    stated = {field.path: field for field in list_table()}
    assert [path for path in leaves if path not in stated] == []
    assert {path: find_values(path) for path in leaves} == {
        path: frozenset(values) if values else None for path, values in leaves.items()
    }


def test_the_table_knows_no_field_that_is_neither_documented_nor_recorded(shared: Path) -> None:
    leaves = list_leaves((shared / "recorded" / "ctg-oas-v2.yaml").read_text("utf-8"))
    recorded = {path for study in list_studies(shared) for path, _ in list_held(study)}
    undocumented = {field.path for field in list_table()} - leaves.keys()
    assert undocumented == UNDOCUMENTED
    assert undocumented <= recorded


def test_every_path_and_value_of_the_recorded_studies_is_known(shared: Path) -> None:
    unknown = set()
    for study in list_studies(shared):
        for path, value in list_held(study):
            allowed = find_values(path)
            if not is_known(path) or (allowed and isinstance(value, str) and value not in allowed):
                unknown.add((path, value if allowed else None))
    assert unknown == set()


def test_every_field_is_of_a_kind_of_the_contract_or_administrative_or_noise() -> None:
    kinds = {field.kind for field in list_table()}
    assert kinds == KINDS | {"administrative", "noise"}


def test_noise_is_exactly_what_the_canonical_content_leaves_out() -> None:
    left_out = set()
    for field in list_table():
        study: Any = "x"
        for name in reversed(field.path.split(".")):
            study = {name: study}
        if build_canonical(study) == {}:
            left_out.add(field.path)
    assert left_out == {field.path for field in list_table() if field.kind == "noise"}


def test_the_sections_are_those_of_the_table() -> None:
    assert set(SECTIONS) == read_fields().fields.keys()


def test_the_statuses_are_those_the_diff_knows() -> None:
    assert find_values(f"{STATUS}.overallStatus") == frozenset(STATUSES)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (f"{STATUS}.overallStatus", "status"),
        (f"{STATUS}.dispFirstPostDateStruct.date", "disposition"),
        (f"{STATUS}.lastUpdateSubmitDate", "administrative"),
        ("protocolSection.referencesModule.references.retractions.pmid", "retraction"),
        (f"{DERIVED}.submissionTracking.submissionInfos.releaseDate", "results"),
        (f"{DERIVED}.versionHolder", "noise"),
        # A holder is of the kind its fields share, administrative ones and noise aside.
        (f"{STATUS}.startDateStruct", "start_date"),
        ("protocolSection.armsInterventionsModule.armGroups", "arm"),
        ("resultsSection", "results"),
        ("protocolSection.identificationModule.organization", "administrative"),
        ("protocolSection.contactsLocationsModule.centralContacts", "noise"),
        (STATUS, None),
        # Below a field, or below noise, all is of its kind; elsewhere what nobody knows has none.
        ("protocolSection.identificationModule.briefTitle.text", "title"),
        ("protocolSection.contactsLocationsModule.centralContacts.fax", "noise"),
        ("derivedSection.newModule.field", "noise"),
        (f"{DERIVED}.newField", "noise"),
        (f"{DERIVED}.submissionTracking.newField", None),
        (f"{STATUS}.newField", None),
        ("newSection", None),
        ("", None),
    ],
)
def test_a_path_is_of_the_kind_of_what_holds_it(path: str, kind: str | None) -> None:
    assert find_kind(path) == kind


@pytest.mark.parametrize(
    ("path", "known"),
    [
        (f"{STATUS}.startDateStruct.date", True),
        (f"{STATUS}.startDateStruct", True),
        ("protocolSection", True),
        (f"{STATUS}.startDateStruct.newField", False),
        (f"{STATUS}.whyStopped.text", False),
        ("newSection", False),
        ("", False),
    ],
)
def test_a_field_and_what_holds_one_are_known(path: str, known: bool) -> None:
    assert is_known(path) is known
    assert find_values(path) is None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('[a.b]\nstatus = ["c", "c"]', "a.b.c is stated twice"),
        ('[a.b]\nstatus = ["c"]\ntitle = ["{c,d}"]', "a.b.c is stated twice"),
        ('[a]\nstatus = ["b", "b.c"]', "a.b is a field and holds others"),
        ('[a]\nstatus = ["b"]\n[[enum]]\nvalues = ["X"]\npaths = ["a.c"]', "a.c, which is no field"),
        ('[a]\nstatus = ["b.c"]\n[[enum]]\nvalues = ["X"]\npaths = ["a.b"]', "a.b, which is no field"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(body: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_registry_fields(body.encode())
