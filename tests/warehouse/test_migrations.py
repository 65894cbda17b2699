"""Files that earlier releases left are brought to the newest schema, and nothing in them is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.releases import find_release, list_versions, unpack
from tests.warehouse.rows import NOW, query
from warehouse.publish import publish
from warehouse.store import Store

# What a migration makes anew instead of carrying it over, by the first version that has it so.
MADE_ANEW = {"trial_reference": 5, "trial_article": 8, "trial_target": 10, "article_target": 10, "tagged_document": 10}
Rows = list[tuple[Any, ...]]


def read(path: Path) -> dict[str, tuple[list[str], Rows]]:
    """Return the columns and rows of every table of a closed file."""
    with duckdb.connect(str(path), read_only=True) as connection:
        held: dict[str, tuple[list[str], Rows]] = {}
        for (table,) in connection.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall():
            rows = connection.execute(f"FROM {table}")
            held[table] = ([column[0] for column in rows.description or []], rows.fetchall())
        return held


def choose(columns: list[str], rows: Rows, names: list[str]) -> list[list[Any]]:
    return [[row[columns.index(name)] for name in names] for row in rows]


def test_there_is_a_file_of_every_schema_version_before_the_newest() -> None:
    missing = [version for version in list_versions()[:-1] if not find_release(version).exists()]
    assert not missing, "python -m tests.warehouse.releases makes it"


@pytest.mark.parametrize("version", [version for version in list_versions() if find_release(version).exists()])
def test_a_file_of_an_earlier_release_is_brought_to_the_newest_schema_whole(version: int, tmp_path: Path) -> None:
    path = tmp_path / "working.duckdb"
    unpack(version, path)
    before = read(path)
    assert before["schema_version"][1][-1][0] == version
    with Store.open(path, NOW) as store:
        assert query(store, "SELECT version FROM schema_version ORDER BY 1") == [(one,) for one in list_versions()]
        assert [name for name, _ in store.find_failures()] == []
        for (view,) in query(store, "SELECT view_name FROM duckdb_views() WHERE NOT internal"):
            query(store, f"FROM {view}")
        store.checkpoint()
    after = read(path)
    filled = {name for name, (_, rows) in before.items() if rows}
    assert filled >= {"run", "trial_record", "trial_version_log", "article_record"}
    for table, (columns, rows) in before.items():
        if version < MADE_ANEW.get(table, 0):
            continue
        names = [name for name in columns if name in after[table][0]]
        kept, told = (choose(*one, names) for one in (after[table], (columns, rows)))
        assert kept[: len(told)] == told, table
    publish(path, tmp_path / "warehouse.duckdb")
