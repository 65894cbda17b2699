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
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from models.errors import WarehouseError
from models.page import Page, RecordSpan
from warehouse.manifests import pack_manifest, unpack_manifest

RUNS = "runs"
_RESTORE = "restore it from a backup"
_MOST_WAITING_BYTES = 64 << 20
_MOST_SYNCED = 50


class _Skeleton(msgspec.Struct, frozen=True):
    """`gaps` are the bytes around the records, one more than there are records; `records` their hashes."""

    gaps: list[bytes]
    records: list[str]


class Asked(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was asked for, free of secrets, in the order of asking; `location` and `answered_by` are the answer's."""

    number: int
    source: str
    method: str
    url: str
    content: str = ""
    location: str = ""
    answered_by: str = ""


class Failure(msgspec.Struct, frozen=True):
    """That a source did not answer: the kind of error, its reason, what to do."""

    kind: str
    reason: str
    hint: str


class LandedExchange(msgspec.Struct, frozen=True, tag="exchange", omit_defaults=True):
    """A manifest line: one question, and its answer where that became no page; or that there was none."""

    asked: Asked
    status: int = 0
    content_type: str = ""
    body: bytes = b""
    failure: Failure | None = None


class LandedPage(msgspec.Struct, frozen=True, tag="page"):
    """A manifest line: one page, with the stamps that were masked (one for all where they agree).

    A page that holds no records (an index, an error) stands in the line itself, as `body`. `asked` is the question that
    it answers; a page out of a file answers none.
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
    asked: Asked | None = None


class LandedNote(msgspec.Struct, frozen=True, tag="note"):
    """A manifest line that is no page: the run's settings and clock, a release, a probe, a failure."""

    kind: str
    content: dict[str, Any]


Line = LandedPage | LandedExchange | LandedNote


class Landing:
    """The landing folder of one data home, open for one run.

    `mended` names the objects that were there damaged and are written anew.
    """

    def __init__(self, folder: Path, run_id: int) -> None:
        self.folder = folder
        self.mended: list[str] = []
        self._objects = folder / "objects"
        self._place = str(self._objects)
        self._waiting: list[LandedExchange] = []
        self._waiting_bytes = 0
        self._unsynced: list[Path] = []
        self._open_manifest = folder / RUNS / f"{run_id:06d}.jsonl"
        self._open_manifest.parent.mkdir(parents=True, exist_ok=True)
        self._lines = self._open_manifest.open("wb", buffering=0)

    def store(self, page: Page) -> list[str]:
        """Keep a page, with the question that brought it; return its records' hashes, in order."""
        hashes, stamps, gaps = cut_page(page, self.keep)
        skeleton = self.keep(msgspec.json.encode(_Skeleton(gaps, hashes))) if hashes else ""
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
                asked=self._take_question(page),
            )
        )
        return hashes

    def note(self, kind: str, **content: Any) -> None:
        """Keep a fact of the run that is no page."""
        self._write(LandedNote(kind, content))

    def wait(self, exchange: LandedExchange) -> None:
        """Keep an exchange until its page is stored, or else, by the next `flush`, as it is."""
        self._waiting.append(exchange)
        self._waiting_bytes += len(exchange.body)
        if self._waiting_bytes > _MOST_WAITING_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write the exchanges that became no page."""
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        for exchange in waiting:
            self._write(exchange)

    def secure(self) -> None:
        """Bring what was landed to the disk: what is committed after it can be made again from it."""
        self.flush()
        self._sync()
        os.fsync(self._lines.fileno())

    def release(self) -> None:
        """Let go of the manifest's file. One that was not sealed stays open in name, for the next run to see."""
        self._lines.close()

    def seal(self) -> Path:
        """Seal the manifest; return its path. Everything landed is on disk after it."""
        self.secure()
        self._lines.close()
        return seal_manifest(self._open_manifest)

    def keep(self, content: bytes) -> str:
        """Keep some bytes under their hash, and return that. What is there and is not what it should be is mended."""
        name = hash_object(content)
        place = f"{self._place}/{name[:2]}/{name}.gz"
        held = _read_bytes(place)  # thousands a night: a Path costs more
        if held is None or not _holds(held, content):
            if held is not None:
                self.mended.append(name)
            path = Path(place)
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(".fresh")
            fresh.write_bytes(gzip.compress(content, compresslevel=6, mtime=0))
            fresh.replace(path)
            self._unsynced.append(path)
        return name

    def _sync(self) -> None:
        """Bring new objects to the disk: each by itself, or, of many, with all that is unwritten anywhere."""
        fresh, self._unsynced = self._unsynced, []
        if len(fresh) > _MOST_SYNCED:
            os.sync()
            return
        for path in {*fresh, *(one.parent for one in fresh)}:
            sync(path)

    def _take_question(self, page: Page) -> Asked | None:
        for place, exchange in enumerate(self._waiting):
            if exchange.status == page.status and exchange.body == page.body:
                self._waiting_bytes -= len(exchange.body)
                return self._waiting.pop(place).asked
        return None

    def _write(self, line: Line) -> None:
        """Add a line, whole or not at all: what stands half when the disk is full would hide those after it."""
        rest = memoryview(msgspec.json.encode(line) + b"\n")
        end = self._lines.tell()
        try:
            while rest:
                rest = rest[self._lines.write(rest) :]
        except OSError:
            self._lines.truncate(end)
            self._lines.seek(end)
            raise


class DryLanding(Landing):
    """A landing to which a run of the past is made again: it names what it is handed, and writes nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mended = []

    def keep(self, content: bytes) -> str:
        """Return the hash of some bytes."""
        return hash_object(content)

    def store(self, page: Page) -> list[str]:
        """Return the hashes of a page's records, in order."""
        return cut_page(page, self.keep)[0]

    def note(self, kind: str, **content: Any) -> None:
        """Keep nothing."""

    def flush(self) -> None:
        """Nothing waits."""

    def secure(self) -> None:
        """Nothing waits for the disk."""

    def release(self) -> None:
        """There is no file to let go of."""


def cut_page(page: Page, keep: Callable[[bytes], str]) -> tuple[list[str], list[str | None], list[bytes]]:
    """Cut a page into its records, each handed to `keep`, which names it; return names, stamps, and what is left."""
    names: list[str] = []
    stamps: list[str | None] = []
    gaps: list[bytes] = []
    position = 0
    for span in page.records:
        record, stamp = _mask(page.body, span)
        names.append(keep(record))
        stamps.append(stamp)
        gaps.append(page.body[position : span.start])
        position = span.end
    return names, stamps, [*gaps, page.body[position:]]


def hash_object(content: bytes) -> str:
    """Return the name under which some bytes are kept."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def seal_manifest(path: Path) -> Path:
    """Compress an open manifest into its sealed form; return that."""
    sealed = path.with_suffix(".jsonl.gz")
    fresh = sealed.with_suffix(".fresh")
    fresh.write_bytes(pack_manifest(path.parent, path.read_bytes()))
    sync(fresh)
    fresh.replace(sealed)
    sync(sealed.parent)
    path.unlink()
    return sealed


def end_manifest(path: Path, note: LandedNote) -> Path:
    """Add a last line to a manifest that a killed run left open, and seal it; return the sealed one.

    A line that was being written is left out.
    """
    content = path.read_bytes()
    fresh = path.with_suffix(".fresh")
    fresh.write_bytes(content[: content.rfind(b"\n") + 1] + msgspec.json.encode(note) + b"\n")
    sync(fresh)
    fresh.replace(path)
    return seal_manifest(path)


def sync(path: Path) -> None:
    """Bring a file, or what a folder lists, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def find_manifests(folder: Path) -> dict[int, Path]:
    """Return the manifests of a landing by their run, in order; one that is open and sealed is sealed."""
    found = {}
    for path in sorted((folder / RUNS).glob("*.jsonl*"), key=lambda one: one.suffix == ".gz"):
        number = path.name.partition(".")[0]
        if number.isdecimal() and path.suffix in (".gz", ".jsonl"):
            found[int(number)] = path
    return dict(sorted(found.items()))


def read_manifest(path: Path) -> Iterator[Line]:
    """Yield the lines of a run's manifest, sealed (`.jsonl.gz`) or left open by a run that was cut off.

    Raises:
        WarehouseError: it cannot be read, or a line is none.
    """
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = unpack_manifest(path.parent, content)
        # A line without its end was being written when the run was cut off.
        for line in content[: content.rfind(b"\n") + 1].splitlines():
            yield msgspec.json.decode(line, type=Line)
    except (OSError, EOFError, zlib.error, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WarehouseError(f"landing: {path} cannot be read: {error}", _RESTORE) from error


def rebuild_body(folder: Path, page: LandedPage) -> bytes:
    """Return a landed page's body, byte for byte.

    Raises:
        WarehouseError: a part is missing or is not what its name says.
    """
    if not page.skeleton:
        return page.body
    skeleton = msgspec.json.decode(read_object(folder, page.skeleton), type=_Skeleton)
    parts = [skeleton.gaps[0]]
    stamps = page.stamps * len(skeleton.records) if len(page.stamps) == 1 else page.stamps
    for name, stamp, gap in zip(skeleton.records, stamps, skeleton.gaps[1:], strict=True):
        record = read_object(folder, name)
        parts += [record if stamp is None else record.replace(_MASK, stamp.encode(), 1), gap]
    return b"".join(parts)


# Stands where a stamp stood. A registry record is JSON text, where this byte cannot stand unescaped.
_MASK = b"\x00"


def _mask(body: bytes, span: RecordSpan) -> tuple[bytes, str | None]:
    if span.stamp_start < 0:
        return body[span.start : span.end], None
    stamp = body[span.stamp_start : span.stamp_end].decode()
    return body[span.start : span.stamp_start] + _MASK + body[span.stamp_end : span.end], stamp


def read_object(folder: Path, name: str) -> bytes:
    """Return what is kept under a name.

    Raises:
        WarehouseError: it is missing, or is not what its name says.
    """
    path = find_object(folder, name)
    try:
        content = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise WarehouseError(f"landing: {path} cannot be read: {error}", _RESTORE) from error
    if hash_object(content) != name:
        raise WarehouseError(f"landing: {path} is damaged", _RESTORE)
    return content


def find_object(folder: Path, name: str) -> Path:
    """Return where the bytes of a name lie."""
    return folder / "objects" / name[:2] / f"{name}.gz"


def list_parts(folder: Path, page: LandedPage) -> list[str]:
    """Return the names of all that a page is put together from.

    Raises:
        WarehouseError: its skeleton cannot be read.
    """
    if not page.skeleton:
        return []
    skeleton = msgspec.json.decode(read_object(folder, page.skeleton), type=_Skeleton)
    return [page.skeleton, *skeleton.records]


def _read_bytes(place: str) -> bytes | None:
    try:
        with open(place, "rb") as file:  # noqa: PTH123  as above
            return file.read()
    except FileNotFoundError:
        return None


def _holds(held: bytes, content: bytes) -> bool:
    try:
        return gzip.decompress(held) == content
    except (OSError, EOFError, zlib.error):
        return False
