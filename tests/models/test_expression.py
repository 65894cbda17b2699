from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.expression import (
    Expression,
    ExpressionError,
    Group,
    Term,
    find_terms,
    matches,
    parse_condition,
    parse_expression,
)
from models.settings import NamedItem, WatchSettings
from models.vocabulary import parse_vocabulary
from models.watchlist import build_watch_items

VOCABULARY = b"""
[[target]]
name = "LAG-3"
symbol = "LAG3"
source = "invented for the test"
"""


def holds(words: str, query: str, *, and_binds_first: bool = True) -> bool:
    expression = parse_expression(query, and_binds_first=and_binds_first)
    return matches(expression, lambda term: term.text in words.split())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("lung OR liver", True),
        ("liver AND lung", False),
        ("lung AND (liver OR stage)", True),
        ("(lung AND liver) OR stage", True),
        ("liver OR bowel", False),
        ("((((stage))))", True),
    ],
)
def test_operators_and_parentheses_mean_what_they_say(query: str, expected: bool) -> None:
    assert holds("stage lung", query) is expected


def test_and_joins_before_or_only_where_asked() -> None:
    query = "lung OR liver AND bowel"
    assert holds("lung", query, and_binds_first=True)
    assert not holds("lung", query, and_binds_first=False)


def test_a_quoted_operator_is_a_word() -> None:
    assert parse_expression('"OR"', and_binds_first=False) == Term("OR")


def test_a_tag_stays_with_its_phrase() -> None:
    expression = parse_expression('"LAG-3"[tiab] OR NCT99000101[si]', and_binds_first=False)
    assert expression == Group("OR", (Term("LAG-3", "tiab"), Term("NCT99000101", "si")))
    assert list(find_terms(expression)) == [Term("LAG-3", "tiab"), Term("NCT99000101", "si")]


@pytest.mark.parametrize(
    "query",
    ["", "   ", '""', '"open', "(lung", "lung)", "lung AND", "OR lung", "lung cancer", "()", "[tiab]", '"a" "b"'],
)
def test_an_expression_that_is_not_whole_is_refused(query: str) -> None:
    with pytest.raises(ExpressionError):
        parse_expression(query, and_binds_first=True)


def test_a_condition_without_quotes_is_one_phrase_as_it_stands() -> None:
    assert parse_condition(" lung or liver (stage IV) ") == Term("lung or liver (stage IV)")


def test_the_operators_of_a_condition_may_be_small() -> None:
    assert parse_condition('"lung" or "liver" and "bowel"') == parse_condition('"lung" OR "liver" AND "bowel"')


def _expressions() -> st.SearchStrategy[str]:
    phrases = st.text("abc +-()", min_size=1).filter(str.strip).map(lambda text: f'"{text}"')
    return st.recursive(
        phrases,
        lambda inner: st.lists(inner, min_size=1, max_size=3).flatmap(
            lambda parts: st.sampled_from([" AND ", " or ", "OR"]).map(lambda word: f"({word.join(parts)})")
        ),
        max_leaves=6,
    )


@given(_expressions())
def test_whatever_the_watchlist_lets_through_as_a_condition_can_be_read(condition: str) -> None:
    watch = WatchSettings(targets=(NamedItem("LAG-3", condition),))
    (item,) = build_watch_items(watch, parse_vocabulary({"test.toml": VOCABULARY}), "watchlist.toml")
    read: Expression = parse_condition(item.condition)
    assert list(find_terms(read))
