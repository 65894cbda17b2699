"""One record's bytes to a typed study; a record that breaks the registry's promise is named, not dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from models.errors import ContractError
from models.trial import Study

_PLACE = re.compile(r"^(?P<what>.*?) - at `(?P<path>[^`]*)`$", re.DOTALL)
_NULL = re.compile(rb"[:,\[]\s*null\s*[,\]}]")  # may stand in a text as well: then the record is walked for nothing
_DECODER = msgspec.json.Decoder(Study)


def parse_study(record: bytes, name: str) -> Study:
    """Read one study of API v2. `name` is its number, or its place where it has none.

    The registry leaves out what it does not know: a null is a record that was spoilt on its way, wherever it stands.

    Raises:
        ContractError: not JSON, or a value of the wrong kind; with the JSON path.
    """
    try:
        record.decode("utf-8")  # the decoder looks at no bytes of fields it does not read; others read them all
        study = _DECODER.decode(record)
        null = _find_null(record)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        place = _PLACE.match(str(error))
        path, what = (place["path"], place["what"]) if place else ("$", str(error))
        raise ContractError("clinicaltrials", name, path, what) from error
    if null:
        raise ContractError("clinicaltrials", name, null, "`null` where a value belongs")
    return study


def _find_null(record: bytes) -> str:
    """Return the path of the first null, empty where there is none."""
    if b"null" not in record or not _NULL.search(record):
        return ""
    return next(_find_nulls(msgspec.json.decode(record), "$"), "")


def _find_nulls(value: Any, path: str) -> Iterator[str]:
    if value is None:
        yield path
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _find_nulls(one, f"{path}.{key}")
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from _find_nulls(one, f"{path}[{place}]")
