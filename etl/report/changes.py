"""Changes in the page's words: old → new, both its dates, days written out. Pure text, nothing escaped or cut."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec

from etl.change_words import DATES, NOT_STATED, describe_change, show_reason
from etl.trial_life import order_changes
from etl.wording import count, flatten, show_day, show_stated_date
from models.change import SET_BY_REGISTRY
from models.landscape import ChangeLine, Step
from models.trial_life import LifeChange

Row = Mapping[str, Any]
_TYPED = (*DATES, "enrollment")
_EVENTS = {
    "retracted": ("Paper retracted", "high"),
    "concern": ("Expression of concern about a paper", "high"),
    "retraction_withdrawn": ("Retraction of a paper withdrawn", "medium"),
}


def read_changes(rows: Iterable[Row]) -> dict[str, list[LifeChange]]:
    """Return each trial's changes, newest first, from rows of the statement report_changes."""
    found: dict[str, list[LifeChange]] = {}
    for row in rows:
        change = msgspec.convert({**row, "detail": json.loads(row["detail"])}, LifeChange)
        found.setdefault(row["nct_id"], []).append(change)
    return {nct_id: order_changes(changes) for nct_id, changes in found.items()}


def build_steps(changes: Sequence[LifeChange], events: Iterable[Row]) -> tuple[Step, ...]:
    """Return a trial's history, newest first: a step a version, and one for what no version brought.

    `events` are rows of the statement report_paper_events.
    """
    steps = [build_step(list(group)) for _, group in groupby(changes, key=lambda change: change.occasion)]
    told = [build_event(row) for row in events]
    # Stable: of one day what the record says stays in its own order.
    return tuple(sorted([*steps, *told], key=lambda step: step.day, reverse=True)) if told else tuple(steps)


def build_step(changes: Sequence[LifeChange]) -> Step:
    """Return what one version changed, the gravest first as ordered."""
    head = changes[0]
    return Step(
        day=head.source_date.isoformat(),
        when=show_day(head.source_date),
        dated=date_changes(changes),
        lines=tuple(line for change in changes for line in describe(change)),
    )


def build_event(row: Row) -> Step:
    """Return what became of a paper tied to the trial."""
    day = row["source_date"] or row["observed_at"].date()
    return Step(day=day.isoformat(), when=show_day(day), dated="by PubMed", lines=(describe_event(row),))


def describe_event(row: Row) -> ChangeLine:
    """Return a line on a paper that was retracted or came under concern."""
    what, weight = _EVENTS[row["kind"]]
    notice = f"notice PMID {row['related_pmid']}" if row["related_pmid"] else ""
    return ChangeLine(what, "", f"PMID {row['pmid']} {flatten(row['title'] or '')}", notice, weight)


def date_changes(changes: Sequence[LifeChange]) -> str:
    """Return both clocks of changes of one version: the sponsor's day, the public day, and how it was learnt."""
    head = changes[0]
    parts = []
    if head.source_submit_date:
        parts.append(f"sponsor dated {show_day(head.source_submit_date)}")
    if head.source_post_date:
        lag = f" ({count(head.lag_days, 'day')})" if head.lag_days else ""
        parts.append(f"public {show_day(head.source_post_date)}{lag}")
    if not parts:
        is_set = any(one.kind == "status" and one.new_value in SET_BY_REGISTRY for one in changes)
        parts = [f"{'set by the registry' if is_set else 'no date of the sponsor'}, served {show_day(head.source_day)}"]
    learnt = "learnt from its history" if head.origin == "backfill" else f"seen {show_day(head.observed_at.date())}"
    return ", ".join([*parts, learnt])


def describe(change: LifeChange) -> Iterator[ChangeLine]:
    """Yield a change as a line; a status with the reason that the record gives for it as a second one."""
    words = describe_change(change)
    before, after = words.before, words.after
    if change.kind in _TYPED:
        before, after = (_show_typed(change, side) for side in ("old", "new"))
    what = words.what[:1].upper() + words.what[1:]
    yield ChangeLine(what, before, after, words.note, change.weight)
    reason = show_reason(change)
    if reason:
        # A text stands in quotation marks; that there is none is said without.
        named = "Reason in the record" if reason.startswith("\N{LEFT DOUBLE QUOTATION MARK}") else "Reason"
        yield ChangeLine(named, "", reason, "", change.weight)


def _show_typed(change: LifeChange, side: str) -> str:
    value = change.old_value if side == "old" else change.new_value
    if value is None:
        return NOT_STATED
    shown = flatten(show_stated_date(value)) if change.kind in DATES else flatten(value)
    certainty = change.detail.get(f"{side}_type")
    return f"{shown} ({flatten(certainty.lower())})" if isinstance(certainty, str) and certainty else shown
