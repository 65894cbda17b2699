"""The import: studies and papers out of files, those that are watched, loaded as a night loads them.

What is not in a file is not missed: its absence concludes nothing, and no item is proved by a file. A file of studies
is loaded in parts of 4,096 taken ones, each a transaction: within one it is all or nothing; a larger import that is
stopped keeps the parts done, and goes on from there when the file is imported again. A file of papers is one part.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from dags.first_loading import Builders
from dags.import_articles import ArticleImporter, ArticleTally, describe_counts
from dags.import_files import ArticleFile, ImportFile, ImportFiles, check_files
from dags.import_loading import Before, PartLoader
from dags.import_pages import cut_pages, read_ahead, take_part
from dags.inputs import Inputs
from dags.nightly import begin, take_step
from dags.review_verdicts import has_reviews
from dags.run import Run, StepResult
from dags.run_ledger import close_run, open_run
from dags.taking import Taker, Tally
from dags.working_file import open_store
from etl.wording import count
from extractors.clinicaltrials.fetch import SOURCE
from models.errors import ConfigurationError
from warehouse.database import FEW_ROWS

if TYPE_CHECKING:
    from dags.cluster.workers import Crew, Wish

PART_RECORDS = FEW_ROWS  # so that DuckDB writes their payloads as they come: once, and not to its log
HOW_TO_WATCH = (
    "`trialwatch watch add` a trial, agent or target that it holds, or set [watch] everything = true; then import again"
)
_LARGE_BYTES = 16 << 20  # of files, packed or not
_GAPS_SHOWN = 5
Report = Callable[[StepResult], None]
File = TypeVar("File", ImportFile, ArticleFile)


class ImportResult(msgspec.Struct, frozen=True):
    """What an import came to: a tally a file of studies, one a file of PubMed (`articles`).

    `new` and `changed` count trials, over all files. `gaps` names files of PubMed that were never read.
    """

    run_id: int
    exit_code: int
    steps: list[StepResult]
    tallies: list[Tally]
    new: int
    changed: int
    articles: list[ArticleTally] = []
    gaps: list[str] = []

    @property
    def read(self) -> int:
        """Studies read, over all files."""
        return sum(tally.read for tally in self.tallies)

    @property
    def taken(self) -> int:
        """Studies taken, over all files."""
        return sum(tally.taken for tally in self.tallies)

    def describe(self) -> str:
        """Return what became of what was read, for people."""
        return "; ".join([*self._describe_studies(), *self._describe_articles()]) or "no file"

    def find_advice(self) -> list[str]:
        """Return what a user may do next: where nothing was there or was taken, and what is missing."""
        advice = []
        if self.tallies and not self.read:
            advice.append("there is no study in it")
        counts = [tally.counts for tally in self.articles if not (tally.is_known or tally.is_failed)]
        taken = self.taken + sum(one.taken + one.deleted for one in counts)
        if not taken and (self.read or any(one.read for one in counts)):
            advice.append(f"nothing in it is watched; {HOW_TO_WATCH}")
        if self.gaps:
            shown = ", ".join(self.gaps[:_GAPS_SHOWN]) + (" …" if len(self.gaps) > _GAPS_SHOWN else "")
            advice.append(f"never read: {shown}; import them at any time, what newer files say stands")
        return advice

    def _describe_studies(self) -> Iterator[str]:
        if not self.tallies:
            return
        older, unreadable, lost = (
            sum(getattr(one, name) for one in self.tallies) for name in ("older", "unreadable", "lost")
        )
        held = self.taken - lost - self.new - self.changed - older
        told = [f"{self.new} new", f"{self.changed} changed"]
        told += [f"{held} as held"] if held > 0 else []
        told += [f"{older} older than what is held (kept as history)"] if older else []
        unread = f"; {unreadable} unreadable: the table `issue` says where" if unreadable else ""
        yield f"{count(self.read, 'study')} read, {self.taken} taken: {', '.join(told)}{unread}"

    def _describe_articles(self) -> Iterator[str]:
        known, refused = (sum(getattr(one, name) for one in self.articles) for name in ("is_known", "is_failed"))
        if len(self.articles) > known + refused:
            yield describe_counts([one.counts for one in self.articles])
        if known:
            yield f"{count(known, 'file')} read before, passed over"
        if refused:
            yield f"{count(refused, 'file')} refused"


def run_import(
    inputs: Inputs,
    paths: Sequence[Path | str],
    clock: dt.datetime,
    report: Report = lambda _: None,
    *,
    tell: Callable[[int, int], None] = lambda _done, _all: None,
    wish: Wish | None = None,
) -> ImportResult:
    """Load what is watched out of some files, link, publish.

    `report` hears of each step as it ends, `tell` how many files of how many are read.

    With a `wish`, workers read PubMed's files and look studies through, and tag both, here or on many machines; what
    comes of it is the same. Then a path may also be a URL of an object store.

    Raises:
        ConfigurationError: a file that is none of studies or papers, a clock earlier than the newest run, or no workers
            where they are wished for; nothing was started.
        BusyError: another command is writing.
        WarehouseError: the warehouse cannot be opened or published.
    """
    with (
        _find_files(paths, wish, inputs) as files,
        inputs.home.lock("import"),
        _open_crew(wish, inputs) as crew,
        _open_builders(files, inputs, crew) as builders,
        open_store(inputs, clock) as store,
        open_run(inputs, store, "import", clock.date().isoformat(), clock, begin=begin) as run,
    ):
        started = time.perf_counter()
        importer = _Importer(run, report, crew)
        done, number = itertools.count(), len(files.studies) + len(files.articles)
        tallies = importer.load(_follow(files.studies, lambda: tell(next(done), number)), builders)
        articles, gaps = importer.load_articles(files, lambda: tell(next(done), number))
        tell(number, number)
        report(take_step(run, "link"))
        if has_reviews(run):
            report(take_step(run, "review"))
        errors = [result.error.message for result in run.steps if result.error]
        errors += [f"{tally.name}: not all of it could be read" for tally in tallies if tally.is_failed]
        aside = [(one.name, one.counts.set_aside) for one in articles if one.counts.set_aside]
        errors += [f"{name}: {count(number, 'citation')} set aside, which no parser reads" for name, number in aside]
        counts = store.read("import_counts", run_id=run.run_id).row(0, named=True)
        exit_code = 1 if errors else 0
        close_run(run, exit_code=exit_code, seconds=time.perf_counter() - started, message="; ".join(errors))
    return ImportResult(
        run.run_id, exit_code, run.steps, tallies, counts["new"], counts["changed"], articles=articles, gaps=gaps
    )


def _follow(files: Iterable[File], tell: Callable[[], None]) -> Iterator[File]:
    """Yield files, and say so before each."""
    for file in files:
        tell()
        yield file


@contextlib.contextmanager
def _find_files(paths: Sequence[Path | str], wish: Wish | None, inputs: Inputs) -> Iterator[ImportFiles]:
    if wish:
        from dags.cluster.workers import check_extra  # noqa: PLC0415  nothing of it is needed otherwise

        check_extra()
        from dags.cluster.urls import find_files  # noqa: PLC0415  needs the extra

        inputs.home.check()
        with find_files(paths, inputs.home.staging) as files:
            yield files
        return
    if url := next((path for path in map(str, paths) if "://" in path), None):
        raise ConfigurationError(f"{url}: files of an object store are read by workers", "say how many: --workers 2")
    yield check_files([Path(path) for path in paths])


@contextlib.contextmanager
def _open_crew(wish: Wish | None, inputs: Inputs) -> Iterator[Crew | None]:
    if not wish:
        yield None
        return
    from dags.cluster.workers import open_crew  # noqa: PLC0415  needs the extra

    with open_crew(wish, inputs.home.staging) as crew:
        yield crew


@contextlib.contextmanager
def _open_builders(files: ImportFiles, inputs: Inputs, crew: Crew | None) -> Iterator[Builders]:
    """Where much is taken, for sure, the processes that build start while the warehouse is opened."""
    is_large = sum(file.size for file in files.studies) >= _LARGE_BYTES
    with Builders() as builders:
        if is_large and inputs.settings.watch.is_everything and not crew:
            builders.get_ready()
        yield builders


class _Importer:
    """Loads files one after another, each in parts. A file that fails leaves the others."""

    def __init__(self, run: Run, report: Report, crew: Crew | None) -> None:
        self._run = run
        self._report = report
        self._crew = crew
        self._taker = Taker(run, crew)
        self._before = Before(run)
        self._page_numbers: Iterator[int] = itertools.count(1)

    def load(self, files: Iterable[ImportFile], builders: Builders) -> list[Tally]:
        """Load them, and bring what they held out of memory into the file proper before what follows."""
        tallies = [self._load_file(file, builders) for file in files]
        builders.stop()
        if any(tally.taken for tally in tallies):
            self._run.store.checkpoint()
        return tallies

    def load_articles(self, files: ImportFiles, tell: Callable[[], None]) -> tuple[list[ArticleTally], list[str]]:
        """Load the files of PubMed: after the studies, whose numbers are looked for in papers."""
        for name in files.passed_over:
            self._run.add_issue("info", SOURCE, "it is neither of studies nor of papers; passed over", record=name)
        if not files.articles:
            return [], []
        importer = ArticleImporter(self._run, self._report, self._page_numbers, self._crew)
        return importer.load(files.articles, tell), importer.note_gaps(files.articles)

    def _load_file(self, file: ImportFile, builders: Builders) -> Tally:
        with ThreadPoolExecutor(1) as thread:  # the file is hashed while its first part is loaded
            return self._load_parts(file, thread.submit(file.hash_content), builders)

    def _load_parts(self, file: ImportFile, hashing: Future[str], builders: Builders) -> Tally:
        tally = Tally(file.name)
        pages = cut_pages(self._taker.take(file, tally), PART_RECORDS)
        ahead = read_ahead(self._run, pages, builders, self._before.held)
        for part_no in itertools.count(1):
            part = PartLoader(self._run, f"import:{file.name}", self._page_numbers, self._before)
            with self._run.step("import") as result:
                part.load(take_part(ahead))
                if part_no == 1:
                    self._run.landing.note("import", name=file.name, size=file.size, content_hash=hashing.result())
                result.summary = tally.describe(part.taken)
                # To look through all tables after each of ever more parts would cost the square of their number.
                result.is_checked = part.taken < PART_RECORDS or part_no.bit_count() == 1
            self._report(result)
            if result.error:
                self._taker.read_held()
            else:
                self._keep(part, tally)
            if result.error or part.taken < PART_RECORDS:
                break
        return tally

    def _keep(self, part: PartLoader, tally: Tally) -> None:
        self._before.add(part)
        tally.taken += part.taken
        tally.older += part.older
        tally.unreadable += part.unreadable
        tally.lost += part.unreadable
