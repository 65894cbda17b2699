"""When jobs are due, by the ledger; and the service as a process."""

from __future__ import annotations

import datetime as dt
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dags.inputs import Inputs
from dags.sample.world import World
from dags.schedule import build_rules, find_last_due, find_next_due
from models.settings import ScheduleSettings
from tests.dags.due import run_due

Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]
at = dt.datetime.fromisoformat
PROGRAM = Path(sys.executable).with_name("trialwatch")


@pytest.mark.parametrize(
    ("clock", "last_nightly", "last_weekly", "next_due"),
    [
        ("2026-02-12T14:00", "2026-02-12T11:00", "2026-02-09T07:00", "2026-02-13T11:00"),
        ("2026-02-12T11:00", "2026-02-12T11:00", "2026-02-09T07:00", "2026-02-12T11:00"),
        ("2026-02-12T10:59", "2026-02-11T11:00", "2026-02-09T07:00", "2026-02-12T11:00"),
        ("2026-02-16T07:30", "2026-02-15T11:00", "2026-02-16T07:00", "2026-02-16T11:00"),
    ],
)
def test_what_was_and_will_be_due(clock: str, last_nightly: str, last_weekly: str, next_due: str) -> None:
    now = at(clock)
    rules = build_rules(ScheduleSettings())
    assert find_last_due(rules["nightly"], now) == at(last_nightly)
    assert find_last_due(rules["weekly"], now) == at(last_weekly)
    assert find_next_due(ScheduleSettings(), now) == at(next_due)


@pytest.mark.parametrize("day", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)])
def test_a_named_zone_fires_once_on_the_days_the_clock_changes(day: dt.date) -> None:
    schedule = ScheduleSettings(nightly="02:30", timezone="Europe/Amsterdam")
    rule = build_rules(schedule)["nightly"]
    start = dt.datetime.combine(day, dt.time()) - dt.timedelta(hours=2)
    fires = {find_last_due(rule, start + dt.timedelta(minutes=10 * step)) for step in range(6 * 24)}
    assert len({fire for fire in fires if start <= fire < start + dt.timedelta(hours=24)}) == 1


def test_a_day_named_monday_is_a_monday() -> None:
    fire = find_last_due(build_rules(ScheduleSettings())["weekly"], at("2026-02-12T00:00"))
    assert fire.isoweekday() == 1


@pytest.mark.slow
def test_each_period_is_done_once_and_missed_nights_are_covered_by_one_run(
    sample_inputs: Inputs, sample_world: World, ask: Ask
) -> None:
    assert run_due(sample_inputs, at("2026-02-10T14:00")) == ["nightly"]  # no letter before the first night
    assert run_due(sample_inputs, at("2026-02-10T15:00")) == []
    sample_world.serve(dt.date(2026, 2, 12))
    assert run_due(sample_inputs, at("2026-02-16T12:00")) == ["nightly", "weekly"]
    assert run_due(sample_inputs, at("2026-02-16T13:00")) == []
    assert run_due(sample_inputs, at("2026-02-17T11:00")) == ["nightly"]
    assert ask(sample_inputs, "SELECT job, period FROM run ORDER BY run_id") == [
        ("nightly", "2026-02-10"),
        ("nightly", "2026-02-16"),
        ("weekly", "2026-W07"),
        ("nightly", "2026-02-17"),
    ]
    assert ask(sample_inputs, "SELECT period, status, run_id FROM run_period WHERE job = 'nightly' ORDER BY 1") == [
        ("2026-02-10", "done", 1),
        *((f"2026-02-{day}", "covered_by", 2) for day in range(11, 16)),
        ("2026-02-16", "done", 2),
        ("2026-02-17", "done", 4),
    ]
    assert ask(sample_inputs, "SELECT period, status FROM run_period WHERE job = 'weekly'") == [("2026-W07", "done")]


@pytest.mark.slow
def test_missed_weeks_are_told_in_one_letter(sample_inputs: Inputs, sample_world: World, ask: Ask) -> None:
    run_due(sample_inputs, at("2026-02-05T14:00"))
    assert run_due(sample_inputs, at("2026-02-09T07:00")) == ["nightly", "weekly"]
    sample_world.serve(dt.date(2026, 2, 12))
    assert run_due(sample_inputs, at("2026-02-15T12:00")) == ["nightly"]
    assert run_due(sample_inputs, at("2026-03-03T08:00")) == ["nightly", "weekly"]
    assert ask(sample_inputs, "SELECT period, since_at, until_at FROM digest ORDER BY until_at") == [
        ("2026-W06", at("2026-02-02"), at("2026-02-09")),
        ("2026-W07 to W09", at("2026-02-09"), at("2026-03-02")),
    ]
    assert ask(sample_inputs, "SELECT period, status FROM run_period WHERE job = 'weekly' ORDER BY due_at") == [
        ("2026-W06", "done"),
        ("2026-W07", "covered_by"),
        ("2026-W08", "covered_by"),
        ("2026-W09", "done"),
    ]
    letter = (sample_inputs.home.digests / "2026-W07_to_W09.md").read_text()
    assert letter.startswith("# Trial watch 2026-W07 to W09 (9 Feb – 1 Mar 2026)")
    assert "Recruiting → Terminated" in letter


def test_the_weeks_missed_before_the_first_letter_have_a_row_each(sample_inputs: Inputs, ask: Ask) -> None:
    run_due(sample_inputs, at("2026-02-05T14:00"))
    assert run_due(sample_inputs, at("2026-02-24T08:00")) == ["nightly", "weekly"]
    assert ask(sample_inputs, "SELECT period, status FROM run_period WHERE job = 'weekly' ORDER BY due_at") == [
        ("2026-W06", "covered_by"),
        ("2026-W07", "covered_by"),
        ("2026-W08", "done"),
    ]
    assert (sample_inputs.home.digests / "2026-W06_to_W08.md").exists()


def test_the_service_catches_up_and_stops_when_told(sample_inputs: Inputs) -> None:
    service = subprocess.Popen(
        [PROGRAM, "serve"], cwd=sample_inputs.file.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 180
    while not sample_inputs.home.published.exists():
        assert service.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
    service.send_signal(signal.SIGTERM)
    _, shown = service.communicate(timeout=60)
    assert service.returncode == 0
    said = [json.loads(line) for line in shown.splitlines()]
    assert "next due" in said[0]["event"]
    assert any(line["event"].startswith("SIGTERM: stopping") for line in said)
    steps = {line["step"]: line["run_id"] for line in said if line["event"] == "step done"}
    assert steps["clinicaltrials"] == 1
