"""A trial in time: what has happened, what is estimated, what slipped, when its status moved. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from etl.change_words import DATES
from etl.wording import flatten, show_distance, show_stated_date
from models.landscape import Bar, Slip, StatusMark
from models.partial_date import parse_partial_date
from models.trial_life import LifeChange

Row = Mapping[str, Any]
_SLIPS = {"slipped", "pulled_in"}
_ENDS = {"primary_completion_date": "primary completion", "completion_date": "completion"}


def build_bar(trial: Row, statuses: Iterable[Row], changes: Sequence[LifeChange], until: dt.date) -> Bar:
    """Return a trial's bar, as known on the day `until`. Rows are those of report_trials and report_statuses.

    It ends at the completion, or at the primary completion where that alone is stated. What has happened reaches to
    the last of its days that the record calls actual, and, where it is under way, to its last update: from there on
    the record only estimates.
    """
    start, end = trial["start_date"], trial["completion_date"] or trial["primary_completion_date"]
    if start is None and end is None:
        return Bar(results=_show(trial["results_first_post_date"]), marks=tuple(_find_marks(statuses)))
    start = start or end
    end = max(start, end or until)
    return Bar(
        start=_show(start),
        known=_show(min(end, _find_known(trial, start))),
        end=_show(end),
        slips=tuple(_find_slips(changes)),
        marks=tuple(_find_marks(statuses)),
        results=_show(trial["results_first_post_date"]),
    )


def _find_known(trial: Row, start: dt.date) -> dt.date:
    """Return the last day that the record speaks of as having been."""
    actual: list[dt.date] = [trial[name] for name in DATES if trial[name] and trial[f"{name}_type"] == "ACTUAL"]
    end = "completion_date" if trial["completion_date"] else "primary_completion_date"
    if trial[f"{end}_type"] == "ACTUAL":
        return max(actual)
    # Records from before types were asked for state none: what lies before their last update has been.
    has_begun = bool(actual) or trial["start_date_type"] is None
    return max([start, *actual, *([trial["last_update_submit_date"] or start] if has_begun else [])])


def _find_marks(statuses: Iterable[Row]) -> Iterator[StatusMark]:
    """Yield where a status began; the first one held may have begun long before."""
    for row in statuses:
        if row["is_start_known"]:
            yield StatusMark(row["valid_from"].isoformat(), flatten(row["status"]))


def _find_slips(changes: Sequence[LifeChange]) -> Iterator[Slip]:
    for change in reversed(changes):
        if change.kind in _ENDS and change.action in _SLIPS:
            old, new = parse_partial_date(change.old_value), parse_partial_date(change.new_value)
            if old and new:
                far = show_distance(change.old_value, change.new_value)
                words = f"{show_stated_date(change.old_value)} → {show_stated_date(change.new_value)}"
                yield Slip(_ENDS[change.kind], old.low.isoformat(), new.low.isoformat(), f"{words}{far and f', {far}'}")


def _show(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
