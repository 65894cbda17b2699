"""What the registry is asked: short addresses, exact phrases, and nothing that changes."""

from __future__ import annotations

import urllib.parse

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.clinicaltrials.query import StudyQuery, build_id_queries, build_search_queries, quote_condition
from models.watchlist import WatchItem

BASE = "https://clinicaltrials.gov/api/v2/studies?"
LONGEST = 4_000
TOKEN = ("pageToken", "x" * 100)


def address(query: StudyQuery) -> str:
    return BASE + urllib.parse.urlencode((*query.params, TOKEN), safe=",")


def build(*terms: str, kind: str = "agent", condition: str = "") -> list[StudyQuery]:
    return list(build_search_queries(WatchItem(kind, "x", terms, condition)))  # type: ignore[arg-type]


def phrases_of(queries: list[StudyQuery], area: str) -> list[str]:
    return [phrase for query in queries for phrase in dict(query.params)[area].split(" OR ")]


@pytest.mark.parametrize("number", [1, 299, 300, 301, 900])
def test_numbers_are_asked_in_short_addresses_each_once(number: int) -> None:
    ids = [f"NCT99{place:06d}" for place in range(number)]
    queries = list(build_id_queries("tracked", reversed(ids)))
    asked = [nct_id for query in queries for nct_id in dict(query.params)["filter.ids"].split(",")]
    assert sorted(asked) == ids
    assert all(len(address(query)) < LONGEST for query in queries)
    assert len(queries) == -(-number // 300)


def test_no_number_is_no_query() -> None:
    assert list(build_id_queries("tracked", [])) == []


def test_the_same_numbers_in_any_order_are_the_same_queries() -> None:
    ids = {"NCT99000103", "NCT99000101", "NCT99000102"}
    assert list(build_id_queries("x", ids)) == list(build_id_queries("x", sorted(ids, reverse=True)))


TERMS = st.lists(st.text("abcäЖ漢😀 -/&+%\"'αβ", min_size=1, max_size=60), min_size=1, max_size=80, unique=True)


@settings(max_examples=40)
@given(TERMS, st.sampled_from(["", "lung", '"lung" OR "solid tumor"', "é" * 100]))
def test_many_synonyms_are_asked_in_short_addresses_each_once(terms: list[str], condition: str) -> None:
    queries = build(*terms, condition=condition)
    assert all(len(address(query)) < LONGEST for query in queries)
    assert sorted(phrases_of(queries, "query.intr")) == sorted('"' + term.replace('"', "") + '"' for term in terms)
    assert all(query.params[1:] == queries[0].params[1:] for query in queries)


def test_an_address_is_short_even_with_a_long_condition() -> None:
    condition = " OR ".join(f'"condition number {number} of many"' for number in range(60))
    terms = [f"synonym number {number}" for number in range(40)]
    assert all(len(address(query)) < LONGEST for query in build(*terms, condition=condition))


def test_agents_are_sought_as_interventions_and_targets_anywhere() -> None:
    assert "query.intr" in dict(build("a", kind="agent")[0].params)
    assert "query.term" in dict(build("a", kind="target")[0].params)


@pytest.mark.parametrize("kind", ["agent", "target"])
def test_no_query_filters_by_a_thing_that_changes(kind: str) -> None:
    for query in (*build("a", "b", kind=kind, condition="lung"), *build_id_queries("tracked", ["NCT99000101"])):
        names = {name for name, _ in query.params}
        assert names <= {
            "query.intr", "query.term", "query.cond", "filter.ids", "sort", "pageSize", "countTotal", "format",
        }  # fmt: skip
        assert not any("AREA[" in value for name, value in query.params if name != "sort")


def test_every_query_sends_the_same_order_size_count_and_form() -> None:
    for query in (*build("a"), *build_id_queries("tracked", ["NCT99000101"])):
        params = dict(query.params)
        assert params["sort"] == "LastUpdatePostDate:desc"
        assert params["countTotal"] == "true"
        assert params["format"] == "json"
        assert 1 <= int(params["pageSize"]) <= 1000


@pytest.mark.parametrize(
    ("condition", "asked"),
    [("lung cancer", '"lung cancer"'), ('"lung" OR "solid tumor"', '"lung" OR "solid tumor"')],
)
def test_a_condition_is_one_phrase_or_the_expression_as_it_stands(condition: str, asked: str) -> None:
    assert quote_condition(condition) == asked
    assert dict(build("a", condition=condition)[0].params)["query.cond"] == asked


def test_a_term_is_always_a_quoted_phrase() -> None:
    assert dict(build('LAG-3 OR "PD-1')[0].params)["query.intr"] == '"LAG-3 OR PD-1"'


def test_an_item_without_a_name_never_asks_for_the_whole_registry() -> None:
    assert all(dict(query.params)["query.intr"].strip('" ') for query in build())
