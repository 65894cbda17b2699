"""Watches the shape of the registry's records through one night: tells once what is new, counts what stays.

It decides nothing about a record: what is unknown stays in the payload, and a field's end is told, not acted on.
"""

from __future__ import annotations

import functools
import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from dags.run import Run
from etl.ledger_schemas import SCHEMA_DRIFT, SCHEMA_DRIFT_RECORD
from etl.schemas import build_frame
from etl.sentinel import Drift, Steps, find_drift, find_lost, find_steps, list_fields, with_holders, write_place
from extractors.clinicaltrials.fetch import SOURCE

Row = dict[str, Any]
Key = tuple[str, str, str | None]  # kind, path, value

# A field that fewer records lose in one night has not vanished: a trial may well give up its acronym.
_LOST_BY = 3
# More unknown names in one place, or values of one field, are told as one: a list that was closed is closed no more.
_TOLD_APART = 20


class DriftWatch:
    """Looks at every study decoded in one night and writes what the night adds to `schema_drift`, inside its step."""

    def __init__(self, run: Run, *, sees_losses: bool = True) -> None:
        """`sees_losses`: records of before are compared with; only then it matters which fields are held."""
        self._run = run
        known = run.store.read_rows("schema_drift", source=SOURCE)
        self._rows: dict[Key, Row] = {_key(row): row for row in known if row["ended_at"] is None}
        self._ended: list[Row] = [row for row in known if row["ended_at"] is not None]
        self._siblings: dict[tuple[str, str], set[Key]] = defaultdict(set)
        for key in self._rows:
            self._siblings[_place(key)].add(key)
        self.wants_fields = sees_losses or any(kind == "vanished" for kind, _, _ in self._rows)
        self._decoded: set[str] = set()
        self._held: set[str] = set()
        self._met: dict[Key, set[str]] = defaultdict(set)
        self._lost: dict[str, int] = defaultdict(int)
        self._examples: dict[Key, tuple[str, str]] = {}
        self._places: dict[str, str] = {}

    def look(self, nct_id: str, study: dict[str, Any], previous: dict[str, Any] | None) -> None:
        """Look at a study that came anew; `previous` is the newest payload held of it before, None where none was.

        Not for a state older than the newest held: what it lacks has not been lost.
        """
        held = list_fields(study) if self.wants_fields else set()
        self.note(nct_id, find_drift(study), held)
        if previous is not None:
            for path in find_lost(list_fields(previous), held):
                self._note_lost(nct_id, path, previous)

    def note(self, nct_id: str, drifts: Iterable[Drift], held: set[str]) -> None:
        """Note what a study that came anew and was looked at elsewhere showed, and which fields it holds."""
        self._decoded.add(nct_id)
        self._held |= held
        for drift in drifts:
            key = self._fold((drift.kind, drift.path, drift.value))
            self._met[key].add(nct_id)
            self._examples.setdefault(key, (nct_id, drift.example_path))

    def find_vanished_or_returned(self) -> set[str]:
        """Return the dotted paths (fields, or holders of several) whose end or return the night's records show.

        What changed at or below one of them was the registry's doing, not a sponsor's. Ask after the last look.
        """
        vanished, returned = self._turned
        still_lost = {path for kind, path, _ in self._rows if kind == "vanished"} & self._lost.keys()
        return {*vanished, *returned, *still_lost}

    def write(self) -> None:
        """Write the night's drift into the open transaction; each row that is new makes one warning of the run."""
        vanished, returned = self._turned
        self._count_met()
        for path in vanished:
            self._add_row(("vanished", path, None), self._lost[path])
        for path in returned:
            row = self._rows.pop(("vanished", path, None))
            self._ended.append(row | {"ended_at": self._run.clock})
        if self._met or vanished or returned:
            self._run.store.run("remove_schema_drift", source=SOURCE)
            self._run.store.append("schema_drift", build_frame([*self._ended, *self._rows.values()], SCHEMA_DRIFT))

    def _fold(self, key: Key) -> Key:
        kind, path, value = key
        siblings = self._siblings[_place(key)]
        if key not in siblings and len(siblings) >= _TOLD_APART:
            key = (kind, path, "*") if kind == "value" else (kind, f"{path.rpartition('.')[0]}.*".lstrip("."), value)
        siblings.add(key)
        return key

    def _note_lost(self, nct_id: str, path: str, previous: dict[str, Any]) -> None:
        self._lost[path] += 1
        key = ("vanished", path, None)
        if key not in self._examples:
            steps = find_steps(previous, path)
            self._examples[key] = (nct_id, write_place(steps))
            self._places[path] = _write_json_path(steps)

    @functools.cached_property
    def _turned(self) -> tuple[list[str], list[str]]:
        """The fields that vanished tonight, the highest of those above each other, and those that came back."""
        held = with_holders(self._held)
        open_ones = [path for kind, path, _ in self._rows if kind == "vanished"]
        returned = [path for path in open_ones if path in held]
        vanished: list[str] = []
        for path in sorted(self._lost, key=lambda path: (path.count("."), path)):
            is_suspect = self._lost[path] >= _LOST_BY and path not in held and self._places[path]
            if is_suspect and not _is_at_or_below(path, [*open_ones, *vanished]) and not self._is_held_elsewhere(path):
                vanished.append(path)
        return vanished, returned

    def _is_held_elsewhere(self, path: str) -> bool:
        """Tell whether a trial that did not come anew tonight holds something at a path."""
        rows = self._run.store.read("holds_field", place=self._places[path], but_for=sorted(self._decoded))
        return bool(rows.item())

    def _count_met(self) -> None:
        """Add tonight's records to each row, none that is counted there already."""
        if not self._met:
            return
        records = sorted(set().union(*self._met.values()))
        counted = self._run.store.read_rows("schema_drift_records", source=SOURCE, records=records)
        for row in counted:
            self._met.get(_key(row), set()).discard(row["record"])
        fresh = [_build_record(key, record) for key, met in self._met.items() for record in sorted(met)]
        self._run.store.append("schema_drift_record", build_frame(fresh, SCHEMA_DRIFT_RECORD))
        for key, met in self._met.items():
            self._add_row(key, len(met))

    def _add_row(self, key: Key, count: int) -> None:
        if key in self._rows:
            row = self._rows[key]
            self._rows[key] = row | {"count": row["count"] + count, "last_seen_at": self._run.clock}
            return
        kind, path, value = key
        record, place = self._examples[key]
        self._rows[key] = {
            "source": SOURCE,
            "kind": kind,
            "path": path,
            "value": value,
            "first_seen_at": self._run.clock,
            "last_seen_at": self._run.clock,
            "ended_at": None,
            "count": count,
            "example_record": record,
            "example_path": place,
            "run_id": self._run.run_id,
        }
        self._run.add_issue("warning", SOURCE, _describe(key, count), record=record, path=place)


def _describe(key: Key, count: int) -> str:
    kind, path, value = key
    if kind == "vanished":
        return f"no record holds {path} any more: {count} lost it at once"
    if kind == "value":
        return f"{path} holds what the registry does not document: {json.dumps(value)}; kept as it came"
    return f"the registry does not document the {kind} {path}; kept in the payload"


def _write_json_path(steps: Steps) -> str:
    """Return the place in a list of records as the warehouse asks for it; "" where a name is none it could ask for."""
    if not steps or not all(isinstance(step, int) or step.isidentifier() for step in steps):
        return ""
    return "".join(("$[*]", *("[*]" if isinstance(step, int) else f'."{step}"' for step in steps)))


def _build_record(key: Key, record: str) -> Row:
    kind, path, value = key
    return {"source": SOURCE, "kind": kind, "path": path, "value": value, "record": record}


def _key(row: Row) -> Key:
    return row["kind"], row["path"], row["value"]


def _place(key: Key) -> tuple[str, str]:
    kind, path, _ = key
    return kind, path if kind == "value" else path.rpartition(".")[0]


def _is_at_or_below(path: str, places: list[str]) -> bool:
    return any(f"{path}.".startswith(f"{place}.") for place in places)
