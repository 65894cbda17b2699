"""The user's own weights: every pair there is can be set, any other is refused with the one that was meant."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.change import WEIGHT_OF, WEIGHTS
from models.errors import ConfigurationError
from models.settings import build_weights, parse_settings


def read(text: str) -> Any:
    return build_weights(parse_settings(f"[weights]\n{text}".encode(), "watchlist.toml"))


def refuse(text: str) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        read(text)
    assert caught.value.exit_code == 2
    return caught.value


def test_no_table_overrides_nothing() -> None:
    assert build_weights(parse_settings(b"", "watchlist.toml")) == {}


@pytest.mark.parametrize(
    "text",
    ['"arm.added" = "top"', 'arm.added = "top"', 'arm = { added = "top" }', '[weights.arm]\nadded = "top"'],
)
def test_a_pair_may_be_written_with_quotes_or_as_tables(text: str) -> None:
    assert read(text) == {("arm", "added"): "top"}


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(sorted(WEIGHT_OF)), st.sampled_from(WEIGHTS), max_size=8))
def test_every_pair_there_is_can_be_set(weights: dict[tuple[str, str], str]) -> None:
    lines = [f'"{".".join(pair)}" = "{weight}"' for pair, weight in weights.items()]
    assert read("\n".join(lines)) == weights


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ('"arm.aded" = "top"', "weights.arm.aded", 'did you mean "arm.added"?'),
        ('"status.stopp" = "low"', "weights.status.stopp", 'did you mean "status.stop"?'),
        ('arms.closed = "low"', "weights.arms.closed", 'did you mean "arm.closed"?'),
        ('"phase.qqqqqqqq" = "low"', "weights.phase.qqqqqqqq", "known here: phase.changed, phase.added, phase.removed"),
        ('qqqqqqq = "low"', "weights.qqqqqqq", "known kinds: status, why_stopped, "),
    ],
)
def test_an_unknown_pair_is_refused_with_its_place_and_the_nearest(text: str, place: str, hint: str) -> None:
    error = refuse(text)
    assert error.message == f"watchlist.toml: {place}: unknown key"
    assert error.hint.startswith(hint)


@pytest.mark.parametrize("value", ['"heavy"', '"High"', "3", "[]", "true"])
def test_a_weight_is_one_of_four_words(value: str) -> None:
    error = refuse(f'"arm.added" = {value}')
    assert error.message.startswith("watchlist.toml: weights.arm.added: ")
    assert error.hint == "use one of top, high, medium, low"


def test_weights_that_are_no_table_are_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"watchlist\.toml: weights"):
        parse_settings(b"weights = 3", "watchlist.toml")
