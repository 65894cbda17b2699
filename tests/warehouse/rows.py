"""Rows invented for tests of the warehouse, and a store to put them into."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl

from etl import schemas
from warehouse.store import Store

NOW = dt.datetime.combine(dt.date(2026, 2, 10), dt.time(14))
NCT_ID = "NCT99000101"
_EMPTY: dict[type[pl.DataType], Any] = {
    pl.String: "",
    pl.List: [],
    pl.Boolean: False,
    pl.Date: NOW.date(),
    pl.Datetime: NOW,
    pl.Struct: None,
}
# Columns that may be NULL and are left so where a test does not say otherwise.
_NULL = {
    "superseded_at", "to_version_id", "from_version_id", "source_submit_date", "source_post_date", "left_at", "score",
    "first_post_date", "old_value", "new_value", "removed_at", "registry_version", "ended_at", "value",
    "since_date",
}  # fmt: skip


def open_store(folder: Path) -> Store:
    return Store.open(folder / "working.duckdb", NOW)


def row(schema: pl.Schema, **values: Any) -> dict[str, Any]:
    """Return a row of a schema with plain values where none are given."""
    unknown = values.keys() - schema.keys()
    if unknown:
        raise ValueError(f"not columns: {unknown}")
    plain = {name: None if name in _NULL else _EMPTY.get(kind.base_type(), 0) for name, kind in schema.items()}
    return {**plain, **values}


def put(store: Store, table: str, schema: pl.Schema, *rows: dict[str, Any]) -> None:
    store.append(table, schemas.build_frame((row(schema, **values) for values in rows), schema))


def put_version(store: Store, status: str, submitted: dt.date | None, served: dt.date, **values: Any) -> None:
    """Append a version of a trial; its id and place are those of the order of learning unless given."""
    learnt = query(store, "SELECT count(*) + 1 FROM trial_version_log")[0][0]
    told: dict[str, Any] = {
        "nct_id": NCT_ID,
        "version_id": f"v{learnt}",
        "content_hash": f"h{learnt}",
        "origin": "live",
        "learnt_no": learnt,
        "overall_status": status,
        "source_submit_date": submitted,
        "source_day": served,
        "payload": "{}",
    }
    put(store, "trial_version_log", schemas.TRIAL_VERSION, {**told, **values})


def put_trial(store: Store, status: str = "RECRUITING", **values: Any) -> None:
    sighting: dict[str, Any] = {
        name: values.pop(name) for name in ("first_seen_at", "registry_state") if name in values
    }
    trial = {"nct_id": NCT_ID, "overall_status": status, **values}
    put(store, "trial_record", schemas.TRIAL_RECORD, trial)
    put(
        store,
        "trial_sighting",
        schemas.TRIAL_SIGHTING,
        {"nct_id": trial["nct_id"], "registry_state": "listed", **sighting},
    )


def query(store: Store, text: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query; versions that were put are placed first, as they are when a step ends."""
    if store.read("unplaced_versions").item():
        store.run("place_versions")
    return store._connection.execute(text).fetchall()  # noqa: SLF001  a test looks at what is there
