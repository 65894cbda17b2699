"""Reading the published file: read-only in fact, and blind to every other file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from models.errors import QueryError, WarehouseError
from tests.warehouse.rows import NOW, open_store
from warehouse.publish import publish
from warehouse.reader import connect, query_records, query_rows


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    with open_store(folder) as store:
        store.run("add_vocabulary", version="v1", clock=NOW, content="{}")
        store.checkpoint()
    publish(folder / "working.duckdb", folder / "warehouse.duckdb")
    (folder / "secret.csv").write_text("secret,1\n", "utf-8")
    return folder / "warehouse.duckdb"


@pytest.mark.parametrize(
    "query",
    [
        "FROM read_text('{folder}/secret.csv')",
        "FROM read_csv('{folder}/secret.csv')",
        "FROM read_blob('{folder}/*')",
        "FROM '{folder}/secret.csv'",
        "FROM glob('{folder}/*')",
        "FROM sniff_csv('{folder}/secret.csv')",
        "ATTACH '{folder}/working.duckdb' AS other",
        "ATTACH ':memory:' AS other; CREATE TABLE other.x AS SELECT 1; COPY other.x TO '{folder}/out.csv'",
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "COPY vocabulary TO '{folder}/out.parquet'",
        "COPY vocabulary FROM '{folder}/secret.csv'",
        "EXPORT DATABASE '{folder}/out'",
        "IMPORT DATABASE '{folder}/out'",
        "INSTALL httpfs",
        "LOAD '{folder}/x.duckdb_extension'",
        "SET enable_external_access = true",
        "SET GLOBAL lock_configuration = false",
        "RESET enable_external_access",
        "PRAGMA enable_external_access = true",
        "SET threads = 1",
        "CREATE TABLE x AS SELECT 1",
        "CREATE OR REPLACE VIEW trial AS SELECT 1",
        "INSERT INTO vocabulary VALUES ('v2', now()::TIMESTAMP)",
        "UPDATE vocabulary SET version = 'v2'",
        "DELETE FROM vocabulary",
        "DROP TABLE vocabulary",
        "SELECT 1; DELETE FROM vocabulary",
        "FROM 'https://127.0.0.1/x.csv'",
        "FROM read_csv('/etc/passwd')",
        "FROM read_json('http://127.0.0.1:1/x')",
        "FROM parquet_metadata('/etc/passwd')",
        "FROM read_duckdb('{folder}/working.duckdb')",
        "SELECT getenv('HOME')",
        "FROM duckdb_secrets()",
        "CREATE SECRET s (TYPE http)",
        "COPY (SELECT 1) TO '{folder}/warehouse.duckdb'",
        "COPY (SELECT 1) TO '{folder}/warehouse.duckdb.wal'",
        "COPY (SELECT 1) TO '{folder}/warehouse.duckdb.tmp/x.csv'",
        "COPY (SELECT 1) TO '/dev/stdout'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{folder}/warehouse.duckdb.wal'",
        "EXPLAIN ANALYZE /* */ COPY (SELECT 1) TO '{folder}/warehouse.duckdb.wal'",
        "/* */ EXPLAIN ANALYZE COPY (SELECT 1) TO '{folder}/warehouse.duckdb.wal'",
        "EXPLAIN (ANALYZE) COPY (SELECT 1) TO '{folder}/warehouse.duckdb.wal'",
        "PREPARE v AS COPY (SELECT 1) TO '{folder}/warehouse.duckdb.wal'; EXECUTE v",
        "FROM query('COPY (SELECT 1) TO ''{folder}/warehouse.duckdb.wal''')",
        "SET VARIABLE x = 1",
        "PRAGMA enable_profiling = 'json'",
        "SET log_query_path = '{folder}/log'",
        "CALL enable_logging(storage = 'file', storage_path = '{folder}')",
        "PRAGMA import_database('{folder}')",
        "CREATE TEMP TABLE x AS SELECT 1",
        "CHECKPOINT",
        "VACUUM",
        "USE memory",
        "LOAD httpfs",
    ],
)
def test_a_query_can_neither_write_nor_leave_the_file(published: Path, query: str) -> None:
    folder = published.parent
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises(QueryError):
        query_rows(published, query.format(folder=folder))
    assert sorted(path.name for path in folder.iterdir()) == before
    assert query_rows(published, "SELECT version FROM vocabulary")[1] == [("v1",)]


@pytest.mark.parametrize(
    "query",
    [
        "FROM vocabulary",
        "VALUES (1)",
        "WITH one AS (SELECT 1) FROM one",
        "DESCRIBE vocabulary",
        "SUMMARIZE vocabulary",
        "SHOW TABLES",
        "EXPLAIN FROM vocabulary",
        "explain analyze SELECT version FROM vocabulary",
        "-- of what it is tagged with\nFROM vocabulary",
        "FROM pragma_table_info('vocabulary')",
    ],
)
def test_what_reads_is_answered(published: Path, query: str) -> None:
    assert query_rows(published, query)[1]


def test_a_python_variable_is_no_table(published: Path) -> None:
    import polars as pl  # noqa: PLC0415

    frame = pl.DataFrame({"a": [1]})
    assert frame.height == 1
    with pytest.raises(QueryError):
        query_rows(published, "FROM frame")


def test_columns_and_rows_come_back(published: Path) -> None:
    names, rows = query_rows(published, "SELECT version, loaded_at FROM vocabulary")
    assert (names, rows) == (["version", "loaded_at"], [("v1", NOW)])
    assert isinstance(rows[0][1], dt.datetime)


def test_a_value_goes_in_as_a_parameter_and_never_as_text(published: Path) -> None:
    rows = query_rows(published, "SELECT $x AS x", {"x": "'; DROP TABLE vocabulary; --"})[1]
    assert rows == [("'; DROP TABLE vocabulary; --",)]


def test_several_queries_come_back_as_records_by_name(published: Path) -> None:
    queries = {
        "one": "SELECT $x AS x",
        "two": "SELECT version, $x AS x FROM vocabulary",
        "none": "SELECT $x AS x WHERE false",
    }
    assert query_records(published, queries, {"x": 7}) == {
        "one": [{"x": 7}],
        "two": [{"version": "v1", "x": 7}],
        "none": [],
    }
    with pytest.raises(QueryError, match="nowhere"):
        query_records(published, {"one": "SELECT 1", "two": "FROM nowhere"}, {})


@pytest.mark.parametrize(
    "query", ["", ";", "-- nothing", "SELEC 1", "FROM nowhere", "SELECT $x", "SELECT 1/0::INT FROM"]
)
def test_a_query_that_cannot_run_is_the_users_error_with_a_hint(published: Path, query: str) -> None:
    with pytest.raises(QueryError) as caught:
        query_rows(published, query)
    assert caught.value.exit_code == 2
    assert "docs/sql.md" in caught.value.hint


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError) as caught:
        query_rows(tmp_path / "warehouse.duckdb", "SELECT 1")
    assert "there is no warehouse at" in caught.value.message
    assert "trialwatch run" in caught.value.hint
    assert not (tmp_path / "warehouse.duckdb").exists()


@pytest.mark.parametrize("content", [b"", b"no database at all " * 500])
def test_a_file_that_is_no_database_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(content)
    with pytest.raises(WarehouseError, match="is damaged"):
        connect(path).close()


def test_a_folder_where_the_file_belongs_says_so(tmp_path: Path) -> None:
    (tmp_path / "warehouse.duckdb").mkdir()
    with pytest.raises(WarehouseError, match="cannot open"):
        connect(tmp_path / "warehouse.duckdb").close()
