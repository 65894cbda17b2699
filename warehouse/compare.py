"""Comparing two files row for row; it changes neither."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import duckdb
import msgspec

from models.errors import WarehouseError
from warehouse.database import CONFIG, first_line
from warehouse.disk import IS_IT_FULL
from warehouse.store import list_tables


class Difference(msgspec.Struct, frozen=True):
    """A table in which two files differ: how many rows only one of them has, and one of these."""

    table: str
    only_left: int
    only_right: int
    example: str


def compare_files(left: Path, right: Path, but_for: Collection[str] = ()) -> list[Difference]:
    """Return the tables of two closed files that do not hold the same rows, whatever their order.

    Raises:
        WarehouseError: one of them cannot be read.
    """
    try:
        with duckdb.connect(config=CONFIG) as connection:
            for name, path in (("l", left), ("r", right)):
                connection.execute(f"ATTACH $path AS {name} (READ_ONLY)", {"path": str(path)})
            tables = {name: list_tables(connection, name) for name in ("l", "r")}
            names = sorted((tables["l"].keys() | tables["r"].keys()) - set(but_for))
            return [found for table in names for found in _compare(connection, table, tables)]
    except duckdb.Error as error:
        raise WarehouseError(f"cannot compare {left} and {right}: {first_line(error)}", IS_IT_FULL) from error


def _compare(
    connection: duckdb.DuckDBPyConnection, table: str, tables: dict[str, dict[str, list[str]]]
) -> Iterator[Difference]:
    columns = sorted(tables["l"].get(table, []))
    if columns != sorted(tables["r"].get(table, [])):
        yield Difference(table, 0, 0, "it has other columns, or stands in one alone")
        return
    chosen = ", ".join(columns)
    queries = [
        f"SELECT {chosen} FROM {one}.{table} EXCEPT ALL SELECT {chosen} FROM {other}.{table}"  # noqa: S608
        for one, other in (("l", "r"), ("r", "l"))
    ]
    counts = [connection.execute(f"SELECT count(*) FROM ({query})").fetchall()[0][0] for query in queries]  # noqa: S608
    if any(counts):
        query = queries[0] if counts[0] else queries[1]
        row = connection.execute(f"{query} LIMIT 1").fetchall()[0]
        told = ", ".join(f"{name[1:-1]} {value!s:.60}" for name, value in zip(columns, row, strict=True) if value)
        yield Difference(table, counts[0], counts[1], told)
