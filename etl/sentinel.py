"""Sees what the registry's record holds that nobody described, and which fields a record holds; changes nothing.

A study's object is compared with `models.registry_fields`. Known nesting bounds the descent, so that a hostile record
costs no more than its size. A null is nothing here: absent fields come as nulls from a server in trouble.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import msgspec

from models.registry_fields import Field, read_fields

DriftKind = Literal["section", "field", "value"]
Steps = list[str | int]

_LONGEST_NAME = 100
_LONGEST_VALUE = 200
_SHAPES = {str: "<string>", bool: "<boolean>", int: "<number>", float: "<number>", list: "<array>", dict: "<object>"}


class Drift(msgspec.Struct, frozen=True):
    """Something the registry does not document: a section, a field (the highest unknown one), or a field's value.

    `path` is dotted, without list places; `example_path` has them (`a.b[3].c`). `value` is None but for kind "value":
    the word that no list allows, or the shape met where another belongs (`<string>`, `<number>`, `<array>` …).
    """

    kind: DriftKind
    path: str
    value: str | None
    example_path: str


def find_drift(study: dict[str, Any]) -> list[Drift]:
    """Return what a decoded study holds that the registry does not document, each once, in its own order."""
    found: dict[tuple[str, str, str | None], Drift] = {}
    _look_into(study, read_fields(), [], found)
    return list(found.values())


def _look_into(value: dict[str, Any], holder: Field, steps: Steps, found: dict[Any, Drift]) -> None:
    fields = holder.fields
    for key, item in value.items():
        field = fields.get(key)
        if field is None:
            kind: DriftKind = "field" if holder.path else "section"
            _note(found, kind, join_path(holder.path, key), None, [*steps, key])
        elif field.values is None and not field.fields and type(item) is str:
            continue  # most of a record is plain text: nothing to look at
        else:
            steps.append(key)
            _look_at(item, field, steps, found)
            steps.pop()


def _look_at(item: Any, field: Field, steps: Steps, found: dict[Any, Drift]) -> None:
    if isinstance(item, dict):
        _look_into(item, field, steps, found)
    elif isinstance(item, list):
        for place, one in enumerate(item):
            steps.append(place)
            if isinstance(one, list):
                _note(found, "value", field.path, _SHAPES[list], steps)
            else:
                _look_at(one, field, steps, found)
            steps.pop()
    elif item is None:
        return
    elif field.fields:
        _note(found, "value", field.path, _SHAPES.get(type(item)), steps)
    elif field.values is not None and item not in field.values:
        _note(found, "value", field.path, _write_value(item), steps)


def _note(found: dict[Any, Drift], kind: DriftKind, path: str, value: str | None, steps: Steps) -> None:
    if (kind, path, value) not in found:
        found[kind, path, value] = Drift(kind, path, value, write_place(steps))


def _write_value(item: Any) -> str:
    text = item if isinstance(item, str) else json.dumps(item)
    cut = text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
    return cut.encode("utf-8", "replace").decode("utf-8")


def list_fields(study: dict[str, Any]) -> set[str]:
    """Return the dotted paths, without list places, at which a decoded study holds a value (not a null, not "")."""
    found: set[str] = set()
    waiting: list[tuple[Any, Field | None, str]] = [(study, read_fields(), "")]
    while waiting:
        value, field, path = waiting.pop()
        if isinstance(value, dict):
            fields = field.fields if field else {}
            for key, item in value.items():
                below = fields.get(key)
                if type(item) is not str:
                    waiting.append((item, below, below.path if below else join_path(path, key)))
                elif item:
                    found.add(below.path if below else join_path(path, key))
        elif isinstance(value, list):
            waiting.extend((item, field, path) for item in value)
        elif value is not None and value != "":
            found.add(path)
    return found


def find_lost(before: set[str], after: set[str]) -> set[str]:
    """Return the paths that `before` has something at and `after` nothing: fields, and holders of nothing but such."""
    lost = before - after
    return with_holders(lost) - with_holders(after) if lost else lost


def with_holders(paths: Iterable[str]) -> set[str]:
    """Return dotted paths with those of all that holds them."""
    found: set[str] = set()
    for path in paths:
        place = path
        while place and place not in found:
            found.add(place)
            place = place.rpartition(".")[0]
    return found


def find_steps(study: dict[str, Any], path: str) -> Steps:
    """Return the first place in a study that a dotted path leads to, as keys and list places; empty if to none."""
    waiting: list[tuple[Any, str, Steps]] = [(study, "", [])]
    while waiting:
        value, place, steps = waiting.pop()
        below: Iterator[tuple[Any, str, Steps]] = iter(())
        if isinstance(value, list):
            below = ((item, place, [*steps, index]) for index, item in enumerate(value))
        elif place == path and value is not None:
            return steps
        elif isinstance(value, dict):
            named = ((key, item, join_path(place, key)) for key, item in value.items())
            below = ((item, name, [*steps, key]) for key, item, name in named if f"{path}.".startswith(f"{name}."))
        waiting.extend(reversed(list(below)))
    return []


def join_path(place: str, key: str) -> str:
    """Return the dotted path of a key below a place; a key that is no plain name is quoted, a long one cut."""
    name = key if len(key) <= _LONGEST_NAME else f"{key[:_LONGEST_NAME]}…"
    shown = name if name.isidentifier() else json.dumps(name)
    return f"{place}.{shown}" if place else shown


def write_place(steps: Steps) -> str:
    """Return keys and list places as people write them: `a.b[3].c`."""
    text = ""
    for step in steps:
        text = f"{text}[{step}]" if isinstance(step, int) else join_path(text, step)
    return text
