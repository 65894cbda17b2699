"""Says where the case of a name matters and which cases count as it; pure, knows no meaning."""

from __future__ import annotations

import itertools
from functools import lru_cache

from etl.tagging.pieces import GREEK_WORDS, cut_pieces

_CODE_LENGTH = 6
_WORD_LENGTH = 5


@lru_cache(maxsize=16_384)
def is_code(name: str) -> bool:
    """Return whether `name` is a symbol or a code, whose case matters, rather than words."""
    words = [piece for piece in cut_pieces(name)[0] if len(piece) >= _WORD_LENGTH and piece.isalpha()]
    if len(name) <= _CODE_LENGTH:
        return True
    return any(letter.isdigit() for letter in name) and all(word.isupper() for word in words)


def find_forms(pieces: tuple[str, ...], name: str, *, is_agent: bool) -> frozenset[str] | None:
    """Return the skeletons that count as this spelling, None for any case.

    A symbol in capitals counts as written and as its mouse or rat form (Lag3, Tigit, Csf1r, Ccr4-Not); a name of small
    letters may have capitals (c-Fms); an agent's code of six characters or more may be written anyhow (mk-4621).
    """
    if not is_code(name):
        return None
    if is_agent and sum(letter.isalnum() for letter in name) >= _CODE_LENGTH:
        return None
    cased = {piece for piece in pieces if piece.isalpha() and piece not in GREEK_WORDS}
    if all(piece.isupper() for piece in cased):
        other = {piece: piece.capitalize() if len(piece) > 1 else piece.lower() for piece in cased}
    elif all(piece.islower() for piece in cased):
        other = {piece: piece.capitalize() for piece in cased}
    else:
        other = {}
    choices = [{piece, other.get(piece, piece)} for piece in pieces]
    return frozenset("".join(choice) for choice in itertools.product(*choices))
