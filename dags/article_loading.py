"""Loading papers: recognise what did not change, note what happened to the rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from dags.article_departures import note_absent, take_out
from dags.run import Run
from etl.article_events import (
    WITHDRAWN,
    Finding,
    Row,
    build_event_row,
    drop_told,
    find_findings,
    find_late_notice,
    find_notices,
    is_told_of_new,
    read_notice,
)
from etl.article_schemas import ARTICLE_CORRECTION, ARTICLE_EVENT, ARTICLE_RECORD, ARTICLE_SIGHTING
from etl.articles import build_article_row, build_correction_rows, hash_article
from etl.schemas import build_frame
from etl.wording import count
from extractors.pubmed.parse import keep_newest
from models.article import Article, Deletion
from models.errors import ContractError


class _Notice(msgspec.Struct, frozen=True):
    """What one of tonight's notices says of a paper."""

    pmid: str
    finding: Finding
    article: Article
    origin: str


class ArticleLoader:
    """Loads papers into the open transaction.

    `loaded` holds the PMIDs that came whole in this run, `departed` those of papers held that are known to be gone.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.loaded: set[str] = set()
        self.departed: set[str] = set()
        self._watched = {item.name for item in run.inputs.items if item.kind == "article"}
        self._fresh: dict[str, str] = {}
        self._revised = 0
        self._notices: list[_Notice] = []

    def find_held(self, pmids: Iterable[str]) -> set[str]:
        """Return those of some PMIDs that the warehouse holds."""
        wanted = sorted(pmids)
        held = self.run.store.read("held_pmids", pmids=wanted) if wanted else None
        return set() if held is None else set(held.get_column("pmid").to_list())

    def load_records(
        self, records: Iterable[Article | Deletion | ContractError], *, origin: str, first_kind: str = "new"
    ) -> None:
        """Load what was read, deletions last; a record that cannot be read becomes an issue, the others stay.

        `origin` is that of what is told of papers never held before, `first_kind` their first event: `new`, or
        `now_mentions` for one that entered long ago.
        """
        deletions: list[Deletion] = []
        articles = keep_newest(self._sort_out(records, deletions))
        if articles:
            self._load_articles(articles, origin, first_kind)
        if deletions:
            self.departed |= take_out(self.run, deletions, origin="live" if origin == "backfill" else origin)

    def note_absent(self, pmids: Iterable[str]) -> None:
        """Note papers held that were asked for by number and did not come back, once a day; see `departed`."""
        self.departed |= note_absent(self.run, set(pmids) - self.loaded)

    def write_notices(self) -> None:
        """Note for the papers held what this run's notices say of them, unless that was said before.

        Also which notice is meant where none was named, and which papers nobody says any more to be retracted.
        """
        self._write_told()
        events = list(self._name_notices())
        events += [
            self._build_row(row["pmid"], WITHDRAWN, row["revised_date"], "live")
            for row in self.run.store.read_rows("withdrawn_retractions")
        ]
        self.run.store.append("article_event", build_frame(events, ARTICLE_EVENT))

    def _name_notices(self) -> Iterator[Row]:
        """Let events name the notice they came without; of those of earlier runs, yield that it was learnt now."""
        for row in self.run.store.read_rows("unnamed_notices"):
            key = {name: row[name] for name in ("pmid", "kind", "observed_at", "related_pmid")}
            self.run.store.run("name_notice", **key)
            if row["observed_at"] != self.run.clock:
                origin = "backfill" if row["origin"] == "backfill" else "live"
                finding = find_late_notice(row["kind"], row["related_pmid"])
                yield self._build_row(row["pmid"], finding, row["revised_date"], origin)

    def _write_told(self) -> None:
        pmids = [notice.pmid for notice in self._notices]
        if not pmids:
            return
        held = {row["pmid"]: row for row in self.run.store.read_rows("held_articles", pmids=pmids)}
        told = self._read_by_pmid("article_events", pmids)
        events: list[Row] = []
        for notice in self._notices:
            is_fresh = notice.pmid in self._fresh
            if notice.pmid not in held or (is_fresh and not is_told_of_new(notice.finding)):
                continue
            origin = self._fresh[notice.pmid] if is_fresh else _find_origin(notice, held[notice.pmid])
            for finding in drop_told([notice.finding], told.get(notice.pmid, [])):
                event = self._build_event(notice.pmid, finding, notice.article, origin)
                told.setdefault(notice.pmid, []).append(event)
                events.append(event)
        self._notices.clear()
        self.run.store.append("article_event", build_frame(events, ARTICLE_EVENT))

    def summary(self, proved: str) -> str:
        """Return what came, for people."""
        gone = f", {len(self.departed)} no longer in PubMed" if self.departed else ""
        return f"{count(len(self._fresh), 'new paper')}, {self._revised} revised{gone}, {proved}"

    def _sort_out(
        self, records: Iterable[Article | Deletion | ContractError], deletions: list[Deletion]
    ) -> Iterator[Article]:
        for record in records:
            if isinstance(record, ContractError):
                self.run.add_contract_issue(record)
            elif isinstance(record, Deletion):
                deletions.append(record)
            else:
                yield record

    def _load_articles(self, articles: Sequence[Article], origin: str, first_kind: str) -> None:
        pmids = [article.pmid for article in articles]
        self.loaded.update(pmids)
        held = {row["pmid"]: row for row in self.run.store.read_rows("held_articles", pmids=pmids)}
        current = [one for one in articles if one.pmid not in held or not _is_older(one, held[one.pmid])]
        changed = [
            one for one in current if one.pmid not in held or held[one.pmid]["content_hash"] != hash_article(one)
        ]
        events = [*self._find_restored(current, held), *self._find_events(changed, held, origin, first_kind)]
        self._write(changed, held, events)
        self._fresh |= {article.pmid: origin for article in changed if article.pmid not in held}
        self._revised += sum(1 for article in changed if article.pmid in held)

    def _find_restored(self, current: Sequence[Article], held: dict[str, Row]) -> Iterator[Row]:
        """Yield that a paper that was gone is back; one that was only missed is not missed any more."""
        back = [one for one in current if one.pmid in held and held[one.pmid]["state"] != "active"]
        missed = [one.pmid for one in current if one.pmid in held and held[one.pmid]["missing_days"]]
        if back or missed:
            self.run.store.run("place_articles", pmids=[*(one.pmid for one in back), *missed], state="active")
        for article in back:
            self.departed.discard(article.pmid)
            yield self._build_event(article.pmid, Finding("restored"), article, "live")

    def _find_events(
        self, changed: Sequence[Article], held: dict[str, Row], origin: str, first_kind: str
    ) -> Iterator[Row]:
        pmids = [article.pmid for article in changed]
        ties = self._read_by_pmid("held_corrections", pmids)
        told = self._read_by_pmid("article_events", pmids)
        notices = self._read_by_pmid("held_notices", pmids, key="related_pmid")
        for article in changed:
            pmid, before, own_ties = article.pmid, held.get(article.pmid), ties.get(article.pmid, [])
            findings = [_name_first(one, first_kind) for one in find_findings(article, before, own_ties)]
            if before is None:
                said = (read_notice(row["ref_type"], row["pmid"]) for row in notices.get(pmid, []))
                findings += [one for one in said if one is not None and is_told_of_new(one)]
            own = "live" if before else origin
            for finding in drop_told(findings, told.get(pmid, [])):
                yield self._build_event(pmid, finding, article, self._find_told(pmid, finding, own))
            self._notices += [
                _Notice(other, finding, article, own) for other, finding in find_notices(article, own_ties)
            ]

    def _find_told(self, pmid: str, finding: Finding, origin: str) -> str:
        """Return the origin of an event: that a paper of the list stands retracted or in doubt is told, however old."""
        return "live" if origin == "backfill" and pmid in self._watched and is_told_of_new(finding) else origin

    def _read_by_pmid(self, statement: str, pmids: Sequence[str], key: str = "pmid") -> dict[str, list[Row]]:
        rows: dict[str, list[Row]] = {}
        for row in self.run.store.read_rows(statement, pmids=pmids) if pmids else []:
            rows.setdefault(row[key], []).append(row)
        return rows

    def _build_event(self, pmid: str, finding: Finding, told_by: Article, origin: str) -> Row:
        date = told_by.entrez_date if finding.kind == "new" else told_by.revised_date
        return self._build_row(pmid, finding, date, origin)

    def _build_row(self, pmid: str, finding: Finding, source_date: dt.date | None, origin: str) -> Row:
        return build_event_row(pmid, finding, source_date, self.run.clock, origin=origin, run_id=self.run.run_id)

    def _write(self, changed: Sequence[Article], held: dict[str, Row], events: Sequence[Row]) -> None:
        store, run = self.run.store, self.run
        records = [build_article_row(article, run.run_id) for article in changed]
        sightings: list[Row] = [
            {
                "pmid": article.pmid,
                "state": "active",
                "first_seen_at": held[article.pmid]["first_seen_at"] if article.pmid in held else run.clock,
                "last_seen_at": run.clock,
                "missing_days": [],
            }
            for article in changed
        ]
        store.replace("article_record", build_frame(records, ARTICLE_RECORD), "pmid")
        store.replace("article_sighting", build_frame(sightings, ARTICLE_SIGHTING), "pmid")
        ties = [row for article in changed for row in build_correction_rows(article)]
        store.remove("article_correction", [article.pmid for article in changed], "pmid")
        store.append("article_correction", build_frame(ties, ARTICLE_CORRECTION))
        store.append("article_event", build_frame(events, ARTICLE_EVENT))


def _is_older(article: Article, held: Row) -> bool:
    """Whether a record is history against the one held: a lower version, or the same as it stood before a revision."""
    if article.version != held["version"]:
        return article.version < int(held["version"])
    revised = held.get("revised_date")
    return bool(article.revised_date and revised and article.revised_date < revised)


def _find_origin(notice: _Notice, paper: Row) -> str:
    """Return how a paper held learns of a notice: as history where a first reading brought one older than the paper."""
    entered = notice.article.entrez_date
    is_old = notice.origin == "backfill" and entered is not None and entered < paper["first_seen_at"].date()
    return "backfill" if is_old else "live"


def _name_first(finding: Finding, first_kind: str) -> Finding:
    return msgspec.structs.replace(finding, kind=first_kind) if finding.kind == "new" else finding
