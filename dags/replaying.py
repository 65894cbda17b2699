"""Makes runs of the past again, step by step, by the code that ran then; the landing answers in place of the sources.

What a step handed over to people, or read from a file of the user's, is not done again; its rows are put as they were.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import msgspec

from dags.backfill import read_again
from dags.first_loading import Builders
from dags.home import Home
from dags.import_again import ImportAgain
from dags.inputs import Inputs, Secrets
from dags.nightly import SOURCES, STEPS, begin, take_step, write_failed_checks
from dags.past import PastRun, PastStep
from dags.periods import write_periods
from dags.remembering import LandedMemory
from dags.run import Run, StepResult
from dags.run_ledger import add_settled, write_run
from models.errors import TrialwatchError, WarehouseError
from models.overrides import Override
from models.review import Review
from models.settings import Settings
from models.vocabulary import Vocabulary
from models.watchlist import WatchItem
from warehouse.landing import DryLanding
from warehouse.objects import read_object
from warehouse.store import Store

_BEGIN = ("nightly", "import")  # jobs that write down first what is watched
# Steps that hand over, or write for people: the ledger of deliveries is kept, not made again.
_REPEATED = ("digest", "delivery", "alerts", "report")


class Replay:
    """Makes runs again in an open warehouse, out of the folder `landing`; `home` is one that nobody uses."""

    def __init__(self, store: Store, landing: Path, home: Home) -> None:
        self._store = store
        self._landing = landing
        self._home = home

    def repeat(self, past: PastRun) -> None:
        """Make a run again.

        Raises:
            WarehouseError: its landing is damaged, or was made by another release that asked otherwise.
        """
        run = self._open(past)
        with self._store.transaction():
            self._store.run("interrupt_runs")
            write_run(run, past.note["job"], past.note["period"], past.note["software_version"])
            if past.note["job"] in _BEGIN:
                begin(run)
        with Builders() as builders:
            imports = ImportAgain(run, self._landing, builders)
            for step in past.steps:
                run.past = step
                run.memory = LandedMemory(self._landing, step.lines, f"{past.name}, step {step.name}")
                self._repeat_step(run, past, step, imports)
        if past.note["job"] == "backfill" and past.tail:
            run.memory = LandedMemory(self._landing, past.tail, past.name)
            read_again(run, past.tail, past.histories)
        if past.end:
            with self._store.transaction():
                self._store.run("close_run", run_id=run.run_id, **past.end)
                if past.does:
                    write_periods(self._store, run.inputs.settings.schedule, past.does, run.run_id, run.clock)

    def _open(self, past: PastRun) -> Run:
        clock = dt.datetime.fromisoformat(past.note["clock"])
        run = Run(
            self._read_inputs(past),
            self._store,
            DryLanding(self._landing),
            past.run_id,
            clock,
            memory=LandedMemory(self._landing, (), past.name),
        )
        add_settled(run, past.note["settled"])
        return run

    def _read_inputs(self, past: PastRun) -> Inputs:
        parts = {name: read_object(self._landing, key) for name, key in past.note["objects"].items()}
        try:
            return Inputs(
                file=self._home.folder / "watchlist.toml",
                settings=msgspec.json.decode(parts["settings"], type=Settings),
                vocabulary=msgspec.json.decode(parts["vocabulary"], type=Vocabulary),
                items=msgspec.json.decode(parts["items"], type=tuple[WatchItem, ...]),
                home=self._home,
                secrets=Secrets(),
                overrides=msgspec.json.decode(parts["overrides"], type=tuple[Override, ...]),
                reviews=msgspec.json.decode(parts["reviews"], type=tuple[Review, ...]),
            )
        except msgspec.DecodeError as error:
            raise WarehouseError(
                f"landing: the settings of {past.name} are not in this release's form: {error}",
                "rebuild with the release that ran",
            ) from error

    def _repeat_step(self, run: Run, past: PastRun, step: PastStep, imports: ImportAgain) -> None:
        job = past.note["job"]
        if job == "backfill" and step.name == "history":
            numbers = past.histories or (_list_asked(step.lines) if step.is_done else _list_asked(step.lines)[:-1])
            read_again(run, step.lines, numbers)
            self._write_row(run, step)
        elif step.name in _REPEATED or not step.is_done:
            self._write_row(run, step)
        elif job == "import" and step.name == "import":
            _expect(past, imports.repeat(step))
        elif step.name in STEPS:
            _expect(past, take_step(run, step.name))
        else:
            raise WarehouseError(
                f"landing: {past.name} has a step {step.name}, which this release does not know", "use a newer release"
            )

    def _write_row(self, run: Run, step: PastStep) -> None:
        """Put a step's row as it was."""
        run.steps.append(StepResult(step.name))
        with self._store.transaction():
            if not step.is_done and step.name in SOURCES:
                write_failed_checks(run, step.name, TrialwatchError(step.row["message"]))
            run.write_step(run.steps[-1], is_past=True)
        run.take_issues()


def _list_asked(lines: Sequence[object]) -> list[str]:
    return [line.content["nct_id"] for line in lines if getattr(line, "kind", "") == "reading"]  # type: ignore[attr-defined]


def _expect(past: PastRun, result: StepResult) -> None:
    if result.error:
        raise WarehouseError(
            f"{past.name} cannot be made again: {result.step}: {result.error.message}", result.error.hint
        )
