"""Finds the few windows of a text in which names of the lexicon may stand; decides nothing.

Whatever the pipeline marks in a text lies in a window; what lies in a window need not be a name. Most texts have none:
one search for the first bytes of all names, over the text's shape, is all that is done to them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from etl.tagging.anchors import Anchor, find_anchors
from etl.tagging.ellipsis import find_shared_numbers
from etl.tagging.hooks import Hit, Hook, Hooks
from etl.tagging.lexicon import Node
from etl.tagging.shape import ASCII_SHAPES, BLANK, DOUBT, build_shape, find_origins

Window = tuple[int, int]
# A name, or its beginning, at the code points [start, end), how many more pieces it may have, whether it is a stem.
_Found = tuple[int, int, int, bool]

# Bytes that are searched for: few, which is quickest, but more of what begins with words that many texts have without
# what follows (fibroblast, lymphocyte, anti-PD). The rest of an anchor is compared where they stand.
_HOOK, _LONGER_HOOK = 8, 12
_LONG_WORD = 6
_DOUBT = DOUBT[0]  # a number is found faster than bytes are
_SPACE = re.compile(r"\s")
_BLANK, _BLANKS = re.compile(BLANK), re.compile(rb"  +")
# A stem with a number and another that may share it: CD8 is in every other paper, CD39/73 is not.
_SHARED = rb"(?:%s) *[0-9]+ *(?:\. *(?:and|or)?|and(?:\.or)?|or) *[0-9]"


class _Group(NamedTuple):
    """What begins with one hook: by length, and whether its case counts, the `rest` of what has these bytes."""

    length: int
    alike: list[tuple[int, bool, dict[bytes, int]]]


class Scan:
    """The search for all spellings of one lexicon."""

    def __init__(self, root: Node) -> None:
        names, stems = find_anchors(root)
        groups = _choose_hooks(names)
        spelt = b"|".join(sorted(b"(?%s:%s)" % (b"" if one.is_cased else b"i", re.escape(one.shape)) for one in stems))
        self._hooks = Hooks(groups, (BLANK * 2, _SHARED % spelt) if stems else (BLANK * 2,))
        self._stretched = Hooks(_stretch(groups))
        self._groups = [_group(hook, anchors) for (hook, _), anchors in groups.items()]
        self._find_shared = re.compile(rb"(?=(%s)%s)" % (spelt, _SHARED % b"")).finditer
        rest = max((anchor.rest for anchor in names), default=0)
        # Every piece of a name may be a word of its own, and so may a dash between two of them.
        self._words = re.compile(rf"(?:\s++\S++){{0,{2 * rest}}}+").match

    def find_windows(self, text: str) -> list[Window]:
        """Return the code points [start, end) in `text` where names may stand, in order, each between white space."""
        if text.isascii():  # as most are: the call of `build_shape` would take longer than its work
            shape = text.encode().translate(ASCII_SHAPES)
        elif _DOUBT in (shape := build_shape(text)):
            return [(0, len(text))]
        hits = self._hooks.find(shape)
        if not hits:
            return []
        found = self._read(shape, hits)
        if found and len(shape) != len(text):
            starts = find_origins(text, [start for start, *_ in found])
            lasts = find_origins(text, [end - 1 for _, end, *_ in found])
            kinds = ((rest, is_stem) for *_, rest, is_stem in found)
            found = [(start, last + 1, *kind) for start, last, kind in zip(starts, lasts, kinds, strict=True)]
        return _join(self._widen(text, found)) if found else []

    def _read(self, shape: bytes, hits: Sequence[Hit]) -> list[_Found]:
        """Return what is found in `shape`, in order."""
        found: list[_Found] = []
        groups, last = self._groups, len(self._groups)
        for hooked, number in hits:
            if number < last:
                hook, alike = groups[number]
                start = hooked - hook
                for length, is_cased, known in alike:
                    seen = shape[start : start + length]
                    rest = known.get(seen if is_cased else seen.lower())
                    if rest is not None:
                        found.append((start, start + length, rest, False))
            elif number > last:
                found += ((*stem.span(1), 0, True) for stem in self._find_shared(shape))
            else:
                return self._find_between(shape) if len(hits) > 1 or self._stretched.find(shape) else []
        found.sort()
        return found

    def _find_between(self, shape: bytes) -> list[_Found]:
        """Return what is found after every run of blanks is made one, with the places in the shape as it was.

        Separators in a row count as one.
        """
        single = _BLANKS.sub(BLANK, shape)
        found = self._read(single, self._hooks.find(single))
        if not found:
            return []
        runs = [run.span() for run in _BLANKS.finditer(shape)]
        lost = list(accumulate((end - start - 1 for start, end in runs), initial=0))
        starts = [start - less for (start, _), less in zip(runs, lost, strict=False)]
        return [
            (start + lost[bisect_right(starts, start)], end + lost[bisect_left(starts, end - 1)], rest, is_stem)
            for start, end, rest, is_stem in found
        ]

    def _widen(self, text: str, found: Iterable[_Found]) -> Iterator[Window]:
        """Yield the words of every hit, as far as a name may go on; what they spell is found later, and remembered."""
        begin = stop = covered = 0
        for start, end, rest, is_stem in found:
            if is_stem:
                last = _find_last_shared(text, end)
                if not last:
                    continue
            elif end <= covered and not rest:
                continue
            if start >= stop:
                begin = max(stop, text.rfind(" ", stop, start) + 1)
            if end > stop:
                stop = _find_space(text, end)
            if rest:
                more = self._words(text, stop)
                yield begin, more.end() if more else stop
            elif is_stem:
                yield begin, _find_space(text, last)
            else:
                covered = stop
                yield begin, stop


def _choose_hooks(anchors: Iterable[Anchor]) -> dict[Hook, list[Anchor]]:
    """Return by what the anchors are searched for: the shortest that is one itself, so that there are few."""
    hooks: dict[Hook, list[Anchor]] = {}
    for anchor in sorted(anchors, key=lambda one: (len(one.shape), one.is_cased)):
        is_prose = anchor.shape.find(BLANK) >= _LONG_WORD or anchor.shape[:_HOOK].endswith(BLANK)
        own = anchor.shape[: _LONGER_HOOK if is_prose and not anchor.is_cased else _HOOK]
        heads = (own[:length] for length in range(1, len(own) + 1))
        known = (
            hook
            for head in heads
            for is_cased in (False, anchor.is_cased)
            if (hook := _fold(head, is_cased=is_cased)) in hooks
        )
        hooks.setdefault(next(known, (own, anchor.is_cased)), []).append(anchor)
    return hooks


def _fold(head: bytes, *, is_cased: bool) -> Hook:
    return (head if is_cased else head.lower()), is_cased


def _stretch(hooks: Iterable[Hook]) -> list[Hook]:
    """Return what a text has that has a hook only once its runs of blanks are made one; of a long run it may be any."""
    blanks = [(hook.lower(), blank.end()) for hook, _ in hooks for blank in _BLANK.finditer(hook)]
    stretched = {hook[:end] + BLANK * more + hook[end : end + 1] for hook, end in blanks for more in (1, 2)}
    return [(hook, False) for hook in sorted({*stretched, BLANK * 4})]


def _group(hook: bytes, anchors: Iterable[Anchor]) -> _Group:
    alike: dict[tuple[int, bool], dict[bytes, int]] = {}
    for shape, is_cased, rest in anchors:
        known = alike.setdefault((len(shape), is_cased), {})
        known[shape] = max(rest, known.get(shape, 0))
    return _Group(len(hook), [(*kind, known) for kind, known in alike.items()])


def _find_last_shared(text: str, stem_end: int) -> int:
    """Return where the last number ends that shares the stem before `stem_end` with the first, 0 if none does."""
    return max((end for _, end in find_shared_numbers(text, stem_end)), default=0)


def _find_space(text: str, place: int) -> int:
    found = _SPACE.search(text, place)
    return found.start() if found else len(text)


def _join(windows: Iterable[Window]) -> list[Window]:
    """Return windows in order of their start as windows that do not touch."""
    joined: list[Window] = []
    for start, end in windows:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
