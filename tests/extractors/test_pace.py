"""The pace of requests, by clocks that are ours."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.pace import Pace


class Clock:
    """A clock that stands still but for those who wait."""

    def __init__(self) -> None:
        self.now = 100.0

    def go_on(self, seconds: float) -> None:
        self.now += seconds


@contextmanager
def own_clock() -> Iterator[Clock]:
    """Let `time.monotonic` be a clock of ours."""
    clock = Clock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "monotonic", lambda: clock.now)
        yield clock


def check_pace(instants: Sequence[float], per_second: int) -> None:
    for first, later in zip(instants, instants[per_second:], strict=False):
        assert later - first >= 1 - 1e-6


@given(st.lists(st.floats(0, 3), min_size=1, max_size=30), st.integers(1, 10))
def test_never_more_than_so_many_requests_in_any_second(gaps: list[float], per_second: int) -> None:
    sent = []
    with own_clock() as clock:
        pace = Pace(per_second, clock.go_on)
        for gap in gaps:
            clock.go_on(gap)
            pace.wait()
            sent.append(clock.now)
    check_pace(sent, per_second)


@given(
    st.lists(st.tuples(st.floats(0, 2), st.floats(0, 2), st.floats(0, 2)), min_size=1, max_size=40), st.integers(2, 10)
)
def test_no_more_arrive_in_any_second_however_unequal_their_ways(
    journeys: list[tuple[float, float, float]], per_second: int
) -> None:
    arrived = []
    with own_clock() as clock:
        pace = Pace(per_second, clock.go_on)
        for thinking, there, back in journeys:
            clock.go_on(thinking)
            pace.wait()
            clock.go_on(there)
            arrived.append(clock.now)
            clock.go_on(back)
            pace.note_answer()
    check_pace(arrived, per_second)


def test_no_pace_means_no_sleep() -> None:
    slept: list[float] = []
    pace = Pace(0, slept.append)
    for _ in range(100):
        pace.wait()
    assert slept == []
