"""How whole each watch item came from the registry: what the ledger knows, and what this round adds to it."""

from __future__ import annotations

import datetime as dt

import msgspec

from dags.run import Check, Run
from dags.watching import hash_query
from extractors.clinicaltrials.fetch import SOURCE
from extractors.clinicaltrials.prove import DROP, guard_drop
from models.page import Proof
from models.watchlist import WatchItem

TRACKED = "tracked"  # the by-number reading of everything an active item ever matched
REGISTRY = "registry"  # the reading of every study, with [watch] everything; no question could change
RANGE = "registry_range"  # that of what was updated since a day; it proves what came, and no absence


class ItemState(msgspec.Struct, frozen=True):
    """What the ledger knows of an item: the source day last proved, the question asked then, what came."""

    last_proved_day: dt.date | None = None
    query_hash: str = ""
    received: int | None = None


class ItemChecks:
    """The checks of one round under the release of `day`. Of an older release (`is_older`) nothing is proved."""

    def __init__(self, run: Run, day: dt.date, *, is_older: bool) -> None:
        self._run = run
        self._day = day
        self._is_older = is_older
        rows = run.store.read_rows("item_checks", source=SOURCE)
        self._states = {row.pop("item"): _read_state(row) for row in rows}
        self._checks: list[Check] = []

    def find_proved_day(self, name: str) -> dt.date | None:
        """Return the source day for which a reading of the registry, REGISTRY or RANGE, was last proved."""
        return self._states.get(name, ItemState()).last_proved_day

    def is_same_day(self, item: WatchItem | None, name: str = REGISTRY) -> bool:
        """Tell (and note) that an item (None: the registry, by `name`) was proved for this source day, so asked."""
        item_id, asked = (item.item_id, hash_query(item)) if item else (name, "")
        state = self._states.get(item_id, ItemState())
        if self._is_older or state.last_proved_day != self._day or state.query_hash != asked:
            return False
        nothing = Proof(item_id, is_proved=True, expected=None, received=0)
        self._checks.append(Check(nothing, asked, self._day, "same_day"))
        return True

    def guard(self, proof: Proof, item: WatchItem | None) -> Proof:
        """Doubt a search (None: the registry) that suddenly finds far less.

        It is believed when that has stood for as many days as an absence needs.
        """
        settings = self._run.inputs.settings.source.clinicaltrials
        state = self._states.get(proof.item, ItemState())
        asked = hash_query(item) if item else ""
        previous = state.received if state.query_hash == asked else None
        guarded = guard_drop(proof, previous, settings.max_drop)
        if guarded.is_proved or not proof.is_proved or self._is_older:
            return guarded
        since = {"source": SOURCE, "item": proof.item, "query_hash": asked, "reason": DROP, "day": self._day}
        doubted = self._run.store.read("dropped_days", **since).get_column("received").to_list()
        days = settings.gone_after
        believed = guard_drop(proof, previous, settings.max_drop, doubted=doubted, believed_after=days)
        if believed.is_proved:
            message = f"{proof.received} records, {previous} before: believed, the same on {days} days"
            self._run.add_issue("info", SOURCE, message, record=proof.item)
        return believed

    def guard_range(self, proof: Proof, held: int) -> Proof:
        """Doubt what was updated since a day where it is far less than the trials held that were: these come again."""
        return guard_drop(proof, held, self._run.inputs.settings.source.clinicaltrials.max_drop)

    def keep(self, proof: Proof, item: WatchItem | None) -> None:
        """Keep an item's proof, or that of the by-number reading or of the registry (None)."""
        if not proof.is_proved and (item is None or item.kind != "trial"):
            self._run.add_issue("warning", SOURCE, f"unproved: {proof.reason}", record=proof.item)
        outcome = "unproved" if self._is_older else ""
        if self._is_older:
            proof = msgspec.structs.replace(proof, reason=f"the release of {self._day} is older than one already read")
        self._checks.append(Check(proof, hash_query(item) if item else "", self._day, outcome))

    def write(self) -> None:
        """Write what was kept."""
        self._run.add_checks(SOURCE, self._checks)
        if self._is_older:
            message = f"release of {self._day} is older than one already read: kept as history"
            self._run.add_issue("warning", SOURCE, message)

    def describe(self) -> str:
        """Return how many items are proved: `7/8 items proved`."""
        items = [check for check in self._checks if check.proof.item not in (TRACKED, REGISTRY, RANGE)]
        proved = sum(check.proof.is_proved and check.outcome != "unproved" for check in items)
        return f"{proved}/{len(items)} items proved"


def _read_state(row: dict[str, object]) -> ItemState:
    known = {name: row[name] for name in ItemState.__struct_fields__}
    return msgspec.convert(known | {"query_hash": known["query_hash"] or ""}, ItemState)
