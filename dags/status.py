"""`trialwatch status`: how fresh what people query is, read from the published file alone."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from typing import Any, Literal

from dags.clock import show_instant
from dags.console import say
from dags.inputs import Inputs
from dags.scheduler import find_next_due
from etl.wording import count
from warehouse.reader import query_rows
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
    say(f"published  {show_instant(run['clock_at'])} (run {run['run_id']}, {run['status']})   next {facts['next']}")
    for source in facts["sources"]:
        say(_describe_source(source))
    for (kind, name), group in itertools.groupby(facts["items"], key=lambda item: (item["kind"], item["name"])):
        say(f"{kind} {name}  {_describe_item(kind, list(group))}")


def read_status(inputs: Inputs, clock: dt.datetime) -> dict[str, Any]:
    """Return the newest run, each source, each item that is not a single trial or is in doubt, and what is due next."""
    run = _read(inputs, "status_run")
    sources = _read(inputs, "status_sources")
    for source in sources:
        read_on = source["source_day"]
        source["is_stale"] = read_on is None or clock.date() - read_on > _STALE_AFTER or not source["is_read"]
    return {
        "run": run[0] if run else None,
        "sources": sources,
        "items": _read(inputs, "status_items"),
        "next": show_instant(find_next_due(inputs.settings.schedule, clock)),
    }


def _read(inputs: Inputs, name: str) -> list[dict[str, Any]]:
    names, rows = query_rows(inputs.home.published, read_sql("statements", name))
    return [dict(zip(names, row, strict=True)) for row in rows]


def _describe_source(source: dict[str, Any]) -> str:
    day = f"source day {source['source_day']}" if source["source_day"] else "never read"
    state = (
        f"! not read: {source['message']}" if not source["is_read"] else "! stale" if source["is_stale"] else "fresh"
    )
    return f"{source['source']}  {day}  {state}"


def _describe_item(kind: str, sources: list[dict[str, Any]]) -> str:
    """Return how one item stands with each source, in doubt first."""
    held = ", ".join(count(source["records"], source["noun"]) for source in sources)
    if kind == "trial" and not any(source["records"] for source in sources if source["noun"] == "trial"):
        held = "never seen"
    oldest = min((str(source["proved_on"]) for source in sources if source["proved_on"]), default="")
    doubts = [
        f"! {source['source']}: {source['reason'] or source['outcome']}"
        for source in sources
        if source["outcome"] != "proved"
    ]
    return "  ".join([held, f"proved {oldest}" if oldest else "never proved", *doubts])
