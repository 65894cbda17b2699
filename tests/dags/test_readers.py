"""Ten people hold the published file open and ask it while nights run: no error on either side, and no half state."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dags.inputs import Inputs
from dags.nightly import run_nightly
from dags.sample.world import World
from tests.conftest import FirstNight, at_night
from tests.test_packaging import OLD_DUCKDB, run

# Holds one connection, or opens anew for each question; prints what it saw when its input ends.
READER = """
import duckdb, json, select, sys
path, is_held = sys.argv[1], sys.argv[2] == "held"
ask = "SELECT (SELECT max(run_id) FROM run), (SELECT count(*) FROM trial), (SELECT count(*) FROM trial_change)"
seen, asked = [], 0
connection = duckdb.connect(path, read_only=True)
print("ready", flush=True)
is_over = False
while not is_over:
    is_over = bool(select.select([sys.stdin], [], [], 0.05)[0])
    if not is_held:
        connection.close()
        connection = duckdb.connect(path, read_only=True)
    row = list(connection.execute(ask).fetchall()[0])
    asked += 1
    if row not in seen:
        seen.append(row)
print(json.dumps({"version": duckdb.__version__, "asked": asked, "seen": seen}))
"""
Reader = subprocess.Popen[str]


@contextmanager
def open_readers(pythons: list[Path], published: Path) -> Iterator[list[tuple[str, Reader]]]:
    """Start ten readers, by turns of each interpreter, half of them holding one connection."""
    readers: list[tuple[str, Reader]] = []
    try:
        for place in range(10):
            way = "held" if place < 5 else "anew"
            command: list[str | Path] = [pythons[place % len(pythons)], "-c", READER, published, way]
            readers.append((way, subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)))
        for _, reader in readers:
            assert reader.stdout
            assert reader.stdout.readline() == "ready\n"
        yield readers
    finally:
        for _, reader in readers:
            reader.kill()
            reader.communicate()


def end(reader: Reader) -> dict[str, Any]:
    out, _ = reader.communicate(timeout=120)
    assert reader.returncode == 0
    answer: dict[str, Any] = json.loads(out)
    return answer


@pytest.fixture(params=["same", pytest.param("both", marks=pytest.mark.slow)])
def pythons(request: pytest.FixtureRequest, tmp_path: Path) -> list[Path]:
    """The interpreters of the readers: this one, and one with an older DuckDB."""
    if request.param == "same":
        return [Path(sys.executable)]
    run(sys.executable, "-m", "venv", "old", cwd=tmp_path)
    old = tmp_path / "old" / "bin" / "python"
    run(old, "-m", "pip", "install", "-q", OLD_DUCKDB, cwd=tmp_path)
    return [Path(sys.executable), old]


def test_ten_readers_and_the_nights_do_not_disturb_each_other(
    pythons: list[Path], sample_inputs: Inputs, sample_world: World, first_night: FirstNight
) -> None:
    first_night(sample_inputs, sample_world)
    with open_readers(pythons, sample_inputs.home.published) as readers:
        for day in sample_world.days[1:]:
            sample_world.serve(day)
            assert run_nightly(sample_inputs, at_night(day)).exit_code == 0
        answers = [(way, end(reader)) for way, reader in readers]
    assert len({answer["version"] for _, answer in answers}) == len(pythons)
    states = [state for _, answer in answers for state in answer["seen"]]
    assert sorted({state[0] for state in states}) == [1, 2, 3]
    assert len({tuple(state) for state in states}) == 3  # each run's own counts, never those of half a run
    for way, answer in answers:
        assert answer["asked"] > 1
        assert [state[0] for state in answer["seen"]] == sorted({state[0] for state in answer["seen"]})
        assert answer["seen"][0][0] == 1
        assert (answer["seen"][-1][0] == 1) == (way == "held")
