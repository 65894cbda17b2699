"""Text edits inside one TOML array, as its author laid it out. Pure; it knows nothing of what the entries mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

# Strings of all four kinds, comments, brackets, commas, white space, and whatever else stands bare.
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\])*"|\'[^\']*\'|#[^\n]*|[\[\]{},]|\s+|[^\s\[\]{},#"\']+',
    re.DOTALL,
)
_INDENT = "    "
_COMMENT_TO_LINE_END = re.compile(r"[ \t]*#[^\n]*")
_REST_OF_LINE = re.compile(r"[ \t]*(#[^\n]*)?\n")


class _Entry(msgspec.Struct):
    """Where one entry stands in the array's text; `stop` is behind its comma, or `end` where it has none."""

    start: int
    end: int
    stop: int


def add_entry(array: str, entry: str) -> str:
    """Return the text of an array with one more entry, last; on a line of its own if the array has several lines."""
    entries = list(_find_entries(array))
    last = entries[-1] if entries else None
    close = len(array) - 1
    if "\n" not in array:
        if last is None:
            return f"[{entry}]"
        comma = "" if last.stop == last.end else ","
        return f"{array[: last.end]}, {entry}{comma}{array[last.stop :]}"
    content = len(array[:close].rstrip())
    newline = "\r\n" if "\r\n" in array else "\n"
    if last is None:
        return f"{array[:content]}{newline}{_INDENT}{entry},{array[content:]}"
    if last.stop == last.end:
        head = f"{array[: last.end]},{array[last.end : content]}"
        return f"{head}{newline}{_find_indent(array, last)}{entry}{array[content:]}"
    return f"{array[:content]}{newline}{_find_indent(array, last)}{entry},{array[content:]}"


def remove_entry(array: str, index: int) -> str:
    """Return the text of an array without one entry and the comment that stands behind it on its line."""
    entries = list(_find_entries(array))
    entry = entries[index]
    line = array.rfind("\n", 0, entry.start) + 1
    stands_first = line > 0 and not array[line : entry.start].strip()
    rest = _REST_OF_LINE.match(array, entry.stop)
    if stands_first and rest:
        return array[:line] + array[rest.end() :]
    if len(entries) == 1:
        return _join(array[: entry.start], array[entry.stop :])
    if index == len(entries) - 1:
        before = entries[index - 1]
        at = before.end if entry.stop == entry.end else before.stop
        if "#" in array[at : entry.start]:
            return array[: entry.start].rstrip(" \t") + array[entry.stop :]
        return array[:at] + array[entry.stop :]
    after = array[entry.stop : entries[index + 1].start]
    # Alone on the array's first line, a comment behind it is its own; else it may speak of its neighbours too.
    own = _COMMENT_TO_LINE_END.match(after) if index == 0 else None
    kept = after[own.end() :] if own else after if "#" in after else ""
    return array[: entry.start] + kept + array[entries[index + 1].start :]


def _join(before: str, after: str) -> str:
    return "[]" if not (before[1:] + after[:-1]).strip() else before + after


def _find_indent(array: str, entry: _Entry) -> str:
    line = array.rfind("\n", 0, entry.start) + 1
    found: Any = re.match(r"[ \t]*", array[line:])
    return found[0] if line else _INDENT


def _find_entries(array: str) -> Iterator[_Entry]:
    """Yield the entries of a well-formed array in order."""
    depth, open_entry = 0, None
    for token in _TOKEN.finditer(array):
        text = token[0]
        is_content = text != "," and not text.isspace() and not text.startswith("#")
        if depth == 1 and text == ",":
            if open_entry:
                open_entry.stop = token.end()
                yield open_entry
            open_entry = None
        elif is_content and depth >= 1 and not (depth == 1 and text == "]"):
            if open_entry is None:
                open_entry = _Entry(token.start(), token.end(), token.end())
            open_entry.end = open_entry.stop = token.end()
        depth += (text in {"[", "{"}) - (text in {"]", "}"})
    if open_entry:
        yield open_entry
