"""The quick look passes over no citation in which a parse and a search would have found something watched."""

from __future__ import annotations

import html
import io
from collections.abc import Sequence
from html.entities import html5

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl.article_selecting import ArticleSelector
from etl.citation_scan import CitationScan
from extractors.containers import Part
from extractors.pubmed.parse import parse
from extractors.pubmed.scan import read_citations
from models.article import Article
from models.watchlist import WatchItem
from tests.extractors.pubmed_xml import write_article, write_set

NAMES = ["LAG-3", "TIM-3", "FAPα", "5'-nucleotidase", "zelbarimab", "CD8+", "RIG-I", "TGF-β1", "KSS", "αβ-x", "CSF1R"]
NUMBERS = ["NCT99000101", "NCT00000104"]
ITEMS = [
    WatchItem("target", "T", tuple(NAMES)),
    WatchItem("trial", NUMBERS[0], (NUMBERS[0],)),
    WatchItem("trial", NUMBERS[1], (NUMBERS[1],)),
]
SELECTOR = ArticleSelector(ITEMS, {})
SCAN = CitationScan(SELECTOR.names, SELECTOR.nct_ids)

WORDS = [
    *NAMES, *NUMBERS, "NCT", "99000101", "104", "lag", "LAG", "3", "tim", "rig", "i", "fap", "α", "\u03b2", "1", "tgf",
    "Zelbarimab", "x", "K", "\N{KELVIN SIGN}", "ß", "ss", "ſ", "ﬁ", "csf", "1r", "é", "_",
]  # fmt: skip
SIGNS = [
    " ", "\n        ", "-", "\u2010", "\u2011", "\u2013", "\u00ad", "\u2212", "\u00a0", "\u2009", "\u202f", "\t",
    "+", "'", "\N{RIGHT SINGLE QUOTATION MARK}", ",", ".", "(", "/", "<", "&", '"', "#", ";", ":",
]  # fmt: skip
# Ways in which XML, and NLM on top of it, may write one sign.
WAYS = [
    html.escape,
    lambda sign: f"&#{ord(sign)};",
    lambda sign: f"&#x{ord(sign):X};",
    lambda sign: f"&amp;#x{ord(sign):x};",
    lambda sign: f"&#38;#{ord(sign)};",
    lambda sign: html.escape(html.escape(sign)),
    lambda sign: f"<![CDATA[{sign}]]>",
    lambda sign: f"<!-- > -->{html.escape(sign)}<?a b?>",
]


@st.composite
def write_texts(draw: st.DrawFn, longest: int = 6) -> str:
    """Draw a text as it may stand in an element: words and signs, each sign in some way, some within markup."""
    parts = draw(st.lists(st.sampled_from(WORDS) | st.sampled_from(SIGNS), max_size=longest))
    if draw(st.booleans()):
        written = [html.escape(part) for part in parts]
    else:
        # CDATA and comments end the quick look; most texts are without.
        ways = st.sampled_from(WAYS if draw(st.integers(0, 9)) == 0 else WAYS[:-2])
        written = [draw(ways)(sign) for part in parts for sign in part]
    opened: list[str] = []
    pieces: list[str] = []
    for piece in written:
        markup = draw(st.sampled_from(["", "", "", "open", "close", "empty"]))
        if markup == "open":
            tag = draw(st.sampled_from(["i", "sup", "mml:mi", "b", "DispFormula"]))
            opened.append(tag)
            note = draw(st.sampled_from(["", ' a="&gt; b"', " a='>'"]))
            pieces.append(f"<{tag}{note}>")
        elif markup == "close" and opened:
            pieces.append(f"</{opened.pop()}>")
        elif markup == "empty":
            pieces.append("<b/>")
        pieces.append(piece)
    return "".join([*pieces, *(f"</{tag}>" for tag in reversed(opened))])


def write_record(title: str, sections: Sequence[str], accession: str = "", label: str = "") -> str:
    space = draw_space(title)
    abstract = "".join(
        f'<AbstractText Label="{html.escape(label)}" NlmCategory="METHODS">{one}</AbstractText>{space}'
        for one in sections
    )
    banks = (
        "<DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList>"
        f"<AccessionNumber>{accession}</AccessionNumber></AccessionNumberList></DataBank></DataBankList>"
    )
    authors = "<AuthorList><Author><LastName>Sample</LastName></Author></AuthorList>" if len(sections) != 1 else ""
    inside = f"<ArticleTitle>{title}</ArticleTitle>{space}<Abstract>{abstract}</Abstract>{authors}{banks}"
    return write_article("99000001", f'{inside}<Language xmlns:mml="x">eng</Language>')


def draw_space(title: str) -> str:
    """Return nothing or what NLM sets between elements, as the title has it."""
    return "\n          " if len(title) % 2 else ""


def is_passed_over(record: str) -> bool:
    body = write_set(record).replace(b"<PubmedArticleSet>", b'<PubmedArticleSet xmlns:mml="http://example.org/m">', 1)
    stream = io.BufferedReader(io.BytesIO(body))
    (citations,) = read_citations(Part("a.xml", stream, stream.tell))
    (citation,) = citations
    return citation.text is not None and SCAN.find_suspects([citation.text]) == [False]


def find_articles(record: str) -> list[Article]:
    body = write_set(record).replace(b"<PubmedArticleSet>", b'<PubmedArticleSet xmlns:mml="http://example.org/m">', 1)
    return [one for one in parse(body) if isinstance(one, Article)]


@settings(max_examples=400)
@given(write_texts(), st.lists(write_texts(), max_size=3), write_texts(3), st.sampled_from(["", "NCT", *NUMBERS, "3"]))
@example("LAG<i>-</i>3", [], "", "")
@example("LA<b/>G-<sup>3</sup>", [], "", "")
@example("LAG\n        3", [], "", "")
@example("LAG\u20113", [], "", "")
@example("LAG&#x2009;3", [], "", "")
@example("FAP&amp;#x3b1;", [], "", "")
@example("FAP&#x3b1;", [], "", "")
@example("&#76;&#65;G-3", [], "", "")
@example("", ["LAG", "3"], "", "")
@example("", ["99000101"], "", "NCT")
@example("", ["99000101"], "", "govNCT")
@example("", ["99000101"], "", "GOVNCT")
@example("Trials.govNCT99000101", [], "", "")
@example("", ["x"], "NCT104", "")
@example("", ["x"], "nct: 104", "")
@example("x", ["x"], "", "NCT99000101")
@example("x<!-- </Article> -->LAG-3", ["x"], "", "")
@example("x<![CDATA[</Article><AuthorList></AuthorList>]]>LAG-3", ["x"], "", "")
def test_a_citation_in_which_something_watched_stands_is_never_passed_over(
    title: str, sections: list[str], accession: str, label: str
) -> None:
    record = write_record(title, sections, accession, label)
    for article in find_articles(record):
        if SELECTOR.find_matches(article):
            assert not is_passed_over(record)


@pytest.mark.parametrize(
    "text",
    [
        "flagship of 3",
        "original",
        "time 3",
        "zelbarimabs",
        "fapi",
        "relate &lt; 3",
        "p &lt; 0.05",
        "NCT99000102",
        "function 3",
    ],
)
def test_a_name_inside_other_words_raises_no_suspicion(text: str) -> None:
    assert CitationScan(["LAG-3", "RIG-I", "TIM-3", "zelbarimab", "FAPα"], NUMBERS).find_suspects([text]) == [False]


@pytest.mark.parametrize("text", ["A<!-- x -->B", "<![CDATA[A]]>", "A<?x ?>B"])
def test_what_only_a_parser_understands_is_left_to_it(text: str) -> None:
    assert CitationScan(["LAG-3"], []).find_suspects([text]) == [True]


def test_references_that_stand_for_latin_letters_hide_no_name() -> None:
    for name, sign in html5.items():
        if name.endswith(";") and any(part.isascii() and part.isalnum() for part in sign.casefold()):
            text = f"a {sign}x b".casefold()
            assert CitationScan([text], []).find_suspects([f"A &amp;{name}X B"]) == [True], name


def test_many_names_are_looked_for_in_several_patterns() -> None:
    names = [f"name{number}x" for number in range(950)]
    texts = [f"an anti-name{number}x antibody" for number in (0, 123, 949, 950)]
    assert CitationScan(names, []).find_suspects(texts) == [True, True, True, False]


def test_without_names_nothing_is_suspected_and_with_one_that_has_no_latin_letter_everything() -> None:
    assert CitationScan([], []).find_suspects(["", "x"]) == [False, False]
    assert CitationScan(["αβ", "LAG-3"], []).find_suspects(["x"]) == [True]
    assert CitationScan(["LAG-3"], []).find_suspects([]) == []
