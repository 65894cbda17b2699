from __future__ import annotations

import pytest

from dags.sample.essie import Group, QueryError, Term, find_terms, has_phrase, matches, parse_expression
from dags.sample.world import fold


def holds(text: str, query: str, *, and_binds_first: bool = True) -> bool:
    expression = parse_expression(query, and_binds_first=and_binds_first)
    return matches(expression, lambda term: has_phrase(fold(text), term.text))


def test_a_phrase_is_found_in_any_case_and_over_any_whitespace() -> None:
    assert holds("blocks Lymphocyte\n  Activation gene 3", '"lymphocyte activation gene 3"')


def test_a_phrase_is_not_found_inside_a_longer_word() -> None:
    assert not holds("a FAPI tracer", "FAP")
    assert not holds("the myFAP project", "FAP")
    assert holds("an anti-FAP antibody", "FAP")


def test_a_phrase_in_another_place_counts_though_the_first_one_lies_inside_a_word() -> None:
    assert holds("FAPI binds FAP", "FAP")


def test_a_phrase_that_ends_in_a_sign_is_found() -> None:
    assert holds("CD8+ T cells", '"CD8+"')


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("lung OR liver", True),
        ("liver AND lung", False),
        ('"lung cancer" AND (liver OR stage)', True),
        ('("lung cancer" AND liver) OR stage', True),
        ("liver OR bowel", False),
        ('((("stage IV")))', True),
    ],
)
def test_operators_and_parentheses_mean_what_they_say(query: str, expected: bool) -> None:
    assert holds("Stage IV lung cancer", query) is expected


def test_essie_joins_and_before_or_while_pubmed_reads_from_left_to_right() -> None:
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
    with pytest.raises(QueryError):
        parse_expression(query, and_binds_first=True)
