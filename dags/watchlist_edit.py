"""Edits of a watchlist: text to text, and the file's replacement. It keeps what it need not touch, byte for byte."""

from __future__ import annotations

import difflib
import os
import stat
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, InlineTable, Item, Table

from dags.inputs import read_watchlist
from dags.toml_array import add_entry, remove_entry
from dags.watch_names import identify_name, infer_item
from models.errors import ConfigurationError
from models.settings import NamedItem, Settings, parse_settings
from models.vocabulary import Vocabulary
from models.watchlist import BY_NUMBER, Kind, WatchItem, build_watch_items

_KEYS: dict[Kind, str] = {"trial": "trials", "agent": "agents", "target": "targets", "article": "articles"}


class Change(msgspec.Struct, frozen=True):
    """One edit of the list; `kept` is an item asked for that stands there already."""

    action: Literal["add", "remove", "kept"]
    kind: Kind
    name: str
    condition: str

    @property
    def item_id(self) -> str:
        """As in the warehouse: `agent:relatlimab`."""
        return f"{self.kind}:{self.name}"


class Edit(msgspec.Struct, frozen=True):
    """A watchlist's new text, what it now says, and the changes that led there (empty of adds: the text is the old)."""

    text: str
    settings: Settings
    items: tuple[WatchItem, ...]
    changes: tuple[Change, ...]


def add_items(text: str, names: Sequence[str], condition: str | None, vocabulary: Vocabulary, file_name: str) -> Edit:
    """Return the edit that adds items by name, all or none.

    `condition` None: the list's own default narrows what is new, and what is there already may have any.

    Raises:
        ConfigurationError: a name cannot be watched, stands there with another condition, or the text is no watchlist.
    """
    settings = parse_settings(text.encode(), file_name)
    held = {item.item_id: item for item in build_watch_items(settings.watch, vocabulary, file_name)}
    asked = [infer_item(name, condition, settings.watch.condition, vocabulary) for name in names]
    document = _parse(text, file_name)
    expected = tomllib.loads(text)
    changes = []
    for item in {one.item_id: one for one in asked}.values():
        before = held.get(item.item_id)
        if before and condition is not None and before.condition != item.condition:
            raise ConfigurationError(
                f'{file_name}: {item.kind} "{item.name}" is watched already, {_describe(before.condition)}',
                f"asked for {_describe(item.condition)}; to change it, remove it first, or edit the file",
            )
        holds = before.condition if before else item.condition
        changes.append(Change("kept" if before else "add", item.kind, item.name, holds))
        if before is None:
            own = None if item.kind in BY_NUMBER else condition
            _insert(document, item, own, "\r\n" if "\r\n" in text else "\n")
            _expect_entry(expected, item, own)
    return _finish(tomlkit.dumps(document), expected, changes, vocabulary, file_name)


def _describe(condition: str) -> str:
    return f"with the condition {condition}" if condition else "without a condition"


def remove_items(text: str, names: Sequence[str], vocabulary: Vocabulary, file_name: str) -> Edit:
    """Return the edit that takes items out, by any of their names, all or none.

    Raises:
        ConfigurationError: a name is not in the list, or what is left is no valid watchlist.
    """
    watch = parse_settings(text.encode(), file_name).watch
    entries: dict[tuple[Kind, int], NamedItem] = {}
    for kind, key in _KEYS.items():
        for index, entry in enumerate(getattr(watch, key)):
            entries[kind, index] = entry if isinstance(entry, NamedItem) else NamedItem(name=str(entry))
    found = {place: None for name in names for place in _find_places(name, entries, vocabulary, file_name)}
    document = _parse(text, file_name)
    expected = tomllib.loads(text)
    changes: dict[str, Change] = {}
    for kind, index in sorted(found, reverse=True):
        entry = entries[kind, index]
        own = watch.condition if entry.condition is None else entry.condition
        name = identify_name(kind, entry.name, vocabulary) or entry.name
        change = Change("remove", kind, name, "" if kind in BY_NUMBER else own.strip())
        changes[change.item_id] = change
        _delete(document, _KEYS[kind], index)
        del expected["watch"][_KEYS[kind]][index]
    return _finish(tomlkit.dumps(document), expected, list(changes.values())[::-1], vocabulary, file_name)


def _find_places(
    name: str, entries: Mapping[tuple[Kind, int], NamedItem], vocabulary: Vocabulary, file_name: str
) -> list[tuple[Kind, int]]:
    asked = name.strip()
    places = []
    for (kind, index), entry in entries.items():
        wanted = identify_name(kind, asked, vocabulary)
        if asked.casefold() == entry.name.strip().casefold() or (
            wanted and wanted == identify_name(kind, entry.name, vocabulary)
        ):
            places.append((kind, index))
    kinds = sorted({kind for kind, _ in places})
    if len(kinds) > 1:
        raise ConfigurationError(
            f'{file_name}: "{asked}" names {" and ".join(f"one of the {_KEYS[kind]}" for kind in kinds)}',
            "use the vocabulary's name of the one you mean (`trialwatch watch list`)",
        )
    if not places:
        listed = {entry.name.casefold(): entry.name for entry in entries.values()}
        near = difflib.get_close_matches(asked.casefold(), listed, n=1)
        hint = f'did you mean "{listed[near[0]]}"?' if near else "`trialwatch watch list` shows what is watched"
        raise ConfigurationError(f'{file_name}: "{asked}" is not watched', hint)
    return places


def _parse(text: str, file_name: str) -> tomlkit.TOMLDocument:
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise ConfigurationError(f"{file_name}: {error}", "edit it by hand") from error
    if tomlkit.dumps(document) != text:
        raise _refuse(file_name)
    return document


def _refuse(file_name: str) -> ConfigurationError:
    return ConfigurationError(
        f"{file_name}: its [watch] is laid out in a way that cannot be edited safely; nothing was written",
        "edit it by hand, then `trialwatch check`",
    )


def _insert(document: tomlkit.TOMLDocument, item: WatchItem, condition: str | None, newline: str) -> None:
    key = _KEYS[item.kind]
    if "watch" not in document:
        if (tail := tomlkit.dumps(document)) and not tail.endswith("\n"):
            document.add(tomlkit.ws(newline))
        if tail:
            document.add(tomlkit.nl())
        document["watch"] = tomlkit.table()
    watch: Any = document["watch"]
    held = watch.get(key)
    if isinstance(held, AoT):
        held.append(tomlkit.item({"name": item.name} | ({} if condition is None else {"condition": condition})))
    elif isinstance(held, Array):
        watch[key] = _read_array(add_entry(held.as_string(), _render(item, condition)), newline)
    else:
        _insert_key(watch, key, _read_array(f"[{_render(item, condition)}]", newline))


def _insert_key(watch: Any, key: str, array: Array) -> None:
    """Put a key behind the last one of its table, before the comments that lead on to the next table."""
    if not isinstance(watch, Table) or watch.is_super_table():
        if isinstance(watch, InlineTable):
            array.trivia.trail = ""
        watch[key] = array
        return
    keys = [held for held, value in watch.value.body if held is not None and not isinstance(value, Table | AoT)]
    body: Any = watch.value
    if not body.body:
        watch[key] = array
    elif not keys:
        body._insert_at(0, tomlkit.key(key), array)  # noqa: SLF001  tomlkit has no public way to choose the place
    elif keys[-1].is_dotted():
        watch[key] = array
    else:
        body._insert_after(keys[-1], tomlkit.key(key), array)  # noqa: SLF001  same


def _read_array(text: str, newline: str) -> Array:
    array: Any = tomlkit.parse(f"x = {text}\n")["x"]
    array.trivia.trail = newline
    found: Array = array
    return found


def _render(item: WatchItem, condition: str | None) -> str:
    """Return an entry as the default watchlist writes them."""
    if condition is None:
        return _quote(item.name)
    return f"{{name = {_quote(item.name)}, condition = {_quote(condition)}}}"


def _quote(text: str) -> str:
    is_literal = '"' in text and "'" not in text and text.isprintable()
    quoted: Item = tomlkit.string(text, literal=is_literal)
    return quoted.as_string()


def _delete(document: tomlkit.TOMLDocument, key: str, index: int) -> None:
    watch: Any = document["watch"]
    held = watch[key]
    if isinstance(held, AoT):
        del held[index]
        if not held:
            del watch[key]
    else:
        watch[key] = _read_array(remove_entry(held.as_string(), index), held.trivia.trail)


def _expect_entry(expected: dict[str, Any], item: WatchItem, condition: str | None) -> None:
    listed = expected.setdefault("watch", {}).setdefault(_KEYS[item.kind], [])
    listed.append(item.name if condition is None else {"name": item.name, "condition": condition})


def _finish(
    text: str, expected: Mapping[str, Any], changes: Iterable[Change], vocabulary: Vocabulary, file_name: str
) -> Edit:
    """Accept a new text only if it says exactly what was meant and can be used as a whole."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _refuse(file_name) from error
    if _normalise(said) != _normalise(expected):
        raise _refuse(file_name)
    settings = parse_settings(text.encode(), file_name)
    items = build_watch_items(settings.watch, vocabulary, file_name)
    return Edit(text, settings, items, tuple(changes))


def _normalise(tables: Mapping[str, Any]) -> dict[str, Any]:
    """An empty list says what none says; an entry that is a name says what a table of that name alone says."""
    watch = {
        key: [{"name": one} if isinstance(one, str) else one for one in value] if isinstance(value, list) else value
        for key, value in tables.get("watch", {}).items()
        if value != []
    }
    return {**tables, "watch": watch}


def read_text(file: Path) -> str:
    """Return a watchlist's text, its line ends as they are.

    Raises:
        ConfigurationError: it cannot be read, or is not UTF-8.
    """
    try:
        return read_watchlist(file).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file.name}: {error}", "it must be TOML in UTF-8") from error


def write_text(file: Path, before: str, after: str) -> None:
    """Replace a watchlist whole, keeping its mode; of a link, the file it leads to.

    Raises:
        ConfigurationError: it may not be written to, or it is no longer the text that was read; it is as it was.
    """
    target = file.resolve()
    if read_text(target) != before:
        raise ConfigurationError(f"{file} was changed by someone else meanwhile", "try again")
    fresh = target.with_name(f".{target.name}.fresh")
    try:
        mode = stat.S_IMODE(target.stat().st_mode)
        if not mode & 0o222 or not os.access(target, os.W_OK):
            raise ConfigurationError(f"cannot write {file}: it is read-only", f"chmod u+w {file}, or edit another copy")
        try:
            with fresh.open("wb") as copy:
                copy.write(after.encode("utf-8"))
                copy.flush()
                os.fsync(copy.fileno())
            fresh.chmod(mode)
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"cannot write {file}: {error.strerror}", "its folder must be writable and have room"
        ) from error
