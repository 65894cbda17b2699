"""Compaction: a working file that has grown is rewritten once closed, each table in its key's order. No row is lost."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import duckdb

from models.errors import REPORT, DamagedFileError, WarehouseError
from warehouse.database import MADE_ANEW, MANY_ROWS, create_file, first_line, is_damage, open_file
from warehouse.disk import sync
from warehouse.migrate import migrate
from warehouse.sql import read_sql
from warehouse.store import Store

GROWTH = 2  # times the size after the last rewriting
SMALLEST = 32 * 1024 * 1024  # bytes; a smaller file is let grow
# By which a table is read: rows of one trial or paper lie together, which also packs them best.
_KEYS = ("nct_id", "pmid", "doc_id", "record", "item", "run_id")


def has_grown(store: Store, path: Path, clock: dt.datetime) -> bool:
    """Return whether an open file, all of it written, is `GROWTH` times as large as after its last rewriting.

    Of one that was never rewritten the first size is noted.
    """
    size = path.stat().st_size
    last: int | None = store.read_value("last_compaction")
    if last is None:
        store.run("note_size", clock=clock, bytes=size)
        store.checkpoint()
    return last is not None and size >= max(GROWTH * last, SMALLEST)


def compact(path: Path, clock: dt.datetime) -> None:
    """Rewrite a closed file.

    Raises:
        DamagedFileError: a row of it cannot be read.
        WarehouseError: the new file cannot be written, or lacks a row; the old one is as it was.
    """
    fresh = path.with_name(f".{path.name}.compacting")
    try:
        fresh.unlink(missing_ok=True)
        try:
            create_file(fresh)
            with open_file(fresh) as connection:
                migrate(connection, clock)
                _fill(connection, path, with_payloads=True)
                connection.execute("CHECKPOINT")
            with open_file(fresh, MANY_ROWS) as connection:
                _fill(connection, path, with_payloads=False)
                connection.execute("CHECKPOINT")
                connection.execute(read_sql("statements", "note_size"), {"clock": clock, "bytes": fresh.stat().st_size})
                connection.execute("CHECKPOINT")
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


def _fill(connection: duckdb.DuckDBPyConnection, old: Path, *, with_payloads: bool) -> None:
    connection.execute("ATTACH $path AS old (READ_ONLY)", {"path": str(old)})
    columns: dict[str, list[str]] = {}
    query = "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'old' AND NOT internal"
    tables = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'old'"
    for table, column in connection.execute(f"{query} AND table_name IN ({tables})").fetchall():
        columns.setdefault(table, []).append(column)
    for table, names in sorted(columns.items()):
        if ("payload" in names) != with_payloads:
            continue
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
