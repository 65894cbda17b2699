"""Dates as precise as their source states them: intervals with the words kept."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.partial_date import PartialDate, parse_partial_date


@pytest.mark.parametrize(
    ("text", "precision", "low", "high"),
    [
        ("2026-02-11", "day", dt.date(2026, 2, 11), dt.date(2026, 2, 11)),
        ("2026-02", "month", dt.date(2026, 2, 1), dt.date(2026, 2, 28)),
        ("2024-02", "month", dt.date(2024, 2, 1), dt.date(2024, 2, 29)),
        ("2026-12", "month", dt.date(2026, 12, 1), dt.date(2026, 12, 31)),
        ("2026", "year", dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
        ("2024-02-29", "day", dt.date(2024, 2, 29), dt.date(2024, 2, 29)),
        ("9999-12", "month", dt.date(9999, 12, 1), dt.date(9999, 12, 31)),
    ],
)
def test_a_stated_date_is_the_interval_its_words_allow(text: str, precision: str, low: dt.date, high: dt.date) -> None:
    date = parse_partial_date(text)
    assert date is not None
    assert (date.text, date.precision, date.low, date.high) == (text, precision, low, high)


def test_surrounding_whitespace_is_no_part_of_the_words() -> None:
    assert parse_partial_date(" 2026-02 \n") == parse_partial_date("2026-02")


@pytest.mark.parametrize(
    "text",
    [
        None, "", " ", "2026-2", "2026-02-30", "2023-02-29", "2026-13", "2026-00", "2026-01-00", "0000", "0000-01",
        "0000-01-01", "26-02-11", "2026/02/11", "2026-02-11T09:00:05", "Feb 2026", "2026-02-", "-2026", "20260211",
    ],
)  # fmt: skip
def test_nothing_and_anything_else_is_no_date(text: str | None) -> None:
    assert parse_partial_date(text) is None


@given(st.dates())
def test_a_day_its_month_and_its_year_lie_inside_each_other(day: dt.date) -> None:
    exact, month, year = (_parse(day.isoformat()[:length]) for length in (10, 7, 4))
    assert year.low <= month.low <= exact.low == exact.high <= month.high <= year.high
    assert (month.high + dt.timedelta(days=1)).day == 1 if month.high < dt.date.max else True


@given(st.text(max_size=12))
def test_any_text_is_a_date_or_none_and_never_an_error(text: str) -> None:
    date = parse_partial_date(text)
    assert date is None or (date.low <= date.high and date.text == text.strip())


def _parse(text: str) -> PartialDate:
    date = parse_partial_date(text)
    assert date is not None
    return date
