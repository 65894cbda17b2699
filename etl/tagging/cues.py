"""Finds the words that a vocabulary lists as cues and blockers in a text; decides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from etl.tagging.casing import is_code
from etl.tagging.hooks import Hooks
from etl.tagging.pieces import DASHES, LATIN, SEPARATORS, cut_pieces, fold_piece

_NEVER = re.compile(r"(?!)")


class Cues:
    """Some phrases, compiled: a pattern of all, and what tells the few places at which it is worth trying."""

    def __init__(self, phrases: Sequence[str]) -> None:
        pieces = [_choose_piece(phrase) for phrase in phrases if phrase.strip()]
        known = {piece.encode() for piece in pieces if piece is not None}
        self._hooks = Hooks((piece, False) for piece in sorted(known)) if None not in pieces else None
        self._pattern = build_cue_pattern(phrases)
        self._reach = 1 + max(map(_find_longest, phrases), default=0)

    def find_places(self, shape: bytes) -> list[int] | None:
        """Return where in a text of this shape a word ends that one of them holds; None where that is not known."""
        return None if self._hooks is None else sorted(end for end, _ in self._hooks.find(shape))

    def find(self, text: str, begin: int, end: int, places: Sequence[int] | None = None) -> frozenset[str]:
        """Return the different ones that stand in the code points [begin, end) of `text`, folded.

        If all their `places` there are given, the text is looked at around those alone.
        """
        stretches = ((begin, end),) if places is None else self._find_stretches(begin, end, places)
        found = (self._pattern.finditer(text, *stretch) for stretch in stretches)
        return frozenset(one[0].casefold() for each in found for one in each)

    def _find_stretches(self, begin: int, end: int, places: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield what a phrase with a word at one of the `places` may fill, and one character more on either side."""
        first = last = begin
        for place in places:
            if place - self._reach > last:
                yield first, last
                first = place - self._reach
            last = min(end, place + self._reach)
        yield first, last


def _choose_piece(phrase: str) -> str | None:
    """Return the longest run of letters or digits in `phrase`, which no spelling of it is without; None if none is."""
    words = [word for word in cut_pieces(phrase)[0] if word.isascii() and word.isalnum()]
    return max(words, key=len, default=None)


def _find_longest(phrase: str) -> int:
    """Return how many code points a spelling of `phrase` may have: two for every separator, and a plural."""
    return len(phrase) + sum(not letter.isalnum() for letter in phrase) + 1


def build_cue_pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds any of `phrases` as words, with a plural, hyphens and spaces interchangeable.

    Symbols and codes keep their case ("PET", "CAF", "lag 1"); words may be written anyhow.
    """
    spelt = [phrase for phrase in sorted(phrases, key=len, reverse=True) if phrase.strip()]
    if not spelt:
        return _NEVER
    firsts = {phrase[0] for phrase in spelt}
    is_begun = f"(?i:(?=[{''.join(sorted(firsts))}]))" if all(first.isalnum() for first in firsts) else ""
    return re.compile(rf"(?<![{LATIN}\d]){is_begun}(?:{'|'.join(map(_phrase, spelt))})(?![{LATIN}\d])")


def _phrase(phrase: str) -> str:
    parts: list[str] = []
    words, spaces = cut_pieces(phrase)
    for word, has_space in zip(words, spaces, strict=True):
        parts.append("" if fold_piece(word) in SEPARATORS else re.escape(word))
        if fold_piece(word) in SEPARATORS or has_space:
            parts.append(rf"[{DASHES}\s]{{0,2}}")
    spelt = "".join(parts) + "s?"
    keeps_case = is_code(phrase) and any(letter.isupper() or letter.isdigit() for letter in phrase)
    return f"(?:{spelt})" if keeps_case else f"(?i:{spelt})"
