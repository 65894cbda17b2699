"""The ClinicalTrials.gov step: what to ask tonight, ask it, load it, and judge what did not come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec

from dags.absences import judge_missing
from dags.run import Check, Run
from dags.trial_loading import TrialLoader
from dags.watching import Found, hash_query, write_aliases, write_left, write_matches
from etl.wording import count
from extractors.clinicaltrials.envelope import Envelope
from extractors.clinicaltrials.fetch import SOURCE, Chain, fetch_release
from extractors.clinicaltrials.prove import guard_drop, prove
from extractors.clinicaltrials.query import StudyQuery, build_id_queries, build_search_queries
from extractors.http import Client
from extractors.transports import find_ladder
from models.errors import RefusedQueryError, SourceError
from models.page import Proof
from models.watchlist import WatchItem

TRACKED = "tracked"  # the by-number reading of everything an active item ever matched
_ROUNDS = 3
_SHOWN = 5


class ItemState(msgspec.Struct, frozen=True):
    """What the ledger knows of an item: the source day last proved, the question asked then, what came."""

    last_proved_day: dt.date | None = None
    query_hash: str = ""
    received: int | None = None


def read_trials(run: Run) -> str:
    """Read the registry for every active item; return what came, for people.

    Raises:
        SourceError: the registry does not answer as promised; the step's transaction is to be rolled back.
    """
    settings = run.inputs.settings.source
    with Client(
        SOURCE,
        settings.clinicaltrials.base_url,
        requests_per_second=settings.clinicaltrials.requests_per_second,
        contact=settings.pubmed.email,
        ladder=find_ladder(settings.clinicaltrials.transport),
    ) as client:
        return _read_whole_release(run, client)


def _read_whole_release(run: Run, client: Client) -> str:
    """Read under one release; where it moves meanwhile, what is due is asked again under the new one."""
    timestamp = _fetch_timestamp(run, client)
    for _ in range(_ROUNDS):
        night = _Night(run, client, timestamp.date())
        night.read()
        after = _fetch_timestamp(run, client) if night.asked else timestamp
        if after == timestamp:
            night.write_checks()
            return night.summary()
        timestamp = after
    raise SourceError(SOURCE, f"the release moved {_ROUNDS} times during the night", "try again later")


def _fetch_timestamp(run: Run, client: Client) -> dt.datetime:
    release = fetch_release(client)
    run.landing.note("release", api_version=release.api_version, data_timestamp=release.data_timestamp)
    return dt.datetime.fromisoformat(release.data_timestamp)


class _Night:
    """One reading of everything due under one release."""

    def __init__(self, run: Run, client: Client, day: dt.date) -> None:
        self.run = run
        self.day = day
        self.asked = False
        self._client = client
        newest = run.store.read("newest_source_day", source=SOURCE).item()
        # An older release than one already read is history: nothing is concluded from what it lacks.
        self._is_older = newest is not None and day < newest
        self._states = {
            row.pop("item"): _read_state(row) for row in run.store.read("item_checks", source=SOURCE).to_dicts()
        }
        self._loader = TrialLoader(run, day, is_older=self._is_older)
        self._checks: list[Check] = []
        self._refused: set[str] = set()  # numbers that the registry calls malformed

    def read(self) -> None:
        for item in self.run.inputs.items:
            if item.kind != "trial":
                self._read_search(item)
        self._read_by_number()

    def _read_search(self, item: WatchItem) -> None:
        state = self._states.get(item.item_id, ItemState())
        if self._is_same_day(item, state):
            return
        found: dict[str, Found] = {}
        held = set(self.run.store.read("matches", source=SOURCE, items=[item.item_id]).get_column("record").to_list())
        previous = state.received if state.query_hash == hash_query(item) else None
        try:
            chains = self._fetch(build_search_queries(item), item, held, found)
        except RefusedQueryError as error:
            # A condition the registry cannot read costs its item, not the others.
            proof = Proof(item.item_id, is_proved=False, expected=None, received=0, reason=error.reason)
        else:
            max_drop = self.run.inputs.settings.source.clinicaltrials.max_drop
            proof = self._doubt_unreadable(guard_drop(prove(item.item_id, chains), previous, max_drop), found.keys())
        self._keep(proof, item)
        write_matches(self.run, SOURCE, {item.item_id: found}, self.day)
        if proof.is_proved and not self._is_older:
            write_left(self.run, SOURCE, item.item_id, found, self.day)

    def _read_by_number(self) -> None:
        """Read by number every trial watched or ever matched that tonight's searches did not bring."""
        items = {item.name: item for item in self.run.inputs.items if item.kind == "trial"}
        for item in list(items.values()):
            if self._is_same_day(item, self._states.get(item.item_id, ItemState())):
                del items[item.name]
        tracked = {row["nct_id"]: row["source_day"] for row in self.run.store.read("tracked_trials").to_dicts()}
        due = {nct_id for nct_id, read_on in tracked.items() if read_on is None or read_on < self.day}
        wanted = (due | items.keys()) - self._loader.seen.keys()
        chains = [chain for query in build_id_queries(TRACKED, wanted) for chain in self._fetch_numbers(query)]
        proof = prove(TRACKED, chains) if chains else Proof(TRACKED, is_proved=True, expected=0, received=0)
        is_whole = proof.is_proved
        proof = self._doubt_unreadable(proof, self._loader.seen.values())
        if wanted:
            self._keep(proof, None)
        matches: dict[str, dict[str, Found]] = {}
        answered = {name: self._loader.find_record(name) for name in items}
        for name, item in items.items():
            record = answered[name]
            if record:
                matches[item.item_id] = {record: ("nctId" if record == name else "nctIdAliases", name)}
            self._keep_trial(item, proof, is_received=record is not None)
        for name in sorted(self._refused & items.keys()):
            self.run.add_issue("error", SOURCE, "the registry refuses this number (HTTP 400)", record=name)
        write_matches(self.run, SOURCE, matches, self.day)
        aliases = {name: record for name, record in answered.items() if record and record != name}
        write_aliases(self.run, SOURCE, aliases, self.day)
        missing = sorted(nct_id for nct_id in wanted - self._refused if not self._loader.find_record(nct_id))
        if is_whole and not self._is_older:
            judge_missing(self.run, self._client, missing, self.day)

    def _keep_trial(self, item: WatchItem, proof: Proof, *, is_received: bool) -> None:
        """A trial is proved by its record, or by a proved reading without it."""
        if self._loader.find_record(item.name) in self._loader.unreadable:
            own = Proof(item.item_id, is_proved=False, expected=1, received=0, reason="its record cannot be read")
        elif item.name in self._refused:
            own = Proof(item.item_id, is_proved=False, expected=1, received=0, reason="HTTP 400 for this number")
        elif is_received:
            own = Proof(item.item_id, is_proved=True, expected=1, received=1)
        else:
            own = Proof(item.item_id, is_proved=proof.is_proved, expected=1, received=0, reason=proof.reason)
        self._keep(own, item)

    def _doubt_unreadable(self, proof: Proof, found: Iterable[str]) -> Proof:
        """A record that came and cannot be read may have moved: its item is not proved."""
        unread = sorted(self._loader.unreadable.intersection(found))
        if not proof.is_proved or not unread:
            return proof
        reason = f"{count(len(unread), 'record')} cannot be read: {', '.join(unread[:_SHOWN])}"
        return msgspec.structs.replace(proof, is_proved=False, received=proof.received - len(unread), reason=reason)

    def _fetch_numbers(self, query: StudyQuery) -> list[list[Envelope]]:
        """Read a batch by number. Where the registry refuses it, it is halved down to the number that is at fault."""
        ids = dict(query.params)["filter.ids"].split(",")
        try:
            return self._fetch([query], None, set(), {})
        except RefusedQueryError:
            if len(ids) == 1:
                self._refused |= set(ids)
                return []
        middle = len(ids) // 2
        halves = (build_id_queries(query.item, part) for part in (ids[:middle], ids[middle:]))
        return [chain for half in halves for one in half for chain in self._fetch_numbers(one)]

    def _fetch(
        self, queries: Iterable[StudyQuery], item: WatchItem | None, held: set[str], found: dict[str, Found]
    ) -> list[list[Envelope]]:
        chains = []
        self.asked = True
        for query in queries:
            chain = Chain(self._client, query, self.run.clock)
            for page in chain.fetch():
                self._loader.load(page, chain.envelopes[-1].ids)
                if item:
                    found |= self._loader.find_reasons(item, held)
            chains.append(chain.envelopes)
        return chains

    def _is_same_day(self, item: WatchItem, state: ItemState) -> bool:
        if self._is_older or state.last_proved_day != self.day or state.query_hash != hash_query(item):
            return False
        nothing = Proof(item.item_id, is_proved=True, expected=None, received=0)
        self._checks.append(Check(nothing, hash_query(item), self.day, "same_day"))
        return True

    def _keep(self, proof: Proof, item: WatchItem | None) -> None:
        if not proof.is_proved and (item is None or item.kind != "trial"):
            self.run.add_issue("warning", SOURCE, f"unproved: {proof.reason}", record=proof.item)
        outcome = "unproved" if self._is_older else ""
        if self._is_older:
            proof = msgspec.structs.replace(proof, reason=f"the release of {self.day} is older than one already read")
        self._checks.append(Check(proof, hash_query(item) if item else "", self.day, outcome))

    def write_checks(self) -> None:
        self.run.add_checks(SOURCE, self._checks)
        if self._is_older:
            self.run.add_issue(
                "warning", SOURCE, f"release of {self.day} is older than one already read: kept as history"
            )

    def summary(self) -> str:
        items = [check for check in self._checks if check.proof.item != TRACKED]
        proved = sum(check.proof.is_proved and check.outcome != "unproved" for check in items)
        return (
            f"{count(self._loader.count_tracked(), 'trial')}, {self._loader.changed} changed, "
            f"{proved}/{len(items)} items proved"
        )


def _read_state(row: dict[str, object]) -> ItemState:
    known = {name: row[name] for name in ItemState.__struct_fields__}
    return msgspec.convert(known | {"query_hash": known["query_hash"] or ""}, ItemState)
