"""The working file: opened by one writer, spoken to in named statements and whole frames. It holds no rules."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import duckdb
import polars as pl

from models.errors import WarehouseError
from warehouse.database import build_error, create_file, first_line, open_file
from warehouse.disk import RESTORE
from warehouse.migrate import migrate
from warehouse.sql import list_sql, read_sql
from warehouse.transaction import in_transaction

if TYPE_CHECKING:
    import pyarrow as pa

# Each time DuckDB moves what is in its log into the file proper, it writes each table's last rows anew, payloads among
# them, and holds them in memory: by default after 16 MB, so after each part of an import.
_LOG_SIZE = "256MB"

# Arrow's newer texts, which DuckDB reads too: the older ones would be a copy of everything.
_AS_IT_LIES = pl.CompatLevel.newest()


class Store:
    """A context manager over one connection. Frames go in and come out by table and column names."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.mended: list[str] = []  # what had to be done before it could be opened; whoever says it takes it

    @classmethod
    def open(cls, path: Path, clock: dt.datetime) -> Self:
        """Open the working file for writing, making it and bringing its schema up to date as needed.

        Raises:
            DamagedFileError: it cannot be read.
            WarehouseError: it is of a newer release, another program has it open, or the disk is full.
        """
        try:
            if not path.exists():
                create_file(path)
            connection = open_file(path)
            try:
                connection.execute(f"SET checkpoint_threshold = '{_LOG_SIZE}'")
                migrate(connection, clock)
            except BaseException:
                connection.close()
                raise
        except duckdb.Error as error:
            raise build_error(path, error, "`trialwatch rebuild` makes it again from the landing") from error
        return cls(connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def take_mended(self) -> list[str]:
        """Return what was mended, for someone to say; it is forgotten here."""
        mended, self.mended = self.mended, []
        return mended

    def transaction(self) -> contextlib.AbstractContextManager[None]:
        """All or nothing: an error rolls everything inside back."""
        return in_transaction(self._connection)

    def begin_again(self) -> None:
        """Undo what the open transaction has done, and go on in it as if it had just begun."""
        self._connection.rollback()
        self._connection.begin()

    def read(self, name: str, /, **parameters: Any) -> pl.DataFrame:
        """Return the rows of `warehouse/statements/<name>.sql`."""
        frame: pl.DataFrame = self._connection.sql(read_sql("statements", name), params=parameters).pl()
        return frame

    def read_rows(self, name: str, /, **parameters: Any) -> list[dict[str, Any]]:
        """Return the rows of a statement as plain values: where they are few, at half the price of a frame."""
        result = self._connection.execute(read_sql("statements", name), parameters)
        columns = [column[0] for column in result.description or []]
        return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]

    def read_value(self, name: str, /, **parameters: Any) -> Any:
        """Return the one value of a statement of one row and one column."""
        ((value,),) = self._connection.execute(read_sql("statements", name), parameters).fetchall()
        return value

    def run(self, name: str, /, **parameters: Any) -> None:
        """Execute `warehouse/statements/<name>.sql` for its effect."""
        self._connection.execute(read_sql("statements", name), parameters)

    def append(self, table: str, frame: pl.DataFrame, *, read: Collection[str] = ()) -> None:
        """Add a frame's rows to a table, columns by name.

        `read` are the columns of JSON that was read as such before: DuckDB need not look through it again.
        """
        if frame.is_empty():
            return
        # Read by its name in here. Registered, it would be held until the transaction ends, and so would every page's.
        incoming = frame.to_arrow(compat_level=_AS_IT_LIES)
        for name in read:
            incoming = _mark_json(incoming, name)
        self._connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")  # noqa: S608  table: ours

    def replace(self, table: str, frame: pl.DataFrame, key: str) -> None:
        """Put a frame's rows in the place of those with the same key."""
        self.remove(table, frame.get_column(key).to_list(), key)
        self.append(table, frame)

    def remove(self, table: str, keys: Sequence[str], key: str) -> None:
        """Delete the rows of a table whose key is among `keys`."""
        if not keys:
            return
        gone = pl.DataFrame({"k": keys}).unique().to_arrow()  # noqa: F841  as above
        self._connection.execute(f"DELETE FROM {table} WHERE {key} IN (SELECT k FROM gone)")  # noqa: S608  ours

    def refill(self, table: str, frame: pl.DataFrame) -> None:
        """Make a small table hold exactly a frame's rows."""
        self._connection.execute(f"DELETE FROM {table}")  # noqa: S608  table names are ours
        self.append(table, frame)

    def put(self, table: str, key: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
        """Put rows of plain values, as JSON has them, in the place of those with the same key."""
        columns = "SELECT column_name, data_type FROM duckdb_columns() WHERE NOT internal AND table_name = $table"
        kinds = dict(self._connection.execute(columns, {"table": table}).fetchall())
        match = " AND ".join(f'"{name}" IS NOT DISTINCT FROM CAST(${name} AS {kinds[name]})' for name in key)
        for row in rows:
            self._connection.execute(f"DELETE FROM {table} WHERE {match}", {name: row[name] for name in key})  # noqa: S608
        for row in rows:
            held = {name: value for name, value in row.items() if name in kinds}
            values = ", ".join(f'CAST(${name} AS {kinds[name]}) AS "{name}"' for name in held)
            self._connection.execute(f"INSERT INTO {table} BY NAME SELECT {values}", held)

    def carry_over(self, old: Path, tables: Collection[str]) -> None:
        """Put the rows of some tables of another closed file in the place of those in this one.

        Raises:
            WarehouseError: it cannot be read.
        """
        try:
            _carry_over(self._connection, old, tables)
        except duckdb.Error as error:
            raise WarehouseError(f"cannot read {old}: {first_line(error)}", RESTORE) from error

    def find_fault(self, file: Path) -> str:
        """Return why another file of the warehouse cannot be read; empty where it can."""
        try:
            self._connection.execute("ATTACH $path AS other (READ_ONLY)", {"path": str(file)})
            self._connection.execute("DETACH other")
        except duckdb.Error as error:
            return build_error(file, error, "").message
        return ""

    def find_failures(self) -> Iterator[tuple[str, pl.DataFrame]]:
        """Yield each check of `warehouse/checks` that returns rows, with them. A name's end says fail or warn."""
        failing = self._connection.execute(_ask_which_checks_fail()).fetchall()
        for (name,) in failing:
            yield name, self._connection.sql(read_sql("checks", name)).pl()

    def checkpoint(self) -> None:
        """Bring everything committed into the one file."""
        self._connection.execute("CHECKPOINT")


def _mark_json(table: pa.Table, name: str) -> pa.Table:
    """Return a table of which DuckDB takes a column of texts for JSON as it takes its own."""
    import pyarrow as pa  # noqa: PLC0415  slow to load

    column = table.column(name)
    marked = [pa.ExtensionArray.from_storage(pa.json_(column.type), chunk) for chunk in column.chunks]
    return table.set_column(table.schema.get_field_index(name), name, pa.chunked_array(marked, pa.json_(column.type)))


def _carry_over(connection: duckdb.DuckDBPyConnection, old: Path, tables: Collection[str]) -> None:
    """Put the rows of some tables of another closed file in the place of those in the open one.

    Raises:
        duckdb.Error: it cannot be read.
    """
    connection.execute("ATTACH $path AS old (READ_ONLY)", {"path": str(old)})
    held = list_tables(connection, "old")
    for table in tables:
        if table in held:
            connection.execute(f"DELETE FROM {table}")  # noqa: S608  table names are ours
            connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM old.{table}")  # noqa: S608
    connection.execute("DETACH old")


def list_tables(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, list[str]]:
    """Return the tables of an attached file with their columns."""
    query = """
        SELECT table_name, list('"' || column_name || '"' ORDER BY column_index)
        FROM duckdb_columns()
        WHERE database_name = $name
            AND table_name IN (SELECT table_name FROM duckdb_tables() WHERE database_name = $name)
        GROUP BY ALL
    """
    return dict(connection.execute(query, {"name": database}).fetchall())


@functools.cache
def _ask_which_checks_fail() -> str:
    """One query for all: asked after each step, and every query has its price even where nothing fails."""
    return "\nUNION ALL\n".join(
        f"SELECT '{name}' WHERE EXISTS (\n{read_sql('checks', name)}\n)" for name in list_sql("checks")
    )
