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
_MAY_BREAK = re.compile(r"[.!?\r\n\u2022\u25cf\u25aa\u25e6\u00b7]")  # a break begins here, or before a bullet
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


class Sentences:
    """The sentences of one text, by the code points at which they start."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = find_sentence_starts(text)

    def bounds(self, start: int, end: int) -> tuple[int, int]:
        """Return where the sentence that holds [start, end) begins and ends; several if the span crosses a break."""
        first = bisect_right(self._starts, start) - 1
        last = bisect_right(self._starts, max(start, end - 1))
        return self._starts[first], self._starts[last] if last < len(self._starts) else len(self._text)


def find_sentence_starts(text: str) -> list[int]:
    """Return the offset of every sentence, 0 first.

    A sentence ends at [.!?] before white space and a capital, a digit or an opening bracket, unless an abbreviation
    stands there; and at the end of a line, unless a hyphen is there.
    """
    starts = [0]
    for found in _find_breaks(text):
        before = text[max(0, found.start() - _LOOK_BACK) : found.end("stop") if found["stop"] else found.start()]
        if found["stop"] and _is_abbreviation(before, text[found.end() : found.end() + 1]):
            continue
        if found["line"] and _DASH_END.search(before):
            continue
        starts.append(found.end())
    return starts


def _find_breaks(text: str) -> Iterator[re.Match[str]]:
    """Yield what `_BREAK` finds; it is tried only where one may begin, for it is slow to see that none does."""
    end = 0
    for sign in _MAY_BREAK.finditer(text):
        place = sign.start() if sign[0] < "\x7f" else sign.start() - 1
        found = _BREAK.match(text, place) if place >= end else None
        if found:
            end = found.end()
            yield found


def _is_abbreviation(before: str, following: str) -> bool:
    if _ABBREVIATED.search(before) is None:
        return False
    return not (_ENDS_ANYWAY.search(before) and not following.isdigit())
