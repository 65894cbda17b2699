"""Deltas: what is told by something else comes back as it was, and little is said of what is alike."""

from __future__ import annotations

import datetime as dt
import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.deltas import read_delta, write_delta


def write_night(day: dt.date, lines: int = 40, *, seconds: str = "0.829") -> bytes:
    """Write what a night asked: many numbers and a window of dates, the same every night but for the day."""
    rng = random.Random(7)
    since = day - dt.timedelta(days=8)
    asked = [",".join(f"NCT99{rng.randrange(10**6):06d}" for _ in range(50)) for _ in range(lines)]
    told = [f'{{"asked":"{ids}","from":"{since:%Y/%m/%d}","to":"{day:%Y/%m/%d}","stamp":"{day}"}}\n' for ids in asked]
    return "".join([f'{{"clock":"{day}T14:00:00"}}\n', *told, f'{{"seconds":{seconds}}}\n']).encode()


TEXTS = st.lists(st.sampled_from([b"a,", b"b", b"\n", b"2026-02-28", b"2024/02/29,", b"2026-13-45", b"\xff,", b"0"]))


@settings(max_examples=200)
@given(TEXTS.map(b"".join), TEXTS.map(b"".join))
def test_whatever_it_is_told_by_it_comes_back_byte_for_byte(base: bytes, content: bytes) -> None:
    assert read_delta(base, write_delta(base, content)) == content


@settings(max_examples=60)
@given(st.binary(max_size=300), st.integers(0, 30_000), st.integers(0, 30_000))
def test_a_part_moved_left_out_or_put_in_comes_back(other: bytes, place: int, size: int) -> None:
    base = write_night(dt.date(2026, 2, 10))
    content = base[place:] + other + base[place : place + size] + base[:place]
    assert read_delta(base, write_delta(base, content)) == content


@pytest.mark.parametrize("days", [1, 3, 28, 366])
def test_of_a_night_like_another_only_that_it_is_later_and_what_differs_is_told(days: int) -> None:
    day = dt.date(2026, 2, 10)
    base, content = write_night(day), write_night(day + dt.timedelta(days=days), seconds="0.644")
    delta = write_delta(base, content)
    assert len(delta) < 50
    assert len(zlib.compress(content, 9)) > 8_000
    assert read_delta(base, delta) == content


def test_a_new_number_among_thousands_is_told_alone() -> None:
    base = write_night(dt.date(2026, 2, 10))
    at = base.index(b"NCT", 9_000)
    content = base[:at] + b"NCT99999999," + base[at:]
    assert len(write_delta(base, content)) < 60


@pytest.mark.parametrize("delta", [b"", b"no delta", b"\x93\x90\x91\x01\xc4\x00", b"\x93\x90\x90\xc4"])
def test_what_is_no_delta_is_refused(delta: bytes) -> None:
    with pytest.raises((ValueError, zlib.error)):
        read_delta(b"base", delta)
