"""The PubMed step: what entered or changed since each item was last read whole, fetched, loaded and matched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from dags.article_citations import read_citations
from dags.article_fetching import ArticleFetcher
from dags.article_questions import TRACKED, Question, plan_questions
from dags.article_unreturned import find_unreturned, note_unreturned
from dags.run import Check, Run
from dags.watched_articles import WATCHED, read_watched
from dags.watching import hash_query, write_matches
from etl.matching import Found, find_synonym
from etl.tagging.fields import build_article_fields
from extractors.http import Client
from extractors.pubmed.fetch import Credentials, Search, prove
from extractors.pubmed.parse import SOURCE
from models.page import Proof
from models.watchlist import WatchItem

_WITH_KEY_PER_SECOND = 10.0
_DEFAULT_PER_SECOND = 3.0
# What a night may ask for by number of papers that no search listed: five requests, a month for 30,000 papers.
_MOST_REFRESHED = 1_000
_MOST_DEPARTED = 100
# PubMed takes out some twenty citations a day of 40 million: an answer that lacks more is not believed.
_FEW_ABSENT = 5
_SHARE_ABSENT = 0.1
_HELD = "held"


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
        memory=run.memory,
    ) as client:
        night = _Night(run, client, credentials)
        proved = sum(night.ask(question) for question in plan_questions(run))
        proved += night.read_watched()
        night.note_tracked()
        read_citations(run, night.fetcher)
        night.refresh()
    night.loader.write_notices()
    return night.loader.summary(f"{proved}/{len(run.inputs.items)} items proved")


class _Night:
    """One night's questions to PubMed."""

    def __init__(self, run: Run, client: Client, credentials: Credentials) -> None:
        self.run = run
        self.fetcher = ArticleFetcher(run, client, credentials)
        self.loader = self.fetcher.loader
        self._tracked: list[Proof] = []

    def ask(self, question: Question) -> int:
        """Ask, load, match and judge one question; return how many of its items were proved."""
        entered = self.fetcher.search(question, "edat")
        # Revisions matter of papers already held; a first reading brings everything as it is now.
        revised = [] if question.is_first else self.fetcher.search(question, "mdat")
        listed = _list_pmids(entered) | _list_pmids(revised)
        held = self.loader.find_held(listed)
        missed, late, early = self._sort_unheld(question, _list_pmids(revised) - held, _list_pmids(entered))
        awaited = find_unreturned(self.run, question.name).keys() - listed
        asked = self.fetcher.fetch_entered(question, entered, held)
        asked |= self.fetcher.fetch_ids(question, _list_pmids(revised) & held)
        asked |= self.fetcher.fetch_ids(question, missed | awaited)
        asked |= self.fetcher.fetch_ids(question, late, first_kind="now_mentions")
        explained = early | self._explain(question, asked, listed)
        received = self.loader.loaded | (held - asked)
        proof = _doubt(prove(question.name, [*entered, *revised], received, explained), self.fetcher.take_strangers())
        self._match(question, sorted((listed | awaited) & (held | self.loader.loaded)))
        return self._note_proof(question, proof)

    def read_watched(self) -> int:
        """Ask for the papers of the list by number; return how many were proved."""
        proved, asked = read_watched(self.run, self.fetcher)
        self._note_absent(Question(WATCHED, (), self.run.clock.date(), is_first=False), asked)
        return proved

    def note_tracked(self) -> None:
        """Note how whole the question for the trials tracked was answered, all its parts together."""
        if not self._tracked:
            return
        reason = next((proof.reason for proof in self._tracked if not proof.is_proved), "")
        if reason:
            self.run.add_issue("warning", SOURCE, f"unproved: {reason}", record=TRACKED)
        expected, received = (
            sum(getattr(one, name) or 0 for one in self._tracked) for name in ("expected", "received")
        )
        proof = Proof(TRACKED, is_proved=not reason, expected=expected, received=received, reason=reason)
        self.run.add_checks(SOURCE, [Check(proof, "", self.run.clock.date())])

    def refresh(self) -> None:
        """Ask by number for papers held that no search listed tonight, those looked at longest ago first.

        So a revision is seen that took away every watched name, and a paper that PubMed took out is missed.
        """
        stale = self.run.store.read(
            "stale_articles",
            clock=self.run.clock,
            run_id=self.run.run_id,
            most=_MOST_REFRESHED,
            most_departed=_MOST_DEPARTED,
        )
        nothing_new = Question(_HELD, (), self.run.clock.date(), is_first=False)
        asked = self.fetcher.fetch_ids(nothing_new, stale.get_column("pmid").to_list())
        if reason := self.fetcher.take_strangers():
            self.run.add_issue("warning", SOURCE, reason, record=_HELD)
        self._note_absent(nothing_new, asked)
        came = sorted(asked & self.loader.loaded)
        if came:
            self.run.store.run("touch_articles", pmids=came, clock=self.run.clock)

    def _sort_unheld(
        self, question: Question, revised: set[str], entered: set[str]
    ) -> tuple[set[str], set[str], set[str]]:
        """Sort papers that only the search for revisions listed by when they entered.

        In the window: they came after its search. Before it: they match only since they were revised. Before the
        beginning the user chose: they are left out, as on a first reading. What answers that contradict each other
        say of is in none of the three, and so leaves the question in doubt.
        """
        unheld = revised - entered
        if not unheld:
            return set(), set(), set()
        since = min(self.run.inputs.settings.source.pubmed.since, self.run.clock.date())
        whole = self.fetcher.search(question, "edat", since)
        found = unheld & _list_pmids(whole)
        # A search in doubt may have left out any of the others.
        early = set() if any(one.doubt for one in whole) else unheld - found
        if not found or since == question.since:
            return found, set(), early
        before = self.fetcher.search(question, "edat", since, question.since - dt.timedelta(days=1))
        missed = found - _list_pmids(before)
        since_then = self.fetcher.search(question, "edat") if missed else []
        if not missed <= _list_pmids(since_then) or any(one.doubt for one in (*before, *since_then)):
            return set(), set(), early
        return missed, found - missed, early

    def _explain(self, question: Question, asked: set[str], listed: set[str]) -> set[str]:
        """Note what was asked for by number and did not come; return what of it need not come."""
        absent = asked - self.fetcher.returned
        if not absent or not self._note_absent(question, asked):
            return set()
        rows = self.run.store.read_rows("held_articles", pmids=sorted(absent))
        departed = {row["pmid"] for row in rows if row["state"] != "active"}
        unheld = absent - {row["pmid"] for row in rows}
        return departed | note_unreturned(self.run, question.name, unheld & listed)

    def _note_absent(self, question: Question, asked: set[str]) -> bool:
        """Note the papers held that did not come, unless there are too many to be believed; tell whether they were."""
        absent = asked - self.fetcher.returned
        if len(absent) > max(_FEW_ABSENT, _SHARE_ABSENT * len(asked)):
            message = f"{len(absent)} of {len(asked)} papers did not come by number: not believed"
            self.run.add_issue("warning", SOURCE, message, record=question.name)
            return False
        self.loader.note_absent(absent)
        return True

    def _note_proof(self, question: Question, proof: Proof) -> int:
        if question.owners:
            self._tracked.append(proof)
            return 0
        if not proof.is_proved:
            self.run.add_issue("warning", SOURCE, f"unproved: {proof.reason}", record=question.name)
        day = self.run.clock.date()
        checks = [
            Check(msgspec.structs.replace(proof, item=item.item_id), hash_query(item), day) for item in question.items
        ]
        self.run.add_checks(SOURCE, checks)
        return len(question.items) if proof.is_proved else 0

    def _match(self, question: Question, pmids: Sequence[str]) -> None:
        """Record by which name each item found a paper; (None, None) is PubMed's own reading of the phrase."""
        if not pmids:
            return
        day = self.run.clock.date()
        rows = self.run.store.read_rows("article_matches", pmids=list(pmids))
        self.run.store.run("touch_articles", pmids=list(pmids), clock=self.run.clock)
        if question.owners:
            matches = _find_owned(question.owners, rows)
        else:
            matches = {item.item_id: _find_matches(item, rows) for item in question.items}
        write_matches(self.run, SOURCE, matches, day)


def _doubt(proof: Proof, reason: str) -> Proof:
    """An answer that holds what nobody asked for is no answer to the question."""
    return msgspec.structs.replace(proof, is_proved=False, reason=reason) if reason and proof.is_proved else proof


def _list_pmids(searches: Iterable[Search]) -> set[str]:
    return {pmid for one in searches for pmid in one.pmids}


def _find_matches(item: WatchItem, rows: Sequence[dict[str, Any]]) -> dict[str, Found]:
    found: dict[str, Found] = {}
    for row in rows:
        if item.kind != "trial":
            found[row["pmid"]] = find_synonym(build_article_fields(row["title"], row["abstract"]), item.paper_terms)
        elif item.name in row["databank_nct_ids"]:
            found[row["pmid"]] = ("databank", item.name)
        elif item.name in row["text_nct_ids"]:
            found[row["pmid"]] = ("abstract", item.name)
    return found


def _find_owned(owners: Mapping[str, tuple[str, ...]], rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, Found]]:
    """Return which items track a trial that a paper names, with the place and the number."""
    found: dict[str, dict[str, Found]] = {}
    for row in rows:
        named = [("databank", number) for number in row["databank_nct_ids"]]
        for field, number in (*named, *(("abstract", number) for number in row["text_nct_ids"])):
            for item in owners.get(number, ()):
                found.setdefault(item, {}).setdefault(row["pmid"], (field, number))
    return found
