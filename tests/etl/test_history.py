"""Which listed versions are held, which are to be read, and which differences the registry's own labels bear out."""

from __future__ import annotations

import msgspec
import pytest

from etl.history import Labels, Listed, find_gap_start, plan_reading
from etl.versions import Version
from tests.etl.test_versions import day, version

LISTED = (
    Listed(0, day(1), "NOT_YET_RECRUITING"),
    Listed(1, day(5), "RECRUITING"),
    Listed(2, day(9), "SUSPENDED"),
    Listed(3, day(12), "TERMINATED"),
)


def served(status: str, submitted: int, on: int) -> Version:
    return msgspec.structs.replace(version(status, submitted, on), overall_status=status)


def test_what_is_served_is_the_listed_version_of_its_day_and_the_others_are_wanted() -> None:
    held = [served("RECRUITING", 5, 7), served("TERMINATED", 12, 14)]
    plan = plan_reading(LISTED, held)
    assert plan.numbers == {"RECRUITING-5-7": 1, "TERMINATED-12-14": 3}
    assert plan.wanted == (0, 2)


def test_what_is_newer_than_all_that_is_held_comes_by_itself() -> None:
    assert plan_reading(LISTED, [served("RECRUITING", 5, 7)]).wanted == (0,)


def test_what_was_read_once_is_not_wanted_again() -> None:
    read = msgspec.structs.replace(version("old", 1, 1, number=0, sighting=False))
    assert plan_reading(LISTED, [read, served("TERMINATED", 12, 14)]).wanted == (1, 2)


def test_with_a_bound_the_version_in_force_on_that_day_is_the_first() -> None:
    held = [served("TERMINATED", 12, 14)]
    assert plan_reading(LISTED, held, since=day(6)).wanted == (1, 2)
    assert plan_reading(LISTED, held, since=day(5)).wanted == (0, 1, 2)
    assert plan_reading(LISTED, held, since=day(12)).wanted == (2,)


def test_of_a_day_with_several_versions_each_is_read() -> None:
    listed = (*LISTED[:2], Listed(2, day(12), "SUSPENDED"), Listed(3, day(12), "TERMINATED"))
    plan = plan_reading(listed, [served("TERMINATED", 12, 14)])
    assert plan.numbers == {"TERMINATED-12-14": 3}
    assert plan.wanted == (0, 1, 2, 3)


def test_a_status_the_registry_set_over_a_listed_one_leaves_that_to_be_read() -> None:
    plan = plan_reading(LISTED[:2], [served("UNKNOWN", 5, 30)])
    assert plan.wanted == (0, 1)
    assert plan.numbers == {"UNKNOWN-5-30": 1}


def test_a_listed_status_that_the_registry_sets_by_itself_is_seen_by_serving_alone() -> None:
    listed = (LISTED[0], Listed(1, day(5), "UNKNOWN"))
    assert plan_reading(listed, [served("RECRUITING", 5, 7), served("UNKNOWN", 5, 30)]).wanted == (0,)
    assert plan_reading(listed, [served("RECRUITING", 5, 7)]).wanted == (0,)


def test_nothing_is_wanted_of_a_trial_without_submit_dates() -> None:
    assert plan_reading(LISTED, [version("A", None, 7)]).wanted == ()


def test_a_gap_begins_behind_the_first_sighting() -> None:
    held = [version("old", 1, 1, sighting=False), version("A", 5, 7), version("B", 9, 12)]
    assert find_gap_start(held) == day(5)
    assert find_gap_start([]) is None


LABELS = Labels({0: ["Study Identification", "Eligibility"], 1: ["Study Status"], 2: ["Study Status", "Eligibility"]})


@pytest.mark.parametrize(
    ("kind", "old", "new", "is_borne_out"),
    [
        ("eligibility", 0, 1, False),
        ("eligibility", 1, 2, True),
        ("eligibility", 0, 2, True),
        ("title", 1, 2, False),
        ("status", 0, 1, True),
        ("enrollment", 0, 1, True),
        ("arm", 0, 1, True),
        ("eligibility", None, 1, True),
    ],
    ids=str,
)
def test_a_text_no_label_names_was_not_edited(
    kind: str, old: int | None, new: int | None, *, is_borne_out: bool
) -> None:
    assert LABELS.explain(kind, old, new) is is_borne_out
