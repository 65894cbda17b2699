"""Which countries and how many sites a trial gained and lost, in the words of a letter. Plain text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from etl.letter.piece import LONGEST_TEXT, Piece
from etl.wording import ELLIPSIS, shorten

Row = Mapping[str, Any]
_MOST_NAMES = 8
_MINUS = "\N{MINUS SIGN}"
_LISTINGS = {"first": "the first list of sites", "withdrawn": "the list of sites was taken away"}


def describe_countries(rows: Sequence[Row]) -> Piece:
    """Return the countries that came and went: what came and went again did neither."""
    balance = Counter[str]()
    for row in rows:
        balance[row["item"]] += 1 if row["action"] == "added" else -1
    sides = [[name for name in sorted(balance) if balance[name] * sign > 0] for sign in (1, -1)]
    back = [name for name in sorted(balance) if not balance[name]]
    parts = _list_sides([list(map(_cut, side)) for side in sides])
    parts += [f"{_list_names(list(map(_cut, back)))} there and back"] if back else []
    return _build("Countries", "; ".join(parts), rows)


def describe_sites(rows: Sequence[Row]) -> Piece:
    """Return the number of sites before and after, and by country how many came and went."""
    first, last = (_cut(value or "none listed") for value in (rows[0]["old_value"], rows[-1]["new_value"]))
    sides = [_sum(row["detail"].get(side) or {} for row in rows) for side in ("added", "removed")]
    parts = _list_sides([[f"{side[name]} {_cut(name)}".strip() for name in _sort(side)] for side in sides])
    return _build("Sites", f"{first} → {last}" + (f" ({'; '.join(parts)})" if parts else ""), rows)


def _build(subject: str, text: str, rows: Sequence[Row]) -> Piece:
    listings = dict.fromkeys(_LISTINGS.get(row["detail"].get("listing", ""), "") for row in rows)
    return Piece(
        subject=subject,
        text=text,
        told=f"{subject}: {text}",
        head=f"{subject} changed",
        notes=tuple(filter(None, listings)),
    )


def _list_sides(sides: Sequence[Sequence[str]]) -> list[str]:
    return [f"{sign} {_list_names(names)}" for sign, names in zip(("+", _MINUS), sides, strict=True) if names]


def _list_names(names: Sequence[str]) -> str:
    more = [f"{ELLIPSIS} {len(names) - _MOST_NAMES} more"] if len(names) > _MOST_NAMES else []
    return ", ".join([*names[:_MOST_NAMES], *more])


def _sum(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    total = Counter[str]()
    for one in counts:
        total.update(one)
    return total


def _sort(counts: Counter[str]) -> list[str]:
    return sorted(counts, key=lambda name: (-counts[name], name))


def _cut(text: str) -> str:
    return shorten(text, LONGEST_TEXT)
