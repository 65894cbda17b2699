"""What follows from the versions held, made where an earlier release did not keep it. It reads no source."""

from __future__ import annotations

import msgspec
import polars as pl

from dags.run import Run
from dags.version_loading import VersionWriter
from etl.schemas import TRIAL_STATE, TRIAL_VERSION
from etl.trials import build_trial_row
from extractors.clinicaltrials.parse import parse_study


def fill_derived(run: Run) -> None:
    """Give every version its state, and every trial the row and children of its newest version."""
    while not (frame := run.store.read("versions_without_state")).is_empty():
        states = [_build_state(row["payload"], row["version_id"]) for row in frame.iter_rows(named=True)]
        filled = frame.with_columns(pl.Series("state", states, dtype=TRIAL_STATE)).select(TRIAL_VERSION.names())
        run.store.replace("trial_version_log", filled, "version_id")
    writer = VersionWriter(run)
    while not (frame := run.store.read("records_behind")).is_empty():
        for row in frame.iter_rows(named=True):
            study = parse_study(row["payload"].encode(), row["nct_id"])
            writer.write_record(row["nct_id"], row["version_id"], study, msgspec.json.decode(row["payload"]))


def _build_state(payload: str, name: str) -> dict[str, object]:
    state = build_trial_row(parse_study(payload.encode(), name))
    del state["nct_id"]
    return state
