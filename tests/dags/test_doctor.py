"""What `trialwatch check` says of a home and its sources: each fault has its line, and each line its remedy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from dags.doctor import find_outside
from dags.doctor_home import find_in_home
from dags.findings import Finding
from dags.inputs import Inputs
from dags.sample.server import SampleServer
from dags.sample.world import World
from tests.conftest import FirstNight, at_night


@pytest.fixture
def night(sample_inputs: Inputs, sample_world: World, first_night: FirstNight) -> Inputs:
    first_night(sample_inputs, sample_world)
    return sample_inputs


def find_faults(inputs: Inputs, world: World) -> list[Finding]:
    return [one for one in find_in_home(inputs, at_night(world.days[0])) if one.level != "ok"]


def spoil(file: Path) -> None:
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:20_000])


def add_a_night(inputs: Inputs) -> None:
    """Write two nights with one between them that has no row."""
    inputs.home.published.chmod(0o644)
    with duckdb.connect(str(inputs.home.published)) as connection:
        held = connection.execute("SELECT * FROM run_period").fetchall()
        assert [row[1] for row in held] == ["2026-02-10"]
        connection.execute("""
            INSERT INTO run_period
            SELECT * REPLACE ('2026-02-08' AS period, due_at - INTERVAL 2 DAY AS due_at) FROM run_period
        """)
    inputs.home.published.chmod(0o444)


HARMS: dict[str, tuple[Callable[[Inputs], object], str, str, str]] = {
    "published damaged": (lambda one: spoil(one.home.published), "fail", "warehouse", "`trialwatch run`"),
    "published lost": (lambda one: one.home.published.unlink(), "warn", "warehouse", "publishes it anew"),
    "published writable": (lambda one: one.home.published.chmod(0o644), "warn", "warehouse", "chmod 444"),
    "a stranger's log": (
        lambda one: one.home.published.with_name("warehouse.duckdb.wal").write_bytes(b"x"), "fail", "warehouse", "away",
    ),
    "working damaged": (lambda one: spoil(one.home.working), "warn", "working", "from the published one"),
    "working lost": (lambda one: one.home.working.unlink(), "warn", "working", "from the published one"),
    "a run's manifest lost": (
        lambda one: (one.home.landing / "runs" / "000001.book").unlink(), "fail", "landing", "backup",
    ),
    "an answer lost": (lambda one: next(one.home.landing.glob("objects/*/*")).unlink(), "fail", "landing", "backup"),
    "a night without a row": (add_a_night, "warn", "ledger", "rebuild"),
}  # fmt: skip


def test_a_sound_home_has_no_fault(night: Inputs, sample_world: World) -> None:
    assert find_faults(night, sample_world) == []


@pytest.mark.parametrize("name", HARMS)
def test_each_fault_has_its_line_and_a_remedy(night: Inputs, sample_world: World, name: str) -> None:
    harm, level, part, remedy = HARMS[name]
    harm(night)
    found = [one for one in find_faults(night, sample_world) if one.part == part]
    assert [one.level for one in found] == [level]
    assert remedy in found[0].hint


def test_where_both_files_are_lost_rebuilding_is_the_remedy(night: Inputs, sample_world: World) -> None:
    night.home.working.unlink()
    night.home.published.unlink()
    assert [(one.level, one.hint) for one in find_faults(night, sample_world)] == [
        ("fail", "`trialwatch rebuild` makes it again")
    ]


def test_a_run_under_way_is_not_disturbed(night: Inputs, sample_world: World) -> None:
    with night.home.lock("run"):
        found = [one for one in find_in_home(night, at_night(sample_world.days[0])) if one.part == "working"]
    assert [one.level for one in found] == ["ok"]
    assert "is busy: `trialwatch run` (process" in found[0].message


def test_pubmed_is_asked_as_nights_ask_it(night: Inputs, sample_world: World, sample_server: SampleServer) -> None:
    found = {one.part: one.level for one in find_outside(night, at_night(sample_world.days[0]), is_offline=False)}
    assert found == {"clinicaltrials": "ok", "pubmed": "ok"}
    (asked,) = [request for request in sample_server.requests if "esearch" in request.path]
    assert "[tiab]" in asked.params["term"]
    assert {"datetype", "mindate", "maxdate"} <= asked.params.keys()
