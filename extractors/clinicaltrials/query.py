"""What to ask the registry for: one chain of pages a query. Pure text; it asks nothing itself."""

from __future__ import annotations

import datetime as dt
import urllib.parse
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from models.watchlist import WatchItem

IDS_PER_QUERY = 300
PAGE_SIZE = 300
LARGEST_PAGE = 1_000  # that the registry serves
# Addresses over 4,000 bytes fail; the rest of the address takes less than 500.
_LONGEST_EXPRESSION = 3_400
_AREA = {"agent": "query.intr", "target": "query.term"}


class StudyQuery(msgspec.Struct, frozen=True):
    """One chain: the item it serves and the parameters that every page of it repeats."""

    item: str
    params: tuple[tuple[str, str], ...]


def build_id_queries(item: str, nct_ids: Iterable[str]) -> Iterator[StudyQuery]:
    """Ask for studies by number, 300 a query (an address of about 3,700 bytes)."""
    ordered = sorted(nct_ids)
    for start in range(0, len(ordered), IDS_PER_QUERY):
        batch = ordered[start : start + IDS_PER_QUERY]
        yield StudyQuery(item, (("filter.ids", ",".join(batch)), *_PAGING))


def build_search_queries(item: WatchItem) -> Iterator[StudyQuery]:
    """Ask for what an agent (as intervention) or a target (anywhere) names, narrowed by the item's condition.

    Never by status or another field that changes: a trial must not leave the answer because it moved.
    """
    narrowing = (("query.cond", quote_condition(item.condition)),) if item.condition else ()
    room = _LONGEST_EXPRESSION - sum(_encoded_length(value) for _, value in narrowing)
    for expression in _join_terms(item.terms, room):
        yield StudyQuery(item.item_id, ((_AREA[item.kind], expression), *narrowing, *_PAGING))


def build_registry_query(item: str) -> StudyQuery:
    """Ask for every study, in the largest pages there are."""
    return StudyQuery(item, tuple((dict(_PAGING) | {"pageSize": str(LARGEST_PAGE)}).items()))


def build_range_query(item: str, since: dt.date) -> StudyQuery:
    """Ask likewise for the studies whose last update was posted on a day or later.

    What is not asked for by this: the registry changes records without a new date of update (status UNKNOWN, derived
    references), and one that was removed is in no answer at all.
    """
    chosen = ("filter.advanced", f"AREA[LastUpdatePostDate]RANGE[{since.isoformat()},MAX]")
    return StudyQuery(item, (chosen, *build_registry_query(item).params))


def quote_condition(condition: str) -> str:
    """Return a condition as the registry reads it: one phrase in quotes, or the expression as it stands."""
    return condition if '"' in condition else f'"{condition}"'


_PAGING = (
    ("sort", "LastUpdatePostDate:desc"),  # the default order is not stable between calls
    ("pageSize", str(PAGE_SIZE)),
    ("countTotal", "true"),
    ("format", "json"),
)


def _join_terms(terms: Sequence[str], room: int) -> Iterator[str]:
    batch: list[str] = []
    for phrase in (f'"{term.replace(chr(34), "")}"' for term in terms):
        if batch and _encoded_length(" OR ".join([*batch, phrase])) > room:
            yield " OR ".join(batch)
            batch = []
        batch.append(phrase)
    if batch:
        yield " OR ".join(batch)


def _encoded_length(text: str) -> int:
    return len(urllib.parse.quote_plus(text, safe=","))
