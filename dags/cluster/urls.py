"""Finds the files of PubMed that URLs of object stores name; local paths are looked into as ever. It reads no file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import fsspec

from dags.import_files import ArticleFile, ImportFiles, check_files
from extractors.containers import show_name
from extractors.pubmed.files import find_place
from models.errors import ConfigurationError


def find_files(paths: Sequence[Path | str]) -> ImportFiles:
    """Return the files to import, as `check_files` does; those of URLs stand among the others in NLM's order.

    Raises:
        ConfigurationError: as `check_files`; or a URL cannot be reached, or names no file of PubMed.
    """
    urls = [str(path) for path in paths if is_url(path)]
    found = check_files([Path(path) for path in paths if not is_url(path)])
    articles = [*found.articles, *(file for url in urls for file in _find_articles(url))]
    ordered = sorted(articles, key=lambda file: (file.place is None, file.place or (0, 0)))
    return ImportFiles(found.studies, ordered, found.passed_over)


def is_url(path: Path | str) -> bool:
    """Tell a URL from a path."""
    return "://" in str(path)


def _find_articles(url: str) -> list[ArticleFile]:
    try:
        source, place = fsspec.core.url_to_fs(url)
        places = sorted(source.find(place))
    except (OSError, ValueError, ImportError) as error:
        raise ConfigurationError(f"{url}: {error}", "is it right, may you read it, is its driver installed?") from error
    files = list(_build_files(source.unstrip_protocol(one) for one in places))
    if not files:
        remedy = "of an object store PubMed's files are read, by NLM's names; download others, then import the folder"
        raise ConfigurationError(f"{url}: there is no file of PubMed", remedy)
    return files


def _build_files(urls: Iterator[str]) -> Iterator[ArticleFile]:
    for url in urls:
        name = show_name(url.rpartition("/")[2])
        if place := find_place(name):
            yield ArticleFile(Path(name), name, place, url)
