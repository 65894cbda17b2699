"""What sources answered: landed as it comes, or, when a run is made again, given back from the landing."""

from __future__ import annotations

import itertools
from collections import defaultdict, deque
from collections.abc import Iterable
from pathlib import Path

import msgspec

from extractors.http import Answer, Question
from models.errors import SourceError, WarehouseError
from warehouse.landed import Asked, Failure, LandedExchange, LandedNote, LandedPage, Line
from warehouse.landing import Landing
from warehouse.pages import rebuild_body


class LandingMemory:
    """Lands every exchange, in the order of asking."""

    is_past = False

    def __init__(self, landing: Landing) -> None:
        self._landing = landing
        self._numbers = itertools.count(1)

    def recall(self, question: Question) -> Answer | None:  # noqa: ARG002  the source is to be asked, whatever it is
        """Ask the source."""
        return None

    def keep(self, question: Question, outcome: Answer | SourceError) -> None:
        """Land what came of a question; with its page, if it becomes one."""
        asked = Asked(next(self._numbers), question.source, question.method, question.url, question.content)
        if isinstance(outcome, SourceError):
            failure = Failure(type(outcome).__name__, outcome.reason, outcome.hint)
            self._landing.wait(LandedExchange(asked, failure=failure))
            return
        asked = Asked(
            asked.number, asked.source, asked.method, asked.url, asked.content,
            location=outcome.location,
            answered_by="" if outcome.url == asked.url else outcome.url,
        )  # fmt: skip
        self._landing.wait(LandedExchange(asked, outcome.status, outcome.content_type, outcome.body))


class LandedMemory:
    """Gives back, question by question, what was landed of one step; a question asked twice has two answers."""

    is_past = True

    def __init__(self, folder: Path, lines: Iterable[Line], name: str) -> None:
        self._folder = folder
        self._name = name
        self._held: defaultdict[Question, deque[LandedPage | LandedExchange]] = defaultdict(deque)
        found = [(line.asked, line) for line in lines if not isinstance(line, LandedNote) and line.asked]
        for asked, line in sorted(found, key=lambda pair: pair[0].number):
            self._held[_find_key(Question(asked.source, asked.method, asked.url, asked.content))].append(line)

    def recall(self, question: Question) -> Answer:
        """Return the next answer to a question.

        Raises:
            SourceError: the source did not answer then.
            WarehouseError: it was not asked this then, or the answer is damaged.
        """
        held = self._held[_find_key(question)]
        if not held:
            words = f"{question.url} {question.content}".strip()
            raise WarehouseError(
                f"landing: {self._name} holds no answer to {words[:200]}",
                "another release asked otherwise: rebuild with the release that ran",
            )
        line = held.popleft()
        asked = line.asked or Asked(0, question.source, question.method, question.url)
        if isinstance(line, LandedExchange):
            if line.failure:
                raise SourceError(question.source, line.failure.reason, line.failure.hint)
            body = line.body
        else:
            body = rebuild_body(self._folder, line)
        return Answer(line.status, line.content_type, body, asked.answered_by or asked.url, asked.location)

    def keep(self, question: Question, outcome: Answer | SourceError) -> None:
        """Keep nothing: it is kept already."""


def _find_key(question: Question) -> Question:
    """Return a question as every release would ask it: earlier ones had NCBI keep what each search found."""
    return msgspec.structs.replace(question, content=question.content.replace('"usehistory":"y",', ""))
