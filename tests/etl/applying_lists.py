"""Applies the changes of arms, interventions, outcomes, eligibility and sites to a canonical study, for tests.

Sites are applied as counts: what is compared is `project_lists(state)`, in which the locations are their countries,
with how many sites each has.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from etl.diff.arms import ARMS, INTERVENTIONS
from etl.diff.countries import fold_country
from etl.diff.eligibility import CRITERIA
from etl.diff.eligibility import MODULE as ELIGIBILITY
from etl.diff.links import expect_labels, expect_names, map_labels, map_links, name_link
from etl.diff.outcomes import KIND_OF
from etl.diff.outcomes import MODULE as OUTCOMES
from etl.diff.sites import LOCATIONS, REMOVED
from models.change import Change
from tests.etl.studies import Json

OUTCOME_KINDS = set(KIND_OF.values())


def apply_lists(old: Json, changes: Iterable[Change]) -> Json:
    """Return the projection of the new canonical state that the changes of these kinds make of the old one."""
    state = project_lists(old)
    told = list(changes)
    _apply_arms(state, [one for one in told if one.kind == "arm"], [one for one in told if one.kind == "intervention"])
    _apply_outcomes(state, [one for one in told if one.kind in OUTCOME_KINDS])
    _apply_eligibility(state, [one for one in told if one.kind == "eligibility"])
    _apply_sites(state, [one for one in told if one.kind in ("country", "site")])
    return state


def project_lists(canonical: Json) -> Json:
    """Return the parts of a canonical study these kinds speak of, lists sorted, sites counted by country."""
    parts: Json = {path: sort(copy.deepcopy(read(canonical, path) or [])) for path in (ARMS, INTERVENTIONS, *KIND_OF)}
    module = copy.deepcopy(read(canonical, ELIGIBILITY) or {})
    parts[CRITERIA] = sort(module.pop("eligibilityCriteria", []))
    parts[ELIGIBILITY] = module
    locations = read(canonical, LOCATIONS) or []
    parts["sites"] = len(locations)
    parts["countries"] = sorted({fold_country(one["country"]) for one in locations if "country" in one})
    parts["by_country"] = dict(Counter(fold_country(one.get("country", "")) for one in locations))
    parts["removed_countries"] = sorted({fold_country(name) for name in read(canonical, REMOVED) or []})
    return parts


def read(canonical: Json, path: str) -> Any:
    value: Any = canonical
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def sort(items: list[Any]) -> list[Any]:
    return sorted(items, key=lambda item: msgspec.json.encode(item, order="deterministic"))


class _Items:
    """The items of one list as they are changed, each still found by what it was in the old state."""

    def __init__(self, items: list[Json], name: str) -> None:
        self.old = items
        self.new: list[Json | None] = [*copy.deepcopy(items)]
        self.added: list[Json] = []
        self._name = name

    def find(self, change: Change) -> int:
        if "place" in change.detail:
            return int(change.detail["place"])
        (place,) = (i for i, item in enumerate(self.old) if item.get(self._name, "") == change.item)
        return place

    def pairs(self) -> list[tuple[Json | None, Json | None]]:
        return [*zip(self.old, self.new, strict=True), *((None, item) for item in self.added)]

    def result(self) -> list[Json]:
        return sort([item for _, item in self.pairs() if item is not None])


def _apply_arms(state: Json, arm_changes: list[Change], intervention_changes: list[Change]) -> None:
    arms, interventions = _Items(state[ARMS], "label"), _Items(state[INTERVENTIONS], "name")
    arms_told = _apply_to(arms, arm_changes, "interventionNames")
    interventions_told = _apply_to(interventions, intervention_changes, "armGroupLabels")
    links = map_links(interventions.pairs())
    for place, arm in enumerate(arms.new):
        if arm is not None and place not in arms_told:
            put(arm, "interventionNames", expect_names(arms.old[place], links))
    labels = map_labels(arms.pairs())
    for place, intervention in enumerate(interventions.new):
        if intervention is not None and place not in interventions_told:
            old = interventions.old[place]
            put(intervention, "armGroupLabels", expect_labels(old, name_link(intervention), arms.pairs(), labels))
    state[ARMS], state[INTERVENTIONS] = arms.result(), interventions.result()


def _apply_to(items: _Items, changes: list[Change], link_field: str) -> set[int]:
    """Apply the changes to the items; return the places whose field of links was told."""
    told = set()
    for change in changes:
        if change.action == "added":
            items.added.append(change.detail["content"])
            continue
        place = items.find(change)
        item = items.new[place]
        assert item is not None
        if change.action == "removed":
            assert change.detail["content"] == items.old[place]
            items.new[place] = None
            continue
        field = change.field.rpartition(".")[2]
        set_value(item, field, change)
        told |= {place} if field == link_field else set()
    return told


def set_value(item: Json, field: str, change: Change) -> None:
    put(item, field, change.detail.get("new", change.new_value))


def put(item: Json, field: str, value: Any) -> None:
    if value in (None, []):
        item.pop(field, None)
    else:
        item[field] = sort(value) if isinstance(value, list) else value


def _apply_outcomes(state: Json, changes: list[Change]) -> None:
    lists = {path: _Items(state[path], "measure") for path in KIND_OF}
    path_of = {path.rpartition(".")[2].removesuffix("Outcomes"): path for path in KIND_OF}
    moved: dict[tuple[str, int], str] = {}
    for change in changes:
        if change.action == "added":
            lists[change.field].added.append(change.detail["content"])
            continue
        field = change.field.removeprefix(f"{OUTCOMES}.").partition(".")[2]
        path = path_of[change.detail["from"]] if "from" in change.detail else change.field.removesuffix(f".{field}")
        place = lists[path].find(change)
        item = lists[path].new[place]
        assert item is not None
        if change.action == "dropped":
            lists[path].new[place] = None
        elif change.action in ("promoted", "demoted"):
            moved[path, place] = path_of[change.detail["to"]]
        else:
            set_value(item, field, change)
    for (path, place), to in moved.items():
        item, lists[path].new[place] = lists[path].new[place], None
        assert item is not None
        lists[to].added.append(item)
    for path, items in lists.items():
        state[path] = items.result()


def _apply_eligibility(state: Json, changes: list[Change]) -> None:
    lines: list[Json] = state[CRITERIA]
    for change in changes:
        if change.action == "limits":
            set_value(state[ELIGIBILITY], change.field.rpartition(".")[2], change)
            put(
                state[ELIGIBILITY],
                "stdAges",
                change.detail.get("std_ages", {"new": state[ELIGIBILITY].get("stdAges")})["new"],
            )
            continue
        if change.action != "added":
            lines.remove(line(change.item, change.old_value))
        if change.action != "dropped":
            lines.append(line(change.detail.get("side", change.item), change.new_value))
    state[CRITERIA] = sort(lines)


def line(side: str, text: str | None) -> Json:
    return {name: value for name, value in (("side", side), ("text", text)) if value is not None}


def _apply_sites(state: Json, changes: list[Change]) -> None:
    countries, removed = set(state["countries"]), set(state["removed_countries"])
    counts: Counter[str] = Counter(state["by_country"])
    for change in changes:
        key = fold_country(change.item)
        if change.kind == "site":
            counts.update({fold_country(name): number for name, number in change.detail["added"].items()})
            counts.subtract({fold_country(name): number for name, number in change.detail["removed"].items()})
            state["sites"] = int(change.new_value or 0)
            continue
        if change.field != REMOVED:
            countries = countries | {key} if change.action == "added" else countries - {key}
        if change.detail.get("removed_countries") == "entered":
            removed.add(key)
        elif change.detail.get("removed_countries") == "left":
            removed.discard(key)
    state["by_country"] = {key: number for key, number in counts.items() if number}
    state["countries"], state["removed_countries"] = sorted(countries), sorted(removed)
