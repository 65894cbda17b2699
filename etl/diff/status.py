"""Status and the reason for a stop: one event where both move together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from etl.diff.context import Canonical, DiffContext, read_part
from models.change import Change, find_transition
from models.stop_reasons import find_stop_classes

MODULE = "protocolSection.statusModule"
_WITH = ("whyStopped", "lastKnownStatus")


def compare_status(old: Canonical, new: Canonical, context: DiffContext) -> Iterator[Change]:
    """Yield the move of the overall status with its reason, or a reason that moved alone.

    `detail` of a status: `transition`; `why_stopped` as it stands now, and its `class`, the first of `classes`;
    `last_known_status`, which the registry states beside UNKNOWN. What those were before, where they moved, stands
    under `old_why_stopped` and `old_last_known_status`.
    """
    before, after = read_part(old, MODULE), read_part(new, MODULE)
    status_before, status_after = before.get("overallStatus", ""), after.get("overallStatus", "")
    if status_before != status_after:
        transition = find_transition(status_before, status_after)
        yield Change(
            kind="status",
            action="set",
            field=f"{MODULE}.overallStatus",
            old_value=status_before,
            new_value=status_after,
            weight=context.weigh("status", transition),
            detail={"transition": transition} | _describe(before, after),
        )
    elif before.get("whyStopped") != after.get("whyStopped"):
        action = "set" if "whyStopped" in after else "cleared"
        yield Change(
            kind="why_stopped",
            action=action,
            field=f"{MODULE}.whyStopped",
            old_value=before.get("whyStopped"),
            new_value=after.get("whyStopped"),
            weight=context.weigh("why_stopped", action),
            detail=_classify(after.get("whyStopped")),
        )


def _describe(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    why = after.get("whyStopped")
    detail: dict[str, Any] = {"why_stopped": why} | _classify(why)
    if "lastKnownStatus" in after:
        detail["last_known_status"] = after["lastKnownStatus"]
    if moved := [name for name in _WITH if before.get(name) != after.get(name)]:
        detail["also"] = [f"{MODULE}.{name}" for name in moved]
    for name, key in (("whyStopped", "old_why_stopped"), ("lastKnownStatus", "old_last_known_status")):
        if name in moved and name in before:
            detail[key] = before[name]
    return detail


def _classify(why: str | None) -> dict[str, Any]:
    """Return the class of a reason, and all of them where there are several; nothing where no reason is given."""
    classes = find_stop_classes(why or "")
    if not classes:
        return {}
    return {"class": classes[0]} | ({"classes": list(classes)} if len(classes) > 1 else {})
