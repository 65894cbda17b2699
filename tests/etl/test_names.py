"""Names picked out of a text: as safe as the vocabulary grades them, however they are hyphenated."""

from __future__ import annotations

import importlib.resources

import pytest

from etl.names import build_name_finder
from models.vocabulary import parse_vocabulary

FILES = importlib.resources.files("models") / "vocabulary"
FIND = build_name_finder(
    parse_vocabulary({one.name: one.read_bytes() for one in FILES.iterdir() if one.name.endswith(".toml")})
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Prior treatment with a LAG-3 or TIGIT inhibitor", ["LAG-3", "TIGIT"]),
        ("Prior LAG3 or anti\N{NON-BREAKING HYPHEN}LAG\N{NON-BREAKING HYPHEN}3 therapy", ["LAG-3"]),
        ("relatlimab 160 mg, then Relatlimab 80 mg", ["relatlimab"]),
        ("BMS 986016 with nivolumab", ["nivolumab", "relatlimab"]),
        ("tigithmic rhythm", []),
        ("history of fap", []),
        ("", []),
    ],
)
def test_a_text_names_what_its_words_say(text: str, names: list[str]) -> None:
    assert FIND(text) == names


def test_two_targets_come_before_the_agents_in_the_order_of_the_vocabulary() -> None:
    assert FIND("relatlimab blocks LAG-3, and TIM-3 is another") == ["LAG-3", "TIM-3", "relatlimab"]
