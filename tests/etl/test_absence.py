"""Absence is not a fact: what a proved missing day may conclude, and what it may not."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.absence import Standing, judge_absence, name_step

DAYS = [dt.date(2026, 2, number) for number in range(1, 29)]
LISTED = Standing("listed")


def judge(held: Standing, *days: dt.date, gone_after: int = 3) -> list[str]:
    states: list[str] = []
    for day in days:
        held = judge_absence(held, day, gone_after)
        states.append(held.state)
    return states


def test_a_trial_is_gone_after_three_days_of_proved_absence_and_not_before() -> None:
    assert judge(LISTED, *DAYS[:4]) == ["missing", "missing", "gone", "gone"]


def test_the_same_day_counts_once_however_often_it_is_judged() -> None:
    assert judge(LISTED, DAYS[0], DAYS[0], DAYS[0], DAYS[1], DAYS[1]) == ["missing"] * 5


def test_days_need_not_follow_each_other() -> None:
    assert judge(LISTED, DAYS[0], DAYS[9], DAYS[20]) == ["missing", "missing", "gone"]


def test_one_day_is_enough_where_the_settings_say_so() -> None:
    assert judge(LISTED, DAYS[0], gone_after=1) == ["gone"]


def test_a_gone_trial_stays_gone_though_the_setting_grows() -> None:
    gone = Standing("gone", tuple(DAYS[:3]))
    assert judge_absence(gone, DAYS[3], 10).state == "gone"


@given(st.lists(st.sampled_from(DAYS), max_size=12), st.integers(1, 6))
def test_gone_means_exactly_enough_distinct_days(days: list[dt.date], gone_after: int) -> None:
    standing = LISTED
    for day in days:
        standing = judge_absence(standing, day, gone_after)
    expected = "gone" if len(set(days)) >= gone_after else "missing" if days else "listed"
    assert standing.state == expected
    assert list(standing.missing_days) == sorted(set(days))


@pytest.mark.parametrize(
    ("held", "now", "step"),
    [
        ("listed", "listed", None),
        ("listed", "missing", "missing"),
        ("missing", "missing", None),
        ("missing", "gone", "gone"),
        ("listed", "gone", "gone"),
        ("missing", "listed", "reopened"),
        ("gone", "listed", "reopened"),
        ("gone", "gone", None),
    ],
)
def test_only_a_move_between_states_is_an_event(held: str, now: str, step: str | None) -> None:
    assert name_step(held, now) == step  # type: ignore[arg-type]
