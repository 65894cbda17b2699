"""Which way of asking a source worked where the first was refused, kept from run to run in a small file.

It is no fact about a source and stands in no table; a file that is lost or unreadable costs a few refused requests.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import msgspec
import structlog

from models.settings import Rung

FORGOTTEN_AFTER = dt.timedelta(days=30)  # then the first way gets its chance again
_log = structlog.get_logger(__name__)


class Remembered(msgspec.Struct, frozen=True):
    """A way that worked, and since when (UTC) it has been the one to begin with."""

    rung: Rung
    since: dt.datetime


def read_remembered(file: Path, source: str, clock: dt.datetime) -> Remembered | None:
    """Return the way to begin with; None where it is the first, or was found too long before `clock`."""
    found = _read_all(file).get(source)
    return found if found and dt.timedelta() <= clock - found.since <= FORGOTTEN_AFTER else None


def write_remembered(file: Path, source: str, rung: Rung | None, ladder: Sequence[Rung], clock: dt.datetime) -> None:
    """Keep the way that worked tonight (None: none did, and what is known stays); the first of `ladder` needs no note.

    A way that goes on working keeps the day it was found.
    """
    held = _read_all(file)
    known = read_remembered(file, source, clock)
    if rung is None or (known and known.rung == rung):
        return
    wanted = {name: one for name, one in held.items() if name != source}
    if rung != ladder[0]:
        wanted[source] = Remembered(rung, clock)
    if wanted != held:
        _write_all(file, wanted)


def _read_all(file: Path) -> dict[str, Remembered]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Remembered])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        _log.warning("cannot read which way of asking worked; the first is tried", file=str(file), error=str(error))
        return {}


def _write_all(file: Path, remembered: dict[str, Remembered]) -> None:
    fresh = file.with_suffix(".fresh")
    try:
        fresh.write_bytes(msgspec.json.encode(remembered) + b"\n")
        fresh.replace(file)
    except OSError as error:  # a source that was read is not lost for this
        _log.warning("cannot note which way of asking worked", file=str(file), error=str(error))
