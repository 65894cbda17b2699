"""Reading the published file: read-only in fact, without access to any other file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from models.errors import QueryError, WarehouseError
from warehouse.store import CONFIG

# A query must not read files, attach, copy out or load code, nor switch these off again.
_LOCKED = {**CONFIG, "enable_external_access": "false", "lock_configuration": "true"}

_HINT = "the columns are listed in docs/contract.md"


def connect(published: Path) -> duckdb.DuckDBPyConnection:
    """Open the published file for reading.

    Raises:
        WarehouseError: there is none yet, or it is no readable DuckDB file.
    """
    if not published.exists():
        raise WarehouseError(f"there is no warehouse at {published}", "run `trialwatch run` first")
    try:
        return duckdb.connect(str(published), read_only=True, config=_LOCKED)
    except duckdb.Error as error:
        raise WarehouseError(f"cannot read {published}: {error}", "run `trialwatch run` to publish it anew") from error


def has_table(published: Path, table: str) -> bool:
    """Return whether the published file has a table: one of an older release may lack it until the next run."""
    return bool(query_rows(published, "FROM duckdb_tables() WHERE table_name = $table", {"table": table})[1])


def query_rows(
    published: Path, query: str, parameters: Mapping[str, Any] | None = None
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the column names and all rows of a query, with named parameters if it takes any.

    Raises:
        WarehouseError: there is no published file.
        QueryError: the query fails; with DuckDB's own words.
    """
    with connect(published) as connection:
        return _query(connection, query, parameters or {})


def query_records(
    published: Path, queries: Mapping[str, str], parameters: Mapping[str, Any]
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of several named queries that take the same parameters, all from one state of the file.

    Raises:
        WarehouseError: there is no published file.
        QueryError: a query fails; with DuckDB's own words.
    """
    with connect(published) as connection:
        answers = {name: _query(connection, query, parameters) for name, query in queries.items()}
    return {name: [dict(zip(columns, row, strict=True)) for row in rows] for name, (columns, rows) in answers.items()}


def _query(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: Mapping[str, Any]
) -> tuple[list[str], list[tuple[Any, ...]]]:
    try:
        if not connection.extract_statements(query):
            raise QueryError("there is no query", _HINT)
        result = connection.execute(query, dict(parameters))
        return [column[0] for column in result.description or []], result.fetchall()
    except duckdb.Error as error:
        raise QueryError(str(error).strip(), _HINT) from error
