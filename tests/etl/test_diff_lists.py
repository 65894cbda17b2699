"""All comparisons of lists together: applied to the old state their changes give the new one; order says nothing."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.diff.arms import compare_arms, compare_interventions
from etl.diff.context import Canonical, DiffContext
from etl.diff.eligibility import compare_eligibility
from etl.diff.outcomes import compare_outcomes
from etl.diff.sites import compare_sites
from models.change import WEIGHTS, Change
from tests.etl.applying_lists import apply_lists, project_lists, sort
from tests.etl.listed_study import CONTEXT, studies
from tests.etl.studies import Json

Compare = Callable[[Canonical, Canonical, DiffContext], Iterator[Change]]
COMPARISONS: tuple[Compare, ...] = (
    compare_arms,
    compare_interventions,
    compare_outcomes,
    compare_eligibility,
    compare_sites,
)


def compare(old: Json, new: Json) -> list[Change]:
    return [change for one in COMPARISONS for change in one(old, new, CONTEXT)]


def shuffle(value: Any, seed: int) -> Any:
    """Return a study with its lists of objects in another order."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return random.Random(seed).sample(value, len(value))
    return {key: shuffle(one, seed) for key, one in value.items()} if isinstance(value, dict) else value


@settings(max_examples=60)
@given(studies, studies)
def test_the_changes_applied_to_the_old_state_give_the_new_one(old: Json, new: Json) -> None:
    assert apply_lists(old, compare(old, new)) == project_lists(new)


@settings(max_examples=60)
@given(studies, st.data())
def test_the_changes_of_a_few_edits_applied_give_the_edited_state(old: Json, data: st.DataObject) -> None:
    other = data.draw(studies)
    new = edit(old, other, data)
    assert apply_lists(old, compare(old, new)) == project_lists(new)


def edit(old: Json, other: Json, data: st.DataObject) -> Json:
    """Return a study with some of the lists cut, doubled or mixed with another study's, canonical again."""
    new = copy.deepcopy(old)
    for name, module in new["protocolSection"].items():
        for field in [field for field, value in module.items() if isinstance(value, list)]:
            if name == "armsInterventionsModule":
                continue
            pool = [*module[field], *module[field], *other["protocolSection"].get(name, {}).get(field, [])]
            module[field] = sort(data.draw(st.lists(st.sampled_from(pool), max_size=8)))
        new["protocolSection"][name] = {field: value for field, value in module.items() if value != []}
    return new


@settings(max_examples=40)
@given(studies, st.integers(0, 9))
def test_a_study_against_itself_in_any_order_says_nothing(study: Json, seed: int) -> None:
    assert compare(study, copy.deepcopy(study)) == []
    assert compare(study, shuffle(study, seed)) == []


@settings(max_examples=40)
@given(studies, studies)
def test_every_change_says_what_it_needs(old: Json, new: Json) -> None:
    for change in compare(old, new):
        assert change.weight in WEIGHTS
        assert (change.old_value, change.new_value) != (None, None) or "content" in change.detail
        is_whole = change.action in ("added", "removed", "dropped") and change.kind not in ("country", "site")
        assert is_whole == ("content" in change.detail)


@pytest.mark.parametrize("one", COMPARISONS)
def test_an_empty_study_can_be_compared(one: Compare) -> None:
    assert list(one({}, {}, CONTEXT)) == []


def spoil(value: Any, data: st.DataObject) -> Any:
    """Return a study in which one value at any depth is of another type."""
    if isinstance(value, dict) and value and data.draw(st.booleans() | st.just(value=True)):
        key = data.draw(st.sampled_from(sorted(value)))
        return value | {key: spoil(value[key], data)}
    if isinstance(value, list) and value and data.draw(st.booleans() | st.just(value=True)):
        place = data.draw(st.integers(0, len(value) - 1))
        return [*value[:place], spoil(value[place], data), *value[place + 1 :]]
    return data.draw(st.sampled_from([7, True, 1.5, "text", ["a"], {"b": "c"}, [{"d": 1}], [7]]))


@settings(max_examples=60)
@given(studies, studies, st.data())
def test_a_value_of_an_unforeseen_type_stops_no_comparison(old: Json, new: Json, data: st.DataObject) -> None:
    spoilt = spoil(old, data)
    assert isinstance(compare(spoilt, new), list)
    assert isinstance(compare(new, spoilt), list)
