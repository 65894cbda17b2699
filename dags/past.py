"""Runs of the past as their manifests tell them: what was asked, what came, what was committed. It makes none again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from dags.schedule import Job
from models.errors import WarehouseError
from warehouse.disk import RESTORE
from warehouse.landed import LandedNote, Line
from warehouse.manifests import Manifest, find_manifests, find_torn, read_manifest

Row = dict[str, Any]
RESTORE_HISTORY = f"{RESTORE}: without it history is lost"


class PastStep(msgspec.Struct, frozen=True):
    """A step that was committed: its row and issues in the ledger, and what was landed meanwhile."""

    row: Row
    issues: list[Row]
    lines: list[Line]

    @property
    def name(self) -> str:
        """As in `run_step`."""
        return str(self.row["step"])

    @property
    def is_done(self) -> bool:
        """Whether it did what it was for; else nothing of it stands but its row."""
        return bool(self.row["status"] == "done")


class PastRun(msgspec.Struct, frozen=True):
    """A run. `note` says how it began; `end` is its closing row, None where it was cut off, and `tail` what came last.

    `histories` are trials whose record history is known to be committed; of a run that was not cut off all are. `does`
    is the job whose night or week it did.
    """

    run_id: int
    note: Row
    steps: list[PastStep]
    end: Row | None
    tail: list[Line]
    histories: frozenset[str] = frozenset()
    does: Job | None = None

    @property
    def name(self) -> str:
        """For people."""
        return f"run {self.run_id} ({self.note['job']} {self.note['period']})"


def read_run(manifest: Manifest) -> PastRun | None:
    """Read a run's manifest; None where the run never came into a warehouse.

    Raises:
        WarehouseError: the manifest is damaged, or of a release that kept no answers.
    """
    lines: list[Line] = []
    notes: dict[str, Row] = {}
    steps: list[PastStep] = []
    for line in read_manifest(manifest):
        if isinstance(line, LandedNote) and line.kind in ("run", "end", "settled"):
            notes[line.kind] = line.content
        elif isinstance(line, LandedNote) and line.kind == "step":
            steps.append(PastStep(line.content["row"], line.content["issues"], lines))
            lines = []
        else:
            lines.append(line)
    settled = notes.get("settled")
    if settled and settled["row"] is None:
        return None
    note = notes.get("run")
    if note is None or "objects" not in note:
        raise WarehouseError(f"landing: {manifest} is of an earlier release", "what it lacks cannot be made again")
    for row in settled["steps"][len(steps) :] if settled else []:
        # It was committed, and the run was killed before it could say so.
        steps.append(PastStep(row, settled["issues"] if settled else [], lines))
        lines = []
    end = notes.get("end", {}).get("row")
    if settled:
        end = settled["row"] if settled["row"]["status"] in ("done", "failed") else None
    histories = frozenset(settled["histories"]) if settled else frozenset()
    does = notes.get("end", {}).get("does")
    if settled and end:  # it was killed before it could say so; earlier releases did not note it
        does = settled.get("does", "nightly" if note["job"] == "nightly" and end["status"] == "done" else None)
    return PastRun(note["run_id"], note, steps, end, lines, histories, does)


def list_runs(folder: Path) -> list[Manifest]:
    """Return the manifests of the runs that lead to the newest state, in order.

    Raises:
        WarehouseError: there is none, or one of them is missing or damaged.
    """
    for fault in find_torn(folder):
        raise WarehouseError(fault, RESTORE_HISTORY)
    manifests = find_manifests(folder)
    before = {run_id: _find_before(manifest) for run_id, manifest in manifests.items()}
    newest = max((run_id for run_id, last in before.items() if last is not None), default=0)
    chosen = [manifests[run_id] for run_id in _walk(folder, before, newest)]
    if not chosen:
        raise WarehouseError(f"landing: {folder} holds no run", "`trialwatch run` makes the first")
    return chosen[::-1]


def holds_runs(folder: Path) -> bool:
    """Whether a landing holds a run that came into a warehouse."""
    sealed = [manifest for manifest in find_manifests(folder).values() if not manifest.is_open]
    return any(_find_before(manifest) is not None for manifest in sealed)


def _walk(folder: Path, before: Mapping[int, int | None], run_id: int) -> Iterator[int]:
    while run_id:
        if run_id not in before:
            raise WarehouseError(f"landing: {folder} does not hold run {run_id}", RESTORE_HISTORY)
        yield run_id
        last = before[run_id]
        run_id = last if last is not None else run_id - 1


def _find_before(manifest: Manifest) -> int | None:
    """Return the run that the warehouse had last when a run began; None where the run never came into one."""
    before: int | None = None
    for line in read_manifest(manifest):
        if isinstance(line, LandedNote) and line.kind == "run":
            before = line.content.get("after", line.content.get("run_id", 1) - 1)
        if isinstance(line, LandedNote) and line.kind == "settled" and line.content["row"] is None:
            return None
    return before
