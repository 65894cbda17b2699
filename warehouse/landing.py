"""The landing: what came, before anyone interprets it, kept so that every page can be rebuilt byte for byte.

Records are stored one by one under the hash of their bytes with the release stamp masked, so that a year of
unchanged nights costs almost nothing; what is left of a page (its skeleton) likewise. A manifest a run says in which
order they came. It reads no record.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from models.errors import WarehouseError
from models.page import Page, RecordSpan


class _Skeleton(msgspec.Struct, frozen=True):
    """`gaps` are the bytes around the records, one more than there are records; `records` their hashes."""

    gaps: list[bytes]
    records: list[str]


class LandedPage(msgspec.Struct, frozen=True, tag="page"):
    """A manifest line: one page, with the stamps that were masked (one for all where they agree).

    A page that holds no records (an index, an error) stands in the line itself, as `body`.
    """

    source: str
    item: str
    number: int
    url: str
    request: str
    status: int
    content_type: str
    fetched_at: str
    stamps: list[str | None]
    skeleton: str = ""
    body: bytes = b""


class LandedNote(msgspec.Struct, frozen=True, tag="note"):
    """A manifest line that is no page: the run's settings and clock, a release, a probe, a failure."""

    kind: str
    content: dict[str, Any]


class Landing:
    """The landing folder of one data home, open for one run."""

    def __init__(self, folder: Path, run_id: int) -> None:
        self.folder = folder
        self._objects = folder / "objects"
        self._place = str(self._objects)
        self._open_manifest = folder / "runs" / f"{run_id:06d}.jsonl"
        self._open_manifest.parent.mkdir(parents=True, exist_ok=True)
        self._lines = self._open_manifest.open("wb")

    def store(self, page: Page) -> list[str]:
        """Keep a page; return its records' hashes, in order."""
        hashes: list[str] = []
        stamps: list[str | None] = []
        gaps: list[bytes] = []
        position = 0
        for span in page.records:
            record, stamp = _mask(page.body, span)
            hashes.append(self._store_object(record))
            stamps.append(stamp)
            gaps.append(page.body[position : span.start])
            position = span.end
        gaps.append(page.body[position:])
        skeleton = self._store_object(msgspec.json.encode(_Skeleton(gaps, hashes))) if hashes else ""
        self._write(
            LandedPage(
                source=page.source,
                item=page.item,
                number=page.number,
                url=page.url,
                request=page.request,
                status=page.status,
                content_type=page.content_type,
                fetched_at=page.fetched_at.isoformat(),
                stamps=stamps if len(set(stamps)) > 1 else stamps[:1],
                skeleton=skeleton,
                body=b"" if hashes else page.body,
            )
        )
        return hashes

    def note(self, kind: str, **content: Any) -> None:
        """Keep a fact of the run that is no page."""
        self._write(LandedNote(kind, content))

    def release(self) -> None:
        """Let go of the manifest's file. One that was not sealed stays open in name, for the next run to see."""
        self._lines.close()

    def seal(self) -> Path:
        """Seal the manifest; return its path. Everything landed is on disk after it."""
        self._lines.close()
        sealed = self._open_manifest.with_suffix(".jsonl.gz")
        fresh = sealed.with_suffix(".fresh")
        fresh.write_bytes(gzip.compress(self._open_manifest.read_bytes(), mtime=0))
        os.sync()
        fresh.replace(sealed)
        self._open_manifest.unlink()
        return sealed

    def _store_object(self, content: bytes) -> str:
        name = hashlib.blake2b(content, digest_size=16).hexdigest()
        if not os.path.exists(f"{self._place}/{name[:2]}/{name}.gz"):  # noqa: PTH110  thousands a night: a Path costs more
            path = self._objects / name[:2] / f"{name}.gz"
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(".fresh")
            fresh.write_bytes(gzip.compress(content, compresslevel=6, mtime=0))
            fresh.replace(path)
        return name

    def _write(self, line: LandedPage | LandedNote) -> None:
        self._lines.write(msgspec.json.encode(line) + b"\n")
        self._lines.flush()


def read_manifest(path: Path) -> Iterator[LandedPage | LandedNote]:
    """Yield the lines of a run's manifest, sealed (`.jsonl.gz`) or left open by a run that was cut off."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    # A line without its end was being written when the run was cut off.
    for line in content[: content.rfind(b"\n") + 1].splitlines():
        yield msgspec.json.decode(line, type=LandedPage | LandedNote)


def rebuild_body(folder: Path, page: LandedPage) -> bytes:
    """Return a landed page's body, byte for byte.

    Raises:
        WarehouseError: a part is missing or is not what its name says.
    """
    if not page.skeleton:
        return page.body
    skeleton = msgspec.json.decode(_read_object(folder, page.skeleton), type=_Skeleton)
    parts = [skeleton.gaps[0]]
    stamps = page.stamps * len(skeleton.records) if len(page.stamps) == 1 else page.stamps
    for name, stamp, gap in zip(skeleton.records, stamps, skeleton.gaps[1:], strict=True):
        record = _read_object(folder, name)
        parts += [record if stamp is None else record.replace(_MASK, stamp.encode(), 1), gap]
    return b"".join(parts)


# Stands where a stamp stood. A registry record is JSON text, where this byte cannot stand unescaped.
_MASK = b"\x00"


def _mask(body: bytes, span: RecordSpan) -> tuple[bytes, str | None]:
    if span.stamp_start < 0:
        return body[span.start : span.end], None
    stamp = body[span.stamp_start : span.stamp_end].decode()
    return body[span.start : span.stamp_start] + _MASK + body[span.stamp_end : span.end], stamp


def _read_object(folder: Path, name: str) -> bytes:
    path = folder / "objects" / name[:2] / f"{name}.gz"
    try:
        content = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise WarehouseError(f"landing: {path} cannot be read: {error}", "restore it from a backup") from error
    if hashlib.blake2b(content, digest_size=16).hexdigest() != name:
        raise WarehouseError(f"landing: {path} is damaged", "restore it from a backup")
    return content
