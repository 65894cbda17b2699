"""Is an extraction complete? Every reason to doubt it, and none where there is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.clinicaltrials.envelope import Envelope, RecordId
from extractors.clinicaltrials.prove import guard_drop, prove
from models.page import Proof


def envelope(*ids: str, total: int | None = None, then: str | None = None) -> Envelope:
    return Envelope(total, then, tuple(RecordId(nct_id) for nct_id in ids), ())


def doubt(*envelopes: Envelope) -> str:
    proof = prove("item", [envelopes])
    assert not proof.is_proved
    return proof.reason


def test_a_chain_with_as_many_unique_records_as_announced_is_proved() -> None:
    chain = [envelope("A", "B", total=3, then="t"), envelope(then="u"), envelope("C")]
    assert prove("item", [chain]) == Proof("item", is_proved=True, expected=3, received=3)


def test_an_answer_that_announces_none_and_brings_none_is_proved() -> None:
    assert prove("item", [[envelope(total=0)]]) == Proof("item", is_proved=True, expected=0, received=0)


def test_every_reason_to_doubt_a_chain_is_named() -> None:
    assert doubt() == "no page arrived"
    assert doubt(envelope("A", total=2, then="t")) == "the pages broke off"
    assert doubt(envelope("A")) == "the first page announced no count"
    assert doubt(envelope("A", "", total=2)) == "1 of 2 records without a number"
    assert doubt(envelope("A", total=2)) == "1 of 2 received"
    assert doubt(envelope("A", "B", total=1)) == "2 of 1 received"
    assert doubt(envelope("A", "B", total=3, then="t"), envelope("B")) == "2 of 3 received"
    assert doubt(envelope("A", total=2, then="t"), envelope("A")) == "a page came twice"
    assert doubt(envelope("A", total=1, then="t"), envelope("A")) == "a page came twice"


def test_a_count_on_a_later_page_alone_proves_nothing() -> None:
    assert doubt(envelope("A", then="t"), envelope("B", total=2)) == "the first page announced no count"


def test_chains_of_one_item_may_overlap() -> None:
    proof = prove("item", [[envelope("A", "B", total=2)], [envelope("B", "C", total=2)]])
    assert (proof.is_proved, proof.expected, proof.received) == (True, 3, 3)


@pytest.mark.parametrize("bad", [[], [envelope("A", total=9)], [envelope("A", total=1, then="t")]])
def test_one_doubtful_chain_makes_the_item_doubtful(bad: list[Envelope]) -> None:
    good = [envelope("A", total=1)]
    assert not prove("item", [good, bad]).is_proved
    assert not prove("item", [bad, good]).is_proved


def test_nothing_asked_proves_nothing() -> None:
    assert not prove("item", []).is_proved


@given(st.lists(st.lists(st.sampled_from("ABCDE"), max_size=4), min_size=1, max_size=4), st.integers(0, 5))
def test_only_a_count_that_is_met_exactly_is_a_proof(pages: list[list[str]], total: int) -> None:
    chain = [
        envelope(*ids, total=total if place == 0 else None, then="t" if place < len(pages) - 1 else None)
        for place, ids in enumerate(pages)
    ]
    unique = {nct_id for ids in pages for nct_id in ids}
    full = [tuple(ids) for ids in pages if ids]
    assert prove("item", [chain]).is_proved == (len(unique) == total and len(set(full)) == len(full))


def proved(received: int) -> Proof:
    return Proof("item", is_proved=True, expected=received, received=received)


def test_a_sudden_drop_is_doubted_with_both_numbers() -> None:
    proof = guard_drop(proved(4), 10, 0.5)
    assert (proof.is_proved, proof.expected, proof.received) == (False, 10, 4)
    assert "4 records" in proof.reason
    assert "10 before" in proof.reason


@pytest.mark.parametrize(("received", "previous"), [(5, 10), (10, 10), (11, 10), (0, 0), (0, None), (3, None)])
def test_no_drop_or_no_earlier_number_is_no_doubt(received: int, previous: int | None) -> None:
    assert guard_drop(proved(received), previous, 0.5) == proved(received)


@pytest.mark.parametrize(("received", "previous"), [(0, 1), (0, 2), (1, 3)])
def test_one_or_two_records_fewer_prove_nothing_however_few_there_were(received: int, previous: int) -> None:
    assert guard_drop(proved(received), previous, 0.5).is_proved


def test_what_is_doubted_already_keeps_its_reason() -> None:
    doubted = Proof("item", is_proved=False, expected=9, received=1, reason="the pages broke off")
    assert guard_drop(doubted, 100, 0.5) is doubted


def test_a_drop_that_stands_for_enough_source_days_is_believed() -> None:
    for doubted in ([], [4]):
        assert not guard_drop(proved(4), 10, 0.5, doubted=doubted, believed_after=3).is_proved
    assert guard_drop(proved(4), 10, 0.5, doubted=[4, 4], believed_after=3) == proved(4)
    assert guard_drop(proved(4), 10, 0.5, doubted=[3, 5], believed_after=3) == proved(4)


def test_days_before_a_further_drop_do_not_count_towards_belief() -> None:
    assert not guard_drop(proved(4), 100, 0.5, doubted=[40, 40], believed_after=3).is_proved
    assert not guard_drop(proved(4), 100, 0.5, doubted=[40, 40, 4], believed_after=3).is_proved
    assert guard_drop(proved(4), 100, 0.5, doubted=[40, 40, 4, 4], believed_after=3).is_proved


def test_without_a_number_of_days_a_drop_is_never_believed() -> None:
    assert not guard_drop(proved(4), 10, 0.5, doubted=[4] * 99).is_proved


def test_belief_needs_a_whole_answer() -> None:
    short = Proof("item", is_proved=False, expected=9, received=4, reason="4 of 9 received")
    assert guard_drop(short, 10, 0.5, doubted=[4, 4, 4], believed_after=3) is short


@given(st.integers(1, 1000), st.integers(0, 100))
def test_a_drop_of_exactly_the_allowed_share_is_no_doubt(hundreds: int, percent: int) -> None:
    previous, received = hundreds * 100, hundreds * (100 - percent)
    assert guard_drop(proved(received), previous, percent / 100).is_proved
    if received >= 3:
        assert not guard_drop(proved(received - 3), previous, percent / 100).is_proved
