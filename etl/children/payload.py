"""Reads parts of a decoded payload as the types the registry promises; what is of another type is not there.

Source of the promise: the registry's OpenAPI description, API 2.0.5. Nothing here raises over a payload's shape.
"""

from __future__ import annotations

import functools
import sys
from typing import Any, Protocol

from etl.documented import Holder
from etl.markup import fold_block, fold_text


class Json(Protocol):
    """An object of a study: a dict, or a `Holder` where the study holds nothing but what is documented."""

    def get(self, name: str, /) -> Any:
        """Return what stands under a name, None where nothing does."""
        ...


_OBJECT = (dict, Holder)
_SHORT = 64  # names of places, kinds and units: few texts, over and over
_fold_short = functools.lru_cache(maxsize=1 << 15)(fold_text)


def read_part(value: Any, *path: str) -> Json:
    """Return the object at a path of keys, an empty one where there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, _OBJECT) else None
    return value if isinstance(value, _OBJECT) else {}


def read_items(value: Json, key: str) -> list[Json]:
    """Return the objects of a list."""
    items = value.get(key)
    return [item for item in items if isinstance(item, _OBJECT)] if isinstance(items, list) else []


def read_text(value: Json, key: str) -> str | None:
    """Return a text as people read it (markup escapes and extra whitespace gone), None where nothing is said."""
    text = value.get(key)
    if type(text) is not str:  # JSON has no other kinds of text
        return None
    return (_fold_short(text) if len(text) <= _SHORT else fold_text(text)) or None


def read_block(value: Json, key: str) -> str | None:
    """Return a text of paragraphs and lists likewise, on one line, each list item behind an asterisk."""
    return take_block(value.get(key))


def take_block(text: Any) -> str | None:
    """Return what `read_block` makes of what stands there."""
    return (fold_block(text) or None) if isinstance(text, str) else None


def read_texts(value: Json, key: str) -> list[str]:
    """Return the texts of a list, each once, sorted: the registry's order of such lists means nothing and moves."""
    return take_texts(value.get(key))


def take_texts(texts: Any) -> list[str]:
    """Return what `read_texts` makes of what stands there."""
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
