"""Files of PubMed as workers read them: the next ones are read while one is loaded, in the order they are loaded in.

What comes of it is what comes of reading them here. Only papers that an earlier file of the same import brought are
unknown to a worker: a file that holds more of these is read a second time.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import fsspec
import polars as pl

from dags.cluster.citations import identify, read_file, read_rows
from dags.cluster.question import Question, write_question
from dags.cluster.rows import Fault, Reading, ReadRecord
from dags.cluster.workers import Crew, LostError, Task
from dags.import_articles_loading import FileLoading, Wanted
from dags.import_files import ArticleFile
from dags.run import Run
from dags.tagging_rules import find_rules_version
from extractors.pubmed.document import SOURCE
from models.article import Article
from models.errors import SourceError

Answer = TypeVar("Answer")
_IN_STORE = 2  # files a worker: one it reads, one that waits to be loaded
_TAGS = pl.Schema({"doc_id": pl.String, "content_hash": pl.String, "mentions": pl.String})
_UNSEEN = "the workers wrote what they read where it cannot be read here"


class WorkerFiles:
    """Has files read by workers, in the order given. `may_be_done`: of a file's name, whether it may be passed over."""

    def __init__(
        self,
        run: Run,
        wanted: Wanted,
        crew: Crew,
        files: Sequence[ArticleFile],
        may_be_done: Callable[[str], bool],
    ) -> None:
        self._run = run
        self._wanted = wanted
        self._workers = crew.workers
        self._staging = crew.staging
        self._question = f"{crew.staging}/question.msgpack"
        self._waiting = deque(file for file in files if not may_be_done(file.name))
        self._readings: dict[str, Task[Reading]] = {}
        write_question(_build_question(run, wanted), self._question)
        self._read_ahead()

    def identify(self, file: ArticleFile) -> tuple[int, str]:
        """Return a file's size and MD5.

        Raises:
            SourceError: it is refused for its checksum, cannot be reached, or every worker that tried was lost.
        """
        with self._letting_go_if_refused(file):
            is_reading = file.url in self._readings
            found = self._find_reading(file).identity if is_reading else _wait(self._workers.submit(identify, file.url))
            # A fault behind the first citations is told when these are loaded.
            _check(None if found.md5 else found.fault)
        return found.size, found.md5

    def load(self, file: ArticleFile, loading: FileLoading) -> None:
        """Load a file.

        Raises:
            SourceError: it cannot be read to its end, or reached, or every worker that tried was lost.
        """
        with self._letting_go_if_refused(file):
            reading = self._find_reading(file)
            late = [pmid for pmid in map(str, reading.left_out) if pmid in self._wanted.held]
            if late:
                _remove(reading)
                reading = _wait(self._workers.submit(read_file, file.url, self._question, self._staging, late))
            try:
                self._load(reading, loading)
            finally:
                _remove(reading)
        self._let_go(file)

    def _load(self, reading: Reading, loading: FileLoading) -> None:
        tags: list[dict[str, str]] = []
        try:
            loading.load_rows(_read(reading, tags), reading.citations)
        except FileNotFoundError as error:
            raise SourceError(SOURCE, f"{_UNSEEN}: {error}", "name a folder or URL that all see: --staging") from error
        self._run.store.run("prepare_tags")
        loaded = [row for row in tags if row["doc_id"] in loading.loaded]
        self._run.store.append("prepared_tag", pl.DataFrame(loaded, schema=_TAGS, orient="row"))

    def _find_reading(self, file: ArticleFile) -> Reading:
        if file.url not in self._readings:
            self._submit(file)
        return _wait(self._readings[file.url])

    def _submit(self, file: ArticleFile) -> None:
        self._readings[file.url] = self._workers.submit(read_file, file.url, self._question, self._staging)

    def _read_ahead(self) -> None:
        while self._waiting and len(self._readings) < _IN_STORE * self._workers.at_once:
            file = self._waiting.popleft()
            if file.url not in self._readings:
                self._submit(file)

    def _let_go(self, file: ArticleFile) -> None:
        self._readings.pop(file.url, None)
        self._read_ahead()

    @contextlib.contextmanager
    def _letting_go_if_refused(self, file: ArticleFile) -> Iterator[None]:
        try:
            yield
        except SourceError:
            self._let_go(file)
            raise


def _build_question(run: Run, wanted: Wanted) -> Question:
    return Question(
        names=sorted(wanted.selector.names),
        nct_ids=sorted(wanted.selector.nct_ids),
        wanted=frozenset() if wanted.is_everything else frozenset(wanted.held | wanted.watched),
        is_everything=wanted.is_everything,
        vocabulary=run.inputs.vocabulary,
        rules=find_rules_version(),
    )


def _read(reading: Reading, tags: list[dict[str, str]]) -> Iterator[ReadRecord]:
    """Yield the rows of a reading and collect the tags of its papers; its fault, if it has one, stands at the end."""
    for row in read_rows(reading.rows) if reading.rows else ():
        if isinstance(row.record, Article):
            told = {"content_hash": row.content_hash or "", "mentions": (row.mentions or b"[]").decode()}
            tags.append({"doc_id": row.record.pmid, **told})
        yield row
    _check(reading.identity.fault)


def _remove(reading: Reading) -> None:
    """Remove the rows of a reading, if they are there."""
    if reading.rows:
        source, place = fsspec.core.url_to_fs(reading.rows)
        with contextlib.suppress(FileNotFoundError):
            source.rm(place)


def _check(fault: Fault | None) -> None:
    if fault:
        raise SourceError(SOURCE, fault.reason, fault.remedy)


def _wait(task: Task[Answer]) -> Answer:
    try:
        return task.wait()
    except LostError as error:
        raise SourceError(SOURCE, error.message, error.hint) from error
    except OSError as error:
        reason = f"a worker cannot reach it, or not write what it read: {error}"
        raise SourceError(SOURCE, reason, "see docs/scale.md: workers see the files and the staging") from error
