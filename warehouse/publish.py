"""Publishing: a closed working file becomes the file that people query, whole or not at all."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from pathlib import Path

import duckdb

from models.errors import WarehouseError
from warehouse.database import CONFIG
from warehouse.disk import IS_IT_FULL, sync

_FICLONE = 0x40049409  # Linux: share the blocks of another file (ioctl_ficlone(2)); btrfs, XFS, bcachefs can
_CANNOT_SHARE = (errno.EOPNOTSUPP, errno.ENOTTY, errno.EINVAL, errno.EXDEV, errno.ENOSYS, errno.EPERM, errno.EBADF)


def publish(working: Path, published: Path) -> None:
    """Copy the closed working file over the published one, atomically and durably.

    Readers that have the old file open keep it; those that open after the swap see the new one. The copy is
    verified before the swap and read-only (0444) after it. The folder is written out too: it outlives a power cut.

    Raises:
        WarehouseError: the copy cannot be written or read back; the published file is as it was.
    """
    _copy(working, published, mode=0o444)


def restore(published: Path, working: Path) -> None:
    """Make a lost working file from the published one, which holds everything up to its run.

    Raises:
        WarehouseError: the published file cannot be copied or read.
    """
    _copy(published, working, mode=0o644)


def _copy(source: Path, target: Path, mode: int) -> None:
    fresh = target.with_name(f".{target.name}.fresh")
    try:
        fresh.unlink(missing_ok=True)
        try:
            copy_file(source, fresh)
            with fresh.open("rb+") as copy:
                os.fsync(copy.fileno())
            _verify(fresh)
            fresh.chmod(mode)
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)
        sync(target.parent)
    except OSError as error:
        raise WarehouseError(f"cannot write {target}: {error.strerror}", "is the disk full?") from error


def copy_file(source: Path, target: Path) -> None:
    """Copy a file; where the file system can, the copy shares its blocks until one of them is written to."""
    try:
        with source.open("rb") as old, target.open("wb") as new:
            fcntl.ioctl(new.fileno(), _FICLONE, old.fileno())
    except OSError as error:
        if error.errno not in _CANNOT_SHARE:
            raise
        shutil.copyfile(source, target)


def _verify(path: Path) -> None:
    try:
        with duckdb.connect(str(path), read_only=True, config=CONFIG) as connection:
            connection.execute("SELECT max(version) FROM schema_version").fetchone()
    except duckdb.Error as error:
        raise WarehouseError(f"the copy {path} cannot be read back: {error}", IS_IT_FULL) from error
