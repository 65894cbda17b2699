"""Walks pieces of a text through the lexicon and returns every spelling found, nested ones too; weighs none of them.

First what words spell by themselves, which may be remembered, for names stand in the same few words again and again;
then what the text behind them leaves of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from etl.tagging.casing import is_code
from etl.tagging.ellipsis import find_shared_numbers
from etl.tagging.lexicon import Entry, Name, Node, choose_entries
from etl.tagging.pieces import DASHES, HEAD, LATIN, TAIL, Gap, classify_gap, skeleton

_LONGEST_GAP = 5  # pieces: dash, white space, and invisible ones between

_WORD_CHARACTER = re.compile(rf"[{LATIN}\d]")
_TAIL = rf"{TAIL}|x[A-Z\d]"
_HEAD = re.compile(HEAD)
_LONGEST_HEAD = 12
_AFTER_NUMBER = rf"(?=[{LATIN}])(?!{_TAIL})|\.\d"  # in this order, for most names have no letter behind them
_AFTER_LETTER = rf"(?=[{LATIN}])(?!{_TAIL})|\d"
_NUMBERED = rf"[{DASHES}]\d{{1,2}}(?![\d{LATIN}]|[{DASHES}]\d)"  # FAP-1 is PTPN13
_MEASURED = (  # "lag 3 months"
    r"\s+(?:days?|weeks?|months?|years?|hours?|minutes?|seconds?|h|min|ms|s|k?g|mg|m[lL]|[mcn\u00b5\u03bc]m)\b"
)
_ALIKE = rf"(?i:[{DASHES}]like\b|\s+like\s+(?:tyrosine|receptors?|helicases?|kinases?|proteins?)\b)"


def _build_not_before(*, ends_in_number: bool, is_symbol: bool, is_measure: bool) -> re.Pattern[str]:
    choices = [_AFTER_NUMBER if ends_in_number else _AFTER_LETTER, _ALIKE]
    if is_symbol and not ends_in_number:
        choices.append(_NUMBERED)
    if is_measure:
        choices.append(_MEASURED)
    return re.compile("|".join(choices))


# What a name does not stand before, for it would be part of more, or a word and a measure: by whether it ends in a
# number, is a symbol, and has its last piece behind a space.
_NOT_BEFORE = {
    kind: _build_not_before(ends_in_number=kind[0], is_symbol=kind[1], is_measure=kind[2])
    for kind in product((True, False), repeat=3)
}


Sighting = tuple[int, int, Name]  # one name spelt at the code points [start, end) of a text


class PieceRow(NamedTuple):
    """Words and their pieces: what the lexicon knows them by, where they start, how long they are."""

    text: str
    keys: Sequence[int]
    starts: Sequence[int]
    lengths: Sequence[int]


class Spelling(NamedTuple):
    """One name spelt at the code points [start, end) of some words, unless the text goes on there with `not_before`."""

    start: int
    end: int
    name: Name
    not_before: re.Pattern[str] | None


class Stem(NamedTuple):
    """A stem at [start, end) of some words that goes on with numbers which the text may share out."""

    start: int
    end: int
    form: str
    numbers: dict[str, list[Entry]]


def find_spellings(row: PieceRow, root: Node, separators: frozenset[int]) -> list[Spelling | Stem]:
    """Return every name of the lexicon that `row` spells, and the stems in it, in order of start."""
    found: list[Spelling | Stem] = []
    for first, key in enumerate(row.keys):
        node = root.children.get(key)
        if node is None or not (node.entries or node.numbers or _goes_on(row.keys, first, node, separators)):
            continue
        start, end = row.starts[first], row.starts[first] + row.lengths[first]
        if not _is_glued_before(row.text, start):
            found.extend(_walk(row, first, node, separators))
            if node.numbers:
                found.append(Stem(start, end, skeleton(row.text[start:end]), node.numbers))
    return found


def find_sightings(text: str, begin: int, spellings: Iterable[Spelling | Stem]) -> Iterator[Sighting]:
    """Yield the names that stand as words of their own in `text`, at `begin` of which stand words with `spellings`."""
    for spelling in spellings:
        if isinstance(spelling, Stem):
            yield from _share(text, begin, spelling)
        elif spelling.not_before is None or not spelling.not_before.match(text, begin + spelling.end):
            yield begin + spelling.start, begin + spelling.end, spelling.name


def _goes_on(keys: Sequence[int], place: int, node: Node, separators: frozenset[int]) -> bool:
    """Return whether the piece after `place` leads on from `node`, as it seldom does from one that ends no name."""
    place += 1
    while place < len(keys) and keys[place] in separators:
        place += 1
    return place < len(keys) and keys[place] in node.children


def _walk(row: PieceRow, first: int, node: Node, separators: frozenset[int]) -> Iterator[Spelling]:
    starts, place = [row.starts[first]], first
    gaps: list[Gap] = []
    while True:
        end = row.starts[place] + row.lengths[place]
        if node.entries:
            yield from _spell(row.text, starts, end, node, gaps)
        following = place + 1
        while following < len(row.keys) and row.keys[following] in separators and following - place <= _LONGEST_GAP:
            following += 1
        child = node.children.get(row.keys[following]) if following < len(row.keys) else None
        if child is None:
            return
        gap = classify_gap(row.text[end : row.starts[following]])
        if not gap:
            return
        gaps.append(gap)
        starts.append(row.starts[following])
        node, place = child, following


def _spell(text: str, starts: Sequence[int], end: int, node: Node, gaps: Sequence[Gap]) -> Iterator[Spelling]:
    for entry in choose_entries(node, gaps, skeleton(text[starts[0] : end])):
        not_before = None
        if entry.name.kind != "blocker":
            is_symbol = is_code(entry.name.text)
            is_measure = entry.name.kind == "target" and gaps[-1:] == [Gap.SPACE]
            not_before = _NOT_BEFORE[text[end - 1].isdigit(), is_symbol, is_measure]
        yield Spelling(starts[entry.pattern.aside], end, entry.name, not_before)


def _share(text: str, begin: int, stem: Stem) -> Iterator[Sighting]:
    """Find the TIM-3 of "TIM-1 and -3"."""
    for number, end in find_shared_numbers(text, begin + stem.end):
        form = stem.form + number
        fitting = (entry for entry in stem.numbers.get(number, ()) if entry.fits((Gap.DASH,), form))
        entry = min(fitting, key=lambda choice: choice.distance((Gap.DASH,), form), default=None)
        if entry is not None:
            yield begin + stem.start, end, entry.name


def _is_glued_before(text: str, start: int) -> bool:
    if start == 0 or _WORD_CHARACTER.match(text, start - 1) is None:
        return False
    is_times = text[start - 1] == "x" and start > 1 and (text[start - 2].isupper() or text[start - 2].isdigit())
    return not is_times and not _stands_after_head(text, start)


def _stands_after_head(text: str, start: int) -> bool:
    if not text[start].isupper():
        return False
    return any(_HEAD.fullmatch(text, begin, start) for begin in range(max(0, start - _LONGEST_HEAD), start))
