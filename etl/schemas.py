"""The declared shape of every frame that goes into the warehouse: column names as in the migrations, polars types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

_TEXT = pl.String()
_TEXTS = pl.List(pl.String())
_INSTANT = pl.Datetime("us")

TRIAL_RECORD = pl.Schema(
    {
        "nct_id": _TEXT,
        "brief_title": _TEXT,
        "official_title": _TEXT,
        "acronym": _TEXT,
        "overall_status": _TEXT,
        "last_known_status": _TEXT,
        "why_stopped": _TEXT,
        "study_type": _TEXT,
        "phases": _TEXTS,
        "enrollment": pl.Int64(),
        "enrollment_type": _TEXT,
        "start_date": pl.Date(),
        "start_date_precision": _TEXT,
        "start_date_type": _TEXT,
        "primary_completion_date": pl.Date(),
        "primary_completion_date_precision": _TEXT,
        "primary_completion_date_type": _TEXT,
        "completion_date": pl.Date(),
        "completion_date_precision": _TEXT,
        "completion_date_type": _TEXT,
        "first_post_date": pl.Date(),
        "last_update_submit_date": pl.Date(),
        "last_update_post_date": pl.Date(),
        "results_first_post_date": pl.Date(),
        "has_results": pl.Boolean(),
        "lead_sponsor": _TEXT,
        "lead_sponsor_class": _TEXT,
        "collaborators": _TEXTS,
        "conditions": _TEXTS,
        "interventions": _TEXTS,
        "countries": _TEXTS,
        "site_count": pl.Int32(),
        "version_id": _TEXT,
    }
)
TRIAL_STATE = pl.Struct({name: kind for name, kind in TRIAL_RECORD.items() if name not in ("nct_id", "version_id")})
TRIAL_SIGHTING = pl.Schema(
    {
        "nct_id": _TEXT,
        "registry_state": _TEXT,
        "raw_hash": _TEXT,
        "source_day": pl.Date(),
        "missing_days": pl.List(pl.Date()),
        "first_seen_at": _INSTANT,
        "last_checked_at": _INSTANT,
    }
)
TRIAL_VERSION = pl.Schema(
    {
        "version_id": _TEXT,
        "nct_id": _TEXT,
        "content_hash": _TEXT,
        "origin": _TEXT,
        "source_submit_date": pl.Date(),
        "source_post_date": pl.Date(),
        "source_day": pl.Date(),
        "learnt_no": pl.Int64(),
        "first_seen_at": _INSTANT,
        "run_id": pl.Int64(),
        "overall_status": _TEXT,
        "markup": _TEXT,
        "registry_version": pl.Int32(),
        "is_sighting": pl.Boolean(),
        "payload": _TEXT,
        "state": TRIAL_STATE,
    }
)
TRIAL_CHANGE = pl.Schema(
    {
        "change_id": _TEXT,
        "nct_id": _TEXT,
        "kind": _TEXT,
        "action": _TEXT,
        "field": _TEXT,
        "item": _TEXT,
        "old_value": _TEXT,
        "new_value": _TEXT,
        "detail": _TEXT,
        "weight": _TEXT,
        "source_submit_date": pl.Date(),
        "source_post_date": pl.Date(),
        "source_day": pl.Date(),
        "observed_at": _INSTANT,
        "origin": _TEXT,
        "run_id": pl.Int64(),
        "from_version_id": _TEXT,
        "to_version_id": _TEXT,
        "recorded_at": _INSTANT,
        "superseded_at": _INSTANT,
    }
)
TRIAL_EDIT = pl.Schema(
    {
        "nct_id": _TEXT,
        "from_version_id": _TEXT,
        "to_version_id": _TEXT,
        "paths": _TEXTS,
        "superseded_at": _INSTANT,
    }
)
HISTORY_CHECK = pl.Schema(
    {
        "nct_id": _TEXT,
        "checked_at": _INSTANT,
        "outcome": _TEXT,
        "known_to": pl.Date(),
        "since_date": pl.Date(),
        "versions": pl.Int32(),
        "run_id": pl.Int64(),
    }
)
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
IMPORT_FILE = pl.Schema(
    {
        "name": _TEXT,
        "series_year": pl.Int32(),
        "series_no": pl.Int32(),
        "size": pl.Int64(),
        "md5": _TEXT,
        "question": _TEXT,
        "citations": pl.Int64(),
        "taken": pl.Int64(),
        "deleted": pl.Int64(),
        "load_no": pl.Int64(),
        "loaded_at": _INSTANT,
        "run_id": pl.Int64(),
    }
)
ARTICLE_IMPORT = pl.Schema(
    {"pmid": _TEXT, "series_year": pl.Int32(), "series_no": pl.Int32(), "is_deleted": pl.Boolean()}
)
WATCH_ITEM = pl.Schema(
    {
        "item": _TEXT,
        "kind": _TEXT,
        "name": _TEXT,
        "condition": _TEXT,
        "terms": _TEXTS,
        "is_active": pl.Boolean(),
        "added_at": _INSTANT,
        "removed_at": _INSTANT,
    }
)
WATCH_MATCH = pl.Schema(
    {
        "source": _TEXT,
        "item": _TEXT,
        "record": _TEXT,
        "field": _TEXT,
        "synonym": _TEXT,
        "first_matched_at": _INSTANT,
        "last_matched_day": pl.Date(),
        "left_at": _INSTANT,
    }
)
WATCH_EVENT = pl.Schema(
    {
        "source": _TEXT,
        "item": _TEXT,
        "record": _TEXT,
        "kind": _TEXT,
        "source_day": pl.Date(),
        "detail": _TEXT,
        "observed_at": _INSTANT,
        "run_id": pl.Int64(),
    }
)
WATCH_EDIT = pl.Schema({"edited_at": _INSTANT, "action": _TEXT, "item": _TEXT, "condition": _TEXT})
SOURCE_CHECK = pl.Schema(
    {
        "run_id": pl.Int64(),
        "source": _TEXT,
        "item": _TEXT,
        "query_hash": _TEXT,
        "source_day": pl.Date(),
        "outcome": _TEXT,
        "expected": pl.Int64(),
        "received": pl.Int64(),
        "reason": _TEXT,
        "checked_at": _INSTANT,
    }
)
ISSUE = pl.Schema(
    {
        "run_id": pl.Int64(),
        "severity": _TEXT,
        "source": _TEXT,
        "record": _TEXT,
        "path": _TEXT,
        "message": _TEXT,
        "observed_at": _INSTANT,
    }
)
SCHEMA_DRIFT = pl.Schema(
    {
        "source": _TEXT,
        "kind": _TEXT,
        "path": _TEXT,
        "value": _TEXT,
        "first_seen_at": _INSTANT,
        "last_seen_at": _INSTANT,
        "ended_at": _INSTANT,
        "count": pl.Int64(),
        "example_record": _TEXT,
        "example_path": _TEXT,
        "run_id": pl.Int64(),
    }
)
SCHEMA_DRIFT_RECORD = pl.Schema({"source": _TEXT, "kind": _TEXT, "path": _TEXT, "value": _TEXT, "record": _TEXT})
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
TAGGED_DOCUMENT = pl.Schema(
    {"doc_type": _TEXT, "doc_id": _TEXT, "content_hash": _TEXT, "vocabulary_version": _TEXT, "rules_version": _TEXT}
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

DELIVERY = pl.Schema(
    {
        "delivery_id": _TEXT,
        "recipient": _TEXT,
        "channel": _TEXT,
        "kind": _TEXT,
        "period": _TEXT,
        "since_at": _INSTANT,
        "until_at": _INSTANT,
        "subject": _TEXT,
        "message_id": _TEXT,
        "content_hash": _TEXT,
        "state": _TEXT,
        "is_permanent": pl.Boolean(),
        "tries": pl.Int32(),
        "next_try_at": _INSTANT,
        "answer": _TEXT,
        "planned_at": _INSTANT,
        "moved_at": _INSTANT,
        "run_id": pl.Int64(),
    }
)
DELIVERY_FACT = pl.Schema({"delivery_id": _TEXT, "recipient": _TEXT, "fact": _TEXT, "record": _TEXT})
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


def build_frame(rows: Iterable[Mapping[str, Any]], schema: pl.Schema) -> pl.DataFrame:
    """Return rows as a frame of exactly this schema.

    Raises:
        ValueError: a row lacks a column or holds one the schema does not know (never silently null or dropped).
    """
    listed = list(rows)
    for row in listed:
        if row.keys() != schema.keys():
            raise ValueError(f"columns differ from the declared ones: {sorted(row.keys() ^ schema.keys())}")
    lists = [name for name, kind in schema.items() if kind == _TEXTS]
    frame = pl.DataFrame(listed, schema={name: kind for name, kind in schema.items() if kind != _TEXTS}, orient="row")
    built = [_build_lists(name, [row[name] for row in listed]) for name in lists]
    return frame.with_columns(built).select(schema.names()) if lists else frame


def build_column_frame(columns: Mapping[str, Sequence[Any]], schema: pl.Schema) -> pl.DataFrame:
    """Return columns of plain values likewise.

    Raises:
        ValueError: a column is missing, or the schema does not know it.
    """
    if columns.keys() != schema.keys():
        raise ValueError(f"columns differ from the declared ones: {sorted(columns.keys() ^ schema.keys())}")
    return pl.DataFrame(
        [
            _build_lists(name, columns[name]) if kind == _TEXTS else pl.Series(name, columns[name], kind)
            for name, kind in schema.items()
        ]
    )


def _build_lists(name: str, values: Sequence[Any]) -> pl.Series:
    """Return a column of lists of texts; polars itself would make a column of each list first."""
    import pyarrow as pa  # noqa: PLC0415  slow to load, and not everybody has lists

    return pl.Series(name, pa.array(values, pa.large_list(pa.large_string())))
