"""The lists of a PubMed citation: authors, headings, substances, grants, ties, declared trials. Absent is empty."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec
from lxml import etree

from extractors.pubmed.text import read_text, read_texts
from models.article import Author, Chemical, Correction, Grant, MeshHeading
from models.nct import find_nct_ids

# Publishers write the hyphens of an ORCID in many ways: hyphens, dashes, a minus sign, spaces, nothing.
_DASH = r"[-\s\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d]?"
_ORCID = re.compile(_DASH.join([r"([0-9]{4})"] * 3 + [r"([0-9]{3}[0-9Xx])(?![0-9])"]))


def read_authors(author_lists: Iterable[etree._Element]) -> tuple[Author, ...]:
    """Return the authors of some author lists; editors, and entries NLM marks as invalid, are none."""
    return tuple(
        [
            _read_author(author)
            for author_list in author_lists
            if author_list.get("Type") != "editors"
            for author in author_list
            if author.tag == "Author" and author.get("ValidYN") != "N"
        ]
    )


def give_affiliation(authors: tuple[Author, ...], places: tuple[str, ...]) -> tuple[Author, ...]:
    """Give the first author the affiliation that files of before 2014 state beside the list, meaning that author's."""
    if not places or not authors or authors[0].affiliations:
        return authors
    return (msgspec.structs.replace(authors[0], affiliations=places), *authors[1:])


def _read_author(author: etree._Element) -> Author:
    # Most elements of a file stand in here: each is looked at once.
    last = fore = initials = suffix = group = orcid = ""
    places: list[str] = []
    for part in author:
        tag = part.tag
        if tag == "LastName":
            last = read_text(part)
        elif tag == "ForeName":
            fore = read_text(part)
        elif tag == "Initials":
            initials = read_text(part)
        elif tag == "AffiliationInfo":
            places += [read_text(one) for one in part if one.tag == "Affiliation"]
        elif tag == "Identifier":
            orcid = orcid or _read_orcid(part)
        elif tag == "CollectiveName":
            group = read_text(part)
        elif tag == "Suffix":
            suffix = read_text(part)
        elif tag == "Affiliation":
            places.append(read_text(part))
    return Author(last, fore, initials, suffix, group, orcid, tuple(filter(None, places)) if places else ())


def _read_orcid(identifier: etree._Element) -> str:
    match = _ORCID.search(read_text(identifier)) if identifier.get("Source") == "ORCID" else None
    return "-".join(match.groups()).upper() if match else ""


def read_mesh(lists: Iterable[etree._Element]) -> tuple[MeshHeading, ...]:
    """Return the MeSH headings in the record's order."""
    return tuple([_read_heading(heading) for one in lists for heading in one if heading.tag == "MeshHeading"])


def _read_heading(heading: etree._Element) -> MeshHeading:
    descriptor = ui = ""
    is_major = False
    qualifiers: list[str] = []
    for name in heading:
        is_major = is_major or name.get("MajorTopicYN") == "Y"
        if name.tag == "QualifierName":
            qualifiers.append(read_text(name))
        elif name.tag == "DescriptorName":
            descriptor, ui = read_text(name), name.get("UI", "")
    return MeshHeading(descriptor, ui, is_major, tuple(filter(None, qualifiers)))


def read_chemicals(lists: Iterable[etree._Element]) -> tuple[Chemical, ...]:
    """Return the substances NLM indexed; the registry number `0` is NLM's word for none."""
    return tuple([chemical for one in lists for part in one if (chemical := _read_chemical(part)).name])


def _read_chemical(chemical: etree._Element) -> Chemical:
    name = ui = number = ""
    for part in chemical:
        if part.tag == "NameOfSubstance":
            name, ui = read_text(part), part.get("UI", "")
        elif part.tag == "RegistryNumber":
            number = read_text(part)
    return Chemical(name, number, ui)


def read_grants(lists: Iterable[etree._Element]) -> tuple[Grant, ...]:
    """Return the grants that name a number or an agency."""
    return tuple([grant for one in lists for part in one if (grant := _read_grant(part)).grant_id or grant.agency])


def _read_grant(grant: etree._Element) -> Grant:
    said = {part.tag: read_text(part) for part in grant}.get
    return Grant(said("GrantID", ""), said("Agency", ""), said("Country", ""))


def read_keywords(lists: Iterable[etree._Element]) -> tuple[str, ...]:
    """Return the keywords of all lists, in order."""
    return read_texts(word for one in lists for word in one)


def read_corrections(lists: Iterable[etree._Element]) -> tuple[Correction, ...]:
    """Return the ties to other records; plain citing (`Cites`, in older files) is none."""
    return tuple([_read_tie(tie) for one in lists for tie in one if tie.get("RefType") != "Cites"])


def _read_tie(tie: etree._Element) -> Correction:
    said = {part.tag: read_text(part) for part in tie}.get
    return Correction(tie.get("RefType", ""), said("PMID", ""), said("Note", ""), said("RefSource", ""))


def read_databank_nct_ids(lists: Iterable[etree._Element]) -> tuple[str, ...]:
    """Return the ClinicalTrials.gov numbers the publisher declared; what lost a digit, as any other text, is none."""
    found: list[str] = []
    for bank in (bank for one in lists for bank in one):
        name = ""
        accessions: Sequence[str] = ()
        for part in bank:
            if part.tag == "DataBankName":
                name = read_text(part)
            elif part.tag == "AccessionNumberList":
                accessions = read_texts(part)
        if name.casefold() == "clinicaltrials.gov":
            found += [number for accession in accessions for number in find_nct_ids(accession)]
    return tuple(dict.fromkeys(found))
