"""A hash of the program's own rules for tagging and linking: what a release changes of them is tagged anew."""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib.resources
from collections.abc import Iterator
from importlib.resources.abc import Traversable

# What decides which mentions a text has, and which links follow. Names of things are no rules: the vocabulary has a
# version of its own.
_PARTS = (
    ("etl", "tagging"),
    ("etl", "linking.py"),
    ("models", "mention.py"),
    ("models", "vocabulary", "__init__.py"),
)


@functools.cache
def find_rules_version() -> str:
    """Return the hash. Comments, docstrings and layout do not count; another Python does, it may know other letters."""
    digest = hashlib.blake2b(digest_size=8)
    for parts in _PARTS:
        for source in _find_sources(importlib.resources.files(parts[0]).joinpath(*parts[1:])):
            digest.update(describe_code(source).encode())
    return digest.hexdigest()


def describe_code(source: str) -> str:
    """Return what a module does, without comments, docstrings and layout."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and _has_docstring(node.body):
            node.body = node.body[1:]
    return ast.dump(tree)


def _has_docstring(body: list[ast.stmt]) -> bool:
    first = body[0] if body else None
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)


def _find_sources(place: Traversable) -> Iterator[str]:
    if place.is_file():
        yield place.read_text("utf-8")
        return
    for entry in sorted(place.iterdir(), key=lambda one: one.name):
        if entry.name.endswith(".py"):
            yield entry.read_text("utf-8")
