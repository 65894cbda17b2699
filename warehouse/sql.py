"""The SQL of this package by name. It reads its own .sql files and nothing else."""

from __future__ import annotations

import functools
import importlib.resources
from collections.abc import Iterator


@functools.cache
def read_sql(folder: str, name: str) -> str:
    """Return the text of `warehouse/<folder>/<name>.sql`."""
    return importlib.resources.files("warehouse").joinpath(folder, f"{name}.sql").read_text("utf-8")


def list_sql(folder: str) -> Iterator[str]:
    """Yield the names of the .sql files of a folder, sorted."""
    files = importlib.resources.files("warehouse").joinpath(folder).iterdir()
    yield from sorted(file.name.removesuffix(".sql") for file in files if file.name.endswith(".sql"))
