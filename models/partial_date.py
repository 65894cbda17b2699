"""A date as precise as its source states it: an interval with the words kept."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Literal

import msgspec

Precision = Literal["day", "month", "year"]
_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


class PartialDate(msgspec.Struct, frozen=True):
    """`low` and `high` are the first and last day the words allow; equal when `precision` is "day"."""

    text: str
    precision: Precision
    low: dt.date
    high: dt.date


def parse_partial_date(text: str | None) -> PartialDate | None:
    """Read `YYYY-MM-DD`, `YYYY-MM` or `YYYY`, the registry's forms; None for nothing or anything else."""
    match = _ISO.fullmatch(text.strip()) if text else None
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None  # noqa: S101  the pattern has it
    try:
        if month is None:
            return PartialDate(match[0], "year", dt.date(year, 1, 1), dt.date(year, 12, 31))
        if day is None:
            last = calendar.monthrange(year, month)[1]
            return PartialDate(match[0], "month", dt.date(year, month, 1), dt.date(year, month, last))
        exact = dt.date(year, month, day)
    except (ValueError, calendar.IllegalMonthError):
        return None
    return PartialDate(match[0], "day", exact, exact)
