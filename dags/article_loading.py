"""Loading pages of papers: land, recognise what did not change, note what happened to the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from dags.run import Run
from etl.articles import (
    Finding,
    Row,
    build_article_row,
    build_correction_rows,
    build_event_row,
    find_findings,
    find_notices,
    hash_article,
)
from etl.schemas import ARTICLE_CORRECTION, ARTICLE_EVENT, ARTICLE_RECORD, ARTICLE_SIGHTING, build_frame
from etl.wording import count
from extractors.pubmed.parse import keep_newest, parse
from models.article import Article, Deletion
from models.errors import ContractError
from models.page import Page


class ArticleLoader:
    """Loads one night's pages into the open transaction. `loaded` holds the PMIDs that came whole tonight."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.loaded: set[str] = set()
        self._fresh = 0
        self._revised = 0
        self._notices: list[tuple[str, Finding, Article, bool]] = []

    def find_held(self, pmids: Iterable[str]) -> set[str]:
        """Return those of some PMIDs that the warehouse holds."""
        wanted = sorted(pmids)
        held = self.run.store.read("held_pmids", pmids=wanted) if wanted else None
        return set() if held is None else set(held.get_column("pmid").to_list())

    def load(self, page: Page, *, is_first_reading: bool, first_kind: str = "new") -> None:
        """Land a page and load its papers; a record that cannot be read becomes an issue, the others stay.

        `first_kind` is the event of a paper never held before: `new`, or `now_mentions` for one that entered long ago.
        """
        self.run.landing.store(page)
        articles = keep_newest(self._parse(page))
        held = {row["pmid"]: row for row in self._read("held_articles", articles)}
        ties: dict[str, list[Row]] = {}
        for row in self._read("held_corrections", articles):
            ties.setdefault(row["pmid"], []).append(row)
        told = {row["pmid"] for row in self._read("article_events", articles) if row["kind"] == "retracted"}
        self.loaded |= {article.pmid for article in articles}
        # An older version than the one held is history; the highest wins.
        current = [one for one in articles if one.pmid not in held or one.version >= held[one.pmid]["version"]]
        changed = [
            one for one in current if one.pmid not in held or held[one.pmid]["content_hash"] != hash_article(one)
        ]
        origin = "backfill" if is_first_reading else "live"
        events: list[Row] = []
        for article in changed:
            before = held.get(article.pmid)
            own = "live" if before else origin
            findings = find_findings(article, before, ties.get(article.pmid, []))
            events += [
                self._build_event(article.pmid, _name_first(finding, first_kind), article, own)
                for finding in findings
                # A notice may have told it before the paper's own record did.
                if finding.kind != "retracted" or article.pmid not in told
            ]
            self._notices += [(pmid, finding, article, own == "backfill") for pmid, finding in find_notices(article)]
        self._write(changed, held, events)
        self._fresh += sum(1 for article in changed if article.pmid not in held)
        self._revised += sum(1 for article in changed if article.pmid in held)

    def write_notices(self) -> None:
        """Note for the papers held what tonight's notices say of them, unless their own records said so already."""
        pmids = [pmid for pmid, *_ in self._notices]
        if not pmids:
            return
        held = self.find_held(pmids)
        known = {(row["pmid"], row["kind"]) for row in self.run.store.read("article_events", pmids=pmids).to_dicts()}
        events = [
            self._build_event(pmid, finding, notice, "backfill" if is_old else "live")
            for pmid, finding, notice, is_old in self._notices
            if pmid in held and (pmid, finding.kind) not in known
        ]
        self.run.store.append("article_event", build_frame(events, ARTICLE_EVENT))

    def summary(self, proved: str) -> str:
        """Return what came, for people."""
        return f"{count(self._fresh, 'new paper')}, {self._revised} revised, {proved}"

    def _parse(self, page: Page) -> Iterator[Article]:
        for record in parse(page.body):
            if isinstance(record, ContractError):
                self.run.add_contract_issue(record)
            elif isinstance(record, Deletion):
                self.run.add_issue("info", page.source, "deleted from PubMed, says a page", record=record.pmid)
            else:
                yield record

    def _read(self, statement: str, articles: Sequence[Article]) -> list[Row]:
        return self.run.store.read(statement, pmids=[article.pmid for article in articles]).to_dicts()

    def _build_event(self, pmid: str, finding: Finding, told_by: Article, origin: str) -> Row:
        date = told_by.entrez_date if finding.kind == "new" else told_by.revised_date
        return build_event_row(pmid, finding, date, self.run.clock, origin=origin, run_id=self.run.run_id)

    def _write(self, changed: Sequence[Article], held: dict[str, Row], events: Sequence[Row]) -> None:
        store, run = self.run.store, self.run
        records = [build_article_row(article, run.run_id) for article in changed]
        sightings = [
            {
                "pmid": article.pmid,
                "state": "active",
                "first_seen_at": held[article.pmid]["first_seen_at"] if article.pmid in held else run.clock,
                "last_seen_at": run.clock,
            }
            for article in changed
        ]
        store.replace("article_record", build_frame(records, ARTICLE_RECORD), "pmid")
        store.replace("article_sighting", build_frame(sightings, ARTICLE_SIGHTING), "pmid")
        ties = [row for article in changed for row in build_correction_rows(article)]
        store.remove("article_correction", [article.pmid for article in changed], "pmid")
        store.append("article_correction", build_frame(ties, ARTICLE_CORRECTION))
        store.append("article_event", build_frame(events, ARTICLE_EVENT))


def _name_first(finding: Finding, first_kind: str) -> Finding:
    return msgspec.structs.replace(finding, kind=first_kind) if finding.kind == "new" else finding
