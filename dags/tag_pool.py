"""Tags lines in several processes, each with a tagger of its own; answers come in the order of the lines.

Lines go out in chunks and come back as bytes and text: nothing of spaCy's goes from one process to another. Only a few
chunks are under way at a time, so that the longest file takes no more memory than the shortest.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextvars import ContextVar
from typing import TYPE_CHECKING

import msgspec

from dags.interrupts import ignored_interrupts
from dags.tag_texts import Answer, Numbered, tag_chunk
from models.errors import TrialwatchError
from models.vocabulary import Vocabulary

if TYPE_CHECKING:
    from etl.tagging import Tagger

_UNDER_WAY = 3  # chunks a process: one it works at, and enough in store
_TAGGER: ContextVar[Tagger] = ContextVar("tagger")


def tag_in_processes(
    chunks: Iterator[list[Numbered]], vocabulary: Vocabulary, processes: int, *, explain: bool = False
) -> Iterator[Answer]:
    """Yield the answer to every line, in order.

    Raises:
        TrialwatchError: a process was ended from outside, for want of memory perhaps.
    """
    pool = ProcessPoolExecutor(
        processes,
        multiprocessing.get_context("spawn"),  # a fork would copy locks that threads of others hold
        initializer=_begin,
        initargs=(msgspec.json.encode(vocabulary),),
    )
    waiting: deque[Future[list[Answer]]] = deque()
    try:
        for chunk in chunks:
            with ignored_interrupts():
                waiting.append(pool.submit(_tag_chunk, chunk, explain=explain))
            while waiting and (len(waiting) > processes * _UNDER_WAY or waiting[0].done()):
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    except BrokenProcessPool as error:
        raise TrialwatchError("a process that tagged texts was ended", "try fewer with --processes") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(vocabulary: bytes) -> None:
    from etl.tagging import build_tagger  # noqa: PLC0415  spaCy takes seconds to import

    _TAGGER.set(build_tagger(msgspec.json.decode(vocabulary, type=Vocabulary)))


def _tag_chunk(chunk: list[Numbered], *, explain: bool) -> list[Answer]:
    return list(tag_chunk(_TAGGER.get(), chunk, explain=explain))
