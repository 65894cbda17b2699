"""Versions in source order: what becomes one, where it stands, what it is called, and when a change happened."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.canonical import build_canonical, hash_content
from etl.schemas import TRIAL_CHANGE, TRIAL_RECORD, TRIAL_REFERENCE, TRIAL_VERSION, build_frame
from etl.trials import (
    HeldVersion,
    Placed,
    Sighting,
    build_change_rows,
    build_reference_rows,
    build_trial_row,
    find_moment,
    place_version,
)
from tests.etl.studies import STUDY, Json, change, status, typed

NOW = dt.datetime.combine(dt.date(2026, 2, 10), dt.time(14))


def day(number: int) -> dt.date:
    return dt.date(2026, 2, number)


class Shelf:
    """Holds versions as the warehouse would, and learns what is served."""

    def __init__(self) -> None:
        self.held: list[HeldVersion] = []

    def serve(self, content: str, submitted: str | None, served: int) -> Placed | None:
        """Serve a study with this title and submit date on a day of February; keep the version it becomes."""
        study = status(lastUpdateSubmitDate=submitted)
        study["protocolSection"]["identificationModule"]["briefTitle"] = content
        placed = place_version(
            Sighting(
                study=typed(study),
                content_hash=hash_content(build_canonical(study)),
                payload="{}",
                source_day=day(served),
                observed_at=NOW,
                run_id=served,
                learnt_no=len(self.held) + 1,
            ),
            self.held,
        )
        if placed:
            self.held.append(placed.version)
        return placed

    def origins(self) -> list[str]:
        return [version.origin for version in sorted(self.held, key=lambda one: one.order)]


def placed_of(placed: Placed | None) -> Placed:
    assert placed is not None
    return placed


def test_the_first_sighting_is_a_live_version_without_neighbours() -> None:
    placed = placed_of(Shelf().serve("A", "2026-01-05", 10))
    assert (placed.version.origin, placed.before, placed.after) == ("live", None, None)
    assert placed.row["source_submit_date"] == dt.date(2026, 1, 5)
    assert placed.row["source_post_date"] == dt.date(2026, 1, 7)
    assert (placed.row["first_seen_at"], placed.row["overall_status"]) == (NOW, "RECRUITING")


def test_the_same_state_again_is_no_version() -> None:
    shelf = Shelf()
    shelf.serve("A", "2026-01-05", 10)
    assert [shelf.serve("A", "2026-01-05", served) for served in (10, 11, 12)] == [None, None, None]


def test_a_state_that_returns_is_a_version_again() -> None:
    shelf = Shelf()
    for content, submitted, served in (("A", "2026-01-05", 10), ("B", "2026-02-09", 11), ("A", "2026-02-10", 12)):
        shelf.serve(content, submitted, served)
    assert len(shelf.held) == 3
    assert shelf.origins() == ["live"] * 3


@pytest.mark.parametrize("served", [(10, 11, 12), (10, 10, 10)])
def test_a_state_that_returns_without_a_submission_is_a_version_of_its_own(served: tuple[int, int, int]) -> None:
    shelf = Shelf()
    placed = [shelf.serve(*one) for one in zip("ABA", ["2026-01-05"] * 3, served, strict=True)]
    assert all(placed)
    assert shelf.held[0].content_hash == shelf.held[2].content_hash
    assert len({version.version_id for version in shelf.held}) == 3
    last = placed_of(placed[2])
    assert last.before == shelf.held[1]
    assert last.after is None


def test_an_older_state_served_again_is_no_version() -> None:
    shelf = Shelf()
    shelf.serve("A", "2026-01-05", 10)
    shelf.serve("B", "2026-02-09", 11)
    shelf.serve("C", "2026-02-10", 12)
    assert shelf.serve("A", "2026-01-05", 13) is None
    assert shelf.serve("B", "2026-02-09", 13) is None
    assert shelf.serve("B", "2026-02-09", 9) is None


def test_an_older_state_set_by_the_registry_and_served_again_is_no_version() -> None:
    shelf = Shelf()
    shelf.serve("A", "2026-01-05", 10)
    shelf.serve("unknown", "2026-01-05", 11)
    shelf.serve("B", "2026-02-11", 12)
    assert shelf.serve("A", "2026-01-05", 13) is None
    assert shelf.serve("unknown", "2026-01-05", 13) is None


def test_an_unseen_state_between_two_live_ones_is_a_gap_with_both_neighbours() -> None:
    shelf = Shelf()
    first = placed_of(shelf.serve("A", "2026-01-05", 10)).version
    last = placed_of(shelf.serve("C", "2026-02-10", 12)).version
    placed = placed_of(shelf.serve("B", "2026-02-01", 13))
    assert (placed.version.origin, placed.before, placed.after) == ("gap", first, last)


def test_an_unseen_state_older_than_the_first_live_one_is_backfill() -> None:
    shelf = Shelf()
    first = placed_of(shelf.serve("B", "2026-01-05", 10)).version
    shelf.serve("C", "2026-02-10", 12)
    placed = placed_of(shelf.serve("A", "2025-06-01", 13))
    assert (placed.version.origin, placed.before, placed.after) == ("backfill", None, first)


def test_an_older_release_of_the_same_submission_is_backfill_and_of_a_later_one_a_gap() -> None:
    shelf = Shelf()
    first = placed_of(shelf.serve("B", "2026-01-05", 10)).version
    earlier = placed_of(shelf.serve("A", "2026-01-05", 9))
    assert (earlier.version.origin, earlier.after) == ("backfill", first)
    shelf.serve("D", "2026-01-05", 12)
    between = placed_of(shelf.serve("C", "2026-01-05", 11))
    assert (between.version.origin, between.before) == ("gap", first)


def test_what_is_learnt_before_a_backfilled_version_is_backfill_too() -> None:
    shelf = Shelf()
    shelf.serve("C", "2026-01-05", 10)
    shelf.serve("A", "2025-01-01", 11)
    assert placed_of(shelf.serve("B", "2025-06-01", 12)).version.origin == "backfill"
    assert shelf.origins() == ["backfill", "backfill", "live"]


def test_a_record_without_a_submit_date_is_ordered_by_the_day_it_was_served() -> None:
    shelf = Shelf()
    shelf.serve("A", None, 10)
    placed = placed_of(shelf.serve("B", None, 11))
    assert (placed.version.origin, placed.after) == ("live", None)


SERVED = st.lists(
    st.tuples(st.sampled_from("ABC"), st.sampled_from(["2026-01-01", "2026-01-02", "2026-01-03"]), st.integers(1, 9)),
    max_size=10,
)


@settings(max_examples=40, deadline=None)
@given(SERVED)
def test_whatever_is_served_neighbours_differ_ids_are_unique_and_places_are_right(
    served: list[tuple[str, str, int]],
) -> None:
    shelf = Shelf()
    for content, submitted, served_on in served:
        before = sorted(shelf.held, key=lambda one: one.order)
        placed = shelf.serve(content, submitted, served_on)
        if placed:
            place = [one for one in before if one.order < placed.version.order]
            assert placed.before == (place[-1] if place else None)
            assert placed.after == (before[len(place)] if len(before) > len(place) else None)
    ordered = sorted(shelf.held, key=lambda one: one.order)
    assert all(one.content_hash != two.content_hash for one, two in itertools.pairwise(ordered))
    assert len({one.version_id for one in ordered}) == len(ordered)
    assert "backfill" not in [one.origin for one in ordered][1:] or ordered[0].origin == "backfill"


@settings(max_examples=40, deadline=None)
@given(SERVED)
def test_a_replay_gives_the_same_versions(served: list[tuple[str, str, int]]) -> None:
    first, second = Shelf(), Shelf()
    for shelf in (first, second):
        for one in served:
            shelf.serve(*one)
    assert first.held == second.held


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 3)), min_size=1, max_size=6))
def test_a_night_run_twice_adds_nothing(served: list[tuple[str, int]]) -> None:
    shelf = Shelf()
    for place, (content, submitted) in enumerate(served):
        shelf.serve(content, f"2026-01-0{submitted + 1}", place + 1)
        held = len(shelf.held)
        shelf.serve(content, f"2026-01-0{submitted + 1}", place + 1)
        assert len(shelf.held) == held


def test_a_version_row_has_exactly_the_declared_columns() -> None:
    placed = placed_of(Shelf().serve("A", "2026-01-05", 10))
    assert build_frame([placed.row], TRIAL_VERSION).height == 1


def test_a_change_happened_when_the_sponsor_submitted_it() -> None:
    new = status("TERMINATED", lastUpdateSubmitDate="2026-02-02", lastUpdatePostDateStruct={"date": "2026-02-11"})
    moment = find_moment(typed(STUDY), typed(new), day(11), NOW)
    assert (moment.source_submit_date, moment.source_post_date) == (day(2), day(11))
    assert (moment.source_day, moment.observed_at) == (day(11), NOW)


def test_where_the_submit_date_did_not_move_the_source_says_no_date() -> None:
    new = status("UNKNOWN", lastUpdatePostDateStruct={"date": "2026-02-11"})
    moment = find_moment(typed(STUDY), typed(new), day(11), NOW)
    assert (moment.source_submit_date, moment.source_post_date) == (None, None)
    assert moment.source_day == day(11)


def rows_of(new: Json, **options: Any) -> list[dict[str, Any]]:
    moment = find_moment(typed(STUDY), typed(new), day(11), NOW)
    told: dict[str, Any] = {"origin": "live", "run_id": 7, "versions": ("v1", "v2"), **options}
    return list(build_change_rows(typed(STUDY), typed(new), moment, **told))


def test_change_rows_have_exactly_the_declared_columns_and_ids_of_their_own() -> None:
    rows = rows_of(status("TERMINATED", startDateStruct={"date": "2024"}, completionDateStruct={"date": "2028"}))
    assert build_frame(rows, TRIAL_CHANGE).height == 3
    assert len({row["change_id"] for row in rows}) == 3


def test_the_id_of_a_change_is_the_same_on_replay_and_another_for_another_pair() -> None:
    new = status("TERMINATED")
    (first,), (replayed,), (other,) = (
        rows_of(new),
        rows_of(new, run_id=99, origin="gap"),
        rows_of(new, versions=("v1", "v3")),
    )
    assert first["change_id"] == replayed["change_id"]
    assert first["change_id"] != other["change_id"]


def test_a_trial_row_states_dates_as_precisely_as_the_source() -> None:
    row = build_trial_row(typed(STUDY))
    assert build_frame([row], TRIAL_RECORD).height == 1
    assert (row["primary_completion_date"], row["primary_completion_date_precision"]) == (dt.date(2026, 6, 1), "month")
    assert (row["completion_date"], row["completion_date_precision"]) == (dt.date(2027, 6, 30), "day")
    assert row["start_date_type"] == "ACTUAL"
    assert (row["countries"], row["site_count"]) == (["Belgium", "Netherlands"], 2)
    assert row["collaborators"] == ["Sample Hospital", "Invented Fund"]


def test_a_bare_record_is_a_row_too_and_the_sentinel_is_no_count() -> None:
    study = change("protocolSection.designModule.enrollmentInfo", {"count": 99_999_999})
    assert build_trial_row(typed(study))["enrollment"] is None
    bare = {"protocolSection": {
        "identificationModule": {"nctId": "NCT99000101"}, "statusModule": {"overallStatus": "WITHHELD"},
    }}  # fmt: skip
    row = build_trial_row(typed(bare))
    assert build_frame([row], TRIAL_RECORD).height == 1
    assert (row["phases"], row["countries"], row["start_date"], row["has_results"]) == ([], [], None, False)


def test_a_paper_cited_twice_is_one_row_with_the_strongest_word() -> None:
    references = [
        {"pmid": "99000031", "type": "DERIVED"},
        {"pmid": " 99000031", "type": "RESULT"},
        {"pmid": "99000031", "type": "BACKGROUND"},
        {"pmid": "99000032"},
        {"citation": "no number"},
        {"pmid": ""},
    ]
    rows = build_reference_rows(typed(change("protocolSection.referencesModule.references", references)))
    assert build_frame(rows, TRIAL_REFERENCE).height == 2
    assert [(row["pmid"], row["reference_type"]) for row in rows] == [("99000031", "RESULT"), ("99000032", None)]
