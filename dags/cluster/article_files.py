"""Files of PubMed as workers read them: the next ones are read while one is loaded, in the order they are loaded in.

What comes of it is what comes of reading them here. Only papers that an earlier file of the same import brought are
unknown to a worker: a file that holds more of these is read a second time.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from dags.cluster.citations import identify, read_file, read_rows
from dags.cluster.question import Question, write_question
from dags.cluster.rows import Fault, Identity, Reading, ReadRecord
from dags.cluster.staging import reading_rows, remove_rows, wait_for
from dags.cluster.workers import Crew, Task
from dags.import_articles_loading import FileLoading, Wanted
from dags.import_files import ArticleFile
from dags.prepared_tags import Prepared, write_prepared
from dags.run import Run
from dags.tagging_rules import find_rules_version
from extractors.pubmed.document import SOURCE
from models.article import Article
from models.errors import SourceError

_IN_STORE = 2  # files a worker: one it reads, one that waits to be loaded


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
            found = self._find_reading(file).identity if is_reading else self._identify(file)
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
                remove_rows(reading.rows)
                task = self._workers.submit(read_file, file.url, self._question, self._staging, late)
                reading = wait_for(task, SOURCE)
            try:
                self._load(reading, loading)
            finally:
                remove_rows(reading.rows)
        self._let_go(file)

    def _identify(self, file: ArticleFile) -> Identity:
        return wait_for(self._workers.submit(identify, file.url), SOURCE)

    def _load(self, reading: Reading, loading: FileLoading) -> None:
        tags: list[Prepared] = []
        with reading_rows(SOURCE):
            loading.load_rows(_read(reading, tags), reading.citations)
        write_prepared(self._run, [one for one in tags if one.doc_id in loading.loaded])

    def _find_reading(self, file: ArticleFile) -> Reading:
        if file.url not in self._readings:
            self._submit(file)
        return wait_for(self._readings[file.url], SOURCE)

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
        vocabulary=run.inputs.vocabulary,
        wanted=frozenset() if wanted.is_everything else frozenset(wanted.held | wanted.watched),
        is_everything=wanted.is_everything,
        rules=find_rules_version(),
        names=sorted(wanted.selector.names),
        nct_ids=sorted(wanted.selector.nct_ids),
    )


def _read(reading: Reading, tags: list[Prepared]) -> Iterator[ReadRecord]:
    """Yield the rows of a reading and collect the tags of its papers; its fault, if it has one, stands at the end."""
    for row in read_rows(reading.rows) if reading.rows else ():
        if isinstance(row.record, Article):
            tags.append(Prepared(row.record.pmid, row.content_hash or "", (row.mentions or b"[]").decode()))
        yield row
    _check(reading.identity.fault)


def _check(fault: Fault | None) -> None:
    if fault:
        raise SourceError(SOURCE, fault.reason, fault.remedy)
