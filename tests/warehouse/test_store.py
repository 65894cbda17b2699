"""The working file: its format, its migrations, its transactions, and the shape of every table."""

from __future__ import annotations

import datetime as dt
import gc
import random
import subprocess
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

import warehouse.migrate
from etl import article_schemas, child_schemas, ledger_schemas, link_schemas, review_schemas, schemas
from etl.child_schemas import TRIAL_REFERENCE
from models.errors import DamagedFileError, WarehouseError
from tests.warehouse.rows import NOW, open_store, put, query, row
from warehouse.migrate import migrate
from warehouse.sql import list_sql, read_sql
from warehouse.store import Store

# Tables whose rows are written by statements, not from frames.
LEDGER = {
    "run",
    "run_step",
    "run_period",
    "vocabulary",
    "digest",
    "recipient",
    "schema_version",
    "compaction",
    "trial_article_log",
    "article_rank_log",
}
# Columns that a statement fills once the rows are there.
FILLED = {
    "trial_version_log": {
        "version_no", "valid_from", "valid_to", "valid_from_basis", "is_status_start", "status_valid_to",
        "is_start_known",
    },
}  # fmt: skip
RENAMED = {
    "trial_version": "trial_version_log",
    "trial_change": "trial_change_log",
    "trial_edit": "trial_edit_log",
}
FRAMES: dict[str, pl.Schema] = {
    RENAMED.get(name.lower(), name.lower()): schema
    for module in (article_schemas, child_schemas, ledger_schemas, link_schemas, review_schemas, schemas)
    for name, schema in vars(module).items()
    if isinstance(schema, pl.Schema)
}
RUN = {"period": "2026-02-10", "job": "nightly", "clock": NOW, "vocabulary_version": "v", "software_version": "0"}


@pytest.fixture(scope="module")
def fresh_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(tmp_path_factory.mktemp("fresh")) as store:
        yield store


STORAGE = "SELECT tags['storage_version'] FROM duckdb_databases() WHERE database_name = current_database()"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "working.duckdb"


def test_rows_are_grouped_so_that_the_payloads_of_a_group_fit_into_memory(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        query(store, "CREATE TABLE many AS SELECT range FROM range(40_000)")
        store.checkpoint()
    with open_store(tmp_path) as store:
        query(store, "INSERT INTO many FROM range(40_000)")
        store.checkpoint()
        rows = "SELECT sum(count) FROM pragma_storage_info('many') WHERE segment_type = 'BIGINT'"
        groups = query(store, f"{rows} GROUP BY row_group_id ORDER BY row_group_id")
    assert groups == 2 * ([(4_096,)] * 9 + [(40_000 - 9 * 4_096,)])


def test_a_new_file_has_the_storage_that_older_clients_open(tmp_path: Path, path: Path) -> None:
    with open_store(tmp_path) as store:
        rows = query(store, STORAGE)
        assert rows[0][0].startswith("v1.5.0")
        store.checkpoint()
    with open_store(tmp_path) as store:
        rows = query(store, STORAGE)
        assert rows[0][0].startswith("v1.5.0")


def test_every_migration_has_its_ledger_row_with_the_clock(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        rows = query(store, "SELECT version, name, applied_at FROM schema_version ORDER BY version")
    names = list(list_sql("migrations"))
    assert rows == [(int(name[:4]), name, NOW) for name in names]


def test_opening_again_applies_nothing_and_keeps_everything(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.run("open_run", run_id=1, **RUN)
        before = query(store, "FROM schema_version")
    with Store.open(tmp_path / "working.duckdb", NOW + dt.timedelta(days=9)) as store:
        assert query(store, "FROM schema_version") == before
        assert query(store, "SELECT run_id FROM run") == [(1,)]


def test_a_file_of_a_newer_release_is_refused_and_left_as_it_is(tmp_path: Path, path: Path) -> None:
    with open_store(tmp_path) as store:
        query(store, "INSERT INTO schema_version VALUES (999, '0999_later', 'x', now()::TIMESTAMP)")
        store.checkpoint()
    before = path.read_bytes()
    with pytest.raises(WarehouseError, match="schema 999") as caught:
        open_store(tmp_path)
    assert "release" in caught.value.hint
    del caught
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("FROM schema_version")
    assert path.read_bytes() == before


def test_a_refused_file_is_not_kept_open(tmp_path: Path, path: Path) -> None:
    with open_store(tmp_path) as store:
        query(store, "INSERT INTO schema_version VALUES (999, '0999_later', 'x', now()::TIMESTAMP)")
    with pytest.raises(WarehouseError) as caught:
        open_store(tmp_path)
    # While the error is still being told, another reader must get in.
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("FROM schema_version")
    assert caught.value.exit_code == 1


def test_a_migration_whose_text_changed_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_store(tmp_path):
        pass

    def read_changed(folder: str, name: str) -> str:
        return read_sql(folder, name) + ("-- changed\n" if folder == "migrations" else "")

    monkeypatch.setattr(warehouse.migrate, "read_sql", read_changed)
    with pytest.raises(WarehouseError, match="0001_foundation is not the one this warehouse was made with"):
        open_store(tmp_path)


def test_a_migration_that_fails_leaves_neither_its_tables_nor_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"migrations": ["0001_good", "0002_bad"], "views": [], "comments": []}
    texts = {"0001_good": "CREATE TABLE good (x INTEGER)", "0002_bad": "CREATE TABLE half (x INTEGER); SELECT nonsense"}
    monkeypatch.setattr(warehouse.migrate, "list_sql", lambda folder: iter(names[folder]))
    monkeypatch.setattr(warehouse.migrate, "read_sql", lambda _, name: texts[name])
    with duckdb.connect() as connection:
        with pytest.raises(duckdb.Error):
            migrate(connection, NOW)
        assert connection.execute("SELECT version FROM schema_version").fetchall() == [(1,)]
        assert connection.execute("SELECT table_name FROM duckdb_tables() WHERE table_name = 'half'").fetchall() == []
        texts["0002_bad"] = "CREATE TABLE half (x INTEGER)"
        assert migrate(connection, NOW) == 2


def test_a_file_that_is_no_database_is_a_warehouse_error(path: Path, tmp_path: Path) -> None:
    path.write_bytes(b"not a database " * 1000)
    with pytest.raises(DamagedFileError, match=r"is damaged: .*not a valid DuckDB"):
        open_store(tmp_path)


def test_a_log_of_changes_that_is_damaged_in_its_middle_is_damage(path: Path, tmp_path: Path) -> None:
    with open_store(tmp_path):
        pass
    write = f"""import duckdb, os
connection = duckdb.connect({str(path)!r})
connection.execute("CREATE TABLE said (words VARCHAR)")
for number in range(9):
    connection.execute("INSERT INTO said VALUES (?)", [f"what was said at {{number}}"])
os._exit(1)"""
    subprocess.run([sys.executable, "-c", write], check=False)
    log = path.with_name(f"{path.name}.wal")
    text = log.read_bytes()
    assert text.count(b"what was said at 4") == 1
    log.write_bytes(text.replace(b"what was said at 4", b"what was paid at 4"))
    with pytest.raises(DamagedFileError, match="Corrupt WAL file"):
        open_store(tmp_path)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failed_transaction_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    def fail(store: Store) -> None:
        with store.transaction():
            store.run("open_run", run_id=1, **RUN)
            raise error

    with open_store(tmp_path) as store:
        with pytest.raises(error):
            fail(store)
        with store.transaction():
            store.run("open_run", run_id=2, **RUN)
        assert query(store, "SELECT run_id FROM run") == [(2,)]


def test_a_statement_that_fails_takes_its_transaction_with_it(tmp_path: Path) -> None:
    def fail(store: Store) -> None:
        with store.transaction():
            store.run("open_run", run_id=1, **RUN)
            query(store, "SELECT nonsense")

    with open_store(tmp_path) as store:
        with pytest.raises(duckdb.Error):
            fail(store)
        assert query(store, "SELECT run_id FROM run") == []


def test_frames_go_in_by_column_name_whatever_their_order(tmp_path: Path) -> None:
    frame = schemas.build_frame([row(TRIAL_REFERENCE, nct_id="a", pmid="b", reference_type="c")], TRIAL_REFERENCE)
    with open_store(tmp_path) as store:
        store.append("trial_reference", frame.select(reversed(frame.columns)))
        assert query(store, "SELECT nct_id, pmid, reference_type FROM trial_reference") == [("a", "b", "c")]


@pytest.mark.parametrize("frame", [pl.DataFrame({"nct_id": ["a"], "nonsense": ["b"]}), pl.DataFrame({"nct_id": ["a"]})])
def test_a_frame_of_another_shape_is_refused(tmp_path: Path, frame: pl.DataFrame) -> None:
    with open_store(tmp_path) as store:
        with pytest.raises(duckdb.Error):
            store.append("trial_reference", frame)
        assert query(store, "FROM trial_reference") == []


def test_replace_puts_rows_in_the_place_of_those_with_the_same_key(tmp_path: Path) -> None:
    schema = TRIAL_REFERENCE
    with open_store(tmp_path) as store:
        put(store, "trial_reference", schema, {"nct_id": "a", "pmid": "1"}, {"nct_id": "b", "pmid": "2"})
        store.replace("trial_reference", schemas.build_frame([row(schema, nct_id="a", pmid="3")], schema), "nct_id")
        store.replace("trial_reference", schemas.build_frame([], schema), "nct_id")
        assert query(store, "SELECT nct_id, pmid FROM trial_reference ORDER BY 1") == [("a", "3"), ("b", "2")]
        store.refill("trial_reference", schemas.build_frame([], schema))
        assert query(store, "FROM trial_reference") == []


def test_every_table_is_a_frames_or_the_ledgers(fresh_store: Store) -> None:
    tables = {name for (name,) in query(fresh_store, "SELECT table_name FROM duckdb_tables()")}
    assert tables == FRAMES.keys() | LEDGER


@pytest.mark.parametrize("table", FRAMES)
def test_a_frames_columns_and_types_are_the_tables(fresh_store: Store, table: str) -> None:
    held = fresh_store._connection.sql(f"FROM {table} LIMIT 0").pl()  # noqa: SLF001
    stated = {name: kind for name, kind, *_ in query(fresh_store, f"DESCRIBE {table}")}
    declared = FRAMES[table]
    assert set(held.columns) == set(declared.names()) | FILLED.get(table, set())
    for name, kind in declared.items():
        assert (pl.String if stated[name] == "JSON" else held.schema[name]) == kind, name


@pytest.mark.parametrize("table", FRAMES)
def test_a_row_of_plain_values_goes_in_and_comes_out_the_same(fresh_store: Store, table: str) -> None:
    values = row(FRAMES[table], **{name: "{}" for name in ("payload", "detail", "evidence") if name in FRAMES[table]})
    put(fresh_store, table, FRAMES[table], values)
    held = fresh_store._connection.sql(f"FROM {table}").pl().drop(FILLED.get(table, ())).to_dicts()  # noqa: SLF001
    query(fresh_store, f"DELETE FROM {table}")
    assert held == [values]


def test_every_statement_view_and_check_says_what_it_is_for() -> None:
    for folder in ("migrations", "statements", "views", "checks"):
        for name in list_sql(folder):
            assert read_sql(folder, name).startswith("-- "), f"{folder}/{name}"


@pytest.mark.parametrize("rows", [[{"nct_id": "a"}], [{"nct_id": "a", "pmid": "b", "reference_type": None, "x": 1}]])
def test_a_row_of_another_shape_is_refused_before_it_is_a_frame(rows: list[dict[str, object]]) -> None:
    with pytest.raises(ValueError, match="columns differ"):
        schemas.build_frame(rows, TRIAL_REFERENCE)


def test_a_transaction_begun_again_forgets_what_it_had_done_and_keeps_what_it_does(tmp_path: Path) -> None:
    frame = pl.DataFrame({"version": ["a"], "loaded_at": [NOW]})
    with open_store(tmp_path) as store:
        with store.transaction():
            store.append("vocabulary", frame)
            store.begin_again()
            store.append("vocabulary", frame.with_columns(version=pl.lit("b")))
        with pytest.raises(duckdb.Error), store.transaction():  # noqa: PT012  the end of a transaction is the subject
            store.begin_again()
            store.append("vocabulary", frame.with_columns(version=pl.lit("c")))
            store.append("no such table", frame)
        assert query(store, "SELECT version FROM vocabulary") == [("b",)]


def test_what_was_written_is_not_held_until_the_transaction_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[weakref.ref[object]] = []
    to_arrow = pl.DataFrame.to_arrow

    def note(frame: pl.DataFrame, **form: Any) -> object:
        table = to_arrow(frame, **form)
        handed.append(weakref.ref(table))
        return table

    monkeypatch.setattr(pl.DataFrame, "to_arrow", note)
    with open_store(tmp_path) as store, store.transaction():
        for name in "abc":
            store.append("vocabulary", pl.DataFrame({"version": [name], "loaded_at": [NOW]}))
        store.remove("vocabulary", ["a"], "version")
        gc.collect()
        assert [one() for one in handed] == [None] * 4
        assert query(store, "SELECT version FROM vocabulary ORDER BY ALL") == [("b",), ("c",)]


def test_what_a_few_parts_of_an_import_hold_waits_in_the_log(path: Path) -> None:
    with open_store(path.parent) as store:
        store.checkpoint()
        size = path.stat().st_size
        for part in range(2):
            with store.transaction():
                payload = f'"{random.Random(part).randbytes(10 << 20).hex()}"'  # none can be packed
                put(store, "trial_version_log", schemas.TRIAL_VERSION, {"version_id": f"v{part}", "payload": payload})
        assert path.stat().st_size == size
    assert path.stat().st_size > size
