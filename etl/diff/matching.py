"""Which item of a list became which of the next one's: by keys first, then by the best assignment; reads no field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import product
from typing import TypeVar

Item = TypeVar("Item")
Pair = tuple[int, int]
Group = tuple[list[int], list[int]]
Scores = Mapping[Pair, float]
Score = Callable[[Item, Item], float]
Key = Callable[[Item], Hashable | None]

# An optimal assignment costs the cube of its size; beyond this the best pairs are taken one after the other.
_OPTIMAL_UP_TO = 60


def match_items(
    old: Sequence[Item], new: Sequence[Item], keys: Sequence[Key[Item]], score: Score[Item], floor: float
) -> list[Pair]:
    """Return the pairs of places (old, new) that are one item; every place at most once, ordered by old place.

    Items with an equal key are one item (None is no key), the first key first; where several share a key, the score
    decides among them. What is left is assigned so that the sum of the scores above `floor` is greatest.
    """
    pairs: list[Pair] = []
    old_left, new_left = list(range(len(old))), list(range(len(new)))
    for key in keys:
        groups = _group([(key(old[i]), i) for i in old_left], [(key(new[j]), j) for j in new_left])
        paired = [pair for group in groups for pair in _pair_up(old, new, group, score)]
        pairs += paired
        old_left = sorted(set(old_left) - {i for i, _ in paired})
        new_left = sorted(set(new_left) - {j for _, j in paired})
    scores = {(i, j): score(old[i], new[j]) for i, j in product(old_left, new_left)}
    return sorted(pairs + assign({pair: found - floor for pair, found in scores.items() if found > floor}))


def assign(gains: Scores) -> list[Pair]:
    """Return the pairs, each place at most once, whose gains (above 0) sum up to the most.

    Exact for every group of at most 60 places a side that gains connect; beyond that the greatest gain goes first.
    """
    pairs: list[Pair] = []
    for part in _connect(gains):
        rows, columns = sorted({i for i, _ in part}), sorted({j for _, j in part})
        if len(rows) == 1 or len(columns) == 1 or max(len(rows), len(columns)) > _OPTIMAL_UP_TO:
            pairs += _take_greatest(part, gains)
        else:
            pairs += _assign_optimal(rows, columns, gains)
    return pairs


def _group(old: list[tuple[Hashable, int]], new: list[tuple[Hashable, int]]) -> list[Group]:
    """Return the places of both sides that share a key."""
    groups: dict[Hashable, Group] = defaultdict(lambda: ([], []))
    for side, keyed in enumerate((old, new)):
        for key, place in keyed:
            if key is not None:
                groups[key][side].append(place)
    return [group for group in groups.values() if group[0] and group[1]]


def _pair_up(old: Sequence[Item], new: Sequence[Item], group: Group, score: Score[Item]) -> list[Pair]:
    befores, afters = group
    if len(befores) == 1 and len(afters) == 1:
        return [(befores[0], afters[0])]
    # Every pair of a group gains something, so that as many as can be are paired.
    return assign({(i, j): 1.0 + score(old[i], new[j]) for i, j in product(befores, afters)})


def _connect(gains: Scores) -> list[list[Pair]]:
    """Return the pairs in groups that share no place with each other."""
    of_row: dict[int, list[Pair]] = defaultdict(list)
    of_column: dict[int, list[Pair]] = defaultdict(list)
    for pair in sorted(gains):
        of_row[pair[0]].append(pair)
        of_column[pair[1]].append(pair)
    parts: list[list[Pair]] = []
    while of_row:
        _, pairs = of_row.popitem()
        part, ahead = list(pairs), [pair[1] for pair in pairs]
        while ahead:
            for pair in of_column.pop(ahead.pop(), ()):
                more = of_row.pop(pair[0], [])
                part += more
                ahead += [other[1] for other in more]
        parts.append(part)
    return parts


def _take_greatest(part: list[Pair], gains: Scores) -> list[Pair]:
    rows: set[int] = set()
    columns: set[int] = set()
    taken = []
    for i, j in sorted(part, key=lambda pair: (-gains[pair], pair)):
        if i not in rows and j not in columns:
            rows.add(i)
            columns.add(j)
            taken.append((i, j))
    return taken


def _assign_optimal(rows: list[int], columns: list[int], gains: Scores) -> list[Pair]:
    """Assign by shortest augmenting paths (the Hungarian method); a pair without gain stands for no pair."""
    if len(rows) > len(columns):
        turned = {(j, i): gain for (i, j), gain in gains.items()}
        return [(i, j) for j, i in _assign_optimal(columns, rows, turned)]
    # Row 0 and column 0 are the method's own: column 0 holds the row that is being placed.
    costs = [[0.0] * (len(columns) + 1), *([0.0, *(-gains.get((i, j), 0.0) for j in columns)] for i in rows)]
    row_price, column_price = [0.0] * len(costs), [0.0] * (len(columns) + 1)
    owner = [0] * (len(columns) + 1)
    for row in range(1, len(costs)):
        owner[0] = row
        came_from, column = _find_path(costs, row_price, column_price, owner)
        while column:
            owner[column], column = owner[came_from[column]], came_from[column]
    pairs = [(rows[owner[place] - 1], column) for place, column in enumerate(columns, 1) if owner[place]]
    return [pair for pair in pairs if pair in gains]


def _find_path(
    costs: list[list[float]], row_price: list[float], column_price: list[float], owner: list[int]
) -> tuple[list[int], int]:
    """Return the cheapest path from column 0 to a column nobody owns: of each column the one before it, and that one.

    Changes the prices so that what is assigned stays the cheapest.
    """
    width = len(owner)
    slack, came_from, done, column = [float("inf")] * width, [0] * width, [False] * width, 0
    while owner[column]:
        done[column], row = True, owner[column]
        for other in range(1, width):
            cost = costs[row][other] - row_price[row] - column_price[other]
            if not done[other] and cost < slack[other]:
                slack[other], came_from[other] = cost, column
        following = min((other for other in range(1, width) if not done[other]), key=slack.__getitem__)
        step = slack[following]
        for other in range(width):
            if done[other]:
                row_price[owner[other]] += step
                column_price[other] -= step
            else:
                slack[other] -= step
        column = following
    return came_from, column
