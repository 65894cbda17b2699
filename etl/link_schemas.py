"""The declared shape of the frames of mentions, of what follows from them, and of the vocabulary that finds them."""

from __future__ import annotations

import polars as pl

_TEXT = pl.String()
_TEXTS = pl.List(pl.String())
_INSTANT = pl.Datetime("us")

MENTION = pl.Schema(
    {
        "doc_type": _TEXT,
        "doc_id": _TEXT,
        "field": _TEXT,
        "start_char": pl.Int32(),
        "end_char": pl.Int32(),
        "text": _TEXT,
        "sentence": _TEXT,
        "target": _TEXT,
        "via": _TEXT,
        "agent": _TEXT,
        "is_negated": pl.Boolean(),
        "role": _TEXT,
        "vocabulary_version": _TEXT,
    }
)
TAGGED_DOCUMENT = pl.Schema(
    {"doc_type": _TEXT, "doc_id": _TEXT, "content_hash": _TEXT, "vocabulary_version": _TEXT, "rules_version": _TEXT}
)
TRIAL_TARGET = pl.Schema(
    {
        "nct_id": _TEXT,
        "target": _TEXT,
        "basis": _TEXT,
        "agents": _TEXTS,
        "mentions": pl.Int32(),
        "evidence": _TEXT,
        "evidence_field": _TEXT,
    }
)
TRIAL_PATHWAY = pl.Schema({"nct_id": _TEXT, "pathway": _TEXT, "agents": _TEXTS})
ARTICLE_TARGET = pl.Schema(
    {
        "pmid": _TEXT,
        "target": _TEXT,
        "in_title": pl.Boolean(),
        "via": _TEXT,
        "mentions": pl.Int32(),
        "basis": _TEXT,
        "evidence": _TEXT,
        "evidence_field": _TEXT,
    }
)
LINK_OVERRIDE = pl.Schema({"doc_type": _TEXT, "doc_id": _TEXT, "target": _TEXT, "verdict": _TEXT, "reason": _TEXT})
LINK_MOVE = pl.Schema(
    {
        "doc_type": _TEXT,
        "doc_id": _TEXT,
        "target": _TEXT,
        "move": _TEXT,
        "cause": _TEXT,
        "basis": _TEXT,
        "mentions": pl.Int32(),
        "vocabulary_version": _TEXT,
        "observed_at": _INSTANT,
        "run_id": pl.Int64(),
    }
)
TRIAL_ARTICLE = pl.Schema(
    {
        "nct_id": _TEXT,
        "pmid": _TEXT,
        "origin": _TEXT,
        "reference_type": _TEXT,
        "score": pl.Float64(),
        "reasons": _TEXT,
        "first_seen_at": _INSTANT,
    }
)
ARTICLE_RANK = pl.Schema(
    {"pmid": _TEXT, "rank": pl.Int32(), "weight": _TEXT, "rule": _TEXT, "reason": _TEXT, "detail": _TEXT}
)
LINK_BASIS = pl.Schema({"step": _TEXT, "basis": _TEXT, "applied_at": _INSTANT})
TARGET = pl.Schema(
    {
        "target": _TEXT,
        "symbol": _TEXT,
        "hgnc_id": _TEXT,
        "ncbi_gene": pl.List(pl.Int64()),
        "uniprot": _TEXT,
        "pathway": _TEXT,
        "source": _TEXT,
    }
)
AGENT = pl.Schema({"agent": _TEXT, "role": _TEXT, "modality": _TEXT, "pathways": _TEXTS, "source": _TEXT})
AGENT_ACTION = pl.Schema({"agent": _TEXT, "gene": _TEXT, "action": _TEXT, "target": _TEXT, "makes_link": pl.Boolean()})
SYNONYM = pl.Schema({"name": _TEXT, "kind": _TEXT, "synonym": _TEXT, "grade": _TEXT, "is_searched": pl.Boolean()})
PATHWAY = pl.Schema({"pathway": _TEXT, "description": _TEXT})
