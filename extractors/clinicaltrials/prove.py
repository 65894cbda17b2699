"""Is an item's extraction complete? Pure judgement over envelopes; nothing is concluded from an unproved one."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.clinicaltrials.envelope import Envelope
from models.page import Proof

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


def guard_drop(proof: Proof, previous: int | None, max_drop: float) -> Proof:
    """Doubt a search that suddenly finds far less than when it was last proved (query drift).

    One or two records fewer prove nothing, however few there were.
    """
    lost = (previous or 0) - proof.received
    if not proof.is_proved or not previous or lost < _FEWEST_LOST or lost <= round(previous * max_drop, 6):
        return proof
    reason = f"{proof.received} records, {previous} before: more than max_drop = {max_drop:g} is lost"
    return Proof(proof.item, is_proved=False, expected=previous, received=proof.received, reason=reason)


def _judge_chain(envelopes: Sequence[Envelope]) -> tuple[str, set[str]]:
    if not envelopes:
        return "no page arrived", set()
    records = [record.nct_id for envelope in envelopes for record in envelope.ids]
    unique = {nct_id for nct_id in records if nct_id}
    announced = envelopes[0].total_count
    if envelopes[-1].next_page_token is not None:
        return "the pages broke off", unique
    if announced is None:
        return "the first page announced no count", unique
    if records.count(""):
        return f"{records.count('')} of {announced} records without a number", unique
    if len(unique) != announced:
        return f"{len(unique)} of {announced} received", unique
    return "", unique
