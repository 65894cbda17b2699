"""The back-fill: the record histories of trials held, read as one job that any later one goes on from."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Collection, Iterable, Sequence

import msgspec

from dags.history import GIVE_UP_AFTER, HistoryReader, open_client, rotate
from dags.inputs import Inputs
from dags.nightly import take_step
from dags.review_verdicts import has_reviews
from dags.run import Run
from dags.run_ledger import close_run, open_run
from dags.working_file import open_store
from etl.wording import count
from models.errors import ConfigurationError, EndpointGoneError, SourceError
from models.nct import parse_nct_id
from warehouse.landed import LandedNote, Line

_EVERY = 25  # trials between two lines of progress


class BackfillResult(msgspec.Struct, frozen=True):
    """What a back-fill came to: trials asked for, those read already, versions learnt, and whether it ran through."""

    trials: int
    read_before: int
    learnt: int
    exit_code: int
    message: str = ""

    def describe(self) -> str:
        """Return the closing line, for people."""
        before = f" ({self.read_before} of them read before)" if self.read_before else ""
        return f"{count(self.trials, 'trial')}{before}: {count(self.learnt, 'version')} learnt. Exit {self.exit_code}."


def choose_trials(numbers: Sequence[str], *, is_all: bool) -> list[str]:
    """Return the trials asked for, their numbers made whole; none stands for all.

    Raises:
        ConfigurationError: neither trials nor all, both, or a number that is none.
    """
    if is_all == bool(numbers):
        raise ConfigurationError("name trials, or say --all", "trialwatch backfill NCT01968109, or --all")
    try:
        return list(dict.fromkeys(parse_nct_id(number) for number in numbers))
    except ValueError as error:
        raise ConfigurationError(str(error), "an NCT number is NCT and eight digits") from error


def run_backfill(
    inputs: Inputs,
    clock: dt.datetime,
    nct_ids: Sequence[str],
    *,
    since: dt.date | None = None,
    report: Callable[[str], None] = lambda _: None,
    tell: Callable[[int, int], None] = lambda _done, _all: None,
) -> BackfillResult:
    """Read the record histories of some trials, or of all held (`nct_ids` empty), from `since` on.

    Each trial is one transaction: what was read before a stop stays, and the next call goes on behind it. A trial that
    has no answer costs no other. A history endpoint that is not there is no failure: it is noted. `report` hears now
    and then of what was learnt, `tell` after each trial how many of how many were asked for.

    Raises:
        ConfigurationError: a trial that is not held, or a clock earlier than the newest run.
        BusyError: another command is writing.
    """
    with inputs.home.lock("backfill"), open_store(inputs, clock) as store:
        rows = store.read_rows("backfill_due", since=since)
        is_read = {row["nct_id"]: row["is_read"] for row in rows}
        _check_held(nct_ids, is_read)
        wanted = nct_ids or list(is_read)
        due = [nct_id for nct_id in wanted if not is_read[nct_id]]
        started = time.perf_counter()
        with open_run(inputs, store, "backfill", clock.date().isoformat(), clock) as run:
            progress = _Progress(len(due), report, tell)
            with run.step("history", is_atomic=False) as result:
                _read(run, due, since, progress)
                result.summary = progress.summary()
            if has_reviews(run):
                take_step(run, "review")
            errors = [one.error.message for one in run.steps if one.error]
            message = "; ".join(errors) or progress.gone
            exit_code = 1 if errors or progress.has_failed else 0
            close_run(run, exit_code=exit_code, seconds=time.perf_counter() - started, message=message)
    return BackfillResult(len(wanted), len(wanted) - len(due), progress.learnt, exit_code, message)


def _check_held(nct_ids: Iterable[str], held: Iterable[str]) -> None:
    missing = sorted(set(nct_ids) - set(held))
    if missing:
        raise ConfigurationError(
            f"not in the warehouse: {', '.join(missing)}",
            f"`trialwatch watch add {missing[0]}` and a `trialwatch run` bring it in first",
        )


class _Progress:
    """How far a back-fill has come. `missed` trials had no answer; `gone` says what came instead of the last."""

    def __init__(
        self,
        trials: int,
        report: Callable[[str], None] = lambda _: None,
        tell: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> None:
        self.trials = trials
        self.read = 0
        self.learnt = 0
        self.missed = 0
        self.in_a_row = 0
        self.has_failed = False
        self.gone = ""
        self._report = report
        self._tell = tell
        tell(0, trials)

    def add(self, learnt: int) -> None:
        self.read += 1
        self.in_a_row = 0
        self.learnt += learnt
        self._tell(self.read + self.missed, self.trials)
        if self.read % _EVERY == 0 and self.read < self.trials:
            self._report(self.summary())

    def miss(self, error: SourceError) -> None:
        self.missed += 1
        self.in_a_row += 1
        self._tell(self.read + self.missed, self.trials)
        self.has_failed |= not isinstance(error, EndpointGoneError)
        self.gone = error.message

    def summary(self) -> str:
        done = f"{self.read} of {count(self.trials, 'trial')} read, {count(self.learnt, 'version')} learnt"
        return f"{done}; {self.gone}" if self.gone else done


def read_again(run: Run, lines: Iterable[Line], numbers: Collection[str]) -> None:
    """Read out of the landing the histories that a back-fill of the past read, in its order: those of `numbers`."""
    notes = [line for line in lines if isinstance(line, LandedNote)]
    since = next((note.content["since"] for note in notes if note.kind == "backfill"), None)
    asked = [note.content["nct_id"] for note in notes if note.kind == "reading"]
    due = [nct_id for nct_id in asked if nct_id in numbers]
    _read_each(run, due, dt.date.fromisoformat(since) if since else None, _Progress(len(due)))
    run.take_issues()


def _read(run: Run, due: Sequence[str], since: dt.date | None, progress: _Progress) -> None:
    run.landing.note("backfill", since=since)
    _read_each(run, rotate(due, run.run_id), since, progress)


def _read_each(run: Run, due: Sequence[str], since: dt.date | None, progress: _Progress) -> None:
    if not due:
        return
    with open_client(run) as client:
        reader = HistoryReader(run, client)
        for nct_id in due:
            run.landing.note("reading", nct_id=nct_id)
            try:
                with run.store.transaction():
                    reading = reader.read(nct_id, since=since)
                    run.landing.flush()
            except SourceError as error:
                run.landing.flush()
                run.add_issue("warning", "history", error.message, record=nct_id)
                progress.miss(error)
                if progress.in_a_row >= GIVE_UP_AFTER:
                    return
            else:
                progress.add(reading.learnt if reading else 0)
