"""What `trialwatch check` finds in the data home: disk, warehouse, ledger, landing. It mends nothing."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dags.console import waiting
from dags.findings import Finding, blame
from dags.inputs import Inputs
from dags.mending import find_fault
from dags.past import holds_runs
from dags.schedule import list_periods
from dags.status import read_status, show_size
from etl.wording import count
from models.errors import BusyError, ConfigurationError, DamagedFileError, TrialwatchError
from warehouse.audit import audit_landing
from warehouse.database import MADE_ANEW
from warehouse.manifests import find_manifests
from warehouse.reader import Published, query_rows, read_through
from warehouse.sql import list_sql, read_sql

_SPARE = 200 * 10**6  # bytes of room beside what a publishing needs
_MOST_FAULTS = 5


def find_in_home(inputs: Inputs, clock: dt.datetime) -> Iterator[Finding]:
    """Yield how everything stands that lies in the data home."""
    yield from _check_disk(inputs)
    yield from _check_published(inputs)
    yield from _check_working(inputs)
    yield from _check_ledger(inputs, clock)
    yield from _check_landing(inputs)


def _check_disk(inputs: Inputs) -> Iterator[Finding]:
    folder = inputs.home.folder
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    free, size = shutil.disk_usage(nearest).free, _find_size(inputs.home.working)
    message = f"{show_size(free)} free; publishing needs {show_size(size)} for a while"
    if free < size:
        yield Finding("fail", "disk", message, "make room: a run would end without publishing")
    elif free < 2 * size + _SPARE:
        yield Finding("warn", "disk", message, "make room: a file doubles before it is rewritten")
    else:
        yield Finding("ok", "disk", message)


def _find_size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _check_published(inputs: Inputs) -> Iterator[Finding]:
    home = inputs.home
    if not home.published.exists():
        yield _describe_absence(inputs)
        return
    try:
        with waiting("reading the warehouse"):
            read_through(home.published)
        rows = _read(inputs, "file_version")
    except TrialwatchError as error:
        yield blame("warehouse", error)
        return
    schema, run_id = rows[0]
    known = max(int(name.partition("_")[0]) for name in list_sql("migrations"))
    message = f"{home.published} (run {run_id}, schema {schema}, {show_size(_find_size(home.published))})"
    if schema > known:
        yield Finding("fail", "warehouse", f"{message}: of a newer release", "install the release that made it")
    elif schema < known:
        yield Finding("warn", "warehouse", f"{message}: of an older release", "the next run brings it to this one")
    else:
        yield Finding("ok", "warehouse", message)
    yield from _check_neighbours(home.published)


def _describe_absence(inputs: Inputs) -> Finding:
    """Say that there is no published file: because nothing was run yet, or because it was lost."""
    home = inputs.home
    if not holds_runs(home.landing):
        return Finding("ok", "warehouse", "none yet; `trialwatch run` makes it")
    if home.working.exists():
        return Finding("warn", "warehouse", f"{home.published} is lost", "the next run publishes it anew")
    message = f"there is no warehouse, but {home.landing} holds its runs"
    return Finding("fail", "warehouse", message, "`trialwatch rebuild` makes it again")


def _check_neighbours(published: Path) -> Iterator[Finding]:
    log = published.with_name(f"{published.name}.wal")
    if log.exists():
        message = f"{log} is none of trialwatch's: whoever opens the warehouse may take it for a log of changes"
        yield Finding("fail", "warehouse", message, f"take {log} away")
    if published.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        yield Finding("warn", "warehouse", f"{published} may be written to", f"chmod 444 {published}; each run does it")


def _check_working(inputs: Inputs) -> Iterator[Finding]:
    """Read the working file whole, under the lock: one that reads it shuts out a run as well as a writer would."""
    home = inputs.home
    if not home.working.exists():
        if home.published.exists():
            yield Finding("warn", "working", f"{home.working} is lost", MADE_ANEW)
        return
    try:
        with waiting("reading the working file"), home.lock("check"):
            read_through(home.working)
    except ConfigurationError:  # the line of the home has said so
        return
    except BusyError as error:
        yield Finding("ok", "working", f"not read: {error.message}")
    except DamagedFileError as error:
        yield Finding("warn", "working", error.message, MADE_ANEW)
    except TrialwatchError as error:
        yield blame("working", error)
    else:
        yield Finding("ok", "working", f"{home.working} ({show_size(_find_size(home.working))})")


def _check_ledger(inputs: Inputs, clock: dt.datetime) -> Iterator[Finding]:
    if not inputs.home.published.exists():
        return
    try:
        problems = read_status(inputs, clock)["problems"]
    except TrialwatchError as error:
        yield blame("ledger", error)
        return
    for problem in problems:
        yield Finding("warn", "ledger", problem, "`trialwatch status` shows more; docs/operate.md says what to do")
    holes = _find_holes(inputs)
    if holes:
        names = f"{', '.join(holes[:_MOST_FAULTS])}{', …' if len(holes) > _MOST_FAULTS else ''}"
        message = f"{count(len(holes), 'period')} between others without a row: {names}"
        yield Finding("warn", "ledger", message, "`trialwatch rebuild` makes the ledger again")
    if not problems and not holes:
        yield Finding("ok", "ledger", "every night and letter that was due is done")


def _find_holes(inputs: Inputs) -> list[str]:
    """Return the periods between the first and the newest in the ledger that it has no row of."""
    with Published(inputs.home.published) as published:
        jobs = published.read("held_periods") if published.has_table("run_period") else []
    return [
        period.label
        for row in jobs
        for period in list_periods(inputs.settings.schedule, row["job"], row["since"], row["until"])
        if period.label not in row["periods"]
    ]


def _check_landing(inputs: Inputs) -> Iterator[Finding]:
    folder = inputs.home.landing
    if not folder.exists():
        return
    if not os.access(folder, os.R_OK | os.X_OK):
        yield Finding("fail", "landing", f"{folder} cannot be read", "run this as the user that the nights run as")
        return
    with waiting("reading the landing"):
        audit = audit_landing(folder)
    faults = [*_find_lost_runs(inputs), *audit.faults]
    for fault in faults[:_MOST_FAULTS]:
        yield Finding("fail", "landing", fault, "restore it from a backup; the warehouse itself is whole without it")
    if len(faults) > _MOST_FAULTS:
        yield Finding("fail", "landing", f"{len(faults) - _MOST_FAULTS} more files are damaged or missing")
    if not faults:
        held = f"{count(audit.runs, 'run')}, {count(audit.objects, 'record')}, {show_size(audit.bytes)}"
        yield Finding("ok", "landing", f"{held}, each as it was stored")


def _find_lost_runs(inputs: Inputs) -> list[str]:
    """Return the runs of the ledger that the landing lacks: without them no rebuilding is whole."""
    if not inputs.home.published.exists() or find_fault(inputs.home.published):
        return []
    landed = find_manifests(inputs.home.landing)
    runs = [run_id for (run_id,) in _read(inputs, "run_numbers")]
    return [f"landing: the manifest of run {run_id} is missing in runs/" for run_id in runs if run_id not in landed]


def _read(inputs: Inputs, name: str) -> list[tuple[Any, ...]]:
    return query_rows(inputs.home.published, read_sql("statements", name))[1]
