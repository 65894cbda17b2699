"""Eligibility: criteria added, dropped and changed line by line, and the structured limits; parses no criteria text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from etl.diff.context import Canonical, DiffContext, read_list, read_part
from etl.diff.items import Item, Json, is_respelt, keep_values, read_items, read_text, show_value
from etl.diff.likeness import Weigher, find_words, fold_key
from etl.diff.limits import find_limits
from etl.diff.matching import Pair, match_items
from etl.diff.numbering import names_other_part
from models.change import Change

MODULE = "protocolSection.eligibilityModule"
CRITERIA = f"{MODULE}.eligibilityCriteria"
_AGES = ("minimumAge", "maximumAge")

_NOWHERE = Item(path=CRITERIA, place=0, content={}, key=b"", name="")
# Below this two lines are two criteria. One that holds nearly all words of the other was extended or cut.
_FLOOR = 0.5
_HELD, _HELD_WORDS, _HELD_PART = 0.55, 4, 0.3


def compare_eligibility(old: Canonical, new: Canonical, context: DiffContext) -> Iterator[Change]:
    """Yield the structured limits that moved, then the criteria that were changed, dropped and added.

    The age groups (`stdAges`) follow from the ages: they are told with the first age that moved, alone otherwise.
    """
    before, after = read_part(old, MODULE), read_part(new, MODULE)
    if before == after or not isinstance(before, dict) or not isinstance(after, dict):
        return
    yield from _compare_limits(before, after, context)
    if read_list(old, CRITERIA) != read_list(new, CRITERIA):
        yield from _compare_criteria(_read(old), _read(new), context)


def _compare_limits(before: Json, after: Json, context: DiffContext) -> Iterator[Change]:
    moved = [
        name
        for name in sorted(before.keys() | after.keys(), key=lambda name: (name not in _AGES, name))
        if name != "eligibilityCriteria" and before.get(name) != after.get(name)
    ]
    aged = next((name for name in moved if name in _AGES), "")
    for name in moved:
        if name == "stdAges" and aged:
            continue
        with_groups = name == aged and "stdAges" in moved
        groups: Json = {"std_ages": {"old": before.get("stdAges"), "new": after.get("stdAges")}} if with_groups else {}
        yield _tell_limit(name, before.get(name), after.get(name), context, groups)


def _tell_limit(name: str, before: Any, after: Any, context: DiffContext, detail: Json) -> Change:
    return Change(
        kind="eligibility",
        action="limits",
        field=f"{MODULE}.{name}",
        old_value=show_value(before),
        new_value=show_value(after),
        weight=context.weigh("eligibility", "respelt" if is_respelt(before, after) else "limits"),
        detail=keep_values(before, after) | detail,
    )


def _read(canonical: Canonical) -> list[Item]:
    return read_items(canonical, CRITERIA, "side")


def _compare_criteria(before: Sequence[Item], after: Sequence[Item], context: DiffContext) -> Iterator[Change]:
    pairs = _match(before, after)
    for i, j in pairs:
        if before[i].key != after[j].key:
            yield _tell_line("changed", before[i], after[j], context)
    kept_old, kept_new = {i for i, _ in pairs}, {j for _, j in pairs}
    for item in (item for i, item in enumerate(before) if i not in kept_old):
        yield _tell_line("dropped", item, None, context)
    for item in (item for j, item in enumerate(after) if j not in kept_new):
        yield _tell_line("added", None, item, context)


def _match(before: Sequence[Item], after: Sequence[Item]) -> list[Pair]:
    """Return the places of the lines that are one criterion: never one that went from one side to the other.

    Where a version has no headings, its lines stand on no side, and a line is the same on either.
    """
    weigher = Weigher(map(_text, before), map(_text, after))
    is_free = any({item.name for item in side} == {""} for side in (before, after))

    def score(one: Item, other: Item) -> float:
        if one.name != other.name and one.name and other.name:
            return 0.0
        found = weigher.score(_text(one), _text(other))
        found = max(found, _HELD) if _is_held(_text(one), _text(other)) else found
        return found / 2 if names_other_part(_text(one), _text(other)) else found

    keys = (
        lambda item: item.key,
        lambda item: (item.name, fold_key(_text(item))),
        lambda item: fold_key(_text(item)) if is_free else None,
    )
    return match_items(before, after, keys, score, _FLOOR)


def _is_held(one: str, other: str) -> bool:
    """Return whether one line holds every word of the other, which has enough of them, and enough of its words."""
    fewer, more = sorted((find_words(one), find_words(other)), key=len)
    return fewer <= more and len(fewer) >= max(_HELD_WORDS, _HELD_PART * len(more))


def _tell_line(action: str, old: Item | None, new: Item | None, context: DiffContext) -> Change:
    before, after = (_text(item) if item else None for item in (old, new))
    detail: Json = {}
    if old is None or new is None:
        detail["content"] = (old or new or _NOWHERE).content
    elif old.name != new.name:
        detail["side"] = new.name
    return Change(
        kind="eligibility",
        action=action,
        field=CRITERIA,
        old_value=before,
        new_value=after,
        weight=context.weigh("eligibility", "respelt" if is_respelt(before, after) else action),
        item=(old or new or _NOWHERE).name,
        detail=detail | _pick_numbers(before, after) | _pick_targets(before, after, context),
    )


def _pick_numbers(before: str | None, after: str | None) -> Json:
    """Return the numeric limits that only one of two lines states."""
    stated = [find_limits(line) if line else [] for line in (before, after)]
    old = [limit for limit in stated[0] if limit not in stated[1]]
    new = [limit for limit in stated[1] if limit not in stated[0]]
    return {"numbers": {"old": old, "new": new}} if old or new else {}


def _pick_targets(before: str | None, after: str | None, context: DiffContext) -> Json:
    names = dict.fromkeys(name for line in (before, after) if line for name in context.find_names(line))
    return {"targets": list(names)} if names else {}


def _text(item: Item) -> str:
    return read_text(item.content, "text")
