"""PubMed XML to articles and deletions. One bad record never costs the others; what a record means is not judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from lxml import etree

from extractors.pubmed import fields, lists
from extractors.pubmed.document import (
    DELETION_TAGS,
    RECORD_TAGS,
    SOURCE,
    ByteStream,
    UnreadableError,
    find_record_spans,
    find_records,
)
from extractors.pubmed.mending import find_unreadable, leave_out
from extractors.pubmed.text import Parts, find_first, group_children, read_text, read_texts
from models.article import AbstractSection, Article, Author, Correction, Deletion
from models.errors import ContractError
from models.nct import find_nct_ids
from models.pubmed_date import parse_pub_date

__all__ = ["SOURCE", "find_record_spans", "keep_newest", "parse"]
_CITATION_OF: Final = {"PubmedArticle": "MedlineCitation", "PubmedBookArticle": "BookDocument"}


def parse(body: bytes | ByteStream, source: str = SOURCE) -> Iterator[Article | Deletion | ContractError]:
    """Yield every record of a page or an update file, in order, a PMID as often as it stands there.

    A record that is not what PubMed promises comes as a ContractError, which names its PMID or its place; so does one
    that is no XML, where the whole page is at hand and the rest of it is sound.

    Raises:
        SourceError: the document cannot be read; records before the fault have been yielded by then.
    """
    position = 0
    try:
        for position, element in enumerate(find_records(body, source), 1):
            yield from _parse_record(element, source, f"record {position}")
    except UnreadableError:
        flaws = find_unreadable(body, source) if isinstance(body, bytes) else ()
        if not flaws or not isinstance(body, bytes):
            raise
        yield from (flaw.error for flaw in flaws)
        rest = enumerate(find_records(leave_out(body, flaws), source), 1)
        for number, element in rest:
            if number > position:
                yield from _parse_record(element, source, f"record {number}")


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
    outer = group_children(record) if inner else {}
    citation = find_first(outer, inner) if inner else record
    try:
        if citation is None:
            raise fields.BrokenPartError(str(inner), "no citation")
        parts = group_children(citation)
        path = f"{citation.tag!s}/PMID"
        number = find_first(parts, "PMID")
        pmid = fields.read_pmid(number, path)
        place = f"PMID {pmid}"
        version = fields.read_version(number, path)
        is_book = citation.tag == "BookDocument"
        return (_parse_book if is_book else _parse_article)(pmid, version, parts, outer)
    except fields.BrokenPartError as broken:
        return ContractError(source, place, broken.path, broken.reason)


def _parse_article(pmid: str, version: int, citation: Parts, outer: Parts) -> Article:
    element = find_first(citation, "Article")
    if element is None:
        raise fields.BrokenPartError("MedlineCitation/Article", "no article")
    article = group_children(element)
    journal = group_children(find_first(article, "Journal"))
    issue = group_children(find_first(journal, "JournalIssue"))
    authors = lists.read_authors(article.get("AuthorList", ()))
    return _build_article(
        pmid,
        version,
        citation,
        article,
        group_children(find_first(outer, "PubmedData")),
        title=read_text(find_first(article, "ArticleTitle")),
        journal=fields.find_journal(journal, citation),
        pub_date_text=fields.read_pub_date_text(find_first(issue, "PubDate")),
        publication_types=tuple([text for one in article.get("PublicationTypeList", ()) for text in read_texts(one)]),
        authors=lists.give_affiliation(authors, read_texts(article.get("Affiliation", ()))),
    )


def _parse_book(pmid: str, version: int, document: Parts, outer: Parts) -> Article:
    element = find_first(document, "Book")
    if element is None:
        raise fields.BrokenPartError("BookDocument/Book", "no book")
    book = group_children(element)
    book_title = read_text(find_first(book, "BookTitle"))
    return _build_article(
        pmid,
        version,
        document,
        document,
        group_children(find_first(outer, "PubmedBookData")),
        # A chapter has a title of its own; a book as a whole has only the book's.
        title=read_text(find_first(document, "ArticleTitle")) or book_title,
        journal=book_title,
        pub_date_text=fields.read_pub_date_text(find_first(book, "PubDate")),
        publication_types=read_texts(document.get("PublicationType", ())),
        authors=lists.read_authors(document.get("AuthorList", ())) or lists.read_authors(book.get("AuthorList", ())),
        is_book=True,
    )


def _build_article(
    pmid: str,
    version: int,
    citation: Parts,
    article: Parts,
    data: Parts,
    *,
    title: str,
    journal: str,
    pub_date_text: str,
    publication_types: tuple[str, ...],
    authors: tuple[Author, ...],
    is_book: bool = False,
) -> Article:
    sections = fields.read_sections(find_first(article, "Abstract"))
    corrections = lists.read_corrections(citation.get("CommentsCorrectionsList", ()))
    ids = fields.read_ids(data, article)
    return Article(
        pmid=pmid,
        version=version,
        title=title,
        abstract=" ".join([section.text for section in sections]),
        abstract_sections=sections,
        other_abstracts=fields.read_other_abstracts(citation.get("OtherAbstract", ())),
        vernacular_title=read_text(find_first(article, "VernacularTitle")),
        journal=journal,
        pub_date=parse_pub_date(pub_date_text),
        pub_date_text=pub_date_text,
        entrez_date=fields.read_entrez_date(data),
        revised_date=fields.read_date(find_first(citation, "DateRevised")),
        publication_types=publication_types,
        languages=read_texts(article.get("Language", ())),
        authors=authors,
        mesh=lists.read_mesh(citation.get("MeshHeadingList", ())),
        keywords=lists.read_keywords(citation.get("KeywordList", ())),
        chemicals=lists.read_chemicals(citation.get("ChemicalList", ())),
        grants=lists.read_grants(article.get("GrantList", ())),
        doi=fields.find_doi(ids, article),
        pmcid=fields.find_pmcid(ids),
        databank_nct_ids=lists.read_databank_nct_ids(article.get("DataBankList", ())),
        text_nct_ids=_find_named_trials(title, sections),
        corrections=corrections,
        is_retracted=_is_retracted(publication_types, corrections),
        is_book=is_book,
    )


def _find_named_trials(title: str, sections: Iterable[AbstractSection]) -> tuple[str, ...]:
    seen = " ".join([title, *[f"{section.label} {section.text}" for section in sections]])
    # Few papers name a trial; bytes are looked through the fastest.
    return tuple(find_nct_ids(seen)) if b"nct" in seen.encode().lower() else ()


def _is_retracted(publication_types: Iterable[str], corrections: Iterable[Correction]) -> bool:
    """Tell the retracted paper from its notice, which bears `RetractionOf` and "Retraction of Publication"."""
    return "Retracted Publication" in publication_types or any(tie.ref_type == "RetractionIn" for tie in corrections)
