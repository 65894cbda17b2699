"""The questions that come with the program, by name: `queries/*.sql`. It reads them and asks none."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping

import msgspec

from models.errors import QueryError
from warehouse.sql import list_sql, read_sql

# `-- nct_id (text, needed): its number` below a question says what it can be told.
_VARIABLE = re.compile(
    r"^-- (?P<name>\w+) \((?P<kind>text|date)(?P<needed>, needed)?\): (?P<meaning>.+)$", re.MULTILINE
)


class Variable(msgspec.Struct, frozen=True):
    """What a question can be told. `kind`: text or date."""

    name: str
    kind: str
    is_needed: bool
    meaning: str


class NamedQuery(msgspec.Struct, frozen=True):
    """A question in words and in SQL. Any client can ask it: what it is told stands in DuckDB variables."""

    name: str
    question: str
    variables: tuple[Variable, ...]
    sql: str

    def read_values(self, given: Mapping[str, str]) -> dict[str, str | dt.date]:
        """Return what the question is told, each as its kind.

        Raises:
            QueryError: it knows no such variable, a needed one is not given, or a date is none.
        """
        known = {variable.name: variable for variable in self.variables}
        for name in given:
            if name not in known:
                raise QueryError(f"--set {name}: {self.name} does not ask for it", f"it knows {_list(known)}")
        for variable in self.variables:
            if variable.is_needed and variable.name not in given:
                hint = f"give it as --set {variable.name}=…: {variable.meaning}"
                raise QueryError(f"{self.name} needs {variable.name}", hint)
        return {name: _read(known[name], text) for name, text in given.items()}


def list_queries() -> Iterator[NamedQuery]:
    """Yield the questions, sorted by name."""
    for name in list_sql("queries"):
        sql = read_sql("queries", name)
        variables = tuple(
            Variable(one["name"], one["kind"], bool(one["needed"]), one["meaning"]) for one in _VARIABLE.finditer(sql)
        )
        yield NamedQuery(name, sql.partition("\n")[0].removeprefix("-- "), variables, sql)


def find_query(name: str) -> NamedQuery:
    """Return the question of a name.

    Raises:
        QueryError: there is none.
    """
    for query in list_queries():
        if query.name == name:
            return query
    raise QueryError(f'there is no query named "{name}"', "`trialwatch sql --list` lists them")


def _read(variable: Variable, text: str) -> str | dt.date:
    if variable.kind == "text":
        return text
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise QueryError(f'--set {variable.name}: "{text}" is no day', "write it as 2026-02-12") from error


def _list(known: Mapping[str, Variable]) -> str:
    return ", ".join(known) or "none"
