"""Walks a text's pieces through the lexicon and returns every spelling found, nested ones too; weighs none of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from etl.tagging.casing import is_code
from etl.tagging.ellipsis import find_shared_numbers
from etl.tagging.lexicon import Name, Node, choose_entries
from etl.tagging.pieces import DASHES, HEAD, LATIN, TAIL, Gap, classify_gap, skeleton

_LONGEST_GAP = 5  # pieces: dash, white space, and invisible ones between

_WORD_CHARACTER = re.compile(rf"[{LATIN}\d]")
_TAIL = rf"{TAIL}|x[A-Z\d]"
_HEAD = re.compile(HEAD)
_LONGEST_HEAD = 12
_GLUED_AFTER_NUMBER = re.compile(rf"(?!{_TAIL})[{LATIN}]|\.\d")
_GLUED_AFTER_LETTER = re.compile(rf"(?!{_TAIL})[{LATIN}]|\d")
_NUMBERED = re.compile(rf"[{DASHES}]\d{{1,2}}(?![\d{LATIN}]|[{DASHES}]\d)")  # FAP-1 is PTPN13
_MEASURED = re.compile(  # "lag 3 months"
    r"\s+(?:days?|weeks?|months?|years?|hours?|minutes?|seconds?|h|min|ms|s|k?g|mg|m[lL]|[mcn\u00b5\u03bc]m)\b"
)
_ALIKE = re.compile(
    rf"[{DASHES}]like\b|\s+like\s+(?:tyrosine|receptors?|helicases?|kinases?|proteins?)\b", re.IGNORECASE
)


class Sighting(NamedTuple):
    """One name spelt at the code points [start, end) of a text."""

    start: int
    end: int
    name: Name


class PieceRow(NamedTuple):
    """A text and its pieces: what the lexicon knows them by, where they start, how long they are."""

    text: str
    keys: Sequence[int]
    starts: Sequence[int]
    lengths: Sequence[int]


def find_firsts(keys: Sequence[int], root: Node, separators: frozenset[int]) -> list[tuple[int, Node]]:
    """Return the places of the pieces that may begin a name, with where they lead in the lexicon."""
    children = root.children
    led = [(place, children[key]) for place, key in enumerate(keys) if key in children]
    return [
        (place, node) for place, node in led if node.entries or node.numbers or _goes_on(keys, place, node, separators)
    ]


def find_sightings(row: PieceRow, firsts: Iterable[tuple[int, Node]], separators: frozenset[int]) -> Iterator[Sighting]:
    """Yield every name of the lexicon that stands in `row` as a word of its own, in order of start.

    `firsts` are those of the row's keys.
    """
    for first, node in firsts:
        if not _is_glued_before(row.text, row.starts[first]):
            yield from _walk(row, first, node, separators)
            if node.numbers:
                yield from _share(row, first, node)


def _goes_on(keys: Sequence[int], place: int, node: Node, separators: frozenset[int]) -> bool:
    """Return whether the piece after `place` leads on from `node`, as it seldom does from one that ends no name."""
    place += 1
    while place < len(keys) and keys[place] in separators:
        place += 1
    return place < len(keys) and keys[place] in node.children


def _walk(row: PieceRow, first: int, node: Node, separators: frozenset[int]) -> Iterator[Sighting]:
    starts, place, gaps = [row.starts[first]], first, list[Gap]()
    while True:
        end = row.starts[place] + row.lengths[place]
        if node.entries:
            yield from _accept(row.text, starts, end, node, gaps)
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


def _accept(text: str, starts: Sequence[int], end: int, node: Node, gaps: Sequence[Gap]) -> Iterator[Sighting]:
    for entry in choose_entries(node, gaps, skeleton(text[starts[0] : end])):
        if entry.name.kind == "target" and gaps and gaps[-1] == Gap.SPACE and _MEASURED.match(text, end):
            continue
        if entry.name.kind == "blocker" or not _is_part_of_more(text, end, is_symbol=is_code(entry.name.text)):
            yield Sighting(starts[entry.pattern.aside], end, entry.name)


def _share(row: PieceRow, first: int, node: Node) -> Iterator[Sighting]:
    """Find the TIM-3 of "TIM-1 and -3"."""
    start, stem_end = row.starts[first], row.starts[first] + row.lengths[first]
    for number, end in find_shared_numbers(row.text, stem_end):
        form = skeleton(row.text[start:stem_end]) + number
        fitting = (entry for entry in node.numbers.get(number, ()) if entry.fits((Gap.DASH,), form))
        entry = min(fitting, key=lambda choice: choice.distance((Gap.DASH,), form), default=None)
        if entry is not None:
            yield Sighting(start, end, entry.name)


def _is_glued_before(text: str, start: int) -> bool:
    if start == 0 or _WORD_CHARACTER.match(text, start - 1) is None:
        return False
    is_times = text[start - 1] == "x" and start > 1 and (text[start - 2].isupper() or text[start - 2].isdigit())
    return not is_times and not _stands_after_head(text, start)


def _stands_after_head(text: str, start: int) -> bool:
    if not text[start].isupper():
        return False
    return any(_HEAD.fullmatch(text, begin, start) for begin in range(max(0, start - _LONGEST_HEAD), start))


def _is_part_of_more(text: str, end: int, *, is_symbol: bool) -> bool:
    glued = _GLUED_AFTER_NUMBER if text[end - 1].isdigit() else _GLUED_AFTER_LETTER
    if glued.match(text, end) or _ALIKE.match(text, end):
        return True
    return is_symbol and not text[end - 1].isdigit() and _NUMBERED.match(text, end) is not None
