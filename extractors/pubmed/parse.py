"""PubMed XML to articles and deletions. One bad record never costs the others; what a record means is not judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from lxml import etree

from extractors.pubmed import fields
from extractors.pubmed.document import (
    DELETION_TAGS,
    RECORD_TAGS,
    SOURCE,
    ByteStream,
    find_record_spans,
    find_records,
)
from extractors.pubmed.text import find_texts, read_text
from models.article import Article, Author, Correction, Deletion
from models.errors import ContractError
from models.nct import find_nct_ids
from models.pubmed_date import parse_pub_date

__all__ = ["SOURCE", "find_record_spans", "keep_newest", "parse"]
_CITATION_OF: Final = {"PubmedArticle": "MedlineCitation", "PubmedBookArticle": "BookDocument"}
_ENTREZ = "History/PubMedPubDate[@PubStatus='entrez']"


def parse(body: bytes | ByteStream, source: str = SOURCE) -> Iterator[Article | Deletion | ContractError]:
    """Yield every record of a page or an update file, in order, a PMID as often as it stands there.

    A record that is not what PubMed promises comes as a ContractError, which names its PMID or its place.

    Raises:
        SourceError: the document cannot be read; records before the fault have been yielded by then.
    """
    for position, element in enumerate(find_records(body, source), 1):
        yield from _parse_record(element, source, f"record {position}")


def keep_newest(articles: Iterable[Article]) -> tuple[Article, ...]:
    """Return one article a PMID: that of the highest version, of equal ones the last."""
    newest: dict[str, Article] = {}
    for article in articles:
        held = newest.get(article.pmid)
        if held is None or article.version >= held.version:
            newest[article.pmid] = article
    return tuple(newest.values())


def _parse_record(record: etree._Element, source: str, place: str) -> Iterator[Article | Deletion | ContractError]:
    tag = str(record.tag)
    if tag in DELETION_TAGS:
        for number, pmid in enumerate(record.findall("PMID"), 1):
            yield from _parse_deletion(pmid, source, place, f"{tag}/PMID[{number}]")
    elif tag in RECORD_TAGS:
        yield _parse_citation(record, source, place)
    else:
        yield ContractError(source, place, tag, "is no record of PubMed")


def _parse_deletion(pmid: etree._Element, source: str, place: str, path: str) -> Iterator[Deletion | ContractError]:
    try:
        yield Deletion(fields.read_pmid(pmid, path), fields.read_version(pmid, path))
    except fields.BrokenPartError as broken:
        yield ContractError(source, place, broken.path, broken.reason)


def _parse_citation(record: etree._Element, source: str, place: str) -> Article | ContractError:
    inner = _CITATION_OF.get(str(record.tag))
    citation = record.find(inner) if inner else record
    try:
        if citation is None:
            raise fields.BrokenPartError(str(inner), "no citation")
        place = f"PMID {fields.read_pmid(citation.find('PMID'), f'{citation.tag!s}/PMID')}"
        is_book = citation.tag == "BookDocument"
        return _parse_book(record, citation) if is_book else _parse_article(record, citation)
    except fields.BrokenPartError as broken:
        return ContractError(source, place, broken.path, broken.reason)


def _parse_article(record: etree._Element, citation: etree._Element) -> Article:
    article = citation.find("Article")
    if article is None:
        raise fields.BrokenPartError("MedlineCitation/Article", "no article")
    names = ("Article/Journal/Title", "Article/Journal/ISOAbbreviation", "MedlineJournalInfo/MedlineTA")
    return _build_article(
        citation,
        article,
        record.find("PubmedData"),
        title=read_text(article.find("ArticleTitle")),
        journal=next((name for path in names for name in find_texts(citation, path)), ""),
        pub_date_text=fields.read_pub_date_text(article.find("Journal/JournalIssue/PubDate")),
        publication_types=find_texts(article, "PublicationTypeList/PublicationType"),
        authors=fields.read_authors(article),
    )


def _parse_book(record: etree._Element, document: etree._Element) -> Article:
    book = document.find("Book")
    if book is None:
        raise fields.BrokenPartError("BookDocument/Book", "no book")
    book_title = read_text(book.find("BookTitle"))
    return _build_article(
        document,
        document,
        record.find("PubmedBookData"),
        # A chapter has a title of its own; a book as a whole has only the book's.
        title=read_text(document.find("ArticleTitle")) or book_title,
        journal=book_title,
        pub_date_text=fields.read_pub_date_text(book.find("PubDate")),
        publication_types=find_texts(document, "PublicationType"),
        authors=fields.read_authors(document) or fields.read_authors(book),
        is_book=True,
    )


def _build_article(
    citation: etree._Element,
    article: etree._Element,
    data: etree._Element | None,
    *,
    title: str,
    journal: str,
    pub_date_text: str,
    publication_types: tuple[str, ...],
    authors: tuple[Author, ...],
    is_book: bool = False,
) -> Article:
    path = f"{citation.tag!s}/PMID"
    pmid = citation.find("PMID")
    sections = fields.read_sections(article.find("Abstract"))
    corrections = fields.read_corrections(citation)
    entrez = data.find(_ENTREZ) if data is not None else None
    seen = " ".join([title, *(f"{section.label} {section.text}" for section in sections)])
    return Article(
        pmid=fields.read_pmid(pmid, path),
        version=fields.read_version(pmid, path),
        title=title,
        abstract=" ".join(section.text for section in sections),
        abstract_sections=sections,
        other_abstracts=fields.read_other_abstracts(citation),
        vernacular_title=read_text(article.find("VernacularTitle")),
        journal=journal,
        pub_date=parse_pub_date(pub_date_text),
        pub_date_text=pub_date_text,
        entrez_date=fields.read_date(entrez),
        revised_date=fields.read_date(citation.find("DateRevised")),
        publication_types=publication_types,
        languages=find_texts(article, "Language"),
        authors=authors,
        mesh=fields.read_mesh(citation),
        keywords=find_texts(citation, "KeywordList/Keyword"),
        doi=fields.find_doi(article, data),
        pmcid=fields.find_pmcid(article, data),
        databank_nct_ids=fields.read_databank_nct_ids(article),
        text_nct_ids=tuple(find_nct_ids(seen)),
        corrections=corrections,
        is_retracted=_is_retracted(publication_types, corrections),
        is_book=is_book,
    )


def _is_retracted(publication_types: Iterable[str], corrections: Iterable[Correction]) -> bool:
    """Tell the retracted paper from its notice, which bears `RetractionOf` and "Retraction of Publication"."""
    return "Retracted Publication" in publication_types or any(tie.ref_type == "RetractionIn" for tie in corrections)
