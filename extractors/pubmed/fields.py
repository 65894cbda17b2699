"""The parts of a PubMed citation, each read from its own element. Only a broken part raises; an absent one is empty."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator

from lxml import etree

from extractors.pubmed.text import find_texts, read_attribute, read_text
from models.article import AbstractSection, Author, Correction, MeshHeading, OtherAbstract
from models.nct import find_nct_ids, parse_nct_id

_PMID = re.compile(r"[1-9][0-9]{0,9}")
_PMCID = re.compile(r"PMC[0-9]+")
_ORCID = re.compile(r"([0-9]{4})-?([0-9]{4})-?([0-9]{4})-?([0-9]{3}[0-9X])")
_NAMES = frozenset({"LastName", "ForeName", "Initials", "Suffix", "CollectiveName"})
_DOI_ADDRESS = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)


class BrokenPartError(ValueError):
    """A part of a record that is there and cannot be what it should be; `path` says where."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason


def read_pmid(element: etree._Element | None, path: str) -> str:
    """Return the number in a `PMID` element."""
    pmid = read_text(element)
    if element is None or not _PMID.fullmatch(pmid):
        raise BrokenPartError(path, f'"{pmid[:20]}" is no PMID' if element is not None else "no PMID")
    return pmid


def read_version(element: etree._Element | None, path: str) -> int:
    """Return a `PMID` element's Version, 1 where it has none."""
    version = (read_attribute(element, "Version") if element is not None else "") or "1"
    if not version.isdecimal():
        raise BrokenPartError(f"{path}/@Version", f'"{version[:20]}" is no number')
    return int(version)


def read_date(element: etree._Element | None) -> dt.date | None:
    """Return a date of Year, Month and Day elements; None where there is none, or none to the day.

    NLM serves `DateRevised` without a Day at times; such a date is not worth the record it stands in.
    """
    if element is None:
        return None
    try:
        return dt.date(*(int(read_text(element.find(name))) for name in ("Year", "Month", "Day")))
    except ValueError:
        return None


def read_pub_date_text(element: etree._Element | None) -> str:
    """Return the words of a `PubDate`, its parts in the order they stand in."""
    return " ".join(find_texts(element, "*")) if element is not None else ""


def read_sections(abstract: etree._Element | None) -> tuple[AbstractSection, ...]:
    """Return the sections of an `Abstract` that have text."""
    found = abstract.findall("AbstractText") if abstract is not None else []
    return tuple(
        AbstractSection(text, read_attribute(part, "Label"), read_attribute(part, "NlmCategory"))
        for part in found
        if (text := read_text(part))
    )


def read_other_abstracts(citation: etree._Element) -> tuple[OtherAbstract, ...]:
    """Return the abstracts beside the main one that have text."""
    return tuple(
        OtherAbstract(text, read_attribute(other, "Type"), read_attribute(other, "Language"))
        for other in citation.findall("OtherAbstract")
        if (text := " ".join(find_texts(other, "AbstractText")))
    )


def read_authors(holder: etree._Element) -> tuple[Author, ...]:
    """Return the authors of all author lists; editors, and entries NLM marks as invalid, are none."""
    return tuple(
        _read_author(author)
        for author_list in holder.findall("AuthorList")
        if author_list.get("Type") != "editors"
        for author in author_list.findall("Author")
        if author.get("ValidYN") != "N"
    )


def _read_author(author: etree._Element) -> Author:
    names = {str(part.tag): read_text(part) for part in author if part.tag in _NAMES}
    orcids = (_ORCID.search(read_text(part)) for part in author if part.get("Source") == "ORCID")
    return Author(
        last_name=names.get("LastName", ""),
        fore_name=names.get("ForeName", ""),
        initials=names.get("Initials", ""),
        suffix=names.get("Suffix", ""),
        collective_name=names.get("CollectiveName", ""),
        orcid=next(("-".join(match.groups()) for match in orcids if match), ""),
        affiliations=find_texts(author, "AffiliationInfo/Affiliation") or find_texts(author, "Affiliation"),
    )


def read_mesh(citation: etree._Element) -> tuple[MeshHeading, ...]:
    """Return the MeSH headings in the record's order."""
    return tuple(
        MeshHeading(
            descriptor=read_text(heading.find("DescriptorName")),
            ui=next((read_attribute(name, "UI") for name in heading.findall("DescriptorName")), ""),
            is_major=any(name.get("MajorTopicYN") == "Y" for name in heading),
            qualifiers=find_texts(heading, "QualifierName"),
        )
        for heading in citation.findall("MeshHeadingList/MeshHeading")
    )


def read_corrections(citation: etree._Element) -> tuple[Correction, ...]:
    """Return the ties to other records; plain citing (`Cites`, in older files) is none."""
    return tuple(
        Correction(
            ref_type=tie.get("RefType", ""),
            pmid=read_text(tie.find("PMID")),
            note=read_text(tie.find("Note")),
            citation=read_text(tie.find("RefSource")),
        )
        for tie in citation.findall("CommentsCorrectionsList/CommentsCorrections")
        if tie.get("RefType") != "Cites"
    )


def read_databank_nct_ids(article: etree._Element) -> tuple[str, ...]:
    """Return the ClinicalTrials.gov numbers the publisher declared; an accession that is no number declares none."""
    found: list[str] = []
    for bank in article.findall("DataBankList/DataBank"):
        if read_text(bank.find("DataBankName")).casefold() == "clinicaltrials.gov":
            for accession in find_texts(bank, "AccessionNumberList/AccessionNumber"):
                found += find_nct_ids(accession) or _read_lone_number(accession)
    return tuple(dict.fromkeys(found))


def _read_lone_number(accession: str) -> list[str]:
    try:
        return [parse_nct_id(accession)]
    except ValueError:
        return []


def find_doi(article: etree._Element, data: etree._Element | None) -> str:
    """Return this record's own DOI, without a resolver's address; those of cited papers stand in `ReferenceList`."""
    printed = (
        read_text(location)
        for location in article.findall("ELocationID[@EIdType='doi']")
        if location.get("ValidYN") != "N"
    )
    first = next(itertools.chain(_find_ids(article, data, "doi"), printed), "")
    return _DOI_ADDRESS.sub("", first, count=1)


def find_pmcid(article: etree._Element, data: etree._Element | None) -> str:
    """Return this record's own PubMed Central number, `PMC…`."""
    listed = itertools.chain(_find_ids(article, data, "pmc"), _find_ids(article, data, "pmcid"))
    return next((match[0] for text in listed if (match := _PMCID.search(text))), "")


def _find_ids(article: etree._Element, data: etree._Element | None, kind: str) -> Iterator[str]:
    # A journal article's ids stand in its PubmedData, a book's in the document too.
    for holder in (data, article):
        if holder is not None:
            yield from find_texts(holder, f"ArticleIdList/ArticleId[@IdType='{kind}']")
