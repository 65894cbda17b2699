"""The single parts of a PubMed citation: ids, dates, texts. Only a broken part raises; an absent one is empty."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from lxml import etree

from extractors.pubmed.text import Parts, find_first, group_children, read_attribute, read_text, read_texts
from models.article import AbstractSection, OtherAbstract

_PMID = re.compile(r"[1-9][0-9]{0,9}")
_PMCID = re.compile(r"PMC[0-9]+")
_DOI_ADDRESS = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
Ids = list[tuple[str, str]]


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
    if not (version.isascii() and version.isdecimal() and len(version) <= len("999999999")):
        raise BrokenPartError(f"{path}/@Version", f'"{version[:20]}" is no number')
    return int(version)


def read_date(element: etree._Element | None) -> dt.date | None:
    """Return a date of Year, Month and Day elements; None where there is none, or none to the day.

    NLM serves `DateRevised` without a Day at times; such a date is not worth the record it stands in.
    """
    if element is None:
        return None
    stated = {child.tag: child.text for child in element}
    try:
        return dt.date(int(stated["Year"] or ""), int(stated["Month"] or ""), int(stated["Day"] or ""))
    except (KeyError, ValueError):
        return None


def read_entrez_date(data: Parts) -> dt.date | None:
    """Return the day the record entered PubMed, out of the history in its `PubmedData`."""
    for history in data.get("History", ()):
        for event in history:
            if event.get("PubStatus") == "entrez":
                return read_date(event)
    return None


def read_pub_date_text(element: etree._Element | None) -> str:
    """Return the words of a `PubDate`, its parts in the order they stand in."""
    return " ".join(read_texts(element)) if element is not None else ""


def read_sections(abstract: etree._Element | None) -> tuple[AbstractSection, ...]:
    """Return the sections of an `Abstract` that have text."""
    if abstract is None:
        return ()
    return tuple(
        [
            AbstractSection(text, read_attribute(part, "Label"), read_attribute(part, "NlmCategory"))
            for part in abstract
            if part.tag == "AbstractText" and (text := read_text(part))
        ]
    )


def read_other_abstracts(elements: Iterable[etree._Element]) -> tuple[OtherAbstract, ...]:
    """Return the abstracts beside the main one that have text."""
    return tuple(
        OtherAbstract(text, read_attribute(other, "Type"), read_attribute(other, "Language"))
        for other in elements
        if (text := " ".join(read_texts(part for part in other if part.tag == "AbstractText")))
    )


def read_ids(data: Parts, article: Parts) -> Ids:
    """Return this record's own ids as kind and id, those of `PubmedData` first; a cited paper's are not among them.

    A journal article's ids stand in its PubmedData, a book's in the document too.
    """
    return [
        (kind, text)
        for holder in (data, article)
        for id_list in holder.get("ArticleIdList", ())
        for one in id_list
        if (kind := one.get("IdType")) in {"doi", "pmc", "pmcid"} and kind and (text := read_text(one))
    ]


def find_doi(ids: Ids, article: Parts) -> str:
    """Return this record's own DOI, without a resolver's address; those of cited papers stand in `ReferenceList`."""
    found = next((text for kind, text in ids if kind == "doi"), "")
    if not found:
        found = next(
            (
                text
                for place in article.get("ELocationID", ())
                if place.get("EIdType") == "doi" and place.get("ValidYN") != "N" and (text := read_text(place))
            ),
            "",
        )
    return _DOI_ADDRESS.sub("", found, count=1) if ":" in found else found


def find_pmcid(ids: Ids) -> str:
    """Return this record's own PubMed Central number, `PMC…`; `pmc` goes before the wordier `pmcid`."""
    listed = [text for wanted in ("pmc", "pmcid") for kind, text in ids if kind == wanted]
    return next((match[0] for text in listed if (match := _PMCID.search(text))), "")


def find_journal(journal: Parts, citation: Parts) -> str:
    """Return a journal's name: in full, else abbreviated, else as MEDLINE calls it."""
    names = (find_first(journal, "Title"), find_first(journal, "ISOAbbreviation"))
    found = next((name for element in names if (name := read_text(element))), "")
    return found or read_text(find_first(group_children(find_first(citation, "MedlineJournalInfo")), "MedlineTA"))
