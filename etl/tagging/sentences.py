"""Where sentences begin: a rule of our own, for abstracts and for the registry's lists; knows no names."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

_BREAK = re.compile(
    r"""
    (?P<stop>[.!?]["'\u201d\u2019)\]]*)(?P<space>\s+)(?=["'\u201c\u2018]?[A-Z0-9\u00c0-\u00de\u0391-\u03a9(\[{])
  | (?P<line>[\r\n]+\s*)
  | \s(?=[\u2022\u25cf\u25aa\u25e6\u00b7]\s)            # a bullet inside a line
    """,
    re.VERBOSE,
)
_SIGNS = ".!?\r\n\u2022\u25cf\u25aa\u25e6\u00b7"
_MAY_BREAK = re.compile(f"[{_SIGNS}]")  # a break begins here, or before a bullet
_MAY_END = re.compile(r"[.!?](?=[\s\"'\u201d\u2019)\]])|[\r\n\u2022\u25cf\u25aa\u25e6\u00b7]")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(\[/])(?:e\.?g|i\.?e|vs|al|approx|ca|cf|viz|figs?|no|nos|dr|prof|st|resp|incl|excl|refs?|eqs?|"
    r"suppl|ed|eds|vol|dept|inc|ltd|co|corp|spp?|subsp|var|min|max|[ip]\.?[vo]|s\.?c|i\.?m|q\.?d|b\.?i\.?d)\.$",
    re.IGNORECASE,
)
_ENDS_ANYWAY = re.compile(
    r"\b(?:no|co|min|max|ed|st|in|i\.?m|inc)\.$"
)  # words too: they end a sentence before a capital
_DASH_END = re.compile(r"\w[-\u2010\u2011]\s*$")
_LOOK_BACK = 12


# What a break may go over: nothing that stands before any other character bears on the breaks behind it.
_GONE_OVER = re.compile(r"[\s\"'\u201d\u2019)\]\u2022\u25cf\u25aa\u25e6\u00b7]")
_LONGEST_ABBREVIATION = 6  # letters


class Sentences:
    """The sentences of one text, by the code points at which they start; looked for only where they are asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._signs = [sign for sign in _SIGNS if sign in text]
        self._begins: list[int] = []  # of the sentences known, in order
        self._ends: list[int] = []

    def bounds(self, start: int, end: int) -> tuple[int, int]:
        """Return where the sentence that holds [start, end) begins and ends; several if the span crosses a break."""
        begin, stop = self._find(start)
        return (begin, stop) if end <= stop else (begin, self._find(end - 1)[1])

    def _find(self, place: int) -> tuple[int, int]:
        known = bisect_right(self._begins, place)
        if not known or place >= self._ends[known - 1]:
            self._begins.insert(known, self._find_begin(place))
            self._ends.insert(known, self._find_end(place))
            known += 1
        return self._begins[known - 1], self._ends[known - 1]

    def _find_begin(self, place: int) -> int:
        reach = place + 1
        while (sign := self._find_sign_before(reach)) >= 0:
            since = self._find_fresh(sign)
            begins = [begin for begin in find_begins(self._text, since, reach) if begin <= place]
            if begins:
                return begins[-1]
            reach = since
        return 0

    def _find_sign_before(self, reach: int) -> int:
        """Return the last place before `reach` at which a break may start, or -1."""
        while True:
            place = max((self._text.rfind(sign, 0, reach) for sign in self._signs), default=-1)
            if place < 0 or _MAY_END.match(self._text, place):
                return place
            reach = place

    def _find_end(self, place: int) -> int:
        begins = find_begins(self._text, self._find_fresh(place), len(self._text))
        return next((begin for begin in begins if begin > place), len(self._text))

    def _find_fresh(self, place: int) -> int:
        """Return the nearest place at or before `place` that no break goes over."""
        while place > 0 and _GONE_OVER.match(self._text, place):
            place -= 1
        return max(place, 0)


def find_sentence_starts(text: str) -> list[int]:
    """Return the offset of every sentence, 0 first."""
    return [0, *find_begins(text, 0, len(text))]


def find_begins(text: str, since: int, until: int) -> Iterator[int]:
    """Yield where sentences begin behind the breaks that start in [since, until), where no break goes over `since`.

    A sentence ends at [.!?] before white space and a capital, a digit or an opening bracket, unless an abbreviation
    stands there; and at the end of a line, unless a hyphen is there.
    """
    for found in _find_breaks(text, since, until):
        stop = found["stop"]
        if stop:
            before = text[max(0, found.start() - _LOOK_BACK) : found.end("stop")]
            if _is_abbreviation(before, text[found.end() : found.end() + 1]):
                continue
        elif found["line"] and _DASH_END.search(text, max(0, found.start() - _LOOK_BACK), found.start()):
            continue
        yield found.end()


def _find_breaks(text: str, since: int, until: int) -> Iterator[re.Match[str]]:
    """Yield what `_BREAK` finds; it is tried only where one may begin, for it is slow to see that none does."""
    end = since
    for sign in _MAY_BREAK.finditer(text, since, until):
        place = sign.start() if sign[0] < "\x7f" else sign.start() - 1
        found = _BREAK.match(text, place) if place >= end else None
        if found:
            end = found.end()
            yield found


def _is_abbreviation(before: str, following: str) -> bool:
    word = before[-_LONGEST_ABBREVIATION - 2 : -1]
    if len(word) > _LONGEST_ABBREVIATION and word.isalpha():
        return False
    if _ABBREVIATED.search(before) is None:
        return False
    return not (_ENDS_ANYWAY.search(before) and not following.isdigit())
