"""What Prometheus is told of a service and its home, read anew at each scrape. Names and labels are few and fixed."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
from collections.abc import Iterator
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dags.health import Health
from dags.inputs import Inputs
from dags.status import read_sizes, read_status
from models.errors import TrialwatchError
from warehouse.reader import query_records
from warehouse.sql import read_sql

_ITEM_STATES = ("records", "missing", "gone")


def render_metrics(inputs: Inputs, health: Health, clock: dt.datetime) -> str:
    """Return the metrics in the text format of Prometheus; without a warehouse those of the service alone."""
    registry = CollectorRegistry()
    registry.register(_Everything(inputs, health, clock))
    return generate_latest(registry).decode()


class _Everything(Collector):
    def __init__(self, inputs: Inputs, health: Health, clock: dt.datetime) -> None:
        self._inputs = inputs
        self._health = health
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        version = GaugeMetricFamily("trialwatch_build", "The release that runs.", labels=["version"])
        version.add_metric([importlib.metadata.version("trialwatch")], 1)
        yield version
        yield _gauge("trialwatch_busy", "1 while a job is under way.", float(bool(self._health.busy)))
        errors = CounterMetricFamily("trialwatch_job_errors", "Jobs of this process that broke off.", labels=["job"])
        for job, times in sorted(self._health.errors.items()):
            errors.add_metric([job], times)
        yield errors
        yield _family("trialwatch_bytes", "What a part of the data home takes.", "part", read_sizes(self._inputs))
        try:
            facts = read_status(self._inputs, self._clock)
            queries = {"runs": read_sql("statements", "run_counts")}
            runs = query_records(self._inputs.home.published, queries, {})["runs"]
        except TrialwatchError:
            yield _gauge("trialwatch_problems", "What `trialwatch status` finds wrong; no warehouse is one.", 1)
            return
        yield _gauge("trialwatch_problems", "What `trialwatch status` finds wrong.", len(facts["problems"]))
        yield from _collect_runs(runs)
        yield from _collect_facts(facts)


def _collect_runs(runs: list[dict[str, Any]]) -> Iterator[Metric]:
    counts = CounterMetricFamily("trialwatch_runs", "Runs in the ledger.", labels=["job", "status"])
    newest = GaugeMetricFamily(
        "trialwatch_run_timestamp_seconds", "The clock of the newest run.", labels=["job", "status"]
    )
    seconds = GaugeMetricFamily("trialwatch_run_duration_seconds", "How long it took.", labels=["job", "status"])
    for row in runs:
        labels = [row["job"], row["status"]]
        counts.add_metric(labels, row["runs"])
        newest.add_metric(labels, _stamp(row["newest_at"]))
        if row["seconds"] is not None:
            seconds.add_metric(labels, row["seconds"])
    yield from (counts, newest, seconds)


def _collect_facts(facts: dict[str, Any]) -> Iterator[Metric]:
    sources, items, letters = facts["sources"], facts["items"], facts["letters"]
    stale = {one["source"]: one["is_stale"] for one in sources}
    yield _family("trialwatch_source_stale", "1 where a source is stale or not read.", "source", stale)
    days = {one["source"]: _stamp(one["source_day"]) for one in sources if one["source_day"]}
    yield _family("trialwatch_source_day_timestamp_seconds", "The newest day a source was read of.", "source", days)
    unproved = {one["source"]: 0 for one in sources}
    for item in items:
        unproved[item["source"]] += item["outcome"] != "proved"
    yield _family("trialwatch_items_unproved", "Watched items last not proved.", "source", unproved)
    states = {state: sum(item[state] for item in items) for state in _ITEM_STATES}
    yield _family("trialwatch_item_records", "Records of the items, one counted for each item.", "state", states)
    waiting = {state: len(letters[state]) if letters else 0 for state in ("planned", "refused", "doubt")}
    yield _family("trialwatch_messages", "Messages not sent.", "state", waiting)
    due = {job: _stamp(instant) for job, instant in facts["due"].items()}
    yield _family("trialwatch_due_timestamp_seconds", "When a job is due next.", "job", due)


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help_text, value=value)


def _family(name: str, help_text: str, label: str, values: dict[str, Any]) -> Metric:
    family = GaugeMetricFamily(name, help_text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], float(value))
    return family


def _stamp(moment: dt.date) -> float:
    """Return seconds since 1970 of an instant or a day's beginning, UTC."""
    instant = moment if isinstance(moment, dt.datetime) else dt.datetime.combine(moment, dt.time())
    return instant.replace(tzinfo=dt.UTC).timestamp()
