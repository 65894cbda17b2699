"""Loading one file of PubMed into the open transaction: what is watched or held is taken, landed, loaded, matched.

It opens no transaction and asks nobody. Papers never held before come as history, unless they entered PubMed after an
item that finds them had been read whole there.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from dags.article_departures import take_out
from dags.article_loading import ArticleLoader
from dags.article_news import Baselines
from dags.cluster.rows import ReadRecord
from dags.import_files import ArticleFile
from dags.import_ledger import Counts, Row, is_overruled, read_states, write_said
from dags.run import Run
from dags.watching import add_matches
from etl.article_selecting import ArticleSelector
from etl.articles import hash_article
from etl.citation_scan import CitationScan
from etl.matching import Found
from etl.wording import count
from extractors.containers import ClosedPart, open_parts
from extractors.pubmed.chosen import NOT_XML, parse_citations
from extractors.pubmed.document import SOURCE, find_record_spans
from extractors.pubmed.parse import parse
from extractors.pubmed.scan import Citation, read_citations, wrap
from models.article import Article, Deletion
from models.errors import ContractError, SourceError
from models.page import Page

_PAGE_RECORDS, _PAGE_BYTES = 1000, 16 << 20
Pair = tuple[str, str]  # item and PMID
_SET_ASIDE = "; set aside, the rest of the file is read; nights ask PubMed for it, or download the file again"


class Wanted:
    """What is looked for in files, and what is known of it.

    `held` and `known` grow with each file that is committed.
    """

    def __init__(self, run: Run) -> None:
        items = run.inputs.items
        tracked: dict[str, list[str]] = {}
        for row in run.store.read_rows("tracking_items"):
            tracked.setdefault(row["nct_id"], []).append(row["item"])
        self.selector = ArticleSelector(items, tracked)
        self.scan = CitationScan(self.selector.names, self.selector.nct_ids)
        self.is_everything = run.inputs.settings.watch.is_everything
        self.held: set[str] = set(run.store.read("all_pmids").get_column("pmid").to_list())
        self.watched = {item.name for item in items if item.kind == "article"}
        known = run.store.read("matches", source=SOURCE, items=[item.item_id for item in items])
        self.known: set[Pair] = set(zip(known.get_column("item"), known.get_column("record"), strict=True))
        self.baselines = Baselines(run)


class _Taken(msgspec.Struct, frozen=True):
    """A paper that is taken, its record as it stands, and the items that it matches: none where it was held before."""

    article: Article
    body: bytes
    matches: dict[str, Found]


class FileLoading:
    """One file's loading into the open transaction. `loaded` and `pairs` stand once it is committed."""

    def __init__(
        self, run: Run, wanted: Wanted, file: ArticleFile, counts: Counts, page_numbers: Iterator[int]
    ) -> None:
        self.loaded: set[str] = set()
        self.pairs: set[Pair] = set()
        self._run = run
        self._wanted = wanted
        self._file = file
        self._counts = counts
        self._page_numbers = page_numbers
        self._loader = ArticleLoader(run)
        self._deletions: list[Deletion] = []
        self._page: dict[str, _Taken] = {}
        self._taken: set[str] = set()
        self._versions: dict[str, int] = {}  # of the few papers that have one beyond the first
        self._page_bytes = 0

    def load(self) -> None:
        """Load the file.

        Raises:
            SourceError, extractors.containers.DamagedError: it cannot be read to its end.
        """
        for part in open_parts(self._file.path):
            if isinstance(part, ClosedPart):
                raise SourceError(SOURCE, part.reason, part.remedy)
            for batch in read_citations(part):
                self._read_batch(batch)
        self._load_page()
        self._end()

    def load_rows(self, rows: Iterable[ReadRecord], citations: int) -> None:
        """Load what was read of the file elsewhere: its records in order, and how many usual citations it has.

        Raises:
            SourceError, extractors.containers.DamagedError: as `load`; whoever gives the rows raises it.
        """
        self._counts.read += citations
        for _, batch in itertools.groupby(rows, key=lambda row: row.batch):
            chosen = [
                row
                for row in batch
                if not row.citation.is_usual or row.is_suspect or self._is_wanted(row.citation.pmid)
            ]
            for row in chosen:
                self._read_record(row.citation, row.record)
        self._load_page()
        self._end()

    def load_again(self, bodies: Iterable[bytes]) -> None:
        """Load what was taken of the file before, out of the pages that it was landed in."""
        for body in bodies:
            records = list(parse(body))
            self._deletions += [record for record in records if isinstance(record, Deletion)]
            articles = [record for record in records if isinstance(record, Article)]
            spans = find_record_spans(body) if articles else ()
            for article, span in zip(articles, spans, strict=True):
                matches = self._wanted.selector.find_matches(article)
                self._page[article.pmid] = _Taken(article, body[span.start : span.end], matches)
            self._load_page()
        self._end()

    def _end(self) -> None:
        self._loader.write_notices()
        self._delete()
        self._run.store.run("mark_imported", run_id=self._run.run_id)

    def _read_batch(self, batch: Sequence[Citation]) -> None:
        suspects = self._wanted.scan.find_suspects([citation.text or "" for citation in batch])
        # A number that stands twice is read twice, for the last word on a paper may say nothing that is watched.
        own = {citation.pmid for citation, is_suspect in zip(batch, suspects, strict=True) if is_suspect}
        chosen = [one for one in batch if not one.is_usual or one.pmid in own or self._is_wanted(one.pmid)]
        self._counts.read += sum(citation.is_usual for citation in batch)
        for citation, record in parse_citations(chosen):
            self._read_record(citation, record)

    def _is_wanted(self, pmid: str) -> bool:
        """Whether a paper is taken whatever it says."""
        wanted = self._wanted
        return wanted.is_everything or pmid in wanted.held or pmid in wanted.watched or pmid in self._taken

    def _read_record(self, citation: Citation, record: Article | Deletion | ContractError) -> None:
        if isinstance(record, Deletion):
            self._deletions.append(record)
            return
        self._counts.read += not citation.is_usual
        if isinstance(record, Article):
            self._choose(record, citation.body)
            return
        self._counts.unreadable += 1
        self._counts.set_aside += record.path == NOT_XML
        message = f"{self._file.name}: {record.reason}" + (_SET_ASIDE if record.path == NOT_XML else "")
        self._run.add_issue("error", SOURCE, message, record=record.record, path=record.path)

    def _choose(self, article: Article, body: bytes) -> None:
        matches = self._wanted.selector.find_matches(article)
        is_older = article.version < self._versions.get(article.pmid, 1)
        if article.version > 1 and not is_older:
            self._versions[article.pmid] = article.version
        if not matches and not self._is_wanted(article.pmid):
            return
        self._counts.taken += 1
        if is_older:
            self._counts.older += 1
            return
        self._keep(_Taken(article, body, matches))

    def _keep(self, taken: _Taken) -> None:
        """Keep a paper for the next page; of one that stands there already, the later word."""
        pmid = taken.article.pmid
        self._taken.add(pmid)
        before = self._page.pop(pmid, None)
        self._counts.older += before is not None
        self._page[pmid] = taken
        self._page_bytes += len(taken.body) - (len(before.body) if before else 0)
        if len(self._page) == _PAGE_RECORDS or self._page_bytes > _PAGE_BYTES:
            self._load_page()

    def _load_page(self) -> None:
        """Land and load what was taken: papers never held before as history, unless they are news."""
        page, self._page, self._page_bytes = list(self._page.values()), {}, 0
        if not page:
            return
        states = read_states(self._run, (one.article.pmid for one in page))
        self._land([one.body for one in page], f"PMID {page[0].article.pmid} to {page[-1].article.pmid}")
        current = [one for one in page if not is_overruled(self._file.place, states[one.article.pmid])]
        for origin in ("backfill", "import"):
            chosen = [one.article for one in current if self._find_origin(one, states) == origin]
            if chosen:
                self._loader.load_records(chosen, origin=origin)
        self._write_matches(current)
        said = {one.article.pmid: states[one.article.pmid] for one in current}
        write_said(self._run, self._file.place, said, is_deleted=False)
        self._count(page, states)
        self.loaded |= said.keys()

    def _find_origin(self, taken: _Taken, states: dict[str, Row]) -> str:
        """Return how what is told of a paper was learnt: as news of one held, or one that is new; else as history."""
        is_held = states[taken.article.pmid]["version"] is not None
        return "import" if is_held or self._wanted.baselines.is_news(taken.article, taken.matches) else "backfill"

    def _count(self, page: Sequence[_Taken], before: dict[str, Row]) -> None:
        """Count what became of a page: new, changed, as held; the rest is older."""
        after = read_states(self._run, before)
        for article in (one.article for one in page):
            old, new = before[article.pmid]["content_hash"], after[article.pmid]["content_hash"]
            if old != new:
                self._counts.new += old is None
                self._counts.changed += old is not None
            elif new == hash_article(article):
                self._counts.held += 1
            else:
                self._counts.older += 1

    def _land(self, bodies: list[bytes], request: str) -> None:
        body = wrap(bodies)
        name = f"import:{self._file.name}"
        self._run.landing.store(
            Page(
                source=SOURCE,
                item=name,
                number=next(self._page_numbers),
                url=name,
                request=request,
                status=200,
                content_type="text/xml",
                fetched_at=self._run.clock,
                body=body,
                records=find_record_spans(body),
            )
        )

    def _write_matches(self, taken: Sequence[_Taken]) -> None:
        today = self._run.clock.date()
        fresh: dict[dt.date, dict[Pair, Found]] = {}
        again: list[tuple[str, str, dt.date]] = []
        for one in taken:
            stated = one.article.revised_date or one.article.entrez_date or today
            day = min(stated, today)
            for item, found in one.matches.items():
                pair = (item, one.article.pmid)
                if pair in self._wanted.known or pair in self.pairs:
                    again.append((*pair, day))
                else:
                    self.pairs.add(pair)
                    fresh.setdefault(day, {})[pair] = found
        for day, pairs in fresh.items():
            add_matches(self._run, SOURCE, pairs, day)
        if again:
            items, records, days = map(list, zip(*again, strict=True))
            self._run.store.run("advance_matches", source=SOURCE, items=items, records=records, days=days)

    def _delete(self) -> None:
        """Take out what the file says PubMed took out, also of what it brought itself: NLM puts that at the end."""
        if not self._deletions:
            return
        pmids = [deletion.pmid for deletion in self._deletions]
        states = read_states(self._run, pmids)
        said = {pmid: row for pmid, row in states.items() if not is_overruled(self._file.place, row)}
        told = dict.fromkeys((one.pmid, one.version) for one in self._deletions)
        lines = b"\n".join(b'<PMID Version="%d">%s</PMID>' % (version, pmid.encode()) for pmid, version in told)
        self._land([b"<DeleteCitation>\n%s\n</DeleteCitation>" % lines], f"{count(len(pmids), 'deletion')}")
        gone = take_out(self._run, [one for one in self._deletions if one.pmid in said], origin="import")
        self._counts.deleted += len(gone)
        # What was never held is remembered too: an older file must not bring it.
        kept = {one.pmid for one in self._deletions if (states[one.pmid]["version"] or 0) > one.version}
        own = {pmid: row for pmid, row in said.items() if pmid not in kept}
        write_said(self._run, self._file.place, own, is_deleted=True)
