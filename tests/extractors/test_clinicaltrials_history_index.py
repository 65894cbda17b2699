"""Which versions of a history are worth asking for: all that may hold a typed change, none that is held."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.clinicaltrials.history_index import HistoryEntry, choose_versions
from models.registry_fields import find_kind

DAY = dt.date(2024, 3, 4)


def entry(number: int, *labels: str, status: str = "RECRUITING") -> HistoryEntry:
    return HistoryEntry(number, DAY, status, labels)


def choose(*entries: HistoryEntry, held: tuple[int, ...] = (), has_links: bool = False) -> list[int]:
    return [one.number for one in choose_versions(entries, held, has_links=has_links)]


@pytest.mark.parametrize("labels", [("References",), ("IPDSharing",), ("References", "IPDSharing")])
def test_a_version_that_can_hold_no_typed_change_is_left_out(labels: tuple[str, ...]) -> None:
    assert choose(entry(0), entry(1, *labels), entry(2, "Study Status")) == [0, 2]


def test_the_module_that_is_left_out_holds_administration_only() -> None:
    assert find_kind("protocolSection.ipdSharingStatementModule") == "administrative"


def test_an_edit_of_references_is_fetched_where_the_record_has_links_beside_them() -> None:
    assert choose(entry(0), entry(1, "References"), has_links=True) == [0, 1]
    assert choose(entry(0), entry(1, "IPDSharing"), has_links=True) == [0]


@pytest.mark.parametrize(
    "labels",
    [
        (), ("Study Status",), ("References", "Eligibility"), ("Contacts/Locations",), ("Outcome Measures (Results)",),
        ("Adverse Events",), ("More Information",), ("Document Section",), ("Something New",), ("references",),
    ],
)  # fmt: skip
def test_a_version_that_may_hold_one_is_fetched(labels: tuple[str, ...]) -> None:
    assert choose(entry(0), entry(1, *labels)) == [0, 1]


def test_the_first_version_is_always_fetched() -> None:
    assert choose(entry(0, "References")) == [0]


def test_a_version_whose_status_moved_is_fetched_whatever_its_labels_say() -> None:
    assert choose(
        entry(0), entry(1, "References", status="TERMINATED"), entry(2, "References", status="TERMINATED")
    ) == [0, 1]


def test_a_status_is_compared_with_the_version_before_also_where_that_one_is_left_out() -> None:
    assert choose(entry(0), entry(1, "References"), entry(2, "References", status="COMPLETED")) == [0, 2]


def test_what_is_held_is_not_fetched_again() -> None:
    assert choose(entry(0), entry(1, "Eligibility"), entry(2, "Study Status"), held=(0, 2)) == [1]


@given(st.permutations(range(6)), st.sets(st.integers(0, 5)))
def test_the_order_of_the_index_does_not_matter(order: list[int], held: set[int]) -> None:
    entries = [entry(n, "References" if n % 3 == 1 else "Eligibility") for n in order]
    expected = [n for n in (0, 2, 3, 5) if n not in held]
    assert [one.number for one in choose_versions(entries, held)] == expected
