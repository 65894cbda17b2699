"""A record that one answer to a search held, though nothing of it is what was searched for."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.sample.faults import Reply
from dags.sample.server import SampleServer
from dags.sample.world import World
from tests.conftest import at_night

FIRST = dt.date(2026, 2, 10)
STRAY = "NCT99000599"
TRACKED = "SELECT record FROM watch_match WHERE source = 'clinicaltrials' ORDER BY record"
EVENTS = f"SELECT kind, detail, CAST(source_day AS VARCHAR) FROM watch_event WHERE record = '{STRAY}' ORDER BY run_id"
Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]


class Stage(NamedTuple):
    """A home that watches one agent. `astray` holds the days on which its search returns a trial of something else."""

    inputs: Inputs
    world: World
    astray: set[dt.date]

    def run(self, *numbers: int) -> None:
        for number in numbers:
            day = FIRST + dt.timedelta(days=number)
            self.world.serve(day)
            assert run_nightly(self.inputs, at_night(day)).exit_code == 0


@pytest.fixture
def stage(
    sample_server: SampleServer,
    sample_world: World,
    write_watchlist: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Stage:
    (tmp_path / "vocabulary").symlink_to(Path(__file__).parents[2] / "dags" / "sample" / "world" / "vocabulary")
    file = write_watchlist(sample_server, 'agents = ["dulzotinib"]', extra='[vocabulary]\nextra = "vocabulary"\n')
    text = sample_world.studies["NCT99000106"].render(FIRST).decode()
    for old, new in (("NCT99000106", STRAY), ("ulzotinib", "ummyname"), ("DZ-115", "DZ-000")):
        text = text.replace(old, new)
    sample_world.put(FIRST, json.loads(text))
    stage = Stage(read_inputs(file, environment={}), sample_world, set())
    answer = sample_server.answer

    def answer_astray(method: str, target: str, form: str, user_agent: str) -> Reply:
        reply = answer(method, target, form, user_agent)
        if "query.intr" not in parse_qs(urlsplit(target).query) or sample_world.day not in stage.astray:
            return reply
        body = json.loads(reply.body)
        body["studies"].append(json.loads(sample_world.studies[STRAY].render(sample_world.day)))
        body["totalCount"] += 1
        return msgspec.structs.replace(reply, body=json.dumps(body).encode())

    monkeypatch.setattr(sample_server, "answer", answer_astray)
    return stage


def test_a_record_that_one_source_day_alone_found_for_no_reason_is_no_match_any_more(stage: Stage, ask: Ask) -> None:
    stage.astray.add(FIRST + dt.timedelta(days=1))
    stage.run(0, 1)
    assert (STRAY,) in ask(stage.inputs, TRACKED)
    stage.run(2)
    assert ask(stage.inputs, TRACKED) == [("NCT99000106",)]
    assert ask(stage.inputs, EVENTS) == [("matched", None, "2026-02-11"), ("left_query", "stray", "2026-02-12")]
    assert ask(stage.inputs, f"SELECT registry_state FROM trial WHERE nct_id = '{STRAY}'") == [("listed",)]
    before = ask(stage.inputs, f"SELECT last_checked_at FROM trial WHERE nct_id = '{STRAY}'")
    stage.run(3)
    assert ask(stage.inputs, f"SELECT last_checked_at FROM trial WHERE nct_id = '{STRAY}'") == before


@pytest.mark.slow
def test_one_that_two_source_days_found_is_the_registrys_own_reading_and_stays_tracked(stage: Stage, ask: Ask) -> None:
    stage.astray.update({FIRST, FIRST + dt.timedelta(days=1)})
    stage.run(0, 1, 2)
    assert (STRAY,) in ask(stage.inputs, TRACKED)
    assert ask(stage.inputs, EVENTS)[1:] == [("left_query", None, "2026-02-12")]


@pytest.mark.slow
def test_a_stray_that_comes_again_is_matched_again_and_judged_anew(stage: Stage, ask: Ask) -> None:
    stage.astray.update(FIRST + dt.timedelta(days=number) for number in (0, 2, 3))
    stage.run(0, 1, 2, 3, 4)
    told = [("matched", None), ("left_query", "stray"), ("matched", None), ("left_query", None)]
    assert [row[:2] for row in ask(stage.inputs, EVENTS)] == told
    assert (STRAY,) in ask(stage.inputs, TRACKED)
