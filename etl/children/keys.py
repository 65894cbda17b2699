"""Gives the rows of a list keys made of what they say, so that a list served in another order has the same keys."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

Row = dict[str, Any]
_encode = msgspec.json.Encoder(order="deterministic").encode


def key_rows(rows: Iterable[Row], key: str, identity: Sequence[str]) -> list[Row]:
    """Return the rows sorted, each given its key: a hash of the columns that say which thing it is, letter case aside.

    The columns outside `identity` may be edited and the key stays. Rows of one identity are told apart by a number
    (`…-2`, `…-3`) in the order of their whole content. Where no identity is stated, the whole content is it.
    Rows that say nothing but the record's number are left out, and so are rows of a record without one.
    """
    told: dict[bytes, list[Row]] = {}
    for row in rows:
        if row["nct_id"] and _says_anything(row):
            told.setdefault(_identify(row, identity), []).append(row)
    keyed: list[Row] = []
    for identified in sorted(told):
        same = told[identified]
        digest = hashlib.blake2b(identified, digest_size=8).hexdigest()
        if len(same) > 1:
            same.sort(key=_encode)
        for place, row in enumerate(same, start=1):
            row[key] = digest if place == 1 else f"{digest}-{place}"
        keyed += same
    return keyed


def _says_anything(row: Row) -> bool:
    for column, value in row.items():  # noqa: SIM110  a generator costs as much as the rest of the key
        if value is not None and value != [] and column != "nct_id":
            return True
    return False


def _identify(row: Row, identity: Sequence[str]) -> bytes:
    values = map(row.__getitem__, identity)
    stated = [value.casefold() if type(value) is str else value and _fold_case(value) for value in values]
    return _encode(stated if any(stated) else row)


def _fold_case(value: Any) -> Any:
    if isinstance(value, list):
        return sorted(map(_fold_case, value))
    return value.casefold() if isinstance(value, str) else value
