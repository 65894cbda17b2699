"""Items of a list and the changes that name them: reading, naming, rows; decides nothing about what matches what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from etl.diff.context import Canonical, DiffContext, read_list
from etl.diff.likeness import fold_key
from models.change import WEIGHTS, Change, Weight

Json = dict[str, Any]


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a list of a canonical study.

    `path` is its list's dotted path, `place` its place in that list, `content` its whole canonical content, `key` the
    content encoded, `name` what people call it; `is_only` tells that no other item of its list has this name.
    """

    path: str
    place: int
    content: Json
    key: bytes
    name: str
    is_only: bool = True


def read_text(content: Json, field: str) -> str:
    """Return a field of an item as text; "" where there is none, or something that is no text."""
    value = content.get(field)
    return value if isinstance(value, str) else ""


def read_texts(content: Json, field: str) -> list[str]:
    """Return the texts of a field of an item that lists some; what is no text is left out."""
    value = content.get(field)
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def read_items(canonical: Canonical, path: str, name_field: str) -> list[Item]:
    """Return the items of the list at a dotted path, in the list's own order; what is no object is left out."""
    contents = [(place, item) for place, item in enumerate(read_list(canonical, path)) if isinstance(item, dict)]
    names = [read_text(item, name_field) for _, item in contents]
    count = Counter(names)
    return [
        Item(
            path=path,
            place=place,
            content=item,
            key=msgspec.json.encode(item, order="deterministic"),
            name=name,
            is_only=count[name] == 1,
        )
        for (place, item), name in zip(contents, names, strict=True)
    ]


def locate(item: Item) -> Json:
    """Return what a change of an item needs to find it in the old state where its name does not: its place."""
    return {} if item.is_only else {"place": item.place}


def list_differing_fields(old: Json, new: Json, *, first: Sequence[str] = ()) -> Iterator[str]:
    """Yield the names of the fields whose values differ, those of `first` before the others, the rest by name."""
    for name in sorted(old.keys() | new.keys(), key=lambda name: (name not in first, name)):
        if old.get(name) != new.get(name) or type(old.get(name)) is not type(new.get(name)):
            yield name


def show_value(value: Any) -> str | None:
    """Return a value as a line for people; lists of texts are joined by "; ", nothing is None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "; ".join(value)
    return msgspec.json.encode(value, order="deterministic").decode()


def keep_values(old: Any, new: Any) -> Json:
    """Return the values that a shown line cannot give back (lists, numbers, truth values), for a change's detail."""
    is_plain = all(value is None or isinstance(value, str) for value in (old, new))
    return {} if is_plain else {"old": old, "new": new}


def is_respelt(old: Any, new: Any) -> bool:
    """Return whether two texts differ in case, spaces, punctuation or accents alone."""
    return isinstance(old, str) and isinstance(new, str) and fold_key(old) == fold_key(new)


def raise_weight(weight: Weight, least: Weight) -> Weight:
    """Return the heavier of two weights."""
    return min(weight, least, key=WEIGHTS.index)


def build_field_change(
    context: DiffContext, item: Item, new: Json, *, kind: str, action: str, field: str, detail: Json | None = None
) -> Change:
    """Return the change of one field of an item that stands in both versions; `new` is its content in the later one.

    A text that is only spelt otherwise is weighed as the pair (kind, "respelt").
    """
    before, after = item.content.get(field), new.get(field)
    return Change(
        kind=kind,
        action=action,
        field=f"{item.path}.{field}",
        old_value=show_value(before),
        new_value=show_value(after),
        weight=context.weigh(kind, "respelt" if is_respelt(before, after) else action),
        item=item.name,
        detail=keep_values(before, after) | locate(item) | (detail or {}),
    )


def name_watched(context: DiffContext, new: str, old: str = "") -> list[str]:
    """Return the watched names that a text holds and the old one does not, in their order of appearance."""
    found = [name for name in context.find_names(new) if name in context.watched] if context.watched and new else []
    if not found or not old:
        return list(dict.fromkeys(found))
    known = set(context.find_names(old))
    return [name for name in dict.fromkeys(found) if name not in known]
