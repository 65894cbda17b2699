"""Submit dates that go the wrong way: in an older release that a mirror serves, and at the registry itself."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.sample.server import SampleServer
from dags.sample.world import World
from tests.conftest import at_night

NCT = "NCT99000106"
FIRST = dt.date(2026, 2, 10)
STATE = "SELECT overall_status, CAST(last_update_submit_date AS VARCHAR) FROM trial"
MOVES = (
    "SELECT old_status, new_status, origin, CAST(source_submit_date AS VARCHAR), CAST(source_day AS VARCHAR)"
    " FROM trial_status_change ORDER BY observed_at"
)
Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]


class Stage(NamedTuple):
    """A home that watches one trial by its number."""

    inputs: Inputs
    world: World

    def put(self, day: int, status: str, submitted: str) -> None:
        """Let the registry serve a status, from a release on, as submitted on a day."""
        study = json.loads(self.world.studies[NCT].render(FIRST))
        module = study["protocolSection"]["statusModule"]
        module |= {"overallStatus": status, "lastUpdateSubmitDate": submitted, "whyStopped": "Invented."}
        self.world.put(FIRST + dt.timedelta(days=day), study)

    def run(self, *days: int, release: int | None = None) -> None:
        for day in days:
            self.world.serve(FIRST + dt.timedelta(days=day if release is None else release))
            assert run_nightly(self.inputs, at_night(FIRST + dt.timedelta(days=day))).exit_code == 0


@pytest.fixture
def stage(
    sample_server: SampleServer, sample_world: World, write_watchlist: Callable[..., Path], tmp_path: Path
) -> Stage:
    (tmp_path / "vocabulary").symlink_to(Path(__file__).parents[2] / "dags" / "sample" / "world" / "vocabulary")
    file = write_watchlist(sample_server, f'trials = ["{NCT}"]', extra='[vocabulary]\nextra = "vocabulary"\n')
    stage = Stage(read_inputs(file, environment={}), sample_world)
    stage.put(0, "RECRUITING", "2026-02-01")
    return stage


def test_an_older_release_with_a_later_submission_is_not_believed_until_a_newer_one_has_it(
    stage: Stage, ask: Ask
) -> None:
    stage.run(2)
    stage.put(1, "SUSPENDED", "2026-02-09")
    stage.run(3, release=1)
    assert ask(stage.inputs, STATE) == [("RECRUITING", "2026-02-01")]
    assert ask(stage.inputs, "SELECT count(*) FROM trial_version") == [(1,)]
    assert ask(stage.inputs, "SELECT record FROM issue WHERE message LIKE '%not believed'") == [(NCT,)]
    stage.run(4)
    assert ask(stage.inputs, STATE) == [("SUSPENDED", "2026-02-09")]
    assert ask(stage.inputs, MOVES) == [("RECRUITING", "SUSPENDED", "live", "2026-02-09", "2026-02-14")]


@pytest.mark.slow
def test_a_registry_that_goes_back_to_an_earlier_submission_is_believed_when_that_has_stood_for_three_source_days(
    stage: Stage, ask: Ask
) -> None:
    stage.run(0)
    stage.put(1, "SUSPENDED", "2026-02-09")
    stage.run(1)
    stage.put(2, "RECRUITING", "2026-02-01")
    stage.run(2, 3)
    stage.run(4, release=3)  # the same source day counts once
    assert ask(stage.inputs, STATE) == [("SUSPENDED", "2026-02-09")]
    stage.run(5, 6)
    assert ask(stage.inputs, STATE) == [("RECRUITING", "2026-02-01")]
    assert ask(stage.inputs, MOVES)[1:] == [("SUSPENDED", "RECRUITING", "live", None, "2026-02-15")]
    spells = (
        "SELECT status, CAST(valid_from AS VARCHAR), valid_from_basis FROM trial_status_history ORDER BY valid_from"
    )
    assert ask(stage.inputs, spells)[-1] == ("RECRUITING", "2026-02-15", "served")
    assert ask(stage.inputs, "SELECT count(*) FROM trial_version") == [(3,)]
    stage.put(7, "COMPLETED", "2026-02-16")
    stage.run(7)
    assert ask(stage.inputs, MOVES)[2:] == [("RECRUITING", "COMPLETED", "live", "2026-02-16", "2026-02-17")]


@pytest.mark.slow
def test_one_stale_answer_is_history_and_begins_the_count_anew(stage: Stage, ask: Ask) -> None:
    stage.run(0)
    stage.put(1, "SUSPENDED", "2026-02-09")
    stage.run(1)
    for day, status, submitted in (
        (2, "RECRUITING", "2026-02-01"), (4, "SUSPENDED", "2026-02-09"), (5, "RECRUITING", "2026-02-01")
    ):  # fmt: skip
        stage.put(day, status, submitted)
    stage.run(2, 3, 4, 5, 6)
    assert ask(stage.inputs, STATE) == [("SUSPENDED", "2026-02-09")]
    assert len(ask(stage.inputs, MOVES)) == 1
