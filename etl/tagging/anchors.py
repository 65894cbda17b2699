"""Says by which bytes the names of a lexicon are looked for in the shapes of texts; searches nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from etl.tagging.lexicon import Node
from etl.tagging.pieces import Gap
from etl.tagging.shape import BLANK, build_piece_shapes
from etl.tagging.variants import Pattern

_ENOUGH = 24  # bytes of a name that are looked for


class Anchor(NamedTuple):
    """Bytes of a shape: `lead` of them stand before a name, `trail` behind it, the others are its own.

    `rest` is how many more pieces it may have. `stem` is the length of a stem whose number a text may share out
    ("TIM-1 and -3"), 0 for a name.
    """

    shape: bytes
    lead: int
    rest: int
    stem: int = 0
    trail: int = 0


def find_anchors(root: Node) -> list[Anchor]:
    """Return the anchors of all spellings in the lexicon, each once."""
    found: dict[Anchor, None] = {}
    nodes = [root]
    while nodes:
        node = nodes.pop()
        nodes.extend(node.children.values())
        found.update(dict.fromkeys(anchor for entry in node.entries for anchor in _of_name(entry.pattern)))
        stems = {entry.pattern.key[0] for entries in node.numbers.values() for entry in entries}
        found.update(dict.fromkeys(anchor for stem in stems for anchor in _of_stem(stem)))
    return list(found)


def _of_name(pattern: Pattern) -> Iterator[Anchor]:
    shapes = {b""}
    for place, piece in enumerate(pattern.key):
        if min(map(len, shapes)) >= _ENOUGH:
            break
        gaps = _find_gaps(pattern.gaps[place - 1]) if place else (b"",)
        shapes = {shape + gap + own for shape in shapes for gap in gaps for own in build_piece_shapes(piece)}
    for shape in shapes:
        rest = len(pattern.key) - 1 if len(shape) >= _ENOUGH else 0
        if shape:  # nothing is left of a piece of accents, and a text that has one is never without doubt
            yield Anchor(shape[:_ENOUGH], 0, rest)


def _of_stem(stem: str) -> Iterator[Anchor]:
    for shape in build_piece_shapes(stem):
        for gap in (b"", BLANK):
            for digit in b"0123456789":
                yield Anchor(shape + gap + bytes((digit,)), 0, 0, len(shape))


def _find_gaps(gap: Gap) -> tuple[bytes, ...]:
    """Return the shapes of what the text may have there: nothing or any separators."""
    return tuple(shape for shape, is_allowed in ((b"", gap & Gap.NONE), (BLANK, gap & ~Gap.NONE)) if is_allowed)
