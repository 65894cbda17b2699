"""The manifests of a landing, one a run: open while it runs, a line behind the other, then sealed in a book."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import msgspec

from models.errors import WarehouseError
from warehouse.books import SUFFIX, add_entry, find_books
from warehouse.disk import RESTORE, write_whole
from warehouse.landed import LandedNote, Line, read_line, write_line
from warehouse.loose_manifests import read_loose

RUNS = "runs"
_OPEN, _LOOSE = ".jsonl", ".jsonl.gz"


class Manifest(msgspec.Struct, frozen=True):
    """Where a run's manifest lies; `is_open`: it is not sealed, for the run is under way or was cut off."""

    run_id: int
    path: Path
    read: Callable[[], bytes]
    is_open: bool = False

    def __str__(self) -> str:
        return f"run {self.run_id} in {self.path}" if self.path.suffix == SUFFIX else str(self.path)


def find_manifests(folder: Path) -> dict[int, Manifest]:
    """Return the manifests of a landing by their run, in order; one that is open and sealed is sealed."""
    found = {}
    for path in _list_open(folder) + _list_loose(folder):
        run_id = int(path.name.partition(".")[0])
        is_open = path.suffix == _OPEN
        found[run_id] = Manifest(run_id, path, path.read_bytes if is_open else partial(read_loose, path), is_open)
    for book in find_books(folder / RUNS):
        for place, entry in enumerate(book.entries):
            if entry.is_sound or entry.run_id not in found:
                found[entry.run_id] = Manifest(entry.run_id, book.path, partial(book.read, place))
    return dict(sorted(found.items()))


def find_torn(folder: Path) -> list[str]:
    """Return what is wrong with books as such: they end in what is no entry, and no run stands open that wrote it."""
    open_runs = {int(path.stem) for path in _list_open(folder)}
    faults = []
    for book in find_books(folder / RUNS):
        if not book.entries:
            faults.append(f"landing: {book.path} is damaged")
        elif any(book.rest) and book.find_torn() not in open_runs:
            faults.append(f"landing: {book.path} is damaged behind run {book.entries[-1].run_id}")
    return faults


def find_open(folder: Path, run_id: int) -> Path:
    """Return where the manifest of a run stands while it is open."""
    return folder / RUNS / f"{run_id:06d}{_OPEN}"


def seal_manifest(path: Path) -> None:
    """Put an open manifest into the book; it is on the disk after it."""
    add_entry(path.parent, int(path.stem), path.read_bytes())
    path.unlink()


def end_manifest(path: Path, note: LandedNote) -> None:
    """Add a last line to a manifest that a killed run left open, and seal it.

    A line that was being written is left out.
    """
    write_whole(path, _cut_half_a_line(path.read_bytes()) + write_line(note))
    seal_manifest(path)


def drop_sealed(folder: Path) -> None:
    """Remove open manifests that are sealed: the run was killed between the two."""
    found = find_manifests(folder)
    for path in _list_open(folder):
        if not found[int(path.stem)].is_open:
            path.unlink()


def read_manifest(manifest: Manifest) -> Iterator[Line]:
    """Yield the lines of a run's manifest.

    Raises:
        WarehouseError: it cannot be read, or a line is none.
    """
    try:
        for line in _cut_half_a_line(manifest.read()).splitlines():
            yield read_line(line)
    except (OSError, EOFError, zlib.error, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WarehouseError(f"landing: {manifest} cannot be read: {error}", RESTORE) from error


def _cut_half_a_line(content: bytes) -> bytes:
    """Return the whole lines: one without its end was being written when the run was cut off."""
    return content[: content.rfind(b"\n") + 1]


def _list_open(folder: Path) -> list[Path]:
    return [path for path in sorted((folder / RUNS).glob(f"*{_OPEN}")) if path.stem.isdecimal()]


def _list_loose(folder: Path) -> list[Path]:
    paths = sorted((folder / RUNS).glob(f"*{_LOOSE}"))
    return [path for path in paths if path.name.removesuffix(_LOOSE).isdecimal()]
