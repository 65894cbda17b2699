"""What every field of the registry's study record is to a change, and what its closed lists allow.

The facts are `registry_fields.toml` beside this module, package data read once at first use; no other file is read.
"""

from __future__ import annotations

import functools
import importlib.resources
import itertools
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

SECTIONS = (
    "protocolSection",
    "resultsSection",
    "annotationSection",
    "documentSection",
    "derivedSection",
    "hasResults",
)
ADMINISTRATIVE = "administrative"
NOISE = "noise"

_ANY_OF = re.compile(r"\{([^{}]*)\}")


class Field(msgspec.Struct, eq=False):
    """A field, or a holder of `fields`. `kind` of a holder: the one its fields share, None where they differ.

    `rest` is the kind of what a holder holds beyond its fields; `values` is None unless the field is a closed list's.
    """

    path: str
    kind: str | None = None
    rest: str | None = None
    values: frozenset[str] | None = None
    fields: dict[str, Field] = {}


def find_kind(path: str) -> str | None:
    """Return the kind of change that an edit at a dotted path (without list places) is.

    A kind of docs/contract.md, "administrative" or "noise". What lies below a field, or below noise, is of its kind.
    None for any other path nobody knows, and for a holder of fields of several kinds (administrative ones and noise
    aside).
    """
    field = read_fields()
    for name in path.split("."):
        below = field.fields.get(name)
        if below is None:
            return field.rest or (field.kind if field.kind == NOISE or not field.fields else None)
        field = below
    return field.kind


def is_known(path: str) -> bool:
    """Tell whether a dotted path is a field of the record or holds some."""
    return _find(read_fields(), path) is not None


def find_values(path: str) -> frozenset[str] | None:
    """Return what a field of a closed list may hold; None for any other path."""
    field = _find(read_fields(), path)
    return field.values if field else None


@functools.cache
def read_fields() -> Field:
    """Return the record as a tree of its fields; the root's path is empty."""
    return parse_registry_fields(importlib.resources.files("models").joinpath("registry_fields.toml").read_bytes())


def parse_registry_fields(body: bytes) -> Field:
    """Read the table of fields.

    Raises:
        ValueError: a field is stated twice or holds others, or a closed list is that of no field.
    """
    tables = tomllib.loads(body.decode("utf-8"))
    closed: list[dict[str, list[str]]] = tables.pop("enum", [])
    root = Field("")
    _read_table(root, "", tables)
    _join_kinds(root)
    for one in closed:
        for path in itertools.chain.from_iterable(map(_expand, one["paths"])):
            field = _find(root, path)
            if field is None or field.fields:
                raise ValueError(f"registry fields: a closed list at {path}, which is no field")
            field.values = frozenset(one["values"])
    return root


def _find(root: Field, path: str) -> Field | None:
    field: Field | None = root
    for name in path.split("."):
        field = field.fields.get(name) if field else None
    return field


def _read_table(root: Field, place: str, table: Mapping[str, Any]) -> None:
    for name, value in table.items():
        if isinstance(value, dict):
            _read_table(root, _join(place, name), value)
        elif name == "rest":
            _reach(root, place).rest = value
        else:
            for path in itertools.chain.from_iterable(map(_expand, value)):
                _add(root, _join(place, path), name)


def _add(root: Field, path: str, kind: str) -> None:
    place, _, name = path.rpartition(".")
    holder = _reach(root, place)
    if name in holder.fields:
        raise ValueError(f"registry fields: {path} is stated twice")
    holder.fields[name] = Field(path, kind)


def _reach(root: Field, path: str) -> Field:
    """Return the holder at a path, making it and those above it as needed."""
    field = root
    for name in path.split(".") if path else ():
        field = field.fields.setdefault(name, Field(_join(field.path, name)))
        if field.kind:
            raise ValueError(f"registry fields: {field.path} is a field and holds others")
    return field


def _expand(pattern: str) -> Iterator[str]:
    """Yield what `a.{b,c}.d` is short for."""
    parts = [part.split(",") if place % 2 else [part] for place, part in enumerate(_ANY_OF.split(pattern))]
    yield from map("".join, itertools.product(*parts))


def _join(place: str, path: str) -> str:
    return f"{place}.{path}" if place else path


def _join_kinds(field: Field) -> set[str | None]:
    """Give each holder the kind its fields share; return the kinds of a field or of all that a holder holds."""
    if not field.fields:
        return {field.kind}
    kinds = set[str | None]().union(*map(_join_kinds, field.fields.values()))
    told = kinds - {ADMINISTRATIVE, NOISE} or kinds - {NOISE} or kinds
    field.kind = told.pop() if len(told) == 1 else None
    return kinds
