"""Lists read a column at a time get the keys, and the order, that their rows would get one by one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.children import LISTED
from etl.children.keys import Row, key_rows
from etl.children.listed import ListTable
from tests.etl.child_study import Json

NUMBERS = ("NCT99000101", "NCT99000102", None)
# Few, so that rows are often alike; blanks, letter case and escapes, and what is not of the type promised.
TEXTS = ("Site A", " site  a ", "SITE A", "b\\_c", "", 7, ["A", "a", "A"], ["", 7], {"lat": 50.5}, True)


def write_study(table: ListTable, number: str | None, lists: dict[str, list[Any]]) -> Json:
    """Return a study in which a table's lists stand where it looks for them."""
    study: Json = dict(lists)
    for key in reversed(table.module):
        study = {key: study}
    study["protocolSection"]["identificationModule"] = {"nctId": number} if number else {}
    return study


def studies_for(table: ListTable) -> st.SearchStrategy[list[Json]]:
    values = st.sampled_from(TEXTS)
    item = st.fixed_dictionaries({}, optional={key: values for _, key in table.columns.values()})
    lists = st.fixed_dictionaries({name: st.lists(item | st.just("no object"), max_size=4) for name in table.lists})
    one = st.builds(lambda number, held: write_study(table, number, held), st.sampled_from(NUMBERS), lists)
    return st.lists(one, max_size=3)


def build_one_by_one(table: ListTable, study: Json) -> list[Row]:
    number = study["protocolSection"]["identificationModule"].get("nctId")
    module = study
    for key in table.module:
        module = module[key]
    rows: list[Row] = []
    for name, kind in table.lists.items():
        for item in module[name]:
            if isinstance(item, dict):
                told = {column: read([item], key)[0] for column, (read, key) in table.columns.items()}
                if any(value is not None and value != [] for value in told.values()):
                    rows.append({"nct_id": number, **({table.kind: kind} if table.kind else {}), **told})
    return key_rows(rows, table.key, table.identity)


@pytest.mark.parametrize("name", LISTED)
@given(data=st.data())
def test_columns_are_keyed_as_rows_are(name: str, data: st.DataObject) -> None:
    table = LISTED[name]
    studies = data.draw(studies_for(table))
    columns = table.build_columns(studies)
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    assert rows == [row for study in studies for row in build_one_by_one(table, study)]
