"""Gives every text one shape that is cheap to search: bytes, nearly all of them the text's own; knows no names.

A separator of pieces is a blank, a sign or letter that ASCII has none for a point. Whatever spells a piece of a name
has the shape of that piece, in its own case: width and accents are lost, and where a shape cannot be sure it says so.
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

BLANK, POINT = b" ", b"\x01"
BETWEEN = "\x00"  # of texts drawn up together
DOUBT = b"\xff"  # a character without width, or one that looks like part of a word and is none
_ERRORS = "trialwatch.shape"
_ROUNDS = 3  # of folding, after which no character changes any more
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_WORD_CHARACTER = re.compile(rf"[{LATIN}\d]")


def build_shape(text: str) -> bytes:
    """Return the shape of `text`: one byte a code point, more only for ligatures and doubts."""
    return settle_shape(build_draft(text))


def build_draft(text: str) -> bytes:
    """Return the shape of `text` but for separators of ASCII, which stand as they are: the quicker half of the work."""
    draft, odd = build_drafts([text])
    return text.encode("ascii", _ERRORS) if odd else draft[len(BETWEEN) :]


def build_drafts(texts: Iterable[str]) -> tuple[bytes, list[int]]:
    """Return the drafts of `texts` as one, each behind a BETWEEN, and where in it stands what has no draft of one byte.

    That are ligatures, doubts, and what is shaped by its neighbours: the draft of a text that has one is made alone.
    """
    joined = BETWEEN.join(("", *texts))
    if joined.isascii():
        return joined.encode(), []
    draft, odd = bytearray(joined.encode("ascii", "replace")), []
    place = draft.find(_REPLACED)
    while place >= 0:
        byte = _PLAIN[joined[place]]
        if byte is None:
            odd.append(place)
        else:
            draft[place] = byte
        place = draft.find(_REPLACED, place + 1)
    return bytes(draft), odd


def settle_shape(draft: bytes) -> bytes:
    """Return a draft's shape: hyphens and ends of lines are blanks as well."""
    return draft.translate(_ASCII_SHAPES)


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
    return b"".join(sign.encode() if _stands_for_itself(sign) else POINT for sign in shown) or DOUBT


def _stands_for_itself(sign: str) -> bool:
    return sign.isascii() and not sign.isspace() and sign not in SEPARATORS


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
        shape = min(shapes)
        self[letter] = byte = shape[0] if len(shapes) == len(shape) == 1 and shape != DOUBT else None
        return byte


_PLAIN = _Plain()
_REPLACED = ord("?")  # what `encode` puts for what is not of ASCII
_ASCII_SHAPES = b"".join(_shape_character(chr(code)) for code in range(128)) + bytes(range(128, 256))
# Separators, and a prime, that are not their own shape; but for the hyphen few texts without lines have one.
UNSETTLED = bytes(code for code in range(128) if _ASCII_SHAPES[code] != code)
codecs.register_error(_ERRORS, _replace)
