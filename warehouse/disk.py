"""The disk: what is written is on it only when it was asked to be."""

from __future__ import annotations

import os
from pathlib import Path

IS_IT_FULL = "is the disk full or failing?"
RESTORE = "restore it from a backup"  # the remedy for a file that nothing can make again


def sync(path: Path) -> None:
    """Bring a file, or what a folder lists, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all, and bring it to the disk."""
    fresh = path.with_suffix(".fresh")
    fresh.write_bytes(content)
    sync(fresh)
    fresh.replace(path)
    sync(path.parent)
