"""The pace of requests, by clocks that are ours."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.pace import Pace


@given(st.lists(st.floats(0, 3), min_size=1, max_size=30), st.integers(1, 10))
def test_never_more_than_so_many_requests_in_any_second(gaps: list[float], per_second: int) -> None:
    now = 100.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "monotonic", lambda: now)
        pace = Pace(per_second, sleep)
        sent = []
        for gap in gaps:
            now += gap
            pace.wait()
            sent.append(now)
    for first, later in zip(sent, sent[per_second:], strict=False):
        assert later - first >= 1 - 1e-6


@given(
    st.lists(st.tuples(st.floats(0, 2), st.floats(0, 2), st.floats(0, 2)), min_size=1, max_size=40), st.integers(2, 10)
)
def test_no_more_arrive_in_any_second_however_unequal_their_ways(
    journeys: list[tuple[float, float, float]], per_second: int
) -> None:
    now = 100.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "monotonic", lambda: now)
        pace = Pace(per_second, sleep)
        arrived = []
        for thinking, there, back in journeys:
            now += thinking
            pace.wait()
            now += there
            arrived.append(now)
            now += back
            pace.note_answer()
    for first, later in zip(arrived, arrived[per_second:], strict=False):
        assert later - first >= 1 - 1e-6


def test_no_pace_means_no_sleep() -> None:
    slept: list[float] = []
    pace = Pace(0, slept.append)
    for _ in range(100):
        pace.wait()
    assert slept == []
