"""A first load of studies never held: `trialwatch import` against dlt's `merge` with `scd2`, and against `read_json`.

The studies are recorded ones under other numbers (`nights/copies.py`), one a line of one file that all sides read (dlt
in pages), each in a process and a folder of its own, in turn; medians of the rounds, by the clock, imports of packages
apart. Ours takes everything, with no item named, from looking at the file to all landed, committed and, as the floor,
moved out of DuckDB's log; tagging, a step after it, is told apart. dlt runs in an environment of its own, parquet
between its stages: `flat` is the study in one row (max_table_nesting=0), `nested` what it makes by itself, a table a
list. The floor is DuckDB's `read_json` with an explicit schema into the tables that ours fills, without folded texts,
parsed numbers, landing, or anything that a second load would need.

    python benchmarks/loading.py [studies] [rounds] [side …]      sides: ours flat nested floor
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import msgspec
from nights.copies import Copies
from peers.environment import find_peer

REQUIREMENTS = ("dlt[duckdb]", "pyarrow", "orjson")
SIDES = ("ours", "flat", "nested", "floor")
_FORMS = {"flat": "json", "nested": "nested"}
_HERE = Path(__file__).parent


class Answer(msgspec.Struct, frozen=True):
    """What one load took, by the clock and of processor; of ours also the tagging after it, and memory (MB)."""

    seconds: float
    cpu: float
    tagging: float = 0.0
    peak: float = 0.0


def write_studies(folder: Path, studies: int) -> Path:
    """Write so many studies, one a line, and the same in pages for dlt; return the file."""
    copies = Copies(studies)
    file, pages = folder / "studies.jsonl", folder / "pages"
    pages.mkdir()
    with file.open("wb") as lines:
        for number, body in zip(count(), copies.build_bodies(dt.date(2026, 2, 10)), strict=False):
            (pages / f"{number:05d}.json").write_bytes(body)
            lines.writelines(bytes(study) + b"\n" for study in msgspec.json.decode(body, type=_Page).studies)
    return file


class _Page(msgspec.Struct):
    studies: list[msgspec.Raw]


def load(side: str, file: Path, work: Path, python: Path | None) -> Answer:
    """Load the file by one side in a process of its own."""
    if side in _FORMS:
        command = [
            str(python),
            str(_HERE / "nights" / "peer.py"),
            _FORMS[side],
            str(file.with_name("pages")),
            str(work),
        ]
    else:
        command = [
            sys.executable,
            str(_HERE / "nights" / f"{'first' if side == 'ours' else 'floor'}.py"),
            str(file),
            str(work),
        ]
    settings = {"DLT_DATA_DIR": str(work), "RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}
    paths = "" if side in _FORMS else os.pathsep.join([str(_HERE.parent), str(_HERE)])
    environment = os.environ | settings | {"PYTHONPATH": paths}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=work, env=environment)  # noqa: S603  ours
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Answer)


def measure(studies: int, rounds: int, sides: tuple[str, ...]) -> Iterator[tuple[str, list[Answer]]]:
    """Load by each side in turn, as often as asked."""
    python = find_peer("dlt", REQUIREMENTS) if set(sides) & _FORMS.keys() else None
    answers: dict[str, list[Answer]] = {side: [] for side in sides}
    with tempfile.TemporaryDirectory() as name:
        file = write_studies(Path(name), studies)
        size = file.stat().st_size
        print(f"{studies} studies, {size >> 20} MB", flush=True)
        for _ in range(rounds):
            for side in sides:
                with tempfile.TemporaryDirectory(dir=name) as work:
                    answers[side].append(load(side, file, Path(work), python))
                print(f"    {side} {answers[side][-1].seconds:.1f} s", file=sys.stderr, flush=True)
    yield from answers.items()


def main(studies: str = "10000", rounds: str = "3", *sides: str) -> None:
    """Measure, compare and print."""
    answers = dict(measure(int(studies), int(rounds), sides or SIDES))
    seconds = {side: statistics.median(one.seconds for one in told) for side, told in answers.items()}
    work = {side: statistics.median(one.cpu for one in told) for side, told in answers.items()}
    for side, took in seconds.items():
        line = f"  {side:<8} {took:8.1f} s, {int(studies) / took:7,.0f} studies a second; processor {work[side]:7.1f} s"
        if side != "ours" and "ours" in seconds:
            line += f"; {took / seconds['ours']:.2f} x ours (processor time {work[side] / work['ours']:.2f} x)"
        print(line)
    if "ours" in answers:
        tagging = statistics.median(one.tagging for one in answers["ours"])
        peak = max(one.peak for one in answers["ours"])
        print(f"  tagging after ours {tagging:.1f} s; memory of ours at most {peak:.0f} MB in its first process")


if __name__ == "__main__":
    main(*sys.argv[1:])
