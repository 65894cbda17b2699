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
# Recorded studies are 11 levels deep at most; what walks one takes some frames a level.
MOST_LEVELS = 64
TOO_DEEP = f"it is nested more than {MOST_LEVELS} levels deep, which no study is"
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def parse_study(record: bytes, name: str, *, is_documented: bool = False) -> Study:
    """Read one study of API v2. `name` is its number, or its place where it has none.

    The registry leaves out what it does not know: a null is a record that was spoilt on its way, wherever it stands.
    Of one known to hold nothing undocumented (`is_documented`) depth, encoding and nulls are known to be right.

    Raises:
        ContractError: not JSON, a value of the wrong kind, with the JSON path, or nested without measure.
    """
    try:
        if is_documented:
            return _DECODER.decode(record)
        is_deep = is_too_deep(record)
        record.decode("utf-8")  # the decoder looks at no bytes of fields it does not read; others read them all
        study = _DECODER.decode(record)
        null = _find_null(record)
    except RecursionError as error:
        raise ContractError("clinicaltrials", name, "$", TOO_DEEP) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        place = _PLACE.match(str(error))
        path, what = (place["path"], place["what"]) if place else ("$", str(error))
        raise ContractError("clinicaltrials", name, path, what) from error
    if is_deep:
        raise ContractError("clinicaltrials", name, "$", TOO_DEEP)
    if null:
        raise ContractError("clinicaltrials", name, null, "`null` where a value belongs")
    return study


def is_too_deep(record: bytes) -> bool:
    """Tell whether a record is nested without measure.

    Looked at first are its brackets alone, those in texts among them: where they close each other level by level, that
    is an eighth of the work of counting the levels.
    """
    brackets = record.translate(None, _NO_BRACKETS)
    for _ in range(MOST_LEVELS // 2):  # a list in an object may go in one round
        before, brackets = brackets, brackets.replace(b"[]", b"").replace(b"{}", b"")
        if not brackets:
            return False
        if brackets == before:
            break
    level: list[Any] = [msgspec.json.decode(record)]
    for _ in range(MOST_LEVELS):
        inner = (one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list))
        level = [value for values in inner for value in values if isinstance(value, dict | list)]
    return bool(level)


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
