"""A trial's life from rows: what is counted, and in what order it is told."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tests.etl.lives import RICH, change, live, version


def test_versions_without_a_typed_change_are_counted_and_the_first_is_none_of_them() -> None:
    assert (RICH.versions, RICH.versions_without_change) == (7, 1)
    assert (live([]).versions, live([]).versions_without_change) == (1, 0)
    alone = live([], versions=[version(1, None, None), version(2, None, None), version(3, None, None)])
    assert (alone.versions, alone.versions_without_change) == (3, 2)


def test_the_life_begins_with_the_oldest_version_held() -> None:
    first = RICH.first_version
    assert (first.source_submit_date, first.source_post_date, first.origin) == (
        dt.date(2023, 4, 20), dt.date(2023, 5, 2), "backfill",
    )  # fmt: skip


def test_a_change_of_no_version_has_no_number_and_stands_by_its_day() -> None:
    gone = change(None, "registry_state", "listed", "gone", submit=None, post=None, seen="2026-02-05")
    before, after = change(2, "phase", "PHASE1", "PHASE2", submit="2026-02-01"), change(3, "phase", "PHASE2", "PHASE3")
    after |= {"source_submit_date": dt.date(2026, 2, 9)}
    assert [one.version_no for one in live([before, gone, after]).changes] == [3, None, 2]


def test_of_one_version_the_heaviest_comes_first_then_status_dates_and_the_rest_by_name() -> None:
    kinds = ["country", "arm", "enrollment", "start_date", "completion_date", "primary_completion_date"]
    rows = [change(2, kind, "a", "b", weight="medium") for kind in kinds]
    rows += [change(2, "title", "a", "b", weight="high"), change(2, "status", "A", "B", weight="low")]
    assert [one.kind for one in live(rows).changes] == [
        "title", "primary_completion_date", "completion_date", "start_date", "enrollment", "arm", "country", "status",
    ]  # fmt: skip


@given(st.permutations(range(len(RICH.changes))))
def test_the_order_of_the_rows_does_not_matter(order: list[int]) -> None:
    rows = [change(one.version_no, one.kind, one.old_value, one.new_value) for one in RICH.changes]
    assert live([rows[place] for place in order]).changes == live(rows).changes


def test_the_oldest_change_is_told_last_also_where_versions_share_a_day() -> None:
    rows = [change(number, "phase", str(number), str(number + 1)) for number in (4, 2, 3)]
    assert [one.version_no for one in live(rows).changes] == [4, 3, 2]
