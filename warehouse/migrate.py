"""Brings a working file to the newest schema: numbered migrations, each with its ledger row in one transaction."""

from __future__ import annotations

import datetime as dt
import hashlib

import duckdb

from models.errors import WarehouseError
from warehouse.sql import list_sql, read_sql
from warehouse.transaction import in_transaction

FACE = " Face: "  # what follows it in the comment of schema_version says which views and comments stand in the file
_LEDGER = """
CREATE TABLE IF NOT EXISTS schema_version (
    version INTEGER NOT NULL, name VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, applied_at TIMESTAMP NOT NULL
)
"""


def migrate(connection: duckdb.DuckDBPyConnection, clock: dt.datetime, up_to: int | None = None) -> int:
    """Apply what is missing and make the views anew; return the schema's version.

    With `up_to` the file is left as a release with that schema would, without views: for files of earlier releases.

    Raises:
        WarehouseError: the file is of a newer release, or a migration it was made with has another text here.
    """
    connection.execute(_LEDGER)
    applied = dict(connection.execute("SELECT version, sha256 FROM schema_version").fetchall())
    known = {int(name.partition("_")[0]): name for name in list_sql("migrations")}
    known = {version: name for version, name in known.items() if up_to is None or version <= up_to}
    newer = sorted(set(applied) - set(known))
    if newer:
        raise WarehouseError(
            f"the warehouse has schema {newer[-1]}, this release knows {max(known)}", "install the release that made it"
        )
    for version, name in sorted(known.items()):
        text = read_sql("migrations", name)
        digest = hashlib.sha256(text.encode()).hexdigest()
        if version not in applied:
            _apply(connection, text, (version, name, digest, clock))
        elif applied[version] != digest:
            raise WarehouseError(f"migration {name} is not the one this warehouse was made with", "restore the file")
    if up_to is None:
        _show_face(connection, is_moved=bool(set(known) - set(applied)))
    return max(known)


def _show_face(connection: duckdb.DuckDBPyConnection, *, is_moved: bool) -> None:
    """Make the views anew and say what every table, view and column means, where this release says it otherwise."""
    texts = [read_sql(folder, name) for folder in ("views", "comments") for name in list_sql(folder)]
    stamp = f"One row a migration that was applied.{FACE}{hashlib.sha256(''.join(texts).encode()).hexdigest()}."
    known = connection.execute("SELECT comment FROM duckdb_tables() WHERE table_name = 'schema_version'").fetchall()
    if known == [(stamp,)] and not is_moved:
        return
    with in_transaction(connection):
        for text in texts:
            connection.execute(text)
        connection.execute(f"COMMENT ON TABLE schema_version IS '{stamp}'")


def _apply(connection: duckdb.DuckDBPyConnection, text: str, row: tuple[int, str, str, dt.datetime]) -> None:
    with in_transaction(connection):
        connection.execute(text)
        connection.execute("INSERT INTO schema_version VALUES (?, ?, ?, ?)", list(row))
