"""Looks at the files to import before anything is started: can they be read, and what are they? It loads nothing."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from etl.wording import count
from extractors.clinicaltrials.fetch import SOURCE
from extractors.clinicaltrials.files import FileStudy, Flaw, read_studies
from extractors.containers import ClosedPart, DamagedError, is_zip, list_files, open_parts, show_name
from extractors.file_kinds import HEAD_BYTES, Kind, explain_kind, find_kind
from extractors.pubmed.files import Place, find_owner, find_place
from models.errors import ConfigurationError, SourceError

Reader = Callable[[Path], Iterator[FileStudy | Flaw]]
# Who reads which kind of file of studies; another source of such files is one line here.
READERS: dict[Kind, Reader] = {"json": read_studies}
_REFUSED: tuple[Kind, ...] = ("pubmed",)  # kinds of a known source that are not read inside an archive
_LOOKED_AT = 1000  # records without one that can be read: there is none


class ImportFile(msgspec.Struct, frozen=True):
    """A file or folder of studies: its name as it may be shown, its size in bytes, and what hashes what it holds."""

    path: Path
    name: str
    size: int
    hash_content: Callable[[], str]
    read: Reader


class ArticleFile(msgspec.Struct, frozen=True):
    """A file of PubMed, looked into when its turn comes; `place` is its place in NLM's order, if it has one.

    `url` is where a worker finds it; one of an object store has no path here.
    """

    path: Path
    name: str
    place: Place | None
    url: str = ""


class ImportFiles(msgspec.Struct, frozen=True):
    """What is to be imported: studies in the order given, then papers in NLM's order, those without a number last.

    `passed_over` are files of folders that are neither.
    """

    studies: list[ImportFile]
    articles: list[ArticleFile]
    passed_over: list[str]


def check_files(paths: Sequence[Path]) -> ImportFiles:
    """Return the files to import: of studies, each of which holds one, or rightly none, and of PubMed's citations.

    Raises:
        ConfigurationError: one is not there, is none of these, or is a damaged file of studies; with the remedy.
    """
    studies: list[ImportFile] = []
    articles: dict[Path, ArticleFile] = {}
    passed_over: list[str] = []
    for path in paths:
        try:
            rest = _check_path(path, articles, passed_over)
        except DamagedError as error:
            raise ConfigurationError(f"{path}: {error.reason}", error.remedy) from error
        except OSError as error:
            raise ConfigurationError(f"{path}: {error.strerror}", "is the path right, and may you read it?") from error
        studies += rest
    ordered = sorted(articles.values(), key=lambda file: (file.place is None, file.place or (0, 0)))
    return ImportFiles(studies, ordered, passed_over)


def _check_path(path: Path, articles: dict[Path, ArticleFile], passed_over: list[str]) -> list[ImportFile]:
    """Add what is PubMed's to `articles`; return the rest as one file or folder of studies, if there is a rest."""
    if not path.is_dir():
        kind = _find_article_kind(path)
        if kind == "articles":
            _add(articles, path)
        return [_check_file(path)] if kind == "other" else []
    kinds = {file: _find_article_kind(file) for file in list_files(path)}
    own = [file for file, kind in kinds.items() if kind != "other"]
    for file, kind in kinds.items():
        if kind == "articles":
            _add(articles, file)
    rest = [file for file, kind in kinds.items() if kind == "other"]
    if "articles" in kinds.values() and not any(map(_may_hold_studies, rest)):
        passed_over += [show_name(file.relative_to(path).as_posix()) for file in rest]
        return []
    return [_check_file(path, own)]


def _add(articles: dict[Path, ArticleFile], path: Path) -> None:
    name = show_name(path.name)
    articles.setdefault(path.resolve(), ArticleFile(path, name, find_place(name), str(path.resolve())))


def _find_article_kind(path: Path) -> Literal["articles", "checksum", "other"]:
    """Tell PubMed's files, also those so damaged that only their name tells, and the checksums beside files."""
    if not path.is_file() or is_zip(path):
        return "other"
    if find_place(path.name):
        return "articles"
    kind, is_damaged = _find_kind(path)
    if kind == "checksum" and find_owner(path):
        return "checksum"
    is_xml = path.name.lower().endswith((".xml", ".xml.gz"))
    return "articles" if kind == "pubmed" or (is_xml and (is_damaged or kind == "empty")) else "other"


def _may_hold_studies(path: Path) -> bool:
    return is_zip(path) or _find_kind(path)[0] in READERS


def _find_kind(path: Path) -> tuple[Kind, bool]:
    """Return what a file that is no zip is by its first bytes, and whether they could be read without a fault."""
    for part in open_parts(path):
        if not isinstance(part, ClosedPart):
            return find_kind(part.read(HEAD_BYTES)), part.fault is not None
    return "other", True


def _check_file(path: Path, passed_over: Collection[Path] = ()) -> ImportFile:
    reader = _find_reader(path, passed_over)
    if passed_over:
        reader = functools.partial(read_studies, passed_over=frozenset(passed_over))
    _check_content(path, reader)
    files = [file for file in list_files(path) if file not in passed_over] if path.is_dir() else [path]
    size = sum(file.stat().st_size for file in files)
    hash_content = functools.partial(_hash_content, path, files)
    return ImportFile(path, show_name(path.resolve().name), size, hash_content, reader)


def _find_reader(path: Path, passed_over: Collection[Path]) -> Reader:
    """Choose by the first part of the file whose kind is known; where none is, the reader of JSON says why."""
    kind: Kind | None = None
    for part in open_parts(path, passed_over):
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


def _hash_content(path: Path, files: Sequence[Path]) -> str:
    """Return the hash of a file; of a folder those of its files together, with their names.

    Raises:
        SourceError: one cannot be read any more.
    """
    try:
        if files == [path]:
            return _hash_file(path)
        whole = hashlib.blake2b(digest_size=16)
        for file in files:
            whole.update(f"{file.relative_to(path)}\0{_hash_file(file)}\0".encode("utf-8", "surrogateescape"))
    except OSError as error:
        remedy = "leave it in its place until it is read"
        raise SourceError(SOURCE, f"{path}: {error.strerror}", remedy) from error
    return whole.hexdigest()


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, _new_hash).hexdigest()


def _new_hash() -> hashlib.blake2b:
    return hashlib.blake2b(digest_size=16)
