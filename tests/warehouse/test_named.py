"""The questions that come with the program: what each can be told, and what is refused."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from models.errors import QueryError
from warehouse.named import find_query, list_queries

QUERIES = list(list_queries())


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_a_question_says_what_it_asks_and_names_all_it_can_be_told(query: object) -> None:
    assert query in QUERIES
    found = find_query(getattr(query, "name", ""))
    assert found.question.endswith("?")
    used = set(re.findall(r"getvariable\('(\w+)'\)", found.sql)) - {"today"}
    assert {variable.name for variable in found.variables} == used
    assert not re.search(r"\b(current_timestamp|now\(\)|today\(\))", found.sql), "the clock is `today`"


def test_there_are_twenty_questions_at_least() -> None:
    assert len({query.question for query in QUERIES}) == len(QUERIES) >= 20


def test_what_a_question_is_told_is_read_as_its_kind() -> None:
    assert find_query("status-on-a-day").read_values({"day": "2026-02-05"}) == {"day": dt.date(2026, 2, 5)}
    assert find_query("status-on-a-day").read_values({}) == {}
    assert find_query("changes-of-a-trial").read_values({"nct_id": "NCT99000101"}) == {"nct_id": "NCT99000101"}


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("changes-of-a-trial", {}, "needs nct_id"),
        ("changes-of-a-trial", {"nct_id": "NCT99000101", "day": "2026-02-05"}, "does not ask for it"),
        ("status-on-a-day", {"day": "yesterday"}, "is no day"),
        ("status-counts", {"day": "2026-02-05"}, "does not ask for it"),
    ],
)
def test_what_does_not_fit_a_question_is_refused_with_the_remedy(name: str, given: dict[str, str], words: str) -> None:
    with pytest.raises(QueryError, match=words) as caught:
        find_query(name).read_values(given)
    assert caught.value.hint


def test_a_question_nobody_knows_is_refused() -> None:
    with pytest.raises(QueryError, match='no query named "nothing"') as caught:
        find_query("nothing")
    assert "--list" in str(caught.value.hint)
