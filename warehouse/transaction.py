"""One transaction on a connection. It knows no table."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import duckdb


@contextlib.contextmanager
def in_transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing: an error rolls everything inside back."""
    connection.begin()
    try:
        yield
    except BaseException:
        # DuckDB may have ended the transaction itself, on a fatal error.
        with contextlib.suppress(duckdb.TransactionException):
            connection.rollback()
        raise
    connection.commit()
