"""The scan leaves out no place: what is found in its windows is what the pipeline finds in the whole text."""

from __future__ import annotations

import gzip
import json
import random
import re
import time
import unicodedata
from itertools import pairwise, product
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl.tagging import Tagger, build_article_fields, build_tagger, build_trial_fields
from etl.tagging.component import FACTORY, NameComponent
from etl.tagging.finder import Sighting
from etl.tagging.pieces import GREEK_WORDS, SEPARATORS, fold_piece, plain_piece
from etl.tagging.shape import BLANK, DOUBT, build_piece_shapes, build_shape
from etl.tagging.tokens import hide_surrogates
from models.mention import TextField
from tests.etl.tagging_vocabulary import build_small_tagger, read_vocabulary

TAGGER = build_tagger(read_vocabulary())
SMALL = build_small_tagger()
NAMES = sorted(
    {name for thing in (*read_vocabulary().targets, *read_vocabulary().agents) for name, _ in thing.graded()}
)
BLOCKERS = sorted(
    {text for thing in (*read_vocabulary().targets, *read_vocabulary().agents) for text in thing.blockers}
)

GAPS = (
    *(
        "",
        " ",
        "-",
        "\u2011",
        "\u2212",
        "\uff0d",
        "\\-",
        "\u00a0",
        "  ",
        "\n",
        "-\n",
        "- \r\n  ",
        " - ",
        "\n   \n",
        "\t",
    ),
    *("\u200b", "\u00ad", " \u200b", "-\u00ad\n", "\u2060-", ", ", "/", "+", ".", "'", "\u2019"),
)
BESIDE = (
    *("", " ", "(", ")", "x", "PD-1x", "anti-", "hi", "high", "neg", "Ig", "s", "3", "-1", "+", "\u207a", "\u00b2"),
    *("\u2122", "\ufb01", "e\u0301", "\u0301", "\u200b", "\u00ad", "\u6297", "\u03b1", "\u00e9", "\u24b6", "\u0663"),
    *(
        "\ud800",
        "_",
        "/",
        " and -3",
        "-1 and -3",
        "1, 2 & 3",
        "/4",
        " like receptor",
        "-like",
        "\x00",
        "\xa0",
        "\u2028",
    ),
    *(
        ". No ",
        "lack of ",
        "; in the stroma ",
        " polyposis. ",
        "(FAP) ",
        " (TIM-1) and ",
        "CD39/73",
        "\u212a",
        "\u017f",
    ),
)
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
GREEK = {name: chr(code) for code in range(0x3B1, 0x3CA) for name in [fold_piece(chr(code))] if name in GREEK_WORDS}


def respell(name: str, seed: int) -> str:
    """Spell a name in one of the ways a text may, and in some that it may not."""
    chance = random.Random(seed)
    return "".join(_respell_piece(piece, chance) + _choose_rarely(chance, GAPS) for piece in _cut(name))


def _choose_rarely(chance: random.Random, choices: tuple[str, ...]) -> str:
    return chance.choice(choices) if chance.randrange(9) == 0 else ""


def _respell_piece(piece: str, chance: random.Random) -> str:
    place = chance.randrange(len(piece) + 1)
    ways = (
        piece.translate(WIDE),
        chance.choice((piece.upper(), piece.lower(), piece.capitalize(), piece.swapcase())),
        piece[:place] + chance.choice(("\u00ad", "\u200b", "\ufeff", "\u0301")) + piece[place:],
        GREEK.get(piece.lower(), piece),
        unicodedata.normalize("NFD", piece),
        piece if piece.isalnum() else chance.choice(GAPS),
        *(piece,) * 6,
    )
    return chance.choice(ways)


def _cut(name: str) -> list[str]:
    pieces = [""]
    for letter in name:
        kind = (letter.isalpha(), letter.isdigit())
        if pieces[-1] and kind == (pieces[-1][-1].isalpha(), pieces[-1][-1].isdigit()):
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return [piece for piece in pieces if piece]


SPELLINGS = st.builds(respell, st.sampled_from(NAMES) | st.sampled_from(BLOCKERS), st.integers(0, 10**6))
STEMS = st.sampled_from(["TIM", "LAG", "CD", "CCR", "RIG", "Tim", "cd", "DDX"])
PARTS = SPELLINGS | st.sampled_from(BESIDE + GAPS) | STEMS | st.text(max_size=3) | st.sampled_from(NAMES)
TEXTS = st.lists(PARTS, max_size=12).map("".join) | st.text() | st.lists(SPELLINGS, max_size=5).map(" ".join)


def see(tagger: Tagger, text: str, *, is_whole: bool) -> list[Sighting]:
    component = tagger.pipeline.get_pipe(FACTORY)
    assert isinstance(component, NameComponent)
    if is_whole:
        return component.read(tagger.pipeline(hide_surrogates(text)))
    windows = component.scan.find_windows([text]).get(0, [])
    assert all(start == 0 or text[start - 1].isspace() or text[start].isspace() for start, _ in windows)
    assert all(one[1] < other[0] for one, other in pairwise(windows))
    return component.find(hide_surrogates(text), windows)


@settings(max_examples=400)
@given(TEXTS)
@example("\u00b2LAG-3")
@example("3\u200bLAG-3 and \u24b6LAG-3")
@example("LAG\u00b3")
@example("FAP\u2122 FAPhi FAPxTIGIT FAP\u212a eN\u00b2")
@example("\ufb01broblast activation protein TIGIT")
@example("\ufb01ne LAG-3, \ufb04at \ufb01broblast\u00a0 activation protein; TIM-1 \ufb01t and -3, CD39/73 \ufb01")
@example("TIM-\u0661 and -3")
@example("fibroblast  -  activation \n protein")
@example("PD-1xLAG-3, TIGIThi, 抗LAG-3抗体")
def test_windows_hold_every_name_of_a_text(text: str) -> None:
    assert see(TAGGER, text, is_whole=False) == see(TAGGER, text, is_whole=True)
    assert see(SMALL, text, is_whole=False) == see(SMALL, text, is_whole=True)


@settings(max_examples=200)
@given(st.lists(TEXTS, max_size=4))
def test_a_document_has_the_mentions_of_its_whole_texts(texts: list[str]) -> None:
    fields = [TextField(f"keywords[{place}]", "description", text) for place, text in enumerate(texts)]
    assert TAGGER.tag(fields) == TAGGER.tag_whole(fields)
    documents = [[], fields, *([field] for field in fields), []]
    assert list(TAGGER.pipe(documents)) == [TAGGER.tag_whole(document) for document in documents]


@pytest.mark.parametrize("initial", sorted({name[0].casefold() for name in NAMES}))
def test_every_name_is_seen_however_it_is_spelt(initial: str) -> None:
    for name in (*NAMES, *BLOCKERS):
        for seed in range(4 if name[0].casefold() == initial else 0):
            text = f"It was {respell(name, seed)}, as said.  {name}\n({respell(name, seed + 100)})"
            assert see(TAGGER, text, is_whole=False) == see(TAGGER, text, is_whole=True)


def test_names_are_seen_alone_in_a_text_whose_separators_stand_in_rows() -> None:
    for name in (*NAMES, *BLOCKERS, "TIM-1 and -3", "CD39/73"):
        for row, count in product(("  ", " - ", "    ", " \n \n "), (0, 1)):
            text = re.sub(r"(?<=\w)[ -]|(?<=[A-Za-z])(?=\d)", row, name, count=count)
            assert see(TAGGER, text, is_whole=False) == see(TAGGER, text, is_whole=True), text


def test_every_character_has_the_shape_of_its_folded_form() -> None:
    codes = (*range(0x3000), *range(0xF900, 0x10000), *range(0x1D400, 0x1D800), *range(0x1F100, 0x1F200))
    letters = [chr(code) for code in codes if not 0xD800 <= code < 0xE000]
    assert [letter for letter in letters if not is_shaped_as_folded(letter)] == []


def is_shaped_as_folded(letter: str) -> bool:
    """Return whether the shape of a letter is that of its folded form, is in doubt, or is that of a separator."""
    shape, folded = build_shape(letter), fold_piece(letter)
    plain = plain_piece(letter)
    if plain.isascii() and plain.isalnum() and plain not in GREEK_WORDS and DOUBT not in shape:
        return shape == plain.encode()  # whose case may say something
    return shape.lower() in build_piece_shapes(folded) or DOUBT in shape or (shape == BLANK and folded in SEPARATORS)


def test_a_long_text_is_searched_once() -> None:
    text = " ".join(f"word{place} end of treatment" for place in range(20_000))
    for long in (text + " TIGIT", text.replace(" ", "\n") + "\nLAG-3", text.replace(" ", "_") + "_LAG-3"):
        began = time.perf_counter()
        found = see(TAGGER, long, is_whole=False)
        assert time.perf_counter() - began < 10  # it takes less than one; quadratic time would take minutes
        assert [end for _, end, _ in found] == [len(long)]


def test_a_text_that_names_nothing_does_not_reach_the_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TAGGER, "pipeline", None)
    text = "No simple names: the tenth phase I flagged 3 of 4 families, and CD8 rose (10\u2076 cells\u00b2)."
    assert TAGGER.tag([TextField("title", "title", "Entirely"), TextField("abstract", "abstract", text)]) == []


def test_recorded_trials_have_the_same_mentions_either_way(shared: Path) -> None:
    lines = gzip.decompress((shared / "recorded" / "trials.jsonl.gz").read_bytes()).splitlines()
    for line in lines[::8]:
        fields = build_trial_fields(json.loads(line)["study"])
        assert fields
        assert TAGGER.tag(fields) == TAGGER.tag_whole(fields)


def test_gold_documents_have_the_same_mentions_either_way(shared: Path) -> None:
    for line in (shared / "gold" / "documents.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        fields = build_article_fields(record["title"], record["abstract"])
        assert TAGGER.tag(fields) == TAGGER.tag_whole(fields)
