"""The watch items in the warehouse: written when the watchlist changes, matched when a record is found."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from dags.run import Run
from etl.ledger_schemas import WATCH_EVENT, WATCH_ITEM, WATCH_MATCH
from etl.matching import Found
from etl.schemas import build_frame
from models.watchlist import WatchItem


def hash_query(item: WatchItem) -> str:
    """Return what was asked for an item, as a hash: a changed question is a new one."""
    asked = "\x1f".join((*item.paper_terms, item.condition))
    return hashlib.blake2b(asked.encode(), digest_size=8).hexdigest()


def write_items(run: Run) -> None:
    """Bring `watch_item` to what the watchlist says. An item taken out stays, inactive; its history is kept."""
    held = {row["item"]: row for row in run.store.read_rows("items")}
    wanted = {item.item_id: item for item in run.inputs.items}
    rows = []
    for item_id, item in wanted.items():
        before = held.get(item_id)
        rows.append(
            {
                "item": item_id,
                "kind": item.kind,
                "name": item.name,
                "condition": item.condition,
                "terms": list(item.terms),
                "is_active": True,
                "added_at": before["added_at"] if before and before["is_active"] else run.clock,
                "removed_at": None,
            }
        )
    for item_id in held.keys() - wanted.keys():
        before = held[item_id]
        rows.append(before | {"is_active": False, "removed_at": before["removed_at"] or run.clock})
    frame = build_frame(rows, WATCH_ITEM).sort("item")
    if not frame.equals(build_frame(held.values(), WATCH_ITEM).sort("item")):
        run.store.refill("watch_item", frame)


def write_matches(run: Run, source: str, found: Mapping[str, Mapping[str, Found]], day: dt.date) -> None:
    """Record what the searches of some items found: item → record → why. One that is new to its item is an event."""
    pairs = [(item, record) for item, records in found.items() for record in sorted(records)]
    if not pairs:
        return
    held = run.store.read("matches", source=source, items=list(found))
    known = set(zip(held.get_column("item"), held.get_column("record"), strict=True))
    again = [pair for pair in pairs if pair in known]
    if again:
        items, records = zip(*again, strict=True)
        run.store.run("touch_matches", source=source, items=list(items), records=list(records), day=day)
    add_matches(run, source, {pair: found[pair[0]][pair[1]] for pair in pairs if pair not in known}, day)


def add_matches(run: Run, source: str, fresh: Mapping[tuple[str, str], Found], day: dt.date) -> None:
    """Record matches that are new to their items: (item, record) → why."""
    add_dated_matches(run, source, [(pair, found, day) for pair, found in fresh.items()])


def add_dated_matches(run: Run, source: str, fresh: Sequence[tuple[tuple[str, str], Found, dt.date]]) -> None:
    """Record likewise matches that each have a source day of their own."""
    rows = [
        {
            "source": source,
            "item": item,
            "record": record,
            "field": field,
            "synonym": synonym,
            "first_matched_at": run.clock,
            "last_matched_day": day,
            "left_at": None,
        }
        for (item, record), (field, synonym), day in fresh
    ]
    run.store.append("watch_match", build_frame(rows, WATCH_MATCH))
    events = [build_event(run, source, "matched", record, item=item, day=day) for (item, record), _, day in fresh]
    run.store.append("watch_event", build_frame(events, WATCH_EVENT))


def write_left(run: Run, source: str, item_id: str, records: Collection[str], day: dt.date) -> None:
    """Note the records that a proved search found before and does not find now.

    They stay tracked by number, but for strays: what one answer held, the next one lacks, and no text explains never
    matched.
    """
    held = run.store.read("matches", source=source, items=[item_id])
    left = sorted({row["record"] for row in held.to_dicts() if row["left_at"] is None}.intersection(records))
    if left:
        run.store.run("leave_matches", source=source, item=item_id, records=left, clock=run.clock)
    strays: set[str] = set()
    if left:
        these = {"source": source, "item": item_id, "records": left}
        strays.update(run.store.read("stray_matches", **these).get_column("record").to_list())
    if strays:
        run.store.run("remove_strays", source=source, item=item_id, records=sorted(strays))
    events = [
        build_event(
            run, source, "left_query", record, item=item_id, day=day, detail="stray" if record in strays else None
        )
        for record in left
    ]
    run.store.append("watch_event", build_frame(events, WATCH_EVENT))


def write_aliases(run: Run, source: str, aliases: Mapping[str, str], day: dt.date) -> None:
    """Note, once each, the watched numbers that answer with a record of another number."""
    if not aliases:
        return
    known = set(run.store.read("known_aliases", source=source).get_column("record").to_list())
    events = [
        build_event(run, source, "alias", number, item=f"trial:{number}", day=day, detail=record)
        for number, record in sorted(aliases.items())
        if number not in known
    ]
    run.store.append("watch_event", build_frame(events, WATCH_EVENT))


def build_event(
    run: Run,
    source: str,
    kind: str,
    record: str,
    *,
    item: str | None = None,
    day: dt.date | None = None,
    detail: str | None = None,
) -> dict[str, Any]:
    """Return the row of one thing that happened to a watched record (`matched`, `left_query`, `alias`, `missing` …)."""
    return {
        "source": source,
        "item": item,
        "record": record,
        "kind": kind,
        "source_day": day,
        "detail": detail,
        "observed_at": run.clock,
        "run_id": run.run_id,
    }
