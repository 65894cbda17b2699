"""One reading of the registry: asks, lands, loads, and keeps what is to be doubted. It judges no item."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from dags.contradictions import Contradictions
from dags.first_loading import Builders
from dags.run import Run
from dags.trial_loading import TrialLoader
from dags.whole_loading import WholeLoader
from etl.matching import Found
from etl.wording import count
from extractors.clinicaltrials.envelope import Envelope, RecordId
from extractors.clinicaltrials.fetch import SOURCE, Chain
from extractors.clinicaltrials.query import StudyQuery, build_id_queries
from extractors.http import Client
from models.errors import RefusedQueryError, SourceError
from models.nct_set import NctSet
from models.page import Proof
from models.watchlist import WatchItem

_SHOWN = 5
_MOST_REFUSED = 10  # numbers refused one by one; where none was ever taken, the fault is not theirs


class TrialReading:
    """What was asked and came under one release.

    `asked`: anything was; `refused`: numbers that the registry calls malformed.
    `distrusted` are numbers whose records contradicted themselves tonight: they are landed and not loaded. With
    `builders` the whole registry may come.
    """

    def __init__(
        self,
        run: Run,
        client: Client,
        day: dt.date,
        *,
        is_older: bool,
        distrusted: frozenset[str] = frozenset(),
        builders: Builders | None = None,
    ) -> None:
        self.run = run
        self.loader = (
            WholeLoader(run, day, builders, is_older=is_older) if builders else TrialLoader(run, day, is_older=is_older)
        )
        self.asked = False
        self.refused: set[str] = set()
        self.contradictions = Contradictions(self.loader, distrusted)
        self._client = client
        self._distrusted = distrusted
        self._strangers: set[str] = set()
        self._own = NctSet()  # the numbers of the records themselves
        self._takes_numbers = False

    def read_search(
        self, queries: Iterable[StudyQuery], item: WatchItem, held: set[str]
    ) -> tuple[list[list[Envelope]], dict[str, Found]]:
        """Read what an item's search finds; return its chains, and why it found each record.

        Raises:
            RefusedQueryError: the registry cannot read the question.
        """
        chains: list[list[Envelope]] = []
        found: dict[str, Found] = {}
        for query in queries:
            chain = Chain(self._client, query, self.run.clock)
            for _ in self._load(chain, None):
                found |= self.loader.find_reasons(item, held)
            chains.append(chain.envelopes)
        return chains, found

    def read_registry(self, query: StudyQuery) -> list[Envelope]:
        """Read every study there is, or all that the question is for; return what the pages said of themselves.

        Raises:
            RefusedQueryError: the registry cannot read the question.
        """
        chain = Chain(self._client, query, self.run.clock)
        for _ in self._load(chain, None):
            pass
        return chain.envelopes

    def read_numbers(self, query: StudyQuery) -> list[list[Envelope]]:
        """Read a batch by number. Where the registry refuses it, it is halved down to the number that is at fault."""
        ids = dict(query.params)["filter.ids"].split(",")
        chain = Chain(self._client, query, self.run.clock)
        try:
            for _ in self._load(chain, frozenset(ids)):
                pass
        except RefusedQueryError as error:
            if len(ids) == 1:
                self._refuse(ids[0], error)
                return []
            middle = len(ids) // 2
            halves = (build_id_queries(query.item, part) for part in (ids[:middle], ids[middle:]))
            return [one for half in halves for query in half for one in self.read_numbers(query)]
        self._takes_numbers = True
        return [chain.envelopes]

    def find_record(self, nct_id: str) -> str | None:
        """Return the number of the record that answered for `nct_id` tonight, None where none did.

        A record of that very number goes before one that names it among its others.
        """
        return nct_id if nct_id in self._own else self.loader.find_record(nct_id)

    def doubt(self, proof: Proof, found: Iterable[str]) -> Proof:
        """A record that came and cannot be used may have moved: what holds it is not proved."""
        numbers = set(found)
        unread = sorted(self.loader.unreadable & numbers)
        torn = sorted(self._distrusted & numbers)
        if not proof.is_proved or not (unread or torn):
            return proof
        reasons = [_tell(torn, "came twice and not alike"), _tell(unread, "cannot be read")]
        received = proof.received - len({*unread, *torn})
        reason = "; ".join(filter(None, reasons))
        return msgspec.structs.replace(proof, is_proved=False, received=received, reason=reason)

    def doubt_strangers(self, proof: Proof) -> Proof:
        """An answer that holds records nobody asked for is no answer to the question."""
        if not proof.is_proved or not self._strangers:
            return proof
        reason = _tell(sorted(self._strangers), "came though nobody asked")
        return msgspec.structs.replace(proof, is_proved=False, reason=reason)

    def _load(self, chain: Chain, wanted: frozenset[str] | None) -> Iterator[None]:
        """Land and load a chain's pages; come back after each."""
        self.asked = True
        for page in chain.fetch():
            ids = chain.envelopes[-1].ids
            self.contradictions.look(page, ids)
            self.loader.load(page, self._sift(ids, wanted))
            yield

    def _sift(self, ids: Sequence[RecordId], wanted: frozenset[str] | None) -> list[RecordId]:
        """Take their numbers from the records that must not be loaded."""
        return [RecordId("") if record.nct_id and not self._is_usable(record, wanted) else record for record in ids]

    def _is_usable(self, record: RecordId, wanted: frozenset[str] | None) -> bool:
        numbers = (record.nct_id, *record.aliases)
        if wanted is not None and wanted.isdisjoint(numbers):
            self._strangers.add(record.nct_id)
            return False
        self._own.update([record.nct_id])
        if record.nct_id in self._distrusted:
            self.loader.seen |= dict.fromkeys(numbers, record.nct_id)
            return False
        return True

    def _refuse(self, number: str, error: RefusedQueryError) -> None:
        self.refused.add(number)
        if len(self.refused) > _MOST_REFUSED and not self._takes_numbers:
            raise SourceError(SOURCE, f"every number is refused: {error.reason}", "is its base_url right?") from error


def _tell(records: Sequence[str], verb: str) -> str:
    """Return `2 records VERB: NCT…, NCT…`; empty where there is none."""
    return f"{count(len(records), 'record')} {verb}: {', '.join(records[:_SHOWN])}" if records else ""
