"""What a worker is told once: what is looked for, which papers are taken whatever they say, how texts are tagged."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import fsspec
import msgspec

from dags.tagging_rules import find_rules_version
from etl.citation_scan import CitationScan
from models.errors import TrialwatchError
from models.vocabulary import Vocabulary

if TYPE_CHECKING:
    from etl.tagging import Tagger


class Question(msgspec.Struct, frozen=True):
    """What is looked for. `wanted` are PMIDs of papers held or watched; `rules` the hash of the tagging rules."""

    names: list[str]
    nct_ids: list[str]
    wanted: frozenset[str]
    is_everything: bool
    vocabulary: Vocabulary
    rules: str


class Reader:
    """A question as a worker holds it: read once, kept for every file."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.scan = CitationScan(question.names, question.nct_ids)

    @functools.cached_property
    def tagger(self) -> Tagger:
        """The tagger of the question's vocabulary."""
        from etl.tagging import build_tagger  # noqa: PLC0415  spaCy takes seconds to import

        return build_tagger(self.question.vocabulary)


def write_question(question: Question, url: str) -> None:
    """Write a question where workers find it."""
    with fsspec.open(url, "wb") as file:
        file.write(msgspec.msgpack.encode(question))


@functools.lru_cache(maxsize=1)  # of one import at a time
def read_question(url: str) -> Reader:
    """Read a question.

    Raises:
        TrialwatchError: this worker would tag by other rules than the one who asks.
    """
    with fsspec.open(url, "rb") as file:
        content: Any = file.read()
    question = msgspec.msgpack.decode(content, type=Question)
    if question.rules != find_rules_version():
        raise TrialwatchError("a worker runs another release of trialwatch", "install the same release everywhere")
    return Reader(question)
