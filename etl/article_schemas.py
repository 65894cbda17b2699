"""The declared shape of the frames of papers, as PubMed tells them and as they were seen."""

from __future__ import annotations

import polars as pl

_TEXT = pl.String()
_TEXTS = pl.List(pl.String())
_INSTANT = pl.Datetime("us")

ARTICLE_RECORD = pl.Schema(
    {
        "pmid": _TEXT,
        "version": pl.Int32(),
        "title": _TEXT,
        "abstract": _TEXT,
        "abstract_sections": pl.List(pl.Struct({"label": _TEXT, "nlm_category": _TEXT, "text": _TEXT})),
        "journal": _TEXT,
        "pub_date": pl.Date(),
        "pub_date_precision": _TEXT,
        "pub_date_text": _TEXT,
        "entrez_date": pl.Date(),
        "publication_types": _TEXTS,
        "languages": _TEXTS,
        "authors": _TEXTS,
        "mesh": _TEXTS,
        "doi": _TEXT,
        "pmcid": _TEXT,
        "databank_nct_ids": _TEXTS,
        "text_nct_ids": _TEXTS,
        "is_retracted": pl.Boolean(),
        "content_hash": _TEXT,
        "run_id": pl.Int64(),
        "vernacular_title": _TEXT,
        "pub_date_end": pl.Date(),
        "revised_date": pl.Date(),
        "is_book": pl.Boolean(),
        "author_details": pl.List(
            pl.Struct(
                {
                    "last_name": _TEXT,
                    "fore_name": _TEXT,
                    "initials": _TEXT,
                    "suffix": _TEXT,
                    "collective_name": _TEXT,
                    "orcid": _TEXT,
                    "affiliations": _TEXTS,
                }
            )
        ),
        "mesh_headings": pl.List(
            pl.Struct({"descriptor": _TEXT, "ui": _TEXT, "is_major": pl.Boolean(), "qualifiers": _TEXTS})
        ),
        "keywords": _TEXTS,
        "chemicals": pl.List(pl.Struct({"name": _TEXT, "registry_number": _TEXT, "ui": _TEXT})),
        "grants": pl.List(pl.Struct({"grant_id": _TEXT, "agency": _TEXT, "country": _TEXT})),
        "other_abstracts": pl.List(pl.Struct({"kind": _TEXT, "language": _TEXT, "text": _TEXT})),
    }
)
ARTICLE_SIGHTING = pl.Schema(
    {
        "pmid": _TEXT,
        "state": _TEXT,
        "first_seen_at": _INSTANT,
        "last_seen_at": _INSTANT,
        "missing_days": pl.List(pl.Date()),
    }
)
ARTICLE_CORRECTION = pl.Schema({"pmid": _TEXT, "ref_type": _TEXT, "related_pmid": _TEXT, "note": _TEXT})
ARTICLE_EVENT = pl.Schema(
    {
        "pmid": _TEXT,
        "kind": _TEXT,
        "detail": _TEXT,
        "related_pmid": _TEXT,
        "source_date": pl.Date(),
        "observed_at": _INSTANT,
        "origin": _TEXT,
        "run_id": pl.Int64(),
    }
)
ARTICLE_IMPORT = pl.Schema(
    {"pmid": _TEXT, "series_year": pl.Int32(), "series_no": pl.Int32(), "is_deleted": pl.Boolean()}
)
