"""Is an item's extraction from PubMed complete? Pure judgement; nothing is concluded from an unproved one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from extractors.pubmed.query import Search
from models.page import Proof

_SHOWN = 5


def prove(
    item: str, searches: Sequence[Search], received_pmids: Collection[str], explained_pmids: Collection[str] = ()
) -> Proof:
    """Judge one item: every search consistent with its own counts, every id it listed received or explained.

    `explained_pmids` need not come: known to be deleted or merged, never asked for as they entered before the
    beginning the user chose, or listed day after day without a record behind them. More received than expected is no
    flaw here: of several searches each brings its own.
    """
    expected = {pmid for search in searches for pmid in search.pmids}
    received = expected.intersection(received_pmids)
    missing = sorted(expected - received - set(explained_pmids), key=int)
    doubts = [search.doubt for search in searches if search.doubt]
    if not searches:
        return Proof(item, is_proved=False, expected=None, received=0, reason="nothing was asked")
    if doubts:
        return Proof(item, is_proved=False, expected=len(expected), received=len(received), reason=doubts[0])
    if missing:
        named = ", ".join(missing[:_SHOWN]) + (" …" if len(missing) > _SHOWN else "")
        reason = f"{len(expected) - len(missing)} of {len(expected)} received, without {named}"
        return Proof(item, is_proved=False, expected=len(expected), received=len(received), reason=reason)
    return Proof(item, is_proved=True, expected=len(expected), received=len(received))
