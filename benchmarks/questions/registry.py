"""A warehouse as large as the whole registry, made of recorded histories under other numbers; it asks nothing.

The recorded histories are served on loopback, read by a night and a back-fill, and what these wrote is copied in SQL,
each copy under numbers never given out and moved by some days. Payloads are left out: they would fill 100 GB, and no
question measured here reads one.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from dags.backfill import run_backfill
from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.sample.server import SampleServer
from dags.sample.world import World
from warehouse.compact import compact
from warehouse.database import CONFIG
from warehouse.store import Store

LAST_DAY = dt.date(2026, 3, 2)
CLOCK = dt.datetime.combine(LAST_DAY, dt.time(14))
TARGETS = ("LAG-3", "TIM-3", "TIGIT", "B7-H3", "VISTA", "FAP", "CCR8", "PARP")
# Of a year of nights, what came after the file was last rewritten in the order of its keys lies at its end.
TAIL_DAYS = 60
AT_ONCE = 20_000  # copies
INSTANTS = {"trial_version_log": "first_seen_at", "trial_change_log": "observed_at"}
COPY = (Path(__file__).with_name("registry.sql")).read_text("utf-8")


def build_seed(folder: Path) -> Inputs:
    """Read the recorded histories into a data home: a night, and a back-fill of all before it."""
    shared = Path(os.environ.get("TRIALWATCH_SHARED", Path(__file__).parents[3] / "shared"))
    file = folder / "histories.jsonl"
    file.write_bytes(gzip.decompress((shared / "recorded" / "histories.jsonl.gz").read_bytes()))
    ids = [json.loads(line)["nct_id"] for line in file.read_text("utf-8").splitlines()]
    with SampleServer(World.read_histories(file)) as server:
        server.world.serve(LAST_DAY)
        watchlist = folder / "watchlist.toml"
        watchlist.write_text(
            f"[watch]\ntrials = {json.dumps(ids)}\n"
            f'[source.clinicaltrials]\nbase_url = "{server.ctg_url}"\nhistory_url = "{server.history_url}"\n'
            f'requests_per_second = 0\n[source.pubmed]\nbase_url = "{server.eutils_url}"\nrequests_per_second = 0\n',
            "utf-8",
        )
        inputs = read_inputs(watchlist, environment={})
        for result in (run_nightly(inputs, CLOCK), run_backfill(inputs, CLOCK, [])):
            if result.exit_code:
                raise SystemExit(f"the recorded histories were not read: {result}")
    return inputs


def build_registry(seed: Path, file: Path, trials: int, changes: int) -> None:
    """Write so many trials and changes to a new file, rewritten in order but for what the last nights brought."""
    Store.open(file, CLOCK).close()  # the tables
    tail = file.with_suffix(".tail")
    since = LAST_DAY - dt.timedelta(days=TAIL_DAYS)
    with _open(file, seed=seed, tail=tail) as connection:
        known = {"trials": trials, "changes": changes, "targets": list(TARGETS)}
        # All at once DuckDB 2.0.0 fails ("global dictionary … changed identity").
        for first in range(0, trials, AT_ONCE):
            _set(connection, known | {"first": first, "last": min(first + AT_ONCE, trials)})
            connection.execute(COPY)
        for table, column in INSTANTS.items():
            connection.execute(f"CREATE TABLE tail.{table} AS FROM {table} WHERE {column} >= $since", {"since": since})
            connection.execute(f"DELETE FROM {table} WHERE {column} >= $since", {"since": since})  # noqa: S608  ours
    compact(file, CLOCK)
    with _open(file, tail=tail) as connection:
        for table, column in INSTANTS.items():
            connection.execute(f"INSERT INTO {table} BY NAME FROM tail.{table} ORDER BY {column}, nct_id")
    tail.unlink()


@contextlib.contextmanager
def _open(file: Path, **others: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(file), config=CONFIG) as connection:
        for name, path in others.items():
            connection.execute(f"ATTACH $path AS {name}", {"path": str(path)})
        yield connection
        connection.execute("CHECKPOINT")


def _set(connection: duckdb.DuckDBPyConnection, known: Mapping[str, Any]) -> None:
    for name, value in known.items():
        connection.execute(f"SET VARIABLE {name} = $value", {"value": value})
