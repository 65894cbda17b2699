"""One run under way: its steps, its issues, and what every step is handed. It decides nothing of a source."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

import duckdb
import msgspec
import structlog

from dags.inputs import Inputs
from dags.past import PastStep
from dags.remembering import LandingMemory
from etl.ledger_schemas import ISSUE, SOURCE_CHECK
from etl.schemas import build_frame
from extractors.http import Memory
from models.errors import REPORT, ContractError, TrialwatchError, WarehouseError
from models.page import Proof
from warehouse.database import first_line, is_damage
from warehouse.disk import IS_IT_FULL
from warehouse.landing import Landing
from warehouse.store import Store

_log = structlog.get_logger(__name__)


class Check(msgspec.Struct, frozen=True):
    """One item's proof; `outcome` overrides what it says (failed, same_day, unproved). `query_hash`: what was asked."""

    proof: Proof
    query_hash: str
    source_day: dt.date | None
    outcome: str = ""


class StepResult:
    """What a step did: `summary` for people; `error` where it failed, and `read_at`, when its source was last read.

    One that is a part of several may leave the checks of all tables to a later one (`is_checked`).
    """

    def __init__(self, step: str) -> None:
        self.step = step
        self.summary = ""
        self.error: TrialwatchError | None = None
        self.is_checked = True
        self.read_at: dt.datetime | None = None
        self.seconds = 0.0

    def describe_error(self) -> str:
        """Return what failed and since when; empty where nothing did."""
        since = f"; not read since {self.read_at.date()}" if self.read_at else ""
        return f"{self.error.message}{since}" if self.error else ""


class Run:
    """A run under way: what its steps share. A context manager, which lets go of the landing however it ends.

    `memory` hears of every exchange with a source; of a run that is made again it answers in its place.
    """

    def __init__(
        self,
        inputs: Inputs,
        store: Store,
        landing: Landing,
        run_id: int,
        clock: dt.datetime,
        *,
        memory: Memory | None = None,
    ) -> None:
        self.memory: Memory = memory or LandingMemory(landing)
        self.past: PastStep | None = None  # the step that is made again
        self.inputs = inputs
        self.store = store
        self.landing = landing
        self.run_id = run_id
        self.clock = clock
        self.steps: list[StepResult] = []
        self._issues: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        structlog.contextvars.bind_contextvars(run_id=self.run_id)
        return self

    def __exit__(self, *_: object) -> None:
        structlog.contextvars.unbind_contextvars("run_id")
        self.landing.release()

    def add_issue(self, severity: str, source: str, message: str, *, record: str = "", path: str = "") -> None:
        """Note and log what went wrong; it becomes a row when the step ends, whatever becomes of the step."""
        place = {name: value for name, value in (("record", record), ("path", path)) if value}
        _log.warning(message, source=source, **place)
        self._keep_issue(severity, source, message, record, path)

    def _keep_issue(self, severity: str, source: str, message: str, record: str = "", path: str = "") -> None:
        self._issues.append(
            {
                "run_id": self.run_id,
                "severity": severity,
                "source": source,
                "record": record or None,
                "path": path or None,
                "message": message,
                "observed_at": self.clock,
            }
        )

    def add_contract_issue(self, error: ContractError) -> None:
        """Note a record that could not be read."""
        self.add_issue("error", error.source, error.reason, record=error.record, path=error.path)

    def begin_again(self, reason: str) -> None:
        """Undo what the step under way has written and noted, as if it had not begun; what was landed stays."""
        _log.warning("step begun again", reason=reason)
        self.store.begin_again()
        self._issues.clear()
        self.landing.note("begun_again", reason=reason)

    def add_checks(self, source: str, checks: Iterable[Check]) -> None:
        """Note how complete the extraction of some items was."""
        rows = [
            {
                "run_id": self.run_id,
                "source": source,
                "item": check.proof.item,
                "query_hash": check.query_hash,
                "source_day": check.source_day,
                "outcome": check.outcome or ("proved" if check.proof.is_proved else "unproved"),
                "expected": check.proof.expected,
                "received": check.proof.received,
                "reason": check.proof.reason or None,
                "checked_at": self.clock,
            }
            for check in checks
        ]
        self.store.append("source_check", build_frame(rows, SOURCE_CHECK))

    @contextlib.contextmanager
    def step(
        self,
        name: str,
        *,
        is_atomic: bool = True,
        is_checked: bool = True,
        on_failure: Callable[[TrialwatchError], None] = lambda _: None,
    ) -> Iterator[StepResult]:
        """Run a step as one transaction. A known failure rolls it back, is noted, and ends the step, not the run.

        A step that is not atomic opens transactions of its own: what it committed before it failed stays. The step's
        row is committed with what it did, or, where it failed, with what `on_failure` writes. One that writes no
        record, but only tells, needs no checks of the tables.
        """
        result = StepResult(name)
        result.is_checked = is_checked
        self.steps.append(result)
        started = time.perf_counter()
        try:
            with self.store.transaction() if is_atomic else contextlib.nullcontext():
                yield result
                if result.is_checked:
                    self._check_tables(name)
                self.landing.secure()
                with contextlib.nullcontext() if is_atomic else self.store.transaction():
                    result.seconds = time.perf_counter() - started
                    row = self.write_step(result, is_past=bool(self.past) and name == "import")
        except (TrialwatchError, duckdb.Error, OSError) as error:
            # Trouble with the database or the disk is the step's own failure; a bug is not caught here.
            if isinstance(error, duckdb.Error) and is_damage(error):
                raise  # nothing that the file holds can be built on, or published
            known = error if isinstance(error, TrialwatchError) else WarehouseError(first_line(error), IS_IT_FULL)
            result.error = known
            result.seconds = time.perf_counter() - started
            self._keep_issue("error", name, known.message)  # whoever hears of the step says it to people
            self.landing.note("failure", step=name, message=known.message)
            self.landing.secure()
            with self.store.transaction():
                on_failure(known)
                row = self.write_step(result)
        self.landing.note("step", row=row, issues=self.take_issues())

    def _check_tables(self, step: str) -> None:
        for name, rows in self.store.find_failures():
            if name.endswith("_fail"):
                raise WarehouseError(f"check {name} fails on {rows.height} rows, {rows.row(0)} first", REPORT)
            self.add_issue("warning", step, f"check {name}: {rows.height} rows", record=str(rows.row(0)[0]))

    def write_step(self, result: StepResult, *, is_past: bool = False) -> dict[str, Any]:
        """Write the row and the issues of the newest step into the open transaction; return the row.

        Of a step that is made again the seconds are those of then; with `is_past` all is, the issues too.
        """
        row = {
            "step_no": len(self.steps),
            "step": result.step,
            "status": "failed" if result.error else "done",
            "seconds": round(result.seconds, 3),
            "summary": result.summary or None,
            "message": result.error.message if result.error else None,
        }
        if self.store.read_value("unplaced_versions"):
            self.store.run("place_versions")
        if self.past:
            row = self.past.row if is_past else row | {"seconds": self.past.row["seconds"]}
        if self.past and is_past:
            self._issues = [_read_issue(issue) for issue in self.past.issues]
        self.store.run("add_step", run_id=self.run_id, **row)
        self.store.append("issue", build_frame(self._issues, ISSUE))
        return row

    def take_issues(self) -> list[dict[str, Any]]:
        """Return what went wrong since last asked; it is forgotten here."""
        issues, self._issues = self._issues, []
        return issues


def _read_issue(landed: dict[str, Any]) -> dict[str, Any]:
    return landed | {"observed_at": dt.datetime.fromisoformat(landed["observed_at"])}
