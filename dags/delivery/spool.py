"""Messages that wait to be handed over, as the bytes they are sent as: one file each, gone when they are sent."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from models.errors import DeliveryError


def write_message(folder: Path, delivery_id: str, body: bytes) -> None:
    """Store a message so that it outlives a crash, before the ledger speaks of it.

    Raises:
        DeliveryError: it cannot be written.
    """
    fresh = folder / f"{delivery_id}.fresh"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with fresh.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(folder / delivery_id)
    except OSError as error:
        raise DeliveryError(
            f"cannot write to {folder}: {error.strerror}", "make room, or mend its permissions"
        ) from error


def read_message(folder: Path, delivery_id: str) -> bytes | None:
    """Return a message; None where it is lost."""
    try:
        return (folder / delivery_id).read_bytes()
    except FileNotFoundError:
        return None


def clear_messages(folder: Path, keep: Collection[str]) -> None:
    """Remove every message but those that are still to be sent, or may be asked for again."""
    if folder.is_dir():
        for file in folder.iterdir():
            if file.name not in keep:
                file.unlink(missing_ok=True)
