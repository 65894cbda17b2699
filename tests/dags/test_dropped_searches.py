"""A search that suddenly finds far less: doubted, believed when it stands, and never a loss of what was found."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.sample.faults import Fault
from dags.sample.server import SampleServer
from dags.sample.world import World
from tests.conftest import at_night

FIRST = dt.date(2026, 2, 10)
Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]
OUTCOMES = (
    "SELECT outcome FROM source_check WHERE item = 'agent:dulzotinib' AND source = 'clinicaltrials' ORDER BY run_id"
)
LEFT = "SELECT count(*) FROM watch_event WHERE kind = 'left_query'"
IDS = [f"NCT9900050{number}" for number in range(8)]


@pytest.fixture
def world(sample_world: World) -> World:
    """Eight more trials of dulzotinib."""
    text = sample_world.studies["NCT99000106"].render(FIRST).decode()
    for nct_id in IDS:
        sample_world.put(FIRST, json.loads(text.replace("NCT99000106", nct_id)))
    return sample_world


@pytest.fixture
def inputs(sample_server: SampleServer, world: World, write_watchlist: Callable[..., Path], tmp_path: Path) -> Inputs:
    (tmp_path / "vocabulary").symlink_to(Path(__file__).parents[2] / "dags" / "sample" / "world" / "vocabulary")
    file = write_watchlist(sample_server, 'agents = ["dulzotinib"]', extra='[vocabulary]\nextra = "vocabulary"\n')
    return read_inputs(file, environment={})


def rename(world: World, nct_ids: list[str], number: int, *, back: bool = False) -> None:
    """Take the agent's names out of some trials from a day on, or put them back."""
    day = FIRST + dt.timedelta(days=number)
    for nct_id in nct_ids:
        text = world.studies[nct_id].render(day).decode()
        pairs = [("ulzotinib", "ummyname"), ("DZ-115", "DZ-000")]
        for old, new in pairs:
            text = text.replace(new, old) if back else text.replace(old, new)
        world.put(day, json.loads(text))


def run_days(inputs: Inputs, world: World, *numbers: int) -> None:
    for number in numbers:
        world.serve(FIRST + dt.timedelta(days=number))
        run_nightly(inputs, at_night(FIRST + dt.timedelta(days=number)))


@pytest.mark.slow
def test_a_drop_that_stands_on_three_source_days_is_believed_and_loses_no_trial(
    inputs: Inputs, world: World, ask: Ask
) -> None:
    run_days(inputs, world, 0)
    rename(world, IDS[:6], 1)
    run_days(inputs, world, 1, 2)
    assert ask(inputs, OUTCOMES) == [("proved",), ("unproved",), ("unproved",)]
    assert ask(inputs, LEFT) == [(0,)]
    run_days(inputs, world, 3)
    assert ask(inputs, OUTCOMES)[3:] == [("proved",)]
    assert ask(inputs, LEFT) == [(6,)]
    query = "SELECT message FROM issue WHERE severity = 'info' AND record = 'agent:dulzotinib'"
    assert ask(inputs, query) == [("3 records, 9 before: believed, the same on 3 days",)]
    assert ask(inputs, "SELECT registry_state, count(*) FROM trial GROUP BY ALL") == [("listed", 9)]
    run_days(inputs, world, 4)
    assert ask(inputs, OUTCOMES)[4:] == [("proved",)]
    rename(world, IDS[:6], 5, back=True)
    run_days(inputs, world, 5)
    assert ask(inputs, "SELECT count(*) FROM watch_match WHERE left_at IS NOT NULL") == [(0,)]


@pytest.mark.slow
def test_the_same_source_day_counts_once_and_a_failed_night_not_at_all(
    inputs: Inputs, world: World, sample_server: SampleServer, ask: Ask
) -> None:
    run_days(inputs, world, 0)
    rename(world, IDS[:6], 1)
    world.serve(FIRST + dt.timedelta(days=1))
    for hour in range(4):
        run_nightly(inputs, at_night(FIRST + dt.timedelta(days=1)) + dt.timedelta(hours=hour))
    sample_server.faults.append(Fault(kind="status", path="/studies", status=503, times=None))
    run_days(inputs, world, 2)
    sample_server.faults.clear()
    run_days(inputs, world, 3, 4)
    outcomes = [row[0] for row in ask(inputs, OUTCOMES)]
    assert outcomes == ["proved", *["unproved"] * 4, "failed", "unproved", "proved"]


@pytest.mark.slow
def test_a_search_that_goes_on_dropping_is_doubted_anew(inputs: Inputs, world: World, ask: Ask) -> None:
    run_days(inputs, world, 0)
    rename(world, IDS[:5], 1)
    run_days(inputs, world, 1, 2)
    rename(world, [*IDS[5:], "NCT99000106"], 3)
    run_days(inputs, world, 3, 4)
    assert [row[0] for row in ask(inputs, OUTCOMES)] == ["proved", *["unproved"] * 4]
    run_days(inputs, world, 5)
    assert ask(inputs, OUTCOMES)[5:] == [("proved",)]
    assert ask(inputs, LEFT) == [(9,)]


@pytest.mark.slow
def test_a_search_that_recovers_is_proved_at_once_and_the_count_of_days_begins_anew(
    inputs: Inputs, world: World, ask: Ask
) -> None:
    run_days(inputs, world, 0)
    rename(world, IDS[:6], 1)
    run_days(inputs, world, 1, 2)
    rename(world, IDS[:6], 3, back=True)
    run_days(inputs, world, 3)
    rename(world, IDS[:6], 4)
    run_days(inputs, world, 4, 5)
    outcomes = [row[0] for row in ask(inputs, OUTCOMES)]
    assert outcomes == ["proved", "unproved", "unproved", "proved", "unproved", "unproved"]
    assert ask(inputs, LEFT) == [(0,)]
