"""What changed between two neighbouring versions of a study: typed changes, pure."""

from __future__ import annotations

from collections.abc import Iterator

from etl.canonical import fold_text
from models.change import WEIGHT_OF, Change, Weight, find_transition
from models.partial_date import PartialDate, parse_partial_date
from models.trial import NO_COUNT, DateStruct, Enrollment, StatusModule, Study

# A date that moves by more than this is more likely a slip of the pen; it is told and flagged.
_IMPLAUSIBLE_DAYS = 5 * 365
_DATES = {
    "start_date": "start_date_struct",
    "primary_completion_date": "primary_completion_date_struct",
    "completion_date": "completion_date_struct",
}


def find_changes(old: Study, new: Study) -> Iterator[Change]:
    """Yield what changed from `old` to `new` in status, reason, dates and enrollment, in that order."""
    before, after = old.protocol_section, new.protocol_section
    yield from _compare_status(before.status_module, after.status_module)
    for kind, part in _DATES.items():
        yield from _compare_date(kind, getattr(before.status_module, part), getattr(after.status_module, part))
    yield from _compare_enrollment(before.design_module.enrollment_info, after.design_module.enrollment_info)


def _compare_status(old: StatusModule, new: StatusModule) -> Iterator[Change]:
    field = "protocolSection.statusModule.overallStatus"
    if old.overall_status != new.overall_status:
        transition = find_transition(old.overall_status, new.overall_status)
        yield Change(
            kind="status",
            action="set",
            field=field,
            old_value=old.overall_status,
            new_value=new.overall_status,
            weight=_weigh("status", transition),
            detail={"transition": transition, "why_stopped": new.why_stopped},
        )
    elif fold_text(old.why_stopped or "") != fold_text(new.why_stopped or ""):
        action = "set" if fold_text(new.why_stopped or "") else "cleared"
        yield Change(
            kind="why_stopped",
            action=action,
            field="protocolSection.statusModule.whyStopped",
            old_value=old.why_stopped,
            new_value=new.why_stopped,
            weight=_weigh("why_stopped", action),
        )


def _compare_date(kind: str, old: DateStruct, new: DateStruct) -> Iterator[Change]:
    if old == new:
        return
    before, after = parse_partial_date(old.date), parse_partial_date(new.date)
    action = _judge_date(before, after, became_actual=old.type != "ACTUAL" and new.type == "ACTUAL")
    if not action:
        return
    detail: dict[str, str | int | float | bool | None] = {"old_type": old.type, "new_type": new.type}
    if before and after:
        # Days only where both dates have one; a leap shows in the least that the words allow.
        if before.precision == after.precision == "day":
            detail["signed_days"] = (after.low - before.low).days
        detail["implausible"] = max((after.low - before.high).days, (before.low - after.high).days) > _IMPLAUSIBLE_DAYS
    yield Change(
        kind=kind,
        action=action,
        field=f"protocolSection.statusModule.{_camel(_DATES[kind])}",
        old_value=old.date,
        new_value=new.date,
        weight=_weigh(kind, action),
        detail=detail,
    )


def _judge_date(old: PartialDate | None, new: PartialDate | None, *, became_actual: bool) -> str:
    """Name the action. A slip only when the intervals are disjoint; a day given to a month is no slip."""
    if old is None or new is None:
        return "" if old is new else "set" if old is None else "cleared"
    if became_actual:
        return "actualised"
    if new.low > old.high:
        return "slipped"
    return "pulled_in" if new.high < old.low else "refined"


def _compare_enrollment(old: Enrollment, new: Enrollment) -> Iterator[Change]:
    before, after = _count(old), _count(new)
    became_actual = old.type != "ACTUAL" and new.type == "ACTUAL"
    if before == after and (after is None or not became_actual):
        return
    if after is None:
        action = "set"
    elif became_actual:
        action = "actual"
    elif before is None:
        action = "set"
    else:
        action = "raised" if after > before else "cut"
    detail: dict[str, str | int | float | bool | None] = {"old_type": old.type, "new_type": new.type}
    if before and after is not None:
        detail["percent"] = round(100 * (after - before) / before, 1)
    yield Change(
        kind="enrollment",
        action=action,
        field="protocolSection.designModule.enrollmentInfo",
        old_value=None if before is None else str(before),
        new_value=None if after is None else str(after),
        weight=_weigh("enrollment", action),
        detail=detail,
    )


def _count(enrollment: Enrollment) -> int | None:
    return None if enrollment.count == NO_COUNT else enrollment.count


def _weigh(kind: str, action: str) -> Weight:
    return WEIGHT_OF.get((kind, action), "low")


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
