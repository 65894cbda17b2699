"""The declared shape of every frame that goes into the warehouse: here of trials and their versions; builds frames.

Column names are as in the migrations, types those of polars. The other frames are declared in `*_schemas` beside this.
"""

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
