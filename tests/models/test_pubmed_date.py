from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.partial_date import PartialDate
from models.pubmed_date import parse_pub_date

READABLE = [
    # as structured elements give them
    ("1999", "year", "1999-01-01", "1999-12-31"),
    ("1999 Oct", "month", "1999-10-01", "1999-10-31"),
    ("2024 Feb", "month", "2024-02-01", "2024-02-29"),
    ("1999 Oct 12", "day", "1999-10-12", "1999-10-12"),
    ("2019 05", "month", "2019-05-01", "2019-05-31"),
    ("2019 5 7", "day", "2019-05-07", "2019-05-07"),
    ("2019-05-12", "day", "2019-05-12", "2019-05-12"),
    ("2000 Spring", "year", "2000-03-01", "2000-05-31"),
    ("2000 Summer", "year", "2000-06-01", "2000-08-31"),
    ("2000 Fall", "year", "2000-09-01", "2000-11-30"),
    ("2000 Autumn", "year", "2000-09-01", "2000-11-30"),
    # winter lies at both ends of its year, unless two years are named
    ("Winter 1999", "year", "1999-01-01", "1999-12-31"),
    ("1999-2000 Winter", "year", "1999-12-01", "2000-02-29"),
    ("Winter 1999-2000", "year", "1999-12-01", "2000-02-29"),
    ("1999 Winter-2000 Winter", "year", "1999-12-01", "2000-02-29"),
    # ranges
    ("1975-1976", "year", "1975-01-01", "1976-12-31"),
    ("1975-76", "year", "1975-01-01", "1976-12-31"),
    ("1976 1977", "year", "1976-01-01", "1977-12-31"),
    ("2017 Jan-Feb", "year", "2017-01-01", "2017-02-28"),
    ("2019 Feb - Apr", "year", "2019-02-01", "2019-04-30"),
    ("1980 Jan/Feb", "year", "1980-01-01", "1980-02-29"),
    ("1980 Jan\N{EN DASH}Feb", "year", "1980-01-01", "1980-02-29"),
    ("1969 Jan, Mar", "year", "1969-01-01", "1969-03-31"),
    ("1999 Sep-OCT", "year", "1999-09-01", "1999-10-31"),
    ("1998 Dec-1999 Jan", "year", "1998-12-01", "1999-01-31"),
    ("1979 Nov-1980 May", "year", "1979-11-01", "1980-05-31"),
    ("1977 Fall-Winter", "year", "1977-09-01", "1977-12-31"),
    ("Spring-Summer 1999", "year", "1999-03-01", "1999-08-31"),
    ("1979-1980 Fall", "year", "1979-01-01", "1980-11-30"),
    ("1979-1980 Fall-Winter", "year", "1979-01-01", "1980-12-31"),
    # days
    ("1977 Dec 22-29", "month", "1977-12-22", "1977-12-29"),
    ("1977 Aug 27-Sep 3", "year", "1977-08-27", "1977-09-03"),
    ("1999 Dec 28-2000 Jan 3", "year", "1999-12-28", "2000-01-03"),
    ("15 Dec 1999", "day", "1999-12-15", "1999-12-15"),
    ("Dec. 15, 1999", "day", "1999-12-15", "1999-12-15"),
    ("2021 Apr-Jun 01", "year", "2021-04-01", "2021-06-30"),
    # parts of a year
    ("2021 3rd Quarter", "year", "2021-07-01", "2021-09-30"),
    ("1993 3d Quart", "year", "1993-07-01", "1993-09-30"),
    ("1977 1st-2nd Quart", "year", "1977-01-01", "1977-06-30"),
    ("1984 4th Trimest", "year", "1984-10-01", "1984-12-31"),
    ("1978 2d Semest", "year", "1978-07-01", "1978-12-31"),
    # either end may be the stated year's: the interval holds both readings
    ("1999 Dec-Jan", "year", "1998-12-01", "2000-01-31"),
]
UNREADABLE = [
    "", " ", "3rd Quarter", "Sep-OCT", "Dec 22-29", "1998 Suppl", "2000 Christmas", "1999 Feb 30", "1999 13", "1999 Ma",
    "1999-", "-1999", "0000", "1980-1979", "2020 Jan-2019 Dec", "1999 Quart", "1999 3rd", "1999 3rd Semest",
    "1999 Dec-15", "12", "n.d.", "19999",
]  # fmt: skip


@pytest.mark.parametrize(("text", "precision", "low", "high"), READABLE)
def test_the_words_become_the_narrowest_interval_they_allow(text: str, precision: str, low: str, high: str) -> None:
    found = parse_pub_date(text)
    assert found is not None
    assert (found.precision, found.low.isoformat(), found.high.isoformat()) == (precision, low, high)
    assert found.text == text


@pytest.mark.parametrize("text", UNREADABLE)
def test_words_that_do_not_say_when_are_not_guessed_at(text: str) -> None:
    assert parse_pub_date(text) is None


@given(st.dates(min_value=dt.date(1000, 1, 1), max_value=dt.date(2999, 12, 31)))
def test_a_whole_date_is_that_day(day: dt.date) -> None:
    text = f"{day.year} {day:%b} {day.day}"
    assert parse_pub_date(text) == PartialDate(text, "day", day, day)


_WORDS = st.sampled_from(["1999", "2000", "99", "0", "Jan", "Dec", "winter", "spring", "3rd", "quart", "-", "31", "x"])


@given(st.lists(_WORDS, max_size=7).map(" ".join))
def test_any_mixture_of_words_is_an_ordered_interval_or_nothing(text: str) -> None:
    found = parse_pub_date(text)
    assert found is None or found.low <= found.high
    assert found is None or (found.precision == "day") == (found.low == found.high)


@given(st.text(max_size=30))
def test_any_text_is_read_or_left_alone(text: str) -> None:
    found = parse_pub_date(text)
    assert found is None or found.text == text
