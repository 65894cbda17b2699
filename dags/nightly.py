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
from dags.review_verdicts import has_reviews, judge_reviews
from dags.run import Check, Run, StepResult, close_run, note_inputs, open_run, open_store
from dags.trials import read_trials
from dags.vocabulary_loading import write_vocabulary
from dags.watching import hash_query, write_items
from models.errors import TrialwatchError
from models.page import Proof
from warehouse.store import Store

# Each source by its name: the step that reads it and says what came. A new source is one line here.
SOURCES: dict[str, Callable[[Run], str]] = {
    "clinicaltrials": read_trials,
    "pubmed": read_articles,
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
    with open_run(inputs, store, "nightly", clock.date().isoformat(), clock) as run:
        note_inputs(run)
        with store.transaction():
            write_items(run)
            write_vocabulary(run)
            fill_derived(run)
        for source, read in SOURCES.items():
            with run.step(source) as result:
                result.summary = read(run)
            if result.error:
                result.read_at = run.store.read("source_read_at", source=source).item()
                _write_failed_checks(run, source, result.error)
            report(result)
        if has_suspects(run):
            with run.step("history") as result:
                result.summary = fill_gaps(run)
            report(result)
        with run.step("link") as result:
            result.summary = link_records(run)
        report(result)
        if has_reviews(run):
            with run.step("review") as result:
                result.summary = judge_reviews(run)
            report(result)
        if has_to_send(run):
            with run.step("alerts", is_atomic=False) as result:
                result.summary = send_alerts(run)
            report(result)
        errors = [result.describe_error() for result in run.steps if result.error]
        exit_code = 1 if errors else 0
        news = _count_news(run)
        close_run(run, exit_code=exit_code, seconds=time.perf_counter() - started, message="; ".join(errors))
    return NightlyResult(run.run_id, exit_code, run.steps, news)


def _write_failed_checks(run: Run, source: str, error: TrialwatchError) -> None:
    checks = [
        Check(
            Proof(item.item_id, is_proved=False, expected=None, received=0, reason=error.message),
            hash_query(item),
            None,
            "failed",
        )
        for item in run.inputs.items
    ]
    with run.store.transaction():
        run.add_checks(source, checks)


def _count_news(run: Run) -> dict[str, int]:
    counts = run.store.read("count_news", run_id=run.run_id, clock=run.clock)
    return {row["news"]: row["number"] for row in counts.to_dicts()}
