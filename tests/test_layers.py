"""Imports run one way: models, then extractors, etl and warehouse beside each other, then dags."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

ALLOWED = {
    "models": {"models"},
    "extractors": {"models", "extractors"},
    "etl": {"models", "etl"},
    "warehouse": {"models", "warehouse"},
    "dags": {"models", "extractors", "etl", "warehouse", "dags"},
}
# What a layer is for keeps these out of it.
FORBIDDEN = {
    "models": {"httpx", "duckdb", "polars", "spacy", "pathlib", "os", "time"},
    "extractors": {"polars", "duckdb", "spacy"},
    "etl": {"httpx", "duckdb", "urllib", "requests"},
    "warehouse": {"httpx", "spacy", "urllib"},
    "dags": set(),
}


def find_imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute here"
            yield node.module or ""


def list_modules(layer: str) -> list[Path]:
    return sorted((ROOT / layer).rglob("*.py"))


@pytest.mark.parametrize("layer", ALLOWED)
def test_a_layer_imports_only_those_below_it(layer: str) -> None:
    modules = list_modules(layer)
    assert modules
    for file in modules:
        for name in find_imports(file):
            top = name.partition(".")[0]
            assert top not in ALLOWED or top in ALLOWED[layer], f"{file.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize("layer", FORBIDDEN)
def test_a_layer_does_without_what_is_not_its_duty(layer: str) -> None:
    for file in list_modules(layer):
        tops = {name.partition(".")[0] for name in find_imports(file)}
        assert not tops & FORBIDDEN[layer], f"{file.relative_to(ROOT)} imports {tops & FORBIDDEN[layer]}"


def test_only_the_http_module_speaks_http() -> None:
    speakers = {
        str(file.relative_to(ROOT))
        for layer in ALLOWED
        for file in list_modules(layer)
        if "httpx.Client" in file.read_text()
    }
    assert speakers == {"extractors/http.py"}


@pytest.mark.parametrize("layer", ["etl", "models"])
def test_thought_has_no_clock(layer: str) -> None:
    for file in list_modules(layer):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in {"now", "utcnow", "today", "time", "monotonic"}, file


def test_sql_lives_in_sql_files() -> None:
    for layer in ("models", "extractors", "etl", "dags"):
        for file in list_modules(layer):
            if file.name == "demo.py":
                continue  # what it asks is a user's query, and is printed
            text = file.read_text("utf-8")
            assert "SELECT " not in text, f"{file.relative_to(ROOT)} holds SQL"
            assert "INSERT INTO" not in text, f"{file.relative_to(ROOT)} holds SQL"


def test_every_sql_file_says_what_it_is_for() -> None:
    files = sorted((ROOT / "warehouse").rglob("*.sql"))
    assert len(files) > 20
    for file in files:
        assert file.read_text("utf-8").startswith("-- "), file
