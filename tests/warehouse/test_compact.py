"""Rewriting a grown file loses nothing, keeps what is published readable, and happens only when the file has grown."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from models.errors import WarehouseError
from tests.warehouse.rows import NOW, open_store, put_version, query
from warehouse import compact as compacting
from warehouse.compact import compact, has_grown

LATER = NOW + dt.timedelta(days=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A working file with the versions of two trials, learnt in turns."""
    with open_store(tmp_path) as store:
        for night in range(20):
            for nct_id in ("NCT99000102", "NCT99000101"):
                put_version(store, "RECRUITING", NOW.date(), NOW.date(), nct_id=nct_id, payload=f'"{night}"')
        store.checkpoint()
    return tmp_path / "working.duckdb"


def read_all(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    with open_store(folder) as store:
        tables = [row[0] for row in query(store, "SELECT table_name FROM duckdb_tables() ORDER BY 1")]
        return {name: sorted(query(store, f"FROM {name}"), key=repr) for name in tables if name != "compaction"}


def test_every_row_of_every_table_stays(tmp_path: Path, file: Path) -> None:
    before = read_all(tmp_path)
    compact(file, LATER)
    assert read_all(tmp_path) == before
    assert len(before["trial_version_log"]) == 40


def test_rows_of_one_trial_lie_together_in_the_order_they_were_learnt(tmp_path: Path, file: Path) -> None:
    compact(file, LATER)
    with open_store(tmp_path) as store:
        rows = query(store, "SELECT nct_id, learnt_no FROM trial_version_log ORDER BY rowid")
    assert rows == sorted(rows)


def test_a_file_is_rewritten_only_when_it_has_grown(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compacting, "SMALLEST", 0)
    with open_store(tmp_path) as store:
        assert [has_grown(store, file, NOW), has_grown(store, file, NOW)] == [False, False]
        for _ in range(30):
            put_version(store, "RECRUITING", NOW.date(), NOW.date(), payload=f'"{os.urandom(40_000).hex()}"')
        store.checkpoint()
        assert has_grown(store, file, LATER)
    compact(file, LATER)
    with open_store(tmp_path) as store:
        assert not has_grown(store, file, LATER)
        assert [row[0] for row in query(store, "SELECT compacted_at FROM compaction ORDER BY 1")] == [NOW, LATER]


def test_the_new_file_has_the_storage_that_older_clients_open(tmp_path: Path, file: Path) -> None:
    compact(file, LATER)
    with open_store(tmp_path) as store:
        databases = "FROM duckdb_databases() WHERE database_name = current_database()"
        rows = query(store, f"SELECT tags['storage_version'] {databases}")
    assert rows[0][0].startswith("v1.5.0")


def test_a_rewriting_that_fails_leaves_the_old_file(tmp_path: Path, file: Path) -> None:
    before = file.read_bytes()
    (tmp_path / f".{file.name}.compacting").mkdir()
    with pytest.raises(WarehouseError, match="cannot rewrite"):
        compact(file, LATER)
    assert file.read_bytes() == before
