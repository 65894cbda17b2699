"""Asks PubMed and loads what comes: of an answer only what was asked for. It judges no question."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence

from dags.article_loading import ArticleLoader
from dags.article_news import Baselines
from dags.article_questions import Question
from dags.run import Run
from etl.wording import count
from extractors.http import Client
from extractors.pubmed.fetch import Credentials, Query, Search, fetch_by_id, fetch_found, find_returned, search
from extractors.pubmed.parse import parse
from extractors.pubmed.query import DateType
from models.article import Article, Deletion
from models.errors import ContractError
from models.page import Page

_SHOWN = 5
Record = Article | Deletion | ContractError


class ArticleFetcher:
    """One night's requests. `returned` are the papers asked for that came, readable or not."""

    def __init__(self, run: Run, client: Client, credentials: Credentials) -> None:
        self.run = run
        self.loader = ArticleLoader(run)
        self.returned: set[str] = set()
        self._baselines = Baselines(run)
        self._client = client
        self._credentials = credentials
        self._in_vain: set[str] = set()  # asked for twice by number
        self._strangers: set[str] = set()

    def search(
        self, question: Question, date_type: DateType, since: dt.date | None = None, until: dt.date | None = None
    ) -> list[Search]:
        """Search for a question's papers that entered or were revised; its own window if no other is given."""
        found = []
        for term in question.build_terms():
            window = (since or question.since, until or self.run.clock.date())
            # A night's few papers are fetched by number, and its answers hold nothing then that no two nights share.
            query = Query(question.name, term, date_type, *window, is_kept=question.is_first)
            found.append(search(self._client, query, self._credentials, self.run.clock))
            for page in found[-1].pages:
                self.run.landing.store(page)
        return found

    def fetch_entered(self, question: Question, entered: Sequence[Search], held: Collection[str]) -> set[str]:
        """Fetch what entered and is not held yet: by history where that is kept and most of it, else by number."""
        asked = set()
        for found in entered:
            known = self.loader.loaded if question.is_first else self.loader.loaded.union(held)
            fresh = set(found.pmids).difference(known)
            if len(fresh) * 2 > len(found.pmids) and found.is_kept:
                wanted = set(found.pmids)
                for page in fetch_found(self._client, found, self._credentials, self.run.clock):
                    self._load(question, page, wanted)
            self.fetch_ids(question, fresh)
            asked |= fresh
        return asked

    def fetch_ids(self, question: Question, pmids: Iterable[str], first_kind: str = "new") -> set[str]:
        """Fetch papers by number, unless they came tonight; what does not come is asked for once more.

        Return those that had not come before.
        """
        asked = set(pmids) - self.loader.loaded
        for _ in range(2):
            absent = asked - self.returned - self._in_vain
            for page in fetch_by_id(self._client, question.name, sorted(absent), self._credentials, self.run.clock):
                self._load(question, page, absent, first_kind)
        self._in_vain |= asked - self.returned
        return asked

    def take_strangers(self) -> str:
        """Return what came since last time though nobody asked, as a doubt of the question asked; "" if nothing did."""
        strangers, self._strangers = sorted(self._strangers, key=int), set()
        if not strangers:
            return ""
        named = ", ".join(strangers[:_SHOWN]) + (" …" if len(strangers) > _SHOWN else "")
        return f"{count(len(strangers), 'paper')} came though nobody asked: {named}"

    def _load(self, question: Question, page: Page, wanted: Collection[str], first_kind: str = "new") -> None:
        self.run.landing.store(page)
        came = find_returned(page)
        self.returned |= came.intersection(wanted)
        parts: dict[str, list[Record]] = {}
        for record in self._sift(parse(page.body), wanted):
            parts.setdefault(self._find_origin(question, record), []).append(record)
        for origin, records in parts.items():
            self.loader.load_records(records, origin=origin, first_kind=first_kind)

    def _find_origin(self, question: Question, record: Record) -> str:
        """Return how what is told of a paper never held before is learnt: as history on a first reading.

        But what is asked for no item itself is news to items that were read before it entered.
        """
        if not question.is_first:
            return "live"
        if not question.owners or not isinstance(record, Article):
            return "backfill"
        named = (record.pmid, *record.databank_nct_ids, *record.text_nct_ids)
        items = {item for name in named for item in question.owners.get(name, ())}
        return "live" if self._baselines.is_news(record, items) else "backfill"

    def _sift(self, records: Iterable[Record], wanted: Collection[str]) -> Iterator[Record]:
        """Leave out the papers that nobody asked for: another's search, mixed up with ours, may be behind them."""
        for record in records:
            if isinstance(record, ContractError) or record.pmid in wanted:
                yield record
            else:
                self._strangers.add(record.pmid)
