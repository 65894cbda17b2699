"""Finds where a document defines an abbreviation, after Schwartz and Hearst (2003); judges no definition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_BRACKETED = re.compile(r"[(\[]\s*([^()\[\]]{2,120}?)\s*[)\]]")
_SHORT = re.compile(r"(?=.*[^\W\d_])[^\s,;:=]{2,12}(?=\s*(?:[,;:=]|or\b|$))")
_WORD = re.compile(r"\S+")
_BEFORE = re.compile(r"([^\s()\[\],;]{2,12})\s*$")
_LETTERS = re.compile(r"[^\W\d_]+")
_CONTENT = 5  # letters
_REACH = 300  # code points before a bracket: more than the longest definition


class Definition(NamedTuple):
    """`short` is said to stand for the words at the code points [start, end)."""

    short: str
    start: int
    end: int


def find_definitions(text: str) -> Iterator[Definition]:
    """Yield "long form (SHORT)" and "SHORT (long form)" wherever the short one's letters come from the long one."""
    for bracket in _BRACKETED.finditer(text):
        yield from _inside_short(text, bracket)
        yield from _outside_short(text, bracket)


def is_acronym(short: str, words: str) -> bool:
    """Return whether every letter of `short` begins one of `words`, in order, as those of no chance alignment do."""
    initials = "".join(word[0] for word in _LETTERS.findall(words.casefold()))
    letters = [letter for letter in short.casefold() if letter.isalpha()]
    remaining = iter(initials)
    return len(letters) > 1 and initials[:1] == letters[0] and all(letter in remaining for letter in letters)


def find_content_words(words: str) -> frozenset[str]:
    """Return the longer ones of `words`, folded and without a plural's s."""
    return frozenset(word.rstrip("s") for word in _LETTERS.findall(words.casefold()) if len(word) >= _CONTENT)


def _inside_short(text: str, bracket: re.Match[str]) -> Iterator[Definition]:
    short = _SHORT.match(bracket[1])
    if short is None:
        return
    reach = max(0, bracket.start() - _REACH)
    words = list(_WORD.finditer(text, reach, bracket.start()))[-_longest(short[0]) :]
    if words:
        start = _find_long(short[0], text[words[0].start() : bracket.start()].rstrip())
        if start is not None:
            yield Definition(short[0], words[0].start() + start, bracket.start())


def _outside_short(text: str, bracket: re.Match[str]) -> Iterator[Definition]:
    before = _BEFORE.search(text[max(0, bracket.start() - _REACH) : bracket.start()])
    if before is None or " " not in bracket[1] or _SHORT.match(before[1]) is None:
        return
    long = re.split(r"[;,:]", bracket[1], maxsplit=1)[0].rstrip()
    start = _find_long(before[1], long)
    if start is not None and len(_WORD.findall(long, start)) <= _longest(before[1]):
        yield Definition(before[1], bracket.start(1) + start, bracket.start(1) + len(long))


def _longest(short: str) -> int:
    return min(len(short) + 5, len(short) * 2)


def _find_long(short: str, words: str) -> int | None:
    """Return where in `words` the long form of `short` begins, None where its letters do not come from it in order."""
    letters = [letter for letter in short.casefold() if letter.isalnum()]
    folded = words.casefold() if len(words.casefold()) == len(words) else words.lower()
    place = len(folded) - 1
    for number in range(len(letters) - 1, -1, -1):
        while place >= 0 and (
            folded[place] != letters[number] or (number == 0 and place > 0 and folded[place - 1].isalnum())
        ):
            place -= 1
        if place < 0:
            return None
        place -= 1
    start = place + 1
    return start if len(words) - start > len(short) else None
