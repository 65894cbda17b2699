"""Books: manifests one behind the other in a file, each told by an earlier one, for most nights are like the last.

A year of small files would cost more in the disk's blocks than in what they hold. An entry once written is not touched
again. It reads no line.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from models.errors import WarehouseError
from warehouse.deltas import read_delta, write_delta
from warehouse.disk import RESTORE, write_whole

SUFFIX = ".book"
_MARK = b"trialwatch book 1\n"
# The run, how many entries before it stands the one it is told by (0: it is whole), the bytes stored, and those they
# tell; then a hash of all that and of what is stored.
_HEAD = struct.Struct(">IHII")
_HASH_BYTES = 6
_MOST_BYTES, _MOST_ENTRIES = 8 << 20, 1_000  # then a new book is begun
_MOST_STEPS = 16  # from an entry to one that is whole
_LOOKED_AT = 12  # of the newest entries, for one to be like
_TRIED = 2
_LONGEST_TOLD = 4 << 20  # bytes; a longer manifest, of a large import, is stored whole
_KEPT = 40  # texts in memory: a chain of entries, twice


class Entry(msgspec.Struct, frozen=True):
    """Where a run's manifest stands in its book; `steps`: how far it is from one that is whole."""

    run_id: int
    back: int
    length: int
    start: int
    end: int
    steps: int
    is_sound: bool


class Book:
    """A book as it lies on the disk. `entries` are in the order of their runs; `rest` follows, and is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._content = path.read_bytes()
        self.entries = list(_list_entries(self._content))
        while self.entries and not self.entries[-1].is_sound:
            self.entries.pop()
        self.end = self.entries[-1].end if self.entries else 0
        self.rest = self._content[self.end :]
        self._texts: dict[int, bytes] = {}

    def read(self, place: int) -> bytes:
        """Return the manifest that is the entry at a place.

        Raises:
            WarehouseError: it, or one that it is told by, is damaged.
        """
        if place not in self._texts:
            text = self._unpack(self.entries[place], place)
            if len(self._texts) >= _KEPT:
                del self._texts[next(iter(self._texts))]
            self._texts[place] = text
        return self._texts[place]

    def find_torn(self) -> int | None:
        """Return the run that was being written when the power went, as far as that can be told; None: no rest."""
        return int.from_bytes(self.rest[:4], "big") if self.rest else None

    def _unpack(self, entry: Entry, place: int) -> bytes:
        try:
            if not entry.is_sound:
                raise ValueError("it is not what was written")
            stored = self._content[entry.start : entry.end]
            return read_delta(self.read(place - entry.back), stored) if entry.back else zlib.decompress(stored)
        except (ValueError, zlib.error) as error:
            message = f"landing: run {entry.run_id} in {self.path} cannot be read: {error}"
            raise WarehouseError(message, RESTORE) from error


def find_books(folder: Path) -> list[Book]:
    """Return the books of a folder, in order."""
    return [Book(path) for path in sorted(folder.glob(f"*{SUFFIX}"))]


def add_entry(folder: Path, run_id: int, text: bytes) -> None:
    """Write a run's manifest into the newest book, or into a new one, and bring it to the disk.

    What an earlier try at the same run left half written is written over; a damaged book is left as it is.

    Raises:
        OSError: it cannot be written; the book is as it was.
    """
    newest = max(folder.glob(f"*{SUFFIX}"), default=None)
    book = Book(newest) if newest else None
    if book is None or not _goes_on(book, run_id):
        write_whole(folder / f"{run_id:06d}{SUFFIX}", _MARK + _pack(run_id, 0, text, zlib.compress(text, 9)))
        return
    packed = _find_shortest(book, run_id, text)
    with book.path.open("rb+", buffering=0) as file:
        file.truncate(book.end)
        try:
            _write_at(file.fileno(), packed, book.end)
            os.fsync(file.fileno())
        except OSError:
            file.truncate(book.end)
            raise


def _goes_on(book: Book, run_id: int) -> bool:
    """Whether an entry can be added: there is room, and what follows the last one is nothing but a try at this one."""
    begun = book.rest[:4]
    is_own = begun in (run_id.to_bytes(4, "big")[: len(begun)], bytes(len(begun)))
    has_room = book.end < _MOST_BYTES and len(book.entries) < _MOST_ENTRIES
    return is_own and has_room and bool(book.entries) and book.entries[-1].run_id < run_id


def _find_shortest(book: Book, run_id: int, text: bytes) -> bytes:
    """Return an entry whole, or told by an earlier one where that is much less."""
    whole = _pack(run_id, 0, text, zlib.compress(text, 9))
    forms = [whole]
    for place in _list_models(book, len(text)):
        with contextlib.suppress(WarehouseError):  # one that is damaged is nobody's model; the audit names it
            delta = write_delta(book.read(place), text)
            forms.append(_pack(run_id, len(book.entries) - place, text, delta))
    best = min(forms, key=len)
    return best if 2 * len(best) < len(whole) else whole


def _list_models(book: Book, length: int) -> list[int]:
    """Return the places of the newest entry, of those before it most like it in size, and of the newest whole one."""
    places = range(len(book.entries))
    if length > _LONGEST_TOLD:
        return []
    near = [place for place in places[-_LOOKED_AT:] if book.entries[place].steps < _MOST_STEPS]
    alike = sorted(near, key=lambda place: abs(book.entries[place].length - length))
    whole = max(place for place in places if not book.entries[place].steps)
    return list(dict.fromkeys([*near[-1:], *alike[:_TRIED], whole]))


def _pack(run_id: int, back: int, text: bytes, stored: bytes) -> bytes:
    head = _HEAD.pack(run_id, back, len(stored), len(text))
    return head + _hash(head, stored) + stored


def _hash(head: bytes, stored: bytes) -> bytes:
    return hashlib.blake2b(head + stored, digest_size=_HASH_BYTES).digest()


def _list_entries(content: bytes) -> Iterator[Entry]:
    start, before = len(_MARK), 0
    steps: list[int] = []
    while content.startswith(_MARK) and start + _HEAD.size + _HASH_BYTES <= len(content):
        head = content[start : start + _HEAD.size]
        run_id, back, size, length = _HEAD.unpack(head)
        check, start = content[start + _HEAD.size : start + _HEAD.size + _HASH_BYTES], start + _HEAD.size + _HASH_BYTES
        if run_id <= before or back > len(steps) or start + size > len(content):
            return
        steps.append(steps[-back] + 1 if back else 0)
        is_sound = check == _hash(head, content[start : start + size])
        yield Entry(run_id, back, length, start, start + size, steps[-1], is_sound)
        start, before = start + size, run_id


def _write_at(descriptor: int, content: bytes, place: int) -> None:
    while content:
        written = os.pwrite(descriptor, content, place)
        content, place = content[written:], place + written
