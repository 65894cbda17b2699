"""The three dates of a trial's course, compared as the intervals their words allow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from etl.diff.context import Canonical, DiffContext, read_part
from models.change import Change
from models.partial_date import PartialDate, parse_partial_date

# A date that moves by more than five years is more likely a slip of the pen; it is told and flagged.
_IMPLAUSIBLE_DAYS = 5 * 365
_MODULE = "protocolSection.statusModule"
DATES = {
    "start_date": f"{_MODULE}.startDateStruct",
    "primary_completion_date": f"{_MODULE}.primaryCompletionDateStruct",
    "completion_date": f"{_MODULE}.completionDateStruct",
}


def compare_dates(old: Canonical, new: Canonical, context: DiffContext) -> Iterator[Change]:
    """Yield the moves of start, primary completion and completion.

    `detail`: `old_type`, `new_type`; `signed_days` where both are days; `implausible` for a leap of over five years.
    """
    for kind, field in DATES.items():
        yield from _compare_date(kind, field, read_part(old, field), read_part(new, field), context)


def _compare_date(
    kind: str, field: str, old: dict[str, Any], new: dict[str, Any], context: DiffContext
) -> Iterator[Change]:
    if old == new:
        return
    before, after = parse_partial_date(old.get("date")), parse_partial_date(new.get("date"))
    became_actual = old.get("type") != "ACTUAL" and new.get("type") == "ACTUAL"
    action = _judge(before, after, became_actual=became_actual)
    if not action:
        return
    detail: dict[str, Any] = {"old_type": old.get("type"), "new_type": new.get("type")}
    if before and after:
        # Days only where both dates have one; a leap shows in the least that the words allow.
        if before.precision == after.precision == "day":
            detail["signed_days"] = (after.low - before.low).days
        detail["implausible"] = max((after.low - before.high).days, (before.low - after.high).days) > _IMPLAUSIBLE_DAYS
    yield Change(
        kind=kind,
        action=action,
        field=field,
        old_value=old.get("date"),
        new_value=new.get("date"),
        weight=context.weigh(kind, action),
        detail=detail,
    )


def _judge(old: PartialDate | None, new: PartialDate | None, *, became_actual: bool) -> str:
    """Name the action. A slip only when the intervals are disjoint; a day given to a month is no slip."""
    if old is None or new is None:
        return "" if old is new else "set" if old is None else "cleared"
    if became_actual:
        return "actualised"
    if new.low > old.high:
        return "slipped"
    return "pulled_in" if new.high < old.low else "refined"
