"""A quick look that tells citations of PubMed in which nothing watched can stand from those that are worth parsing.

It may suspect one for nothing; it never passes over one in which the search of `etl.article_selecting` would find
something, however markup, entities, dashes and line breaks write it. That a name is there it does not say.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

import polars as pl

from etl.matching import fold_name
from etl.prescan import FOLDING_SIGNS

_RUN = re.compile(r"[a-z0-9]+")
_DIGITS = re.compile(r"[0-9]+$")
_NAMES_PER_PATTERN = 400
_GAP = "(?:&(?:lt|gt|amp|quot|apos);|[^a-z0-9])+"
# Where one of these ends or begins, so does a text; every other tag stands inside one and leaves no space.
_EDGE = r"""</?A(?:rticleTitle|bstract|ccession)(?:[^<>"']|"[^"]*"|'[^']*')*>"""
_TAG = r"""<(?:[^<>"']|"[^"]*"|'[^']*')*>"""
# What may be a letter, or the beginning of an escape inside an escape: &#65; &amp;#65; &amp;alpha;
_REFERENCE = r"&(?:#|amp;[A-Za-z#])"
_CHARACTER = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot|apos));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_NUMBER = r"(?i)nct[^a-z0-9]*[0-9]{1,8}"
# A label that ends in NCT may have its number in the text behind it.
_LABEL = r"(?i)nct[^a-z0-9]*[\"']"
_WHOLE_LABEL = re.compile(r"(?:(?<![A-Za-z0-9])(?i:nct)|(?<=[A-Za-z][a-z])NCT)[^A-Za-z0-9]*[\"']")
_LAST_SIGN = 0x10FFFF


class CitationScan:
    """Looks through the texts of citations, as `extractors.pubmed.scan` cuts them out, for names and trial numbers."""

    def __init__(self, names: Iterable[str], nct_ids: Iterable[str]) -> None:
        runs = [_RUN.findall(fold_name(name)) for name in names]
        self._is_blind = not all(runs)  # a name without a Latin letter or digit can be anywhere
        patterns = sorted({_GAP.join(one) for one in runs if one})
        self._patterns = [
            f"[{FOLDING_SIGNS}]|"
            f"(?i)(?:^|[^a-z0-9])(?:{'|'.join(patterns[start : start + _NAMES_PER_PATTERN])})(?:[^a-z0-9]|$)"
            for start in range(0, len(patterns), _NAMES_PER_PATTERN)
        ]
        self._numbers = {int(nct_id.removeprefix("NCT")) for nct_id in nct_ids}

    def find_suspects(self, texts: Sequence[str]) -> list[bool]:
        """Return for each text whether something watched may stand in it."""
        if self._is_blind or not texts:
            return [self._is_blind] * len(texts)
        raw = pl.Series(texts, dtype=pl.String)
        plain = _resolve(raw.str.replace_all(_EDGE, " ").str.replace_all(_TAG, ""))
        return self._find(raw, plain)

    def _find(self, raw: pl.Series, plain: pl.Series) -> list[bool]:
        # What a comment or a CDATA section does to a text only a parser can tell.
        found = raw.str.contains("<!", literal=True) | raw.str.contains("<?", literal=True)
        for pattern in self._patterns:
            found |= plain.str.contains(pattern)
        if self._numbers:
            # A section's label stands in an attribute, which is a part of its tag.
            tagged = _resolve(raw)
            found |= _find_labels(tagged) | self._find_numbers(tagged) | self._find_numbers(plain)
        return found.to_list()

    def _find_numbers(self, texts: pl.Series) -> pl.Series:
        """Tell where a watched number may stand."""
        places = texts.str.contains(_NUMBER).arg_true()
        numbers = texts.gather(places).str.extract_all(_NUMBER).to_list()
        own = [place for place, found in zip(places, numbers, strict=True) if any(map(self._may_be_watched, found))]
        return _mark(own, len(texts))

    def _may_be_watched(self, number: str) -> bool:
        """Say whether a number, or its beginning, is watched: other digits may have come to stand behind it."""
        digits = _DIGITS.search(number)
        ends = range(1, len(digits[0]) + 1) if digits else ()
        return digits is not None and any(int(digits[0][:end]) in self._numbers for end in ends)


def _find_labels(texts: pl.Series) -> pl.Series:
    """Tell where a label may end in NCT: the pattern without what stands before it is many times as fast."""
    places = texts.str.contains(_LABEL).arg_true()
    return _mark([place for place in places if _WHOLE_LABEL.search(texts[place])], len(texts))


def _mark(places: Sequence[int], length: int) -> pl.Series:
    marks = pl.repeat(value=False, n=length, eager=True)
    return marks.scatter(places, values=True) if places else marks


def _resolve(texts: pl.Series) -> pl.Series:
    """Return the texts with their references resolved, where one may be more than a sign."""
    places = texts.str.contains(_REFERENCE).arg_true()
    if places.is_empty():
        return texts
    resolved = [html.unescape(_CHARACTER.sub(_read_character, text)) for text in texts.gather(places)]
    return texts.scatter(places, resolved)


def _read_character(match: re.Match[str]) -> str:
    """Return the sign of one reference of XML, as a parser does; HTML's rules are others."""
    hexadecimal, decimal, name = match.groups()
    if name:
        return _NAMED[name]
    number = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(number) if number <= _LAST_SIGN else " "
