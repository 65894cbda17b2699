"""Finds where a document defines an abbreviation, after Schwartz and Hearst (2003); judges no definition."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from etl.tagging.pieces import skeleton

_BRACKETED = re.compile(r"[(\[]\s*([^()\[\]]{2,120}?)\s*[)\]]")
_SHORT = re.compile(r"(?=.*[^\W\d_])[^\s,;:=]{2,12}(?=\s*(?:[,;:=]|or\b|$))")
_WORD = re.compile(r"\S+")
_BEFORE = re.compile(r"[^\s()\[\],;]{2,12}\Z")
_LONGEST_SHORT = 12
_LETTERS = re.compile(r"[^\W\d_]+")
_CONTENT = 5  # letters
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
    initials = {form[:1].lower() for form in forms}
    finals = {form[-1:].lower() for form in forms}
    for opening in "([":
        place = text.find(opening)
        while place >= 0:
            yield from _read_bracket(text, place, forms, initials, finals)
            place = text.find(opening, place + 1)


def _read_bracket(
    text: str, place: int, forms: Collection[str], initials: Collection[str], finals: Collection[str]
) -> Iterator[tuple[str, Definition]]:
    """Yield the definitions at the bracket that opens at `place`, if a short one may begin beside it."""
    words = text[max(0, place - _REACH) : place].rstrip()[-_LONGEST_SHORT:]
    before = _BEFORE.search(words) if _may_be(words[-1:], finals) else None
    is_before = before is not None and _may_be(before[0][:1], initials)
    is_inside = _may_be(text[place + 1 : place + 2], initials)
    bracket = _BRACKETED.match(text, place) if is_before or is_inside else None
    if bracket is None:
        return
    if is_inside:
        yield from _inside_short(text, bracket, forms)
    if before is not None and is_before:
        yield from _outside_short(bracket, before[0], forms)


def _may_be(sign: str, letters: Collection[str]) -> bool:
    """Return whether a word may have a form with one of these letters where it has `sign`, as with no letter it may."""
    return not (sign.isascii() and sign.isalnum()) or sign.lower() in letters


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
