"""Writes the part of docs/sql.md that lists every table, view and column, from the comments in the file itself."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from warehouse.migrate import FACE, migrate
from warehouse.named import list_queries
from warehouse.sql import list_sql, read_sql

MARK = "<!-- from here on written by `make reference` -->"
_SUBJECT = re.compile(r"^COMMENT ON (?P<kind>TABLE|VIEW) (?P<name>\w+) IS", re.MULTILINE)


def render_reference(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the questions that have a name, then the tables and views with what each column means, as Markdown."""
    columns = connection.execute(
        "SELECT table_name, column_name, data_type, comment FROM duckdb_columns() WHERE NOT internal "
        "ORDER BY table_name, column_index"
    ).fetchall()
    comments = dict(
        connection.execute(
            "SELECT table_name, comment FROM duckdb_tables() "
            "UNION ALL SELECT view_name, comment FROM duckdb_views() WHERE NOT internal"
        ).fetchall()
    )
    lines = [MARK, "", "# Questions with a name", "", "| name | question | `--set` |", "|---|---|---|"]
    for query in list_queries():
        told = " · ".join(f"`{one.name}`: {one.meaning}{' (needed)' * one.is_needed}" for one in query.variables)
        lines.append(f"| [`{query.name}`](../warehouse/queries/{query.name}.sql) | {query.question} | {told} |")
    lines += ["", "# Tables and views", ""]
    for section, subjects in _list_sections():
        lines += [f"## {section}", ""]
        for kind, name in subjects:
            lines += [
                f"### {name}",
                "",
                f"{kind.capitalize()}. {_link(comments[name].partition(FACE)[0], set(comments) - {name})}",
                "",
            ]
            lines += ["| column | type | meaning |", "|---|---|---|"]
            for _, column, kind_of_data, meaning in (row for row in columns if row[0] == name):
                shown = _link(meaning or "", set(comments) - {name}).replace("|", "\\|")
                lines.append(f"| `{column}` | {_shorten(kind_of_data)} | {shown} |")
            lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _list_sections() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for file in list_sql("comments"):
        text = read_sql("comments", file)
        subjects = [(one["kind"].lower(), one["name"]) for one in _SUBJECT.finditer(text)]
        yield text.partition("\n")[0].removeprefix("-- "), subjects


def _link(text: str, names: set[str]) -> str:
    return re.sub(r"`(\w+)`", lambda one: f"[{one[0]}](#{one[1]})" if one[1] in names else one[0], text)


def _shorten(kind: str) -> str:
    return re.sub(r'"(\w+)"', r"\1", kind)


def main() -> None:
    """Write docs/sql.md anew below its mark."""
    path = Path(sys.argv[1])
    head, mark, _ = path.read_text("utf-8").partition(MARK)
    if not mark:
        raise SystemExit(f"{path} has no line {MARK}")
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(Path(folder) / "empty.duckdb") as connection:
        migrate(connection, connection.execute("SELECT TIMESTAMP '2000-01-01'").fetchall()[0][0])
        path.write_text(head + render_reference(connection), "utf-8")


if __name__ == "__main__":
    main()
