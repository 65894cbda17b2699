"""What became of a trial's results, in the words of a letter. Plain text; it reads no result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from etl.letter.fields import show_code, show_field, show_value
from etl.letter.piece import LONGEST_TEXT, Piece
from etl.wording import count, lower_first, shorten, show_stated_date

Row = Mapping[str, Any]
_PARTS = {
    "participantFlowModule": "participant flow",
    "baselineCharacteristicsModule": "baseline characteristics",
    "outcomeMeasuresModule": "outcome measures",
    "adverseEventsModule": "adverse events",
    "limitationsAndCaveats": "limitations",
}
_VERBS = {"submitted": "submitted, not posted yet", "posted": "posted", "withdrawn": "withdrawn"}
# What the posting of results leaves behind.
_BEFORE_POSTING = ("submitted", "overdue")


def describe_results(rows: Sequence[Row]) -> Iterator[Piece]:
    """Yield what became of the results; what led to their posting is not told beside it."""
    is_posted = any(row["action"] == "posted" for row in rows)
    for row in rows:
        if not (is_posted and row["action"] in _BEFORE_POSTING):
            yield _describe(row)


def _describe(row: Row) -> Piece:
    if row["action"] == "overdue":
        return _describe_overdue(row)
    if row["action"] == "updated":
        return _describe_update(row)
    detail = row["detail"]
    date = detail.get("date") or detail.get("first_posted")
    notes = (f"dated {shorten(show_stated_date(date), LONGEST_TEXT)}",) if date else ()
    # Before they are posted, what is withdrawn is the submission.
    subject = "Submission of results" if row["action"] == "withdrawn" and detail.get("event") else "Results"
    return Piece(subject=subject, verb=_VERBS.get(row["action"], str(row["action"])), notes=notes)


def _describe_overdue(row: Row) -> Piece:
    detail = row["detail"]
    certainty = detail.get("primary_completion_type")
    stated = shorten(show_stated_date(row["new_value"]), LONGEST_TEXT) + (
        f", {show_code(certainty)}" if certainty else ""
    )
    told = f"No results {count(detail.get('months', 12), 'month')} after primary completion ({stated})"
    return Piece(subject="Results", text=lower_first(told), told=told, head="Results overdue")


def _describe_update(row: Row) -> Piece:
    name = row["field"].rpartition(".")[2]
    if row["detail"].get("event"):  # the registry sends a submission back after its review
        return Piece(subject="Submission of results", verb="returned by the registry's review", notes=_find_date(row))
    if name in _PARTS:
        return Piece(
            subject="Posted results", verb="updated", text=_PARTS[name] + _count_measures(row["detail"].get("measures"))
        )
    old, new = (show_value(row["field"], row[f"{side}_value"], LONGEST_TEXT) for side in ("old", "new"))
    words = show_field(row["field"])
    return Piece(subject=words, text=f"{old} → {new}", told=f"{words}: {old} → {new}", head=f"{words} changed")


def _find_date(row: Row) -> tuple[str, ...]:
    date = row["detail"].get("date")
    return (f"dated {shorten(show_stated_date(date), LONGEST_TEXT)}",) if date else ()


def _count_measures(measures: Mapping[str, Sequence[str]] | None) -> str:
    said = [f"{len(titles)} {action}" for action, titles in sorted((measures or {}).items()) if titles]
    return f" ({', '.join(said)})" if said else ""
