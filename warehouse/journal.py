"""A small journal of what cannot be made again: rows that outlive a working file lost before it was published.

A line is written, and brought to the disk, before the row is committed. It is read only where the working file is lost.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import structlog

from warehouse.landing import sync
from warehouse.store import Store

_log = structlog.get_logger(__name__)


class Entry(msgspec.Struct, frozen=True):
    """Rows that take the place of those with the same values in the columns `key`."""

    table: str
    key: list[str]
    rows: list[dict[str, Any]]


def write_journal(path: Path, entries: Sequence[Entry]) -> None:
    """Add entries, so that they outlive a crash.

    Raises:
        OSError: they cannot be written; none of them is there then.
    """
    text = b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries)
    is_new = not path.exists()
    with path.open("ab+") as file:
        end = _cut_half_a_line(file)
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            file.truncate(end)
            raise
    if is_new:
        sync(path.parent)


def _cut_half_a_line(file: BinaryIO) -> int:
    """Take off the line that was being written when a crash came; return the end of what is whole."""
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - 1))
    if end and file.read(1) != b"\n":
        file.seek(0)
        end = file.read().rfind(b"\n") + 1
        file.truncate(end)
    return end


def read_journal(path: Path, store: Store) -> int:
    """Bring the tables of an open file to what the journal says; return how many entries it holds."""
    if not path.exists():
        return 0
    content = path.read_bytes()
    entries = [msgspec.json.decode(line, type=Entry) for line in content[: content.rfind(b"\n") + 1].splitlines()]
    with store.transaction():
        for entry in entries:
            store.put(entry.table, entry.key, entry.rows)
    return len(entries)
