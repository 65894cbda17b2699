"""Gives every text one shape that is cheap to search: bytes of letters, digits, blanks and points; knows no names.

A separator of pieces is a blank, every other sign and foreign letter a point. Whatever spells a piece of a name has
the shape of that piece, in its own case: width and accents are lost, and where a shape cannot be sure it says so.
"""

from __future__ import annotations

import codecs
import itertools
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache

from etl.tagging.pieces import GREEK_WORDS, LATIN, SEPARATORS, fold_piece

BLANK, POINT = b" ", b"."
DOUBT = b"\xff"  # a character without width, or one that looks like part of a word and is none
_ERRORS = "trialwatch.shape"
_ROUNDS = 3  # of folding, after which no character changes any more
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_WORD_CHARACTER = re.compile(rf"[{LATIN}\d]")


def build_shape(text: str) -> bytes:
    """Return the shape of `text`: one byte a code point, more only for ligatures and doubts."""
    if text.isascii():
        return text.encode().translate(ASCII_SHAPES)
    return _build_plain(text) or text.encode("ascii", _ERRORS).translate(ASCII_SHAPES)


def find_origins(text: str, places: Iterable[int]) -> list[int]:
    """Return the code points of a text without doubts that the bytes at `places` of its shape come from.

    They stand at the same place but for ligatures, which have several bytes.
    """
    wide, starts, more = _find_wide(text)
    passed = [(place, bisect_right(starts, place)) for place in places]
    return [max(place - more[count], wide[count - 1] if count else 0) for place, count in passed]


@lru_cache(maxsize=4)  # texts: each is asked about for several kinds of places
def _find_wide(text: str) -> tuple[list[int], list[int], list[int]]:
    """Return where ligatures stand in `text`, where in its shape, and how many bytes too many those before have."""
    shapes = ((found.start(), len(_shape_character(found[0]))) for found in _FOREIGN.finditer(text))
    wide = [(place, length) for place, length in shapes if length > 1]
    more = list(itertools.accumulate((length - 1 for _, length in wide), initial=0))
    return [place for place, _ in wide], [place + extra for (place, _), extra in zip(wide, more, strict=False)], more


def _build_plain(text: str) -> bytes | None:
    """Return the shape of a text of which every character has one byte whatever stands beside it, else None.

    This is what `encode` does with our handler of errors, which for some signs in a text takes longer than all else.
    """
    try:
        known = text.encode().translate(_LEADING, _CONTINUING)
    except UnicodeEncodeError:  # a lone surrogate
        return None
    place = known.find(_UNKNOWN)
    if place < 0:
        return known
    shape = bytearray(known)
    while place >= 0:
        byte = _PLAIN[text[place]]
        if byte is None:
            return None
        shape[place] = byte
        place = shape.find(_UNKNOWN, place)
    return bytes(shape)


@lru_cache(maxsize=8192)
def build_piece_shapes(piece: str) -> frozenset[bytes]:
    """Return the shapes of what a text without doubts may show for a piece: alpha is also a Greek letter."""
    shape = build_shape(piece).replace(BLANK, POINT).replace(DOUBT, b"")
    return frozenset({shape, POINT} if piece in GREEK_WORDS else {shape})


@lru_cache(maxsize=4096)
def _shape_character(letter: str) -> bytes:
    if letter.isdecimal():
        return b"%d" % unicodedata.decimal(letter)
    folded = fold_piece(letter)
    if folded in SEPARATORS:
        return DOUBT if folded == "\u00ad" else BLANK
    if folded in GREEK_WORDS:
        return POINT
    for _ in range(_ROUNDS):
        folded = unicodedata.normalize("NFKD", folded).casefold()
    shape, cased = _show(folded), _show(unicodedata.normalize("NFKD", letter))
    return cased if cased.lower() == shape else shape  # ß is "ss" whatever its case


def _show(signs: str) -> bytes:
    shown = (sign for sign in signs if not unicodedata.category(sign).startswith("M"))
    return "".join(sign if sign.isascii() and sign.isalnum() else "." for sign in shown).encode() or DOUBT


@lru_cache(maxsize=4096)
def _shape_run(run: str, following: str) -> bytes:
    """Return the bytes of characters beyond ASCII and before `following`.

    Names may begin and end beside one that looks like part of a word and is none, as in ²LAG-3 and FAP™.
    """
    shape = b""
    for letter, after in itertools.zip_longest(run, run[1:] + following, fillvalue=" "):
        found = _shape_character(letter)
        is_odd = _WORD_CHARACTER.match(letter) is None
        is_before_name = found[-1:].isalnum() and _shape_character(after)[:1].isalnum()
        shape += found + DOUBT if is_odd and (found[:1].isalpha() or is_before_name) else found
    return bytes(shape)


def _replace(error: UnicodeError) -> tuple[bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    run, following = error.object[error.start : error.end], error.object[error.end : error.end + 1]
    return _shape_run(run, following), error.end


class _Plain(dict[str, int | None]):
    """By a character beyond ASCII, the one byte that is its shape whatever stands beside it; None if it has none."""

    def __missing__(self, letter: str) -> int | None:
        shapes = {_shape_run(letter, following) for following in "a1 ."}
        self[letter] = byte = min(shapes)[0] if len(shapes) == len(min(shapes)) == 1 else None
        return byte


_PLAIN = _Plain()
_UNKNOWN = b"\xfe"
ASCII_SHAPES = b"".join(_shape_character(chr(code)) for code in range(128)) + bytes(range(128, 256))
codecs.register_error(_ERRORS, _replace)
_GREEK = b"\xce\xcf"  # in UTF-8, the first byte of letters that are all a point, and in abstracts the most frequent
_LEADING = ASCII_SHAPES[:128] + b"".join(POINT if first in _GREEK else _UNKNOWN for first in range(128, 256))
_CONTINUING = bytes(range(0x80, 0xC0))
