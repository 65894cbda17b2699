"""The weekly letter over a registry that tells late: what was told stands, what is learnt later is told once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dags.backfill import run_backfill
from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.sample.server import SampleServer
from dags.span import find_week
from dags.weekly import run_weekly
from tests.conftest import at_night
from tests.dags.test_history import HISTORY, NCT_ID, build_world, study

BEFORE, SECOND, THIRD, FOURTH = dt.date(2026, 2, 2), dt.date(2026, 2, 9), dt.date(2026, 2, 16), dt.date(2026, 2, 23)
Start = Callable[..., tuple[SampleServer, Inputs]]


@pytest.fixture
def start(tmp_path: Path, write_watchlist: Callable[..., Path]) -> Iterator[Start]:
    """Return a starter of a registry with one record of the given history, and inputs that watch it."""
    running: list[SampleServer] = []

    def serve(*versions: tuple[str, str]) -> tuple[SampleServer, Inputs]:
        server = SampleServer(build_world(tmp_path, {NCT_ID: versions}))
        running.append(server.__enter__())
        return server, read_inputs(write_watchlist(server, f'trials = ["{NCT_ID}"]'), environment={})

    yield serve
    for server in running:
        server.__exit__(None, None, None)


def spend(server: SampleServer, inputs: Inputs, day: dt.date, *, has_histories: bool = True) -> None:
    server.has_histories = has_histories
    server.world.serve(day)
    assert run_nightly(inputs, at_night(day)).exit_code == 0


def write(inputs: Inputs, week: str) -> str:
    return run_weekly(inputs, find_week(week), at_night(FOURTH)).read_text("utf-8")


@pytest.mark.slow
def test_a_state_learnt_late_is_told_once_and_the_letter_that_missed_it_stays_as_it_was(start: Start) -> None:
    server, inputs = start(*HISTORY)
    spend(server, inputs, BEFORE)
    spend(server, inputs, SECOND, has_histories=False)
    told = write(inputs, "2026-W07")
    assert "**Recruiting → Terminated**" in told
    spend(server, inputs, THIRD)
    assert write(inputs, "2026-W07") == told
    later = write(inputs, "2026-W08")
    assert "**Recruiting → Suspended**" in later
    assert "missed between two nightly runs" in later
    assert "Now listed as Terminated." in later
    assert "→ Terminated" not in later


def test_moves_missed_between_two_nights_are_one_chain_in_the_order_of_the_source(start: Start) -> None:
    server, inputs = start(
        *HISTORY[:2], ("SUSPENDED", "2026-02-03"), ("RECRUITING", "2026-02-03"), ("COMPLETED", "2026-02-05")
    )
    spend(server, inputs, BEFORE)
    spend(server, inputs, SECOND)
    assert "**Recruiting → Suspended → Recruiting → Completed**" in write(inputs, "2026-W07")


def test_a_status_that_came_back_is_one_item_and_three_rows_stay_in_the_log(start: Start) -> None:
    server, inputs = start(*HISTORY[:2], ("SUSPENDED", "2026-02-03"), ("RECRUITING", "2026-02-05"))
    spend(server, inputs, BEFORE)
    spend(server, inputs, SECOND)
    letter = write(inputs, "2026-W07")
    assert letter.count(NCT_ID) == 2  # the link's words and its address
    assert "**Recruiting → Suspended → Recruiting**, there and back" in letter
    assert "listed as suspended" not in letter


def test_history_read_later_changes_no_letter_written_before_and_is_told_apart(start: Start) -> None:
    server, inputs = start(*HISTORY)
    spend(server, inputs, SECOND)
    server.world.put(dt.date(2026, 2, 10), study("TERMINATED", "2026-02-08", html=False))
    spend(server, inputs, dt.date(2026, 2, 11))
    run_backfill(inputs, at_night(dt.date(2026, 2, 12)), [NCT_ID], since=dt.date(2026, 2, 4))
    told = write(inputs, "2026-W07")
    assert f"1 status change of 2026, {NCT_ID}" in told
    assert "1 administrative edit" in told
    spend(server, inputs, THIRD)
    run_backfill(inputs, at_night(THIRD), [NCT_ID])
    assert write(inputs, "2026-W07") == told
    later = write(inputs, "2026-W08")
    assert "## Older, learnt in this span" in later
    assert f"- 2 status changes of 2026, {NCT_ID}" in later
    assert "###" not in later
