"""What a worker is told once: what is looked for, what is taken whatever it says, how texts are tagged."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import fsspec
import msgspec

from dags.tagging_rules import find_rules_version
from etl.citation_scan import CitationScan
from etl.selecting import Selector
from models.errors import TrialwatchError
from models.vocabulary import Vocabulary
from models.watchlist import WatchItem

if TYPE_CHECKING:
    from etl.tagging import Tagger


class Question(msgspec.Struct, frozen=True):
    """What is looked for. `wanted` are the numbers of what is taken whatever it says; `rules` the tagging rules' hash.

    In citations `names` and `nct_ids` are looked for, in studies what `items` name. Of studies that go into an empty
    place the fields are told only where it is asked for (`wants_fields`).
    """

    vocabulary: Vocabulary
    wanted: frozenset[str]
    is_everything: bool
    rules: str
    names: list[str] = []
    nct_ids: list[str] = []
    items: list[WatchItem] = []
    wants_fields: bool = False


class Reader:
    """A question as a worker holds it: read once, kept for every file."""

    def __init__(self, question: Question) -> None:
        self.question = question

    @functools.cached_property
    def scan(self) -> CitationScan:
        """What finds names and numbers in citations."""
        return CitationScan(self.question.names, self.question.nct_ids)

    @functools.cached_property
    def selector(self) -> Selector:
        """What finds the items that studies match."""
        return Selector(self.question.items)

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
