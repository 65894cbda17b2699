"""Matching the registry's list of a record's versions with those held: which is which, and which to ask for. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import msgspec

from etl.versions import Version, sort_versions
from models.change import SET_BY_REGISTRY

# A word of the label under which the registry lists an edit of each kind (https://clinicaltrials.gov, record history).
_MODULE_WORDS = {
    "title": "identification",
    "identity": "identification",
    "sponsor": "sponsor",
    "responsible_party": "sponsor",
    "oversight": "oversight",
    "description": "description",
    "condition": "condition",
    "keyword": "condition",
    "design": "design",
    "arm": "arm",
    "intervention": "intervention",
    "primary_outcome": "outcome",
    "secondary_outcome": "outcome",
    "other_outcome": "outcome",
    "eligibility": "eligibility",
    "document": "document",
    "link": "reference",
}


class Listed(msgspec.Struct, frozen=True):
    """One version as the registry lists it: its number, submit date and status."""

    number: int
    date: dt.date
    status: str


class Plan(msgspec.Struct, frozen=True):
    """`numbers`: what the registry calls the versions held. `wanted`: numbers to read, in order."""

    numbers: Mapping[str, int]
    wanted: tuple[int, ...]


_OTHER_WORDS = ("status", "location", "ipd", "information", "result", "baseline", "flow", "adverse", "limitation")


def _is_known(label: str) -> bool:
    return any(word in label for word in (*_MODULE_WORDS.values(), *_OTHER_WORDS))


class Labels:
    """Which modules the registry says were edited in which version: a second witness where two forms are compared.

    Between an old version in HTML and a served one in Markdown, a text may seem to differ that nobody edited.
    """

    def __init__(self, by_number: Mapping[int, Sequence[str]]) -> None:
        self._edited = {number: [label.casefold() for label in labels] for number, labels in by_number.items()}
        self._known = [label for labels in self._edited.values() for label in labels]

    def explain(self, kind: str, old: int | None, new: int | None) -> bool:
        """Return whether a change of a kind, from one numbered version to another, agrees with what was edited.

        Nothing is doubted of which the registry's labels say nothing: kinds that are no text, modules never named.
        """
        word = _MODULE_WORDS.get(kind)
        if word is None or old is None or new is None or not any(word in label for label in self._known):
            return True
        edited = [labels for number, labels in self._edited.items() if old < number <= new]
        if not all(labels and all(map(_is_known, labels)) for labels in edited):
            return True  # a label nobody knows may mean any module
        return any(word in label for labels in edited for label in labels)


def plan_reading(listed: Sequence[Listed], held: Sequence[Version], *, since: dt.date | None = None) -> Plan:
    """Compare the registry's list with what is held.

    A version served live or imported and the listed one of the same submit date are one. Wanted is what is held in no
    form, submitted no later than the newest version held (what is newer comes by itself, and is news). With `since`,
    nothing before the version that was in force on that day is wanted.
    """
    newest = max((one.source_submit_date for one in held if one.source_submit_date), default=None)
    if newest is None:
        return Plan({}, ())
    due = [one for one in sorted(listed, key=_order) if one.date <= newest]
    earliest = _find_earliest(due, since)
    numbers: dict[str, int] = {}
    wanted: list[int] = []
    for day, group in groupby(due, key=lambda one: one.date):
        entries = list(group)
        served = sort_versions(one for one in held if one.source_submit_date == day and one.markup == "markdown")
        numbers |= dict(_number(entries, served))
        read = {one.registry_version for one in held if one.source_submit_date == day and one.markup == "html"}
        wanted += [one for one in _find_wanted(entries, served) if one not in read and one >= earliest]
    return Plan(numbers, tuple(wanted))


def find_gap_start(held: Iterable[Version]) -> dt.date | None:
    """Return the submit date of the first sighting: what was submitted after it and never seen was missed."""
    dates = [one.source_submit_date for one in held if one.is_sighting and one.source_submit_date]
    return min(dates, default=None)


def _order(one: Listed) -> tuple[dt.date, int]:
    return one.date, one.number


def _find_earliest(due: Sequence[Listed], since: dt.date | None) -> int:
    """Return the number of the version in force at the start of a day; 0 where there is no bound."""
    if since is None:
        return 0
    return max((one.number for one in due if one.date < since), default=0)


def _number(entries: Sequence[Listed], served: Sequence[Version]) -> Iterator[tuple[str, int]]:
    """Name the versions served of one submit date: the last listed with their status, never going back."""
    floor = entries[0].number
    for one in served:
        same = [entry.number for entry in entries if entry.status == one.overall_status and entry.number >= floor]
        floor = same[-1] if same else max(floor, entries[-1].number)
        yield one.version_id, floor


def _find_wanted(entries: Sequence[Listed], served: Sequence[Version]) -> Iterator[int]:
    """Yield the numbers of one submit date that nothing served stands for, or may not stand for.

    Where the registry lists several versions of that day, each is read: which of them was served, its content tells.
    A status that the registry sets by itself is seen by serving alone.
    """
    if not served or len(entries) > 1:
        yield from (entry.number for entry in entries)
    else:
        (entry,) = entries
        statuses = {one.overall_status for one in served}
        if entry.status and entry.status not in statuses | SET_BY_REGISTRY:
            yield entry.number
