"""Where two canonical studies differ, path by path; names no kind of change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec


def list_differing(old: Any, new: Any, path: str = "") -> list[str]:
    """Return the dotted leaf paths, without list places, at which two canonical values differ, each once, in order.

    `path` is where the values stand. A list differs at the leaves whose values differ, taken over all its items; where
    only their company differs (two items exchanged a value), at its own path.
    """
    return sorted(set(_find_differing(old, new, path)))


def _find_differing(old: Any, new: Any, path: str) -> Iterator[str]:
    if old == new and type(old) is type(new):
        return
    if isinstance(old, dict) or isinstance(new, dict):
        before, after = (side if isinstance(side, dict) else {} for side in (old, new))
        for key in before.keys() | after.keys():
            yield from _find_differing(before.get(key), after.get(key), f"{path}.{key}" if path else key)
    elif isinstance(old, list) or isinstance(new, list):
        before_values, after_values = _gather(old or [], path), _gather(new or [], path)
        leaves = before_values.keys() | after_values.keys()
        yield from {leaf for leaf in leaves if before_values.get(leaf) != after_values.get(leaf)} or {path}
    else:
        yield path


def _gather(value: Any, path: str) -> dict[str, list[bytes]]:
    """Return every value below a path by its leaf path, sorted."""
    values: dict[str, list[bytes]] = defaultdict(list)
    for leaf, found in _walk(value, path):
        values[leaf].append(msgspec.json.encode(found))
    return {leaf: sorted(found) for leaf, found in values.items()}


def _walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _walk(item, f"{path}.{key}")
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item, path)
    else:
        yield path, value
