"""The declared shape of the frames of book-keeping: what is watched, was asked, read, odd, and told to whom."""

from __future__ import annotations

import polars as pl

_TEXT = pl.String()
_TEXTS = pl.List(pl.String())
_INSTANT = pl.Datetime("us")

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
