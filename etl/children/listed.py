"""Reads a list that many studies hold into columns, each of the items' keys at one go, and rows by their keys. Pure.

A column at a time costs a third of a row at a time. What is not of the type the registry promises is left out.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

import msgspec

from etl.children.keys import Row
from etl.children.payload import (
    Json,
    read_items,
    read_nct_id,
    read_number,
    read_part,
    read_text,
    take_block,
    take_texts,
)
from etl.documented import Holder
from etl.markup import fold_text

Columns = dict[str, list[Any]]
_encode = msgspec.json.Encoder(order="deterministic").encode
_SHORT = 64  # names of places, kinds and units: few texts, over and over
_MOST_FOLDED = 1 << 16


class _Folded(dict[Any, str | None]):
    """What values read as texts, each worked out once as long as there is room."""

    def __missing__(self, value: Any) -> str | None:
        text = (fold_text(value) or None) if type(value) is str else None
        if text is None or len(value) <= _SHORT:
            if len(self) >= _MOST_FOLDED:
                self.clear()
            self[value] = text
        return text


_read_folded = _Folded().__getitem__


def read_text_column(items: Sequence[Json], key: str) -> list[str | None]:
    """Return what `read_text` returns of each item."""
    try:
        return list(map(_read_folded, _take(items, key)))
    except TypeError:  # a list or an object stands where a text belongs
        return [read_text(item, key) for item in items]


def read_block_column(items: Sequence[Json], key: str) -> list[str | None]:
    """Return what `read_block` returns of each item."""
    return list(map(take_block, _take(items, key)))


def read_texts_column(items: Sequence[Json], key: str) -> list[list[str]]:
    """Return what `read_texts` returns of each item."""
    return list(map(take_texts, _take(items, key)))


def read_point_column(items: Sequence[Json], key: str) -> list[float | None]:
    """Return likewise a number of each item's `geoPoint`."""
    points = [read_part(point) for point in _take(items, "geoPoint")]
    numbers = _take(points, key)
    return [
        number if type(number) is float else read_number(point, key)
        for number, point in zip(numbers, points, strict=True)
    ]


def _take(items: Sequence[Json], key: str) -> list[Any]:
    """Return what stands under a key in each item."""
    if items and isinstance(items[0], Holder):
        with contextlib.suppress(AttributeError):  # not all are holders
            return list(map(attrgetter(key), items))
    return [item.get(key) for item in items]


class ListTable(NamedTuple):
    """A table with a row for each item of a study's list, or of several lists under one module.

    `lists`: the key of each list and the kind of its items, stated in the column `kind` where there is one. `columns`:
    the column, how it is read, and the items' key. `identity`: the columns, texts all, that say which thing a row is.
    """

    module: tuple[str, ...]
    lists: Mapping[str, str]
    columns: Mapping[str, tuple[Callable[[Sequence[Json], str], list[Any]], str]]
    key: str
    identity: tuple[str, ...]
    kind: str | None = None

    def build_rows(self, study: Json) -> list[Row]:
        """Return the rows of one study."""
        columns = self.build_columns([study])
        return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]

    def build_columns(self, studies: Iterable[Json]) -> Columns:
        """Return the columns of the rows of some studies, in the studies' order, within one by the rows' identity.

        Keys are made as `key_rows` makes them.
        """
        items: list[Json] = []
        kinds: list[str] = []
        owners: list[int] = []
        numbers: list[str | None] = []
        for owner, study in enumerate(studies):
            numbers.append(read_nct_id(study))
            module = read_part(study, *self.module) if numbers[-1] else {}
            for name, kind in self.lists.items():
                found = read_items(module, name)
                items += found
                kinds += [kind] * len(found)
                owners += [owner] * len(found)
        columns: Columns = {"nct_id": [numbers[owner] for owner in owners]}
        if self.kind:
            columns[self.kind] = kinds
        columns |= {name: read(items, key) for name, (read, key) in self.columns.items()}
        return self._key(columns, owners)

    def _key(self, columns: Columns, owners: list[int]) -> Columns:
        identities = self._identify(columns)
        order = sorted(
            (owner, identity, place)
            for place, (owner, identity) in enumerate(zip(owners, identities, strict=True))
            if identity
        )
        keys = [hashlib.blake2b(identity, digest_size=8).hexdigest() for _, identity, _ in order]
        for start, stop in _find_alike(order):
            order[start:stop] = sorted(order[start:stop], key=lambda one: _encode(_take_row(columns, one[2])))
            keys[start + 1 : stop] = [f"{keys[start]}-{place}" for place in range(2, stop - start + 1)]
        places = [place for _, _, place in order]
        if len(places) > 1:
            take = itemgetter(*places)
            sorted_columns: Columns = {name: list(take(column)) for name, column in columns.items()}
        else:
            sorted_columns = {name: [column[place] for place in places] for name, column in columns.items()}
        sorted_columns[self.key] = keys
        return sorted_columns

    def _identify(self, columns: Columns) -> list[bytes]:
        """Return what each row is known by; nothing for one that says nothing."""
        stated = [[value and value.casefold() for value in columns[name]] for name in self.identity]
        identities = list(map(_encode, zip(*stated, strict=True)))
        kinds = self.lists.values()
        unnamed = {_encode([kind if name == self.kind else None for name in self.identity]) for kind in kinds}
        for place, identity in enumerate(identities):
            if identity in unnamed:
                identities[place] = self._identify_unnamed(_take_row(columns, place), identity)
        return identities

    def _identify_unnamed(self, row: Row, identity: bytes) -> bytes:
        if all(row[name] is None or row[name] == [] for name in self.columns):
            return b""
        return identity if self.kind else _encode(row)


def _find_alike(order: Sequence[tuple[int, bytes, int]]) -> list[tuple[int, int]]:
    """Return from where to where rows of one study stand that have one identity."""
    starts = [
        place
        for place in range(1, len(order))
        if order[place][1] == order[place - 1][1] and order[place][0] == order[place - 1][0]
    ]
    runs: list[tuple[int, int]] = []
    for place in starts:
        if runs and runs[-1][1] == place:
            runs[-1] = (runs[-1][0], place + 1)
        else:
            runs.append((place - 1, place + 1))
    return runs


def _take_row(columns: Columns, place: int) -> Row:
    return {name: column[place] for name, column in columns.items()}
