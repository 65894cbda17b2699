"""Finds the few windows of a text in which names of the lexicon may stand; decides nothing.

Whatever the pipeline marks in a text lies in a window; what lies in a window need not be a name. Most texts have none:
one search for the first bytes of all names, over the text's shape, is all that is done to them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from etl.tagging.anchors import Anchor, find_anchors
from etl.tagging.ellipsis import find_shared_numbers, may_share
from etl.tagging.hooks import Hit, Hook, Hooks
from etl.tagging.lexicon import Node
from etl.tagging.pieces import cut_pieces
from etl.tagging.shape import BLANK, DOUBT, build_shape

Window = tuple[int, int]
_Found = tuple[int, int, Anchor]  # a name or its beginning at the code points [start, end)

_HOOK = 12  # bytes that are searched for; the rest of an anchor is compared where they stand
_LONGEST_WORD = 200  # code points; a longer one is not looked at closely
_SPACE = re.compile(r"\s")
_BLANKS = re.compile(rb"  +")


class _Group(NamedTuple):
    """The anchors that begin with one hook: those that are it, and those that go on, by their length and bytes."""

    length: int
    is_cased: bool
    same: list[Anchor]
    longer: dict[int, dict[bytes, list[Anchor]]]


class Scan:
    """The search for all spellings of one lexicon."""

    def __init__(self, root: Node) -> None:
        anchors = find_anchors(root)
        groups: dict[Hook, _Group] = {}
        for anchor in anchors:
            hook = anchor.shape[:_HOOK]
            group = groups.setdefault((hook, anchor.is_cased), _Group(len(hook), anchor.is_cased, [], {}))
            longer = group.longer.setdefault(len(anchor.shape), {}) if len(anchor.shape) > _HOOK else None
            (group.same if longer is None else longer.setdefault(anchor.shape, [])).append(anchor)
        self._hooks = Hooks(groups, (BLANK * 2,))
        self._groups = list(groups.values())
        rest = max((anchor.rest for anchor in anchors), default=0)
        # Every piece of a name may be a word of its own, and so may a dash between two of them.
        self._words = re.compile(rf"(?:\s++\S++){{0,{2 * rest}}}+").match

    def find_windows(self, text: str) -> list[Window]:
        """Return the code points [start, end) in `text` where names may stand, in order, each between white space."""
        shape = build_shape(text)
        if DOUBT in shape:
            return [(0, len(text))]
        hits = self._hooks.find(shape)
        if not hits:
            return []
        found = self._read(shape, hits)
        if not found:
            return []
        if len(shape) != len(text):
            return [(0, len(text))]  # a place in the shape is not one in the text
        return _join(self._widen(text, found))

    def _read(self, shape: bytes, hits: Sequence[Hit]) -> list[_Found]:
        """Return the anchors in `shape`, in order."""
        if any(number == len(self._groups) for _, number in hits):
            return self._find_between(shape)
        return sorted(self._compare(shape, hits))

    def _compare(self, shape: bytes, hits: Iterable[Hit]) -> Iterator[_Found]:
        for hooked, number in hits:
            length, is_cased, same, longer = self._groups[number]
            start = hooked - length
            for anchor in same:
                yield start, hooked, anchor
            for whole, known in longer.items():
                seen = shape[start : start + whole]
                for anchor in known.get(seen if is_cased else seen.lower(), ()):
                    yield start, start + whole, anchor

    def _find_between(self, shape: bytes) -> list[_Found]:
        """Return what is found after every run of blanks is made one, with the places in the shape as it was.

        Separators in a row count as one.
        """
        single = _BLANKS.sub(BLANK, shape)
        found = sorted(self._compare(single, self._hooks.find(single)))
        if not found:
            return []
        runs = [run.span() for run in _BLANKS.finditer(shape)]
        lost = list(accumulate((end - start - 1 for start, end in runs), initial=0))
        starts = [start - less for (start, _), less in zip(runs, lost, strict=False)]
        return [
            (start + lost[bisect_right(starts, start)], end + lost[bisect_left(starts, end - 1)], anchor)
            for start, end, anchor in found
        ]

    def _widen(self, text: str, found: Iterable[_Found]) -> Iterator[Window]:
        """Yield the words of every hit that may be a name, as far as the name may go on."""
        begin = stop = covered = 0
        for start, end, anchor in found:
            if anchor.stem:
                last = _find_last_shared(text, start + anchor.stem)
                if not last:
                    continue
            elif end <= covered and not anchor.rest:
                continue
            if start >= stop:
                begin = max(stop, text.rfind(" ", stop, start) + 1)
            if end > stop:
                stop = _find_space(text, end)
            if not _is_cut(text, begin, stop, (start,) if anchor.rest or anchor.stem else (start, end)):
                continue
            if anchor.rest:
                more = self._words(text, stop)
                yield begin, more.end() if more else stop
            elif anchor.stem:
                yield begin, _find_space(text, last)
            else:
                covered = stop
                yield begin, stop


def _find_last_shared(text: str, stem_end: int) -> int:
    """Return where the last number ends that shares the stem before `stem_end` with the first, 0 if none does."""
    if not may_share(text, stem_end):  # CD8 is in every other paper
        return 0
    return max((end for _, end in find_shared_numbers(text, stem_end)), default=0)


def _find_space(text: str, place: int) -> int:
    found = _SPACE.search(text, place)
    return found.start() if found else len(text)


def _is_cut(text: str, begin: int, stop: int, places: Sequence[int]) -> bool:
    """Return whether pieces begin or end at the places within the words [begin, stop)."""
    if stop - begin > _LONGEST_WORD:
        return True
    bounds = _find_bounds(text[begin:stop])
    return all(place - begin in bounds for place in places)


@lru_cache(maxsize=8192)
def _find_bounds(words: str) -> frozenset[int]:
    """Return where the pieces of words begin and end; white space around them makes no difference to it."""
    bounds, place = {0}, 0
    for piece, has_space in zip(*cut_pieces(words), strict=True):
        bounds |= {place, place + len(piece)}
        place += len(piece) + has_space
    return frozenset(bounds)


def _join(windows: Iterable[Window]) -> list[Window]:
    """Return windows in order of their start as windows that do not touch."""
    joined: list[Window] = []
    for start, end in windows:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
