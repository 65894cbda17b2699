"""The transition classes: all 14 × 14 moves against an independent reading of CONTRACT's sentence."""

from __future__ import annotations

import pytest

from models.change import OPEN, STATUSES, WEIGHT_OF, WEIGHTS, Status, find_transition

# FACTS: "Status is one of 14".
DOCUMENTED = [
    "RECRUITING",
    "NOT_YET_RECRUITING",
    "ENROLLING_BY_INVITATION",
    "ACTIVE_NOT_RECRUITING",
    "COMPLETED",
    "SUSPENDED",
    "TERMINATED",
    "WITHDRAWN",
    "UNKNOWN",
    "WITHHELD",
    "NO_LONGER_AVAILABLE",
    "AVAILABLE",
    "TEMPORARILY_NOT_AVAILABLE",
    "APPROVED_FOR_MARKETING",
]
OPEN_STATES = {
    "NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "AVAILABLE",
}  # fmt: skip
# NOT_YET_RECRUITING < ENROLLING_BY_INVITATION, RECRUITING < ACTIVE_NOT_RECRUITING < COMPLETED
STAGES = [
    {"NOT_YET_RECRUITING"}, {"ENROLLING_BY_INVITATION", "RECRUITING"}, {"ACTIVE_NOT_RECRUITING"}, {"COMPLETED"},
]  # fmt: skip


def read_the_sentence(old: str, new: str) -> str:
    """Follow CONTRACT's sentence clause by clause."""
    if new in ("TERMINATED", "WITHDRAWN"):
        return "stop"
    if new in ("SUSPENDED", "TEMPORARILY_NOT_AVAILABLE"):
        return "pause"
    stopped_or_paused = ("TERMINATED", "WITHDRAWN", "SUSPENDED", "TEMPORARILY_NOT_AVAILABLE")
    if old in stopped_or_paused and new in OPEN_STATES:
        return "resume"
    if {old, new} & {"UNKNOWN", "WITHHELD"}:
        return "registry"
    before = [place for place, stage in enumerate(STAGES) if old in stage]
    after = [place for place, stage in enumerate(STAGES) if new in stage]
    if before and after and after[0] < before[0]:
        return "reversal"
    return "end" if new == "COMPLETED" else "progress"


MOVES = [(old, new) for old in STATUSES for new in STATUSES if old != new]


def test_the_registry_has_the_fourteen_documented_statuses() -> None:
    assert sorted(STATUSES) == sorted(DOCUMENTED)
    assert set(OPEN) == OPEN_STATES


@pytest.mark.parametrize(("old", "new"), MOVES)
def test_every_move_has_the_class_the_contract_gives_it(old: Status, new: Status) -> None:
    assert find_transition(old, new) == read_the_sentence(old, new)


@pytest.mark.parametrize(
    ("old", "new", "transition"),
    [
        ("UNKNOWN", "TERMINATED", "stop"),
        ("COMPLETED", "TERMINATED", "stop"),
        ("SUSPENDED", "WITHDRAWN", "stop"),
        ("UNKNOWN", "SUSPENDED", "pause"),
        ("SUSPENDED", "RECRUITING", "resume"),
        ("TEMPORARILY_NOT_AVAILABLE", "AVAILABLE", "resume"),
        ("TERMINATED", "RECRUITING", "resume"),
        ("SUSPENDED", "UNKNOWN", "registry"),
        ("UNKNOWN", "COMPLETED", "registry"),
        ("WITHHELD", "AVAILABLE", "registry"),
        ("ACTIVE_NOT_RECRUITING", "RECRUITING", "reversal"),
        ("COMPLETED", "ACTIVE_NOT_RECRUITING", "reversal"),
        ("ACTIVE_NOT_RECRUITING", "COMPLETED", "end"),
        ("TERMINATED", "COMPLETED", "end"),
        ("RECRUITING", "ENROLLING_BY_INVITATION", "progress"),
        ("AVAILABLE", "APPROVED_FOR_MARKETING", "progress"),
        ("NO_LONGER_AVAILABLE", "AVAILABLE", "progress"),
    ],
)
def test_the_moves_people_ask_about_are_classed_by_the_first_rule_that_fits(
    old: str, new: str, transition: str
) -> None:
    assert find_transition(old, new) == transition


@pytest.mark.parametrize("new", ["TERMINATED", "WITHDRAWN"])
def test_a_stop_is_a_stop_from_a_status_nobody_has_documented_too(new: str) -> None:
    assert find_transition("PAUSED_BY_SOMEONE", new) == "stop"


def test_a_move_to_a_status_nobody_has_documented_is_progress() -> None:
    assert find_transition("RECRUITING", "PAUSED_BY_SOMEONE") == "progress"


def test_every_transition_weighs_and_stops_weigh_most() -> None:
    classes = {find_transition(old, new) for old, new in MOVES}
    assert classes == {"progress", "pause", "stop", "resume", "reversal", "end", "registry"}
    assert {WEIGHT_OF["status", name] for name in ("stop", "pause")} == {"top"}
    assert all(WEIGHT_OF["status", name] in WEIGHTS for name in classes)
