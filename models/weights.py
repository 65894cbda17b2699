"""The user's own weights: the `[weights]` table of a watchlist.toml against the kinds there are; reads no file."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from models.change import WEIGHT_OF, WEIGHTS, Weight
from models.errors import ConfigurationError

_KNOWN = {".".join(pair): pair for pair in WEIGHT_OF}


def parse_weights(table: Mapping[str, Any], file_name: str) -> dict[tuple[str, str], Weight]:
    """Read a table of `"kind.action" = weight`; TOML reads the name as nested tables where it stands without quotes.

    Raises:
        ConfigurationError: a kind or action that there is not, or no weight; the message begins with `file_name` and
            the place.
    """
    weights: dict[tuple[str, str], Weight] = {}
    for name, weight in _flatten(table, ""):
        place = f"{file_name}: weights.{name}"
        if name not in _KNOWN:
            raise ConfigurationError(f"{place}: unknown key", _suggest(name))
        if weight not in WEIGHTS:
            raise ConfigurationError(f"{place}: {weight!r} is no weight", f"use one of {', '.join(WEIGHTS)}")
        weights[_KNOWN[name]] = weight
    return weights


def _flatten(table: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        name = f"{path}.{key}" if path else key
        if isinstance(value, dict):
            yield from _flatten(value, name)
        else:
            yield name, value


def _suggest(name: str) -> str:
    near = difflib.get_close_matches(name, _KNOWN, n=1)
    if near:
        return f'did you mean "{near[0]}"?'
    kind = name.partition(".")[0]
    actions = [known for known in _KNOWN if known.startswith(f"{kind}.")]
    return f"known here: {', '.join(actions)}" if actions else f"known kinds: {', '.join(_list_kinds())}"


def _list_kinds() -> list[str]:
    return list(dict.fromkeys(kind for kind, _ in WEIGHT_OF))
