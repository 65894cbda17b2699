"""Real record histories are the judge: back-filled, filled between nights, or seen night by night, the log is one."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dags.backfill import run_backfill
from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.sample.server import SampleServer
from dags.sample.world import World
from tests.conftest import Snapshot, at_night
from warehouse.reader import query_rows

LAST_DAY = dt.date(2026, 3, 2)
LOG = """
SELECT nct_id, kind, action, field, item, old_value, new_value, source_submit_date
FROM trial_change
WHERE action <> 'overdue'  -- found by looking at a day, not by anything the source says
ORDER BY ALL
"""
Line = dict[str, Any]
Rows = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def recorded(shared: Path) -> list[Line]:
    """The recorded histories, with their truth."""
    with gzip.open(shared / "recorded" / "histories.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def file(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recorded histories in a folder of the test's own."""
    packed = (shared / "recorded" / "histories.jsonl.gz").read_bytes()
    path = tmp_path_factory.mktemp("histories") / "histories.jsonl"
    path.write_bytes(gzip.decompress(packed))
    return path


@pytest.fixture
def server(file: Path) -> Iterator[SampleServer]:
    """A registry that serves each record as its newest version by the world's day, and their histories."""
    with SampleServer(World.read_histories(file)) as serving:
        yield serving


@pytest.fixture
def watch(
    server: SampleServer, recorded: list[Line], write_watchlist: Callable[..., Path], tmp_path: Path
) -> Callable[..., Inputs]:
    """Return a maker of inputs that watch every recorded trial, each in a home of its own."""
    ids = [line["nct_id"] for line in recorded]

    def make(name: str) -> Inputs:
        quoted = ", ".join(f'"{nct_id}"' for nct_id in ids)
        return read_inputs(write_watchlist(server, f"trials = [{quoted}]", tmp_path / name), environment={})

    return make


def serve(server: SampleServer, inputs: Inputs, day: dt.date) -> None:
    server.world.serve(day)
    result = run_nightly(inputs, at_night(day))
    assert (result.exit_code, [step.error for step in result.steps if step.error]) == (0, [])


def ask(inputs: Inputs, query: str) -> Rows:
    return query_rows(inputs.home.published, query)[1]


def backfill_at_once(server: SampleServer, inputs: Inputs) -> None:
    serve(server, inputs, LAST_DAY)
    result = run_backfill(inputs, at_night(LAST_DAY), [])
    assert (result.exit_code, result.message) == (0, "")


def test_the_status_history_is_the_recorded_truth(
    server: SampleServer, watch: Callable[..., Inputs], recorded: list[Line]
) -> None:
    inputs = watch("home")
    backfill_at_once(server, inputs)
    spells = ask(inputs, "SELECT nct_id, status, CAST(valid_from AS VARCHAR) FROM trial_status_history ORDER BY ALL")
    truth = [(line["nct_id"], status, start) for line in recorded for status, start in line["status_history"]]
    assert spells == sorted(truth)
    tiles = ask(
        inputs,
        """
        SELECT count(*) FILTER (valid_to IS NULL), count(DISTINCT nct_id),
            count(*) FILTER (valid_to IS DISTINCT FROM next_from)
        FROM (
            SELECT *, lead(valid_from) OVER (PARTITION BY nct_id ORDER BY valid_from) AS next_from
            FROM trial_status_history
        )
        """,
    )
    assert tiles == [(len(recorded), len(recorded), 0)]


def test_there_is_one_row_a_status_change_and_none_is_news(
    server: SampleServer, watch: Callable[..., Inputs], recorded: list[Line]
) -> None:
    inputs = watch("home")
    backfill_at_once(server, inputs)
    changes = ask(inputs, "SELECT nct_id, old_status, new_status, source_submit_date, origin FROM trial_status_change")
    truth = [
        (line["nct_id"], old, new, dt.date.fromisoformat(start), "backfill")
        for line in recorded
        for (old, _), (new, start) in zip(line["status_history"], line["status_history"][1:], strict=False)
    ]
    assert sorted(changes) == sorted(truth)
    assert ask(inputs, "SELECT DISTINCT origin FROM trial_change") == [("backfill",)]


def test_a_trial_as_of_a_day_is_the_version_in_force_then(
    server: SampleServer, watch: Callable[..., Inputs], recorded: list[Line]
) -> None:
    inputs = watch("home")
    backfill_at_once(server, inputs)
    chance = random.Random(20260302)
    days = [dt.date(2004, 1, 1) + dt.timedelta(days=chance.randrange(8000)) for _ in range(25)]
    for day in days:
        found = ask(
            inputs,
            "SELECT nct_id, overall_status, start_date, primary_completion_date, completion_date, enrollment "
            f"FROM trial_as_of('{day}') ORDER BY 1",
        )
        assert found == sorted(_state(line, day) for line in recorded if line["changes"][0]["date"] <= f"{day}"), day


def _state(line: Line, day: dt.date) -> tuple[Any, ...]:
    version = [one["version"] for one in line["changes"] if one["date"] <= f"{day}"][-1]
    protocol = line["studies"][str(version)]["protocolSection"]
    status = protocol["statusModule"]
    dates = [
        _first_day(status.get(f"{name}DateStruct", {}).get("date"))
        for name in ("start", "primaryCompletion", "completion")
    ]
    count = protocol.get("designModule", {}).get("enrollmentInfo", {}).get("count")
    return line["nct_id"], status["overallStatus"], *dates, count


def _first_day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(f"{text}-01"[:10]) if text else None


@pytest.mark.slow
def test_a_second_back_fill_asks_nothing_and_adds_nothing(
    server: SampleServer, watch: Callable[..., Inputs], snapshot: Snapshot
) -> None:
    inputs = watch("home")
    backfill_at_once(server, inputs)
    before, asked = snapshot(inputs.home.published), len(server.requests)
    result = run_backfill(inputs, at_night(LAST_DAY + dt.timedelta(days=1)), [])
    assert (result.learnt, result.exit_code) == (0, 0)
    assert len(server.requests) == asked
    assert snapshot(inputs.home.published) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    "is_endpoint_up",
    [
        pytest.param(True, id="filled-night-by-night", marks=pytest.mark.slow),
        pytest.param(False, id="filled-afterwards"),
    ],
)
def test_however_it_was_learnt_the_log_in_source_time_is_one(
    server: SampleServer, watch: Callable[..., Inputs], recorded: list[Line], *, is_endpoint_up: bool
) -> None:
    at_once = watch("at-once")
    backfill_at_once(server, at_once)
    by_night = watch("by-night")
    server.has_histories = is_endpoint_up
    chance = random.Random(7)
    dates = sorted({dt.date.fromisoformat(one["date"]) for line in recorded for one in line["changes"]})
    for day in sorted(chance.sample(dates, 6)):
        serve(server, by_night, day + dt.timedelta(days=20))
    server.has_histories = True
    serve(server, by_night, LAST_DAY)
    result = run_backfill(by_night, at_night(LAST_DAY), [])
    assert result.exit_code == 0
    assert ask(by_night, LOG) == ask(at_once, LOG)
    spells = "SELECT nct_id, status, valid_from, valid_to FROM trial_status_history ORDER BY ALL"
    assert ask(by_night, spells) == ask(at_once, spells)


@pytest.mark.slow
def test_what_lay_between_two_nights_is_news_of_the_later_one(
    server: SampleServer, watch: Callable[..., Inputs], recorded: list[Line]
) -> None:
    line = max(recorded, key=lambda one: len(one["status_history"]))
    inputs = watch("home")
    starts = [dt.date.fromisoformat(start) for _, start in line["status_history"]]
    serve(server, inputs, starts[0] + dt.timedelta(days=40))
    serve(server, inputs, LAST_DAY)
    query = (
        "SELECT old_status, new_status, source_submit_date, origin = 'backfill' FROM trial_status_change "
        f"WHERE nct_id = '{line['nct_id']}' ORDER BY source_submit_date"
    )
    moves = zip(line["status_history"], line["status_history"][1:], strict=False)
    assert ask(inputs, query) == [(old, new, dt.date.fromisoformat(start), False) for (old, _), (new, start) in moves]
    assert ask(inputs, "SELECT count(*) FROM trial_change WHERE origin = 'gap'")[0][0] > 0
    assert ask(inputs, "SELECT DISTINCT CAST(observed_at AS DATE) FROM trial_change") == [(LAST_DAY,)]
