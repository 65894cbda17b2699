"""From fetched papers to rows, and what a paper says as one hash. Pure; what happened to it is for another module."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec

from models.article import Article, Author

Row = dict[str, Any]


def build_article_row(article: Article, run_id: int) -> Row:
    """Return a paper's `article_record` row. Authors are written as people cite them: `Family Initials`."""
    return {
        "pmid": article.pmid,
        "version": article.version,
        "title": article.title,
        "abstract": article.abstract,
        "abstract_sections": _build_structs(article.abstract_sections),
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
        "vernacular_title": article.vernacular_title or None,
        "pub_date_end": article.pub_date.high if article.pub_date else None,
        "revised_date": article.revised_date,
        "is_book": article.is_book,
        "author_details": _build_structs(article.authors),
        "mesh_headings": _build_structs(article.mesh),
        "keywords": list(article.keywords),
        "chemicals": _build_structs(article.chemicals),
        "grants": _build_structs(article.grants),
        "other_abstracts": _build_structs(article.other_abstracts),
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


def _build_structs(parts: Sequence[msgspec.Struct]) -> list[Row]:
    return [msgspec.structs.asdict(part) for part in parts]


def _cite(author: Author) -> str:
    return author.collective_name or " ".join(filter(None, (author.last_name, author.initials)))
