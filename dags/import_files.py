"""Looks at the files to import before anything is started: can they be read, and what are they? It loads nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from etl.wording import count
from extractors.clinicaltrials.files import FileStudy, Flaw, read_studies
from extractors.containers import ClosedPart, DamagedError, list_files, open_parts, show_name
from extractors.file_kinds import HEAD_BYTES, Kind, explain_kind, find_kind
from models.errors import ConfigurationError

Reader = Callable[[Path], Iterator[FileStudy | Flaw]]
# Who reads which kind of file; another source of files is one line here.
READERS: dict[Kind, Reader] = {"json": read_studies}
_REFUSED: tuple[Kind, ...] = ("pubmed",)  # kinds of a known source that no reader takes
_LOOKED_AT = 1000  # records without one that can be read: there is none


class ImportFile(msgspec.Struct, frozen=True):
    """A file or folder to import: its name as it may be shown, size in bytes, hash of what it holds."""

    path: Path
    name: str
    size: int
    content_hash: str
    read: Reader


def check_files(paths: Sequence[Path]) -> list[ImportFile]:
    """Return the files to import, each of which holds a study, or rightly none.

    Raises:
        ConfigurationError: one is not there, is no file of studies, or is damaged from the start; with the remedy.
    """
    return [_check_file(path) for path in paths]


def _check_file(path: Path) -> ImportFile:
    name = show_name(path.resolve().name)
    try:
        reader = _find_reader(path)
        _check_content(path, reader)
        size, content_hash = _hash_content(path)
    except DamagedError as error:
        raise ConfigurationError(f"{path}: {error.reason}", error.remedy) from error
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}", "may you read it?") from error
    return ImportFile(path, name, size, content_hash, reader)


def _find_reader(path: Path) -> Reader:
    """Choose by the first part of the file whose kind is known; where none is, the reader of JSON says why."""
    kind: Kind | None = None
    for part in open_parts(path):
        kind = "other" if isinstance(part, ClosedPart) else find_kind(part.read(HEAD_BYTES))
        if kind in _REFUSED:
            raise DamagedError(*explain_kind(kind))
        if kind in READERS:
            return READERS[kind]
    if kind is None:
        raise DamagedError("there is no file in it", "is it the right one?")
    return READERS["json"]


def _check_content(path: Path, read: Reader) -> None:
    flaws: list[Flaw] = []
    for found in read(path):
        if isinstance(found, FileStudy):
            return
        flaws.append(found)
        if len(flaws) == _LOOKED_AT:
            break
    if flaws:
        worst = next((flaw for flaw in flaws if not flaw.is_foreign), flaws[0])
        others = f"; nor is there one in {count(len(flaws) - 1, 'record')} more" if len(flaws) > 1 else ""
        place = worst.place.removeprefix(show_name(path.resolve().name)).removeprefix(": ").removeprefix("/")
        raise DamagedError(f"{place}: {worst.reason}{others}" if place else worst.reason, worst.remedy)


def _hash_content(path: Path) -> tuple[int, str]:
    """Return size and hash of a file; of a folder those of its files together, with their names."""
    if not path.is_dir():
        return path.stat().st_size, _hash_file(path)
    size, whole = 0, hashlib.blake2b(digest_size=16)
    for file in list_files(path):
        size += file.stat().st_size
        whole.update(f"{file.relative_to(path)}\0{_hash_file(file)}\0".encode("utf-8", "surrogateescape"))
    return size, whole.hexdigest()


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, _new_hash).hexdigest()


def _new_hash() -> hashlib.blake2b:
    return hashlib.blake2b(digest_size=16)
