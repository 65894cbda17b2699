"""How a run begins and ends in the ledger and in its manifest. What it does meanwhile is in `dags.run`."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
from collections.abc import Callable, Iterable, Sequence

import msgspec
import structlog

from dags.clock import show_instant
from dags.inputs import Inputs
from dags.periods import write_periods
from dags.run import Run
from dags.schedule import Job
from dags.settling import settle_landing
from etl.wording import count
from models.errors import ConfigurationError
from warehouse.landing import Landing
from warehouse.manifests import find_manifests
from warehouse.store import Store

_log = structlog.get_logger(__name__)


def open_run(
    inputs: Inputs,
    store: Store,
    job: str,
    period: str,
    clock: dt.datetime,
    *,
    begin: Callable[[Run], None] = lambda _: None,
) -> Run:
    """Open the manifest and write the ledger row, with what `begin` writes. What a killed run left is settled first.

    Raises:
        ConfigurationError: the clock is earlier than that of the newest run.
    """
    newest = check_clock(store, clock)
    folder = inputs.home.landing
    # A run is numbered behind every one that left pages, though the warehouse know nothing of it.
    run_id = max(newest, *find_manifests(folder), 0) + 1
    settled = [*store.take_mended(), *settle_landing(folder, store)]
    run = Run(inputs, store, Landing(folder, run_id), run_id, clock)
    structlog.contextvars.bind_contextvars(run_id=run_id)
    try:
        software = importlib.metadata.version("trialwatch")
        _note_run(run, job, period, software=software, after=newest, settled=settled)
        add_settled(run, settled)
        with store.transaction():
            store.run("interrupt_runs")
            write_run(run, job, period, software)
            begin(run)
    except BaseException:
        structlog.contextvars.unbind_contextvars("run_id")
        run.landing.release()
        raise
    return run


def add_settled(run: Run, settled: Iterable[str]) -> None:
    """Note what a run that was killed before this one left."""
    for line in settled:
        run.add_issue("warning", "landing", line)


def write_run(run: Run, job: str, period: str, software: str) -> None:
    """Write the ledger row of a run that begins."""
    run.store.run(
        "open_run",
        run_id=run.run_id,
        job=job,
        period=period,
        clock=run.clock,
        vocabulary_version=run.inputs.vocabulary.version,
        software_version=software,
    )


def check_clock(store: Store, clock: dt.datetime) -> int:
    """Refuse a clock before the newest run that read something; return the number of the newest run of all, 0 for none.

    Raises:
        ConfigurationError: the clock is earlier.
    """
    (newest,) = store.read_rows("newest_run")
    if newest["clock_at"] is not None and clock < newest["clock_at"]:
        name = "nightly run" if newest["job"] == "nightly" else newest["job"]
        raise ConfigurationError(
            f"--clock {show_instant(clock)} is earlier than the newest {name} ({show_instant(newest['clock_at'])})",
            "time runs one way here; name a later instant. Is this machine's clock right? If it was ahead then, "
            "`trialwatch rebuild --until INSTANT` leaves out what ran under it",
        )
    return newest["run_id"] or 0


def _note_run(run: Run, job: str, period: str, *, software: str, after: int, settled: Sequence[str]) -> None:
    """Land what is needed, beside the pages, to make a run again. Secrets are no settings.

    `after` is the run that the warehouse had last. What seldom changes is kept by its hash.
    """
    inputs, landing = run.inputs, run.landing
    parts = {
        "settings": inputs.settings,
        "items": inputs.items,
        "vocabulary": inputs.vocabulary,
        "overrides": inputs.overrides,
        "reviews": inputs.reviews,
    }
    landing.note(
        "run",
        run_id=run.run_id,
        after=after,
        settled=settled,
        job=job,
        period=period,
        clock=run.clock.isoformat(),
        software_version=software,
        vocabulary_version=inputs.vocabulary.version,
        objects={name: landing.keep(msgspec.json.encode(part)) for name, part in parts.items()},
    )
    landing.secure()


def close_run(run: Run, *, exit_code: int, seconds: float, message: str, does: Job | None = None) -> None:
    """Write how the run ended, and the periods of the job that it does; seal its manifest."""
    if run.landing.mended:
        mended = f"landing: {count(len(run.landing.mended), 'damaged file')} written anew"
        _log.warning(mended)
        message = "; ".join(filter(None, (message, mended)))
    row = {
        "status": "failed" if exit_code else "done",
        "exit_code": exit_code,
        "seconds": round(seconds, 3),
        "message": message,
    }
    with run.store.transaction():
        run.store.run("close_run", run_id=run.run_id, **row)
        if does:
            write_periods(run.store, run.inputs.settings.schedule, does, run.run_id, run.clock)
    run.landing.note("end", row=row, does=does)
    run.landing.seal()
