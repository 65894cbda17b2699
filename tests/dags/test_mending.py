"""A file of the warehouse that is lost or damaged: made again from the other one, and said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
import time_machine

from dags.health import Health
from dags.inputs import Inputs
from dags.nightly import run_nightly
from dags.sample.world import World
from dags.service import Service
from models.errors import DamagedFileError, WarehouseError
from tests.conftest import FirstNight, at_night
from warehouse.compare import compare_files

WAKE = "2026-02-10T14:05Z"


def cut(file: Path) -> None:
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:20_000])


def wear_out(file: Path) -> None:
    """Spoil the rows of trials, and nothing by which a file is opened."""
    whole = file.read_bytes()
    for begin in range(3 * 4096, len(whole), 262_144):
        file.write_bytes(whole[: begin + 9000] + b"\xff" * 64 + whole[begin + 9064 :])
        try:
            with duckdb.connect(str(file), read_only=True) as connection:
                connection.execute("SELECT max(version) FROM schema_version").fetchall()
                with pytest.raises(duckdb.Error):
                    connection.execute("SELECT sum(hash(log)) FROM trial_version_log AS log").fetchall()
        except (duckdb.Error, pytest.fail.Exception):
            continue
        return
    raise AssertionError("no block holds rows of trials alone")


def test_a_damaged_working_file_is_kept_aside_and_made_from_the_published_one(
    sample_inputs: Inputs, sample_world: World, first_night: FirstNight, ask: Any
) -> None:
    first_night(sample_inputs, sample_world)
    cut(sample_inputs.home.working)
    sample_world.serve(sample_world.days[1])
    assert run_nightly(sample_inputs, at_night(sample_world.days[1])).exit_code == 0
    (told,) = ask(sample_inputs, "SELECT run_id, message FROM issue WHERE source = 'landing'")
    assert told[0] == 2
    assert told[1].startswith("the working file was damaged (IO Error: ")
    assert told[1].endswith("): made anew from the published one")
    assert ask(sample_inputs, "SELECT list(status ORDER BY run_id) FROM run") == [(["done", "done"],)]
    assert sample_inputs.home.working.with_name("warehouse.duckdb.damaged").exists()


@pytest.mark.parametrize("harm", [cut, Path.unlink])
def test_a_published_file_lost_or_damaged_is_published_anew_and_said(
    sample_inputs: Inputs, sample_world: World, first_night: FirstNight, ask: Any, *, harm: Any
) -> None:
    first_night(sample_inputs, sample_world)
    harm(sample_inputs.home.published)
    assert run_nightly(sample_inputs, at_night(sample_world.days[0])).exit_code == 0
    ((message,),) = ask(sample_inputs, "SELECT message FROM issue WHERE source = 'landing'")
    assert message.startswith(("the published file was lost", f"{sample_inputs.home.published} is damaged: IO Error: "))
    assert message.endswith(": published anew")


def test_damage_found_on_the_way_is_not_published_and_the_next_night_mends_it(
    sample_inputs: Inputs, sample_world: World, first_night: FirstNight, ask: Any
) -> None:
    first_night(sample_inputs, sample_world)
    home = sample_inputs.home
    wear_out(home.working)
    published = home.published.read_bytes()
    with pytest.raises(DamagedFileError, match="Corrupt database file") as caught:
        run_nightly(sample_inputs, at_night(sample_world.days[0]))
    assert caught.value.hint == "the next run makes it from the published one"
    assert home.published.read_bytes() == published
    assert run_nightly(sample_inputs, at_night(sample_world.days[0])).exit_code == 0
    told = [row[0] for row in ask(sample_inputs, "SELECT message FROM issue WHERE source = 'landing' ORDER BY ALL")]
    assert told == ["run 2 never began", "the working file was lost: made anew from the published one"]


def test_where_both_files_are_damaged_a_night_says_what_brings_them_back(
    sample_inputs: Inputs, sample_world: World, first_night: FirstNight
) -> None:
    first_night(sample_inputs, sample_world)
    cut(sample_inputs.home.working)
    cut(sample_inputs.home.published)
    with pytest.raises(WarehouseError, match=r"was damaged .*, and .* is damaged: ") as caught:
        run_nightly(sample_inputs, at_night(sample_world.days[0]))
    assert caught.value.hint == "`trialwatch rebuild` makes it again"
    assert sample_inputs.home.working.exists()


def test_a_service_whose_published_file_is_damaged_publishes_it_anew_and_goes_on(
    sample_inputs: Inputs, sample_world: World, first_night: FirstNight
) -> None:
    first_night(sample_inputs, sample_world)
    cut(sample_inputs.home.published)
    service = Service(sample_inputs, Health(), lambda _: None, lambda _: None)
    with time_machine.travel(WAKE):
        service.wake()
    assert service.health.errors == {}
    assert compare_files(sample_inputs.home.working, sample_inputs.home.published, ()) == []
