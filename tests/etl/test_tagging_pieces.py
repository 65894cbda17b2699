from __future__ import annotations

import subprocess
import sys

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.tagging import Tagger
from etl.tagging.pieces import Gap, classify_gap, cut_pieces, fold_piece, skeleton
from etl.tagging.sentences import find_sentence_starts
from etl.tagging.tokens import TOKENIZER, hide_surrogates
from models.mention import TextField
from tests.etl.tagging_vocabulary import build_small_tagger

NLP = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": TOKENIZER}}})
TAGGER = build_small_tagger()

PARTS = [
    "LAG",
    "-",
    "3",
    "\u2011",
    " ",
    "\u00a0",
    "\u200b",
    "\n",
    "TIGIT",
    "FAP",
    "α",
    "(",
    ")",
    ".",
    "no ",
    "hi",
    "stroma",
]
SCIENCE = st.lists(st.sampled_from(PARTS) | st.text(max_size=3), max_size=30).map("".join)
ANYTHING = st.text() | SCIENCE | st.text(st.characters(codec=None, categories=["Cs", "Ll", "Nd"]))


@given(ANYTHING.map(hide_surrogates))
def test_a_doc_is_its_text_and_its_tokens_know_their_place(text: str) -> None:
    doc = NLP(text)
    assert doc.text == text
    assert all(text[token.idx : token.idx + len(token)] == token.text for token in doc)


@settings(max_examples=300)
@given(st.lists(ANYTHING, max_size=3))
def test_spans_slice_exactly_whatever_the_text(texts: list[str]) -> None:
    fields = [TextField(f"keywords[{place}]", "description", text) for place, text in enumerate(texts)]
    by_path = {field.path: field.text for field in fields}
    for mention in TAGGER.tag(fields):
        assert by_path[mention.field][mention.start : mention.end] == mention.text
        assert mention.text
        assert not mention.text[0].isspace()
        assert not mention.text[-1].isspace()


@given(ANYTHING)
def test_hiding_surrogates_keeps_every_place(text: str) -> None:
    hidden = hide_surrogates(text)
    assert len(hidden) == len(text)
    assert hidden.encode("utf-8").decode("utf-8") == hidden


@given(SCIENCE)
def test_sentences_begin_in_order_within_the_text(text: str) -> None:
    starts = find_sentence_starts(text)
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    assert starts[-1] <= len(text)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("LAG-3", ["LAG", "-", "3"]),
        ("FAPα", ["FAP", "α"]),
        ("CD73high", ["CD", "73", "high"]),
        ("TIGIThi", ["TIGIT", "hi"]),
        ("PD-1xLAG-3", ["PD", "-", "1", "x", "LAG", "-", "3"]),
        ("TIGITxPD-1", ["TIGIT", "x", "PD", "-", "1"]),
        ("抗LAG-3抗体", ["抗", "LAG", "-", "3", "抗体"]),
        ("relat\u00adlimab", ["relat\u00adlimab"]),
        ("⁶⁸Ga", ["⁶⁸", "Ga"]),
        ("ChemR13", ["ChemR", "13"]),
        ("Chi-square", ["Chi", "-", "square"]),
    ],
)
def test_a_text_is_cut_where_letters_digits_and_scripts_change(text: str, pieces: list[str]) -> None:
    assert cut_pieces(text)[0] == pieces


@pytest.mark.parametrize(
    ("piece", "folded"),
    [
        ("ＬＡＧ", "lag"),
        ("α", "alpha"),
        ("µ", "mu"),
        ("ﬁbro", "fibro"),
        ("\u2011", "-"),
        ("\n", " "),
        ("′", "'"),
        ("⁶⁸", "68"),
    ],
)
def test_spellings_of_one_piece_fold_to_one_form(piece: str, folded: str) -> None:
    assert fold_piece(piece) == folded


def test_a_skeleton_has_no_separators() -> None:
    assert {skeleton(text) for text in ("LAG-3", "LAG 3", "LAG\u20113", "LAG\u200b3", "LAG-\n3")} == {"LAG3"}


@pytest.mark.parametrize(
    ("between", "gap"),
    [
        ("", Gap.NONE),
        ("\u200b", Gap.NONE),
        ("\u2212", Gap.DASH),
        ("\\-", Gap.DASH),
        ("\u00a0", Gap.SPACE),
        ("-\r\n  ", Gap.HYPHENATED),
        ("\n", Gap.WRAPPED),
        (" - ", Gap.LOOSE),
        (", ", Gap(0)),
        ("\n\n", Gap(0)),
    ],
)
def test_a_gap_is_told_by_what_stands_in_it(between: str, gap: Gap) -> None:
    assert classify_gap(between) == gap


def test_importing_the_package_does_not_import_spacy() -> None:
    code = "import etl, etl.tagging, sys; sys.exit('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_tagger_is_a_spacy_pipeline_of_our_component_alone() -> None:
    assert isinstance(TAGGER, Tagger)
    assert TAGGER.pipeline.pipe_names == ["trialwatch_names"]
    doc = TAGGER.pipeline("anti-LAG-3")
    assert [(span.text, span.label_, span.kb_id_) for span in doc.spans["names"]] == [("LAG-3", "target", "LAG-3")]
