"""Says by which bytes the names of a lexicon are looked for in the shapes of texts; searches nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from etl.tagging.lexicon import Node
from etl.tagging.pieces import GREEK_WORDS, Gap
from etl.tagging.shape import BLANK, build_piece_shapes
from etl.tagging.variants import Pattern

_ENOUGH = 24  # bytes of a name that are looked for


class Anchor(NamedTuple):
    """Bytes of a shape that begin a name; in small letters unless it `is_cased`, for a name whose case says something.

    `rest` is how many more pieces it may have.
    """

    shape: bytes
    is_cased: bool
    rest: int


def find_anchors(root: Node) -> tuple[list[Anchor], list[Anchor]]:
    """Return the anchors of all spellings in the lexicon, and stems whose numbers texts share out: "TIM-1 and -3"."""
    names: dict[Anchor, None] = {}
    stems: dict[Anchor, None] = {}
    nodes = [root]
    while nodes:
        node = nodes.pop()
        nodes.extend(node.children.values())
        for entry in node.entries:
            for pieces, is_cased in _spell(entry.pattern):
                names.update(dict.fromkeys(_of_name(pieces, entry.pattern.gaps, is_cased=is_cased)))
        for entries in node.numbers.values():
            for pieces, is_cased in (spelt for entry in entries for spelt in _spell(entry.pattern)):
                stems.update((Anchor(shape, is_cased, 0), None) for shape in build_piece_shapes(pieces[0]))
    return list(names), list(stems)


def _spell(pattern: Pattern) -> Iterator[tuple[Sequence[str], bool]]:
    """Yield the pieces of a spelling in every case it may have, or folded where any case will do."""
    if pattern.forms is None or not all(form.isascii() for form in pattern.forms) or GREEK_WORDS & {*pattern.key}:
        yield pattern.key, False
        return
    for form in pattern.forms:
        spelt, start = [], 0
        for piece in pattern.pieces:
            spelt.append(form[start : start + len(piece)])
            start += len(piece)
        yield spelt, True


def _of_name(pieces: Sequence[str], gaps: Sequence[Gap], *, is_cased: bool) -> Iterator[Anchor]:
    shapes = {b""}
    for place, piece in enumerate(pieces):
        if min(map(len, shapes)) >= _ENOUGH:
            break
        between = _find_gaps(gaps[place - 1]) if place else (b"",)
        shapes = {shape + gap + own for shape in shapes for gap in between for own in build_piece_shapes(piece)}
    for shape in shapes:
        rest = len(pieces) - 1 if len(shape) >= _ENOUGH else 0
        if shape:  # nothing is left of a piece of accents, and a text that has one is never without doubt
            yield Anchor(shape[:_ENOUGH], is_cased, rest)


@lru_cache
def _find_gaps(gap: Gap) -> tuple[bytes, ...]:
    """Return the shapes of what the text may have there: nothing or any separators."""
    return tuple(shape for shape, is_allowed in ((b"", gap & Gap.NONE), (BLANK, gap & ~Gap.NONE)) if is_allowed)
