"""Cuts a text into letters, digits, white space and signs, and folds a piece to its comparable form; knows no names."""

from __future__ import annotations

import enum
import re
import unicodedata
from functools import lru_cache

DASHES = "\\-\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d"
IGNORED = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
LATIN = (
    "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u1d00-\u1d7f\u1e00-\u1eff"
    "\u2160-\u2188\u2c60-\u2c7f\ua720-\ua7ff\ufb00-\ufb06\uff21-\uff3a\uff41-\uff5a"
)
GREEK = "\u00b5\u0370-\u03ff\u1f00-\u1fff"
_RAISED = "\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089"
_COUNTED = "\u00bc-\u00be\u2150-\u215f\u2189\u2460-\u24ff\u2776-\u2793\u3220-\u32b0"  # ½, ①: signs, not letters
_MARKS = "\u0300-\u036f"

# What lengthens a gene's name without a separator. Flow cytometry (CD73high, and the next marker may follow:
# PD-1hiLAG-3hi), fusions (LAG3Ig), and genotypes whose raised letters fell: Lag3fl/fl, Havcr2tm1, Csf1rCre, CD73KO.
_LEVEL = "high|hi|bright|positive|pos|plus|low|lo|dim|negative|neg|minus|null|int|intermediate|mid|med"
_REPORTER = r"i?[Cc]re(?:ER\w*)?|E?GFP|e?[gy]fp|YFP|tdTomato|DTR|lacZ"
_ALLELE = rf"fl(?=/)|flox(?:ed)?|f(?=/f)|tm\d\w*|KO|WT|wt|{_REPORTER}|L(?=/L)|(?:m|si|sh)RNA"
_WORD = "expressing|expression|inhibitors?|antibod(?:y|ies)"  # a space was lost
TAIL = rf"(?:(?:{_LEVEL}|{_WORD}|Ig|Fc|{_ALLELE})(?![{LATIN}])|(?:{_LEVEL})(?=[A-Z]))"
# What may stand before one without a separator: a level of the marker before it, RNA against it, phosphate on it.
HEAD = rf"(?:(?<=[A-Z\d/])(?:{_LEVEL})|(?<![{LATIN}\d])(?:si|sh|sg|anti|p))"

_PIECE = re.compile(
    rf"""(
        [a-z](?<=\d.)(?={TAIL})                                       # Csf1rfl/fl, Csf1rhigh
      | [a-z]++(?![{LATIN}{_MARKS}{IGNORED}])                        # most words; what follows only serves the rest
      | \s+
      | (?<=[A-Z0-9])x(?=[A-Z])                                    # PD-1xLAG-3: the x is a sign
      | (?=[a-z]){HEAD}(?=[A-Z][A-Za-z]*+\d|[A-Z]{{2}})                # CD127lowCCR4, siHAVCR2
      | (?:[A-Z]{{2,}}|(?<=\d)[A-Z])(?={TAIL})                        # TIGIThi
      | (?=[A-Z][a-z]++[/\d])[A-Z][a-z]{{2,}}(?=fl/|flox/|tm\d)        # Tigitfl/fl
      | [A-Z]{{2,}}(?=x[A-Z]{{2}})                                      # TIGITxPD-1
      | [{LATIN}](?:[{IGNORED}]*[{LATIN}{_MARKS}])*
      | [{GREEK}]+
      | [{_RAISED}]+
      | \d(?:[{IGNORED}]*\d)*
      | [^\W\d_{LATIN}{GREEK}{_RAISED}{_COUNTED}]+
      | .
    )([ ]?)""",
    re.VERBOSE | re.DOTALL,
)
_IGNORED = re.compile(f"[{IGNORED}]+")
_DASH = re.compile(f"[{DASHES}]")
_PRIMES = str.maketrans(dict.fromkeys("\u2032\u2019\u2018\u00b4\u0060\u02b9\u02bc", "'"))
_GREEK_NAMES = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψω",
        (
            *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu"),
            *("nu", "xi", "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"),
        ),
        strict=True,
    )
)
GREEK_WORDS = frozenset(_GREEK_NAMES.values())
SEPARATORS = frozenset({" ", "-", "\u00ad", "\\"})  # folded pieces that may stand between two pieces of a name


class Gap(enum.IntFlag):
    """What stands between two pieces of a name: a mask for names, one bit for a place in a text."""

    NONE = 1
    DASH = 2
    SPACE = 4
    HYPHENATED = 8  # a hyphen and the end of a line
    WRAPPED = 16  # the end of a line
    LOOSE = 32  # a dash with white space beside it


_GAPS = (
    (re.compile(""), Gap.NONE),
    (re.compile(rf"\\?[{DASHES}]"), Gap.DASH),  # the registry's Markdown escapes some hyphens
    (re.compile(r"[^\S\r\n]{1,2}"), Gap.SPACE),
    (re.compile(rf"[{DASHES}][^\S\r\n]*\r?\n[^\S\r\n]*"), Gap.HYPHENATED),
    (re.compile(r"[^\S\r\n]*\r?\n[^\S\r\n]*"), Gap.WRAPPED),
    (re.compile(rf"[^\S\r\n]?[{DASHES}][^\S\r\n]?"), Gap.LOOSE),
)


def cut_pieces(text: str) -> tuple[list[str], list[bool]]:
    """Return the pieces of `text` and, for each, whether one plain space follows it; joined, they are `text` again."""
    found = _PIECE.findall(text)
    return [piece for piece, _ in found], [bool(space) for _, space in found]


@lru_cache(maxsize=8192)
def plain_piece(piece: str) -> str:
    """Return `piece` with its case, but without width, invisible characters, and Greek letters (α is "alpha")."""
    plain = unicodedata.normalize("NFKC", _IGNORED.sub("", piece)).translate(_PRIMES)
    name = _GREEK_NAMES.get(plain.casefold(), plain)
    return name.casefold() if name.casefold() in GREEK_WORDS else name


@lru_cache(maxsize=8192)
def fold_piece(piece: str) -> str:
    """Return the form under which spellings of one piece are equal; every separator is one of SEPARATORS."""
    if piece.isascii() and piece.isalnum():  # nearly all of them
        return piece.lower()
    if _DASH.fullmatch(piece):
        return "-"
    plain = plain_piece(piece)
    if not plain:
        return "\u00ad"
    return " " if plain.isspace() else plain.casefold()


@lru_cache(maxsize=4096)
def skeleton(text: str) -> str:
    """Return `text` with its case but without separators: LAG-3, LAG 3 and LAG3 are all "LAG3"."""
    pieces, _ = cut_pieces(text)
    return "".join(plain_piece(piece) for piece in pieces if fold_piece(piece) not in SEPARATORS)


@lru_cache(maxsize=256)
def classify_gap(between: str) -> Gap:
    """Return which gap the text between two pieces is; no bit at all where it separates two words."""
    seen = _IGNORED.sub("", between)
    return next((gap for shape, gap in _GAPS if shape.fullmatch(seen)), Gap(0))
