"""The nightly job: plain steps in order. Each source in its own transaction; one that fails leaves the others."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

import msgspec

from dags.articles import read_articles
from dags.delivery.jobs import has_to_send, send_alerts
from dags.derived import fill_derived
from dags.history import fill_gaps, has_suspects
from dags.inputs import Inputs
from dags.linking import link_records
from dags.reporting import find_report, write_report
from dags.review_verdicts import has_reviews, judge_reviews
from dags.run import Check, Run, StepResult
from dags.run_ledger import close_run, open_run
from dags.schedule import Job
from dags.trials import read_trials
from dags.vocabulary_loading import write_vocabulary
from dags.watching import hash_query, write_items
from dags.working_file import open_store
from models.errors import TrialwatchError
from models.page import Proof
from warehouse.store import Store

# Each source by its name: the step that reads it and says what came. A new source is one line here.
SOURCES: dict[str, Callable[[Run], str]] = {
    "clinicaltrials": read_trials,
    "pubmed": read_articles,
}
# All that a night does to the warehouse, in order; a run is made again by the same steps.
STEPS: dict[str, Callable[[Run], str]] = {
    **SOURCES,
    "history": fill_gaps,
    "link": link_records,
    "review": judge_reviews,
}


class NightlyResult(msgspec.Struct, frozen=True):
    """What a nightly run came to. `news` counts what it found; steps are in order."""

    run_id: int
    exit_code: int
    steps: list[StepResult]
    news: dict[str, int]


def run_nightly(
    inputs: Inputs, clock: dt.datetime, report: Callable[[StepResult], None] = lambda _: None
) -> NightlyResult:
    """Read every source, load it, link across sources, publish. `report` hears of each step as it ends.

    Raises:
        ConfigurationError: an unusable home, or a clock earlier than the newest run.
        BusyError: another command is writing.
        WarehouseError: the warehouse cannot be opened or published.
    """
    with inputs.home.lock("run"), open_store(inputs, clock) as store:
        return _run(inputs, store, clock, report)


def _run(inputs: Inputs, store: Store, clock: dt.datetime, report: Callable[[StepResult], None]) -> NightlyResult:
    started = time.perf_counter()
    with open_run(inputs, store, "nightly", clock.date().isoformat(), clock, begin=begin) as run:
        for source in SOURCES:
            result = take_step(run, source)
            if result.error:
                result.read_at = run.store.read_value("source_read_at", source=source)
            report(result)
        if has_suspects(run):
            report(take_step(run, "history"))
        report(take_step(run, "link"))
        if has_reviews(run):
            report(take_step(run, "review"))
        if has_to_send(run):
            with run.step("alerts", is_atomic=False, is_checked=False) as result:
                result.summary = send_alerts(run)
            report(result)
        if inputs.settings.report.after_run:
            with run.step("report", is_atomic=False, is_checked=False) as result:
                result.summary = write_report(run.store, inputs, clock, find_report(inputs))
            report(result)
        failed = [result for result in run.steps if result.error]
        exit_code = 1 if failed else 0
        news = _count_news(run)
        # A page that was not written is told, but the sources are not read again for it.
        does: Job | None = None if any(result.step != "report" for result in failed) else "nightly"
        message = "; ".join(result.describe_error() for result in failed)
        close_run(run, exit_code=exit_code, seconds=time.perf_counter() - started, message=message, does=does)
    return NightlyResult(run.run_id, exit_code, run.steps, news)


def begin(run: Run) -> None:
    """Write what is watched and by which names, and what an earlier release did not keep."""
    write_items(run)
    write_vocabulary(run)
    fill_derived(run)


def take_step(run: Run, name: str) -> StepResult:
    """Run a step of the night by its name."""
    with run.step(name, on_failure=lambda error: write_failed_checks(run, name, error)) as result:
        result.summary = STEPS[name](run)
    return result


def write_failed_checks(run: Run, step: str, error: TrialwatchError) -> None:
    """Note, where a step that reads a source failed, that nothing is proved of any item."""
    if step not in SOURCES:
        return
    checks = [
        Check(
            Proof(item.item_id, is_proved=False, expected=None, received=0, reason=error.message),
            hash_query(item),
            None,
            "failed",
        )
        for item in run.inputs.items
    ]
    run.add_checks(step, checks)


def _count_news(run: Run) -> dict[str, int]:
    counts = run.store.read_rows("count_news", run_id=run.run_id, clock=run.clock)
    return {row["news"]: row["number"] for row in counts}
