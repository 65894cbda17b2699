"""Reads parts of a decoded payload as the types the registry promises; what is of another type is not there.

Source of the promise: the registry's OpenAPI description, API 2.0.5. Nothing here raises over a payload's shape.
"""

from __future__ import annotations

import functools
import sys
from typing import Any

from etl.markup import fold_block, fold_text

Json = dict[str, Any]

_SHORT = 64  # names of places, kinds and units: few texts, over and over
_fold_short = functools.lru_cache(maxsize=1 << 15)(fold_text)


def read_part(value: Any, *path: str) -> Json:
    """Return the object at a path of keys, an empty one where there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def read_items(value: Json, key: str) -> list[Json]:
    """Return the objects of a list."""
    items = value.get(key)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def read_text(value: Json, key: str) -> str | None:
    """Return a text as people read it (markup escapes and extra whitespace gone), None where nothing is said."""
    text = value.get(key)
    if type(text) is not str:  # JSON has no other kinds of text
        return None
    return (_fold_short(text) if len(text) <= _SHORT else fold_text(text)) or None


def read_block(value: Json, key: str) -> str | None:
    """Return a text of paragraphs and lists likewise, on one line, each list item behind an asterisk."""
    text = value.get(key)
    return (fold_block(text) or None) if isinstance(text, str) else None


def read_texts(value: Json, key: str) -> list[str]:
    """Return the texts of a list, each once, sorted: the registry's order of such lists means nothing and moves."""
    texts = value.get(key)
    told = (fold_text(text) for text in texts if isinstance(text, str)) if isinstance(texts, list) else ()
    return sorted({text for text in told if text})


def read_number(value: Json, key: str) -> float | None:
    """Return a JSON number, None where it is none or too large for one."""
    number = value.get(key)
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        return None
    return float(number) if abs(number) <= sys.float_info.max else None


def read_flag(value: Json, key: str) -> bool | None:
    """Return a JSON true or false."""
    flag = value.get(key)
    return flag if isinstance(flag, bool) else None


def read_nct_id(study: Json) -> str | None:
    """Return the record's number as it stands there."""
    nct_id = read_part(study, "protocolSection", "identificationModule").get("nctId")
    return nct_id if isinstance(nct_id, str) else None
