"""A set of NCT numbers is a set."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.nct_set import NctSet

NUMBERS = st.integers(0, 99_999_999).map(lambda number: f"NCT{number:08d}")


@given(st.sets(NUMBERS, max_size=20), st.sets(NUMBERS, max_size=20), st.sets(NUMBERS, max_size=5))
def test_it_holds_what_was_put_in_and_nothing_else(first: set[str], later: set[str], others: set[str]) -> None:
    numbers = NctSet(first)
    numbers.update(later)
    assert {one for one in first | later | others if one in numbers} == first | later
    assert numbers.isdisjoint(others) == (first | later).isdisjoint(others)


@pytest.mark.parametrize("text", ["", "NCT9900000", "NCT990000011", "nct99000001", "99000001", "NCT٩٩٠٠٠٠٠١"])
def test_what_is_no_number_is_never_there_and_is_not_taken_in(text: str) -> None:
    numbers = NctSet(["NCT99000001"])
    assert text not in numbers
    with pytest.raises(ValueError, match="is no NCT number"):
        numbers.update([text])
