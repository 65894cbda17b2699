"""Outcomes of the three lists: added, dropped, promoted, demoted, reworded, another time frame; matches none itself."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from etl.diff.context import Canonical, DiffContext, is_after_completion, read_list
from etl.diff.items import (
    Item,
    Json,
    build_field_change,
    is_respelt,
    list_differing_fields,
    locate,
    raise_weight,
    read_items,
    read_text,
)
from etl.diff.outcome_matching import match_outcomes
from models.change import Change

MODULE = "protocolSection.outcomesModule"
# The lists by rank, with the kind of what happens in them.
KIND_OF = {
    f"{MODULE}.primaryOutcomes": "primary_outcome",
    f"{MODULE}.secondaryOutcomes": "secondary_outcome",
    f"{MODULE}.otherOutcomes": "other_outcome",
}
_RANK = list(KIND_OF)


def compare_outcomes(old: Canonical, new: Canonical, context: DiffContext) -> Iterator[Change]:
    """Yield what became of each outcome, list by list, what one became before what was dropped and added.

    An outcome that changes its list is told under the higher of the two: `primary_outcome` promoted when it becomes
    primary, demoted when it stops being so. Its other changes are of the kind of the list it stands in now. Each says
    whether it was made after the actual primary completion.
    """
    if all(read_list(old, path) == read_list(new, path) for path in KIND_OF):
        return
    before, after = _read(old), _read(new)
    pairs = match_outcomes(before, after)
    flag: Json = {"after_completion": is_after_completion(new)}
    for i, j in pairs:
        yield from _tell_pair(before[i], after[j], context, flag)
    kept_old, kept_new = {i for i, _ in pairs}, {j for _, j in pairs}
    for item in (item for i, item in enumerate(before) if i not in kept_old):
        yield _tell_whole("dropped", item, context, flag | locate(item))
    for item in (item for j, item in enumerate(after) if j not in kept_new):
        yield _tell_whole("added", item, context, flag)


def _read(canonical: Canonical) -> list[Item]:
    return [item for path in KIND_OF for item in read_items(canonical, path, "measure")]


def _tell_pair(old: Item, new: Item, context: DiffContext, flag: Json) -> Iterator[Change]:
    if old.path != new.path:
        yield _tell_move(old, new, context, flag)
        flag = flag | {"from": _name_list(old.path)}
    for field in list_differing_fields(old.content, new.content, first=("measure",)):
        action = "time_frame" if field == "timeFrame" else "reworded"
        change = build_field_change(
            context, old, new.content, kind=KIND_OF[new.path], action=action, field=field, detail=flag
        )
        late = flag["after_completion"] and not is_respelt(change.old_value or "", change.new_value or "")
        weight = raise_weight(change.weight, context.weigh(change.kind, "after_completion")) if late else change.weight
        yield msgspec.structs.replace(change, field=f"{new.path}.{field}", weight=weight)


def _tell_move(old: Item, new: Item, context: DiffContext, flag: Json) -> Change:
    action = "promoted" if _RANK.index(new.path) < _RANK.index(old.path) else "demoted"
    higher = min(old.path, new.path, key=_RANK.index)
    lists = _name_list(old.path), _name_list(new.path)
    return Change(
        kind=KIND_OF[higher],
        action=action,
        field=higher,
        old_value=lists[0],
        new_value=lists[1],
        weight=context.weigh(KIND_OF[higher], action),
        item=old.name,
        detail={"from": lists[0], "to": lists[1]} | flag | locate(old),
    )


def _tell_whole(action: str, item: Item, context: DiffContext, detail: Json) -> Change:
    line = _show(item.content)
    return Change(
        kind=KIND_OF[item.path],
        action=action,
        field=item.path,
        old_value=line if action == "dropped" else None,
        new_value=line if action == "added" else None,
        weight=context.weigh(KIND_OF[item.path], action),
        item=item.name,
        detail={"content": item.content} | detail,
    )


def _name_list(path: str) -> str:
    return path.rpartition(".")[2].removesuffix("Outcomes")


def _show(content: Json) -> str:
    head, time_frame = read_text(content, "measure"), read_text(content, "timeFrame")
    frame = f"{head} [{time_frame}]" if time_frame else head
    return ": ".join(part for part in (frame, read_text(content, "description")) if part)
