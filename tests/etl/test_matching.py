"""By which search term, and in which field, a record was found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.matching import find_synonym
from models.mention import TextField


def find(terms: list[str], *texts: str) -> tuple[str | None, str | None]:
    return find_synonym([TextField(f"field[{place}]", "title", text) for place, text in enumerate(texts)], terms)


def test_the_field_and_the_term_are_named() -> None:
    assert find(["LAG-3", "CD223"], "nothing", "an anti-CD223 antibody") == ("field[1]", "CD223")


def test_terms_are_tried_in_their_order() -> None:
    assert find(["LAG-3", "CD223"], "CD223", "LAG-3") == ("field[1]", "LAG-3")


def test_the_first_field_that_holds_a_term_is_named() -> None:
    assert find(["LAG-3"], "a LAG-3 b", "LAG-3") == ("field[0]", "LAG-3")


def test_where_no_text_holds_a_term_it_is_the_registrys_own_expansion() -> None:
    assert find(["LAG-3"], "CD223") == (None, None)
    assert find(["LAG-3"]) == (None, None)
    assert find([], "LAG-3") == (None, None)


@pytest.mark.parametrize(
    "text", ["LAG-3", "lag-3", "LAG 3", "LAG\u20113", "LAG\u22123", "LAG\u00a0 3", "LAG\n3", "(LAG-3)"]
)
def test_hyphens_dashes_blanks_and_case_are_alike(text: str) -> None:
    assert find(["LAG-3"], text)[1] == "LAG-3"


@pytest.mark.parametrize("text", ["FLAG-3", "LAG-30", "LAG-3b", "LAG_3", "LAG"])
def test_a_term_inside_a_longer_word_is_no_match(text: str) -> None:
    assert find(["LAG-3"], text) == (None, None)


@pytest.mark.parametrize("term", ["a.b", "a+b(", "[x]", "$1", "\\d"])
def test_a_term_is_text_and_no_pattern(term: str) -> None:
    assert find([term], f"so {term} stands")[1] == term
    assert find([term], "axb d 1 x") == (None, None)


@given(st.text(max_size=8), st.text(max_size=8))
def test_any_term_and_text_are_compared_without_an_error(term: str, text: str) -> None:
    field, found = find([term], text)
    assert (field is None) == (found is None)
