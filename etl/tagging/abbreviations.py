"""Finds where a document defines an abbreviation, after Schwartz and Hearst (2003); judges no definition."""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from etl.tagging.pieces import skeleton

_BRACKETED = re.compile(r"[(\[]\s*([^()\[\]]{2,120}?)\s*[)\]]")
_SHORT = re.compile(r"(?=.*[^\W\d_])[^\s,;:=]{2,12}(?=\s*(?:[,;:=]|or\b|$))")
_WORD = re.compile(r"\S+")
_BEFORE = re.compile(r"[^\s()\[\],;]{2,12}\Z")
_LONGEST_SHORT = 12
_LETTERS = re.compile(r"[^\W\d_]+")
_CONTENT = 5  # letters
_ALNUM = frozenset(string.ascii_letters + string.digits)
_REACH = 300  # code points before a bracket: more than the longest definition


class Definition(NamedTuple):
    """`short` is said to stand for the words at the code points [start, end)."""

    short: str
    start: int
    end: int


def find_definitions(text: str, forms: Collection[str]) -> Iterator[tuple[str, Definition]]:
    """Yield "long form (SHORT)" and "SHORT (long form)" wherever the short one's letters come from the long one.

    Only short ones of these `forms` (skeletons) are looked for; each comes with its form, by no order.
    """
    no_head, no_tail = _find_others(form[:1] for form in forms), _find_others(form[-1:] for form in forms)
    for opening in "([":
        place = text.find(opening)
        while place >= 0:
            before = text[max(0, place - 2) : place].rstrip()[-1:]
            if before not in no_tail or text[place + 1 : place + 2] not in no_head:  # else no short one is beside it
                yield from _read_bracket(text, place, forms, no_head, no_tail)
            place = text.find(opening, place + 1)


def _find_others(letters: Iterable[str]) -> frozenset[str]:
    """Return the letters and digits of ASCII that are none of `letters` in either case."""
    small = "".join(letters).lower()
    return _ALNUM.difference(small, small.upper())


def _read_bracket(
    text: str, place: int, forms: Collection[str], no_head: Collection[str], no_tail: Collection[str]
) -> Iterator[tuple[str, Definition]]:
    """Yield the definitions at the bracket that opens at `place`, if a short one may begin beside it."""
    words = text[max(0, place - _REACH) : place].rstrip()[-_LONGEST_SHORT:]
    before = _BEFORE.search(words) if words[-1:] not in no_tail else None
    is_before = before is not None and before[0][:1] not in no_head
    is_inside = text[place + 1 : place + 2] not in no_head
    bracket = _BRACKETED.match(text, place) if is_before or is_inside else None
    if bracket is None:
        return
    if is_inside:
        yield from _inside_short(text, bracket, forms)
    if before is not None and is_before:
        yield from _outside_short(bracket, before[0], forms)


def is_acronym(short: str, words: str) -> bool:
    """Return whether every letter of `short` begins one of `words`, in order, as those of no chance alignment do."""
    initials = "".join(word[0] for word in _LETTERS.findall(words.casefold()))
    letters = [letter for letter in short.casefold() if letter.isalpha()]
    remaining = iter(initials)
    return len(letters) > 1 and initials[:1] == letters[0] and all(letter in remaining for letter in letters)


def find_content_words(words: str) -> frozenset[str]:
    """Return the longer ones of `words`, folded and without a plural's s."""
    return frozenset(word.rstrip("s") for word in _LETTERS.findall(words.casefold()) if len(word) >= _CONTENT)


def _inside_short(text: str, bracket: re.Match[str], forms: Collection[str]) -> Iterator[tuple[str, Definition]]:
    short = _SHORT.match(bracket[1])
    if short is None or skeleton(short[0]) not in forms:
        return
    before, most = text[max(0, bracket.start() - _REACH) : bracket.start()], _longest(short[0])
    words = before.rsplit(None, most)  # the last ones, and what is left if there are more
    since = before[len(words[0]) :] if len(words) > most else before
    start = _find_long(short[0], since.rstrip())
    if start is not None:
        yield skeleton(short[0]), Definition(short[0], bracket.start() - len(since) + start, bracket.start())


def _outside_short(bracket: re.Match[str], short: str, forms: Collection[str]) -> Iterator[tuple[str, Definition]]:
    if " " not in bracket[1] or _SHORT.match(short) is None or skeleton(short) not in forms:
        return
    long = re.split(r"[;,:]", bracket[1], maxsplit=1)[0].rstrip()
    start = _find_long(short, long)
    if start is not None and len(_WORD.findall(long, start)) <= _longest(short):
        yield skeleton(short), Definition(short, bracket.start(1) + start, bracket.start(1) + len(long))


def _longest(short: str) -> int:
    return min(len(short) + 5, len(short) * 2)


def _find_long(short: str, words: str) -> int | None:
    """Return where in `words` the long form of `short` begins, None where its letters do not come from it in order."""
    letters = [letter for letter in short.casefold() if letter.isalnum()]
    folded = words.casefold() if len(words.casefold()) == len(words) else words.lower()
    place = len(folded)
    for number in range(len(letters) - 1, -1, -1):
        place = folded.rfind(letters[number], 0, place)
        while number == 0 and place > 0 and folded[place - 1].isalnum():  # the first begins a word
            place = folded.rfind(letters[0], 0, place)
        if place < 0:
            return None
    return place if len(words) - place > len(short) else None
