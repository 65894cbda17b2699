"""The spaCy pipeline: a blank English one with our tokenizer and a component that marks names; decides no sense."""

from __future__ import annotations

import sys

import msgspec
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from etl.tagging.finder import PieceRow, Sighting, find_sightings
from etl.tagging.lexicon import build_lexicon, find_names
from etl.tagging.pieces import SEPARATORS
from etl.tagging.tokens import TOKENIZER
from models.vocabulary import Vocabulary

FACTORY = "trialwatch_names"
SPANS = "names"


class NameComponent:
    """Puts every spelling of every name into `doc.spans["names"]`, overlapping ones too.

    A span's `label_` is the kind of name, its `kb_id_` the target or agent, its `id` the name's number.
    """

    def __init__(self, nlp: Language, vocabulary: Vocabulary) -> None:
        strings = nlp.vocab.strings
        self._names = find_names(vocabulary)
        self._root = build_lexicon(self._names, strings.add)
        self._separators = frozenset(strings.add(piece) for piece in SEPARATORS)

    def __call__(self, doc: Doc) -> Doc:
        """Mark the names in `doc`."""
        keys, starts, lengths = doc.to_array(["NORM", "IDX", "LENGTH"]).T.tolist() if len(doc) else ([], [], [])
        row = PieceRow(doc.text, keys, starts, lengths)
        found = find_sightings(row, self._root, self._separators)
        doc.spans[SPANS] = [self._mark(doc, sighting) for sighting in found]
        return doc

    def read(self, doc: Doc) -> list[Sighting]:
        """Return what `doc` was marked with, in code points."""
        return [Sighting(span.start_char, span.end_char, self._names[span.id]) for span in doc.spans[SPANS]]

    def _mark(self, doc: Doc, sighting: Sighting) -> Span:
        name = sighting.name
        span = doc.char_span(sighting.start, sighting.end, label=name.kind, kb_id=name.thing.name, span_id=name.number)
        if span is None:
            raise ValueError(f'"{name.text}" was seen at {sighting.start}, where no piece of the text begins')
        return span


@Language.factory(FACTORY, default_config={"vocabulary": ""})
def build_component(nlp: Language, name: str, vocabulary: str) -> NameComponent:  # noqa: ARG001  spaCy passes a name
    """Return the component for a vocabulary in JSON: one string, because spaCy's configurations are strict of keys."""
    return NameComponent(nlp, msgspec.json.decode(vocabulary, type=Vocabulary))


def build_pipeline(vocabulary: Vocabulary) -> Language:
    """Return `spacy.blank("en")` with our tokenizer and the component; no model, no network."""
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": TOKENIZER}}})
    nlp.max_length = sys.maxsize  # spaCy's limit guards parsers, and a trial with results may be longer
    nlp.add_pipe(FACTORY, config={"vocabulary": msgspec.json.encode(vocabulary).decode()})
    return nlp
