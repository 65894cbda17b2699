"""Finds the files that URLs of object stores name; local paths are looked into as ever. It reads no file.

PubMed's are known by NLM's names, and read where workers are. What else there is must be studies: it is copied here for
the while, since the importing machine reads these.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import fsspec
from fsspec import AbstractFileSystem

from dags.import_files import ArticleFile, ImportFiles, check_files
from extractors.containers import show_name
from extractors.pubmed.files import find_place
from models.errors import ConfigurationError


@contextlib.contextmanager
def find_files(paths: Sequence[Path | str], home: Path) -> Iterator[ImportFiles]:
    """Give the files to import, as `check_files` does; PubMed's of URLs stand among the others in NLM's order.

    Studies of URLs lie below `home` meanwhile.

    Raises:
        ConfigurationError: as `check_files`; or a URL cannot be reached, or names no file.
    """
    articles: list[ArticleFile] = []
    with contextlib.ExitStack() as stack:
        local: dict[Path, str] = {}
        for path in map(str, paths):
            if not is_url(path):
                local[Path(path)] = path
            elif own := list(_find_articles(path)):
                articles += own
            else:
                local[stack.enter_context(_copy(path, home))] = path
        found = _check(local)
        ordered = sorted([*found.articles, *articles], key=lambda file: (file.place is None, file.place or (0, 0)))
        yield ImportFiles(found.studies, ordered, found.passed_over)


def is_url(path: Path | str) -> bool:
    """Tell a URL from a path."""
    return "://" in str(path)


def _find_articles(url: str) -> Iterator[ArticleFile]:
    source, places = _list(url)
    for place in places:
        whole = source.unstrip_protocol(place)
        name = show_name(whole.rpartition("/")[2])
        if number := find_place(name):
            yield ArticleFile(Path(name), name, number, whole)


def _check(local: Mapping[Path, str]) -> ImportFiles:
    """Check files; one that is a copy is named as what it is a copy of."""
    try:
        return check_files(list(local))
    except ConfigurationError as error:
        message = error.message
        for path, name in local.items():
            message = message.replace(str(path), name)
        raise ConfigurationError(message, error.hint) from error


@contextlib.contextmanager
def _copy(url: str, home: Path) -> Iterator[Path]:
    source, places = _list(url)
    top = source._strip_protocol(url).rstrip("/")  # noqa: SLF001  fsspec's own word for a URL's path; it has no other
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="trialwatch-", dir=home) as folder:
        copy = Path(folder, show_name(top.rpartition("/")[2]))
        for place in places:
            with _reaching(url):
                source.get_file(place, str(_make_room(copy, place.removeprefix(top).strip("/"))))
        yield copy


def _make_room(copy: Path, below: str) -> Path:
    """Return where a file goes, which is the one that the URL names or lies below it."""
    path = copy / below if below else copy
    if not path.resolve().is_relative_to(copy.resolve()):
        raise ConfigurationError(f"{below} leads out of its folder", "name the file itself")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _list(url: str) -> tuple[AbstractFileSystem, list[str]]:
    with _reaching(url):
        source, place = fsspec.core.url_to_fs(url)
        places = sorted(source.find(place))
    if not places:
        raise ConfigurationError(f"{url}: there is no file", "is it right, and may you read it?")
    return source, places


@contextlib.contextmanager
def _reaching(url: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, ImportError) as error:
        raise ConfigurationError(f"{url}: {error}", "is it right, may you read it, is its driver installed?") from error
