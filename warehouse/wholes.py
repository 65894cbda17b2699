"""Where in pages that are kept as one object each record lies: a later page that holds one need not keep it again."""

from __future__ import annotations

import contextlib
import functools
import gzip
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from models.errors import WarehouseError
from models.page import RecordSpan
from warehouse.disk import RESTORE
from warehouse.objects import Objects, hash_object, pack_fast, read_object

# Stands where a stamp stood. A registry record is JSON text, where this byte cannot stand unescaped.
MASK = b"\x00"
_NEIGHBOURS = 4  # pages unpacked at once: what stood side by side does so later


class _Index(msgspec.Struct, frozen=True, array_like=True):
    records: list[str]
    spans: list[RecordSpan]


class PackedPage(msgspec.Struct, frozen=True):
    """A page ready to be kept as one object: its name, itself packed, its records' names, and which of them lies where.

    `packed` is empty where whoever keeps it is to pack it, if it is not there.
    """

    name: str
    packed: bytes
    records: list[str]
    index: bytes


def pack_page(body: bytes, spans: Sequence[RecordSpan], *, is_packed: bool = True) -> PackedPage:
    """Make a page ready to be kept as one object: pure work, done in whichever process has time."""
    names = [hash_object(mask_stamp(body, span)[0]) for span in spans]
    return PackedPage(hash_object(body), pack_fast(body) if is_packed else b"", names, pack_index(names, spans))


def mask_stamp(body: bytes, span: RecordSpan) -> tuple[bytes, str | None]:
    """Return a record of a page without its release stamp, and that."""
    if span.stamp_start < 0:
        return body[span.start : span.end], None
    stamp = body[span.stamp_start : span.stamp_end].decode()
    return body[span.start : span.stamp_start] + MASK + body[span.stamp_end : span.end], stamp


def pack_index(names: Sequence[str], spans: Sequence[RecordSpan]) -> bytes:
    """Return which records lie where in a page."""
    return pack_fast(msgspec.json.encode(_Index(list(names), list(spans))))


def keep_index(objects: Objects, whole: str, packed: bytes) -> None:
    """Keep the index of a page kept as one object, which must be on the disk before."""
    objects.put_beside(_find_index(Path(), whole), packed)


def list_whole_records(folder: Path) -> Iterator[str]:
    """Yield the names of all records that lie in pages kept as one object."""
    for _, index in _read_indexes(folder):
        yield from index.records


def find_whole(folder: Path, record: str) -> str | None:
    """Return the name of the page in which a record lies; None where there is none."""
    place = _find_place(folder, record)
    return place[0] if place else None


def read_whole_record(folder: Path, record: str) -> bytes:
    """Return a record, its stamp masked, out of the page in which it lies.

    Raises:
        WarehouseError: there is none, or it is not what its name says.
    """
    place = _find_place(folder, record)
    if place is None:
        raise WarehouseError(f"landing: {folder} does not hold {record}", RESTORE)
    whole, span = place
    content, _ = mask_stamp(_unpack(folder, whole), span)
    if hash_object(content) != record:
        raise WarehouseError(f"landing: {_find_index(folder, whole)} is damaged", RESTORE)
    return content


def _find_place(folder: Path, record: str) -> tuple[str, RecordSpan] | None:
    wholes = folder / "wholes"
    return _read_places(folder, wholes.stat().st_mtime_ns).get(record) if wholes.is_dir() else None


@functools.lru_cache(maxsize=1)
def _read_places(folder: Path, _state: int) -> dict[str, tuple[str, RecordSpan]]:
    return {
        record: (whole, span)
        for whole, index in _read_indexes(folder)
        for record, span in zip(index.records, index.spans, strict=True)
    }


@functools.lru_cache(maxsize=_NEIGHBOURS)
def _unpack(folder: Path, whole: str) -> bytes:
    return read_object(folder, whole)


def _find_index(folder: Path, whole: str) -> Path:
    return folder / "wholes" / f"{whole}.gz"


def _read_indexes(folder: Path) -> Iterator[tuple[str, _Index]]:
    for path in sorted((folder / "wholes").glob("*.gz")):
        # One that a power cut tore is as one never written: its records are kept again.
        with contextlib.suppress(OSError, EOFError, zlib.error, msgspec.DecodeError):
            yield path.stem, msgspec.json.decode(gzip.decompress(path.read_bytes()), type=_Index)
