"""Turns the words a vocabulary lists as cues and blockers into one pattern; decides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from etl.tagging.casing import is_code
from etl.tagging.hooks import Hooks
from etl.tagging.pieces import DASHES, LATIN, SEPARATORS, cut_pieces, fold_piece

_NEVER = re.compile(r"(?!)")


class Cues:
    """Some phrases, compiled when they are first needed: a pattern of many takes longer to build than to run."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases = tuple(phrases)
        pieces = [_choose_piece(phrase) for phrase in self._phrases if phrase.strip()]
        self._pieces = None if None in pieces else {piece for piece in pieces if piece is not None}

    def compile(self) -> None:
        """Do at once what is otherwise done when it is first needed."""
        if self._phrases:
            _ = self._hooks, self._pattern

    def find_places(self, shape: bytes) -> list[int] | None:
        """Return where in a text of this shape a word ends that one of them holds; None where that is not known."""
        return None if self._hooks is None else [end for end, _ in self._hooks.find(shape)]

    def find(self, text: str, begin: int, end: int) -> frozenset[str]:
        """Return the different ones that stand in the code points [begin, end) of `text`, folded."""
        return frozenset(found[0].casefold() for found in self._pattern.finditer(text, begin, end))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return build_cue_pattern(self._phrases)

    @cached_property
    def _hooks(self) -> Hooks | None:
        return None if self._pieces is None else Hooks((piece.encode(), False) for piece in sorted(self._pieces))


def _choose_piece(phrase: str) -> str | None:
    """Return the longest run of letters or digits in `phrase`, which no spelling of it is without; None if none is."""
    words = [word for word in cut_pieces(phrase)[0] if word.isascii() and word.isalnum()]
    return max(words, key=len, default=None)


def build_cue_pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds any of `phrases` as words, with a plural, hyphens and spaces interchangeable.

    Symbols and codes keep their case ("PET", "CAF", "lag 1"); words may be written anyhow.
    """
    choices = [_phrase(phrase) for phrase in sorted(phrases, key=len, reverse=True) if phrase.strip()]
    if not choices:
        return _NEVER
    return re.compile(rf"(?<![{LATIN}\d])(?:{'|'.join(choices)})(?![{LATIN}\d])")


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
