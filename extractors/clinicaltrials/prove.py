"""Is an item's extraction complete? Pure judgement over envelopes; nothing is concluded from an unproved one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractors.clinicaltrials.envelope import Envelope
from models.page import Proof

DROP = "more than max_drop"  # in the reason of an item doubted for what it lost, and in no other
_FEWEST_LOST = 3


def prove(item: str, chains: Sequence[Sequence[Envelope]]) -> Proof:
    """Judge the chains of one item: each ended, with as many unique records as its first page announced."""
    if not chains:
        return Proof(item, is_proved=False, expected=None, received=0, reason="nothing was asked")
    expected = 0
    received: set[str] = set()
    for envelopes in chains:
        reason, unique = _judge_chain(envelopes)
        received |= unique
        announced = envelopes[0].total_count if envelopes else None
        expected += announced or 0
        if reason:
            return Proof(item, is_proved=False, expected=announced, received=len(unique), reason=reason)
    # Chains of one item may overlap: what several synonyms find is one record.
    return Proof(item, is_proved=True, expected=len(received) if len(chains) > 1 else expected, received=len(received))


def guard_drop(
    proof: Proof, previous: int | None, max_drop: float, *, doubted: Sequence[int] = (), believed_after: int = 0
) -> Proof:
    """Doubt a search that suddenly finds far less than when it was last proved (query drift).

    One or two records fewer prove nothing, however few there were. `doubted` are the counts of earlier source days,
    since the last proof, on which the whole answer was doubted for the same reason: where, with tonight, they make
    `believed_after` days (0: never) and nothing has been lost since, the answer is believed.
    """
    if not proof.is_proved or not _is_drop(previous or 0, proof.received, max_drop):
        return proof
    steady = sum(not _is_drop(count, proof.received, max_drop) for count in doubted)
    if believed_after and steady + 1 >= believed_after:
        return proof
    reason = f"{proof.received} records, {previous} before: {DROP} = {max_drop:g} is lost"
    return Proof(proof.item, is_proved=False, expected=previous, received=proof.received, reason=reason)


def _is_drop(before: int, now: int, max_drop: float) -> bool:
    lost = before - now
    return lost >= _FEWEST_LOST and lost > round(before * max_drop, 6)


def _judge_chain(envelopes: Sequence[Envelope]) -> tuple[str, set[str]]:
    if not envelopes:
        return "no page arrived", set()
    records = [record.nct_id for envelope in envelopes for record in envelope.ids]
    unique = {nct_id for nct_id in records if nct_id}
    return next(_find_doubts(envelopes, records.count(""), len(unique)), ""), unique


def _find_doubts(envelopes: Sequence[Envelope], unnamed: int, received: int) -> Iterator[str]:
    announced = envelopes[0].total_count
    pages = [envelope.ids for envelope in envelopes if envelope.ids]
    if envelopes[-1].next_page_token is not None:
        yield "the pages broke off"
    if len(set(pages)) < len(pages):
        yield "a page came twice"
    if announced is None:
        yield "the first page announced no count"
    if unnamed:
        yield f"{unnamed} of {announced} records without a number"
    if received != announced:
        yield f"{received} of {announced} received"
