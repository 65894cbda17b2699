"""A PubMed record as read: an article, or word that one was deleted. Nothing is judged or cleaned here."""

from __future__ import annotations

import datetime as dt

import msgspec

from models.partial_date import PartialDate


class AbstractSection(msgspec.Struct, frozen=True, gc=False):
    """One visible part of an abstract: the publisher's `label` and NLM's category, both empty where not given."""

    text: str
    label: str = ""
    nlm_category: str = ""


class OtherAbstract(msgspec.Struct, frozen=True, gc=False):
    """An abstract beside the main one: in another language, or a plain-language summary (`kind`, NLM's Type)."""

    text: str
    kind: str = ""
    language: str = ""


class Author(msgspec.Struct, frozen=True, gc=False):
    """A person (`last_name` and the rest) or a group (`collective_name`); `orcid` as 0000-0000-0000-0000."""

    last_name: str = ""
    fore_name: str = ""
    initials: str = ""
    suffix: str = ""
    collective_name: str = ""
    orcid: str = ""
    affiliations: tuple[str, ...] = ()


class MeshHeading(msgspec.Struct, frozen=True, gc=False):
    """One MeSH descriptor with its unique id (`D…`) and qualifiers; `is_major` if it or a qualifier is starred."""

    descriptor: str
    ui: str = ""
    is_major: bool = False
    qualifiers: tuple[str, ...] = ()


class Chemical(msgspec.Struct, frozen=True, gc=False):
    """One substance NLM indexed: `registry_number` a CAS, EC or UNII number (`0`: none), `ui` its MeSH id."""

    name: str
    registry_number: str = ""
    ui: str = ""


class Grant(msgspec.Struct, frozen=True, gc=False):
    """Who paid, as the record says it; each part empty where not given."""

    grant_id: str = ""
    agency: str = ""
    country: str = ""


class Correction(msgspec.Struct, frozen=True, gc=False):
    """A tie to another record in NLM's words (`RetractionIn`, `ErratumFor` …); `pmid` empty where none is given."""

    ref_type: str
    pmid: str = ""
    note: str = ""
    citation: str = ""


class Article(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One citation. Texts are plain, markup and double escapes undone, whitespace folded to single spaces.

    `abstract` is the section texts joined by one space, without their labels, which stand in `abstract_sections`.
    `databank_nct_ids` were declared by the publisher, `text_nct_ids` stand in title, section labels or abstract.
    `pub_date` is None where `pub_date_text` cannot be read. `journal` is the book's title where `is_book`.
    """

    pmid: str
    version: int
    title: str
    abstract: str = ""
    abstract_sections: tuple[AbstractSection, ...] = ()
    other_abstracts: tuple[OtherAbstract, ...] = ()
    vernacular_title: str = ""
    journal: str = ""
    pub_date: PartialDate | None = None
    pub_date_text: str = ""
    entrez_date: dt.date | None = None
    revised_date: dt.date | None = None
    publication_types: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    authors: tuple[Author, ...] = ()
    mesh: tuple[MeshHeading, ...] = ()
    keywords: tuple[str, ...] = ()
    chemicals: tuple[Chemical, ...] = ()
    grants: tuple[Grant, ...] = ()
    doi: str = ""
    pmcid: str = ""
    databank_nct_ids: tuple[str, ...] = ()
    text_nct_ids: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    is_retracted: bool = False
    is_book: bool = False

    @property
    def nct_ids(self) -> tuple[str, ...]:
        """All trials it names, the declared ones first, each once."""
        return tuple(dict.fromkeys((*self.databank_nct_ids, *self.text_nct_ids)))

    @property
    def url(self) -> str:
        """Its page for people."""
        return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"


class Deletion(msgspec.Struct, frozen=True):
    """Word that a record was taken out of PubMed (`DeleteCitation` of an update file)."""

    pmid: str
    version: int = 1
