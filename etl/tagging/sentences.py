"""Where sentences begin: a rule of our own, for abstracts and for the registry's lists; knows no names."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

_BREAK = re.compile(
    r"""
    [.!?\r\n\u2022\u25cf\u25aa\u25e6\u00b7]                # one set of signs first: to search for it is quick
    (?:
        (?<=[.!?])["'\u201d\u2019)\]]*(?P<space>\s+)(?=["'\u201c\u2018]?[A-Z0-9\u00c0-\u00de\u0391-\u03a9(\[{])
      | (?<=[\r\n])[\r\n]*\s*
      | (?<=\s[\u2022\u25cf\u25aa\u25e6\u00b7])(?P<bullet>)(?=\s)      # a bullet inside a line
    )
    """,
    re.VERBOSE,
)
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

_LONGEST_ABBREVIATION = 6  # letters


class Sentences:
    """The sentences of one text, by the code points at which they start; read no further than they are asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0]
        self._unread = _find_begins(text)

    def bounds(self, start: int, end: int) -> tuple[int, int]:
        """Return where the sentence that holds [start, end) begins and ends; several if the span crosses a break."""
        last = max(start, end - 1)
        while self._starts[-1] <= last:
            begin = next(self._unread, None)
            if begin is None:
                break
            self._starts.append(begin)
        following = bisect_right(self._starts, last)
        stop = self._starts[following] if following < len(self._starts) else len(self._text)
        return self._starts[bisect_right(self._starts, start) - 1], stop


def find_sentence_starts(text: str) -> list[int]:
    """Return the offset of every sentence, 0 first."""
    return [0, *_find_begins(text)]


def _find_begins(text: str) -> Iterator[int]:
    """Yield where sentences begin but the first.

    A sentence ends at [.!?] before white space and a capital, a digit or an opening bracket, unless an abbreviation
    stands there; and at the end of a line, unless a hyphen is there.
    """
    end = 0
    for found in _BREAK.finditer(text):
        start, kind = found.start(), found.lastgroup
        if kind == "bullet":
            if start > end:  # else a line ends before it, which has been judged
                yield start
            continue
        end = found.end()
        if kind == "space":
            before = text[max(0, start - _LOOK_BACK) : found.start("space")]
            if not _is_abbreviation(before, text[end : end + 1]):
                yield end
        elif not _DASH_END.search(text, max(0, start - _LOOK_BACK), start):
            yield end


def _is_abbreviation(before: str, following: str) -> bool:
    if before[-1] != "." or not before[-2:-1].isalpha():
        return False
    word = before[-_LONGEST_ABBREVIATION - 2 : -1]
    if len(word) > _LONGEST_ABBREVIATION and word.isalpha():
        return False
    if _ABBREVIATED.search(before) is None:
        return False
    return not (_ENDS_ANYWAY.search(before) and not following.isdigit())
