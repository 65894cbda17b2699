"""`trialwatch status`: how fresh what people query is, read from the published file and nothing that is locked."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from pathlib import Path
from typing import Any, Literal

from dags.clock import show_instant
from dags.console import say
from dags.inputs import Inputs
from dags.problems import find_problems
from dags.remembered import read_remembered
from dags.schedule import JOBS, find_next_due
from etl.freshness import is_stale
from etl.wording import count
from warehouse.reader import Published

_MOST_RUNS = 5
_UNITS = ("B", "kB", "MB", "GB", "TB")


def show_status(inputs: Inputs, clock: dt.datetime, form: Literal["text", "json"]) -> int:
    """Write how things stand; return 0 where all is well, else 1.

    Raises:
        WarehouseError: there is no published warehouse yet.
    """
    facts = read_status(inputs, clock)
    if form == "json":
        say(json.dumps(facts, default=str, ensure_ascii=False))
    else:
        for line in describe_status(facts):
            say(line)
    return 0 if facts["is_well"] else 1


def describe_status(facts: dict[str, Any]) -> list[str]:
    """Return the lines that people read: what is wrong stands last, where a terminal shows it."""
    run = facts["run"]
    newest = f"{show_instant(run['clock_at'])} (run {run['run_id']}, {run['status']})" if run else "no nightly run yet"
    due = "   ".join(f"{job} {show_instant(facts['due'][job])}" for job in JOBS)
    return [
        f"published  {newest}   next {facts['next']}",
        *describe_runs(facts["runs"]),
        f"due        {due}",
        f"sizes      {', '.join(f'{name} {show_size(size)}' for name, size in facts['sizes'].items())}",
        *describe_sources(facts),
        *describe_items(facts),
        *describe_registry(facts["registry"]),
        *describe_letters(facts["letters"]),
        *(f"! {problem}" for problem in facts["problems"]),
    ]


def read_status(inputs: Inputs, clock: dt.datetime) -> dict[str, Any]:
    """Return the last runs, each source, each item, what is due next, the sizes, and what is wrong."""
    with Published(inputs.home.published) as published:
        run = published.read("status_run")
        sources = published.read("status_sources")
        items = published.read("status_items")
        runs = published.read("status_runs", most=_MOST_RUNS)
        letters = _read_letters(published)
        periods = published.read("status_periods") if published.has_table("run_period") else []
        first_night = published.read("first_night")[0]["first_night"]
        registry = _read_registry(published, inputs, clock)
    for source in sources:
        read_on = source["source_day"]
        source["is_stale"] = is_stale(read_on, clock) or not source["is_read"]
        source["stale_since"] = read_on if source["is_stale"] else None
        remembered = read_remembered(inputs.home.transports, source["source"], clock)
        source["transport"] = remembered.rung if remembered else None
        source["transport_since"] = remembered.since if remembered else None
    for item in items:
        item["is_stale"] = is_stale(item["proved_on"], clock)
    schedule = inputs.settings.schedule
    facts: dict[str, Any] = {
        "run": run[0] if run else None,
        "runs": runs,
        "sources": sources,
        "items": items,
        "registry": registry,
        "letters": letters,
        "periods": periods,
        "next": show_instant(find_next_due(schedule, clock)),
        "due": {job: find_next_due(schedule, clock, job) for job in JOBS},
        "sizes": read_sizes(inputs),
        "first_night": first_night,
    }
    problems = find_problems(inputs, facts, clock)
    return facts | {"problems": problems, "is_well": not problems}


def _read_registry(published: Published, inputs: Inputs, clock: dt.datetime) -> dict[str, Any] | None:
    """Return how fresh what no item names is; None where nobody asks for it, or it was never read.

    `read_on`: what was updated up to that day, by the registry's date; `whole_on`: all there was, and what was not.
    """
    watched = inputs.settings.watch
    rows = published.read("status_registry") if watched.is_everything else []
    if not rows:
        return None
    row = rows[0]
    newest = row.pop("newest") or {"outcome": None, "reason": None}
    by_range = watched.everything == "range"
    patience = inputs.settings.source.clinicaltrials.whole_after_days if by_range else 0
    is_whole_stale = is_stale(row["whole_on"], clock - dt.timedelta(days=patience))
    return row | newest | {"by_range": by_range, "is_stale": is_stale(row["read_on"], clock) or is_whole_stale}


def read_sizes(inputs: Inputs) -> dict[str, int]:
    """Return what each part of the data home takes, in bytes; files that come and go meanwhile may be missed."""
    home = inputs.home
    parts = {
        "published": home.published,
        "private": home.working.parent,
        "landing": home.landing,
        "digests": home.digests,
    }
    return {name: _measure(path) for name, path in parts.items()}


def _measure(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(size for file in files if (size := _find_size(file)))


def _find_size(file: Path) -> int:
    try:
        return file.lstat().st_size if file.is_file() else 0
    except OSError:  # it went between being listed and being asked
        return 0


def show_size(size: int) -> str:
    """Return a number of bytes as people read it: `12.3 MB`."""
    value, unit = float(size), _UNITS[0]
    for unit in _UNITS:  # noqa: B007  the one it stops at is shown
        if value < 1000:  # noqa: PLR2004  the next unit
            break
        value /= 1000
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"


def describe_runs(runs: list[dict[str, Any]]) -> list[str]:
    """Return a line for each of the last runs, newest first."""
    head = "runs       "
    lines = []
    for run in runs:
        seconds = f", {run['seconds']:.0f} s" if run["seconds"] is not None else ""
        why = f": {run['message']}" if run["message"] else ""
        lines.append(f"{head}{run['run_id']} {run['job']} {run['period']} {run['status']}{seconds}{why}")
        head = " " * len(head)
    return lines


def _read_letters(published: Published) -> dict[str, Any] | None:
    """Return how the newest letter went, and what is in doubt, refused or waiting; None where nothing was ever sent."""
    if not published.has_table("delivery"):
        return None
    row = published.read("status_letters")[0]
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
    state = f"! stale since {source['stale_since'] or 'ever'}" if source["is_stale"] else "fresh"
    if not source["is_read"]:
        state = f"! not read{since}: {source['message']}"
    way = f"asked by {source['transport']} since {source['transport_since'].date()}" if source["transport"] else ""
    return "  ".join(filter(None, (source["source"], day, state, way)))


def describe_items(facts: dict[str, Any]) -> list[str]:
    """Return a line an item, in the order of the facts; one for all trials, and papers, with nothing to be said."""
    shown = [item for item in facts["items"] if item["is_shown"]]
    grouped = itertools.groupby(shown, key=lambda item: (item["kind"], item["name"]))
    lines = [f"{kind} {name}  {_describe_item(kind, list(group))}" for (kind, name), group in grouped]
    for kind, noun in (("trial", "trial"), ("article", "paper")):
        others = [item for item in facts["items"] if item["kind"] == kind and not item["is_shown"]]
        if others:
            number = count(len({item["name"] for item in others}), noun)
            lines.append(f"{number} by number  proved {min(str(item['proved_on']) for item in others)}")
    return lines


def describe_registry(registry: dict[str, Any] | None) -> list[str]:
    """Return a line on what no item names, where it is read: up to which day, and what of it is older.

    `everything  updates read to 2026-02-13; what was removed, or moved without a date, as of 2026-02-10`
    """
    if registry is None:
        return []
    told = f"proved whole {registry['whole_on']}" if registry["whole_on"] else "never proved whole"
    if registry["by_range"] and registry["whole_on"]:
        told = (
            f"updates read to {registry['read_on']}; what was removed, or changed without a new date, "
            f"as of {registry['whole_on']}"
        )
    doubt = "" if registry["outcome"] in ("proved", None) else f"  ! {registry['reason'] or registry['outcome']}"
    return [f"everything  {told}{doubt or ('  ! stale' if registry['is_stale'] else '')}"]


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
    proved = f"proved {oldest}" if oldest else "never proved"
    stale = ["! stale"] if any(source["is_stale"] for source in sources) and not doubts else []
    return "  ".join([held, proved, *stale, *doubts])


def _count_records(source: dict[str, Any]) -> str:
    """Return how many records an item holds, and how many of them the registry does not serve."""
    parts = [count(source["records"], source["noun"])]
    since = f" since {source['absent_since']}" if source["absent_since"] else ""
    parts += [f"{source[state]} {state}" for state in ("missing", "gone") if source[state]]
    return f"{', '.join(parts)}{since}"
