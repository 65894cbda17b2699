"""The answers of `sql`: named questions over the sample world, and every form they are written in."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from dags.asking import AnswerFormat, answer, read_question
from dags.console import write_rows
from models.errors import ConfigurationError, QueryError
from warehouse.named import NamedQuery, list_queries
from warehouse.reader import query_rows

TODAY = dt.date(2026, 2, 14)
TOLD = {"nct_id": "nct_id=NCT99000101", "record": "record=NCT99000101"}
# Of these the sample world has no case.
EMPTY = {"endpoints-changed-late"}


@pytest.fixture(scope="module")
def published(demo: Path) -> Path:
    return demo / "data" / "warehouse.duckdb"


@pytest.mark.parametrize("query", list(list_queries()), ids=lambda query: query.name)
def test_every_named_question_has_its_answer_in_the_sample_world(published: Path, query: NamedQuery) -> None:
    told = [TOLD[variable.name] for variable in query.variables if variable.is_needed]
    if query.name == "results-of-a-trial":
        told = ["nct_id=NCT99000110"]
    question = read_question(None, query.name, told, TODAY)
    names, rows = query_rows(published, question.sql, variables=question.values)
    assert len(set(names)) == len(names)
    assert bool(rows) == (query.name not in EMPTY)


def test_the_day_of_a_question_is_the_clock(published: Path) -> None:
    def count(today: dt.date) -> int:
        question = read_question(None, "stopped-this-year", [], today)
        return len(query_rows(published, question.sql, variables=question.values)[1])

    assert count(TODAY) == 2
    assert count(dt.date(2027, 1, 1)) == 0


def test_the_named_questions_need_no_more_than_what_any_client_has(published: Path) -> None:
    for query in list_queries():
        names, _ = query_rows(published, query.sql)
        assert names, query.name


@pytest.mark.parametrize(("name", "form"), [("a.csv", "csv"), ("a.json", "json"), ("a.tsv", "tsv"), ("a", "tsv")])
def test_the_form_of_a_file_is_that_of_its_ending(published: Path, tmp_path: Path, name: str, form: str) -> None:
    question = read_question("SELECT nct_id, has_results FROM trial ORDER BY 1 LIMIT 1", None, [], TODAY)
    answer(published, question, None, tmp_path / name)
    wanted = {
        "csv": "nct_id,has_results\nNCT99000101,false\n",
        "json": json.dumps({"nct_id": "NCT99000101", "has_results": False}) + "\n",
        "tsv": "nct_id\thas_results\nNCT99000101\tfalse\n",
    }
    assert (tmp_path / name).read_text("utf-8") == wanted[form]


def test_parquet_keeps_every_value_and_its_type(published: Path, tmp_path: Path) -> None:
    sql = "SELECT nct_id, phases, enrollment, start_date, has_results, first_seen_at, why_stopped FROM trial ORDER BY 1"
    answer(published, read_question(sql, None, [], TODAY), "parquet", tmp_path / "a.parquet")
    table = pyarrow.parquet.read_table(tmp_path / "a.parquet")
    names, rows = query_rows(published, sql)
    assert table.column_names == names
    assert [tuple(row.values()) for row in table.to_pylist()] == rows
    with pytest.raises(ConfigurationError, match="Parquet is no text"):
        answer(published, read_question(sql, None, [], TODAY), "parquet", None)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_place_that_cannot_be_written_is_named(published: Path, tmp_path: Path, form: AnswerFormat) -> None:
    place = tmp_path / "nowhere" / "a"
    with pytest.raises(ConfigurationError, match=r"cannot write .*nowhere"):
        answer(published, read_question("FROM trial", None, [], TODAY), form, place)


@pytest.mark.parametrize("cell", ["=1+2", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"])
def test_no_text_of_a_csv_is_a_formula_and_none_is_lost(cell: str) -> None:
    file = io.StringIO()
    write_rows(file, ["a", "b", "c"], [(cell, -5, -0.5)], "csv")
    assert list(csv.reader(io.StringIO(file.getvalue(), newline="")))[1] == [f"'{cell}", "-5", "-0.5"]
    other = io.StringIO()
    write_rows(other, ["a"], [(cell,)], "json")
    assert json.loads(other.getvalue()) == {"a": cell}


@pytest.mark.parametrize(
    ("query", "named", "given", "words"),
    [
        (None, None, [], "either a query or --named"),
        ("FROM trial", "status-counts", [], "either a query or --named"),
        ("FROM trial", None, ["nct_id"], "no name and value"),
        ("FROM trial", None, ["a;b=1"], "no name and value"),
    ],
)
def test_a_question_that_is_none_is_refused(query: Any, named: Any, given: list[str], words: str) -> None:
    with pytest.raises(QueryError, match=words):
        read_question(query, named, given, TODAY)


def test_a_variable_reaches_a_query_of_ones_own_as_text(published: Path) -> None:
    question = read_question("SELECT getvariable('a') AS a, getvariable('today') AS b", None, ["a='; DROP"], TODAY)
    assert query_rows(published, question.sql, variables=question.values)[1] == [("'; DROP", TODAY)]
