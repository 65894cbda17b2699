"""Short lists of a record (conditions, collaborators, links, documents): what came, what went, what was changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from rapidfuzz.fuzz import token_sort_ratio

from etl.diff.context import DiffContext
from etl.diff.items import is_respelt, show_value
from etl.diff.likeness import find_words, fold_key
from etl.diff.matching import match_items
from models.change import Change

# What names an item that is an object, the first it has.
_NAMES = ("name", "id", "filename", "url", "label", "type")
# By what an object stays itself while the rest of it changes, one after the other.
_KEYS = ("id", "filename", "url", "name", "typeAbbrev", "label")
# From here on two names are one, written otherwise. Figures and Roman numbers of stages must agree.
_ALIKE = 0.8
_HELD = 0.85
_FIGURES = re.compile(r"\b(?:\w*\d\w*|[ivx]+[abc]?)\b", re.IGNORECASE)
_ACRONYM = re.compile(r"[A-Z][A-Z0-9-]{1,9}s?")
_INITIALS = re.compile(r"(?<![^\W_])[^\W_]")
# Codes are never alike, only equal.
_CODED = frozenset({"identity", "oversight", "document"})


def compare_list(
    kind: str, path: str, old: Sequence[Any], new: Sequence[Any], context: DiffContext
) -> Iterator[Change]:
    """Yield one row an item that was changed, removed or added.

    Equal items are one item, then those of one number, file, address or name, then those most alike. `detail`:
    `content`, the item as it is (where removed, as it was), and where it was changed `old_content`.
    """
    keys = [_encode, *(lambda item, key=key: _take(item, key) for key in _KEYS), lambda item: fold_key(name_item(item))]
    pairs = match_items(old, new, keys, lambda one, other: 0.0 if kind in _CODED else _score(one, other), _ALIKE)
    for i, j in pairs:
        if old[i] != new[j]:
            yield _tell(kind, path, old[i], new[j], context)
    kept_old, kept_new = {i for i, _ in pairs}, {j for _, j in pairs}
    for item in (item for i, item in enumerate(old) if i not in kept_old):
        yield _tell(kind, path, item, None, context)
    for item in (item for j, item in enumerate(new) if j not in kept_new):
        yield _tell(kind, path, None, item, context)


def name_item(item: Any) -> str:
    """Return what people call an item of a short list."""
    if isinstance(item, dict):
        return next((str(item[name]) for name in _NAMES if name in item), "")
    return str(item)


def _tell(kind: str, path: str, old: Any, new: Any, context: DiffContext) -> Change:
    action = "added" if old is None else "removed" if new is None else "changed"
    detail = {"content": old if new is None else new} | ({"old_content": old} if action == "changed" else {})
    weigh_as = action
    if action == "changed" and kind in ("condition", "sponsor") and is_respelt(name_item(old), name_item(new)):
        weigh_as = "respelt"
    elif action == "added" and path.endswith(".violationEvents"):
        weigh_as = "violation"
    return Change(
        kind=kind,
        action=action,
        field=path,
        old_value=_show(old),
        new_value=_show(new),
        weight=context.weigh(kind, weigh_as),
        item=name_item(new if old is None else old),
        detail=detail,
    )


def _show(item: Any) -> str | None:
    """Return an item as one line: its name, then the rest of it."""
    if not isinstance(item, dict):
        return show_value(item)
    rest = [f"{key}: {show_value(item[key])}" for key in sorted(item) if str(item[key]) != name_item(item)]
    return f"{name_item(item)} ({'; '.join(rest)})" if rest else name_item(item)


def _take(item: Any, key: str) -> Any:
    return (key, item[key]) if isinstance(item, dict) and isinstance(item.get(key), str) else None


def _score(old: Any, new: Any) -> float:
    """Return how alike two names are, 0 to 1: spelt alike, one the other's acronym, or one held in the other."""
    one, other = name_item(old), name_item(new)
    if _is_acronym(one, other) or _is_acronym(other, one):
        return 0.9
    if sorted(_FIGURES.findall(one.casefold())) != sorted(_FIGURES.findall(other.casefold())):
        return 0.0
    words, others = find_words(one), find_words(other)
    if words and others and (words <= others or others <= words):
        return _HELD
    return token_sort_ratio(one.casefold(), other.casefold()) / 100


def _is_acronym(short: str, long: str) -> bool:
    if _ACRONYM.fullmatch(short) is None or " " not in long.strip():
        return False
    plain = short.replace("-", "").rstrip("s").casefold()
    initials = "".join(_INITIALS.findall(long)).casefold()
    return initials == plain or f"({short.casefold()})" in long.casefold()


def _encode(item: Any) -> bytes:
    return msgspec.json.encode(item, order="deterministic")
