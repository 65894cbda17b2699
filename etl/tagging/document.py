"""The fields of one document with their sentences, and what was seen in them; judges nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from etl.tagging.finder import Sighting
from etl.tagging.lexicon import Name
from etl.tagging.pieces import skeleton
from etl.tagging.sentences import Sentences
from etl.tagging.shape import build_shape
from models.mention import TextField


class Candidate(NamedTuple):
    """A spelling of a name at the code points [start, end) of a field, which is given by its place in the document."""

    field: int
    start: int
    end: int
    name: Name


class Document:
    """The fields of one document. `texts` are what spaCy saw of them, as long as the fields' own."""

    def __init__(self, fields: Sequence[TextField], texts: Sequence[str], seen: Sequence[Sequence[Sighting]]) -> None:
        self.fields = fields
        self.texts = texts
        self.candidates = [Candidate(place, *sighting) for place, row in enumerate(seen) for sighting in row]
        self._sentences: dict[int, Sentences] = {}
        self._shapes: dict[int, bytes] = {}

    def sentence(self, field: int, start: int, end: int) -> tuple[int, int]:
        """Return the bounds of the sentence that holds [start, end) of a field."""
        if field not in self._sentences:
            self._sentences[field] = Sentences(self.texts[field])
        return self._sentences[field].bounds(start, end)

    def shape(self, field: int) -> bytes:
        """Return the shape of a field, in which letters and digits stand as in the text, whatever their width."""
        if field not in self._shapes:
            self._shapes[field] = build_shape(self.texts[field].replace("\u0131", "i"))  # as patterns of any case do
        return self._shapes[field]

    def form(self, candidate: Candidate) -> str:
        """Return the skeleton of what stands there: FAP, LAG3."""
        return skeleton(self.texts[candidate.field][candidate.start : candidate.end])
