"""Assignment of items: never two to one, and the sum of the gains the greatest there is."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.diff.likeness import Weigher, find_words, fold_key
from etl.diff.matching import assign, match_items
from etl.diff.numbering import names_other_part

gains = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(0, 4)), st.sampled_from([0.1, 0.2, 0.3, 0.5, 0.9]), max_size=16
)


def find_greatest(scores: dict[tuple[int, int], float]) -> float:
    """Return the greatest sum there is, by trying every assignment."""
    rows, columns = sorted({i for i, _ in scores}), [*sorted({j for _, j in scores}), *[None] * 5]
    orders = itertools.permutations(columns, len(rows))
    return max(
        sum(scores.get((i, j), 0.0) for i, j in zip(rows, order, strict=True) if j is not None) for order in orders
    )


@settings(max_examples=60)
@given(gains)
def test_an_assignment_gains_the_most_and_uses_every_place_once(scores: dict[tuple[int, int], float]) -> None:
    pairs = assign(scores)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert sum(scores[pair] for pair in pairs) == pytest.approx(find_greatest(scores))


def test_two_good_pairs_outweigh_one_that_is_slightly_better() -> None:
    assert sorted(assign({(0, 0): 0.4, (0, 1): 0.39, (1, 0): 0.38})) == [(0, 1), (1, 0)]


def test_a_large_group_is_assigned_too_and_each_place_once() -> None:
    seeded = random.Random(3)
    scores = {(i, j): seeded.random() for i in range(90) for j in range(80)}
    pairs = assign(scores)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs) == 80


def test_the_first_key_goes_before_the_second_and_the_score_decides_among_namesakes() -> None:
    old, new = ["a1", "a2", "b1"], ["a2", "c1", "a3", "a9"]
    keys = (lambda text: text, lambda text: text[0])

    def score(one: str, other: str) -> float:
        return float((one, other) == ("a1", "a9"))

    assert match_items(old, new, keys, score, 0.5) == [(0, 3), (1, 0)]


def test_items_without_a_key_are_not_one_by_it() -> None:
    assert match_items(["", ""], ["", "x"], (lambda text: text or None,), lambda _one, _other: 0.0, 0.5) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Arm A: Zelbarimab", "ARM A – zelbarimab"),
        ("PD-L1 ≥ 50 %", "PDL1 ≥50%"),
        ("Café  au lait", "cafe au lait."),
        ("10^9/L", "10^9 / L"),
    ],
)
def test_spellings_of_one_text_have_one_key(one: str, other: str) -> None:
    assert fold_key(one) == fold_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("PD-L1 ≥ 50%", "PD-L1 < 50%"), ("Cohort 1 1", "Cohort 11"), ("1.5", "15"), ("≤ 3", "≥ 3"), ("HER2+", "HER2")],
)
def test_signs_and_numbers_that_mean_something_else_have_another_key(one: str, other: str) -> None:
    assert fold_key(one) != fold_key(other)


def test_a_hyphenated_word_is_one_and_a_plural_its_singular() -> None:
    assert find_words("Anti-PD-1 antibodies/lines") == {"antipd1", "antibodie", "line"}


@pytest.mark.parametrize(
    ("one", "other", "is_other"),
    [
        ("Cohort 1: 10 mg", "Cohort 5: 200 mg", True),
        ("Arm A, Part 1", "Arm A, Part 2", False),
        ("Arm 1, Part A", "Arm 2, Part A", True),
        ("Arm A", "Arm 1", False),
        ("Phase 1b: zelbarimab", "Phase 1: zelbarimab", False),
        ("Zelbarimab", "Docetaxel", False),
        ("Sub-study 2", "Substudy 3", True),
    ],
)
def test_what_is_numbered_otherwise_is_another_part(one: str, other: str, *, is_other: bool) -> None:
    assert names_other_part(one, other) is is_other


def test_a_word_of_every_item_tells_less_than_a_word_of_one() -> None:
    lists = [f"Concentration of {substance}" for substance in ("alpha", "beta", "gamma", "delta")]
    weigher = Weigher(lists, lists)
    assert weigher.score("Concentration of alpha", "Concentration of beta") < 0.5
    assert weigher.score("Concentration of alpha", "Level of alpha") > 0.5


def test_a_misspelt_word_is_the_same_word_and_a_like_drug_is_not() -> None:
    weigher = Weigher()
    assert weigher.score("Zelbarimaab dose escalation", "Zelbarimab dose escalation") == 1.0
    assert weigher.score("Cisplatin infusion given", "Carboplatin infusion given") < 1.0
