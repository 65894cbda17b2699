"""Objects: bytes kept under the hash of their content, each once. What they mean is not known here.

One that is like another, as a record is like its last version, may be kept as what differs.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from isal import igzip

from models.errors import WarehouseError
from warehouse.deltas import read_delta, write_delta
from warehouse.disk import RESTORE, sync

_LIKE = b"like "  # then the name of the other, and the delta
_NAME_BYTES = 16
_MOST_SYNCED = 50
_LONGEST_TOLD = 4 << 20  # bytes; a longer one is kept whole
_MOST_STEPS = 8  # from one that is kept as a difference to one that is whole
FindAlike = Callable[[bytes], str | None]
Pack = Callable[[bytes], bytes]


class Objects:
    """The objects of a landing, for one run. `mended` names those that were there damaged and are written anew."""

    def __init__(self, folder: Path) -> None:
        self.mended: list[str] = []
        self._folder = folder
        self._place = str(folder / "objects")
        self._unsynced: list[Path] = []

    def keep(self, content: bytes, pack: Pack | None = None) -> str:
        """Keep some bytes under their hash, and return that."""
        name = hash_object(content)
        self.put(name, content, pack=pack)
        return name

    def put(
        self, name: str, content: bytes, find_alike: FindAlike = lambda _: None, *, pack: Pack | None = None
    ) -> None:
        """Keep some bytes under their hash. What is there and is not what it should be is mended.

        Of what is not there yet `find_alike` may name an object that it is like.
        """
        held = _read_bytes(f"{self._place}/{name[:2]}/{name}.gz")  # thousands a night: a Path costs more
        if held is not None and _holds(held, content):
            return
        whole = self._folder / "objects" / name[:2] / f"{name}.gz"
        difference = whole.with_suffix(".delta")
        is_there = held is not None or difference.exists()
        if held is None and is_there and _try(self._folder, name) is not None:
            return
        if is_there:
            self._mend(name, whole, (pack or _pack)(content))
            return
        told = _tell(self._folder, content, find_alike(content))
        self._write(difference if told else whole, told or (pack or _pack)(content))

    def put_packed(self, name: str, packed: bytes) -> None:
        """Keep an object that is packed already, likewise."""
        if _try(self._folder, name) is not None:
            return
        whole = self._folder / "objects" / name[:2] / f"{name}.gz"
        if whole.exists() or whole.with_suffix(".delta").exists():
            self._mend(name, whole, packed)
        else:
            self._write(whole, packed)

    def put_beside(self, place: Path, packed: bytes) -> None:
        """Keep in the landing, at a place of its own, what is no object."""
        self._write(self._folder / place, packed)

    def sync(self) -> None:
        """Bring new objects to the disk: each by itself, or, of many, with all that is unwritten anywhere."""
        fresh, self._unsynced = self._unsynced, []
        if len(fresh) > _MOST_SYNCED:
            os.sync()
            return
        for path in {*fresh, *(one.parent for one in fresh)}:
            sync(path)

    def _mend(self, name: str, whole: Path, packed: bytes) -> None:
        """Put an object in the place of what is there, whole or as a difference, and is not what it should be."""
        self._write(whole, packed)
        whole.with_suffix(".delta").unlink(missing_ok=True)
        self.mended.append(name)

    def _write(self, path: Path, packed: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".fresh")
        fresh.write_bytes(packed)
        fresh.replace(path)
        self._unsynced.append(path)


def hash_object(content: bytes) -> str:
    """Return the name under which some bytes are kept."""
    return hashlib.blake2b(content, digest_size=_NAME_BYTES).hexdigest()


def pack_fast(content: bytes) -> bytes:
    """Return some bytes packed a tenth larger, in a seventh of the time."""
    return igzip.compress(content, 2, mtime=0)


def find_object(folder: Path, name: str) -> Path:
    """Return where the bytes of a name lie, or would."""
    whole = folder / "objects" / name[:2] / f"{name}.gz"
    difference = whole.with_suffix(".delta")
    return difference if not whole.exists() and difference.exists() else whole


def list_objects(folder: Path) -> dict[str, Path]:
    """Return every object's name and file, in order."""
    paths = sorted((folder / "objects").glob("*/*"))
    return {path.stem: path for path in paths if path.suffix in (".gz", ".delta")}


def read_object(folder: Path, name: str) -> bytes:
    """Return what is kept under a name.

    Raises:
        WarehouseError: it, or one that it is told by, is missing or is not what its name says.
    """
    path = find_object(folder, name)
    try:
        stored = path.read_bytes()
        if path.suffix == ".delta":
            base, delta = _split(stored)
            content = read_delta(read_object(folder, base), delta)
        else:
            content = gzip.decompress(stored)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise WarehouseError(f"landing: {path} cannot be read: {error}", RESTORE) from error
    if hash_object(content) != name:
        raise WarehouseError(f"landing: {path} is damaged", RESTORE)
    return content


def _tell(folder: Path, content: bytes, alike: str | None) -> bytes | None:
    """Return some bytes told by an object that they are like; None where that is not much less, or it is too far."""
    base = _try(folder, alike) if alike and len(content) <= _LONGEST_TOLD else None
    if alike is None or base is None or sum(1 for _ in _walk(folder, alike)) >= _MOST_STEPS:
        return None
    told = _LIKE + bytes.fromhex(alike) + write_delta(base, content)
    return told if 2 * len(told) < len(_pack(content)) else None


def _walk(folder: Path, name: str) -> Iterator[str]:
    """Yield those that an object is told by, one after the other."""
    path = find_object(folder, name)
    while path.suffix == ".delta":
        name, _ = _split(path.read_bytes())
        yield name
        path = find_object(folder, name)


def _split(stored: bytes) -> tuple[str, bytes]:
    if not stored.startswith(_LIKE):
        raise ValueError("it is no difference")
    stored = stored.removeprefix(_LIKE)
    return stored[:_NAME_BYTES].hex(), stored[_NAME_BYTES:]


def _try(folder: Path, name: str) -> bytes | None:
    try:
        return read_object(folder, name)
    except WarehouseError:
        return None  # whoever asks does without; the audit names it


def _pack(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=6, mtime=0)


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
