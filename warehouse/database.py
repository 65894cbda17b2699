"""How a DuckDB file is made and opened, by whoever opens one. It knows no table, and whoever only reads imports it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from models.errors import DamagedFileError, WarehouseError

STORAGE_VERSION = "v1.5.0"  # the one that DuckDB 1.5 clients still open
# No extension can be needed at run time, and none may be fetched.
CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


# Rows that DuckDB compresses together, holds in memory until there are so many, and writes anew until then. With
# payloads among them, its own 122,880 are gigabytes; rows without take less room in groups as large. A transaction that
# brings a whole number of groups is written as it comes; one that does not goes to the log, and its last group into the
# file with every one that is not full.
FEW_ROWS, MANY_ROWS = 4_096, 122_880

MADE_ANEW = "the next run makes it from the published one"  # what becomes of a damaged working file
_HINTS = {
    "set lock on file": "close other programs that have it open",
    "Permission denied": "run this as the user that the nights run as",
}
_DAMAGE = ("not a valid DuckDB database", "Could not read enough bytes", "Corrupt database file", "Corrupt WAL file")


def create_file(path: Path) -> None:
    """Make an empty database of the published storage version."""
    with duckdb.connect(config=CONFIG) as connection:
        connection.execute(f"ATTACH $path AS fresh (STORAGE_VERSION '{STORAGE_VERSION}')", {"path": str(path)})
        connection.execute("DETACH fresh")


def open_file(path: Path, row_group: int = FEW_ROWS) -> duckdb.DuckDBPyConnection:
    """Open a file for writing; what is added is put into groups of so many rows.

    That can only be said of a file that is attached: it is attached, and used.
    """
    connection = duckdb.connect(config=CONFIG)
    try:
        connection.execute(f"ATTACH $path AS warehouse (ROW_GROUP_SIZE {row_group})", {"path": str(path)})
        connection.execute("USE warehouse")
    except BaseException:
        connection.close()
        raise
    return connection


def build_error(path: Path, error: duckdb.Error, remedy: str) -> WarehouseError:
    """Tell a damaged file, which `remedy` cures, from one that is in use or that there is no room for."""
    reason = first_line(error)
    if is_damage(error):
        return DamagedFileError(path, reason, remedy)
    hint = next((hint for sign, hint in _HINTS.items() if sign in str(error)), "is the disk full?")
    return WarehouseError(f"cannot open {path}: {reason}", hint)


def is_damage(error: Exception) -> bool:
    """Return whether a file does not hold what it should, by DuckDB's words: it has no class of its own for that."""
    return any(sign in str(error) for sign in _DAMAGE)


def first_line(error: Exception) -> str:
    """Return what an error says first: DuckDB adds the query and its own stack below."""
    return str(error).strip().split("\n", 1)[0]
