"""`trialwatch status`: how fresh what people query is, read from the published file and nothing that is locked."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from typing import Any, Literal

from dags.clock import show_instant
from dags.console import say
from dags.inputs import Inputs
from dags.remembered import read_remembered
from dags.scheduler import find_next_due
from etl.wording import count
from warehouse.reader import has_table, query_rows
from warehouse.sql import read_sql

_STALE_AFTER = dt.timedelta(days=3)  # a weekend without a release is no staleness


def show_status(inputs: Inputs, clock: dt.datetime, form: Literal["text", "json"]) -> None:
    """Write how things stand.

    Raises:
        WarehouseError: there is no published warehouse yet.
    """
    facts = read_status(inputs, clock)
    if form == "json":
        say(json.dumps(facts, default=str, ensure_ascii=False))
        return
    run = facts["run"]
    newest = f"{show_instant(run['clock_at'])} (run {run['run_id']}, {run['status']})" if run else "no nightly run yet"
    say(f"published  {newest}   next {facts['next']}")
    for line in (*describe_sources(facts), *describe_items(facts), *describe_letters(facts["letters"])):
        say(line)


def read_status(inputs: Inputs, clock: dt.datetime) -> dict[str, Any]:
    """Return the newest run, each source, each item that is not a single trial or is in doubt, and what is due next."""
    run = _read(inputs, "status_run")
    sources = _read(inputs, "status_sources")
    for source in sources:
        read_on = source["source_day"]
        source["is_stale"] = read_on is None or clock.date() - read_on > _STALE_AFTER or not source["is_read"]
        remembered = read_remembered(inputs.home.transports, source["source"], clock)
        source["transport"] = remembered.rung if remembered else None
        source["transport_since"] = remembered.since if remembered else None
    return {
        "run": run[0] if run else None,
        "sources": sources,
        "items": _read(inputs, "status_items"),
        "letters": _read_letters(inputs),
        "next": show_instant(find_next_due(inputs.settings.schedule, clock)),
    }


def _read(inputs: Inputs, name: str) -> list[dict[str, Any]]:
    names, rows = query_rows(inputs.home.published, read_sql("statements", name))
    return [dict(zip(names, row, strict=True)) for row in rows]


def _read_letters(inputs: Inputs) -> dict[str, Any] | None:
    """Return how the newest letter went, and what is in doubt, refused or waiting; None where nothing was ever sent."""
    if not has_table(inputs.home.published, "delivery"):
        return None
    row = _read(inputs, "status_letters")[0]
    return row if row["period"] or row["alerts"] or row["doubt"] or row["refused"] or row["planned"] else None


def describe_letters(letters: dict[str, Any] | None) -> list[str]:
    """Return a line of the letters sent and in doubt, and one for each message not taken; none before the first.

    `letters  2026-W06 to 4; 1 in doubt: lab@example.org`
    """
    if letters is None:
        return []
    parts = [f"{letters['period']} to {letters['sent']}"] if letters["period"] else ["none yet"]
    parts += [f"{len(letters['doubt'])} in doubt: {_name(letters['doubt'])}"] if letters["doubt"] else []
    parts += [f"{len(letters['planned'])} waiting: {_name(letters['planned'])}"] if letters["planned"] else []
    parts += [f"{count(letters['alerts'], 'alert')} sent"] if letters["alerts"] else []
    doubts = [
        f"  ! {one['kind']} to {one['recipient']}: {one['answer'] or 'cut off while it was handed over'}; "
        f"ask, then `trialwatch digest --resend {one['recipient']}` or `--settle {one['recipient']}`"
        for one in letters["doubt"]
    ]
    refused = [
        f"  ! {one['kind']} to {one['recipient']} refused: {one['answer']}; "
        + ("not tried again" if one["is_permanent"] else f"tried again from {show_instant(one['next_try_at'])}")
        for one in letters["refused"]
    ]
    return [f"letters  {'; '.join(parts)}", *doubts, *refused]


def _name(messages: list[dict[str, Any]]) -> str:
    return ", ".join(dict.fromkeys(one["recipient"] for one in messages))


def describe_sources(facts: dict[str, Any]) -> list[str]:
    """Return a line a source: how fresh it is, why it is not read and since when, and how it is asked if unusually."""
    return [_describe_source(source) for source in facts["sources"]]


def _describe_source(source: dict[str, Any]) -> str:
    day = f"source day {source['source_day']}" if source["source_day"] else "never read"
    since = f" since {source['read_at'].date()}" if source["read_at"] else ""
    state = "! stale" if source["is_stale"] else "fresh"
    if not source["is_read"]:
        state = f"! not read{since}: {source['message']}"
    way = f"asked by {source['transport']} since {source['transport_since'].date()}" if source["transport"] else ""
    return "  ".join(filter(None, (source["source"], day, state, way)))


def describe_items(facts: dict[str, Any]) -> list[str]:
    """Return a line an item, in the order of the facts."""
    grouped = itertools.groupby(facts["items"], key=lambda item: (item["kind"], item["name"]))
    return [f"{kind} {name}  {_describe_item(kind, list(group))}" for (kind, name), group in grouped]


def _describe_item(kind: str, sources: list[dict[str, Any]]) -> str:
    """Return how one item stands with each source, in doubt first."""
    held = ", ".join(_count_records(source) for source in sources)
    if kind == "trial" and not any(source["records"] for source in sources if source["noun"] == "trial"):
        held = "never seen"
    oldest = min((str(source["proved_on"]) for source in sources if source["proved_on"]), default="")
    doubts = [
        f"! {source['source']}: {source['reason'] or source['outcome']}"
        for source in sources
        if source["outcome"] != "proved"
    ]
    return "  ".join([held, f"proved {oldest}" if oldest else "never proved", *doubts])


def _count_records(source: dict[str, Any]) -> str:
    """Return how many records an item holds, and how many of them the registry does not serve."""
    parts = [count(source["records"], source["noun"])]
    since = f" since {source['absent_since']}" if source["absent_since"] else ""
    parts += [f"{source[state]} {state}" for state in ("missing", "gone") if source[state]]
    return f"{', '.join(parts)}{since}"
