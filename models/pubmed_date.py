"""PubMed's publication dates in their own words ("1998 Dec-1999 Jan", "2000 Spring") as intervals. Never guesses."""

from __future__ import annotations

import calendar
import datetime as dt
import functools
import itertools
import re

import msgspec

from models.partial_date import PartialDate, Precision, parse_partial_date

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
# Northern seasons, as the journals mean them. Winter lies at both ends of the year it is named after, so it is all
# of that year; only "Winter 1999-2000" says which one.
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "fall": (9, 11), "autumn": (9, 11), "winter": (1, 12)}
# NLM's "4th Trimest" shows that a trimester is a quarter here, as it is in the Romance languages.
_UNITS = {"quart": 3, "quarter": 3, "trimest": 3, "trimester": 3, "semest": 6, "semester": 6, "half": 6}
_NUMERIC = re.compile(r"(\d{4}) (\d{1,2})(?: (\d{1,2}))?|(\d{4})-(\d{2})-(\d{2})")
_DASH = re.compile("[\N{EN DASH}\N{EM DASH}/]")
_READABLE = re.compile(r"[a-z0-9\s.,-]+")
_WORD = re.compile(r"\d+[a-z]*|[a-z]+|-")
_ORDINAL = re.compile(r"([1-4])(?:st|nd|rd|th|d)")
_SHORTEST_MONTH = 3


class _Side(msgspec.Struct):
    """What one end of a range says, or the whole where there is no range; 0 or None where it is silent."""

    year: int = 0
    months: tuple[int, int] | None = None
    is_winter: bool = False
    number: int = 0
    ordinal: int = 0
    unit: int = 0

    def find_months(self) -> tuple[int, int]:
        """Return the first and the last month meant, the whole year where none is named."""
        if self.ordinal and self.unit:
            return (self.ordinal - 1) * self.unit + 1, self.ordinal * self.unit
        return self.months or (1, 12)


@functools.lru_cache(maxsize=4096)  # a file of 30,000 papers bears some thousand different dates
def parse_pub_date(text: str) -> PartialDate | None:
    """Read a PubDate's words, structured (`1999 Oct 12`) or free (`MedlineDate`); None where they cannot be read.

    The interval is the narrowest that no reading of the words leaves, `precision` the smallest calendar unit that
    holds it ("year" also for what spans several). `text` is kept as it came. The shapes are those of NLM's own
    files (baseline 2020 and update 2021, some 50,000 records).
    """
    numeric = _NUMERIC.fullmatch(text.strip())
    if numeric:
        exact = parse_partial_date("-".join(part.zfill(2) for part in numeric.groups() if part))
        return msgspec.structs.replace(exact, text=text) if exact else None
    sides = _split_sides(_DASH.sub("-", text.lower()))
    try:
        span = _find_span(sides) if sides and _fill_gaps(sides) else None
    except ValueError:  # a day or year no calendar has
        return None
    return PartialDate(text, _find_precision(*span), *span) if span else None


def _split_sides(text: str) -> list[_Side]:
    """Cut at dashes, and where the same thing is said again ("1976 1977"); empty if a word is unknown."""
    sides = [_Side()]
    for word in _WORD.findall(text) if _READABLE.fullmatch(text) else []:
        if word == "-":
            sides.append(_Side())
            continue
        said = _read_word(word)
        if not said:
            return []
        if any(getattr(sides[-1], name) for name in said):
            sides.append(_Side())
        for name, value in said.items():
            setattr(sides[-1], name, value)
        sides[-1].is_winter |= word == "winter"
    return [] if _Side() in sides else sides


def _read_word(word: str) -> dict[str, int | tuple[int, int]]:
    if word.isdigit():
        return {"year" if len(word) == len("1999") else "number": int(word)}
    ordinal = _ORDINAL.fullmatch(word)
    if ordinal:
        return {"ordinal": int(ordinal[1])}
    if word in _SEASONS:
        return {"months": _SEASONS[word]}
    if word in _UNITS:
        return {"unit": _UNITS[word]}
    fitting = [number for number, name in enumerate(_MONTHS, 1) if name.startswith(word)]
    return {"months": (fitting[0], fitting[0])} if fitting and len(word) >= _SHORTEST_MONTH else {}


def _fill_gaps(sides: list[_Side]) -> bool:
    """Let each side take from its neighbour what it leaves out; False if something still hangs in the air."""
    pairs = list(itertools.pairwise(sides))
    for left, right in pairs:
        if right == _Side(number=right.number):
            if left.number:
                right.months = left.months
            elif left == _Side(year=left.year):
                right.year, right.number = left.year // 100 * 100 + right.number, 0
        right.year = right.year or left.year
    for left, right in reversed(pairs):
        left.year = left.year or right.year
        if left.ordinal and not left.unit:
            left.unit = right.unit
    return all(side.year > 0 and _is_whole(side) for side in sides)


def _is_whole(side: _Side) -> bool:
    has_its_month = not side.number or (side.months is not None and side.months[0] == side.months[1])
    return has_its_month and bool(side.ordinal) == bool(side.unit)


def _find_span(sides: list[_Side]) -> tuple[dt.date, dt.date] | None:
    first, last = sides[0], sides[-1]
    if _is_one_winter(sides):
        return dt.date(first.year, 12, 1), _find_last_day(last.year, 2)
    low = dt.date(first.year, first.find_months()[0], 1)
    high = _find_last_day(last.year, last.find_months()[1])
    # A day at one end only ("2021 Apr-Jun 01") is a filler: the months are what is meant.
    if all(side.number for side in sides):
        low, high = low.replace(day=first.number), high.replace(day=last.number)
    if low <= high:
        return low, high
    # "1999 Dec-Jan" may begin or end in 1999: the interval holds both readings. Two stated years leave no excuse.
    return (low.replace(year=low.year - 1), high.replace(year=high.year + 1)) if low.year == high.year else None


def _is_one_winter(sides: list[_Side]) -> bool:
    """Tell "Winter 1999-2000" and "1999-2000 Winter"."""
    if len(sides) != len(("1999", "2000")) or sides[1].year != sides[0].year + 1:
        return False
    return any(side.is_winter for side in sides) and all(side.is_winter or not side.months for side in sides)


def _find_last_day(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _find_precision(low: dt.date, high: dt.date) -> Precision:
    if low == high:
        return "day"
    return "month" if (low.year, low.month) == (high.year, high.month) else "year"
