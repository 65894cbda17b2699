from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.pubmed.fetch import build_terms, build_trial_terms
from extractors.pubmed.terms import LONGEST_TERM
from models.errors import ConfigurationError


def build_term(names: Iterable[str], condition: str = "") -> str:
    (term,) = build_terms(names, condition)
    return term


def build_trial_term(nct_ids: Iterable[str]) -> str:
    (term,) = build_trial_terms(nct_ids)
    return term


def test_names_are_phrases_in_title_and_abstract() -> None:
    assert build_term(["LAG-3", "CD223"]) == '"LAG-3"[tiab] OR "CD223"[tiab]'


def test_a_name_given_twice_is_asked_for_once() -> None:
    assert build_term(["LAG-3", "CD223", "LAG-3"]) == '"LAG-3"[tiab] OR "CD223"[tiab]'


@pytest.mark.parametrize(
    ("condition", "built"),
    [
        ("lung cancer", '"lung cancer"[tiab]'),
        ("cancer OR lung", '"cancer OR lung"[tiab]'),
        ('"lung cancer"', '"lung cancer"[tiab]'),
        ('"a" or "b"', '"a"[tiab] OR "b"[tiab]'),
        ('"a" AND "b" AND "c"', '"a"[tiab] AND "b"[tiab] AND "c"[tiab]'),
        ('"a" OR "b" AND "c"', '"a"[tiab] OR ("b"[tiab] AND "c"[tiab])'),
        ('"a" AND "b" OR "c"', '("a"[tiab] AND "b"[tiab]) OR "c"[tiab]'),
        ('("a" OR "b") AND "c"', '("a"[tiab] OR "b"[tiab]) AND "c"[tiab]'),
        ('(("a"))AND("b")', '(("a"[tiab])) AND ("b"[tiab])'),
        ('"this AND (that"', '"this AND (that"[tiab]'),
    ],
)
def test_a_condition_narrows_by_phrases_with_and_before_or(condition: str, built: str) -> None:
    assert build_term(["LAG-3"], condition) == f'("LAG-3"[tiab]) AND ({built})'


@pytest.mark.parametrize("condition", ["", "  "])
def test_no_condition_narrows_nothing(condition: str) -> None:
    assert build_term(["LAG-3"], condition) == '"LAG-3"[tiab]'


@pytest.mark.parametrize(
    "condition",
    [
        '"a" "b"', '"a" OR', 'AND "a"', '"a" AND OR "b"', '("a"', '"a")', '"a', '"a" NOT "b"', '"a"[mesh]', '""',
        '"a" OR ""', '()"a"', 'lung "cancer"', '"a" ORANGE "b"', "()", "***",
    ],
)  # fmt: skip
def test_a_condition_that_cannot_be_read_is_named_and_refused(condition: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(condition)) as caught:
        build_term(["LAG-3"], condition)
    assert "quoted phrases" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ('anti-"LAG3" antibody', "anti- LAG3 antibody"),
        ("\N{LEFT DOUBLE QUOTATION MARK}LAG3\N{RIGHT DOUBLE QUOTATION MARK}", "LAG3"),
        ("[18F]FAPI-04", "18F FAPI-04"),
        ("CAR*", "CAR"),
        ("  two\n words\t", "two words"),
        ('x"[pt] OR "cancer', "x pt OR cancer"),
    ],
)
def test_a_name_cannot_break_out_of_its_phrase(name: str, phrase: str) -> None:
    assert build_term([name]) == f'"{phrase}"[tiab]'


@given(st.text(max_size=40))
def test_whatever_the_name_the_term_stays_one_phrase(name: str) -> None:
    try:
        term = build_term([name])
    except ConfigurationError:
        assert not any(letter.isalnum() for letter in name)
    else:
        assert re.fullmatch(r'"[^"\[\]*]+"\[tiab\]', term)


@pytest.mark.parametrize("names", [[], ["", '"', "***"]])
def test_without_a_name_nothing_is_asked(names: list[str]) -> None:
    with pytest.raises(ConfigurationError, match="no name to search with"):
        build_term(names)


def test_a_trial_is_sought_where_it_is_declared_and_where_it_is_named() -> None:
    term = build_trial_term(["NCT99000001", "nct99000002", "NCT99000001"])
    assert term == 'NCT99000001[si] OR "NCT99000001"[tiab] OR NCT99000002[si] OR "NCT99000002"[tiab]'


@pytest.mark.parametrize("numbers", [[], ["NCT1234567890"], ['NCT99000001"[tiab]']])
def test_what_is_no_trial_number_is_not_asked_for(numbers: list[str]) -> None:
    with pytest.raises(ValueError, match=r"trial|digits|NCT number"):
        build_trial_term(numbers)


def test_more_names_than_a_query_takes_make_more_queries_each_narrowed_alike() -> None:
    names = [f"QX-{number:04}" for number in range(500)]
    terms = build_terms(names, '"lung" OR "skin"')
    assert len(terms) > 1
    assert all(len(term) <= LONGEST_TERM for term in terms)
    assert all(term.endswith(') AND ("lung"[tiab] OR "skin"[tiab])') for term in terms)
    assert [name for term in terms for name in re.findall(r"QX-\d{4}", term)] == names


def test_a_condition_that_leaves_no_room_gets_a_query_for_each_name() -> None:
    assert build_terms(["a", "b"], "lung", longest=1) == [
        '("a"[tiab]) AND ("lung"[tiab])',
        '("b"[tiab]) AND ("lung"[tiab])',
    ]


def test_many_trials_make_more_queries() -> None:
    numbers = [f"NCT99{number:06}" for number in range(1, 201)]
    terms = build_trial_terms(numbers)
    assert all(len(term) <= LONGEST_TERM for term in terms)
    assert [name for term in terms for name in re.findall(r"(NCT\d{8})\[si\]", term)] == numbers
