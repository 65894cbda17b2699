"""The index of a record's history: reading it with tolerance, and choosing the versions to ask for. It asks nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from models.partial_date import parse_partial_date

# The module in which no edit makes a typed change (see models/registry_fields.toml), by the names it may go under.
_SILENT_LABELS = frozenset({"IPDSharing", "IPD Sharing", "IPD Sharing Statement"})
# References are not compared with an old version's, which may hold later ones; but links stand in the same module.
_REFERENCE_LABELS = frozenset({"References"})


class HistoryEntry(msgspec.Struct, frozen=True):
    """One line of the index: version `number` (from 0), its submit date and status, the modules that differ.

    `date` is the first day that a stated month or year allows. `status` is empty where none is stated.
    """

    number: int
    date: dt.date
    status: str
    labels: tuple[str, ...] = ()


class _Index(msgspec.Struct):
    changes: list[Any]


def parse_index(body: bytes) -> tuple[tuple[HistoryEntry, ...], tuple[str, ...]]:
    """Return the entries by number, and what is wrong with the lines that are none.

    Of a number that stands there twice the last line counts. Unknown keys and statuses are let be.

    Raises:
        msgspec.DecodeError, UnicodeDecodeError: the body is no index (cut off, HTML, other JSON).
    """
    entries: dict[int, HistoryEntry] = {}
    skipped: list[str] = []
    changes = msgspec.json.decode(body, type=_Index).changes
    for place, line in enumerate(changes):
        found = _parse_entry(line)
        if isinstance(found, str):
            skipped.append(f"changes[{place}]: {found}")
        else:
            entries[found.number] = found
    if changes and not entries:
        raise msgspec.DecodeError(f"no line of the index can be read: {skipped[0]}")
    return tuple(entries[number] for number in sorted(entries)), tuple(skipped)


def choose_versions(
    entries: Iterable[HistoryEntry], held: Container[int], *, has_links: bool = False
) -> list[HistoryEntry]:
    """Return the entries whose versions are to be asked for, by number: not held, and able to hold a typed change.

    The first is always wanted, one with another status than the line before too, and one whose labels are empty or
    unknown. `has_links`: the record has links beside its references, so that an edit of that module may move one.
    """
    silent = _SILENT_LABELS if has_links else _SILENT_LABELS | _REFERENCE_LABELS
    return [entry for entry in _find_telling(sorted(entries, key=_number), silent) if entry.number not in held]


def has_links(study: bytes) -> bool:
    """Return whether a study has, or may have, links or data sets in the module that its references stand in."""
    try:
        found = msgspec.json.decode(study, type=_Linked).protocol_section.references_module
    except msgspec.DecodeError:
        return True
    return bool(found.see_also_links or found.avail_ipds)


class _References(msgspec.Struct, frozen=True, rename="camel"):
    see_also_links: list[msgspec.Raw] = []
    avail_ipds: list[msgspec.Raw] = []


class _Protocol(msgspec.Struct, frozen=True, rename="camel"):
    references_module: _References = _References()


class _Linked(msgspec.Struct, frozen=True, rename="camel"):
    protocol_section: _Protocol = _Protocol()


def _number(entry: HistoryEntry) -> int:
    return entry.number


def _find_telling(entries: Iterable[HistoryEntry], silent: frozenset[str]) -> Iterator[HistoryEntry]:
    before: HistoryEntry | None = None
    for entry in entries:
        if before is None or entry.status != before.status or not entry.labels or set(entry.labels) - silent:
            yield entry
        before = entry


def _parse_entry(line: Any) -> HistoryEntry | str:
    """Read a line, or say what is wrong with it."""
    if not isinstance(line, Mapping):
        return "is no object"
    number = line.get("version")
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        return "has no version number"
    stated = line.get("date")
    date = parse_partial_date(stated) if isinstance(stated, str) else None
    if date is None:
        return f"version {number} has no date"
    status, labels = line.get("status"), line.get("moduleLabels")
    return HistoryEntry(
        number,
        date.low,
        status if isinstance(status, str) else "",
        tuple(label for label in labels if isinstance(label, str)) if isinstance(labels, list) else (),
    )
