"""Gives the rows of a list keys made of what they say, so that a list served in another order has the same keys."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import msgspec

Row = dict[str, Any]


def key_rows(
    rows: Iterable[Row], key: str, identity: Sequence[str], *, beside: Sequence[str] = ("nct_id",)
) -> list[Row]:
    """Return the rows sorted, each with its key: a hash of the columns that say which thing it is, letter case aside.

    The columns outside `identity` may be edited and the key stays. Rows of one identity are told apart by a number
    (`…-2`, `…-3`) in the order of their whole content. Where no identity is stated, the whole content is it.
    Rows that say nothing in any column but those of `beside` are left out, and so are rows of a record without number.
    """
    stated = (row for row in rows if row["nct_id"] and _says_anything(row, beside))
    told = sorted(((_identify(row, identity), _encode(row), row) for row in stated), key=lambda one: one[:2])
    return [
        {**row, key: digest if place == 1 else f"{digest}-{place}"}
        for identified, same in groupby(told, key=lambda one: one[0])
        for digest in (hashlib.blake2b(identified, digest_size=8).hexdigest(),)
        for place, (_, _, row) in enumerate(same, start=1)
    ]


def _says_anything(row: Row, beside: Sequence[str]) -> bool:
    return any(value not in (None, []) for column, value in row.items() if column not in beside)


def _identify(row: Row, identity: Sequence[str]) -> bytes:
    stated = [_fold_case(row[column]) for column in identity]
    return _encode(stated if any(stated) else row)


def _fold_case(value: Any) -> Any:
    if isinstance(value, list):
        return sorted(map(_fold_case, value))
    return value.casefold() if isinstance(value, str) else value


def _encode(value: Any) -> bytes:
    return msgspec.json.encode(value, order="deterministic")
