"""Small working files as every earlier release left them: one a schema version, with a row in every table.

The rows are invented. A file is made once, when its version is the newest, and is never changed:

    python -m tests.warehouse.releases
"""

from __future__ import annotations

import datetime as dt
import lzma
import tempfile
from pathlib import Path

import duckdb

from dags.sample.world import SAMPLE_FOLDER
from warehouse.database import CONFIG, create_file
from warehouse.migrate import migrate
from warehouse.sql import list_sql

FOLDER = Path(__file__).with_name("releases")
CLOCK = dt.datetime(2026, 2, 10, 14)  # noqa: DTZ001  UTC, as everywhere in the warehouse
_VALUES = {
    "VARCHAR": "'x'",
    "JSON": "'{}'",
    "BIGINT": "1",
    "INTEGER": "1",
    "DOUBLE": "1.5",
    "BOOLEAN": "TRUE",
    "DATE": "DATE '2026-02-10'",
    "TIMESTAMP": "TIMESTAMP '2026-02-10 14:00:00'",
}
_NAMED = {
    "nct_id": "'NCT99000101'",
    "pmid": "'99000031'",
    "overall_status": "'RECRUITING'",
    "registry_state": "'listed'",
    "origin": "'live'",
    "markup": "'markdown'",
    "payload": "$payload",
    "is_sighting": "TRUE",
    "superseded_at": "NULL",
    "ended_at": "NULL",
    "version_id": "'v1'",
}
_LEFT_EMPTY = ("schema_version", "trial_change_log", "link_basis")  # of itself, or that need others to be true


def find_release(version: int) -> Path:
    """Return where the file of a schema version lies."""
    return FOLDER / f"{version:04d}.duckdb.xz"


def unpack(version: int, path: Path) -> None:
    """Write the file of a schema version."""
    path.write_bytes(lzma.decompress(find_release(version).read_bytes()))


def list_versions() -> list[int]:
    """Return all schema versions that this release knows."""
    return [int(name.partition("_")[0]) for name in list_sql("migrations")]


def make(version: int) -> None:
    """Make the file of a schema version with the migrations up to it."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "working.duckdb"
        create_file(path)
        with duckdb.connect(str(path), config=CONFIG) as connection:
            migrate(connection, CLOCK, up_to=version)
            _fill(connection)
            connection.execute("CHECKPOINT")
        FOLDER.mkdir(exist_ok=True)
        find_release(version).write_bytes(lzma.compress(path.read_bytes(), preset=9 | lzma.PRESET_EXTREME))


def _fill(connection: duckdb.DuckDBPyConnection) -> None:
    study = next(
        line for line in (SAMPLE_FOLDER / "studies.jsonl").read_text("utf-8").splitlines() if "NCT99000101" in line
    )
    payload = connection.execute("SELECT CAST($line AS JSON) -> 'study'", {"line": study}).fetchall()[0][0]
    for (table,) in connection.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall():
        if table in _LEFT_EMPTY:
            continue
        columns = connection.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = $table", {"table": table}
        ).fetchall()
        values = ", ".join(f'{_choose(name, kind)} AS "{name}"' for name, kind in columns)
        parameters = {"payload": payload} if "$payload" in values else {}
        connection.execute(f"INSERT INTO {table} BY NAME SELECT {values}", parameters)


def _choose(name: str, kind: str) -> str:
    if name in _NAMED:
        return _NAMED[name]
    if kind.endswith("[]"):
        inner = kind.removesuffix("[]")
        return f"[{_VALUES[inner]}]" if inner in _VALUES else "[]"
    return _VALUES.get(kind, "NULL")


if __name__ == "__main__":
    for wanted in list_versions():
        if not find_release(wanted).exists():
            make(wanted)
            print(f"made {find_release(wanted).name}: {find_release(wanted).stat().st_size} bytes")  # noqa: T201  a script
