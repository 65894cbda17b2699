"""Arms and interventions: added, removed, renamed, changed, closed; one row a fact, also where it is written twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from etl.diff.arm_matching import match_arms, match_interventions
from etl.diff.closing import find_closing
from etl.diff.context import Canonical, DiffContext, read_list
from etl.diff.items import (
    Item,
    Json,
    build_field_change,
    list_differing_fields,
    locate,
    name_watched,
    raise_weight,
    read_items,
    read_text,
    read_texts,
    show_value,
)
from etl.diff.links import expect_labels, expect_names, map_labels, map_links, name_link
from etl.diff.matching import Pair
from models.change import Change

ARMS = "protocolSection.armsInterventionsModule.armGroups"
INTERVENTIONS = "protocolSection.armsInterventionsModule.interventions"


def compare_arms(old: Canonical, new: Canonical, context: DiffContext) -> Iterator[Change]:
    """Yield what became of each arm; `interventionNames` unless an intervention's new name explains them."""
    if _is_untouched(old, new):
        return
    before, after = _read(old, ARMS), _read(new, ARMS)
    links = map_links(_contents(*_match_interventions(old, new, context)))
    pairs = match_arms(before, after)
    for i, j in pairs:
        expected = expect_names(before[i].content, links)
        told = _tell_fields(context, "arm", before[i], after[j].content, {"interventionNames": expected})
        yield from _tell_closing(before[i], after[j], told, context)
    yield from _tell_rest("arm", before, after, pairs, context)


def compare_interventions(old: Canonical, new: Canonical, context: DiffContext) -> Iterator[Change]:
    """Yield what became of each intervention; `armGroupLabels` unless the changes of the arms explain them."""
    if _is_untouched(old, new):
        return
    before, after, pairs = _match_interventions(old, new, context)
    old_arms, new_arms = _read(old, ARMS), _read(new, ARMS)
    arms = _contents(old_arms, new_arms, match_arms(old_arms, new_arms))
    labels = map_labels(arms)
    for i, j in pairs:
        now = after[j].content
        expected = expect_labels(before[i].content, name_link(now), arms, labels)
        yield from _tell_fields(context, "intervention", before[i], now, {"armGroupLabels": expected})
    yield from _tell_rest("intervention", before, after, pairs, context)


def _is_untouched(old: Canonical, new: Canonical) -> bool:
    return all(read_list(old, path) == read_list(new, path) for path in (ARMS, INTERVENTIONS))


def _tell_fields(
    context: DiffContext, kind: str, item: Item, new: Json, expected: dict[str, list[str]]
) -> Iterator[Change]:
    """Yield the changed fields of an item; a field that follows the other list only where it is not as expected."""
    for field in list_differing_fields(item.content, new, first=("label", "name")):
        if field not in expected:
            yield _tell_field(context, kind, item, new, field)
    for field, names in expected.items():
        if sorted(read_texts(new, field)) != names:
            yield _tell_field(context, kind, item, new, field)


def _tell_field(context: DiffContext, kind: str, item: Item, new: Json, field: str) -> Change:
    action = "renamed" if field in ("label", "name") else "changed"
    before, after = item.content.get(field), new.get(field)
    detail: dict[str, Any] = {}
    if isinstance(before or after, list):
        old_names, new_names = read_texts(item.content, field), read_texts(new, field)
        detail["added"] = [name for name in new_names if name not in old_names]
        detail["removed"] = [name for name in old_names if name not in new_names]
    change = build_field_change(context, item, new, kind=kind, action=action, field=field, detail=detail)
    return _raise_for_agents(change, context, show_value(after) or "", _text(item.content))


def _tell_closing(old: Item, new: Item, changes: Iterable[Change], context: DiffContext) -> Iterator[Change]:
    """Yield the changes of an arm, the one whose text newly says that the arm is closed as `closed`."""
    was, now = (find_closing(_free_text(item.content)) for item in (old, new))
    told = False
    for change in changes:
        says = "" if was or told else find_closing(_free_text(new.content, change.field.rpartition(".")[2]))
        if says:
            weight = raise_weight(context.weigh("arm", "closed"), change.weight)
            yield msgspec.structs.replace(
                change, action="closed", weight=weight, detail={**change.detail, "says": says}
            )
        elif was and not now:
            yield msgspec.structs.replace(change, detail={**change.detail, "no_longer_says": was})
        else:
            yield change
        told = told or bool(says)


def _tell_rest(
    kind: str, old: Sequence[Item], new: Sequence[Item], pairs: Sequence[Pair], context: DiffContext
) -> Iterator[Change]:
    """Yield the items that only one version has."""
    kept_old, kept_new = {i for i, _ in pairs}, {j for _, j in pairs}
    for item in (item for i, item in enumerate(old) if i not in kept_old):
        yield _tell_whole(kind, "removed", item, context)
    for item in (item for j, item in enumerate(new) if j not in kept_new):
        closing = find_closing(_free_text(item.content)) if kind == "arm" else ""
        change = _tell_whole(kind, "added", item, context, {"says": closing} if closing else {})
        yield _raise_for_agents(change, context, _text(item.content))


def _tell_whole(kind: str, action: str, item: Item, context: DiffContext, detail: Json | None = None) -> Change:
    line = _show(item.content)
    return Change(
        kind=kind,
        action=action,
        field=item.path,
        old_value=line if action == "removed" else None,
        new_value=line if action == "added" else None,
        weight=context.weigh(kind, action),
        item=item.name,
        detail={"content": item.content} | (locate(item) if action == "removed" else {}) | (detail or {}),
    )


def _raise_for_agents(change: Change, context: DiffContext, new: str, old: str = "") -> Change:
    agents = name_watched(context, new, old)
    if not agents:
        return change
    weight = raise_weight(change.weight, "high")
    return msgspec.structs.replace(change, weight=weight, detail={**change.detail, "agents": agents})


def _match_interventions(
    old: Canonical, new: Canonical, context: DiffContext
) -> tuple[list[Item], list[Item], list[Pair]]:
    before, after = _read(old, INTERVENTIONS), _read(new, INTERVENTIONS)
    return before, after, match_interventions(before, after, context)


def _read(canonical: Canonical, path: str) -> list[Item]:
    return read_items(canonical, path, "label" if path == ARMS else "name")


def _contents(old: Sequence[Item], new: Sequence[Item], pairs: Sequence[Pair]) -> list[tuple[Json | None, Json | None]]:
    kept_old, kept_new = {i for i, _ in pairs}, {j for _, j in pairs}
    return [
        *((old[i].content, new[j].content) for i, j in pairs),
        *((item.content, None) for i, item in enumerate(old) if i not in kept_old),
        *((None, item.content) for j, item in enumerate(new) if j not in kept_new),
    ]


def _free_text(content: Json, field: str = "") -> str:
    fields = (field,) if field else ("label", "description")
    return "\n".join(read_text(content, name) for name in fields if name in ("label", "description"))


def _text(content: Json) -> str:
    return "\n".join(filter(None, (show_value(value) for value in content.values())))


def _show(content: Json) -> str:
    """Return an arm or an intervention as one line: what it is called, its type, what it receives, its text."""
    name = read_text(content, "label") or read_text(content, "name")
    company = "; ".join(read_texts(content, "interventionNames") or read_texts(content, "otherNames"))
    head = f"{name} ({content['type']})" if "type" in content else name
    return ": ".join(part for part in (head, company, read_text(content, "description")) if part)
