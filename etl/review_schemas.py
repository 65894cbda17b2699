"""The declared shape of the frames of a printed review: its claims, and what became of each."""

from __future__ import annotations

import polars as pl

_TEXT = pl.String()
_TEXTS = pl.List(pl.String())
_INSTANT = pl.Datetime("us")

REVIEW = pl.Schema(
    {
        "review": _TEXT,
        "title": _TEXT,
        "citation": _TEXT,
        "printed_on": pl.Date(),
        "doi": _TEXT,
        "pmid": _TEXT,
        "file": _TEXT,
    }
)
REVIEW_CLAIM = pl.Schema(
    {
        "review": _TEXT,
        "claim": _TEXT,
        "position": pl.Int32(),
        "section": _TEXT,
        "statement": _TEXT,
        "state": _TEXT,
        "name": _TEXT,
        "trials": _TEXTS,
        "meant_trials": _TEXTS,
        "agents": _TEXTS,
        "targets": _TEXTS,
        "pathways": _TEXTS,
        "phase": _TEXT,
        "condition": _TEXT,
        "articles": _TEXTS,
        "printed_on": pl.Date(),
        "unresolved": _TEXTS,
        "note": _TEXT,
        "claim_hash": _TEXT,
    }
)
REVIEW_MISPRINT = pl.Schema(
    {"review": _TEXT, "printed": _TEXT, "means": _TEXT, "kind": _TEXT, "section": _TEXT, "note": _TEXT}
)
REVIEW_VERDICT_LOG = pl.Schema(
    {
        "verdict_id": _TEXT,
        "review": _TEXT,
        "claim": _TEXT,
        "verdict": _TEXT,
        "rule": _TEXT,
        "reason": _TEXT,
        "evidence": _TEXT,
        "is_read": pl.Boolean(),
        "previous_verdict": _TEXT,
        "cause": _TEXT,
        "claim_hash": _TEXT,
        "rules_version": _TEXT,
        "vocabulary_version": _TEXT,
        "since_at": _INSTANT,
        "ended_at": _INSTANT,
        "run_id": pl.Int64(),
    }
)
