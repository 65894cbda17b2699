"""Reads numbers that share a stem, as in "TIM-1 and -3" or "CCR2/4"; knows no names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from etl.tagging.pieces import DASHES, LATIN

_FIRST_NUMBER = rf"([{DASHES}]?|[ \u00a0])\d+(?![\d{LATIN}])"
_NEXT_NUMBER = (
    rf"[{DASHES}]?\s*(?P<join>,\s*(?:and|or)\b|,|/|&|\+|and/or\b|and\b|or\b)\s*(?P<dash>[{DASHES}]?)(?P<number>\d+)"
    rf"(?![\d{LATIN}%]|[.,]\d)"
)
_FIRST = re.compile(_FIRST_NUMBER)
_NEXT = re.compile(_NEXT_NUMBER)
# After a bare number: what it counts or measures, so that it is no part of a name ("TIM-1 and 3 patients").
_COUNTED = re.compile(
    r"\s*(?:%|[mµμnk]?g\b|m[lL]\b|cm\b|mm\b|[nµμm]M\b|fold\b|times\b|doses?\b|cycles?\b|of\b|out\b|other\b|others\b|"
    r"additional\b|different\b|more\b|healthy\b|control\w*|patients?\b|subjects?\b|participants?\b|cases?\b|mice\b|"
    r"cell lines?\b|groups?\b|cohorts?\b|arms?\b|trials?\b|studies\b|days?\b|weeks?\b|months?\b|years?\b|hours?\b|"
    r"h\b|min\b|markers?\b|receptors?\b)"
)


# What follows bare numbers that share a closed stem: "CCR2, 3 and 4 transcripts", not "TIM3 and 4 of 9".
_NAMED = re.compile(
    r"\s*(?:[.;:)\]]|,\s|$|(?:expression|m?RNA|transcripts?|proteins?|genes?|levels?|polymorphisms?|variants?|signall?ing|"
    r"antibod\w+|blockade|ligands?|loci|were|was|are|is|in|on|by|from|as|to|with)\b)"
)


class _Shared(NamedTuple):
    number: str
    end: int
    is_bare: bool


def find_shared_numbers(text: str, stem_end: int) -> Iterator[tuple[str, int]]:
    """Yield the numbers after the first that share the stem ending at `stem_end`, each with the offset of its end.

    Numbers bare of any dash count after a hyphenated first one ("TIM-1 and 3") or a slash ("CD39/73"), and after a
    closed one where what follows speaks of genes ("CCR2, 3 and 4 transcripts").
    """
    first = _FIRST.match(text, stem_end)
    if first is None:
        return
    shared = list(_find_following(text, first.end()))
    is_hyphenated = first[1] not in ("", " ", "\u00a0")
    is_closed_list = first[1] == "" and bool(shared) and _NAMED.match(text, shared[-1].end) is not None
    for number, end, is_bare in shared:
        if is_bare and (not (is_hyphenated or is_closed_list) or _COUNTED.match(text, end)):
            return
        yield number, end


def _find_following(text: str, place: int) -> Iterator[_Shared]:
    while (following := _NEXT.match(text, place)) is not None:
        place = following.end()
        yield _Shared(following["number"], place, not following["dash"] and following["join"] != "/")
