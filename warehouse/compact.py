"""Compaction: a closed working file that has grown is rewritten, each table in the order of its key. No row is lost."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import duckdb

from models.errors import REPORT, DamagedFileError, WarehouseError
from warehouse.database import CONFIG, MADE_ANEW, create_file, first_line, is_damage
from warehouse.disk import sync
from warehouse.migrate import migrate

GROWTH = 2  # times the size after the last rewriting
SMALLEST = 32 * 1024 * 1024  # bytes; a smaller file is let grow
# By which a table is read: rows of one trial or paper lie together, which also packs them best.
_KEYS = ("nct_id", "pmid", "doc_id", "record", "item", "run_id")


def compact_if_grown(path: Path, clock: dt.datetime) -> bool:
    """Rewrite a closed file that is `GROWTH` times as large as after its last rewriting; return whether it was.

    Raises:
        WarehouseError: the new file cannot be written, or lacks a row; the old one is as it was.
    """
    with duckdb.connect(str(path), config=CONFIG) as connection:
        row = connection.execute("SELECT max_by(bytes, compacted_at) FROM compaction").fetchone()
        last = row[0] if row else None
        if last is None:
            _note_size(connection, clock, path)
    if last is None or path.stat().st_size < max(GROWTH * last, SMALLEST):
        return False
    compact(path, clock)
    return True


def compact(path: Path, clock: dt.datetime) -> None:
    """Rewrite a closed file.

    Raises:
        DamagedFileError: a row of it cannot be read.
        WarehouseError: as `compact_if_grown`.
    """
    fresh = path.with_name(f".{path.name}.compacting")
    try:
        fresh.unlink(missing_ok=True)
        try:
            create_file(fresh)
            with duckdb.connect(str(fresh), config=CONFIG) as connection:
                migrate(connection, clock)
                _fill(connection, path)
                connection.execute("CHECKPOINT")
                _note_size(connection, clock, fresh)
            with fresh.open("rb+") as written:
                os.fsync(written.fileno())
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
        sync(path.parent)
    except (duckdb.Error, OSError) as error:
        reason = first_line(error)
        if is_damage(error):
            raise DamagedFileError(path, reason, MADE_ANEW) from error
        raise WarehouseError(f"cannot rewrite {path}: {reason}", "is the disk full?") from error


def _fill(connection: duckdb.DuckDBPyConnection, old: Path) -> None:
    connection.execute("ATTACH $path AS old (READ_ONLY)", {"path": str(old)})
    columns: dict[str, list[str]] = {}
    query = "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'old' AND NOT internal"
    tables = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'old'"
    for table, column in connection.execute(f"{query} AND table_name IN ({tables})").fetchall():
        columns.setdefault(table, []).append(column)
    for table, names in sorted(columns.items()):
        order = ", ".join([*[name for name in _KEYS if name in names][:1], "rowid"])
        connection.execute(f"DELETE FROM {table}")  # noqa: S608  what making the schema has put in
        connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM old.{table} ORDER BY {order}")  # noqa: S608
        held, kept = (
            connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0]  # noqa: S608  table names are ours
            for name in (f"old.{table}", table)
        )
        if held != kept:
            raise WarehouseError(f"rewriting {table}: {kept} of {held} rows", REPORT)
    connection.execute("DETACH old")


def _note_size(connection: duckdb.DuckDBPyConnection, clock: dt.datetime, path: Path) -> None:
    connection.execute("INSERT INTO compaction VALUES ($clock, $bytes)", {"clock": clock, "bytes": path.stat().st_size})
    connection.execute("CHECKPOINT")
