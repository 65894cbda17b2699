"""How many people a trial enrols: planned, cut, raised, and at last counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from etl.diff.context import Canonical, DiffContext, read_part
from models.change import Change
from models.trial import NO_COUNT

FIELD = "protocolSection.designModule.enrollmentInfo"


def compare_enrollment(old: Canonical, new: Canonical, context: DiffContext) -> Iterator[Change]:
    """Yield the move of the enrollment, counted or planned.

    `detail`: `old_type`, `new_type`; `percent` of the old number, signed; `plan`, the number that was planned, where an
    actual one takes its place. The registry's 99999999 is nobody's number.
    """
    before, after = read_part(old, FIELD), read_part(new, FIELD)
    if before == after:
        return
    count_before, count_after = _count(before), _count(after)
    became_actual = before.get("type") != "ACTUAL" and after.get("type") == "ACTUAL"
    action = _judge(count_before, count_after, became_actual=became_actual)
    if not action:
        return
    detail: dict[str, Any] = {"old_type": before.get("type"), "new_type": after.get("type")}
    if count_before and count_after is not None:
        detail["percent"] = round(100 * (count_after - count_before) / count_before, 1)
    if action == "actual" and count_before is not None:
        detail["plan"] = count_before
    yield Change(
        kind="enrollment",
        action=action,
        field=FIELD,
        old_value=None if count_before is None else str(count_before),
        new_value=None if count_after is None else str(count_after),
        weight=context.weigh("enrollment", action),
        detail=detail,
    )


def _judge(old: int | None, new: int | None, *, became_actual: bool) -> str:
    """Name the action; "" where neither version states a number. A type that moved alone is set, or actual."""
    if old is None and new is None:
        return ""
    if new is None or (old is None and not became_actual):
        return "set"
    if became_actual or old is None:
        return "actual"
    return "set" if new == old else "raised" if new > old else "cut"


def _count(enrollment: dict[str, Any]) -> int | None:
    count = enrollment.get("count")
    return count if isinstance(count, int) and count != NO_COUNT else None
