"""What of a status is wrong, so that someone should look: a line each, for people and for monitors. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from dags.clock import SLACK, show_instant
from dags.inputs import Inputs
from dags.schedule import Job, find_period
from etl.wording import count

_PATIENCE = dt.timedelta(days=1)  # a night may be done late, by a retry or by a timer of its own hour
_MOST_NAMES = 5


def find_problems(inputs: Inputs, facts: Mapping[str, Any], clock: dt.datetime) -> list[str]:
    """Return what is wrong, gravest first; an item in doubt for a night or two is not."""
    if facts["run"] is None:
        return ["no night was run yet: `trialwatch run`"]
    return [
        *_find_setback(facts, clock),
        *_find_overdue(inputs, facts, clock),
        *_find_unread(facts),
        *_find_failure(facts),
        *_find_unproved(facts),
        *_find_registry(facts),
        *_find_letters(facts["letters"]),
    ]


def _find_setback(facts: Mapping[str, Any], clock: dt.datetime) -> Iterator[str]:
    newest = max(run["clock_at"] for run in facts["runs"])
    if newest > clock + SLACK:
        yield f"the newest run is of {show_instant(newest)}, later than this machine's clock: nothing runs until then"


def _find_overdue(inputs: Inputs, facts: Mapping[str, Any], clock: dt.datetime) -> Iterator[str]:
    newest = {row["job"]: row for row in facts["periods"]}
    names: dict[Job, str] = {"nightly": "the night", "weekly": "the letter"}
    for job, name in names.items():
        # Who never had a letter, and nobody to send one to, wants none.
        if job == "weekly" and job not in newest and not inputs.settings.digest.recipient:
            continue
        due = find_period(inputs.settings.schedule, job, clock - _PATIENCE)
        since = newest[job]["due_at"] if job in newest else facts["first_night"]
        if job == "weekly" and due.week.until <= facts["first_night"]:
            continue
        if since < due.due_at:
            last = newest[job]["period"] if job in newest else "none yet"
            yield f"{name} of {due.label} is not done; the newest is {last}"


def _find_unread(facts: Mapping[str, Any]) -> Iterator[str]:
    for source in facts["sources"]:
        if not source["is_read"]:
            since = f" since {source['read_at'].date()}" if source["read_at"] else ""
            yield f"{source['source']} is not read{since}: {source['message']}"
        elif source["is_stale"]:
            yield f"{source['source']} is stale since {source['stale_since'] or 'ever'}"


def _find_failure(facts: Mapping[str, Any]) -> Iterator[str]:
    run = facts["run"]
    if run["status"] == "failed" and all(source["is_read"] for source in facts["sources"]):
        yield f"the newest night (run {run['run_id']}) failed: {run['message']}"


def _find_unproved(facts: Mapping[str, Any]) -> Iterator[str]:
    for source in facts["sources"]:
        stale = [
            item
            for item in facts["items"]
            if item["source"] == source["source"] and item["is_stale"] and source["is_read"]
        ]
        if stale and not source["is_stale"]:
            names = ", ".join(f"{item['kind']} {item['name']}" for item in stale[:_MOST_NAMES])
            more = f" and {len(stale) - _MOST_NAMES} more" if len(stale) > _MOST_NAMES else ""
            since = min((str(item["proved_on"]) for item in stale if item["proved_on"]), default="the first night")
            yield f"{source['source']}: {count(len(stale), 'item')} not proved since {since}: {names}{more}"


def _find_registry(facts: Mapping[str, Any]) -> Iterator[str]:
    registry = facts["registry"]
    if registry and registry["is_stale"] and not any(source["is_stale"] for source in facts["sources"]):
        whole = registry["whole_on"] or "ever"
        yield f"the registry was not proved whole since {whole}, nor its updates since {registry['read_on'] or 'ever'}"


def _find_letters(letters: Mapping[str, Any] | None) -> Iterator[str]:
    if letters is None:
        return
    for word, messages in (
        ("in doubt", letters["doubt"]),
        ("refused for good", [one for one in letters["refused"] if one["is_permanent"]]),
    ):
        if messages:
            names = ", ".join(dict.fromkeys(one["recipient"] for one in messages))
            yield f"{count(len(messages), 'message')} {word}: {names}"
