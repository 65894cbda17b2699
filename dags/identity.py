"""Trials that answer under another number: each told once, both numbers kept. What they hold is loaded elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence

from dags.absences import write_step
from dags.run import Run
from dags.version_loading import build_context
from dags.watching import build_event
from etl.ledger_schemas import WATCH_EVENT
from etl.schemas import TRIAL_CHANGE, TRIAL_SIGHTING, build_frame
from etl.trials import Row, build_change_row
from extractors.clinicaltrials.fetch import SOURCE
from models.change import Change, Moment, Weight

ALIASES = "protocolSection.identificationModule.nctIdAliases"
OWN_NUMBER = "protocolSection.identificationModule.nctId"


def write_identities(run: Run, answered: Mapping[str, str], day: dt.date) -> None:
    """Note the numbers whose record bears another number than when they last answered.

    `answered` maps each number asked for, watched or held, to that of the record it brought. A trial that was held
    under a number which is another record's now keeps its history, and stays looked after under both.
    """
    known = {row["record"]: row["answers_as"] for row in run.store.read_rows("known_aliases", source=SOURCE)}
    moved = {number: record for number, record in sorted(answered.items()) if record != known.get(number, number)}
    watched = {item.name for item in run.inputs.items if item.kind == "trial"}
    events = [
        build_event(
            run, SOURCE, "alias", number, item=f"trial:{number}" if number in watched else None, day=day, detail=record
        )
        for number, record in moved.items()
    ]
    run.store.append("watch_event", build_frame(events, WATCH_EVENT))
    aliases = {number: record for number, record in answered.items() if record != number}
    held = {row["nct_id"]: row for row in run.store.read_rows("sightings", nct_ids=sorted({*moved, *aliases}))}
    changes = [*_find_added(run, aliases), *_find_moved(run, moved, held.keys(), known)]
    moment = Moment(source_submit_date=None, source_post_date=None, source_day=day, observed_at=run.clock)
    rows = [
        build_change_row(nct_id, change, moment, origin="live", run_id=run.run_id, versions=(None, None))
        for nct_id, change in changes
    ]
    run.store.append("trial_change_log", build_frame(rows, TRIAL_CHANGE))
    _keep_listed(run, [held[number] for number in sorted(aliases.keys() & held.keys())], day)


def _find_added(run: Run, aliases: Mapping[str, str]) -> Iterator[tuple[str, Change]]:
    """Yield for each record the other number it answers to, unless its own content, or an earlier night, told so."""
    told = set(run.store.read("known_identities", nct_ids=sorted(set(aliases.values()))).rows())
    for number, record in sorted(aliases.items()):
        if (record, number) not in told:
            weight = build_context(run).weigh("identity", "added")
            yield record, _build_change("added", ALIASES, (None, number), weight, item=number)


def _find_moved(
    run: Run, moved: Mapping[str, str], held: Collection[str], known: Mapping[str, str]
) -> Iterator[tuple[str, Change]]:
    """Yield for each trial held that another record answers for now, or that answers for itself again."""
    for number, record in moved.items():
        if number in held:
            weight = build_context(run).weigh("identity", "number")
            yield number, _build_change("changed", OWN_NUMBER, (known.get(number, number), record), weight)


def _build_change(action: str, field: str, values: tuple[str | None, str], weight: Weight, item: str = "") -> Change:
    old, new = values
    return Change(kind="identity", action=action, field=field, old_value=old, new_value=new, weight=weight, item=item)


def _keep_listed(run: Run, rows: Sequence[Row], day: dt.date) -> None:
    """A trial held that answers under another number is there: any absence of it is at an end."""
    fresh = [
        row
        | {
            "registry_state": "listed",
            "missing_days": [],
            "source_day": max(row["source_day"], day),
            "last_checked_at": run.clock,
        }
        for row in rows
    ]
    if fresh:
        run.store.replace("trial_sighting", build_frame(fresh, TRIAL_SIGHTING), "nct_id")
    for row in rows:
        write_step(run, row["nct_id"], row["registry_state"], "listed", day)
