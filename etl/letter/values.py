"""What became of one value of a trial (a date, a number, a field), in the words of a letter. Plain text, no markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import msgspec

from etl.letter.fields import is_free_text, show_code, show_field, show_value
from etl.letter.piece import LONGEST_TEXT, Piece
from etl.wording import (
    ELLIPSIS,
    lower_first,
    quote,
    quote_pair,
    shorten,
    show_distance,
    show_standing,
    show_stated_date,
)

Row = Mapping[str, Any]
DATES = {
    "start_date": "Start",
    "primary_completion_date": "Primary completion",
    "completion_date": "Completion",
}
IMPLAUSIBLE = "more than 5 years: check the record"
_SIDES = ("old", "new")
_LONGEST_REASON = 300
_COUNT = re.compile(r"[0-9]{1,12}")
_CERTIFICATE = "Certificate that delays results"
_MINUS = "\N{MINUS SIGN}"


def describe_date(rows: Sequence[Row]) -> Piece:
    """Return the moves of one of the three dates, with how far it went, and a warning where that is hard to believe."""
    first, last = rows[0], rows[-1]
    moved = any(row["action"] in ("slipped", "pulled_in") for row in rows)
    distance = show_distance(first["old_value"], last["new_value"]) if moved else ""
    implausible = IMPLAUSIBLE if any(row["detail"].get("implausible") for row in rows) else ""
    name = DATES[last["kind"]]
    told = _join_moves(rows, [_show_stated(row, show_stated_date) for row in rows])
    notes = (distance, _find_return(rows), implausible)
    return _build(name, told, notes, joint=" ", head=f"{name} moved")


def describe_enrollment(rows: Sequence[Row]) -> Piece:
    """Return the moves of the enrollment, with what it gained or lost in percent."""
    told = _join_moves(rows, [_show_stated(row, str) for row in rows])
    percent = _find_percent(rows[0]["old_value"], rows[-1]["new_value"])
    return _build("Enrollment", told, (percent, _find_return(rows)), joint=" ")


def describe_reason(rows: Sequence[Row]) -> Piece:
    """Return the moves of the reason for a stop, each in the record's own words, with its class."""
    told = _join_moves(rows, [_show_reasons(row) for row in rows])
    return _build("Reason in the record", told, (_find_return(rows),))


def show_reason(reason: str, stop_class: str) -> str:
    """Return a reason in the record's own words, with the word for its class; "other" says nothing and is left out."""
    known = stop_class and stop_class != "other"
    return quote(reason, _LONGEST_REASON) + (f" ({show_code(stop_class)})" if known else "")


def describe_standing(rows: Sequence[Row]) -> Piece:
    """Return how the trial's record stands in the registry."""
    moves = [tuple(shorten(show_standing(row[f"{side}_value"] or ""), LONGEST_TEXT) for side in _SIDES) for row in rows]
    return _build(
        "Registry record", _join_moves(rows, moves), (_find_return(rows),), joint=" ", head="Registry record moved"
    )


def describe_fields(rows: Sequence[Row]) -> Iterator[Piece]:
    """Yield what became of each field that is told as it stands."""
    for field in dict.fromkeys(row["field"] for row in rows):
        yield _describe_field(field, [row for row in rows if row["field"] == field])


def _describe_field(field: str, rows: Sequence[Row]) -> Piece:
    name = show_field(field)
    if name == _CERTIFICATE:
        verb = {"added": "entered", "removed": "taken back"}.get(rows[-1]["action"], "changed")
        said = shorten(rows[-1]["new_value"] or "", LONGEST_TEXT)  # the days of its course, one after the other
        return Piece(subject=name, verb=verb, text=said)
    told = _show_parts(field, rows) or _show_field_moves(field, rows)
    piece = _build(name, told, (_find_return(rows),))
    return msgspec.structs.replace(piece, told=told) if field.endswith(".phases") else piece  # "Phase 1 → Phase 2"


def _build(name: str, moved: str, notes: Sequence[str], *, joint: str = ": ", head: str = "") -> Piece:
    said = tuple(filter(None, notes))
    return Piece(subject=name, text=moved, told=f"{name}{joint}{moved}", head=head or f"{name} changed", notes=said)


def _show_parts(field: str, rows: Sequence[Row]) -> str:
    """Return what differs between two objects (a lead sponsor, a responsible party); "" where they are none."""
    old, new = rows[0]["detail"].get("old"), rows[-1]["detail"].get("new")
    if not isinstance(old, dict) and not isinstance(new, dict):
        return ""
    before, after = (side if isinstance(side, dict) else {} for side in (old, new))
    moved = [key for key in sorted(before.keys() | after.keys()) if before.get(key) != after.get(key)]
    if "name" in moved:  # of a sponsor, its class goes with it
        return _show_pair(f"{field}.name", before.get("name"), after.get("name"))
    pairs = [(key, _show_pair(f"{field}.{key}", before.get(key), after.get(key))) for key in moved]
    return "; ".join(f"{lower_first(show_field(key))} {pair}" for key, pair in pairs)


def _show_pair(field: str, old: Any, new: Any) -> str:
    before, after = (value if value is None else _write(value) for value in (old, new))
    return f"{show_value(field, before, LONGEST_TEXT)} → {show_value(field, after, LONGEST_TEXT)}"


def _write(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _show_field_moves(field: str, rows: Sequence[Row]) -> str:
    old, new = rows[0]["old_value"], rows[-1]["new_value"]
    if old is not None and new is not None and is_free_text(field, old) and is_free_text(field, new):
        return quote_pair(old, new, LONGEST_TEXT)
    moves = [tuple(show_value(field, row[f"{side}_value"], LONGEST_TEXT) for side in _SIDES) for row in rows]
    return _join_moves(rows, moves)


def _show_stated(row: Row, show: Callable[[str], str]) -> tuple[str, str]:
    before, after = (_show_typed(row, side, show) for side in _SIDES)
    return before, after


def _show_typed(row: Row, side: str, show: Callable[[str], str]) -> str:
    value, certainty = row[f"{side}_value"], row["detail"].get(f"{side}_type")
    if value is None:
        return "not stated"
    shown = shorten(show(value), LONGEST_TEXT)
    return f"{shown} ({show_code(certainty)})" if certainty else shown


def _show_reasons(row: Row) -> tuple[str, str]:
    """The class is that of the new words."""
    old, new = row["old_value"], row["new_value"]
    return (
        quote(old, _LONGEST_REASON) if old else "none",
        show_reason(new, row["detail"].get("class") or "") if new else "none",
    )


def _join_moves(rows: Sequence[Row], shown: Sequence[tuple[str, ...]]) -> str:
    """Return moves as one chain, with an ellipsis where one does not begin with what the one before ended with."""
    told = " → ".join(shown[0])
    for (before, row), (old, new) in zip(pairwise(rows), shown[1:], strict=True):
        told += f" → {new}" if row["old_value"] == before["new_value"] else f" {ELLIPSIS} {old} → {new}"
    return told


def _find_return(rows: Sequence[Row]) -> str:
    return "there and back" if len(rows) > 1 and rows[0]["old_value"] == rows[-1]["new_value"] else ""


def _find_percent(old: str | None, new: str | None) -> str:
    if not (old and new and _COUNT.fullmatch(old) and _COUNT.fullmatch(new) and int(old)):
        return ""
    percent = round(100 * (int(new) - int(old)) / int(old))
    return f"{'+' if percent > 0 else _MINUS}{abs(percent)} %" if percent else ""
