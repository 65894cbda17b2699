"""Versions in source order: which state becomes one, who its neighbours are, and what counts as news."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.versions import (
    Version,
    find_moment,
    find_origin,
    find_pair_origin,
    inherit_number,
    place_state,
    sort_versions,
    splice,
)

NOW = dt.datetime.combine(dt.date(2026, 2, 10), dt.time(14))


def day(number: int) -> dt.date:
    return dt.date(2026, 1, 1) + dt.timedelta(days=number)


def version(
    content: str, submitted: int | None, served: int, *, number: int | None = None, sighting: bool = True
) -> Version:
    """Return a version submitted and served on days counted from the new year; one not sighted is of the history."""
    return Version(
        version_id=f"{content}-{submitted}-{served}",
        content_hash=content,
        origin="live" if sighting else "backfill",
        markup="markdown" if sighting else "html",
        overall_status="RECRUITING",
        source_submit_date=None if submitted is None else day(submitted),
        source_post_date=None if submitted is None else day(submitted + 2),
        source_day=day(served),
        registry_version=number,
        learnt_no=served,
        is_sighting=sighting,
    )


def names(pairs: Sequence[tuple[Version, Version]]) -> list[str]:
    return [old.content_hash + new.content_hash for old, new in pairs]


def test_the_first_state_is_the_newest() -> None:
    assert place_state(version("A", 5, 10), []) == "newest"


def test_the_newest_state_served_again_is_held() -> None:
    assert place_state(version("A", 5, 12), [version("A", 5, 10)]) == "held"


def test_a_state_that_returns_after_another_is_the_newest() -> None:
    held = [version("A", 5, 10), version("B", 6, 11)]
    assert place_state(version("A", 7, 12), held) == "newest"


def test_a_state_the_registry_set_without_an_edit_is_the_newest() -> None:
    assert place_state(version("B", 5, 12), [version("A", 5, 10)]) == "newest"


def test_an_older_state_served_again_is_held_and_one_never_seen_is_older() -> None:
    held = [version("A", 5, 10), version("C", 9, 12)]
    assert place_state(version("A", 5, 13), held) == "held"
    assert place_state(version("B", 7, 13), held) == "older"


def test_an_older_state_that_the_history_holds_in_another_form_is_held() -> None:
    held = [version("A", 5, 5, number=0, sighting=False), version("C", 9, 12, number=1)]
    assert place_state(version("A as served", 5, 13), held) == "held"


def test_versions_of_one_day_keep_the_registrys_order() -> None:
    line = [version("B", 5, 12, number=2), version("A", 5, 5, number=1, sighting=False)]
    assert [one.content_hash for one in sort_versions(line)] == ["A", "B"]


def test_a_state_without_an_edit_stands_behind_the_numbered_version_it_grew_from() -> None:
    held = [version("A", 5, 10, number=7)]
    assert inherit_number(day(5), held) == 7
    assert inherit_number(day(6), held) is None
    unknown = version("U", 5, 20, number=7)
    assert sort_versions([unknown, *held])[-1] == unknown


def test_what_lies_before_the_first_sighting_is_history_and_between_two_a_gap() -> None:
    held = [version("B", 5, 10), version("D", 9, 12)]
    assert find_origin(version("A", 3, 3, sighting=False), held) == "backfill"
    assert find_origin(version("C", 7, 7, sighting=False), held) == "gap"


def test_changes_that_led_to_the_first_sighting_are_history_those_after_it_are_news() -> None:
    history, first = version("A", 3, 3, sighting=False), version("B", 5, 10)
    missed, second = version("C", 7, 7, sighting=False), version("D", 9, 12)
    line = [history, first, missed, second]
    assert [find_pair_origin(one, line) for one in line[1:]] == ["backfill", "gap", "live"]


def test_a_version_between_two_splits_their_pair_and_makes_two() -> None:
    held = [version("A", 5, 10), version("C", 9, 12)]
    change = splice(held, [version("B", 7, 7, sighting=False)])
    assert names(change.split) == ["AC"]
    assert names(change.joined) == ["AB", "BC"]


def test_a_new_number_moves_a_version_among_those_of_its_day() -> None:
    late = version("B", 5, 12)
    held = [version("A", 5, 5, number=3, sighting=False), late]
    assert [one.content_hash for one in sort_versions(held)] == ["B", "A"]
    numbered = version("B", 5, 12, number=3)
    change = splice(held, [numbered])
    assert (names(change.split), names(change.joined)) == (["BA"], ["AB"])


def test_the_source_dates_a_change_only_where_the_submit_date_moved() -> None:
    old = version("A", 5, 10)
    moved = find_moment(old, version("B", 9, 12), NOW)
    assert (moved.source_submit_date, moved.source_post_date) == (day(9), day(11))
    still = find_moment(old, version("B", 5, 12), NOW)
    assert (still.source_submit_date, still.source_post_date, still.source_day) == (None, None, day(12))


def test_two_numbered_versions_of_one_day_are_two_submissions() -> None:
    old, new = version("A", 5, 5, number=1, sighting=False), version("B", 5, 10, number=2)
    assert find_moment(old, new, NOW).source_submit_date == day(5)
    unknown = version("U", 5, 20, number=2)
    assert find_moment(new, unknown, NOW).source_submit_date is None


@given(
    contents=st.lists(st.sampled_from("ABC"), min_size=2, max_size=7),
    order=st.randoms(use_true_random=False),
    cuts=st.sets(st.integers(1, 6)),
)
def test_any_order_of_learning_in_any_portions_leaves_the_same_pairs(
    contents: list[str], order: object, cuts: set[int]
) -> None:
    line = [version(f"{content}{place}", place, place, sighting=False) for place, content in enumerate(contents)]
    shuffled = list(line)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    bounds = [0, *sorted(cut for cut in cuts if cut < len(line)), len(line)]
    held: list[Version] = []
    standing: set[str] = set()
    for start, stop in itertools.pairwise(bounds):
        change = splice(held, shuffled[start:stop])
        standing = (standing - set(names(change.split))) | set(names(change.joined))
        held += shuffled[start:stop]
    assert standing == set(names(list(itertools.pairwise(line))))


@pytest.mark.parametrize("served", [10, 11, 30])
def test_serving_the_same_for_days_makes_no_version(served: int) -> None:
    assert place_state(version("A", 5, served), [version("A", 5, 10)]) == "held"


class Shelf:
    """Holds versions as the warehouse would, and learns what is served."""

    def __init__(self) -> None:
        self.held: list[Version] = []

    def serve(self, content: str, submitted: int | None, served: int) -> Version | None:
        """Serve a state; keep and return the version it becomes."""
        # The submit date is part of a record's content.
        state = msgspec.structs.replace(
            version(content, submitted, served), content_hash=f"{content}{submitted}", learnt_no=2**62
        )
        place = place_state(state, self.held)
        if place == "held":
            return None
        learnt_no = len(self.held) + 1
        kept = msgspec.structs.replace(
            state,
            version_id=f"{content}-{submitted}-{learnt_no}",
            learnt_no=learnt_no,
            origin="live" if place == "newest" else find_origin(state, self.held),
            is_sighting=place == "newest",
        )
        self.held.append(kept)
        return kept

    def origins(self) -> list[str]:
        return [one.origin for one in sort_versions(self.held)]


@pytest.mark.parametrize("served", [(10, 11, 12), (10, 10, 10)])
def test_a_state_that_returns_without_a_submission_is_a_version_of_its_own(served: tuple[int, int, int]) -> None:
    shelf = Shelf()
    assert all(shelf.serve(content, 5, served_on) for content, served_on in zip("ABA", served, strict=True))
    assert [one.content_hash for one in sort_versions(shelf.held)] == ["A5", "B5", "A5"]


def test_an_older_state_set_by_the_registry_and_served_again_is_no_version() -> None:
    shelf = Shelf()
    shelf.serve("A", 5, 10)
    shelf.serve("unknown", 5, 11)
    shelf.serve("B", 11, 12)
    assert shelf.serve("A", 5, 13) is None
    assert shelf.serve("unknown", 5, 13) is None


def test_an_older_release_of_the_same_submission_is_history_and_of_a_later_one_a_gap() -> None:
    shelf = Shelf()
    shelf.serve("B", 5, 10)
    shelf.serve("A", 5, 9)
    assert shelf.origins() == ["backfill", "live"]
    shelf.serve("D", 5, 12)
    shelf.serve("C", 5, 11)
    assert shelf.origins() == ["backfill", "live", "gap", "live"]


def test_what_is_learnt_before_a_version_of_the_past_is_of_the_past_too() -> None:
    shelf = Shelf()
    shelf.serve("C", 35, 40)
    shelf.serve("A", 1, 41)
    shelf.serve("B", 15, 42)
    assert shelf.origins() == ["backfill", "backfill", "live"]


def test_a_record_without_a_submit_date_is_ordered_by_the_day_it_was_served() -> None:
    shelf = Shelf()
    shelf.serve("A", None, 10)
    shelf.serve("B", None, 11)
    assert shelf.origins() == ["live", "live"]


SERVED = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 3), st.integers(1, 9)), max_size=10)


@given(SERVED)
def test_whatever_is_served_neighbours_differ_and_ids_are_unique(served: list[tuple[str, int, int]]) -> None:
    shelf = Shelf()
    for one in served:
        shelf.serve(*one)
    ordered = sort_versions(shelf.held)
    assert all(one.content_hash != two.content_hash for one, two in itertools.pairwise(ordered))
    assert len({one.version_id for one in ordered}) == len(ordered)
    assert "backfill" not in shelf.origins()[1:] or shelf.origins()[0] == "backfill"


@given(st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 3)), min_size=1, max_size=6))
def test_a_night_run_twice_adds_nothing(served: list[tuple[str, int]]) -> None:
    shelf = Shelf()
    for place, (content, submitted) in enumerate(served):
        shelf.serve(content, submitted, place + 1)
        held = len(shelf.held)
        shelf.serve(content, submitted, place + 1)
        assert len(shelf.held) == held
