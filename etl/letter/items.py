"""What became of an item of a list (an arm, an outcome, a criterion, a paper), in the words of a letter. Plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from etl.letter.fields import is_free_text, show_code, show_field, show_value
from etl.letter.piece import LONGEST_TEXT, Piece
from etl.wording import join, lower_first, quote, quote_pair, shorten

Row = Mapping[str, Any]
AFTER_COMPLETION = "after primary completion"
_MOST_NAMES = 4
_LINKS = ("interventionNames", "armGroupLabels", "otherNames")
# What the registry means by the type of a reference; BACKGROUND is not told.
_REFERENCES = {"RESULT": "newly cited as a result", "DERIVED": "found by the trial's number"}
# The names before a citation's first full stop, where there are more than three.
_AUTHORS = re.compile(r"^([^.,]{2,60})(?:,[^.,]{2,60}){3,}\.\s+")
_PMID = re.compile(r"[0-9]{1,8}")
_UNNAMED = "(no name)"


def describe_arm(row: Row) -> Piece:
    """Return what became of an arm or an intervention; `names` are the watched ones that are named in what is new."""
    detail, noun = row["detail"], row["kind"].capitalize()
    said = (("now says", detail.get("says")), ("no longer says", detail.get("no_longer_says")))
    return Piece(
        subject=noun,
        plural=f"{noun}s",
        verb=row["action"],
        text=_describe_arm(row),
        change=_show_arm_change(row),
        notes=tuple(f"{words} {quote(text, LONGEST_TEXT)}" for words, text in said if text),
        names=tuple(_list_names(detail.get("agents"))),
    )


def _describe_arm(row: Row) -> str:
    action, name = row["action"], _name(row)
    if action in ("added", "removed"):
        return name + _show_company(row["detail"].get("content") or {})
    return _pair(row) if action == "renamed" else name


def _show_arm_change(row: Row) -> str:
    """Return which field of an arm or intervention moved, and how; "" where something else says it."""
    field, detail = row["field"].rpartition(".")[2], row["detail"]
    if row["action"] != "changed" or detail.get("no_longer_says"):
        return ""
    return _show_gain(detail) if field in _LINKS else f"{lower_first(show_field(field))} {_pair(row)}"


def _show_company(content: Mapping[str, Any]) -> str:
    """Return an item's type, and what an arm receives, in brackets."""
    received = list(content.get("interventionNames") or ())
    said = [show_code(str(content["type"]))] if content.get("type") else []
    said += _list_names(received) + ([f"{len(received) - _MOST_NAMES} more"] if len(received) > _MOST_NAMES else [])
    return f" ({'; '.join(said)})" if said else ""


def _show_gain(detail: Mapping[str, Any]) -> str:
    sides = (("+", detail.get("added")), ("\N{MINUS SIGN}", detail.get("removed")))
    return "; ".join(f"{sign} {', '.join(_list_names(names))}" for sign, names in sides if names)


def describe_outcome(row: Row) -> Piece:
    """Return what became of an outcome, and whether that was after the trial had its primary data."""
    noun, action = row["kind"].replace("_", " ").capitalize(), row["action"]
    return Piece(
        subject=noun,
        plural=f"{noun}s",
        verb="given another time frame" if action == "time_frame" else action,
        text=_describe_outcome(row),
        change=_show_outcome_change(row),
        notes=(AFTER_COMPLETION,) if row["detail"].get("after_completion") else (),
    )


def _describe_outcome(row: Row) -> str:
    action, field, name = row["action"], row["field"].rpartition(".")[2], _name(row)
    if action in ("added", "dropped"):
        frame = (row["detail"].get("content") or {}).get("timeFrame")
        return name + (f" ({shorten(str(frame), LONGEST_TEXT)})" if frame else "")
    if action in ("promoted", "demoted"):
        lists = [shorten(value or "none", LONGEST_TEXT) for value in (row["old_value"], row["new_value"])]
        return f"{name} from {lists[0]} to {lists[1]}"
    return _pair(row) if field == "measure" else name


def _show_outcome_change(row: Row) -> str:
    field = row["field"].rpartition(".")[2]
    if row["action"] == "time_frame":
        return _pair(row)
    is_told = row["action"] == "reworded" and field != "measure"
    return f"{lower_first(show_field(field))} {_pair(row)}" if is_told else ""


def describe_criterion(row: Row) -> Piece:
    """Return what became of a line of the criteria, with its numbers before and after and what it names."""
    detail = row["detail"]
    side = shorten(detail.get("side") or row["item"], LONGEST_TEXT)
    names = _list_names(detail.get("targets"))
    text = _show_criterion(row) + (f" (names {join(names)})" if names else "")
    return Piece(subject="Eligibility", verb=f"{side} criterion {row['action']}".strip(), text=text)


def _show_criterion(row: Row) -> str:
    """Return a line as it stands now, its limits before and after; without limits, the line before and after."""
    if row["action"] != "changed":
        return quote(row["new_value"] or row["old_value"] or "", LONGEST_TEXT)
    numbers = row["detail"].get("numbers") or {}
    old, new = (", ".join(_list_names(numbers.get(side))) for side in ("old", "new"))
    return f"{quote(row['new_value'] or '', LONGEST_TEXT)} ({old} → {new})" if old and new else _pair(row)


def describe_reference(row: Row) -> Piece:
    """Return what became of a paper that the record gives as a result, or that was found by the trial's number."""
    verb = "no longer linked" if row["action"] == "removed" else "linked"
    way = _REFERENCES.get(row["detail"].get("type") or "", "")
    text = _cite(row, (row["detail"].get("content") or {}).get("citation"))
    notes = ([way] if way and verb == "linked" else []) + (["retracted"] if row.get("is_paper_retracted") else [])
    text += f" ({'; '.join(notes)})" if notes else ""
    return Piece(subject="Paper", plural="Papers", verb=verb, text=text, pmids=_find_pmids(row))


def describe_retraction(row: Row) -> Piece:
    """Return the retraction of a paper that the record cites."""
    verb = "no longer called retracted" if row["action"] == "removed" else "retracted"
    text = _cite(row, row["detail"].get("citation"))
    return Piece(subject="Cited paper", plural="Cited papers", verb=verb, text=text, pmids=_find_pmids(row))


def _cite(row: Row, citation: Any) -> str:
    """Return a paper's number and citation, as far as the record has them."""
    number = f"PMID {row['item']}" if _find_pmids(row) else ""
    said = _AUTHORS.sub(r"\1, … ", str(citation or ("" if number else row["item"] or _UNNAMED)))
    return " ".join(filter(None, (number, quote(said, LONGEST_TEXT) if said else "")))


def _find_pmids(row: Row) -> tuple[str, ...]:
    return (row["item"],) if _PMID.fullmatch(row["item"]) else ()


def describe_listed(row: Row) -> Piece:
    """Return what became of an item of any other short list: a condition, a collaborator, a document."""
    noun = show_field(row["field"])
    content = row["detail"].get("content")
    parts = content if isinstance(content, dict) else {}
    code = show_code(str(parts.get("type") or ""))
    is_unnamed = parts.get("type") == row["item"]  # what has no name is called by its type
    name = code if is_unnamed else quote(str(parts.get("label") or row["item"] or _UNNAMED), LONGEST_TEXT)
    text = _pair(row) if row["action"] == "changed" else name
    text += f" ({code})" if code and not is_unnamed else ""
    return Piece(subject=noun, plural=f"{noun}s", verb=row["action"], text=text)


def _list_names(names: Any) -> list[str]:
    return [shorten(str(name), LONGEST_TEXT) for name in (names or ())[:_MOST_NAMES]]


def _name(row: Row) -> str:
    return quote(row["item"] or _UNNAMED, LONGEST_TEXT)


def _pair(row: Row) -> str:
    old, new, field = row["old_value"], row["new_value"], row["field"]
    if old is not None and new is not None and is_free_text(field, old) and is_free_text(field, new):
        return quote_pair(old, new, LONGEST_TEXT)
    return f"{show_value(field, old, LONGEST_TEXT)} → {show_value(field, new, LONGEST_TEXT)}"


_DESCRIBE: dict[str, Callable[[Row], Piece]] = {
    "arm": describe_arm,
    "intervention": describe_arm,
    "primary_outcome": describe_outcome,
    "secondary_outcome": describe_outcome,
    "other_outcome": describe_outcome,
    "eligibility": describe_criterion,
    "reference": describe_reference,
    "retraction": describe_retraction,
}


def describe_items(kind: str, rows: Sequence[Row]) -> list[Piece]:
    """Return a piece a row, in the order of the rows."""
    return [_DESCRIBE.get(kind, describe_listed)(row) for row in rows]
