"""What every comparison of two canonical studies is given, and how it reads a part of one; compares nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from models.change import WEIGHT_OF, Weight
from models.partial_date import parse_partial_date

Canonical = dict[str, Any]


def _find_no_names(_text: str) -> list[str]:
    return []


class DiffContext(msgspec.Struct, frozen=True, kw_only=True):
    """What a comparison may know beyond the two versions.

    `weights` override `WEIGHT_OF` by (kind, action), for a status by (kind, transition). `find_names` returns the
    vocabulary names (targets, agents) that a text holds; `watched` are those of them that are watched.
    `with_references` is False where one side is a back-filled version: old versions hold later references.
    """

    weights: Mapping[tuple[str, str], Weight] = {}
    find_names: Callable[[str], list[str]] = _find_no_names
    watched: frozenset[str] = frozenset()
    with_references: bool = True

    def weigh(self, kind: str, action: str) -> Weight:
        """Return what a change weighs: the user's word first, then the table's; what neither lists is low."""
        key = (kind, action)
        return self.weights.get(key) or WEIGHT_OF.get(key, "low")


def read_part(canonical: Canonical, path: str) -> Any:
    """Return the value at a dotted path of a canonical study; {} where there is none (a part left out is empty)."""
    value: Any = canonical
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return {} if value is None else value


def read_list(canonical: Canonical, path: str) -> list[Any]:
    """Return the list at a dotted path of a canonical study; [] where there is none."""
    value = read_part(canonical, path)
    return value if isinstance(value, list) else []


def is_after_completion(new_canonical: Canonical) -> bool:
    """Return whether a version was submitted after its actual primary completion.

    The date must be typed ACTUAL, and its first possible day lie before the version's own submit date.
    """
    status = read_part(new_canonical, "protocolSection.statusModule")
    stated = read_part(status, "primaryCompletionDateStruct")
    completed = parse_partial_date(stated.get("date")) if isinstance(stated, dict) else None
    submitted = parse_partial_date(status.get("lastUpdateSubmitDate")) if isinstance(status, dict) else None
    if completed is None or submitted is None or stated.get("type") != "ACTUAL":
        return False
    return completed.low < submitted.low
