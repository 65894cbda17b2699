"""A small journal of what cannot be made again: rows that outlive a working file lost before it was published.

A line is written, and brought to the disk, before the row is committed. It is read only where the working file is lost.
What was said of a row before is left out when the file has grown, and the rest compressed beside it.
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from models.errors import WarehouseError
from warehouse.disk import RESTORE, sync, write_whole
from warehouse.store import Store

_LONGEST = 4096  # bytes that are not folded yet: some two letters


class Entry(msgspec.Struct, frozen=True):
    """Rows that take the place of those with the same values in the columns `key`."""

    table: str
    key: list[str]
    rows: list[dict[str, Any]]


def write_journal(path: Path, entries: Sequence[Entry]) -> None:
    """Add entries, so that they outlive a crash; one without rows says nothing.

    Raises:
        OSError: they cannot be written; none of them is there then.
    """
    text = b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries if entry.rows)
    if not text:
        return
    is_new = not path.exists()
    if not is_new and path.stat().st_size > _LONGEST:
        _fold(path)
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
    """Bring the tables of an open file to what the journal says; return how many entries it holds.

    Raises:
        WarehouseError: what was folded away is damaged.
    """
    entries = _read_entries(path)
    with store.transaction():
        for entry in entries:
            store.put(entry.table, entry.key, entry.rows)
    return len(entries)


def _fold(path: Path) -> None:
    """Keep of each row what was said last, compressed; killed before the end, the same is said twice."""
    last: dict[tuple[str, bytes], Entry] = {}
    for entry in _read_entries(path):
        rows: dict[bytes, list[dict[str, Any]]] = {}
        for row in entry.rows:
            rows.setdefault(msgspec.json.encode([row[column] for column in entry.key]), []).append(row)
        last |= {(entry.table, key): Entry(entry.table, entry.key, alike) for key, alike in rows.items()}
    text = b"".join(msgspec.json.encode(entry) + b"\n" for entry in last.values())
    write_whole(_find_folded(path), gzip.compress(text, mtime=0))
    write_whole(path, b"")


def _read_entries(path: Path) -> list[Entry]:
    folded = _find_folded(path)
    content = path.read_bytes() if path.exists() else b""
    try:
        old = gzip.decompress(folded.read_bytes()) if folded.exists() else b""
        lines = [*old.splitlines(), *content[: content.rfind(b"\n") + 1].splitlines()]
        return [msgspec.json.decode(line, type=Entry) for line in lines]
    except (EOFError, zlib.error, gzip.BadGzipFile, msgspec.DecodeError) as error:
        raise WarehouseError(f"landing: {path} or {folded} cannot be read: {error}", RESTORE) from error


def _find_folded(path: Path) -> Path:
    return path.with_name(f"{path.name}.gz")
