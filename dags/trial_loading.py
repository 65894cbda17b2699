"""Loading pages of studies: land, recognise what did not change, hand what did to the writer of versions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

import msgspec

from dags.drift import DriftWatch
from dags.overdue import write_overdue
from dags.run import Run
from dags.trial_states import Served, StateWriter, Way
from dags.version_loading import VersionWriter
from etl.matching import Found, find_synonym
from etl.tagging.fields import build_trial_fields
from etl.trials import Row, read_post_date, read_release_day
from etl.versions import sort_versions
from extractors.clinicaltrials.envelope import RecordId
from extractors.clinicaltrials.parse import is_too_deep, parse_study
from models.errors import ContractError
from models.page import Page
from models.watchlist import WatchItem

# Written at once: a query costs the same for one trial and for hundreds.
_MOST_WAITING, _MOST_SAME = 300, 10_000


class TrialLoader:
    """Loads pages of studies into the open transaction. `seen` maps each number that answered to its record's.

    `unreadable` holds the numbers of records that came and could not be read. Of a release older than one already read
    (`is_older`) nothing is concluded: it reopens nothing. By `way` "import" the pages are files: each record is of the
    release its own stamp names, whatever `day` says. What changed waits to be written together: see `flush`.
    """

    def __init__(self, run: Run, day: dt.date, *, is_older: bool = False, way: Way = "live") -> None:
        self.run = run
        self.day = day
        self.seen: dict[str, str] = {}
        self.unreadable: set[str] = set()
        self._is_older = is_older
        self.way = way
        self.drift = DriftWatch(run, sees_losses=way == "live")
        self._states = StateWriter(run, self.drift, is_older=is_older, way=way)
        self._page: dict[str, bytes] = {}
        self._waiting: dict[str, Served] = {}
        self._same: list[str] = []

    @property
    def versions(self) -> VersionWriter:
        """What writes the versions, and numbers them."""
        return self._states.versions

    @property
    def new(self) -> int:
        """How many trials written were never held before."""
        return self._states.new

    @property
    def changed(self) -> int:
        """How many trials written were held and said something else."""
        return self._states.changed

    @property
    def older(self) -> int:
        """How many states written were older than what is held."""
        return self._states.older

    def load(self, page: Page, ids: Sequence[RecordId]) -> None:
        """Land a page and load its records; a record that cannot be read becomes an issue, the others stay."""
        landing = self.run.landing
        held = self._read_held({record.nct_id for record in ids} - {""})
        is_same_file = self.way == "import" and landing.holds_whole(page)
        hashes = landing.store_whole(page) if is_same_file else self._store(page, ids, held)
        self._load_records(self._take(page, ids, hashes), held)

    def _store(self, page: Page, ids: Sequence[RecordId], held: Mapping[str, Row]) -> list[str]:
        """Land a page, each record as what differs from its last form, which is known and need not be looked for."""
        before = [held[one.nct_id]["raw_hash"] if one.nct_id in held else None for one in ids]
        return self.run.landing.store(page, before)

    def _take(self, page: Page, ids: Sequence[RecordId], hashes: Sequence[str]) -> dict[str, str]:
        """Make a page the one last loaded; return number → hash of its records."""
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
        return raw

    def _read_held(self, numbers: Collection[str]) -> dict[str, Row]:
        """Return what is held of some trials; of one that comes again, what it said before is held by then."""
        if not self._waiting.keys().isdisjoint(numbers):
            self.flush()
        return {row["nct_id"]: row for row in self.run.store.read_rows("sightings", nct_ids=sorted(numbers))}

    def flush(self) -> None:
        """Write what waits. Whoever reads trials from the open transaction wants this before."""
        if self._same:
            self.run.store.run("touch_sightings", nct_ids=self._same, day=self.day, clock=self.run.clock)
        waiting, self._waiting, self._same = self._waiting, {}, []
        if waiting:
            self._states.write(waiting)

    def finish(self) -> None:
        """End the reading: note what became due by the release's day, and what its records hold or lack as a whole.

        A field that every record lost or got back at once moved by no sponsor's hand: no change is told of it.
        """
        self.flush()
        if self.way == "live" and not self._is_older:
            write_overdue(self.run, self.day)
        for path in sorted(self.drift.find_vanished_or_returned()):
            self.run.store.run("withdraw_changes", path=path, run_id=self.run.run_id, clock=self.run.clock)
        self.drift.write()

    def find_record(self, nct_id: str) -> str | None:
        """Return the number of the record that answered for `nct_id` tonight, None where none did."""
        return self.seen.get(nct_id)

    def find_content_hash(self, nct_id: str) -> str | None:
        """Return the content hash of the newest version held of a trial, None where none is."""
        held = sort_versions(self.versions.read_lines([nct_id])[nct_id])
        return held[-1].content_hash if held else None

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

    def note_unread(self, nct_id: str, body: bytes, error: ContractError) -> None:
        """Note a record that came and cannot be read, and what it shows all the same."""
        self.unreadable.add(nct_id)
        self.run.add_contract_issue(error)
        self._look_at_unreadable(nct_id, body)

    def _note_unreadable(self, body: bytes, name: str) -> None:
        try:
            parse_study(body, name)
        except ContractError as error:
            self.run.add_contract_issue(error)

    def _load_records(self, raw: dict[str, str], held: Mapping[str, Row]) -> None:
        ids = sorted(raw)
        same = [
            nct_id
            for nct_id in ids
            if nct_id in held
            and held[nct_id]["raw_hash"] == raw[nct_id]
            and (self.way == "live" or held[nct_id]["registry_state"] == "listed")
        ]
        if self.way == "live":
            self._states.reopen([held[nct_id] for nct_id in ids if nct_id in held and not self._is_older], self.day)
            self._same += same
        for nct_id in sorted(raw.keys() - set(same)):
            self._parse(nct_id, raw[nct_id], held.get(nct_id))
        if len(self._waiting) >= _MOST_WAITING or len(self._same) >= _MOST_SAME:
            self.flush()

    def _parse(self, nct_id: str, digest: str, held: Row | None) -> None:
        body = self._page[nct_id]
        try:
            study = parse_study(body, nct_id)
        except ContractError as error:
            self.note_unread(nct_id, body, error)
            return
        content = msgspec.json.decode(body)
        day = self.day if self.way == "live" else read_release_day(content) or read_post_date(study) or self.day
        self._waiting[nct_id] = Served(study, content, body, digest, day, held)

    def _look_at_unreadable(self, nct_id: str, body: bytes) -> None:
        """What such a record holds says something of the registry's form all the same; of what it lost, nothing."""
        try:
            content = None if is_too_deep(body) else msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return  # no text, or nested beyond reading: the issue row says so
        if isinstance(content, dict):
            self.drift.look(nct_id, content, None)
