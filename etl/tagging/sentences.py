"""Where sentences begin: a rule of our own, for abstracts and for the registry's lists; knows no names."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

_SPACE = r"""["'\u201d\u2019)\]]*(?P<space>\s+)(?=["'\u201c\u2018]?[A-Z0-9\u00c0-\u00de\u0391-\u03a9(\[{])"""
_BREAK = re.compile(
    rf"""
    [.!?\r\n\u2022\u25cf\u25aa\u25e6\u00b7]                # one set of signs first: to search for it is quick
    (?:
        (?<=[.!?]){_SPACE}
      | (?<=[\r\n])[\r\n]*\s*
      | (?<=\s[\u2022\u25cf\u25aa\u25e6\u00b7])(?P<bullet>)(?=\s)      # a bullet inside a line
    )
    """,
    re.VERBOSE,
)
_OTHER_SIGNS = "!?\r\n\u2022\u25cf\u25aa\u25e6\u00b7"
_POINT_BREAK = re.compile(rf"\.{_SPACE}")  # enough for most abstracts, and quicker still
_PLAIN = (
    "eg|ie|vs|al|approx|ca|cf|viz|figs|fig|nos|no|dr|prof|st|resp|incl|excl|refs|ref|eqs|eq|suppl|eds|ed|vol|dept|inc|ltd|"
    "corp|co|spp|sp|subsp|var|min|max|iv|io|pv|po|sc|im|qd|bid"
)
_DOTTED = r"e\.g|i\.e|[ip]\.[vo]|s\.c|i\.m|q\.d|b\.?i\.?d"
_ABBREVIATIONS = frozenset(_PLAIN.split("|"))
_ABBREVIATED = re.compile(rf"(?:^|[\s(\[/])(?:{_PLAIN}|{_DOTTED})\.$", re.IGNORECASE)
_ENDS_ANYWAY = re.compile(
    r"\b(?:no|co|min|max|ed|st|in|i\.?m|inc)\.$"
)  # words too: they end a sentence before a capital
_DASH_END = re.compile(r"\w[-\u2010\u2011]\s*$")
_LOOK_BACK = 12


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
    breaks = _BREAK if any(map(text.__contains__, _OTHER_SIGNS)) else _POINT_BREAK
    for found in breaks.finditer(text):
        if found.lastgroup == "space":
            stop, end = found.span("space")
            if text[stop - 1] != "." or not _is_abbreviation(text, stop, end):
                yield end
        elif found.lastgroup == "bullet":
            if found.start() > end:  # else a line ends before it, which has been judged
                yield found.start()
        else:
            start, end = found.span()
            if not _DASH_END.search(text, max(0, start - _LOOK_BACK), start):
                yield end


def _is_abbreviation(text: str, stop: int, following: int) -> bool:
    """Return whether the point before `stop` is an abbreviation's, and what stands at `following` begins nothing."""
    word = text[text.rfind(" ", 0, stop) + 1 : stop - 1]
    if word.isalpha() and word.isascii():  # most words
        is_known = word.lower() in _ABBREVIATIONS
    else:
        is_known = word[-1:].isalpha() and _ABBREVIATED.search(text[max(0, stop - _LOOK_BACK) : stop]) is not None
    if not is_known:
        return False
    return text[following : following + 1].isdigit() or not _ENDS_ANYWAY.search(text[max(0, stop - _LOOK_BACK) : stop])
