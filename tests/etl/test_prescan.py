"""The quick look never says that a name is nowhere which the search then would have found."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl.matching import find_synonym
from etl.prescan import FOLDING_SIGNS, NameIndex, RecordScan, find_runs
from models.mention import TextField

NAMES = ["LAG-3", "TIM-3", "FAPα", "5'-nucleotidase", "relatlimab", "CD8+", "RIG-I", "TGF-β1", "KSS", "ﬁx", "αβ"]
# Pieces that make texts in which names stand, nearly stand, or stand in an odd spelling.
WORDS = ["lag", "LAG", "3", "tim", "I", "fap", "α", "Α", "ﬁ", "fi", "x", "ß", "ss", "K", "k", "ſ", "İ", "rig", "n", "u"]
SIGNS = list(" -\u2010\u2011\u00ad\u00a0\n\t/\\\"_é+'b")
PIECES = st.sampled_from([*NAMES, *WORDS, *SIGNS])
TEXTS = st.lists(PIECES, max_size=8).map("".join)
NAME_LISTS = st.lists(st.sampled_from(NAMES) | st.text(min_size=1, max_size=4) | TEXTS.filter(bool), max_size=4)


def escape_all(text: str) -> bytes:
    """Write every sign as an escape, as JSON allows and some writers do."""
    units = text.encode("utf-16-be")
    return b'"%s"' % b"".join(b"\\u%02X%02x" % (units[place], units[place + 1]) for place in range(0, len(units), 2))


def write_ways(text: str) -> list[bytes]:
    """Return a study-like record that holds a text, in every way JSON can write it."""
    texts = [json.dumps(text).encode(), json.dumps(text, ensure_ascii=False).encode(), escape_all(text)]
    return [b'{"a":%s}' % one for one in texts]


@settings(max_examples=300)
@given(TEXTS, NAME_LISTS)
@example("x\nLAG-3", ["LAG-3"])
@example("\\nLAG-3", ["LAG-3"])
@example("é\u2013LAG \u00ad 3", ["LAG-3"])
@example("Kss", ["KSS"])
@example("Kß", ["KSS"])
def test_a_record_that_holds_a_name_is_never_passed_over(text: str, names: list[str]) -> None:
    _, found = find_synonym([TextField("a", "title", text)], names)
    if found:
        assert RecordScan(names).find_suspects(write_ways(text)) == [True] * 3


@settings(max_examples=300)
@given(st.lists(TEXTS, max_size=3), NAME_LISTS)
def test_a_text_that_holds_a_name_is_never_passed_over(texts: list[str], names: list[str]) -> None:
    _, found = find_synonym([TextField("a", "title", text) for text in texts], names)
    if found:
        assert NameIndex({"it": names, "other": ["zelbarimab"]}).find_suspects(find_runs("\n".join(texts))) >= {"it"}


def test_the_signs_that_fold_to_a_latin_letter_or_digit_are_all_known() -> None:
    def folds(sign: str) -> bool:
        return any(part.isascii() and part.isalnum() for part in sign.casefold())

    assert set(FOLDING_SIGNS) == {sign for sign in map(chr, range(128, sys.maxunicode + 1)) if folds(sign)}


@pytest.mark.parametrize("text", ["flagship of 3", "original", "time 3", "lag of 13", "relatlimabs", "fapi"])
def test_a_name_inside_other_words_raises_no_suspicion(text: str) -> None:
    names = ["LAG-3", "RIG-I", "RIGI", "TIM-3", "relatlimab", "FAPα"]
    assert RecordScan(names).find_suspects([b'{"a":"%s"}' % text.encode()]) == [False]
    assert NameIndex({"it": names}).find_suspects(find_runs(text)) == set()


def test_many_names_are_looked_for_in_several_patterns() -> None:
    names = [f"name{number}x" for number in range(450)]
    records = [b'{"a":"an anti-name%dx antibody"}' % number for number in (0, 123, 449, 450)]
    assert RecordScan(names).find_suspects(records) == [True, True, True, False]


def test_without_names_nothing_is_suspected_and_with_one_that_has_no_letter_everything() -> None:
    assert RecordScan([]).find_suspects([b"{}", b'{"a":1}']) == [False, False]
    assert RecordScan(["αβ", "LAG-3"]).find_suspects([b"{}"]) == [True]
    assert RecordScan(["LAG-3"]).find_suspects([]) == []


def test_bytes_that_are_no_text_are_looked_through_all_the_same() -> None:
    body: Any = b'{"a":"\xff\xfe LAG-3"}'
    assert RecordScan(["LAG-3"]).find_suspects([body]) == [True]


def test_of_records_as_of_their_texts_those_are_suspects_in_which_a_name_stands() -> None:
    index = NameIndex({"it": ["LAG-3"], "other": ["zelbarimab"]})
    texts = ['{"a":"anti-LAG 3"}', '{"a":"line\\nlag3, LAG-3"}', '{"a":"lag 33"}', '{"a":"flag-3"}', "{}"]
    assert index.find_suspects_in(texts) == [{"it"}, {"it"}, set(), set(), set()]


def test_where_nothing_is_named_nothing_is_a_suspect() -> None:
    assert NameIndex({}).find_suspects_in(["{}"]) == [set()]
    assert NameIndex({"it": ["LAG-3"]}).find_suspects_in([]) == []
