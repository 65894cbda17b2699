"""Reading the published file: read-only in fact, without access to any other file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import duckdb

from models.errors import QueryError, WarehouseError
from warehouse.database import CONFIG, build_error
from warehouse.sql import read_sql

if TYPE_CHECKING:
    import pyarrow as pa

# A query must not read files, attach, copy out or load code, nor switch these off again.
_LOCKED = {**CONFIG, "enable_external_access": "false", "lock_configuration": "true"}

# What EXPLAIN runs or explains must itself be a query; hidden behind anything but this, it is refused.
_EXPLAIN = re.compile(r"\s*EXPLAIN(\s+ANALYZE)?\s", re.IGNORECASE)
_TABLE = "FROM duckdb_tables() WHERE table_name = $table"
_HINT = "the columns are listed in docs/sql.md"


def connect(published: Path) -> duckdb.DuckDBPyConnection:
    """Open the published file for reading.

    Raises:
        DamagedFileError: it cannot be read.
        WarehouseError: there is none yet, or another program has it open for writing.
    """
    if not published.exists():
        raise WarehouseError(f"there is no warehouse at {published}", "run `trialwatch run` first")
    try:
        return duckdb.connect(str(published), read_only=True, config=_LOCKED)
    except duckdb.Error as error:
        raise build_error(published, error, "run `trialwatch run` to publish it anew") from error


class Published:
    """The published file while it is open, a context manager: all questions are answered from one state of it.

    Opening it costs more than most questions do.
    """

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            DamagedFileError: it cannot be read.
            WarehouseError: there is none yet, or another program has it open for writing.
        """
        self._connection = connect(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def read(self, name: str, /, **parameters: Any) -> list[dict[str, Any]]:
        """Return the rows of `warehouse/statements/<name>.sql`.

        Raises:
            QueryError: it fails; with DuckDB's own words.
        """
        columns, rows = _query(self._connection, read_sql("statements", name), parameters)
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def has_table(self, table: str) -> bool:
        """Return whether there is such a table: a file of an older release may lack it until the next run."""
        return bool(_query(self._connection, _TABLE, {"table": table})[1])


def read_through(file: Path) -> None:
    """Read every row of a closed file; DuckDB compares each block with its checksum as it is read.

    Raises:
        DamagedFileError: one cannot be read.
        WarehouseError: there is no file, or another program has it open for writing.
    """
    with connect(file) as connection:
        try:
            for (table,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                connection.execute(f'SELECT sum(hash(held)) FROM "{table}" AS held').fetchall()  # noqa: S608  ours
        except duckdb.Error as error:
            raise build_error(file, error, "run `trialwatch run` to publish it anew") from error


def query_rows(
    published: Path,
    query: str,
    parameters: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the column names and all rows of a query, with named parameters and DuckDB variables if it takes any.

    Raises:
        WarehouseError: there is no published file.
        QueryError: the query fails; with DuckDB's own words.
    """
    with connect(published) as connection:
        _set(connection, variables or {})
        return _query(connection, query, parameters or {})


def query_arrow(published: Path, query: str, variables: Mapping[str, Any]) -> pa.Table:
    """Return the rows of a query as an Arrow table, its columns of the types they have in the warehouse.

    Raises:
        WarehouseError: there is no published file.
        QueryError: the query fails, or it returns no rows by its nature.
    """
    with connect(published) as connection:
        _set(connection, variables)
        try:
            _check_statements(connection, query)
            relation = connection.sql(query)
            if relation is None:
                raise QueryError("the query has no rows to write", _HINT)
            return relation.to_arrow_table()
        except duckdb.Error as error:
            raise QueryError(str(error).strip(), _HINT) from error


def _set(connection: duckdb.DuckDBPyConnection, variables: Mapping[str, Any]) -> None:
    for name, value in variables.items():
        connection.execute(f"SET VARIABLE {name} = $value", {"value": value})


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
        _check_statements(connection, query)
        result = connection.execute(query, dict(parameters))
        return [column[0] for column in result.description or []], result.fetchall()
    except duckdb.Error as error:
        raise QueryError(str(error).strip(), _HINT) from error


def _check_statements(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    """Refuse what does more than read.

    A database that is open read-only and without access to files still lets its own neighbours be written: a COPY to
    `<file>.wal` would be taken for a log of changes by whoever opens the file next.

    Raises:
        QueryError: there is no statement, or one that is not a query.
    """
    statements = connection.extract_statements(query)
    if not statements:
        raise QueryError("there is no query", _HINT)
    for statement in statements:
        if statement.type == duckdb.StatementType.EXPLAIN and (inner := _EXPLAIN.match(statement.query)):
            _check_statements(connection, statement.query[inner.end() :])
        elif statement.type != duckdb.StatementType.SELECT:
            raise QueryError(f"only queries are answered here, no {statement.type.name}", _HINT)
