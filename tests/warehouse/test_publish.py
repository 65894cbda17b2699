"""Publishing: readers keep what they have, new readers get the new file, and a failure changes nothing."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import duckdb
import pytest

from models.errors import WarehouseError
from tests.warehouse.rows import NOW, open_store, query
from warehouse import publish as publishing
from warehouse.publish import publish
from warehouse.reader import connect, query_rows
from warehouse.store import Store

COUNT = "SELECT count(*) FROM vocabulary"


def write(working: Path, published: Path, version: str) -> None:
    """Add one vocabulary row to the working file and publish it."""
    with Store.open(working, NOW) as store:
        store.run("add_vocabulary", version=version, clock=NOW, content="{}")
        store.checkpoint()
    publish(working, published)


@pytest.fixture
def working(tmp_path: Path) -> Path:
    return tmp_path / "working.duckdb"


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return tmp_path / "warehouse.duckdb"


def test_what_was_committed_is_what_people_query(working: Path, published: Path) -> None:
    write(working, published, "a")
    assert query_rows(published, "SELECT version FROM vocabulary")[1] == [("a",)]


def test_readers_keep_the_old_file_while_the_new_one_takes_its_place(working: Path, published: Path) -> None:
    write(working, published, "a")
    with connect(published) as reader:
        write(working, published, "b")
        assert reader.execute(COUNT).fetchall() == [(1,)]
    assert query_rows(published, COUNT)[1] == [(2,)]


def test_the_published_file_can_be_read_and_not_written(working: Path, published: Path) -> None:
    for version in ("a", "b"):
        write(working, published, version)
        assert stat.S_IMODE(published.stat().st_mode) == 0o444
    assert stat.S_IMODE(working.stat().st_mode) & stat.S_IWUSR


def test_a_published_file_has_the_storage_that_older_clients_open(working: Path, published: Path) -> None:
    write(working, published, "a")
    rows = query_rows(published, "SELECT tags['storage_version'] FROM duckdb_databases() WHERE NOT internal")[1]
    assert rows[0][0].startswith("v1.5.0")


@pytest.mark.parametrize("copied", [b"", b"no database", None])
def test_a_copy_that_cannot_be_read_back_leaves_the_old_file(
    working: Path, published: Path, copied: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(working, published, "a")
    before = published.read_bytes()

    def spoil(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:20_000] if copied is None else copied)

    monkeypatch.setattr(publishing, "copy_file", spoil)
    with pytest.raises(WarehouseError, match="cannot be read back"):
        publish(working, published)
    assert published.read_bytes() == before
    assert sorted(path.name for path in published.parent.iterdir()) == ["warehouse.duckdb", "working.duckdb"]


def test_a_disk_that_fills_up_leaves_the_old_file_and_says_so(
    working: Path, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(working, published, "a")
    before = published.read_bytes()

    def fill(_: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publishing, "copy_file", fill)
    with pytest.raises((WarehouseError, OSError)) as caught:
        publish(working, published)
    assert published.read_bytes() == before
    assert sorted(path.name for path in published.parent.iterdir()) == ["warehouse.duckdb", "working.duckdb"]
    assert isinstance(caught.value, WarehouseError)


def test_what_a_killed_publication_left_is_in_nobodys_way(working: Path, published: Path) -> None:
    write(working, published, "a")
    left = published.with_name(".warehouse.duckdb.fresh")
    left.write_bytes(b"half")
    left.chmod(0o444)
    write(working, published, "b")
    assert not left.exists()
    assert query_rows(published, COUNT)[1] == [(2,)]


def test_the_swap_is_one_rename_after_the_copy_was_written_out(
    working: Path, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(working, published, "a")
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def note_fsync(descriptor: int) -> None:
        steps.append("fsync")
        fsync(descriptor)

    def note_replace(path: Path, target: Path) -> Path:
        steps.append("replace")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(Path, "replace", note_replace)
    publish(working, published)
    assert steps == ["fsync", "replace", "fsync"]


def test_a_run_killed_before_it_published_changes_nothing_a_reader_sees(tmp_path: Path, published: Path) -> None:
    write(tmp_path / "working.duckdb", published, "a")
    with open_store(tmp_path) as store:
        query(store, "DELETE FROM vocabulary")
        assert query_rows(published, COUNT)[1] == [(1,)]


def test_a_published_file_holds_views_that_work_for_a_plain_client(working: Path, published: Path) -> None:
    write(working, published, "a")
    with duckdb.connect(str(published), read_only=True) as connection:
        views = connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
        assert len(views) >= 6
        for (view,) in views:
            connection.execute(f"FROM {view}").fetchall()
