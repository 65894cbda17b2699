"""Loading pages of studies: land, recognise what did not change, version and diff what did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec

from dags.absences import write_step
from dags.run import Run
from dags.watching import Found
from etl.canonical import build_canonical, hash_content
from etl.matching import find_synonym
from etl.schemas import TRIAL_CHANGE, TRIAL_RECORD, TRIAL_REFERENCE, TRIAL_SIGHTING, TRIAL_VERSION, build_frame
from etl.tagging.fields import build_trial_fields
from etl.trials import (
    HeldVersion,
    Placed,
    Row,
    Sighting,
    build_change_rows,
    build_reference_rows,
    build_trial_row,
    find_moment,
    place_version,
)
from extractors.clinicaltrials.envelope import RecordId
from extractors.clinicaltrials.fetch import SOURCE
from extractors.clinicaltrials.parse import parse_study
from models.errors import ContractError
from models.page import Page
from models.trial import Study
from models.watchlist import WatchItem


class TrialLoader:
    """Loads one night's pages into the open transaction. `seen` maps each number that answered to its record's.

    `unreadable` holds the numbers of records that came and could not be read. Of a release older than one already read
    (`is_older`) nothing is concluded: it reopens nothing.
    """

    def __init__(self, run: Run, day: dt.date, *, is_older: bool) -> None:
        self.run = run
        self.day = day
        self._is_older = is_older
        self.seen: dict[str, str] = {}
        self.unreadable: set[str] = set()
        self.changed = 0
        self._learnt_no: int = run.store.read("newest_learnt_no").item()
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
        for row in held.values():
            if row["registry_state"] != "listed" and not self._is_older:
                self._reopen(row)
        same = [nct_id for nct_id in ids if nct_id in held and held[nct_id]["raw_hash"] == raw[nct_id]]
        if same:
            self.run.store.run("touch_sightings", nct_ids=same, day=self.day, clock=self.run.clock)
        studies = {}
        for nct_id in sorted(raw.keys() - set(same)):
            try:
                studies[nct_id] = parse_study(self._page[nct_id], nct_id)
            except ContractError as error:
                self.unreadable.add(nct_id)
                self.run.add_contract_issue(error)
        if studies:
            self._load_studies(studies, raw, held)

    def _reopen(self, row: Row) -> None:
        fresh = row | {"registry_state": "listed", "missing_days": [], "last_checked_at": self.run.clock}
        self.run.store.replace("trial_sighting", build_frame([fresh], TRIAL_SIGHTING), "nct_id")
        write_step(self.run, row["nct_id"], row["registry_state"], "listed", self.day)

    def _load_studies(self, studies: dict[str, Study], raw: dict[str, str], held: dict[str, Row]) -> None:
        versions = self._read_versions(sorted(studies))
        placed: dict[str, Placed] = {}
        sightings: list[Row] = []
        for nct_id, study in studies.items():
            sighting = self._build_sighting(study)
            place = place_version(sighting, versions.get(nct_id, []))
            if place:
                placed[nct_id] = place
                self._learnt_no += 1
            if self._is_stale(place, sighting, versions.get(nct_id, [])):
                continue
            before = held.get(nct_id)
            sightings.append(
                {
                    "nct_id": nct_id,
                    "registry_state": before["registry_state"] if before and self._is_older else "listed",
                    "raw_hash": raw[nct_id],
                    "source_day": max(self.day, before["source_day"]) if before else self.day,
                    "missing_days": before["missing_days"] if before and self._is_older else [],
                    "first_seen_at": before["first_seen_at"] if before else self.run.clock,
                    "last_checked_at": self.run.clock,
                }
            )
        store = self.run.store
        store.replace("trial_sighting", build_frame(sightings, TRIAL_SIGHTING), "nct_id")
        store.append("trial_version_log", build_frame([place.row for place in placed.values()], TRIAL_VERSION))
        newest = [studies[nct_id] for nct_id, place in placed.items() if place.after is None]
        store.replace("trial_record", build_frame(map(build_trial_row, newest), TRIAL_RECORD), "nct_id")
        self._replace_references(newest)
        store.append("trial_change_log", build_frame(self._find_changes(studies, placed), TRIAL_CHANGE))
        self.changed += sum(1 for place in placed.values() if place.before or place.after)

    def _read_versions(self, nct_ids: list[str]) -> dict[str, list[HeldVersion]]:
        versions: dict[str, list[HeldVersion]] = {}
        for row in self.run.store.read("held_versions", nct_ids=nct_ids).to_dicts():
            versions.setdefault(row.pop("nct_id"), []).append(HeldVersion(**row))
        return versions

    def _build_sighting(self, study: Study) -> Sighting:
        body = self._page[study.nct_id]
        return Sighting(
            study=study,
            content_hash=hash_content(build_canonical(msgspec.json.decode(body))),
            payload=body.decode("utf-8"),
            source_day=self.day,
            observed_at=self.run.clock,
            run_id=self.run.run_id,
            learnt_no=self._learnt_no + 1,
        )

    def _is_stale(self, place: Placed | None, sighting: Sighting, held: Sequence[HeldVersion]) -> bool:
        """Tell (and note) a state older than the newest held: history, or nothing new at all."""
        if place:
            is_stale = place.after is not None
        else:
            newest = max(held, key=lambda one: one.order)
            is_stale = newest.content_hash != sighting.content_hash
        if is_stale:
            message = "an older state than the newest held was served; kept as history, nothing is concluded"
            self.run.add_issue("info", SOURCE, message, record=sighting.study.nct_id)
        return is_stale

    def _replace_references(self, studies: Sequence[Study]) -> None:
        rows = [row for study in studies for row in build_reference_rows(study)]
        self.run.store.remove("trial_reference", [study.nct_id for study in studies], "nct_id")
        self.run.store.append("trial_reference", build_frame(rows, TRIAL_REFERENCE))

    def _find_changes(self, studies: dict[str, Study], placed: dict[str, Placed]) -> list[Row]:
        neighbours = [one for place in placed.values() for one in (place.before, place.after) if one]
        payloads = self._read_payloads([one.version_id for one in neighbours])
        rows: list[Row] = []
        for nct_id, place in placed.items():
            this = studies[nct_id]
            if place.before:
                before = payloads[place.before.version_id]
                rows += self._diff(before, this, (place.before.version_id, place.version.version_id), place.version)
            if place.after:
                after = payloads[place.after.version_id]
                rows += self._diff(this, after, (place.version.version_id, place.after.version_id), place.version)
            if place.before and place.after:
                pair = {"before": place.before.version_id, "after": place.after.version_id}
                self.run.store.run("supersede_pair", **pair, clock=self.run.clock)
        return rows

    def _diff(self, old: Study, new: Study, versions: tuple[str, str], learnt: HeldVersion) -> list[Row]:
        moment = find_moment(old, new, self.day, self.run.clock)
        return list(
            build_change_rows(old, new, moment, origin=learnt.origin, run_id=self.run.run_id, versions=versions)
        )

    def _read_payloads(self, version_ids: list[str]) -> dict[str, Study]:
        rows: list[dict[str, Any]] = self.run.store.read("payloads", version_ids=version_ids).to_dicts()
        return {row["version_id"]: parse_study(row["payload"].encode(), row["version_id"]) for row in rows}
