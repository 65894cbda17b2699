"""Settling what a killed run left in the landing: its manifest is ended by what the ledger knows of it, and sealed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from etl.wording import count
from warehouse.landed import LandedNote
from warehouse.manifests import Manifest, drop_sealed, end_manifest, find_manifests, read_manifest
from warehouse.store import Store


def settle_landing(folder: Path, store: Store) -> list[str]:
    """Seal every manifest that was left open; return what was done, a sentence each.

    What the ledger says was committed stands, whatever the manifest came to say of it. A run that the ledger does not
    know, because it was killed as it began or the warehouse is an older one by now, counts for nothing.
    """
    told = []
    drop_sealed(folder)
    for run_id, manifest in find_manifests(folder).items():
        if not manifest.is_open:
            continue
        content = _find_outcome(store, run_id, _count_issues(manifest))
        end_manifest(manifest.path, LandedNote("settled", content))
        steps = count(len(content["steps"]), "step")
        stand = f"{steps} of it stand{'s' if len(content['steps']) == 1 else ''}"
        told.append(f"run {run_id} was cut off: {stand}" if content["row"] else f"run {run_id} never began")
    return told


def _count_issues(manifest: Manifest) -> int:
    notes = [line for line in read_manifest(manifest) if isinstance(line, LandedNote) and line.kind == "step"]
    return sum(len(note.content["issues"]) for note in notes)


def _find_outcome(store: Store, run_id: int, noted: int) -> dict[str, Any]:
    """Return a run's ledger row, None where there is none, its steps, its job, issues and histories not noted."""
    rows = store.read_rows("run_row", run_id=run_id)
    jobs = store.read("run_periods", run_id=run_id).get_column("job").to_list()
    return {
        "row": rows[0] if rows else None,
        "steps": store.read_rows("run_steps", run_id=run_id),
        "issues": store.read_rows("run_issues", run_id=run_id)[noted:],
        "histories": store.read("run_histories", run_id=run_id).get_column("nct_id").to_list(),
        "does": jobs[0] if jobs else None,
    }
