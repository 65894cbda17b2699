"""Every generated spelling, with its place in the untouched text."""

from __future__ import annotations

import itertools

import pytest

from etl.tagging import Tagger, build_tagger
from tests.etl.tagging_vocabulary import read_vocabulary, tag

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"
SEPARATORS = [*DASHES, " ", "\u00a0", "\u2009", "", "-\n", "\u2010\r\n", "-\n  ", "\u00ad", "\u200b-", "-\u200b"]
STEMS = [
    ("LAG", "3", "LAG-3"),
    ("TIM", "3", "TIM-3"),
    ("CD", "73", "CD73"),
    ("CCR", "4", "CCR4"),
    ("MK", "4621", "RIG-I"),
]


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return build_tagger(read_vocabulary())


def check(tagger: Tagger, spelt: str, target: str) -> None:
    """Assert that `spelt`, and nothing else, is linked, in code points even behind a character of two UTF-16 units."""
    before = "\U0001f600 \u00e9: PET of stroma, viral RNA. The "
    text = f"{before}{spelt} was seen."
    found = [(each.start, each.end, each.text, each.target) for each in tag(tagger, text)]
    assert found == [(len(before), len(before) + len(spelt), spelt, target)]


@pytest.mark.parametrize(("stem", "separator"), list(itertools.product(STEMS, SEPARATORS)))
def test_stem_and_number_may_be_joined_by_any_dash_space_or_nothing(
    tagger: Tagger, stem: tuple[str, str, str], separator: str
) -> None:
    left, right, target = stem
    check(tagger, f"{left}{separator}{right}", target)


@pytest.mark.parametrize("dash", [*DASHES, " "])
def test_a_roman_number_may_stand_behind_any_dash(tagger: Tagger, dash: str) -> None:
    check(tagger, f"RIG{dash}I", "RIG-I")
    check(tagger, f"retinoic acid{dash}inducible gene{dash}I", "RIG-I")


@pytest.mark.parametrize(
    "greek", ["\u03b1", "-\u03b1", "\u2010\u03b1", " \u03b1", "alpha", "-alpha", " alpha", "\u2011alpha"]
)
def test_greek_letters_and_their_names_are_one(tagger: Tagger, greek: str) -> None:
    check(tagger, f"FAP{greek}", "FAP")
    check(tagger, f"fibroblast activation protein{greek if greek[0] in ' -' else ' ' + greek}", "FAP")


@pytest.mark.parametrize(
    ("spelt", "target"),
    [
        ("RIG-1", "RIG-I"),
        ("retinoic acid-inducible gene 1", "RIG-I"),
        ("Lag3", "LAG-3"),
        ("Tim-3", "TIM-3"),
        ("Tigit", "TIGIT"),
        ("Havcr2", "TIM-3"),
        ("Nt5e", "CD73"),
        ("Ccr4", "CCR4"),
        ("Csf1r", "CSF1R"),
        ("Ddx58", "RIG-I"),
        ("c-Fms", "CSF1R"),
        ("CSF-1R", "CSF1R"),
        ("CSF1-R", "CSF1R"),
        ("CSF-1 receptors", "CSF1R"),
        ("LYMPHOCYTE ACTIVATION GENE-3", "LAG-3"),
        ("\uff2c\uff21\uff27\uff0d\uff13", "LAG-3"),
        ("\uff34\uff29\uff27\uff29\uff34", "TIGIT"),
        ("TI\u00adGIT", "TIGIT"),
        ("TIG\u200bIT", "TIGIT"),
        ("CD\u206073", "CD73"),
        ("LAG\ufeff-3", "LAG-3"),
        ("mk-4621", "RIG-I"),
        ("bms986016", "LAG-3"),
        ("BMS\u2011986016", "LAG-3"),
        ("BMS 986016", "LAG-3"),
        ("hTIM-3", "TIM-3"),
        ("rmTim-3", "TIM-3"),
        ("sLAG-3", "LAG-3"),
    ],
)
def test_other_spellings_are_read_where_they_stand(tagger: Tagger, spelt: str, target: str) -> None:
    check(tagger, spelt, target)


@pytest.mark.parametrize(
    ("spelt", "rest", "target"),
    [
        (spelt, rest, target)
        for spelt, target in [
            ("CD73", "CD73"),
            ("TIGIT", "TIGIT"),
            ("LAG-3", "LAG-3"),
            ("Csf1r", "CSF1R"),
            ("Lag3", "LAG-3"),
        ]
        for rest in [
            "high",
            "hi",
            "low",
            "neg",
            "+",
            "-/-",
            "\u2212/\u2212",
            "fl/fl",
            "flox/flox",
            "KO",
            "Cre",
            "tm1Doi",
        ]
        if not (rest == "Cre" and spelt == "TIGIT")
    ]
    + [("CD73", "hiPD-1hi", "CD73"), ("TIM-3", "x4-1BB", "TIM-3"), ("LAG-3", "\u00d7PD-L1", "LAG-3")],
)
def test_what_is_glued_to_a_name_is_no_part_of_it(tagger: Tagger, spelt: str, rest: str, target: str) -> None:
    text = f"The {spelt}{rest} cells."
    assert [(each.start, each.text, each.target) for each in tag(tagger, text)] == [(4, spelt, target)]


@pytest.mark.parametrize(
    "text",
    [
        "CD730",
        "LAG-30",
        "LAG-3.5",
        "TIM-33",
        "ccr4",
        "lag3",
        "CCR41",
        "CSF1RX",
        "TIGITA",
        "XTIGIT",
        "aCD7 3b",
        "RIG-II",
        "FAPP",
    ],
)
def test_what_only_holds_a_name_is_another_word(tagger: Tagger, text: str) -> None:
    assert tag(tagger, f"PET of stroma, viral RNA. The {text} was seen.") == []
