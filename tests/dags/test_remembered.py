"""Which way of asking worked is known the next night; what is refused again is walked past once; a month is enough."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog

from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.remembered import FORGOTTEN_AFTER, Remembered, read_remembered, write_remembered
from dags.sample.faults import Reply
from dags.sample.server import SampleServer
from dags.sample.world import World
from dags.status import describe_sources, read_status
from extractors.transports import LADDER
from tests.conftest import at_night

FIRST = dt.date(2026, 2, 10)
NOW = at_night(FIRST)


class Wall:
    """Refuses, at the registry, by User-Agent; `asked` keeps what came, named or not, and whether it passed."""

    def __init__(self, server: SampleServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.refuses: Callable[[str], bool] = bool
        self.asked: list[str] = []
        self._answer = server.answer
        monkeypatch.setattr(server, "answer", self.answer)

    def answer(self, method: str, target: str, form: str, user_agent: str) -> Reply:
        if "/api/v2/" not in target:
            return self._answer(method, target, form, user_agent)
        is_refused = self.refuses(user_agent)
        self.asked.append(("named" if user_agent else "unnamed") + (" refused" if is_refused else ""))
        if is_refused:
            return Reply(403, "text/html", b"<html>no</html>")
        return self._answer(method, target, form, user_agent)

    def take_asked(self) -> list[str]:
        asked, self.asked = self.asked, []
        return asked


@pytest.fixture
def wall(sample_server: SampleServer, monkeypatch: pytest.MonkeyPatch) -> Wall:
    return Wall(sample_server, monkeypatch)


@pytest.fixture
def inputs(sample_server: SampleServer, write_watchlist: Callable[..., Path]) -> Inputs:
    return read_inputs(write_watchlist(sample_server, 'trials = ["NCT99000101"]'), environment={})


def run_day(inputs: Inputs, world: World, number: int) -> int:
    world.serve(FIRST + dt.timedelta(days=number))
    return run_nightly(inputs, at_night(FIRST + dt.timedelta(days=number))).exit_code


def read_line(inputs: Inputs, number: int) -> str:
    facts = read_status(inputs, at_night(FIRST + dt.timedelta(days=number)))
    return next(line for line in describe_sources(facts) if line.startswith("clinicaltrials"))


@pytest.mark.slow
def test_the_next_night_begins_with_the_way_that_worked_and_a_month_later_with_the_first(
    inputs: Inputs, sample_world: World, wall: Wall
) -> None:
    assert run_day(inputs, sample_world, 0) == 0
    first = wall.take_asked()
    assert first[:4] == ["named refused"] * 3 + ["unnamed"]
    assert set(first[4:]) == {"unnamed"}
    assert read_line(inputs, 0).endswith("asked by urllib-no-agent since 2026-02-10")

    assert run_day(inputs, sample_world, 1) == 0
    assert set(wall.take_asked()) == {"unnamed"}
    assert read_line(inputs, 1).endswith("asked by urllib-no-agent since 2026-02-10")

    assert run_day(inputs, sample_world, 30) == 0
    assert set(wall.take_asked()) == {"unnamed"}

    assert run_day(inputs, sample_world, 31) == 0
    assert wall.take_asked()[:4] == ["named refused"] * 3 + ["unnamed"]
    assert read_line(inputs, 31).endswith("since 2026-03-13")


@pytest.mark.slow
def test_where_the_remembered_way_is_refused_the_others_are_each_walked_once_in_their_order(
    inputs: Inputs, sample_world: World, wall: Wall
) -> None:
    run_day(inputs, sample_world, 0)
    wall.take_asked()
    wall.refuses = lambda agent: not agent
    assert run_day(inputs, sample_world, 1) == 0
    asked = wall.take_asked()
    assert asked[0] == "unnamed refused"
    assert set(asked[1:]) == {"named"}
    assert "asked by" not in read_line(inputs, 1)
    assert run_day(inputs, sample_world, 2) == 0
    assert set(wall.take_asked()) == {"named"}


@pytest.mark.slow
def test_refused_by_all_each_way_is_tried_once_and_what_is_known_stays(
    inputs: Inputs, sample_world: World, wall: Wall, ask: Callable[..., list[tuple[Any, ...]]]
) -> None:
    run_day(inputs, sample_world, 0)
    wall.take_asked()
    wall.refuses = lambda _: True
    assert run_day(inputs, sample_world, 1) == 1
    assert wall.take_asked() == ["unnamed refused", *["named refused"] * 3]
    message = ask(inputs, "SELECT message FROM run_step WHERE status = 'failed'")[0][0]
    assert message.endswith("tried: urllib-no-agent, httpx, httpx-tls1.2, urllib")
    wall.refuses = bool
    assert run_day(inputs, sample_world, 2) == 0
    assert set(wall.take_asked()) == {"unnamed"}


def test_a_way_is_remembered_though_the_source_fails_after_it(
    inputs: Inputs, sample_world: World, sample_server: SampleServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = sample_server.answer

    def answer_failing(method: str, target: str, form: str, user_agent: str) -> Reply:
        if "/api/v2/" in target and user_agent:
            return Reply(403, "text/html", b"")
        return Reply(503, "text/html", b"") if "/studies" in target else answer(method, target, form, user_agent)

    monkeypatch.setattr(sample_server, "answer", answer_failing)
    assert run_day(inputs, sample_world, 0) == 1
    assert json.loads(inputs.home.transports.read_bytes())["clinicaltrials"]["rung"] == "urllib-no-agent"


def test_a_way_that_is_set_is_neither_looked_up_nor_remembered(inputs: Inputs, sample_world: World, wall: Wall) -> None:
    text = inputs.file.read_text().replace(
        "[source.clinicaltrials]\n", '[source.clinicaltrials]\ntransport = "urllib-no-agent"\n'
    )
    inputs.file.write_text(text)
    assert run_day(read_inputs(inputs.file, environment={}), sample_world, 0) == 0
    assert set(wall.take_asked()) == {"unnamed"}
    assert not inputs.home.transports.exists()


# The file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "transports.json"


def test_a_way_that_goes_on_working_keeps_its_first_day(file: Path) -> None:
    write_remembered(file, "clinicaltrials", "urllib", LADDER, NOW)
    write_remembered(file, "clinicaltrials", "urllib", LADDER, NOW + dt.timedelta(days=1))
    assert read_remembered(file, "clinicaltrials", NOW + FORGOTTEN_AFTER) == Remembered("urllib", NOW)
    assert read_remembered(file, "clinicaltrials", NOW + FORGOTTEN_AFTER + dt.timedelta(seconds=1)) is None


def test_a_way_found_again_after_it_was_forgotten_begins_a_new_month(file: Path) -> None:
    write_remembered(file, "clinicaltrials", "urllib", LADDER, NOW)
    later = NOW + FORGOTTEN_AFTER + dt.timedelta(days=1)
    write_remembered(file, "clinicaltrials", "urllib", LADDER, later)
    assert read_remembered(file, "clinicaltrials", later) == Remembered("urllib", later)


def test_the_first_way_needs_no_note_and_leaves_those_of_other_sources(file: Path) -> None:
    write_remembered(file, "clinicaltrials", "urllib", LADDER, NOW)
    write_remembered(file, "pubmed", "urllib", LADDER, NOW)
    write_remembered(file, "clinicaltrials", "httpx", LADDER, NOW)
    assert read_remembered(file, "clinicaltrials", NOW) is None
    assert read_remembered(file, "pubmed", NOW) == Remembered("urllib", NOW)


def test_a_note_of_the_future_is_not_believed(file: Path) -> None:
    write_remembered(file, "clinicaltrials", "urllib", LADDER, NOW)
    assert read_remembered(file, "clinicaltrials", NOW - dt.timedelta(days=1)) is None


@pytest.mark.parametrize("body", [b"", b"no json", b"[]", b'{"clinicaltrials": {"rung": "wget", "since": 1}}', b"\xff"])
def test_a_file_that_cannot_be_read_is_as_good_as_none_and_said(file: Path, body: bytes) -> None:
    file.write_bytes(body)
    with structlog.testing.capture_logs() as logs:
        assert read_remembered(file, "clinicaltrials", NOW) is None
    assert len(logs) == 1
    write_remembered(file, "clinicaltrials", "urllib", LADDER, NOW)
    assert read_remembered(file, "clinicaltrials", NOW) == Remembered("urllib", NOW)


def test_a_place_that_cannot_be_written_to_is_said_and_stops_nothing(tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as logs:
        write_remembered(tmp_path / "no" / "transports.json", "clinicaltrials", "urllib", LADDER, NOW)
    assert [one["event"] for one in logs] == ["cannot note which way of asking worked"]
