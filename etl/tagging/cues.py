"""Finds the words that a vocabulary lists as cues and blockers in a text; decides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from etl.tagging.casing import is_code
from etl.tagging.hooks import Hooks
from etl.tagging.pieces import DASHES, LATIN, SEPARATORS, cut_pieces, fold_piece

_NEVER = re.compile(r"(?!)")
_WIDEST = 2  # dashes and spaces for one of a phrase


class Cues:
    """Some phrases, compiled: a pattern of all, and what tells the few places at which it is worth trying."""

    def __init__(self, phrases: Sequence[str]) -> None:
        hooks = [_choose_hooks(phrase) for phrase in phrases if phrase.strip()]
        self._hooks = Hooks((hook, False) for hook in sorted(set().union(*hooks))) if all(hooks) else None
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


def _choose_hooks(phrase: str) -> set[bytes]:
    """Return shapes of which no spelling of `phrase` is without one; none if there are none.

    They are of two words where it has two, because TIM, of TIM-1, is in every paper on TIM-3.
    """
    words, pairs = list[str](), list[tuple[str, int, str]]()
    before, gaps = "", 0
    for piece, has_space in zip(*cut_pieces(phrase), strict=True):
        if fold_piece(piece) in SEPARATORS:
            gaps += 1
            continue
        word = piece if piece.isascii() and piece.isalnum() else ""
        if word:
            words.append(word)
        if before and word:
            pairs.append((before, gaps, word))
        before, gaps = word, int(has_space)
    if not pairs:
        return {max(words, key=len).encode()} if words else set()
    first, gaps, last = max(pairs, key=lambda pair: len(pair[0] + pair[2]))
    return {(first + " " * blanks + last).encode() for blanks in range(_WIDEST * gaps + 1)}


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
            parts.append(rf"[{DASHES}\s]{{0,{_WIDEST}}}")
    spelt = "".join(parts) + "s?"
    keeps_case = is_code(phrase) and any(letter.isupper() or letter.isdigit() for letter in phrase)
    return f"(?:{spelt})" if keeps_case else f"(?i:{spelt})"
