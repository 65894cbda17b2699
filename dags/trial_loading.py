"""Loading pages of studies: land, recognise what did not change, hand what did to the writer of versions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from dags.absences import write_step
from dags.drift import DriftWatch
from dags.overdue import write_overdue
from dags.run import Run
from dags.version_loading import Learnt, Line, Payload, VersionWriter
from dags.watching import Found
from etl.canonical import build_canonical, hash_content
from etl.matching import find_synonym
from etl.schemas import TRIAL_SIGHTING, build_frame
from etl.tagging.fields import build_trial_fields
from etl.trials import Row, hash_version, read_post_date, read_submit_date
from etl.versions import Place, Version, find_origin, inherit_number, place_state, sort_versions
from extractors.clinicaltrials.envelope import RecordId
from extractors.clinicaltrials.fetch import SOURCE
from extractors.clinicaltrials.parse import parse_study
from models.errors import ContractError
from models.page import Page
from models.partial_date import parse_partial_date
from models.trial import Study
from models.watchlist import WatchItem


class _Served(msgspec.Struct, frozen=True):
    """A record as it came: typed, decoded, and the source day it is of."""

    study: Study
    content: dict[str, Any]
    day: dt.date


class TrialLoader:
    """Loads pages of studies into the open transaction. `seen` maps each number that answered to its record's.

    `unreadable` holds the numbers of records that came and could not be read. Of a release older than one already read
    (`is_older`) nothing is concluded: it reopens nothing. By `way` "import" the pages are files: each record is of the
    release its own stamp names, whatever `day` says. `new`, `changed` and `older` count what came.
    """

    def __init__(
        self, run: Run, day: dt.date, *, is_older: bool = False, way: Literal["live", "import"] = "live"
    ) -> None:
        self.run = run
        self.day = day
        self.seen: dict[str, str] = {}
        self.unreadable: set[str] = set()
        self.new = 0
        self.changed = 0
        self.older = 0
        self._is_older = is_older
        self._way = way
        self._writer = VersionWriter(run)
        self._drift = DriftWatch(run)
        self._page: dict[str, bytes] = {}

    def load(self, page: Page, ids: Sequence[RecordId]) -> None:
        """Land a page and load its records; a record that cannot be read becomes an issue, the others stay."""
        hashes = self.run.landing.store(page)
        self._page = {}
        raw: dict[str, str] = {}
        for place, (record, span, digest) in enumerate(zip(ids, page.records, hashes, strict=True)):
            body = page.body[span.start : span.end]
            if not record.nct_id:
                self._note_unreadable(body, f"{page.item} page {page.number} record {place}")
                continue
            self._page[record.nct_id] = body
            raw[record.nct_id] = digest
            self.seen |= dict.fromkeys((record.nct_id, *record.aliases), record.nct_id)
        self._load_records(raw)

    def finish(self) -> None:
        """End the reading: note what became due by the release's day, and what its records hold or lack as a whole.

        A field that every record lost or got back at once moved by no sponsor's hand: no change is told of it.
        """
        if self._way == "live" and not self._is_older:
            write_overdue(self.run, self.day)
        for path in sorted(self._drift.find_vanished_or_returned()):
            self.run.store.run("withdraw_changes", path=path, run_id=self.run.run_id, clock=self.run.clock)
        self._drift.write()

    def find_record(self, nct_id: str) -> str | None:
        """Return the number of the record that answered for `nct_id` tonight, None where none did."""
        return self.seen.get(nct_id)

    def count_tracked(self) -> int:
        """Count the trials that active items ever matched, after tonight."""
        return self.run.store.read("tracked_trials").height

    def find_reasons(self, item: WatchItem, held: set[str]) -> dict[str, Found]:
        """Return, for the records of the page last loaded, the field and synonym by which the item found each.

        Records known to the item keep the reason they came by; (None, None) is the registry's own expansion.
        """
        return {nct_id: (None, None) if nct_id in held else self._find_reason(nct_id, item) for nct_id in self._page}

    def _find_reason(self, nct_id: str, item: WatchItem) -> Found:
        if nct_id in self.unreadable:
            return None, None  # loading it has made the issue row
        return find_synonym(build_trial_fields(msgspec.json.decode(self._page[nct_id])), item.terms)

    def _note_unreadable(self, body: bytes, name: str) -> None:
        try:
            parse_study(body, name)
        except ContractError as error:
            self.run.add_contract_issue(error)

    def _load_records(self, raw: dict[str, str]) -> None:
        ids = sorted(raw)
        held = {row["nct_id"]: row for row in self.run.store.read("sightings", nct_ids=ids).to_dicts()}
        same = [
            nct_id
            for nct_id in ids
            if nct_id in held
            and held[nct_id]["raw_hash"] == raw[nct_id]
            and (self._way == "live" or held[nct_id]["registry_state"] == "listed")
        ]
        served = self._parse(sorted(raw.keys() - set(same)))
        if self._way == "live":
            self._reopen([held[nct_id] for nct_id in ids if nct_id in held and not self._is_older], self.day)
            if same:
                self.run.store.run("touch_sightings", nct_ids=same, day=self.day, clock=self.run.clock)
        if served:
            self._load_served(served, raw, held)

    def _parse(self, nct_ids: Sequence[str]) -> dict[str, _Served]:
        served = {}
        for nct_id in nct_ids:
            body = self._page[nct_id]
            try:
                study = parse_study(body, nct_id)
            except ContractError as error:
                self.unreadable.add(nct_id)
                self.run.add_contract_issue(error)
            else:
                content = msgspec.json.decode(body)
                day = self.day if self._way == "live" else find_stamp(content) or read_post_date(study) or self.day
                served[nct_id] = _Served(study, content, day)
        return served

    def _reopen(self, rows: Sequence[Row], day: dt.date) -> None:
        for row in rows:
            if row["registry_state"] != "listed":
                fresh = row | {"registry_state": "listed", "missing_days": [], "last_checked_at": self.run.clock}
                self.run.store.replace("trial_sighting", build_frame([fresh], TRIAL_SIGHTING), "nct_id")
                write_step(self.run, row["nct_id"], row["registry_state"], "listed", day)

    def _load_served(self, served: dict[str, _Served], raw: dict[str, str], held: dict[str, Row]) -> None:
        lines: list[Line] = []
        sightings: list[Row] = []
        versions = self._writer.read_lines(sorted(served))
        learnt = {nct_id: self._build_learnt(one, versions[nct_id]) for nct_id, one in served.items()}
        newest = {nct_id: sort_versions(line)[-1] for nct_id, line in versions.items() if line}
        before = self._writer.read_payloads(one.version_id for one in newest.values())
        reread = _find_reread(learnt, newest, before)
        for nct_id, one in served.items():
            line = versions[nct_id]
            place: Place = "held" if nct_id in reread else place_state(learnt[nct_id].version, line)
            if place != "held":
                lines.append(self._build_line(learnt[nct_id], line, place))
            self._count(place, line)
            if _is_stale(learnt[nct_id].version, newest.get(nct_id), place, is_same=nct_id in reread):
                self._note_stale(nct_id)
            else:
                # A file made by hand may lack what the registry serves.
                last = newest.get(nct_id) if self._way == "live" else None
                self._drift.look(nct_id, one.content, before[last.version_id].content if last else None)
                sightings.append(self._build_sighting(one, raw[nct_id], held.get(nct_id)))
        self.run.store.replace("trial_sighting", build_frame(sightings, TRIAL_SIGHTING), "nct_id")
        self._writer.write(lines)

    def _build_learnt(self, served: _Served, held: Sequence[Version]) -> Learnt:
        """Return what a record would be as a version; its number and origin are given where it becomes one."""
        study = served.study
        canonical = build_canonical(served.content)
        submit_date = read_submit_date(study)
        version = Version(
            version_id="",
            content_hash=hash_content(canonical),
            origin=self._way,
            markup="markdown",
            overall_status=study.protocol_section.status_module.overall_status,
            source_submit_date=submit_date,
            source_post_date=read_post_date(study),
            source_day=served.day,
            registry_version=inherit_number(submit_date, held),
            learnt_no=_LAST,
            is_sighting=True,
        )
        return Learnt(version, study, canonical, self._page[study.nct_id].decode("utf-8"))

    def _build_line(self, learnt: Learnt, held: Sequence[Version], place: Place) -> Line:
        version = learnt.version
        learnt_no = self._writer.take_number()
        origin = find_origin(version, held) if place == "older" and self._way == "live" else version.origin
        nct_id = learnt.study.nct_id
        numbered = msgspec.structs.replace(
            version,
            version_id=hash_version(nct_id, version.source_submit_date, learnt_no, version.content_hash),
            origin=origin,
            learnt_no=learnt_no,
            is_sighting=place == "newest",
        )
        return Line(nct_id, held, [msgspec.structs.replace(learnt, version=numbered)])

    def _build_sighting(self, served: _Served, digest: str, before: Row | None) -> Row:
        state, missing_days = "listed", list[dt.date]()
        if before and self._concludes_nothing(served, before):
            state, missing_days = before["registry_state"], before["missing_days"]
        elif before and self._way == "import":
            self._reopen([before], served.day)
        return {
            "nct_id": served.study.nct_id,
            "registry_state": state,
            "raw_hash": digest,
            "source_day": max(served.day, before["source_day"]) if before else served.day,
            "missing_days": missing_days,
            "first_seen_at": before["first_seen_at"] if before else self.run.clock,
            "last_checked_at": self.run.clock,
        }

    def _concludes_nothing(self, served: _Served, before: Row) -> bool:
        """A file tells that a trial is listed only where it is of a later day than the trial was last looked for."""
        return self._is_older or (self._way == "import" and served.day <= before["source_day"])

    def _note_stale(self, nct_id: str) -> None:
        self.older += 1
        if self._way == "live":
            message = "an older state than the newest held was served; kept as history, nothing is concluded"
            self.run.add_issue("info", SOURCE, message, record=nct_id)

    def _count(self, place: Place, held: Sequence[Version]) -> None:
        if place != "held":
            self.changed += bool(held)
            self.new += not held


def _find_reread(
    learnt: Mapping[str, Learnt], newest: Mapping[str, Version], payloads: Mapping[str, Payload]
) -> set[str]:
    """Return the trials whose content hash moved only because an earlier release of ours took it otherwise."""
    doubtful = {
        nct_id: last
        for nct_id, last in newest.items()
        if last.source_submit_date == learnt[nct_id].version.source_submit_date
        and last.content_hash != learnt[nct_id].version.content_hash
    }
    return {
        nct_id
        for nct_id, last in doubtful.items()
        if payloads[last.version_id].build_canonical() == learnt[nct_id].canonical
    }


def _is_stale(version: Version, newest: Version | None, place: Place, *, is_same: bool) -> bool:
    """Tell a state older than the newest held: history, or nothing new at all."""
    if is_same or place == "newest" or newest is None:
        return False
    return place == "older" or newest.content_hash != version.content_hash


def find_stamp(content: dict[str, Any]) -> dt.date | None:
    """Return the day of the release a decoded study is of, as its own stamp says; None where it has none."""
    place: Any = content
    for key in ("derivedSection", "miscInfoModule", "versionHolder"):
        place = place.get(key) if isinstance(place, dict) else None
    date = parse_partial_date(place) if isinstance(place, str) else None
    return date.low if date else None


_LAST = 2**62  # a state not numbered yet comes after all that are held
