"""When results are due in the registry, and which are overdue: by the trial's own dates, on a given day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from etl.review.dossier import find_end
from models.review_page import Readout

Row = Mapping[str, Any]
_ORDER = ("overdue", "handed_in", "due", "ahead")


def build_readouts(rows: Iterable[Row], cited: Collection[str], today: dt.date) -> list[Readout]:
    """Return the trials without posted results: the review's first, the longest overdue first, the next due next."""
    found = _find_readouts(rows, cited, today)
    return sorted(found, key=lambda one: (not one.is_cited, _ORDER.index(one.state), one.due_on, one.nct_id))


def _find_readouts(rows: Iterable[Row], cited: Collection[str], today: dt.date) -> Iterator[Readout]:
    for row in rows:
        if row["has_results"] or row["results_first_post_date"]:
            continue
        completed = find_end(row, "primary_completion_date")
        length = {"month": 7, "year": 4}.get(row["primary_completion_date_precision"] or "", 10)
        state = _find_state(row, completed, today)
        yield Readout(
            nct_id=row["nct_id"],
            title=row["brief_title"] or "",
            status=row["overall_status"],
            primary_completion=row["primary_completion_date"].isoformat()[:length],
            is_actual=row["primary_completion_date_type"] == "ACTUAL",
            due_on=row["due_on"],
            state=state,
            months_overdue=count_months(row["due_on"], today) if state == "overdue" else 0,
            is_cited=row["nct_id"] in cited,
        )


def _find_state(row: Row, completed: dt.date | None, today: dt.date) -> str:
    if row["is_handed_in"]:
        return "handed_in"
    if row["due_on"] < today:
        return "overdue"
    return "due" if completed and completed < today else "ahead"


def count_months(since: dt.date, until: dt.date) -> int:
    """Return the whole months from a day to a later one."""
    return (until.year - since.year) * 12 + until.month - since.month - (until.day < since.day)
