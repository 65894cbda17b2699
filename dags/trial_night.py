"""One round over the registry: what is due under a release, whether it came whole, and what its absences mean."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from dags.absences import judge_missing
from dags.first_loading import Builders
from dags.identity import write_identities
from dags.item_checks import RANGE, REGISTRY, TRACKED, ItemChecks
from dags.registry_scope import Scope, find_scope
from dags.run import Run
from dags.trial_reading import TrialReading
from dags.watching import write_left, write_matches
from etl.matching import Found
from etl.wording import count
from extractors.clinicaltrials.envelope import Envelope
from extractors.clinicaltrials.fetch import SOURCE
from extractors.clinicaltrials.prove import prove
from extractors.clinicaltrials.query import (
    build_id_queries,
    build_range_query,
    build_registry_query,
    build_search_queries,
)
from extractors.http import Client
from models.errors import RefusedQueryError, SourceError
from models.page import Proof
from models.watchlist import BY_NUMBER, WatchItem

MOST_PROBES = 100  # a night; more at once are a fault of the registry's rather than so many trials gone


class TrialNight:
    """One reading of everything due under one release; with `builders`, of the registry too."""

    def __init__(
        self,
        run: Run,
        client: Client,
        day: dt.date,
        distrusted: frozenset[str] = frozenset(),
        builders: Builders | None = None,
    ) -> None:
        self.run = run
        self.day = day
        newest = run.store.read_value("newest_source_day", source=SOURCE)
        # An older release than one already read is history: nothing is concluded from what it lacks.
        self._is_older = newest is not None and day < newest
        self.checks = ItemChecks(run, day, is_older=self._is_older)
        settings = run.inputs.settings
        self._scope = find_scope(settings, self.checks, day, is_older=self._is_older) if builders else None
        is_whole = self._scope is not None and self._scope.since is None
        self.reading = TrialReading(
            run,
            client,
            day,
            is_older=self._is_older,
            distrusted=distrusted,
            builders=builders if is_whole else None,
        )
        self._told = ""  # of the registry
        self._client = client
        self._loader = self.reading.loader
        self._lacking: dict[str, set[str]] = {}  # by item, the records that its search found before and not tonight

    def read(self) -> None:
        """Read the registry and the searches first: what they bring need not be asked for by number."""
        lacking = self._read_registry(self._scope) if self._scope else set()
        for item in self.run.inputs.items:
            if item.kind not in BY_NUMBER and not self.checks.is_same_day(item):
                self._read_search(item)
        trials = [item for item in self.run.inputs.items if item.kind == "trial"]
        due = {item.name: item for item in trials if not self.checks.is_same_day(item)}
        tracked = {row["nct_id"]: row["source_day"] for row in self.run.store.read_rows("tracked_trials")}
        stale = {nct_id for nct_id, read_on in tracked.items() if read_on is None or read_on < self.day}
        wanted = (stale | due.keys() | lacking) - self._loader.seen.keys()
        proof = self._read_numbers(wanted)
        self._loader.flush()
        self._write_left()
        self._judge_trials(due, self.reading.doubt(proof, self._loader.seen.values()))
        if not self._is_older:
            answered = self._write_identities(tracked.keys() | due.keys() | lacking)
            if proof.is_proved:
                self._judge_missing(wanted - self.reading.refused - answered)

    def finish(self) -> None:
        """End the reading: what the whole of it shows, and how complete each item's extraction was."""
        self._loader.finish()
        self.checks.write()

    def describe(self) -> str:
        """Return what came, for people."""
        tracked = count(self._loader.count_tracked(), "trial")
        return f"{tracked}, {self._loader.changed} changed, {self.checks.describe()}{self._told}"

    def _read_registry(self, scope: Scope) -> set[str]:
        """Read every study there is, or was updated since; return the trials held that a proved whole reading lacks."""
        name = RANGE if scope.since else REGISTRY
        # How many were updated since is asked before more are held.
        held = self.run.store.read("updated_since", since=scope.since).item() if scope.since else 0
        chains = []
        try:
            query = build_range_query(RANGE, scope.since) if scope.since else build_registry_query(REGISTRY)
            chains.append(self.reading.read_registry(query))
        except RefusedQueryError as error:
            proof = Proof(name, is_proved=False, expected=None, received=0, reason=error.reason)
        else:
            proof = prove(name, chains)
            proof = self.checks.guard_range(proof, held) if scope.since else self.checks.guard(proof, None)
        self._loader.flush()  # which records cannot be read is known by then
        self.checks.keep(self.reading.doubt(proof, _list_numbers(chains)), None)
        what = f"what was updated since {scope.since}" if scope.since else "the whole registry"
        self._told = (
            f"; {what} {'read' if proof.is_proved else 'read and not proved'}, {count(proof.received, 'study')}"
        )
        if scope.since or not proof.is_proved or self._is_older:
            return set()
        unread = self.run.store.read("unread_trials", day=self.day).get_column("nct_id")
        return set(unread) - self._loader.seen.keys()

    def _read_search(self, item: WatchItem) -> None:
        held = set(self.run.store.read("matches", source=SOURCE, items=[item.item_id]).get_column("record").to_list())
        found: dict[str, Found] = {}
        try:
            chains, found = self.reading.read_search(build_search_queries(item), item, held)
        except RefusedQueryError as error:
            # A condition the registry cannot read costs its item, not the others.
            proof = Proof(item.item_id, is_proved=False, expected=None, received=0, reason=error.reason)
        else:
            proof = self.checks.guard(prove(item.item_id, chains), item)
            proof = self.reading.doubt(proof, _list_numbers(chains))
        self.checks.keep(proof, item)
        write_matches(self.run, SOURCE, {item.item_id: found}, self.day)
        if proof.is_proved and not self._is_older:
            # A record found under another number of its own has not left.
            present = found.keys() | {nct_id for nct_id in held if self.reading.find_record(nct_id) in found}
            self._lacking[item.item_id] = held - present

    def _write_left(self) -> None:
        """What answers by number has left the query; what does not may be absent, which is judged elsewhere."""
        for item_id, lacking in self._lacking.items():
            left = {nct_id for nct_id in lacking if self.reading.find_record(nct_id)}
            write_left(self.run, SOURCE, item_id, left, self.day)

    def _read_numbers(self, wanted: set[str]) -> Proof:
        """Read by number every trial watched or ever matched that tonight's searches did not bring."""
        queries = build_id_queries(TRACKED, wanted)
        chains = [chain for query in queries for chain in self.reading.read_numbers(query)]
        proof = prove(TRACKED, chains) if chains else Proof(TRACKED, is_proved=True, expected=0, received=0)
        proof = self.reading.doubt_strangers(proof)
        if wanted:
            self.checks.keep(self.reading.doubt(proof, self._loader.seen.values()), None)
        return proof

    def _judge_trials(self, due: dict[str, WatchItem], proof: Proof) -> None:
        """A trial is proved by its record, or by a proved reading without it."""
        matches: dict[str, dict[str, Found]] = {}
        for name, item in due.items():
            record = self.reading.find_record(name)
            if record:
                matches[item.item_id] = {record: ("nctId" if record == name else "nctIdAliases", name)}
            if name in self.reading.refused:
                own = Proof(item.item_id, is_proved=False, expected=1, received=0, reason="HTTP 400 for this number")
                self.run.add_issue("error", SOURCE, "the registry refuses this number (HTTP 400)", record=name)
            elif record:
                own = self.reading.doubt(Proof(item.item_id, is_proved=True, expected=1, received=1), [record])
            else:
                own = Proof(item.item_id, is_proved=proof.is_proved, expected=1, received=0, reason=proof.reason)
            self.checks.keep(own, item)
        write_matches(self.run, SOURCE, matches, self.day)

    def _write_identities(self, numbers: set[str]) -> set[str]:
        """Note which numbers answered under another; return those that answered at all."""
        answered = {nct_id: record for nct_id in numbers if (record := self.reading.find_record(nct_id))}
        write_identities(self.run, answered, self.day)
        return set(answered)

    def _judge_missing(self, missing: set[str]) -> None:
        """Probe what a proved reading lacked, some tonight and others on the next days where they are many."""
        rows = self.run.store.read_rows("sightings", nct_ids=sorted(missing))
        gone = sorted(row["nct_id"] for row in rows if row["registry_state"] == "gone")
        if gone:
            self.run.store.run("touch_sightings", nct_ids=gone, day=self.day, clock=self.run.clock)
        due = sorted({row["nct_id"] for row in rows} - set(gone))
        if len(due) > MOST_PROBES:
            message = f"a complete answer lacks {len(due)} trials; {MOST_PROBES} of them are asked for by number"
            self.run.add_issue("warning", SOURCE, message)
            start = self.day.toordinal() * MOST_PROBES % len(due)
            due = [*due[start:], *due[:start]][:MOST_PROBES]
        for nct_id in due:
            try:
                judge_missing(self.run, self._client, [nct_id], self.day)
            except SourceError as error:
                # One question without an answer costs no night: what came is whole, and this trial is asked for again.
                message = f"not in a complete answer, and by number: {error.reason}; nothing is concluded"
                self.run.add_issue("warning", SOURCE, message, record=nct_id)
                return


def _list_numbers(chains: Sequence[Sequence[Envelope]]) -> set[str]:
    return {record.nct_id for envelopes in chains for envelope in envelopes for record in envelope.ids}
