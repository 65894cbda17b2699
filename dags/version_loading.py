"""Writing versions of trials: the rows, the changes between neighbours, and what stands newest.

However a version was learnt (live, import, record history), it goes through here: the pair it falls between is
superseded, the pairs it makes are compared, and what an earlier row had told keeps the instant it was first told.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import msgspec

from dags.run import Run
from etl.canonical import build_canonical, hash_content, is_unread
from etl.child_schemas import CHILD_SCHEMAS
from etl.children import CHILDREN
from etl.diff import Canonical, DiffContext, find_changes, list_administrative
from etl.history import Labels
from etl.markup import Markup
from etl.names import build_name_finder
from etl.schemas import TRIAL_CHANGE, TRIAL_EDIT, TRIAL_RECORD, TRIAL_VERSION, build_frame
from etl.trials import Row, build_change_row, build_trial_row, build_version_row
from etl.versions import Pair, Splice, Version, find_moment, find_pair_origin, sort_versions, splice
from models.settings import build_weights
from models.trial import Study
from models.watchlist import BY_NUMBER


class Learnt(msgspec.Struct, frozen=True):
    """A version not held yet, with what it was read from."""

    version: Version
    study: Study
    canonical: Canonical
    payload: str


class Payload(msgspec.Struct, frozen=True):
    """A study held, decoded, and how it writes text."""

    content: dict[str, Any]
    markup: Markup

    def build_canonical(self) -> Canonical:
        """Return its canonical content."""
        return build_canonical(self.content, markup=self.markup)


class Line(msgspec.Struct, frozen=True):
    """What was learnt of one trial: `renumbered` are versions of `held` whose number in the registry is now known.

    `labels` are what the registry says was edited in which version, where its list was read.
    """

    nct_id: str
    held: Sequence[Version]
    fresh: Sequence[Learnt] = ()
    renumbered: Sequence[Version] = ()
    labels: Labels = Labels({})

    @property
    def versions(self) -> list[Version]:
        """The whole line as it is after this, in source order."""
        learnt = (*self.renumbered, *(one.version for one in self.fresh))
        return sort_versions({one.version_id: one for one in (*self.held, *learnt)}.values())


class VersionWriter:
    """Writes versions into the open transaction and numbers them in the order they are learnt."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._store = run.store
        self._payloads: dict[str, Payload] = {}
        self._learnt_no: int = run.store.read_value("newest_learnt_no")

    def take_number(self) -> int:
        """Return the number of the next version learnt."""
        self._learnt_no += 1
        return self._learnt_no

    def read_lines(self, nct_ids: Sequence[str]) -> dict[str, list[Version]]:
        """Return the versions held of some trials; a trial of which none is held has an empty list."""
        lines: dict[str, list[Version]] = {nct_id: [] for nct_id in nct_ids}
        rows = self._store.read_rows("held_versions", nct_ids=list(nct_ids))
        settled = self._settle([row for row in rows if is_unread(row["content_hash"])])
        for row in rows:
            row["content_hash"] = settled.get(row["version_id"], row["content_hash"])
            lines[row.pop("nct_id")].append(Version(**row))
        return lines

    def read_payloads(self, version_ids: Iterable[str]) -> dict[str, Payload]:
        """Return the studies of some versions held, decoded. Those asked for last need not be read again."""
        wanted = set(version_ids)
        self._payloads = {name: payload for name, payload in self._payloads.items() if name in wanted}
        unread = sorted(wanted - self._payloads.keys())
        if unread:
            for row in self._store.read("payloads", version_ids=unread).iter_rows(named=True):
                self._payloads[row["version_id"]] = Payload(msgspec.json.decode(row["payload"]), row["markup"])
        return dict(self._payloads)

    def write(self, lines: Sequence[Line]) -> None:
        """Write what was learnt of some trials."""
        rows = [self._build_row(one) for line in lines for one in line.fresh]
        self._store.append("trial_version_log", build_frame(rows, TRIAL_VERSION))
        self._renumber(lines)
        splices = [_splice(line) for line in lines]
        told = self._supersede([pair for one in splices for pair in one.split], lines)
        self._compare(lines, splices, told)
        self._write_newest(lines)
        self._payloads.clear()

    def write_record(self, nct_id: str, version_id: str, study: Study, payload: Mapping[str, Any]) -> None:
        """Make the newest row of one trial, and its children, from a version."""
        self._write_records([(nct_id, version_id, study, payload)])

    def _settle(self, rows: Sequence[Row]) -> dict[str, str]:
        """Give versions loaded without looking into them their content hash, now that one is to be compared."""
        ids = [row["version_id"] for row in rows]
        if not ids:
            return {}
        payloads = self.read_payloads(ids)
        hashes = [hash_content(payloads[version_id].build_canonical()) for version_id in ids]
        before = [row["content_hash"] for row in rows]
        self._store.run("settle_versions", version_ids=ids, hashes=hashes)
        self._store.run("settle_tagged", doc_ids=[row["nct_id"] for row in rows], before=before, after=hashes)
        return dict(zip(ids, hashes, strict=True))

    def _build_row(self, one: Learnt) -> Row:
        return build_version_row(one.version, one.study, one.payload, self._run.clock, self._run.run_id)

    def _renumber(self, lines: Sequence[Line]) -> None:
        """Write the registry's own numbers, and date anew the changes between two that prove to be two submissions."""
        versions = [version for line in lines for version in line.renumbered]
        if not versions:
            return
        ids, numbers = [one.version_id for one in versions], [one.registry_version for one in versions]
        self._store.run("renumber_versions", version_ids=ids, numbers=numbers)
        for line in lines:
            renewed = {one.version_id: one for one in (*line.held, *line.renumbered)}
            for old, new in pairwise(sort_versions(line.held)):
                moment = find_moment(renewed[old.version_id], renewed[new.version_id], self._run.clock)
                if moment != find_moment(old, new, self._run.clock):
                    self._store.run(
                        "date_changes",
                        before=old.version_id,
                        after=new.version_id,
                        submit_date=moment.source_submit_date,
                        post_date=moment.source_post_date,
                    )

    def _supersede(self, split: Sequence[Pair], lines: Sequence[Line]) -> list[Row]:
        """Mark the rows of pairs that are none any more; return those that other runs had written.

        The record history says nothing sure of references: what live versions said of them stands.
        """
        if not split:
            return []
        markdown = {one.version.version_id for line in lines for one in line.fresh if one.version.markup == "markdown"}
        before, after = ([pair[place].version_id for pair in split] for place in (0, 1))
        pairs = {"before": before, "after": after}
        told = self._store.read_rows("pair_changes", **pairs, run_id=self._run.run_id)
        self._store.run("supersede_pairs", **pairs, clock=self._run.clock, keep_references=not markdown)
        self._store.run("supersede_edits", **pairs, clock=self._run.clock)
        return told

    def _compare(self, lines: Sequence[Line], splices: Sequence[Splice], told: Sequence[Row]) -> None:
        canonicals = {one.version.version_id: one.canonical for line in lines for one in line.fresh}
        joined = [pair for one in splices for pair in one.joined]
        needed = {version.version_id for pair in joined for version in pair} - canonicals.keys()
        payloads = self.read_payloads(sorted(needed))
        canonicals |= {version_id: payload.build_canonical() for version_id, payload in payloads.items()}
        changes: list[Row] = []
        edits: list[Row] = []
        for line, one in zip(lines, splices, strict=True):
            whole = line.versions
            rows: list[Row] = []
            for old, new in one.joined:
                rows += self._build_changes(line, (old, new), canonicals, whole)
                paths = list_administrative(canonicals[old.version_id], canonicals[new.version_id])
                if paths:
                    edits.append(_build_edit(line.nct_id, old, new, paths))
            _keep_first_telling(rows, [row for row in told if row["nct_id"] == line.nct_id])
            changes += rows
        self._store.append("trial_change_log", build_frame(changes, TRIAL_CHANGE))
        self._store.append("trial_edit_log", build_frame(edits, TRIAL_EDIT))

    def _build_changes(
        self, line: Line, pair: Pair, canonicals: Mapping[str, Canonical], whole: Sequence[Version]
    ) -> list[Row]:
        old, new = pair
        moment = find_moment(old, new, self._run.clock)
        origin = find_pair_origin(new, whole)
        names = (old.version_id, new.version_id)
        context = self._context
        if "html" in (old.markup, new.markup):
            # Old versions of the history may hold references of later days.
            context = msgspec.structs.replace(context, with_references=False)
        changes = find_changes(canonicals[old.version_id], canonicals[new.version_id], context)
        return [
            build_change_row(line.nct_id, change, moment, origin=origin, run_id=self._run.run_id, versions=names)
            for change in changes
            if old.markup == new.markup or line.labels.explain(change.kind, old.registry_version, new.registry_version)
        ]

    @functools.cached_property
    def _context(self) -> DiffContext:
        return build_context(self._run)

    def _write_newest(self, lines: Sequence[Line]) -> None:
        newest = []
        for line in lines:
            fresh = {one.version.version_id: one for one in line.fresh}
            last = line.versions[-1]
            if last.version_id in fresh:
                one = fresh[last.version_id]
                newest.append((line.nct_id, last.version_id, one.study, msgspec.json.decode(one.payload)))
        self._write_records(newest)

    def _write_records(self, newest: Sequence[tuple[str, str, Study, Mapping[str, Any]]]) -> None:
        records = [build_trial_row(study) | {"version_id": version_id} for _, version_id, study, _ in newest]
        self._store.replace("trial_record", build_frame(records, TRIAL_RECORD), "nct_id")
        ids = [nct_id for nct_id, *_ in newest]
        for table, build in CHILDREN.items():
            self._store.remove(table, ids, "nct_id")
            rows = [row for *_, payload in newest for row in build(dict(payload))]
            self._store.append(table, build_frame(rows, CHILD_SCHEMAS[table]))


def build_context(run: Run) -> DiffContext:
    """Return what a comparison needs to know of the settings, the vocabulary and what is watched."""
    return DiffContext(
        weights=build_weights(run.inputs.settings),
        find_names=build_name_finder(run.inputs.vocabulary),
        watched=frozenset(item.name for item in run.inputs.items if item.kind not in BY_NUMBER),
    )


def _splice(line: Line) -> Splice:
    return splice(line.held, [*line.renumbered, *(one.version for one in line.fresh)])


def _build_edit(nct_id: str, old: Version, new: Version, paths: list[str]) -> Row:
    return {
        "nct_id": nct_id,
        "from_version_id": old.version_id,
        "to_version_id": new.version_id,
        "paths": paths,
        "superseded_at": None,
    }


def _keep_first_telling(rows: Sequence[Row], told: Sequence[Row]) -> None:
    """Give the rows that say again what a superseded one said the instant, origin and run of that one."""
    last_saying = {_name_fact(row): row for row in rows}  # of several, the last in source order
    for before in told:
        again = last_saying.get(_name_fact(before))
        if again:
            again |= {name: before[name] for name in ("observed_at", "origin", "run_id")}


def _name_fact(row: Row) -> tuple[str, ...]:
    return tuple(row[name] for name in ("kind", "field", "item", "new_value"))
