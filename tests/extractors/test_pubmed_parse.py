from __future__ import annotations

import datetime as dt

import pytest

from extractors.pubmed.parse import keep_newest, parse
from models.article import AbstractSection, Article, Author, Correction, Deletion, MeshHeading, OtherAbstract
from models.errors import ContractError
from tests.extractors.pubmed_xml import (
    BOOK_CHAPTER,
    WHOLE_BOOK,
    write_abstract,
    write_article,
    write_citation,
    write_set,
)

TITLES = [
    ("inline markup leaves no space", "CD8<sup>+</sup> <i>T</i> cells, H<sub>2</sub>O", "CD8+ T cells, H2O"),
    ("markup loses no space", "of <i>Bacillus</i> <b>subtilis</b>", "of Bacillus subtilis"),
    ("line breaks and indents fold", "\n   one\n      two ", "one two"),
    ("thin and no-break spaces fold", "2\N{THIN SPACE}mmol\N{NO-BREAK SPACE} l", "2 mmol l"),
    ("double escapes are undone", "P &amp;lt; 0.05 &amp;amp; q", "P < 0.05 & q"),
    ("escapes are undone once only", "&amp;amp;lt;", "&lt;"),
    ("escaped markup is text", "&lt;i&gt;x&lt;/i&gt;", "<i>x</i>"),
    ("an entity of the DTD that is not loaded", "R&nbsp;D", "R D"),
    ("comments are no text", "one<!-- no -->two<?no no?>", "onetwo"),
    ("a title in brackets stays so", "[Ein Muster.]", "[Ein Muster.]"),
    (
        "MathML keeps its text",
        "ion <m:math xmlns:m='urn:m'><m:mi>SO</m:mi><m:mn>4</m:mn></m:math> seen",
        "ion SO4 seen",
    ),
    ("an empty title", "", ""),
]
# What PubMed's XML holds (in Article, beside it in MedlineCitation, in PubmedData), the field, what it must be.
ORCID = '<Identifier Source="ORCID">http://orcid.org/000000000000000X</Identifier>'
NAME = "<LastName>Muster</LastName><ForeName>Eva</ForeName><Initials>E</Initials><Suffix>Jr</Suffix>"
PLACE = '<AffiliationInfo><Affiliation>Here</Affiliation><Identifier Source="GRID">g</Identifier></AffiliationInfo>'
SECTIONED = (
    '<Abstract><AbstractText Label="BACKGROUND" NlmCategory="BACKGROUND">Why.</AbstractText><AbstractText/>'
    '<AbstractText Label="TRIAL REGISTRATION: NCT99000007">Yes.</AbstractText></Abstract>'
)
REGISTRY = "ClinicalTrials.gov"
OTHER = '<OtherAbstract Type="Publisher" Language="spa">{}</OtherAbstract>'
OWN_AND_CITED = (
    '<ArticleIdList><ArticleId IdType="doi">10.9999/own</ArticleId><ArticleId IdType="pmc">PMC9900001</ArticleId>'
    "</ArticleIdList><ReferenceList><Reference><ArticleIdList><ArticleId IdType='pubmed'>99000099</ArticleId>"
    "<ArticleId IdType='doi'>10.9999/cited</ArticleId></ArticleIdList></Reference></ReferenceList>"
)
MESH = (
    '<MeshHeadingList><MeshHeading><DescriptorName UI="D1" MajorTopicYN="N">Humans</DescriptorName>'
    '<QualifierName MajorTopicYN="Y">blood</QualifierName></MeshHeading></MeshHeadingList>'
)


def write_bank(name: str, *accessions: str) -> str:
    numbers = "".join(f"<AccessionNumber>{number}</AccessionNumber>" for number in accessions)
    listed = f"<AccessionNumberList>{numbers}</AccessionNumberList>"
    return f"<DataBankList><DataBank><DataBankName>{name}</DataBankName>{listed}</DataBank></DataBankList>"


def write_types(name: str) -> str:
    return f"<PublicationTypeList><PublicationType>{name}</PublicationType></PublicationTypeList>"


def write_tie(ref_type: str) -> str:
    tie = f'<CommentsCorrections RefType="{ref_type}"><RefSource>J</RefSource><PMID>99000040</PMID>'
    return f"<CommentsCorrectionsList>{tie}<Note>n</Note></CommentsCorrections></CommentsCorrectionsList>"


def write_authors(*authors: str) -> str:
    return f"<AuthorList>{''.join(authors)}</AuthorList>"


def write_day(name: str, attribute: str = "", day: str = "<Day>03</Day>") -> str:
    return f"<{name}{attribute}><Year>2031</Year><Month>2</Month>{day}</{name}>"


def write_entrez(day: str = "<Day>3</Day>") -> str:
    entered = write_day("PubMedPubDate", ' PubStatus="entrez"', day)
    return f"<History>{entered}</History>"


IN_ARTICLE = [
    ("vernacular_title", "<VernacularTitle>Ein <i>M</i>.</VernacularTitle>", "Ein M."),
    ("abstract", "", ""),
    ("abstract_sections", write_abstract(""), ()),
    ("abstract", write_abstract("So (ABSTRACT TRUNCATED AT 250 WORDS)"), "So (ABSTRACT TRUNCATED AT 250 WORDS)"),
    ("abstract", SECTIONED, "Why. Yes."),
    ("text_nct_ids", SECTIONED, ("NCT99000007",)),
    ("databank_nct_ids", write_bank(REGISTRY, "NCT99000001", "nct 99000002"), ("NCT99000001", "NCT99000002")),
    ("databank_nct_ids", write_bank(REGISTRY, "NCT00000000", "pending", "NCT9900001", "NCT990000011"), ()),
    ("databank_nct_ids", write_bank("GENBANK", "NCT99000001"), ()),
    ("text_nct_ids", write_abstract("(NCT99000003; nct99000003, NCT00000000)"), ("NCT99000003",)),
    ("nct_ids", write_abstract("NCT99000003") + write_bank(REGISTRY, "NCT99000001"), ("NCT99000001", "NCT99000003")),
    ("nct_ids", write_abstract("NCT99000001") + write_bank(REGISTRY, "NCT99000001"), ("NCT99000001",)),
    ("doi", '<ELocationID EIdType="doi" ValidYN="Y">https://doi.org/10.9999/e</ELocationID>', "10.9999/e"),
    ("doi", '<ELocationID EIdType="doi" ValidYN="N">10.9999/e</ELocationID>', ""),
    ("authors", "", ()),
    ("authors", write_authors('<Author ValidYN="N"><LastName>Mustre</LastName></Author>'), ()),
    ("languages", "<Language>ger</Language><Language>eng</Language>", ("ger", "eng")),
    ("is_retracted", write_types("Retracted Publication"), True),
    ("is_retracted", write_types("Retraction of Publication"), False),
    ("pub_date_text", "", "2031"),
]  # fmt: skip
BESIDE_ARTICLE = [
    ("other_abstracts", OTHER.format("<AbstractText/>"), ()),
    ("is_retracted", write_tie("RetractionIn"), True),
    ("corrections", write_tie("RetractionIn"), (Correction("RetractionIn", "99000040", "n", "J"),)),
    ("is_retracted", write_tie("RetractionOf"), False),
    ("corrections", write_tie("Cites"), ()),
    ("mesh", MESH, (MeshHeading("Humans", "D1", is_major=True, qualifiers=("blood",)),)),
    ("keywords", "<KeywordList><Keyword>LAG-3</Keyword><Keyword> </Keyword></KeywordList>", ("LAG-3",)),
    ("revised_date", write_day("DateRevised"), dt.date(2031, 2, 3)),
    ("revised_date", write_day("DateRevised", day=""), None),
]
IN_DATA = [
    ("pmid", OWN_AND_CITED, "99000001"),
    ("doi", OWN_AND_CITED, "10.9999/own"),
    ("pmcid", OWN_AND_CITED, "PMC9900001"),
    ("pmcid", '<ArticleIdList><ArticleId IdType="pmcid">pmc-id: PMC9900002;</ArticleId></ArticleIdList>', "PMC9900002"),
    ("entrez_date", write_entrez(), dt.date(2031, 2, 3)),
    ("entrez_date", write_entrez(day=""), None),
    ("entrez_date", "", None),
]


def parse_one(record: str) -> Article:
    (found,) = parse(write_set(record))
    assert isinstance(found, Article), found
    return found


@pytest.mark.parametrize(("markup", "title"), [pytest.param(*row, id=name) for name, *row in TITLES])
def test_text_is_what_a_reader_sees(markup: str, title: str) -> None:
    assert parse_one(write_article(inside_article=f"<ArticleTitle>{markup}</ArticleTitle>")).title == title


@pytest.mark.parametrize(("field", "markup", "expected"), IN_ARTICLE)
def test_a_part_of_the_article_has_its_field(field: str, markup: str, expected: object) -> None:
    assert getattr(parse_one(write_article(inside_article=markup)), field) == expected


@pytest.mark.parametrize(("field", "markup", "expected"), BESIDE_ARTICLE)
def test_a_part_of_the_citation_has_its_field(field: str, markup: str, expected: object) -> None:
    assert getattr(parse_one(write_article(beside_article=markup)), field) == expected


@pytest.mark.parametrize(("field", "markup", "expected"), IN_DATA)
def test_a_part_of_pubmed_s_own_data_has_its_field(field: str, markup: str, expected: object) -> None:
    assert getattr(parse_one(write_article(data=markup)), field) == expected


def test_sections_keep_their_labels_and_categories() -> None:
    assert parse_one(write_article(inside_article=SECTIONED)).abstract_sections == (
        AbstractSection("Why.", "BACKGROUND", "BACKGROUND"),
        AbstractSection("Yes.", "TRIAL REGISTRATION: NCT99000007"),
    )


def test_an_abstract_in_another_language_stays_apart() -> None:
    other = OTHER.format("<AbstractText>Uno</AbstractText><AbstractText>dos</AbstractText>")
    article = parse_one(write_article(inside_article=write_abstract("One"), beside_article=other))
    assert article.abstract == "One"
    assert article.other_abstracts == (OtherAbstract("Uno dos", "Publisher", "spa"),)


def test_authors_are_people_and_groups() -> None:
    group = "<Author><CollectiveName>Sample <i>Group</i></CollectiveName></Author>"
    person = f"<Author>{NAME}{ORCID}{PLACE}</Author>"
    assert parse_one(write_article(inside_article=write_authors(person, group))).authors == (
        Author("Muster", "Eva", "E", "Jr", "", "0000-0000-0000-000X", ("Here",)),
        Author(collective_name="Sample Group"),
    )


@pytest.mark.parametrize(
    "dash", ["\N{HYPHEN}", "\N{NON-BREAKING HYPHEN}", "\N{EN DASH}", "\N{MINUS SIGN}", " ", "", "-"]
)
def test_an_orcid_is_read_whatever_dashes_it_is_written_with(dash: str) -> None:
    orcid = f'<Identifier Source="ORCID">https://orcid.org/{dash.join(["0000"] * 3)}{dash}000x</Identifier>'
    person = f"<Author>{NAME}{orcid}</Author>"
    assert parse_one(write_article(inside_article=write_authors(person))).authors[0].orcid == "0000-0000-0000-000X"


@pytest.mark.parametrize("kind", ["Erratum", "ExpressionOfConcern", "Update", "Republished", "Comment"])
@pytest.mark.parametrize("direction", ["In", "For", "Of", "From", "On"])
def test_no_other_tie_is_a_retraction(kind: str, direction: str) -> None:
    article = parse_one(write_article(beside_article=write_tie(kind + direction)))
    assert [tie.ref_type for tie in article.corrections] == [kind + direction]
    assert not article.is_retracted


def test_a_record_without_a_version_is_the_first() -> None:
    assert parse_one(write_article().replace(' Version="1"', "")).version == 1


def test_a_medline_date_keeps_its_words_and_gets_its_interval() -> None:
    article = parse_one(write_article().replace("<Year>2031</Year>", "<MedlineDate>1998 Dec-1999 Jan</MedlineDate>"))
    assert article.pub_date is not None
    assert (article.pub_date_text, article.pub_date.low) == ("1998 Dec-1999 Jan", dt.date(1998, 12, 1))


def test_a_date_nobody_can_read_keeps_its_words() -> None:
    article = parse_one(write_article().replace("<Year>2031</Year>", "<MedlineDate>Christmas</MedlineDate>"))
    assert (article.pub_date_text, article.pub_date) == ("Christmas", None)


def test_a_season_stands_where_a_month_would() -> None:
    article = parse_one(write_article().replace("<Year>2031</Year>", "<Year>2031</Year><Season>Fall</Season>"))
    assert article.pub_date is not None
    assert (article.pub_date_text, article.pub_date.low, article.pub_date.high.month) == (
        "2031 Fall",
        dt.date(2031, 9, 1),
        11,
    )


def test_a_bare_citation_of_the_old_files_is_an_article_without_an_entry_date() -> None:
    body = f"<MedlineCitationSet>{write_citation('99000002')}</MedlineCitationSet>".encode()
    (found,) = parse(body)
    assert isinstance(found, Article)
    assert (found.pmid, found.entrez_date, found.journal) == ("99000002", None, "Journal of Samples")


def test_a_chapter_is_an_article_in_a_book_without_its_editors() -> None:
    chapter = parse_one(BOOK_CHAPTER)
    assert (chapter.is_book, chapter.title, chapter.journal) == (True, "Checkpoint samples", "The Book of Samples")
    assert [author.last_name for author in chapter.authors] == ["Chapter"]
    assert (chapter.doi, chapter.pub_date_text, chapter.entrez_date) == (
        "10.9999/chapter",
        "2030 03",
        dt.date(2030, 4, 2),
    )
    assert (chapter.text_nct_ids, chapter.publication_types) == (("NCT99000050",), ("Review",))


def test_a_whole_book_bears_the_book_s_title_and_authors() -> None:
    book = parse_one(WHOLE_BOOK)
    assert (book.title, book.authors, book.version) == (
        "All Samples",
        (Author(collective_name="The Sample Group"),),
        1,
    )


def test_deletions_come_one_by_one_among_the_articles() -> None:
    deletions = '<DeleteCitation><PMID Version="2">99000011</PMID><PMID>99000012</PMID></DeleteCitation>'
    found = list(parse(write_set(write_article("99000010"), deletions)))
    assert found[1:] == [Deletion("99000011", 2), Deletion("99000012", 1)]


@pytest.mark.parametrize(
    ("record", "place", "path"),
    [
        (write_article(""), "record 2", "MedlineCitation/PMID"),
        (write_article("99x"), "record 2", "MedlineCitation/PMID"),
        (write_article("0"), "record 2", "MedlineCitation/PMID"),
        (write_article("99000009").replace('n="1"', 'n="one"'), "PMID 99000009", "MedlineCitation/PMID/@Version"),
        ("<PubmedArticle><PubmedData/></PubmedArticle>", "record 2", "MedlineCitation"),
        ("<MedlineCitation><PMID>99000009</PMID></MedlineCitation>", "PMID 99000009", "MedlineCitation/Article"),
        ("<PubmedBookArticle/>", "record 2", "BookDocument"),
        ("<BookDocument><PMID>99000009</PMID></BookDocument>", "PMID 99000009", "BookDocument/Book"),
        ("<DeleteCitation><PMID>gone</PMID></DeleteCitation>", "record 2", "DeleteCitation/PMID[1]"),
        ("<Wrapped><PubmedArticle/></Wrapped>", "record 2", "Wrapped"),
    ],
)  # fmt: skip
def test_one_bad_record_names_its_place_and_costs_no_other(record: str, place: str, path: str) -> None:
    before, broken, after = parse(write_set(write_article("99000001"), record, write_article("99000003")))
    assert isinstance(before, Article)
    assert isinstance(after, Article)
    assert isinstance(broken, ContractError)
    assert (broken.record, broken.path) == (place, path)


def test_something_strange_at_the_end_is_not_passed_over() -> None:
    *_, last = parse(write_set(write_article(), "<ERROR>no more</ERROR>"))
    assert isinstance(last, ContractError)
    assert last.path == "ERROR"


def test_the_source_named_is_the_source_blamed() -> None:
    (broken,) = parse(write_set("<PubmedArticle/>"), source="pubmed file one.xml")
    assert str(broken).startswith("pubmed file one.xml: record 1: ")


def test_a_set_of_nothing_is_no_error() -> None:
    assert list(parse(b"<PubmedArticleSet></PubmedArticleSet>")) == []


def test_every_appearance_of_a_pmid_is_told_and_the_highest_version_kept() -> None:
    titles = [("99000001", 1, "a"), ("99000001", 3, "b"), ("99000002", 1, "c"), ("99000001", 2, "d")]
    records = [write_article(p, f"<ArticleTitle>{t}</ArticleTitle>", version=v) for p, v, t in titles]
    found = [article for article in parse(write_set(*records)) if isinstance(article, Article)]
    assert [(article.pmid, article.version, article.title) for article in found] == titles
    assert [article.title for article in keep_newest(found)] == ["b", "c"]


def test_of_equal_versions_the_later_is_kept() -> None:
    records = [write_article(inside_article=f"<ArticleTitle>{title}</ArticleTitle>") for title in ("old", "new")]
    found = [article for article in parse(write_set(*records)) if isinstance(article, Article)]
    assert [article.title for article in keep_newest(found)] == ["new"]


def test_an_article_knows_its_page() -> None:
    assert parse_one(write_article("99000001")).url == "https://pubmed.ncbi.nlm.nih.gov/99000001/"
