"""Reads a study that holds nothing but what is documented, at a decoder's speed. What else one holds: `etl.sentinel`.

The table of fields becomes one type of msgspec's, which refuses an unknown field, a value that no closed list allows,
a list in a list, and a null. Ten times as fast as walking a decoded study, which most need then not be.
"""

from __future__ import annotations

import functools
from typing import Any, Literal

import msgspec

from models.registry_fields import Field, read_fields

_Plain = str | int | float | bool


class Holder(msgspec.Struct, gc=False):
    """An object of a documented study. What it holds are attributes named as in JSON, None where nothing is held."""

    def get(self, name: str, /) -> Any:
        """Return what stands under a name, as a dict does."""
        return getattr(self, name, None)


def read_documented(record: bytes) -> Holder | None:
    """Return a study if its JSON is sure to hold no drift and no null; None where one must look closer."""
    try:
        return _build_decoder().decode(record)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


@functools.cache
def _build_decoder() -> msgspec.json.Decoder[Holder]:
    return msgspec.json.Decoder(_build_holder(read_fields()))


def _build_holder(holder: Field) -> Any:
    fields = [(name, _build_type(field), None) for name, field in holder.fields.items()]
    return msgspec.defstruct("Documented", fields, bases=(Holder,), forbid_unknown_fields=True, gc=False)


def _build_type(field: Field) -> Any:
    one: Any = _Plain
    if field.fields:
        one = _build_holder(field)
    elif field.values is not None:
        one = Literal[tuple(sorted(field.values))]
    return one | list[one]
