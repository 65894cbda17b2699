"""Each oddity that real PubMed XML holds, and what becomes of it. The records are written for the tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from extractors.pubmed.parse import keep_newest, parse
from models.article import AbstractSection, Article, Author, Correction, Deletion, OtherAbstract
from tests.extractors.pubmed_xml import (
    BOOK_CHAPTER,
    WHOLE_BOOK,
    write_abstract,
    write_article,
    write_citation,
    write_set,
)

Read = Callable[[list[Any]], object]


def write_title(markup: str) -> str:
    return write_article(inside_article=f"<ArticleTitle>{markup}</ArticleTitle>")


def write_tie(ref_type: str, pmid: str = "<PMID>99000040</PMID>") -> str:
    tie = f'<CommentsCorrections RefType="{ref_type}"><RefSource>J Samp 2031</RefSource>{pmid}</CommentsCorrections>'
    return write_article(beside_article=f"<CommentsCorrectionsList>{tie}</CommentsCorrectionsList>")


def write_issue(date: str) -> str:
    return write_article().replace("<Year>2031</Year>", date)


def each(*names: str) -> Read:
    """Return a reader of some fields of each article."""
    return lambda found: [tuple(getattr(one, name) for name in names) for one in found]


def only(name: str) -> Read:
    """Return a reader of one field of the only article."""

    def read(found: list[Any]) -> object:
        (article,) = found
        return getattr(article, name)

    return read


def say_kept(found: list[Any]) -> object:
    return [(one.pmid, one.version, one.title) for one in keep_newest(one for one in found if isinstance(one, Article))]


def say_when(found: list[Any]) -> object:
    (article,) = found
    date = article.pub_date
    return (article.pub_date_text, date and (date.precision, date.low.isoformat(), date.high.isoformat()))


SAME_PMID = "".join(
    write_article("99000001", f"<ArticleTitle>v{version}</ArticleTitle>", version=version) for version in (2, 4, 1, 3)
)
CITED = (
    "<ReferenceList><Title>R</Title><Reference><Citation>99000099. <i>x</i></Citation><ArticleIdList>"
    '<ArticleId IdType="pubmed">99000099</ArticleId><ArticleId IdType="doi">10.9999/cited</ArticleId>'
    '<ArticleId IdType="pmc">PMC9900099</ArticleId></ArticleIdList></Reference>'
    "<ReferenceList><Reference><Citation>inner</Citation></Reference></ReferenceList>"
    '</ReferenceList><ArticleIdList><ArticleId IdType="doi">10.9999/own</ArticleId></ArticleIdList>'
)
BANK = (
    "<DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList>"
    "<AccessionNumber>{}</AccessionNumber></AccessionNumberList></DataBank></DataBankList>"
)
SECTIONS = (
    '<Abstract><AbstractText Label="BACKGROUND" NlmCategory="BACKGROUND">Why.</AbstractText>'
    '<AbstractText Label="RESULTS">CD8<sup>+</sup>.</AbstractText>'
    "<CopyrightInformation>Mine</CopyrightInformation></Abstract>"
)
OTHER = '<OtherAbstract Type="Publisher" Language="spa"><AbstractText>Uno</AbstractText></OtherAbstract>'
MATH = '<mml:math xmlns:mml="urn:m"><mml:msup><mml:mi>m</mml:mi><mml:mn>2</mml:mn></mml:msup></mml:math>'
GROUP = "<AuthorList><Author><CollectiveName>The Sample Group</CollectiveName></Author></AuthorList>"
NATIVE = "<ArticleTitle>[A sample.]</ArticleTitle><VernacularTitle>Ein Muster.</VernacularTitle>"
# The oddity, the record or records, what is read of them, and what that is.
ODDITIES: list[tuple[str, str, Read, object]] = [
    ("one PMID several times in a file", SAME_PMID, say_kept, [("99000001", 4, "v4")]),
    (
        "citations deleted among the articles",
        '<DeleteCitation><PMID Version="1">99000011</PMID><PMID Version="2">99000012</PMID></DeleteCitation>',
        lambda found: found,
        [Deletion("99000011", 1), Deletion("99000012", 2)],
    ),
    ("ids of cited papers", write_article(data=CITED), each("pmid", "doi", "pmcid"), [("99000001", "10.9999/own", "")]),
    (
        "an NCT id in the data bank list",
        write_article(inside_article=BANK.format("NCT99000001")),
        each("databank_nct_ids", "text_nct_ids"),
        [(("NCT99000001",), ())],
    ),
    ("an accession that is no number", write_article(inside_article=BANK.format("pending")), only("nct_ids"), ()),
    ("NCT00000000", write_article(inside_article=BANK.format("NCT00000000")), only("nct_ids"), ()),
    (
        "an NCT id in the abstract only",
        write_article(inside_article=write_abstract("Registered as nct99000003.")),
        each("databank_nct_ids", "text_nct_ids"),
        [((), ("NCT99000003",))],
    ),
    ("no abstract", write_article(), each("abstract", "abstract_sections"), [("", ())]),
    (
        "an empty AbstractText",
        write_article(inside_article="<Abstract><AbstractText/></Abstract>"),
        each("abstract", "abstract_sections"),
        [("", ())],
    ),
    (
        "sections with labels",
        write_article(inside_article=SECTIONS),
        each("abstract", "abstract_sections"),
        [
            (
                "Why. CD8+.",
                (AbstractSection("Why.", "BACKGROUND", "BACKGROUND"), AbstractSection("CD8+.", "RESULTS")),
            )
        ],
    ),
    (
        "inline i, sup, sub",
        write_title("<i>In vivo</i> CD8<sup>+</sup> H<sub>2</sub>O"),
        only("title"),
        "In vivo CD8+ H2O",
    ),
    ("markup inside markup", write_title("<b><i>a</i> <u>b</u></b> c"), only("title"), "a b c"),
    ("MathML", write_title(f"mg/{MATH} daily"), only("title"), "mg/m2 daily"),
    (
        "thin and other spaces",
        write_title("2\N{THIN SPACE}mg\N{NO-BREAK SPACE}\N{THIN SPACE}kg"),
        only("title"),
        "2 mg kg",
    ),
    ("line breaks in a text", write_title("\n  one\n\ttwo "), only("title"), "one two"),
    ("an escape escaped twice", write_title("p&amp;lt;0.05, R&amp;amp;D"), only("title"), "p<0.05, R&D"),
    ("a space escaped twice", write_title("a&amp;#xA0; b&amp;thinsp;c"), only("title"), "a b c"),
    (
        "ABSTRACT TRUNCATED",
        write_article(inside_article=write_abstract("So far. (ABSTRACT TRUNCATED AT 250 WORDS)")),
        only("abstract"),
        "So far. (ABSTRACT TRUNCATED AT 250 WORDS)",
    ),
    (
        "an abstract in another language",
        write_article(inside_article=write_abstract("One."), beside_article=OTHER),
        each("abstract", "other_abstracts"),
        [("One.", (OtherAbstract("Uno", "Publisher", "spa"),))],
    ),
    ("another abstract and no main one", write_article(beside_article=OTHER), only("abstract"), ""),
    (
        "a group as author",
        write_article(inside_article=GROUP),
        only("authors"),
        (Author(collective_name="The Sample Group"),),
    ),
    ("no author list", write_article(), only("authors"), ()),
    ("a title of its own language", write_article(inside_article=NATIVE), only("vernacular_title"), "Ein Muster."),
    ("a title in brackets", write_article(inside_article=NATIVE), only("title"), "[A sample.]"),
    (
        "a chapter of a book",
        BOOK_CHAPTER,
        each("is_book", "title", "journal"),
        [(True, "Checkpoint samples", "The Book of Samples")],
    ),
    ("a whole book", WHOLE_BOOK, each("is_book", "title", "journal"), [(True, "All Samples", "All Samples")]),
    ("a bare citation", write_citation("99000002"), each("pmid", "entrez_date"), [("99000002", None)]),
    (
        "a bare citation with its affiliation beside the authors",
        write_citation(
            inside_article="<Affiliation>Old Place.</Affiliation><AuthorList><Author><LastName>A</LastName></Author>"
            "<Author><LastName>B</LastName></Author></AuthorList>"
        ),
        only("authors"),
        (Author("A", affiliations=("Old Place.",)), Author("B")),
    ),
    *(
        (
            ref_type,
            write_tie(ref_type),
            each("corrections", "is_retracted"),
            [((Correction(ref_type, "99000040", "", "J Samp 2031"),), ref_type == "RetractionIn")],
        )
        for ref_type in (
            "RetractionIn",
            "RetractionOf",
            "ErratumIn",
            "ErratumFor",
            "ExpressionOfConcernIn",
            "ExpressionOfConcernFor",
            "UpdateIn",
            "UpdateOf",
            "RepublishedIn",
            "RepublishedFrom",
        )
    ),
    (
        "a notice without a PMID",
        write_tie("ErratumIn", ""),
        only("corrections"),
        (Correction("ErratumIn", citation="J Samp 2031"),),
    ),
    *(
        (f"the date {words}", write_issue(f"<MedlineDate>{words}</MedlineDate>"), say_when, (words, interval))
        for words, interval in {
            "1975-1976": ("year", "1975-01-01", "1976-12-31"),
            "Winter 1999": ("year", "1999-01-01", "1999-12-31"),
            "1999-2000 Winter": ("year", "1999-12-01", "2000-02-29"),
            "2021 3rd Quarter": ("year", "2021-07-01", "2021-09-30"),
            "1999 Sep-OCT": ("year", "1999-09-01", "1999-10-31"),
            "1998 Dec-1999 Jan": ("year", "1998-12-01", "1999-01-31"),
            "1977 Dec 22-29": ("month", "1977-12-22", "1977-12-29"),
            "3rd Quarter": None,
            "2000 Christmas": None,
        }.items()
    ),
    (
        "a season beside the year",
        write_issue("<Year>2000</Year><Season>Fall</Season>"),
        say_when,
        ("2000 Fall", ("year", "2000-09-01", "2000-11-30")),
    ),
    (
        "a revision without a day",
        write_article(beside_article="<DateRevised><Year>2031</Year><Month>2</Month></DateRevised>"),
        only("revised_date"),
        None,
    ),
    (
        "a revision with one",
        write_article(beside_article="<DateRevised><Year>2031</Year><Month>2</Month><Day>03</Day></DateRevised>"),
        only("revised_date"),
        dt.date(2031, 2, 3),
    ),
]


@pytest.mark.parametrize(("record", "read", "expected"), [pytest.param(*row, id=name) for name, *row in ODDITIES])
def test_an_oddity_becomes_what_the_table_says(record: str, read: Read, expected: object) -> None:
    assert read(list(parse(write_set(record)))) == expected
