"""Canonical content: what moves without an edit makes no version, and every real difference makes one."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.canonical import KEPT, NOISE, build_canonical, hash_content
from etl.markup import fold_text
from models.registry_fields import Field, read_fields
from tests.etl.studies import STUDY, Json, change

CONTACTS = "protocolSection.contactsLocationsModule"


def digest(study: Json) -> str:
    return hash_content(build_canonical(study))


def shuffle(value: Any, source: random.Random) -> Any:
    """Return the same content with every list and every key in another order."""
    if isinstance(value, dict):
        pairs = list(value.items())
        source.shuffle(pairs)
        return {key: shuffle(item, source) for key, item in pairs}
    if isinstance(value, list):
        items = [shuffle(item, source) for item in value]
        source.shuffle(items)
        return items
    return value


def rewrite(value: Any, write: Any) -> Any:
    """Return the same content with every text written otherwise."""
    if isinstance(value, dict):
        return {key: rewrite(item, write) for key, item in value.items()}
    if isinstance(value, list):
        return [rewrite(item, write) for item in value]
    return write(value) if isinstance(value, str) else value


@given(st.integers())
def test_the_order_of_lists_and_keys_makes_no_version(seed: int) -> None:
    assert digest(shuffle(STUDY, random.Random(seed))) == digest(STUDY)


@given(st.lists(st.sampled_from([" ", "\n", "\t", "\r\n", "\u00a0", "  "]), min_size=1, max_size=3))
def test_whitespace_makes_no_version(blanks: list[str]) -> None:
    blank = "".join(blanks)
    assert digest(rewrite(STUDY, lambda text: f"{blank}{text.replace(' ', blank)}{blank}")) == digest(STUDY)


def test_markdown_escapes_make_no_version() -> None:
    escaped = rewrite(STUDY, lambda text: text.replace("*", "\\*").replace(">", "\\>").replace("-", "\\-"))
    assert escaped != STUDY
    assert digest(escaped) == digest(STUDY)


def test_html_entities_make_no_version() -> None:
    coded = rewrite(STUDY, lambda text: text.replace("&", "&amp;").replace(">", "&gt;").replace("/", "&#x2F;"))
    assert coded != STUDY
    assert digest(coded) == digest(STUDY)


NOISY = {
    "protocolSection.statusModule.statusVerifiedDate": "2026-02",
    f"{CONTACTS}.centralContacts": [{"name": "C. Person"}],
    f"{CONTACTS}.locations.0.contacts": [],
    f"{CONTACTS}.locations.0.geoPoint": {"lat": 0.0, "lon": 0.0},
    f"{CONTACTS}.locations.0.city": "Utrecht (city)",
    "derivedSection": {"miscInfoModule": {"versionHolder": "2026-02-11"}},
    "resultsSection.moreInfoModule.pointOfContact": {"title": "Study Director", "email": "f@example.org"},
}


@pytest.mark.parametrize(("path", "value"), NOISY.items())
def test_what_moves_without_an_edit_makes_no_version(path: str, value: Any) -> None:
    assert digest(change(path, value)) == digest(STUDY)
    assert digest(change(path)) == digest(STUDY)


def test_every_path_of_the_noise_is_tried_above() -> None:
    assert {path.replace(".0.", ".") for path in NOISY} == NOISE


def list_leaves(field: Field) -> Iterator[Field]:
    if not field.fields:
        yield field
    for below in field.fields.values():
        yield from list_leaves(below)


def test_the_noise_is_that_of_the_list_of_the_registrys_fields() -> None:
    kept = tuple(".".join(path) for path in KEPT)
    for field in list_leaves(read_fields()):
        is_left_out = any(f"{field.path}.".startswith(f"{path}.") for path in NOISE) and not field.path.startswith(kept)
        assert is_left_out == (field.kind == "noise"), field.path


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("derivedSection.miscInfoModule.versionHolder", "2030-01-01"),
        ("derivedSection.conditionBrowseModule.ancestors", [{"id": "D1"}]),
        ("derivedSection.conditionBrowseModule", None),
        ("derivedSection.interventionBrowseModule", {"meshes": [{"term": "x"}]}),
        (f"{CONTACTS}.locations.1.contacts", [{"name": "D. Person", "email": "d@example.org"}]),
        (f"{CONTACTS}.locations.1.geoPoint", {"lat": 51.0, "lon": 3.7}),
        ("resultsSection", {}),
        ("protocolSection.conditionsModule.keywords", []),
        ("protocolSection.statusModule.whyStopped", ""),
    ],
)
def test_derived_empty_and_contact_parts_make_no_version(path: str, value: Any) -> None:
    assert digest(change(path, value)) == digest(STUDY)


@pytest.mark.parametrize("name", ["submissionTracking", "removedCountries"])
def test_the_two_kept_parts_of_the_derived_section_count(name: str) -> None:
    path = f"derivedSection.miscInfoModule.{name}"
    first = change(
        path, ["Belgium"] if name == "removedCountries" else {"firstMcpInfo": {"postDateStruct": {}}, "x": 1}
    )
    second = change(path, ["Belgium", "France"] if name == "removedCountries" else {"x": 2})
    assert len({digest(STUDY), digest(first), digest(second)}) == 3


@pytest.mark.parametrize(("name", "nothing"), [("removedCountries", []), ("submissionTracking", {})])
def test_an_empty_kept_part_is_as_good_as_none(name: str, nothing: Any) -> None:
    assert digest(change(f"derivedSection.miscInfoModule.{name}", nothing)) == digest(STUDY)


def test_the_order_of_removed_countries_makes_no_version() -> None:
    path = "derivedSection.miscInfoModule.removedCountries"
    assert digest(change(path, ["Belgium", "France"])) == digest(change(path, ["France", "Belgium"]))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("protocolSection.statusModule.overallStatus", "TERMINATED"),
        ("protocolSection.statusModule.lastUpdateSubmitDate", "2026-01-06"),
        ("protocolSection.statusModule.startDateStruct.type", "ESTIMATED"),
        ("protocolSection.designModule.enrollmentInfo.count", 0),
        ("protocolSection.designModule.enrollmentInfo.count", None),
        ("protocolSection.descriptionModule.briefSummary", "Patients with PD-L1 > 50 % and * two lines & more."),
        ("protocolSection.conditionsModule.conditions", ["NSCLC", "Lung Cancer", "Lung Cancer"]),
        (f"{CONTACTS}.locations.0.facility", "Sample Clinic"),
        (f"{CONTACTS}.locations.0.country", "Belgium"),
        (f"{CONTACTS}.locations.0.status", "COMPLETED"),
        (f"{CONTACTS}.locations.1", None),
        (f"{CONTACTS}.overallOfficials", [{"name": "E. Person"}]),
        ("hasResults", True),
        ("protocolSection.armsInterventionsModule.interventions.0.name", "zelbarimab"),
    ],
)
def test_every_real_difference_makes_a_version(path: str, value: Any) -> None:
    assert digest(change(path, value)) != digest(STUDY)


def test_zero_false_and_nothing_are_three_things() -> None:
    path = "protocolSection.designModule.enrollmentInfo.count"
    assert len({digest(change(path, value)) for value in (0, False, 142)} | {digest(change(path))}) == 4


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab \\*&<", max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from("abc"), JSON, max_size=3), st.integers())
def test_any_study_has_one_content_however_it_is_ordered(study: Json, seed: int) -> None:
    before = copy.deepcopy(study)
    assert digest(shuffle(study, random.Random(seed))) == digest(study)
    assert study == before


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("a \\< b", "a < b"),
        ("\\>= 18", ">= 18"),
        ("\\* one", "* one"),
        ("1\\. one", "1. one"),
        ("\\\\", "\\"),
        ("\\\\*", "\\*"),
        ("a\\b", "a\\b"),
        ("&lt;li&gt; &#x2F;", "<li> /"),
        (" a \n\n b\t", "a b"),
        ("", ""),
    ],
)
def test_a_text_is_folded_to_what_it_says(text: str, folded: str) -> None:
    assert fold_text(text) == folded
