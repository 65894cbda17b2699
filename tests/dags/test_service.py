"""The service: one a home, told apart from other commands, asked over loopback, stopped in time, and patient."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import time_machine

from dags.health import Health
from dags.inputs import Inputs
from dags.monitor import Monitor, parse_address
from dags.sample.faults import Fault
from dags.sample.server import SampleServer
from dags.sample.world import World
from dags.schedule import list_periods
from dags.scheduler import find_idle_until, find_setback
from dags.service import LOOK, Service, WakefulScheduler, build_look
from dags.status import read_status
from models.errors import BusyError, ConfigurationError, SourceError
from models.settings import ScheduleSettings
from tests.conftest import FirstNight
from tests.dags.due import run_due

at = dt.datetime.fromisoformat
PROGRAM = Path(sys.executable).with_name("trialwatch")
NIGHT = at("2026-02-10T14:00")


def make_service(inputs: Inputs, said: list[str], naps: list[float]) -> Service:
    """Return a service that sleeps once, notes how long it would have, and stops."""

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        service.scheduler.is_stopping = True

    service = Service(inputs, Health(), lambda _: None, said.append, sleep=sleep)
    return service


def get(monitor: Monitor, path: str, host: str = "localhost") -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{monitor.port}{path}", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_home_is_served_once_and_the_second_is_told_by_whom(sample_inputs: Inputs) -> None:
    with (
        sample_inputs.home.lock_service(),
        pytest.raises(BusyError, match=r"is served already: `trialwatch serve` \(process \d+\) since 2"),
    ):
        make_service(sample_inputs, [], []).run()


def test_a_service_does_what_is_due_and_waits_where_another_command_writes(
    sample_inputs: Inputs, sample_world: World, first_night: FirstNight
) -> None:
    first_night(sample_inputs, sample_world)
    said: list[str] = []
    naps: list[float] = []
    with time_machine.travel("2026-02-11T12:00Z"), sample_inputs.home.lock("import"):
        service = make_service(sample_inputs, said, naps)
        service.run()
    assert said == [f"serving {sample_inputs.file}; next due 2026-02-12 11:00 UTC"]
    assert naps[0] <= 60
    assert not service.health.errors
    with time_machine.travel("2026-02-11T12:01Z"):
        make_service(sample_inputs, said, naps).run()
    assert said[-1].endswith("; exit 0")


def test_a_clock_that_was_set_back_starts_nothing_and_says_so(
    sample_inputs: Inputs, sample_world: World, sample_server: SampleServer, first_night: FirstNight
) -> None:
    first_night(sample_inputs, sample_world)
    early = at("2026-02-01T12:00")
    error = find_setback(sample_inputs, early)
    assert error
    assert "2026-02-01 12:00 UTC, and the newest run was at 2026-02-10 14:00 UTC" in error.message
    sample_server.requests.clear()
    assert run_due(sample_inputs, early) == []
    assert sample_server.requests == []
    assert find_setback(sample_inputs, NIGHT - dt.timedelta(seconds=30)) is None
    assert "later than this machine's clock" in read_status(sample_inputs, early)["problems"][0]


def test_a_scheduler_whose_clock_went_back_begins_anew() -> None:
    with time_machine.travel("2026-02-11T12:00Z") as traveller:
        ran: list[dt.datetime] = []
        naps = 0

        def sleep(seconds: float) -> None:
            nonlocal naps
            naps += 1
            traveller.shift(-86400 if naps == 2 else seconds)
            scheduler.is_stopping = naps > 40

        scheduler = WakefulScheduler(sleep)
        scheduler.add_job(lambda: ran.append(dt.datetime.now(dt.UTC)), build_look(LOOK), misfire_grace_time=None)
        scheduler.start()
    assert len([instant for instant in ran if instant.day == 10]) >= 2


@pytest.mark.slow
def test_a_night_that_failed_is_tried_again_after_an_hour_and_then_later(
    sample_inputs: Inputs, sample_world: World, sample_server: SampleServer, first_night: FirstNight, ask: Any
) -> None:
    first_night(sample_inputs, sample_world)
    fault = Fault(kind="status", path="/api/v2", times=None)
    sample_server.faults.append(fault)
    tried = [
        minutes
        for minutes in range(0, 480, 30)
        if run_due(sample_inputs, at("2026-02-11T11:00") + dt.timedelta(minutes=minutes))
    ]
    assert tried == [0, 60, 180, 420]
    assert find_idle_until(sample_inputs, at("2026-02-11T19:00")) == at("2026-02-11T19:00")
    sample_server.faults.clear()
    assert run_due(sample_inputs, at("2026-02-12T11:00")) == ["nightly"]
    assert ask(sample_inputs, "SELECT period, status, run_id FROM run_period ORDER BY period") == [
        ("2026-02-10", "done", 1),
        ("2026-02-11", "covered_by", 6),
        ("2026-02-12", "done", 6),
    ]
    assert find_idle_until(sample_inputs, at("2026-02-12T12:00")) >= at("2026-02-13T11:00")


def test_a_job_that_breaks_off_is_not_begun_again_at_once() -> None:
    health = Health()
    with pytest.raises(SourceError), health.watch("nightly", NIGHT):
        raise SourceError("pubmed", "no answer")
    assert not health.may_try("nightly", NIGHT + dt.timedelta(minutes=14))
    assert health.may_try("nightly", NIGHT + dt.timedelta(minutes=15))
    assert health.may_try("weekly", NIGHT)
    assert health.may_try("nightly", NIGHT - dt.timedelta(days=1)), "a clock set back must not hold it for a day"


@pytest.mark.parametrize("zone", ["UTC", "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "America/Nuuk"])
@pytest.mark.parametrize("time", ["02:30", "00:00", "23:45"])
def test_every_day_of_a_year_is_due_once_in_every_zone(zone: str, time: str) -> None:
    # In Nuuk the clock goes from 23:00 of a Saturday to midnight: that night comes after it, and is Saturday's still.
    schedule = ScheduleSettings(nightly=time, timezone=zone)
    periods = list_periods(schedule, "nightly", at("2026-01-01T12:00"), at("2027-01-01T12:00"))
    first = dt.date.fromisoformat(periods[0].label)
    assert [one.label for one in periods] == [str(first + dt.timedelta(days)) for days in range(365)]
    waits = [later.due_at - one.due_at for one, later in itertools.pairwise(periods)]
    assert dt.timedelta(hours=23) <= min(waits) <= max(waits) <= dt.timedelta(hours=25)


@pytest.mark.parametrize("text", ["0.0.0.0:9464", "192.0.2.1:80", "example.org:80", "nine", "", ":", "70000", "[::]:1"])
def test_only_this_machine_may_ask(text: str) -> None:
    with pytest.raises(ConfigurationError, match="--listen"):
        parse_address(text)


def test_a_port_is_one_of_loopback() -> None:
    assert parse_address("9464") == ("127.0.0.1", 9464)
    assert parse_address("localhost:1") == ("127.0.0.1", 1)
    assert parse_address("[::1]:1") == ("::1", 1)


def test_a_monitor_is_told_how_the_service_and_its_warehouse_are(
    sample_inputs: Inputs, sample_world: World, first_night: FirstNight
) -> None:
    health = Health()
    with Monitor(("127.0.0.1", 0), sample_inputs, health) as monitor:
        assert get(monitor, "/healthz") == (200, '{"alive": true, "job": "", "fault": ""}\n')
        status, body = get(monitor, "/readyz")
        assert status == 503
        assert "there is no warehouse" in json.loads(body)["problems"][0]
        assert "trialwatch_problems 1.0\n" in get(monitor, "/metrics")[1]
        first_night(sample_inputs, sample_world)
        with time_machine.travel("2026-02-10T15:00Z"):
            assert get(monitor, "/readyz") == (200, '{"ready": true, "problems": []}\n')
            numbers = get(monitor, "/metrics")[1]
        assert 'trialwatch_runs_total{job="nightly",status="done"} 1.0\n' in numbers
        assert 'trialwatch_source_stale{source="pubmed"} 0.0\n' in numbers
        assert get(monitor, "/")[0] == 404
        assert get(monitor, "/metrics", host="evil.example")[0] == 421
        with pytest.raises(ConfigurationError, match="already in use"):
            Monitor(("127.0.0.1", monitor.port), sample_inputs, health)


def test_a_signal_in_the_midst_of_a_line_of_the_log_is_obeyed(sample_inputs: Inputs) -> None:
    writing, said = threading.Lock(), threading.Event()

    def say(_: str) -> None:
        assert writing.acquire(timeout=10)
        writing.release()
        said.set()

    service = Service(sample_inputs, Health(), lambda _: None, say)
    kept = signal.getsignal(signal.SIGALRM)
    try:
        with writing:
            service.stop(signal.SIGTERM, None)
        assert said.wait(30)
        assert service.scheduler.is_stopping
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, kept)
        for one in threading.enumerate():
            if isinstance(one, threading.Timer):
                one.cancel()


@pytest.mark.slow
def test_a_job_that_does_not_end_is_rolled_back_within_half_a_minute(
    sample_inputs: Inputs, sample_server: SampleServer
) -> None:
    sample_server.faults.append(Fault(kind="timeout", path="/entrez", times=None, seconds=300))
    service = subprocess.Popen(
        [PROGRAM, "serve"], cwd=sample_inputs.file.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert service.stderr
    while '"step done"' not in service.stderr.readline():
        assert service.poll() is None
    service.send_signal(signal.SIGTERM)
    told = time.monotonic()
    _, shown = service.communicate(timeout=60)
    assert time.monotonic() - told < 30
    assert service.returncode == 0
    assert "rolled back: nightly" in shown
    assert not sample_inputs.home.published.exists()
    sample_server.faults.clear()
    clock = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
    assert run_due(sample_inputs, clock) == ["nightly"]
