"""Studies as workers read them: files are read here and cut into shards, which are looked through there, in order.

What comes of it is what comes of looking through them here. A study that matches nothing and proves to be held by its
turn, because an earlier part of the same import brought it, is fetched from its shard.
"""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Iterable, Iterator

import msgspec

from dags.cluster.question import Question, write_question
from dags.cluster.shards import read_bodies, read_shard, read_studies, write_shard
from dags.cluster.staging import reading_rows, remove_rows, wait_for
from dags.cluster.workers import Crew, Task
from dags.drift import DriftWatch
from dags.run import Run
from dags.tagging_rules import find_rules_version
from dags.taking import Batch, Seen, is_among
from extractors.clinicaltrials.fetch import SOURCE
from extractors.clinicaltrials.files import FileStudy

_IN_STORE = 2  # shards a worker: one it reads, one that waits to be loaded


class _Shard(msgspec.Struct, frozen=True):
    """A batch without its studies' bytes, where these lie, and who reads them."""

    batch: Batch
    url: str
    task: Task[str]


class WorkerLooker:
    """Has studies looked through by workers. `held`: the numbers of what is held, which grow as studies are loaded."""

    def __init__(self, run: Run, crew: Crew, held: set[str]) -> None:
        self._run = run
        self._workers = crew.workers
        self._staging = crew.staging
        self._held = held

    def look(self, batches: Iterable[Batch]) -> Iterator[tuple[Batch, Iterable[Seen]]]:
        """Yield batches with their studies looked through; those neither matched nor held are left out.

        Raises:
            SourceError: as reading the file; or every worker that tried was lost, or does not see the staging.
        """
        waiting: deque[_Shard] = deque()
        for batch in batches:
            waiting.append(self._submit(batch))
            if len(waiting) > _IN_STORE * self._workers.at_once:
                yield self._fetch(waiting.popleft())
        while waiting:
            yield self._fetch(waiting.popleft())

    def _submit(self, batch: Batch) -> _Shard:
        url = write_shard(batch.studies, self._staging)
        names = [_name(study) for study in batch.studies]
        task = self._workers.submit(read_shard, url, self._question, self._staging)
        return _Shard(Batch(names, batch.flaws), url, task)

    @functools.cached_property
    def _question(self) -> str:
        """Where the question lies; it is asked with the first shard."""
        url = f"{self._staging}/studies.msgpack"
        inputs = self._run.inputs
        question = Question(
            vocabulary=inputs.vocabulary,
            wanted=frozenset(self._held),
            is_everything=inputs.settings.watch.is_everything,
            rules=find_rules_version(),
            items=list(inputs.items),
            wants_fields=DriftWatch(self._run, sees_losses=False).wants_fields,
        )
        write_question(question, url)
        return url

    def _fetch(self, shard: _Shard) -> tuple[Batch, Iterator[Seen]]:
        return shard.batch, self._read(shard)

    def _read(self, shard: _Shard) -> Iterator[Seen]:
        rows = wait_for(shard.task, SOURCE)
        with reading_rows(SOURCE):
            chosen = {one.place: one for one in read_studies(rows)}
        bodies: list[bytes] = []
        for place, study in enumerate(shard.batch.studies):
            if one := chosen.get(place):
                yield Seen(_name(study, one.body), one.matches, one.row, one.mentions)
            elif is_among(study.record_id, self._held):
                bodies = bodies or read_bodies(shard.url)
                yield Seen(_name(study, bodies[place]), {})
        remove_rows(shard.url)
        remove_rows(rows)


def _name(study: FileStudy, body: bytes = b"") -> FileStudy:
    return msgspec.structs.replace(study, body=body)
