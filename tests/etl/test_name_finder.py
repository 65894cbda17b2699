"""Names of targets and agents in short texts: found in whatever print, never inside other words, and quickly."""

from __future__ import annotations

import pytest

from etl.names import build_name_finder
from models.vocabulary import parse_vocabulary
from tests.etl.tagging_vocabulary import SMALL

FIND = build_name_finder(parse_vocabulary({"small.toml": SMALL}))


@pytest.mark.parametrize("name", ["LAG-3", "LAG3", "LAG 3", "LAG\u20113", "lag", "lymphocyte activation gene 3"])
def test_hyphens_and_spaces_may_stand_or_not(name: str) -> None:
    assert FIND(f"Earlier anti-{name}, or another.") == (["LAG-3"] if name != "lag" else [])


@pytest.mark.parametrize("text", ["XLAG3", "LAG31", "LAG-33", "3LAG3", "lag3", "LAG, 3 times", "LAG_3"])
def test_a_name_inside_another_word_or_in_small_letters_is_none(text: str) -> None:
    assert FIND(text) == []


@pytest.mark.parametrize("text", ["Fibroblast Activation Protein", "fibroblast-activation protein", "SEPRASE"])
def test_a_long_name_is_found_in_any_case(text: str) -> None:
    assert FIND(text) == ["FAP"]


@pytest.mark.parametrize("text", ["FAP", "SIMP", "FAP-1", "a history of FAP (polyposis)", "TWX1"])
def test_a_name_that_needs_a_context_is_not_looked_for(text: str) -> None:
    assert FIND(text) == []


def test_several_names_come_once_each_in_the_order_of_the_vocabulary() -> None:
    assert FIND("twinmab (TW1000) with TIGIT, then LAG-3 and TIGIT again") == ["LAG-3", "TIGIT", "twinmab"]


def test_a_long_text_is_searched_to_its_end() -> None:
    text = "No prior treatment with a checkpoint inhibitor of LAG-3. " * 100 + "Or of TIGIT."
    assert FIND(text) == ["LAG-3", "TIGIT"]
