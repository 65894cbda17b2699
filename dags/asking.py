"""The `sql` command: a query of one's own, or one that comes with the program, answered on a terminal or in a file."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from dags.console import TableFormat, show_rows, write_rows
from models.errors import ConfigurationError, QueryError
from warehouse.named import find_query, list_queries
from warehouse.reader import query_arrow, query_rows

AnswerFormat = Literal["table", "tsv", "csv", "json", "parquet"]


class Question(msgspec.Struct, frozen=True):
    """What to ask. `values` are DuckDB variables; `today` is one that every question may use."""

    sql: str
    values: dict[str, str | dt.date]


def read_question(query: str | None, named: str | None, given: Sequence[str], today: dt.date) -> Question:
    """Return what the command line asks: a query (`-`: from standard input), or the name of one.

    Raises:
        QueryError: neither or both are given, or what is set does not fit the question.
    """
    if (query is None) == (named is None):
        raise QueryError("give either a query or --named", "`trialwatch sql --list` lists the named ones")
    pairs = dict(_split(text) for text in given)
    if named is not None:
        one = find_query(named)
        return Question(one.sql, {"today": today, **one.read_values(pairs)})
    return Question(sys.stdin.read() if query == "-" else str(query), {"today": today, **pairs})


def answer(published: Path, question: Question, form: AnswerFormat | None, out: Path | None) -> None:
    """Ask the published warehouse and write the answer.

    Raises:
        WarehouseError: there is no published file.
        QueryError: the query fails.
        ConfigurationError: the file cannot be written, or Parquet has nowhere to go.
    """
    try:
        if form == "parquet":
            _write_parquet(published, question, out)
            return
        names, rows = query_rows(published, question.sql, variables=question.values)
        if out is None:
            show_rows(names, rows, form)
            return
        with out.open("w", encoding="utf-8", newline="") as file:
            write_rows(file, names, rows, form or _choose_form(out))
    except OSError as error:
        raise ConfigurationError(f"cannot write {out}: {error.strerror}", "give another place with --out") from error


def show_queries(form: TableFormat | None) -> None:
    """List the queries that come with the program, and what each can be told."""
    rows = [
        (query.name, query.question, ", ".join(f"{one.name}{'' if one.is_needed else '?'}" for one in query.variables))
        for query in list_queries()
    ]
    show_rows(("name", "question", "set"), rows, form)


def _write_parquet(published: Path, question: Question, out: Path | None) -> None:
    import pyarrow.parquet  # noqa: PLC0415  slow to load, and only wanted here

    if out is None:
        raise ConfigurationError("Parquet is no text for a terminal", "name a file with --out")
    pyarrow.parquet.write_table(query_arrow(published, question.sql, question.values), out)


def _choose_form(out: Path) -> TableFormat:
    return {".csv": "csv", ".json": "json", ".jsonl": "json", ".txt": "table"}.get(out.suffix, "tsv")  # type: ignore[return-value]


def _split(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise QueryError(f'--set "{text}": no name and value', "write it as --set nct_id=NCT01968109")
    return name, value
