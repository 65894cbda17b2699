"""The whole diff: applied to the old state the changes give the new one, and what is no edit says nothing."""

from __future__ import annotations

import copy
import functools
import gzip
import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dags.sample.world import SAMPLE_FOLDER
from etl.canonical import build_canonical
from etl.diff import DiffContext, find_changes, list_administrative
from etl.diff.paths import list_differing
from models.change import WEIGHT_OF, WEIGHTS, Change
from models.registry_fields import find_kind
from tests.conftest import ROOT
from tests.etl.applying import apply_all, project_all
from tests.etl.explaining import list_unexplained
from tests.etl.studies import STUDY, Json
from tests.etl.test_canonical import shuffle

CONTEXT = DiffContext()
QUICK = settings(max_examples=100)


def list_samples() -> list[Json]:
    """Return the made-up studies, each version once."""
    lines = (SAMPLE_FOLDER / "studies.jsonl").read_text("utf-8").splitlines()
    return [STUDY, *(json.loads(line)["study"] for line in lines)]


@functools.cache
def list_recorded() -> list[Json]:
    """Return the real studies, each version once; none where there are no real records."""
    folder = Path(os.environ.get("TRIALWATCH_SHARED", ROOT / ".." / "shared")) / "recorded"
    studies = []
    for name in ("nightly", "trials"):
        if (folder / f"{name}.jsonl.gz").exists():
            with gzip.open(folder / f"{name}.jsonl.gz", "rt") as file:
                studies += [json.loads(line)["study"] for line in file]
    return [study for study in studies if len(json.dumps(study)) < 200_000]


def list_places(study: Json) -> list[tuple[str, ...]]:
    """Return where a study's modules and their fields stand."""
    places: list[tuple[str, ...]] = []
    for section, modules in study.items():
        places.append((section,))
        for module, fields in modules.items() if isinstance(modules, dict) else ():
            places.append((section, module))
            places += [(section, module, field) for field in fields] if isinstance(fields, dict) else []
    return places


def cross(old: Json, other: Json, data: st.DataObject, most: int = 6) -> Json:
    """Return a copy of a study in which some modules and fields are another study's, or are gone."""
    new = copy.deepcopy(old)
    places = sorted({*list_places(old), *list_places(other)} - {("protocolSection",)})
    for place in data.draw(st.lists(st.sampled_from(places), max_size=most)):
        *parents, last = place
        target: Any = new
        source: Any = other
        for key in parents:
            target = target.setdefault(key, {}) if isinstance(target, dict) else {}
            source = source.get(key, {}) if isinstance(source, dict) else {}
        if not isinstance(target, dict):
            continue
        if last in source and data.draw(st.integers(0, 4)):
            target[last] = copy.deepcopy(source[last])
        elif last not in ("identificationModule", "nctId", "statusModule", "overallStatus"):
            target.pop(last, None)
    return new


def check(old: Json, new: Json) -> list[Change]:
    before, after = build_canonical(old), build_canonical(new)
    changes = list(find_changes(before, after, CONTEXT))
    assert apply_all(before, changes) == project_all(after)
    assert list_unexplained(before, after, changes) == []
    assert all(change.weight in WEIGHTS for change in changes)
    return changes


@QUICK
@given(st.sampled_from(list_samples()), st.sampled_from(list_samples()), st.data())
def test_the_changes_of_a_made_up_study_applied_give_the_new_state(old: Json, other: Json, data: st.DataObject) -> None:
    check(old, cross(old, other, data))


@QUICK
@given(st.data())
def test_the_changes_of_a_real_study_applied_give_the_new_state(shared: Path, data: st.DataObject) -> None:
    studies = list_recorded()
    first, second = (data.draw(st.integers(0, len(studies) - 1)) for _ in range(2))
    check(studies[first], cross(studies[first], studies[second], data))


@pytest.mark.parametrize("pair", range(len(list_samples()) - 1))
def test_one_made_up_study_turned_into_another_is_told_whole(pair: int) -> None:
    old, new = list_samples()[pair : pair + 2]
    check(old, new)


@QUICK
@given(st.sampled_from(list_samples()), st.integers(), st.sampled_from(["  ", "\n", "\t", "\u00a0"]))
def test_order_space_and_stamps_say_nothing(study: Json, seed: int, blank: str) -> None:
    def respace(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: respace(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [respace(item, key) for item in value]
        # Lines are what criteria are made of; between their words space is free.
        is_spaced = isinstance(value, str) and (key != "eligibilityCriteria" or blank != "\n")
        return value.replace(" ", blank) if is_spaced and "\n" not in value else value

    noisy = respace(shuffle(copy.deepcopy(study), random.Random(seed)))
    noisy["protocolSection"]["statusModule"]["statusVerifiedDate"] = "2031-01"
    noisy.setdefault("derivedSection", {}).setdefault("miscInfoModule", {})["versionHolder"] = "2031-01-01"
    noisy["protocolSection"].setdefault("contactsLocationsModule", {})["centralContacts"] = [{"name": str(seed)}]
    old, new = build_canonical(study), build_canonical(noisy)
    assert list(find_changes(old, new, CONTEXT)) == []
    assert list_administrative(old, new) == []
    assert old == new


def test_a_study_against_itself_says_nothing() -> None:
    for study in [*list_samples(), *list_recorded()]:
        canonical = build_canonical(study)
        assert list(find_changes(canonical, copy.deepcopy(canonical), CONTEXT)) == []
        assert list_administrative(canonical, canonical) == []


@QUICK
@given(st.sampled_from(list_samples()), st.sampled_from(list_samples()), st.data())
def test_every_row_is_one_fact_of_a_known_kind(old: Json, other: Json, data: st.DataObject) -> None:
    changes = check(old, cross(old, other, data))
    kinds = {kind for kind, _ in WEIGHT_OF}
    assert {change.kind for change in changes} <= kinds
    # A row says where; two rows of one field and item say two things.
    told = [(one.kind, one.action, one.field, one.item, one.old_value, one.new_value) for one in changes]
    multiple = {row for row in told if told.count(row) > 1}
    assert all(find_kind(field) != "title" for _, _, field, *_ in multiple)


def test_paths_differ_where_values_do() -> None:
    old = {"a": {"b": 1, "c": [{"x": 1, "y": 2}, {"x": 3}]}, "d": False}
    assert list_differing(old, {"a": {"b": 1, "c": [{"x": 1, "y": 4}, {"x": 3}]}, "d": 0}) == ["a.c.y", "d"]
    assert list_differing(old, {"a": {"b": 1, "c": [{"x": 3, "y": 2}, {"x": 1}]}, "d": False}) == ["a.c"]
    assert list_differing(old, {}) == ["a.b", "a.c.x", "a.c.y", "d"]
    assert list_differing(old, old) == []
