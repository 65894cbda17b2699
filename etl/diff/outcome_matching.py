"""Which outcome became which, across the three lists: end point, measure, time frame and text; tells no change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from etl.diff.endpoints import NOT_TELLING, find_end_points
from etl.diff.items import Item, read_text
from etl.diff.likeness import Weigher, find_telling_words, fold_key
from etl.diff.matching import Pair, match_items
from etl.diff.numbering import names_other_part

_FLOOR = 0.5
# To follow an outcome into another list its wording must have stayed nearly the same.
_FLOOR_ACROSS = 0.75
# Time frames and texts that many outcomes share cannot make up for a measure with other words.
_LEAST_MEASURE = 0.45
# A text of so many signs that stands once in each version tells which outcome it describes.
_TELLING_LENGTH = 40
_SAME_TEXT, _SAME_END_POINT = 0.6, 0.6


def match_outcomes(old: Sequence[Item], new: Sequence[Item]) -> list[Pair]:
    """Return the places of the outcomes that are one.

    Equal ones first, in their list or in another; then those of one measure; at last the best assignment of the rest
    on measure, time frame and description. Measures that name different end points are never one.
    """
    keys = (
        lambda item: (item.path, item.key),
        lambda item: item.key,
        lambda item: (item.path, _measure(item), _frame(item)) if _measure(item) else None,
        lambda item: (_measure(item), _frame(item)) if _measure(item) else None,
        lambda item: (item.path, _measure(item)) if _measure(item) else None,
        lambda item: _measure(item) or None,
    )
    return match_items(old, new, keys, _Scorer(old, new), _FLOOR)


class _Scorer:
    def __init__(self, old: Sequence[Item], new: Sequence[Item]) -> None:
        sides = (old, new)
        self._measures = Weigher(*((item.name for item in side) for side in sides))
        self._frames = Weigher(*((read_text(item.content, "timeFrame") for item in side) for side in sides))
        self._texts = Weigher(*((read_text(item.content, "description") for item in side) for side in sides))
        self._described = [Counter(fold_key(read_text(item.content, "description")) for item in side) for side in sides]

    def __call__(self, before: Item, after: Item) -> float:
        measure = self._compare_measures(before, after)
        if measure < _LEAST_MEASURE:
            return 0.0
        frame = self._compare(self._frames, before, after, "timeFrame")
        text = self._compare(self._texts, before, after, "description")
        found = 0.7 * measure + 0.15 * frame + 0.15 * text
        if before.path == after.path:
            return found
        return found - 0.05 if found >= _FLOOR_ACROSS else 0.0

    def _compare_measures(self, before: Item, after: Item) -> float:
        """Return how alike two measures are; 0 where they name different end points or different parts of the trial."""
        (one, rest), (other, other_rest) = find_end_points(before.name), find_end_points(after.name)
        if (one and other and not one & other) or names_other_part(before.name, after.name):
            return 0.0
        found = self._measures.score(before.name, after.name)
        if one and one == other:
            if one & NOT_TELLING and find_telling_words(rest) and find_telling_words(other_rest):
                return self._measures.score(rest, other_rest)
            return _SAME_END_POINT + (1 - _SAME_END_POINT) * found
        return max(found, _SAME_TEXT) if self._is_telling(before, after) else found

    def _is_telling(self, before: Item, after: Item) -> bool:
        text = fold_key(read_text(before.content, "description"))
        is_same = text == fold_key(read_text(after.content, "description"))
        return is_same and len(text) >= _TELLING_LENGTH and all(count[text] == 1 for count in self._described)

    @staticmethod
    def _compare(weigher: Weigher, before: Item, after: Item, field: str) -> float:
        """Return how alike two fields are; what one leaves out speaks neither for nor against."""
        old, new = read_text(before.content, field), read_text(after.content, field)
        return weigher.score(old, new) if old and new else 0.5


def _measure(item: Item) -> str:
    return fold_key(item.name)


def _frame(item: Item) -> str:
    return fold_key(read_text(item.content, "timeFrame"))
