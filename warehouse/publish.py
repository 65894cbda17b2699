"""Publishing: a closed working file becomes the file that people query, whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb

from models.errors import WarehouseError
from warehouse.store import CONFIG


def publish(working: Path, published: Path) -> None:
    """Copy the closed working file over the published one, atomically and durably.

    Readers that have the old file open keep it; those that open after the swap see the new one. The copy is
    verified before the swap and read-only (0444) after it.

    Raises:
        WarehouseError: the copy cannot be read back; the published file is as it was.
    """
    fresh = published.with_name(f".{published.name}.fresh")
    fresh.unlink(missing_ok=True)
    try:
        shutil.copyfile(working, fresh)
        with fresh.open("rb+") as copy:
            os.fsync(copy.fileno())
        _verify(fresh)
        fresh.chmod(0o444)
        fresh.replace(published)
    finally:
        fresh.unlink(missing_ok=True)
    _sync_folder(published.parent)


def _verify(path: Path) -> None:
    try:
        with duckdb.connect(str(path), read_only=True, config=CONFIG) as connection:
            connection.execute("SELECT max(version) FROM schema_version").fetchone()
    except duckdb.Error as error:
        raise WarehouseError(f"the copy {path} cannot be read back: {error}", "is the disk full or failing?") from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
