"""The registry's OpenAPI file as a list of the study record's fields; reads the plain YAML that file is written in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_LINE = re.compile(r"(?P<indent> *)(?P<item>- )?(?:(?P<key>[$\w]+):(?: |$))?(?P<value>.*)")


def list_leaves(text: str) -> dict[str, list[str]]:
    """Return every leaf path of a study (dotted, no list places) with the values of its closed list, if it has one."""
    schemas = read_schemas(text)
    return dict(_walk(schemas, schemas["Study"], ""))


def read_schemas(text: str) -> dict[str, Any]:
    """Return `components.schemas`: keys to scalars, objects, and lists of scalars."""
    root: dict[str, Any] = {}
    open_ones: list[tuple[int, Any]] = [(-1, root)]
    block = text.partition("\n  schemas:\n")[2]
    for line in re.sub(r"\\\n\s*\\?", "", block).splitlines():
        found = _LINE.fullmatch(line)
        assert found, line
        indent = len(found["indent"])
        if indent < 4:
            break
        while open_ones[-1][0] >= indent + bool(found["item"]):
            open_ones.pop()
        holder, key, value = open_ones[-1][1], found["key"], found["value"]
        if found["item"]:
            holder.setdefault("-", []).append(_scalar(value))
        elif value:
            holder[key] = _scalar(value)
        else:
            holder[key] = {}
            open_ones.append((indent, holder[key]))
    return root


def _scalar(text: str) -> Any:
    return json.loads(text) if text.startswith('"') else text


def _walk(schemas: dict[str, Any], node: dict[str, Any], path: str) -> Iterator[tuple[str, list[str]]]:
    if "$ref" in node:
        yield from _walk(schemas, schemas[node["$ref"].rpartition("/")[2]], path)
    elif node["type"] == "array":
        yield from _walk(schemas, node["items"], path)
    elif "properties" in node:
        for name, below in node["properties"].items():
            yield from _walk(schemas, below, f"{path}.{name}".lstrip("."))
    else:
        yield path, node.get("enum", {}).get("-", [])
