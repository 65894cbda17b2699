"""The words of letters and terminals: statuses, dates, spans, counts. Pure text, no markup."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Sequence
from itertools import takewhile

from models.partial_date import parse_partial_date

SOURCE_NAMES = {"clinicaltrials": "ClinicalTrials.gov", "pubmed": "PubMed"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_OWN_WORDS = {"ACTIVE_NOT_RECRUITING": "Active, not recruiting"}
_STANDINGS = {"listed": "listed", "missing": "missing from its answers", "gone": "no longer found by number"}
# Marks that change the reading direction, control characters, and signs that no reader sees or XML does not take
# can make a line say something else, or no form at all.
INVISIBLE = re.compile(
    r"[\u0000-\u001f\u007f-\u009f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\ufffe\uffff\U000e0000-\U000e007f]"
)
_HALF = re.compile(r"[\ud800-\udfff]")  # half a character: no encoding writes it
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MOST_ESCAPES = 5
# More accents on one letter than any language has would be drawn over the lines around it.
_ACCENT = r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_ACCENTS = re.compile(rf"({_ACCENT}{{3}}){_ACCENT}+")
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
_LONGEST_PAIR = 80  # from here on two texts begin where they differ
_WORDS_BEFORE = 25  # signs that two texts share and that are shown before they differ
_MOST_DAYS = 7  # told one by one
_DAYS_A_MONTH = 30.44
_MONTHS_FROM = 61  # fewer days are told as days


def show_status(status: str) -> str:
    """Return a status as people read it: `Not yet recruiting`."""
    return _OWN_WORDS.get(status, status.replace("_", " ").capitalize())


def show_standing(state: str) -> str:
    """Return how a record stands in the registry as people read it: `no longer found by number`."""
    return _STANDINGS.get(state, state)


def flatten(text: str) -> str:
    """Return a text from outside as one line without control characters, whole, its HTML entities read.

    Sources escape some texts twice and more (`&amp;lt;`): a reader is shown what was meant.
    """
    for _ in range(_MOST_ESCAPES):
        text, before = _ENTITY.sub(lambda found: html.unescape(found[0]), text), text
        if text == before:
            break
    text = _ACCENTS.sub(r"\1", _HALF.sub("\N{REPLACEMENT CHARACTER}", text))
    return " ".join(INVISIBLE.sub(" ", text).split())


def shorten(text: str, longest: int) -> str:
    """Return a text from outside as one line of at most `longest` signs; a cut one ends in an ellipsis."""
    line = flatten(text)
    return line if len(line) <= longest else line[: longest - 1].rstrip() + ELLIPSIS


def quote(text: str, longest: int) -> str:
    """Return words that are the record's and not ours, in quotation marks, shortened."""
    return f"\N{LEFT DOUBLE QUOTATION MARK}{shorten(text, longest)}\N{RIGHT DOUBLE QUOTATION MARK}"


def quote_pair(old: str, new: str, longest: int) -> str:
    """Return `“old” → “new”`, each of at most `longest` signs; long ones begin shortly before they differ."""
    before, after = flatten(old), flatten(new)
    if max(len(before), len(after)) > min(longest, _LONGEST_PAIR):
        start = _find_start(before, after)
        before, after = (ELLIPSIS + text[start:].lstrip() if start else text for text in (before, after))
    return f"{quote(before, longest)} → {quote(after, longest)}"


def _find_start(old: str, new: str) -> int:
    """Return a place shortly before two texts first differ, where a word begins; 0 where that is near their own."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    latest = max(0, same - _WORDS_BEFORE)
    start = old.rfind(" ", 0, latest) + 1
    if latest - start > _WORDS_BEFORE:  # no word is so long
        start = latest
    return start if start > _WORDS_BEFORE else 0


def lower_first(words: str) -> str:
    """Return words of ours as they stand inside a sentence; `NCT number` keeps its capitals."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def show_phases(phases: Sequence[str]) -> str:
    """Return phases as people read them: `Phase 1/2`, empty where the registry states none."""
    numbers = [phase.removeprefix("EARLY_").removeprefix("PHASE") for phase in phases if "PHASE" in phase]
    early = "Early phase" if any(phase.startswith("EARLY") for phase in phases) else "Phase"
    return f"{early} {'/'.join(numbers)}" if numbers else ""


def show_day(day: dt.date) -> str:
    """Return a day as letters write it: `11 Feb 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def show_days(days: Sequence[dt.date]) -> str:
    """Return days in order, month and year said once: `13, 14 and 15 Feb 2026`; of many, the first and the last."""
    if len(days) > _MOST_DAYS:
        return f"{len(days)} days from {show_day(days[0])} to {show_day(days[-1])}"
    pairs = zip(days, [*days[1:], None], strict=True)
    told = []
    for day, after in pairs:
        is_last_of_month = after is None or (day.year, day.month) != (after.year, after.month)
        told.append(show_day(day) if is_last_of_month else str(day.day))
    return join(told)


def show_stated_date(text: str | None) -> str:
    """Return a date as precisely as the source states it: `11 Feb 2026`, `Feb 2026`, `2026`, `none`."""
    date = parse_partial_date(text)
    if date is None:
        return text or "none"
    if date.precision == "day":
        return show_day(date.low)
    return f"{_MONTHS[date.low.month - 1]} {date.low.year}" if date.precision == "month" else str(date.low.year)


def show_span(since: dt.datetime, until: dt.datetime) -> str:
    """Return a half-open span of days: `9–15 Feb 2026`."""
    first, last = since.date(), (until - dt.timedelta(microseconds=1)).date()
    if first == last:
        return show_day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}\N{EN DASH}{show_day(last)}"
    start = f"{first.day} {_MONTHS[first.month - 1]}" + ("" if first.year == last.year else f" {first.year}")
    return f"{start} \N{EN DASH} {show_day(last)}"


def show_distance(old: str | None, new: str | None) -> str:
    """Return how far a stated date moved, as exactly as both are stated: `9 months later`, `12 days earlier`.

    Days only where both dates have a day, else months; empty where a year is all there is, or nothing moved.
    """
    before, after = parse_partial_date(old), parse_partial_date(new)
    if before is None or after is None or "year" in (before.precision, after.precision):
        return ""
    days = (after.low - before.low).days
    months = (after.low.year - before.low.year) * 12 + after.low.month - before.low.month
    is_exact = before.precision == after.precision == "day"
    if is_exact and abs(days) >= _MONTHS_FROM:
        months = round(days / _DAYS_A_MONTH)
    size = count(abs(days), "day") if is_exact and abs(days) < _MONTHS_FROM else count(abs(months), "month")
    direction = "later" if days > 0 else "earlier"
    return f"{size} {direction}" if days and (is_exact or months) else ""


def count(number: int, noun: str) -> str:
    """Return `1 trial`, `2 trials`; nouns that end in y after a consonant take ies."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeou" else f"{number} {noun}s"


def join(parts: Sequence[str]) -> str:
    """Return `a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
