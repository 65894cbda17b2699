"""Settles which of several spellings at one place stands: longer ones hold shorter ones; asks for no sense."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from operator import attrgetter

from etl.tagging.document import Candidate

_BY_PLACE = attrgetter("field", "start")


def drop_held(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return the candidates without the blockers and without what a longer blocker of the same thing holds."""
    names: list[Candidate] = []
    covered: dict[tuple[int, int], dict[int, Candidate]] = {}
    for candidate in sorted(candidates, key=lambda found: found.end - found.start):
        if candidate.name.kind == "blocker":
            places = covered.setdefault((id(candidate.name.thing), candidate.field), {})
            places.update(dict.fromkeys(range(candidate.start, candidate.end), candidate))
        else:
            names.append(candidate)
    if not covered:
        return names
    return [name for name in names if not _is_held(name, covered.get((id(name.name.thing), name.field), {}))]


def _is_held(name: Candidate, covered: Mapping[int, Candidate]) -> bool:
    blocker = covered.get(name.start)
    if blocker is None or name.end > blocker.end:
        return False
    return blocker.end - blocker.start > name.end - name.start


def choose_longest(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return candidates that do not overlap, in order of place.

    The longer one stands; of two equal ones an agent before a target, a lead agent before a backbone, then the one
    listed first.
    """
    placed = sorted(candidates, key=_BY_PLACE)
    if not any(one.field == other.field and other.start < one.end for one, other in pairwise(placed)):
        return placed
    ranked = sorted(placed, key=_rank)
    taken: dict[int, list[tuple[int, int]]] = defaultdict(list)
    chosen: list[Candidate] = []
    for candidate in ranked:
        spans = taken[candidate.field]
        place = bisect_left(spans, (candidate.start, candidate.end))
        is_free_before = place == 0 or spans[place - 1][1] <= candidate.start
        is_free_after = place == len(spans) or candidate.end <= spans[place][0]
        if is_free_before and is_free_after:
            insort(spans, (candidate.start, candidate.end))
            chosen.append(candidate)
    return sorted(chosen, key=_BY_PLACE)


def _rank(candidate: Candidate) -> tuple[int, bool, bool, int]:
    thing = candidate.name.thing
    is_backbone = getattr(thing, "role", "") == "backbone"
    return candidate.start - candidate.end, candidate.name.kind != "agent", is_backbone, candidate.name.number
