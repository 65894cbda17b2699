"""From fetched papers to rows, and what happened to a paper since it was last seen. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from models.article import Article, Author

Row = dict[str, Any]
# NLM's word for a tie → the event it is for the paper that carries it.
_NOTICES = {
    "RetractionIn": "retracted",
    "ExpressionOfConcernIn": "concern",
    "ErratumIn": "corrected",
    "CorrectedandRepublishedIn": "corrected",
}
# A notice names the paper it is about, sometimes before that paper's own record says so.
_NOTICE_OF = {"RetractionOf": "retracted", "ExpressionOfConcernFor": "concern", "ErratumFor": "corrected"}
# What a reader would call a revision of the paper; the rest is indexing.
_TOLD_FIELDS = (
    "title",
    "abstract",
    "authors",
    "journal",
    "pub_date_text",
    "publication_types",
    "doi",
    "databank_nct_ids",
)


class Finding(msgspec.Struct, frozen=True):
    """One thing that happened to a paper: the event's kind, what of it, and the other paper it names."""

    kind: str
    detail: str | None = None
    related_pmid: str | None = None


def build_article_row(article: Article, run_id: int) -> Row:
    """Return a paper's `article_record` row. Authors are written as people cite them: `Family Initials`."""
    return {
        "pmid": article.pmid,
        "version": article.version,
        "title": article.title,
        "abstract": article.abstract,
        "abstract_sections": [
            {"label": part.label, "nlm_category": part.nlm_category, "text": part.text}
            for part in article.abstract_sections
        ],
        "journal": article.journal or None,
        "pub_date": article.pub_date.low if article.pub_date else None,
        "pub_date_precision": article.pub_date.precision if article.pub_date else None,
        "pub_date_text": article.pub_date_text or None,
        "entrez_date": article.entrez_date,
        "publication_types": list(article.publication_types),
        "languages": list(article.languages),
        "authors": [_cite(author) for author in article.authors],
        "mesh": [heading.descriptor for heading in article.mesh],
        "doi": article.doi or None,
        "pmcid": article.pmcid or None,
        "databank_nct_ids": list(article.databank_nct_ids),
        "text_nct_ids": list(article.text_nct_ids),
        "is_retracted": article.is_retracted,
        "content_hash": hash_article(article),
        "run_id": run_id,
    }


def build_correction_rows(article: Article) -> list[Row]:
    """Return a paper's ties to its notices and the papers it is a notice of."""
    return [
        {"pmid": article.pmid, "ref_type": tie.ref_type, "related_pmid": tie.pmid, "note": tie.note or tie.citation}
        for tie in article.corrections
    ]


def hash_article(article: Article) -> str:
    """Return the hash of what a paper says; the date of its last touch by NLM is no content."""
    content = msgspec.structs.replace(article, revised_date=None)
    return hashlib.blake2b(msgspec.json.encode(content, order="deterministic"), digest_size=16).hexdigest()


def find_findings(article: Article, held: Row | None, held_ties: Sequence[Row]) -> Iterator[Finding]:
    """Yield what is new about a paper against the row held of it (None: never seen before)."""
    if held is None:
        yield Finding("new")
    else:
        yield from _compare(article, held)
    known = {(tie["ref_type"], tie["related_pmid"]) for tie in held_ties}
    # A paper is retracted once, however many notices say so.
    is_told = held is not None and (held["is_retracted"] or any(ref_type == "RetractionIn" for ref_type, _ in known))
    for tie in article.corrections:
        kind = _NOTICES.get(tie.ref_type)
        if kind is None or (tie.ref_type, tie.pmid) in known or (held is None and kind == "corrected"):
            continue
        if kind == "retracted" and is_told:
            continue
        is_told = is_told or kind == "retracted"
        yield Finding(kind, related_pmid=tie.pmid or None)
    if article.is_retracted and not is_told:
        yield Finding("retracted")


def find_notices(article: Article) -> Iterator[tuple[str, Finding]]:
    """Yield, for a notice, the paper it is about and what that means for it."""
    for tie in article.corrections:
        if tie.ref_type in _NOTICE_OF and tie.pmid:
            yield tie.pmid, Finding(_NOTICE_OF[tie.ref_type], related_pmid=article.pmid)


def _compare(article: Article, held: Row) -> Iterator[Finding]:
    row = build_article_row(article, held["run_id"])
    if row["abstract"] and not held["abstract"]:
        yield Finding("abstract_added")
    changed = [name for name in _TOLD_FIELDS if row[name] != held[name]]
    if changed and changed != ["abstract"]:
        yield Finding("revised", detail=", ".join(changed))
    elif changed and held["abstract"]:
        yield Finding("revised", detail="abstract")


def _cite(author: Author) -> str:
    return author.collective_name or " ".join(filter(None, (author.last_name, author.initials)))


def build_event_row(
    pmid: str, finding: Finding, source_date: dt.date | None, observed_at: dt.datetime, *, origin: str, run_id: int
) -> Row:
    """Return one finding as an `article_event` row."""
    return {
        "pmid": pmid,
        "kind": finding.kind,
        "detail": finding.detail,
        "related_pmid": finding.related_pmid,
        "source_date": source_date,
        "observed_at": observed_at,
        "origin": origin,
        "run_id": run_id,
    }
