"""What lies in the staging: names for it, and what is said where it cannot be had. It knows no content."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from typing import TypeVar

import fsspec

from dags.cluster.workers import LostError, Task
from models.errors import SourceError

Answer = TypeVar("Answer")
_UNSEEN = "the workers wrote what they read where it cannot be read here"


def name_rows(folder: str) -> str:
    """Return a name for rows that are to be written.

    Each try writes a file of its own: a worker that was believed lost may be writing still.
    """
    return f"{folder}/{uuid.uuid4().hex}.parquet"


def remove_rows(url: str) -> None:
    """Remove some rows, if they are there; "" names none."""
    if not url:
        return
    source, place = fsspec.core.url_to_fs(url)
    with contextlib.suppress(FileNotFoundError):
        source.rm(place)


def wait_for(task: Task[Answer], source: str) -> Answer:
    """Return what a worker answered about a file of a source.

    Raises:
        SourceError: every worker that tried was lost, or could not reach what it reads or writes.
    """
    try:
        return task.wait()
    except LostError as error:
        raise SourceError(source, error.message, error.hint) from error
    except OSError as error:
        reason = f"a worker cannot reach it, or not write what it read: {error}"
        raise SourceError(source, reason, "see docs/scale.md: workers see the files and the staging") from error


@contextlib.contextmanager
def reading_rows(source: str) -> Iterator[None]:
    """Say of rows that are not there who does not see what.

    Raises:
        SourceError: they are not there.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise SourceError(source, f"{_UNSEEN}: {error}", "name a folder or URL that all see: --staging") from error
