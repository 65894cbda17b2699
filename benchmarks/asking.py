"""How long do analysts wait at 580,000 trials and 10 million changes? The documented questions, asked again and again.

Run it as `python benchmarks/asking.py [trials] [changes] [folder]`, with TRIALWATCH_SHARED where the recorded histories
are. The warehouse is made of these under other numbers (`questions/registry.py`): every trial has the versions and
status changes of a recorded one, the other changes are repeated until there are as many as asked for, each trial is
moved by some days, so that nights of eight years brought them. The file is rewritten in the order of its keys, as the
job does, but for what the last 60 days brought, which lies at the end as nights wrote it. Payloads are left out. With a
folder, it is kept there and used again.

Questions are those of `warehouse/queries`, through the same read-only connection as `trialwatch sql` opens, into Arrow.
Told are medians of 15, after two that are not counted, by the clock and of all processors together: on a machine that
others use the first is the longer, on one of one's own the second is spread over its cores.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import msgspec
from questions.registry import LAST_DAY, build_registry, build_seed

from warehouse.named import find_query
from warehouse.reader import connect

ROUNDS = 15
UNCOUNTED = 2
AS_OF = dt.date(2022, 6, 1)


class Asked(msgspec.Struct, frozen=True):
    """A question, the longest its median may take in ms, and what it is told."""

    name: str
    limit: float | None
    sql: str
    values: dict[str, str | dt.date] = {}


def list_questions(nct_id: str) -> list[Asked]:
    """Return what is asked: documented questions by their names, and two that anyone would ask of the views."""
    today = {"today": LAST_DAY}

    def take(name: str, limit: float | None, **values: str | dt.date) -> Asked:
        return Asked(name, limit, find_query(name).sql, today | values)

    return [
        Asked("one trial", 5, "FROM trial WHERE nct_id = getvariable('nct_id')", {"nct_id": nct_id}),
        take("changes-of-a-trial", 5, nct_id=nct_id),
        take("statuses-of-a-trial", 5, nct_id=nct_id),
        take("status-counts", 30),
        Asked("all trials by status", 30, "SELECT overall_status, count(*) FROM trial GROUP BY ALL ORDER BY ALL"),
        take("status-on-a-day", 500, day=AS_OF),
        Asked(
            "trial_as_of(day), by status",
            500,
            "SELECT overall_status, count(*) FROM trial_as_of(getvariable('day')) GROUP BY ALL ORDER BY ALL",
            {"day": AS_OF},
        ),
        take("transitions-last-month", 10),
        take("stopped-this-year", None),
        take("new-trials", None),
        take("slipped-most", None),
        take("registry-lag", None),
    ]


def ask(connection: duckdb.DuckDBPyConnection, asked: Asked) -> tuple[list[float], list[float], int]:
    """Ask again and again; return the milliseconds of each, those of the processors, and the rows."""
    for name, value in asked.values.items():
        connection.execute(f"SET VARIABLE {name} = $value", {"value": value})
    took, worked, rows = [], [], 0
    for _ in range(UNCOUNTED + ROUNDS):
        started, began = time.perf_counter(), time.process_time()
        rows = connection.sql(asked.sql).to_arrow_table().num_rows
        took.append((time.perf_counter() - started) * 1000)
        worked.append((time.process_time() - began) * 1000)
    return took[UNCOUNTED:], worked[UNCOUNTED:], rows


def measure(file: Path) -> None:
    """Ask everything and print; end with an error where a median is above its limit."""
    late = []
    with connect(file) as connection:
        held = ", ".join(
            f"{connection.execute(f'SELECT count(*) FROM {table}').fetchall()[0][0]:,} {name}"  # noqa: S608  ours
            for table, name in (("trial", "trials"), ("trial_version_log", "versions"), ("trial_change_log", "changes"))
        )
        print(f"{held}; {file.stat().st_size >> 20} MB")
        nct_id = connection.execute("SELECT max_by(nct_id, hash(nct_id)) FROM trial_record").fetchall()[0][0]
        for asked in list_questions(nct_id):
            took, worked, rows = ask(connection, asked)
            middle = statistics.median(took)
            limit = f"at most {asked.limit:>3.0f}" if asked.limit else ""
            print(
                f"  {asked.name:<28} {middle:8.1f} ms (fastest {min(took):7.1f}; of the processors "
                f"{statistics.median(worked):7.1f}) {rows:>8,} rows   {limit}",
                flush=True,
            )
            late += [asked.name] if asked.limit and middle > asked.limit else []
    if late:
        raise SystemExit(f"too slow: {', '.join(late)}")


def main(trials: int = 580_000, changes: int = 10_000_000, folder: Path | None = None) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        place = folder or Path(name)
        file = place / f"registry-{trials}-{changes}.duckdb"
        if not file.exists():
            place.mkdir(parents=True, exist_ok=True)
            started = time.perf_counter()
            build_registry(build_seed(Path(name)).home.working, file, trials, changes)
            print(f"written in {time.perf_counter() - started:.0f} s", flush=True)
        measure(file)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), *map(Path, sys.argv[3:4]))
