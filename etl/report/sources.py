"""How far the page can be trusted: when each source was read, and how many of its items were proved. Pure text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from etl.freshness import is_stale
from etl.wording import SOURCE_NAMES, count, flatten, join, show_day
from models.landscape import SourceState

Row = Mapping[str, Any]
_MOST_NAMES = 5


def describe_sources(sources: Sequence[Row], items: Sequence[Row], clock: dt.datetime) -> tuple[SourceState, ...]:
    """Return how each source stands. The rows are those of status_sources and status_items."""
    return tuple(_describe(source, _choose(items, source), clock) for source in sources)


def _describe(source: Row, items: Sequence[Row], clock: dt.datetime) -> SourceState:
    proved = sum(row["outcome"] == "proved" for row in items)
    words = [f"data of {show_day(source['source_day'])}" if source["source_day"] else "never read whole"]
    if source["read_at"]:
        words.append(f"read {show_day(source['read_at'].date())}, {source['read_at']:%H:%M} UTC")
    words.append(f"{proved} of {count(len(items), 'item')} proved complete")
    return SourceState(_name(source), ", ".join(words), is_well=not _list_troubles(source, items, clock))


def find_warnings(sources: Sequence[Row], items: Sequence[Row], clock: dt.datetime) -> tuple[str, ...]:
    """Return what a reader must know before believing the page: what was not read, or not proved, or long ago."""
    return tuple(
        f"{_name(source)}: {trouble}."
        for source in sources
        for trouble in _list_troubles(source, _choose(items, source), clock)
    )


def _list_troubles(source: Row, items: Sequence[Row], clock: dt.datetime) -> list[str]:
    troubles = []
    day: dt.date | None = source["source_day"]
    shown = show_day(day) if day else "no day"
    if not source["is_read"]:
        why = f": {flatten(source['message'])}" if source["message"] else ""
        troubles.append(f"not read on the last night{why}; what is shown of it is of {shown}")
    elif is_stale(day, clock):
        troubles.append(f"its data are of {shown}, this page is of {show_day(clock.date())}")
    unproved = [row["name"] for row in items if row["outcome"] == "unproved"]
    if unproved:
        names = join(unproved) if len(unproved) <= _MOST_NAMES else f"{', '.join(unproved[:_MOST_NAMES])} and others"
        number = count(len(unproved), "item")
        troubles.append(f"{number} not proved complete on the last night ({names}): more may exist")
    return troubles


def _choose(items: Sequence[Row], source: Row) -> list[Row]:
    return [row for row in items if row["source"] == source["source"]]


def _name(source: Row) -> str:
    name: str = source["source"]
    return SOURCE_NAMES.get(name, name)
