"""Importing files of PubMed one after another; each is one transaction.

A file is loaded whole or not at all; those done before a stop are passed over when they are given again. A file that is
refused leaves the others. What a newer file said of a paper stands against an older one, whichever was read first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

import msgspec

from dags.import_articles_loading import FileLoading, Wanted
from dags.import_files import ArticleFile
from dags.import_ledger import Counts, FileLedger
from dags.run import Run, StepResult
from etl.wording import count
from extractors.containers import DamagedError
from extractors.pubmed.document import SOURCE
from extractors.pubmed.files import check_md5
from models.errors import SourceError

if TYPE_CHECKING:
    from dags.cluster.workers import Crew

_GAP = "never read; what it revises or deletes is not known here. Import it at any time: newer files stand against it"


class ArticleTally(msgspec.Struct):
    """What came of one file. `is_known`: read before and passed over; `is_failed`: refused, nothing of it is loaded."""

    name: str
    counts: Counts
    is_known: bool = False
    is_failed: bool = False
    newer: str | None = None

    def describe(self) -> str:
        """Return what came of the file, for people."""
        told = f"{self.name}: {describe_counts([self.counts])}"
        return f"{told}; read after {self.newer}, which stands" if self.newer else told


def describe_counts(counts: Sequence[Counts]) -> str:
    """Return what became of the citations of some files, for people."""
    read, taken, new, changed, held, older, unreadable, deleted, _ = (
        sum(getattr(one, name) for one in counts) for name in Counts.__struct_fields__
    )
    parts = [f"{new} new", f"{changed} changed"]
    parts += [f"{held} as held"] if held else []
    parts += [f"{older} repeated or older than what is held (left out)"] if older else []
    told = f"{count(read, 'citation')} read, {taken} taken" + (f": {', '.join(parts)}" if taken else "")
    told += f"; {count(deleted, 'paper')} taken out of PubMed" if deleted else ""
    return f"{told}; {unreadable} unreadable: the table `issue` says where" if unreadable else told


class _Files(Protocol):
    """Who reads files. What is raised of a file, SourceError or DamagedError, is that file's."""

    def identify(self, file: ArticleFile) -> tuple[int, str]:
        """Return a file's size and MD5."""
        ...

    def load(self, file: ArticleFile, loading: FileLoading) -> None:
        """Load a file into the open transaction."""
        ...


class _FilesHere:
    """Files read by this process."""

    def identify(self, file: ArticleFile) -> tuple[int, str]:
        return file.path.stat().st_size, check_md5(file.path)

    def load(self, _: ArticleFile, loading: FileLoading) -> None:
        loading.load()


class ArticleImporter:
    """Loads files of PubMed in the order they come in; a `crew` of workers reads them, if there is one."""

    def __init__(
        self,
        run: Run,
        report: Callable[[StepResult], None],
        page_numbers: Iterator[int],
        crew: Crew | None = None,
    ) -> None:
        self._run = run
        self._report = report
        self._page_numbers = page_numbers
        self._ledger = FileLedger(run)
        self._wanted = Wanted(run)
        self._crew = crew

    def load(self, files: Sequence[ArticleFile], tell: Callable[[], None]) -> list[ArticleTally]:
        """Load files, and say so before each; return what came of each."""
        reader = self._choose_reader(files)
        tallies = []
        for file in files:
            tell()
            tallies.append(self._load_file(file, reader))
        return tallies

    def _choose_reader(self, files: Sequence[ArticleFile]) -> _Files:
        if self._crew is None:
            return _FilesHere()
        from dags.cluster.article_files import WorkerFiles  # noqa: PLC0415  needs the extra

        return WorkerFiles(self._run, self._wanted, self._crew, files, self._ledger.may_be_done)

    def note_gaps(self, files: Sequence[ArticleFile]) -> list[str]:
        """Return, and note as issues, the files that were never read between those of the same year that were."""
        gaps = list(self._ledger.find_gaps(files))
        for gap in gaps:
            self._run.add_issue("info", SOURCE, _GAP, record=gap)
        return gaps

    def _load_file(self, file: ArticleFile, reader: _Files) -> ArticleTally:
        tally = ArticleTally(file.name, Counts())
        if self._is_done(file, reader):
            tally.is_known = True
            return tally
        with self._run.step("import") as result:
            loading = FileLoading(self._run, self._wanted, file, tally.counts, self._page_numbers)
            size, md5 = _read(file, loading, self._run, reader)
            row = self._ledger.write(file, size, md5, tally.counts)
            self._run.landing.note("import_file", **row)
            tally.newer = self._ledger.find_newer(file)
            result.summary = tally.describe()
        if result.error:
            tally = ArticleTally(file.name, Counts(), is_failed=True)
        else:
            self._ledger.keep(row)
            self._wanted.held |= loading.loaded
            self._wanted.known |= loading.pairs
        self._report(result)
        return tally

    def _is_done(self, file: ArticleFile, reader: _Files) -> bool:
        if not self._ledger.may_be_done(file.name):
            return False
        try:
            return self._ledger.is_done(file, *reader.identify(file))
        except (SourceError, DamagedError, OSError):
            return False  # the step says what is wrong with it


def _read(file: ArticleFile, loading: FileLoading, run: Run, reader: _Files) -> tuple[int, str]:
    """Load a file and return its size and MD5; one that cannot be read is refused by its name."""
    try:
        size, md5 = reader.identify(file)
        run.landing.note("import", name=file.name, size=size, content_hash=md5)
        reader.load(file, loading)
    except SourceError as error:
        raise SourceError(SOURCE, f"{file.name}: {error.reason}", error.hint) from error
    except DamagedError as error:
        raise SourceError(SOURCE, f"{file.name}: {error.reason}", error.remedy) from error
    return size, md5
