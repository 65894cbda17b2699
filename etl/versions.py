"""Versions of a trial in source order: which state becomes one, who its neighbours are, and what counts as news. Pure.

Source order is the submit date, then the registry's own version number, then the day a state was first served.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from etl.markup import Markup
from models.change import Moment, Origin

Place = Literal["held", "newest", "older"]
_EARLIEST = dt.date.min
_UNNUMBERED = -1


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a trial, as the warehouse holds it or is about to.

    `is_sighting`: it was the newest state when it came. `source_day` is the day it was first served; of one read from
    the record history, the day it was submitted.
    """

    version_id: str
    content_hash: str
    origin: Origin
    markup: Markup
    overall_status: str
    source_submit_date: dt.date | None
    source_post_date: dt.date | None
    source_day: dt.date
    registry_version: int | None
    learnt_no: int
    is_sighting: bool

    @property
    def order(self) -> tuple[dt.date, int, dt.date, int]:
        """Its place in source order."""
        number = _UNNUMBERED if self.registry_version is None else self.registry_version
        return self.source_submit_date or _EARLIEST, number, self.source_day, self.learnt_no


Pair = tuple[Version, Version]


class Splice(msgspec.Struct, frozen=True):
    """What learning some versions did to a trial's line: neighbours to compare, and pairs that are none any more."""

    joined: tuple[Pair, ...]
    split: tuple[Pair, ...]


def sort_versions(versions: Iterable[Version]) -> list[Version]:
    """Return versions in source order."""
    return sorted(versions, key=lambda one: one.order)


def place_state(state: Version, held: Sequence[Version]) -> Place:
    """Say what a state served today is: held already, the newest there is, or an older one not held yet.

    The newest version served again is held, whatever submit date it has by now; so is an older one (a stale edge, an
    older release). A state that returns after another (A, B, A) is the newest.
    """
    ordered = sort_versions(held)
    if ordered and ordered[-1].content_hash == state.content_hash:
        return "held"
    later = [one for one in ordered if one.order > state.order]
    earlier = ordered[: len(ordered) - len(later)]
    if earlier and earlier[-1].content_hash == state.content_hash:
        return "held"
    if not later:
        return "newest"
    # Of the day it was submitted, the history may hold it in another form.
    same_day = [one for one in held if one.source_submit_date == state.source_submit_date]
    is_held = any(one.content_hash == state.content_hash or one.markup != state.markup for one in same_day)
    return "held" if is_held else "older"


def set_back(state: Version, newest: Version) -> Version:
    """Return a state with an earlier submit date than the newest held as the one that follows it.

    No submission led to it: like all that the registry does itself, it stands under the submission before it, by the
    day it was served.
    """
    return msgspec.structs.replace(
        state,
        source_submit_date=newest.source_submit_date,
        source_post_date=newest.source_post_date,
        registry_version=newest.registry_version,
    )


def inherit_number(submit_date: dt.date | None, held: Iterable[Version]) -> int | None:
    """Return the registry's number for a state submitted on a day: that of the last one held of this day, if any."""
    numbers = [one.registry_version for one in held if one.source_submit_date == submit_date]
    return max((number for number in numbers if number is not None), default=None)


def find_origin(state: Version, held: Iterable[Version]) -> Literal["gap", "backfill"]:
    """Say what an older state counts as: missed between two sightings, or history from before the first."""
    return "backfill" if _precedes_sightings(state, held) else "gap"


def find_pair_origin(new: Version, line: Sequence[Version]) -> Origin:
    """Return the origin of the changes that led to a version: history is all that led to the first sighting."""
    sightings = [one for one in line if one.is_sighting]
    if not sightings or new.order <= min(one.order for one in sightings):
        return "backfill"
    return new.origin if new.is_sighting else "gap"


def _precedes_sightings(state: Version, held: Iterable[Version]) -> bool:
    return all(state.order < one.order for one in held if one.is_sighting)


def splice(held: Sequence[Version], fresh: Sequence[Version]) -> Splice:
    """Return how a line changes by learning `fresh`. `fresh` may hold a version of `held` under a new number."""
    renewed = {one.version_id: one for one in (*held, *fresh)}
    before = list(pairwise(sort_versions(held)))
    after = list(pairwise(sort_versions(renewed.values())))
    known, stays = ({_name(pair) for pair in pairs} for pairs in (before, after))
    return Splice(
        joined=tuple(pair for pair in after if _name(pair) not in known),
        split=tuple(pair for pair in before if _name(pair) not in stays),
    )


def _name(pair: Pair) -> tuple[str, str]:
    return pair[0].version_id, pair[1].version_id


def find_moment(old: Version, new: Version, observed_at: dt.datetime) -> Moment:
    """Return when a change happened. Where nobody submitted anything between the two, the source says nothing of it.

    Two versions of one day with numbers of their own in the registry's history are two submissions.
    """
    numbers = {old.registry_version, new.registry_version}
    moved = old.source_submit_date != new.source_submit_date or (None not in numbers and len(numbers) > 1)
    return Moment(
        source_submit_date=new.source_submit_date if moved else None,
        source_post_date=new.source_post_date if moved else None,
        source_day=new.source_day,
        observed_at=observed_at,
    )
