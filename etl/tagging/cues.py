"""Turns the words a vocabulary lists as cues and blockers into one pattern; decides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from etl.tagging.casing import is_code
from etl.tagging.pieces import DASHES, LATIN, SEPARATORS, cut_pieces, fold_piece

_NEVER = re.compile(r"(?!)")


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
