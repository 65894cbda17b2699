"""Finds the few windows of a text in which names of the lexicon may stand; decides nothing.

Whatever the pipeline marks in a text lies in a window; what lies in a window need not be a name. Most texts have none:
one search for the first bytes of all names, over the drafts of the shapes of many texts at once, is all that is done to
them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, compress, product
from operator import add, not_
from typing import NamedTuple

from etl.tagging.anchors import Anchor, find_anchors
from etl.tagging.ellipsis import find_shared_numbers
from etl.tagging.hooks import Hit, Hook, Hooks
from etl.tagging.lexicon import Node
from etl.tagging.shape import BLANK, DOUBT, UNSETTLED, build_draft, build_drafts, find_origins, settle_shape

Window = tuple[int, int]
# A name, or its beginning, at the code points [start, end), how many more pieces it may have, whether it is a stem.
_Found = tuple[int, int, int, bool]

# Bytes that are searched for: few, which is quickest, but more of what begins with words that many texts have without
# what follows (fibroblast, lymphocyte, anti-PD). The rest of an anchor is compared where they stand.
_HOOK, _LONGER_HOOK = 8, 12
_LONG_WORD = 6
_DOUBT = DOUBT[0]  # a number is found faster than bytes are
_SPACE = re.compile(r"\s")
_SEPARATORS = (BLANK, b"-")  # what separates pieces in the draft of nearly every text
_AS_BLANK = bytes.maketrans(b"-", BLANK)
_RUN = rb"[^ -][ -]{2}"  # of separators
_RARE = tuple(code for code in UNSETTLED if code != ord("-"))
# A stem with a number and another that may share it: CD8 is in every other paper, CD39/73 is not.
_SHARED = rb"(?:%s)[ -]*[0-9]+[ -]*(?:[^A-Za-z0-9 -][ -]*(?:and|or)?|and(?:[^A-Za-z0-9 -]or)?|or)[ -]*[0-9]"


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
        drafts = [(draft, hook) for hook in groups for draft in _draft(hook)]
        self._hooks = Hooks([draft for draft, _ in drafts], (_RUN, *([_SHARED % spelt] if stems else ())))
        self._stretched = Hooks(_stretch(groups))
        by_hook = {hook: _group(hook[0], anchors) for hook, anchors in groups.items()}
        self._groups = [by_hook[hook] for _, hook in drafts]
        self._find_shared = re.compile(rb"(?=(%s)%s)" % (spelt, _SHARED % b"")).finditer
        rest = max((anchor.rest for anchor in names), default=0)
        # Every piece of a name may be a word of its own, and so may a dash between two of them.
        self._words = re.compile(rf"(?:\s++\S++){{0,{2 * rest}}}+").match

    def find_windows(self, texts: Sequence[str]) -> dict[int, list[Window]]:
        """Return the code points [start, end) where names may stand, in order, each between white space.

        They are by the place of their text in `texts`; one that can hold no name has none.
        """
        windows: dict[int, list[Window]] = {}
        plain = list(map(str.isascii, texts))
        for kept in (plain, list(map(not_, plain))):
            if any(kept):
                places = list(compress(range(len(texts)), kept))
                for place, found in self._search(list(compress(texts, kept))):
                    windows[places[place]] = found
        return windows

    def _search(self, texts: Sequence[str]) -> Iterator[tuple[int, list[Window]]]:
        """Yield the windows of the texts that have some, with the place of the text."""
        drafts, odd = build_drafts(texts)
        if any(map(drafts.__contains__, _RARE)):
            drafts = settle_shape(drafts)
        hits = self._hooks.find(drafts)
        if not hits and not odd:
            return
        starts = list(accumulate((len(text) + 1 for text in texts), initial=1))
        told: dict[int, list[Hit]] = {}
        for end, number in hits:
            place = bisect_right(starts, end - 1) - 1
            told.setdefault(place, []).append((end - starts[place], number))
        alone = {bisect_right(starts, place) - 1 for place in odd}
        for place in sorted(told.keys() | alone):
            text, start = texts[place], starts[place]
            if place in alone:
                found = self._find_alone(text)
            else:
                found = self._read(drafts[start : start + len(text)], told[place])
            if found and (windows := _join(self._widen(text, found))):
                yield place, windows

    def _find_alone(self, text: str) -> list[_Found]:
        """Return what is found in a text of which not every character has a byte of its own."""
        shape = settle_shape(build_draft(text))
        if _DOUBT in shape:
            return [(0, len(text), 0, False)]
        found = self._read(shape, self._hooks.find(shape))
        starts = find_origins(text, [start for start, *_ in found])
        lasts = find_origins(text, [end - 1 for _, end, *_ in found])
        kinds = ((rest, is_stem) for *_, rest, is_stem in found)
        return [(start, last + 1, *kind) for start, last, kind in zip(starts, lasts, kinds, strict=True)]

    def _read(self, shape: bytes, hits: Sequence[Hit]) -> list[_Found]:
        """Return what is found in `shape`, or in the draft of one, in order."""
        found: list[_Found] = []
        groups, run = self._groups, len(self._groups)
        has_shared = False
        for hooked, number in hits:
            if number < run:
                hook, alike = groups[number]
                start = hooked - hook
                for length, is_cased, known in alike:
                    seen = shape[start : start + length].translate(_AS_BLANK)
                    rest = known.get(seen if is_cased else seen.lower())
                    if rest is not None:
                        found.append((start, start + length, rest, False))
            elif number == run:
                return self._read_runs(shape, hits)
            else:
                has_shared = True
        if has_shared:
            found += ((*stem.span(1), 0, True) for stem in self._find_shared(shape))
        found.sort()
        return found

    def _read_runs(self, draft: bytes, hits: Sequence[Hit]) -> list[_Found]:
        """Return what is found after every run of separators is made one blank, with the places in `draft` as it is."""
        ends = sorted(end for end, number in hits if number == len(self._groups))
        if len(hits) == len(ends) and not self._stretched.find(settle_shape(draft)):
            return []  # as most often
        kept: list[bytes] = []
        places, lost, stop = list[int](), [0], 0
        for end in ends:
            kept += draft[stop : end - 2], BLANK
            places.append(end - 2 - lost[-1])
            stop = end
            while draft[stop : stop + 1] in _SEPARATORS:
                stop += 1
            lost.append(lost[-1] + stop - end + 1)
        single = b"".join((*kept, draft[stop:]))
        return [
            (start + lost[bisect_right(places, start)], end + lost[bisect_left(places, end - 1)], rest, is_stem)
            for start, end, rest, is_stem in self._read(single, self._hooks.find(single))
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
        own = anchor.shape[: _LONGER_HOOK if _is_prose(anchor) else _HOOK]
        heads = (own[:length] for length in range(1, len(own) + 1))
        known = (
            hook
            for head in heads
            for is_cased in (False, anchor.is_cased)
            if (hook := _fold(head, is_cased=is_cased)) in hooks
        )
        hooks.setdefault(next(known, (own, anchor.is_cased)), []).append(anchor)
    return hooks


def _is_prose(anchor: Anchor) -> bool:
    """Return whether a name begins with a long word, or several, that many texts have without what follows."""
    head = anchor.shape[:_HOOK]
    is_wordy = anchor.shape.find(BLANK) >= _LONG_WORD or head.endswith(BLANK)
    return is_wordy and not anchor.is_cased and head.replace(BLANK, b"").isalpha()


def _fold(head: bytes, *, is_cased: bool) -> Hook:
    return (head if is_cased else head.lower()), is_cased


def _draft(hook: Hook) -> list[Hook]:
    """Return what a text's draft may have for a hook in its shape."""
    sought, is_cased = hook
    parts = sought.split(BLANK)
    gaps = product(_SEPARATORS, repeat=len(parts) - 1)
    return [(b"".join(map(add, parts, (*between, b""))), is_cased) for between in gaps]


def _stretch(hooks: Iterable[Hook]) -> list[Hook]:
    """Return what a text has that has a hook only once its runs of blanks are made one; of a long run it may be any."""
    blanks = [(hook.lower(), blank.end()) for hook, _ in hooks for blank in re.finditer(BLANK, hook)]
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
