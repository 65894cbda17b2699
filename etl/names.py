"""Which targets and agents of a vocabulary a short text names, quickly and by their safe names alone; tags nothing.

For criteria, arms and titles that changed: whole documents are the tagger's. Ambiguous names (those that need a
context, or never stand alone) are not looked for.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from etl.matching import fold_separators
from models.vocabulary import Names, Vocabulary

_PIECE = re.compile(r"[^\W\d_]+|\d+")
_SHORT = 6  # signs up to which capitals are a symbol


class _Entry(NamedTuple):
    """A spelling by its pieces. `name` is None for a phrase that holds a name and is not it (CCR4-NOT)."""

    pieces: tuple[str, ...]
    name: str | None
    is_symbol: bool


# By their first two pieces, folded; by the one of a name that has no more.
_Index = Mapping[tuple[str, ...], list[_Entry]]


def build_name_finder(vocabulary: Vocabulary) -> Callable[[str], list[str]]:
    """Return a finder of names: the primary name of each target and agent named, in the order of the vocabulary.

    Hyphens and spaces may stand or not (LAG-3, LAG 3, LAG3). Short symbols in capitals are found in capitals only,
    other names in any case. Of names that overlap the longest counts.
    """
    index: defaultdict[tuple[str, ...], list[_Entry]] = defaultdict(list)
    places: dict[str, int] = {}
    for thing in (*vocabulary.targets, *vocabulary.agents):
        places.setdefault(thing.name, len(places))
        for entry in _build_entries(thing):
            index[tuple(piece.casefold() for piece in entry.pieces[:2])].append(entry)
    for entries in index.values():
        entries.sort(key=lambda entry: sum(map(len, entry.pieces)), reverse=True)

    def find_names(text: str) -> list[str]:
        return sorted(set(_find(fold_separators(text), index)), key=places.__getitem__)

    return find_names


def _build_entries(thing: Names) -> Iterator[_Entry]:
    for name, grade in thing.graded():
        if grade == "safe":
            yield from _spell(name, thing.name)
    for phrase in thing.blockers:
        yield from _spell(phrase, None)


def _spell(text: str, name: str | None) -> Iterator[_Entry]:
    pieces = tuple(_PIECE.findall(text))
    if not pieces:
        return
    is_symbol = text.upper() == text and sum(map(len, pieces)) <= _SHORT
    yield _Entry(pieces, name, is_symbol)
    # TGF-beta is also one word: TGFbeta.
    for place in range(1, len(pieces)):
        if pieces[place - 1].isalpha() and pieces[place].isalpha() and " " not in text:
            yield _Entry(
                (*pieces[: place - 1], pieces[place - 1] + pieces[place], *pieces[place + 1 :]), name, is_symbol
            )


def _find(text: str, index: _Index) -> Iterator[str]:
    found = list(_PIECE.finditer(text))
    folded = [piece[0].casefold() for piece in found]
    place = 0
    while place < len(found):
        entries = (*index.get(tuple(folded[place : place + 2]), ()), *index.get((folded[place],), ()))
        entry = next((one for one in entries if _fits(one, text, found, place)), None)
        if entry is None:
            place += 1
            continue
        if entry.name is not None:
            yield entry.name
        place += len(entry.pieces)


def _fits(entry: _Entry, text: str, found: list[re.Match[str]], place: int) -> bool:
    pieces = found[place : place + len(entry.pieces)]
    if len(pieces) < len(entry.pieces) or _touches(text, pieces[0].start() - 1) or _touches(text, pieces[-1].end()):
        return False
    for wanted, piece in zip(entry.pieces, pieces, strict=True):
        if wanted != piece[0] if entry.is_symbol else wanted.casefold() != piece[0].casefold():
            return False
    return all(text[one.end() : other.start()] in ("", " ") for one, other in itertools.pairwise(pieces))


def _touches(text: str, place: int) -> bool:
    return 0 <= place < len(text) and (text[place].isalnum() or text[place] == "_")
