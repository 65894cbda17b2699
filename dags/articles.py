"""The PubMed step: what entered or changed since each item was last read whole, fetched, loaded and matched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from dags.article_loading import ArticleLoader
from dags.run import Check, Run
from dags.watching import Found, hash_query, write_matches
from etl.matching import find_synonym
from etl.tagging.fields import build_article_fields
from extractors.http import Client
from extractors.pubmed.fetch import (
    Credentials,
    Query,
    Search,
    build_term,
    build_trial_term,
    fetch_by_id,
    fetch_found,
    prove,
    search,
)
from extractors.pubmed.parse import SOURCE
from extractors.pubmed.query import DateType
from models.watchlist import WatchItem

_TRIALS_PER_QUERY = 100
_WITH_KEY_PER_SECOND = 10.0
_DEFAULT_PER_SECOND = 3.0


class Question(msgspec.Struct, frozen=True):
    """One search for one item, or for a batch of trial items. `is_first`: never read whole before."""

    name: str
    items: tuple[WatchItem, ...]
    since: dt.date
    is_first: bool

    def build_term(self) -> str:
        """Return it in PubMed's query language."""
        if self.items[0].kind == "trial":
            return build_trial_term(item.name for item in self.items)
        return build_term(self.items[0].terms, self.items[0].condition)


def read_articles(run: Run) -> str:
    """Read PubMed for every active item; return what came, for people.

    Raises:
        SourceError: PubMed does not answer as promised; the step's transaction is to be rolled back.
    """
    settings, secrets = run.inputs.settings.source.pubmed, run.inputs.secrets
    credentials = Credentials(email=settings.email, api_key=secrets.ncbi_api_key)
    rate = settings.requests_per_second
    if secrets.ncbi_api_key and rate == _DEFAULT_PER_SECOND:
        rate = _WITH_KEY_PER_SECOND  # NCBI allows ten a second with a key
    with Client(
        SOURCE,
        settings.base_url,
        requests_per_second=rate,
        contact=settings.email,
        timeout=settings.timeout_seconds,
    ) as client:
        night = _Night(run, client, credentials)
        # Items read before go first: what they find is news, though a new item finds it too.
        questions = sorted(_plan_questions(run), key=lambda question: question.is_first)
        proved = sum(night.ask(question) for question in questions)
    night.loader.write_notices()
    return night.loader.summary(f"{proved}/{len(run.inputs.items)} items proved")


def _plan_questions(run: Run) -> Iterator[Question]:
    """Yield what is to be asked: each agent and target by itself, trials in batches that were last read alike."""
    settings = run.inputs.settings.source.pubmed
    states = {row["item"]: row for row in run.store.read("item_checks", source=SOURCE).to_dicts()}
    added = {row["item"]: row["added_at"] for row in run.store.read("items").to_dicts()}
    trials: dict[tuple[dt.date, bool], list[WatchItem]] = {}
    for item in run.inputs.items:
        state = states.get(item.item_id)
        # A changed question, or an item put back on the list, begins anew.
        is_known = state and state["query_hash"] == hash_query(item) and state["last_proved_at"]
        last = state["last_proved_day"] if state and is_known and is_known >= added[item.item_id] else None
        overlap = dt.timedelta(days=settings.overlap_days)
        since = min(max(settings.since, last - overlap) if last else settings.since, run.clock.date())
        if item.kind == "trial":
            trials.setdefault((since, last is None), []).append(item)
        else:
            yield Question(item.item_id, (item,), since, last is None)
    for (since, is_first), items in trials.items():
        for start in range(0, len(items), _TRIALS_PER_QUERY):
            yield Question("trials", tuple(items[start : start + _TRIALS_PER_QUERY]), since, is_first)


class _Night:
    """One night's questions to PubMed."""

    def __init__(self, run: Run, client: Client, credentials: Credentials) -> None:
        self.run = run
        self.loader = ArticleLoader(run)
        self._client = client
        self._credentials = credentials

    def ask(self, question: Question) -> int:
        """Ask, load, match and judge one question; return how many of its items were proved."""
        entered = self._search(question, "edat")
        # Revisions matter of papers already held; a first reading brings everything as it is now.
        revised = [] if question.is_first else [self._search(question, "mdat")]
        listed = {pmid for one in revised for pmid in one.pmids}
        held = self.loader.find_held({*entered.pmids, *listed})
        due = (listed & held) - self.loader.loaded
        self._fetch_entered(question, entered, held)
        self._fetch_ids(question, sorted(due))
        self._fetch_late(question, listed - held - self.loader.loaded)
        received = self.loader.loaded | (held - due)
        proof = prove(question.name, [entered, *revised], received, explained_pmids=listed - held)
        if not proof.is_proved:
            self.run.add_issue("warning", SOURCE, f"unproved: {proof.reason}", record=question.name)
        self._match(question, sorted({*entered.pmids, *listed} & (held | self.loader.loaded)))
        day = self.run.clock.date()
        checks = [
            Check(msgspec.structs.replace(proof, item=item.item_id), hash_query(item), day) for item in question.items
        ]
        self.run.add_checks(SOURCE, checks)
        return len(question.items) if proof.is_proved else 0

    def _fetch_late(self, question: Question, unheld: set[str]) -> None:
        """Fetch papers that entered long ago and match only since they were revised.

        Those that entered before the beginning the user chose are left out, as on a first reading.
        """
        if not unheld:
            return
        since = min(self.run.inputs.settings.source.pubmed.since, self.run.clock.date())
        whole = self._search(msgspec.structs.replace(question, since=since), "edat")
        late = sorted(unheld & set(whole.pmids))
        self._fetch_ids(question, late, first_kind="now_mentions")

    def _search(self, question: Question, date_type: DateType) -> Search:
        query = Query(question.name, question.build_term(), date_type, question.since, self.run.clock.date())
        found = search(self._client, query, self._credentials, self.run.clock)
        for page in found.pages:
            self.run.landing.store(page)
        return found

    def _fetch_entered(self, question: Question, entered: Search, held: set[str]) -> None:
        """Fetch what entered and is not held yet: by history where that is most of it, else by number."""
        fresh = [pmid for pmid in entered.pmids if pmid not in held and pmid not in self.loader.loaded]
        if len(fresh) * 2 <= len(entered.pmids):
            self._fetch_ids(question, fresh)
        else:
            for page in fetch_found(self._client, entered, self._credentials, self.run.clock):
                self.loader.load(page, is_first_reading=question.is_first)

    def _fetch_ids(self, question: Question, pmids: Sequence[str], first_kind: str = "new") -> None:
        for page in fetch_by_id(self._client, question.name, pmids, self._credentials, self.run.clock):
            self.loader.load(page, is_first_reading=question.is_first, first_kind=first_kind)

    def _match(self, question: Question, pmids: Sequence[str]) -> None:
        """Record by which name each item found a paper; (None, None) is PubMed's own reading of the phrase."""
        if not pmids:
            return
        day = self.run.clock.date()
        rows = self.run.store.read("article_matches", pmids=list(pmids)).to_dicts()
        self.run.store.run("touch_articles", pmids=list(pmids), clock=self.run.clock)
        matches = {item.item_id: _find_matches(item, rows) for item in question.items}
        write_matches(self.run, SOURCE, matches, day)


def _find_matches(item: WatchItem, rows: Sequence[dict[str, Any]]) -> dict[str, Found]:
    found: dict[str, Found] = {}
    for row in rows:
        if item.kind != "trial":
            found[row["pmid"]] = find_synonym(build_article_fields(row["title"], row["abstract"]), item.terms)
        elif item.name in row["databank_nct_ids"]:
            found[row["pmid"]] = ("databank", item.name)
        elif item.name in row["text_nct_ids"]:
            found[row["pmid"]] = ("abstract", item.name)
    return found
