"""Finds the few windows of a text in which names of the lexicon may stand, with an automaton; decides nothing.

Whatever the pipeline marks in a text lies in a window; what lies in a window need not be a name.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

from ahocorasick_rs import BytesAhoCorasick, Implementation

from etl.tagging.anchors import Anchor, find_anchors
from etl.tagging.ellipsis import find_shared_numbers
from etl.tagging.lexicon import Node
from etl.tagging.pieces import cut_pieces
from etl.tagging.shape import BLANK, DOUBT, build_shape

Window = tuple[int, int]
_Hit = tuple[int, int, Anchor]  # a name or its beginning at the code points [start, end)

_LONGEST_WORD = 200  # code points; a longer one is not looked at closely
_SPACE = re.compile(r"\s")
_BLANKS = re.compile(rb"  +")
_DOUBT_FOUND, _BLANKS_FOUND = range(2)


class _Automaton:
    """Finds some anchors in a shape, with what else `others` names."""

    def __init__(self, anchors: Sequence[Anchor], others: Sequence[bytes] = ()) -> None:
        self._anchors = anchors
        sought = [*(anchor.shape for anchor in anchors), *others]
        self._find = BytesAhoCorasick(sought, implementation=Implementation.DFA).find_matches_as_indexes

    def find(self, shape: bytes) -> tuple[list[_Hit], set[int]]:
        """Return the anchors found, and the numbers of the others."""
        found = self._find(shape, overlapping=True)
        if not found:
            return [], set()
        known = len(self._anchors)
        hits = [(start, end, self._anchors[number]) for number, start, end in found if number < known]
        return hits, {number - known for number, _, _ in found if number >= known}


class Scan:
    """The automata over the spellings of one lexicon: of those whose case says something, and of the others."""

    def __init__(self, root: Node) -> None:
        anchors = find_anchors(root)
        self._cased = _Automaton([anchor for anchor in anchors if anchor.is_cased])
        self._folded = _Automaton([anchor for anchor in anchors if not anchor.is_cased], (DOUBT, BLANK * 2))
        rest = max((anchor.rest for anchor in anchors), default=0)
        # Every piece of a name may be a word of its own, and so may a dash between two of them.
        self._words = re.compile(rf"(?:\s++\S++){{0,{2 * rest}}}+").match

    def find_windows(self, text: str) -> list[Window]:
        """Return the code points [start, end) in `text` where names may stand, in order, each between white space."""
        shape = build_shape(text)
        hits, others = self._find(shape)
        if _BLANKS_FOUND in others:  # separators in a row count as one
            hits = self._find_between(shape)
        if _DOUBT_FOUND in others or (hits and len(shape) != len(text) + 2):
            return [(0, len(text))]  # a place in the shape is not one in the text
        if not hits:
            return []
        return _join(self._widen(text, sorted((start - 1, end - 1, anchor) for start, end, anchor in hits)))

    def _find(self, shape: bytes) -> tuple[list[_Hit], set[int]]:
        hits, others = self._folded.find(shape.lower())
        return hits + self._cased.find(shape)[0], others

    def _find_between(self, shape: bytes) -> list[_Hit]:
        """Return what is found after every run of blanks is made one, with the places in the shape as it was."""
        runs = [run.span() for run in _BLANKS.finditer(shape)]
        lost = list(accumulate((end - start - 1 for start, end in runs), initial=0))
        starts = [start - less for (start, _), less in zip(runs, lost, strict=False)]
        hits, _ = self._find(_BLANKS.sub(BLANK, shape))
        return [
            (start + lost[bisect_right(starts, start)], end + lost[bisect_left(starts, end - 1)], anchor)
            for start, end, anchor in hits
        ]

    def _widen(self, text: str, hits: Iterable[_Hit]) -> Iterator[Window]:
        """Yield the words of every hit that may be a name, as far as the name may go on."""
        begin = stop = covered = 0
        for start, end, anchor in hits:
            if end <= covered and not (anchor.rest or anchor.stem):
                continue
            if start >= stop:
                begin = max(stop, text.rfind(" ", stop, start) + 1)
            if end > stop:
                stop = _find_space(text, end)
            if not _is_cut(text, begin, stop, {start} if anchor.rest or anchor.stem else {start, end}):
                continue
            if anchor.rest:
                more = self._words(text, stop)
                yield begin, more.end() if more else stop
            elif not anchor.stem:
                covered = stop
                yield begin, stop
            elif shared := list(find_shared_numbers(text, start + anchor.stem)):
                yield begin, _find_space(text, shared[-1][1])


def _find_space(text: str, place: int) -> int:
    found = _SPACE.search(text, place)
    return found.start() if found else len(text)


def _is_cut(text: str, begin: int, stop: int, places: set[int]) -> bool:
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
