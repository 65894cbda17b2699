"""The spaCy pipeline: a blank English one with our tokenizer and a component that marks names; decides no sense."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

import msgspec
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from etl.tagging.finder import PieceRow, Sighting, find_sightings
from etl.tagging.lexicon import build_lexicon, find_names
from etl.tagging.pieces import SEPARATORS, cut_pieces
from etl.tagging.scan import Scan, Window
from etl.tagging.tokens import TOKENIZER
from models.vocabulary import Vocabulary

FACTORY = "trialwatch_names"
SPANS = "names"
_BREAK = "\0"  # stands between the windows of an excerpt: no piece of a name, and no separator
EXCERPT = "excerpt"  # of a Doc: the text it is out of, and where its pieces start in it


class NameComponent:
    """Puts every spelling of every name into `doc.spans["names"]`, overlapping ones too.

    A span's `label_` is the kind of name, its `kb_id_` the target or agent, its `id` the name's number.
    """

    def __init__(self, nlp: Language, vocabulary: Vocabulary) -> None:
        self._vocab = nlp.vocab
        strings = nlp.vocab.strings
        self._names = find_names(vocabulary)
        self._root = build_lexicon(self._names, strings.add)
        self._separators = frozenset(strings.add(piece) for piece in SEPARATORS)
        self.scan = Scan(self._root)

    def __call__(self, doc: Doc) -> Doc:
        """Mark the names in `doc`, which is a text or an excerpt of one."""
        keys, starts, lengths = doc.to_array(["NORM", "IDX", "LENGTH"]).T.tolist() if len(doc) else ([], [], [])
        is_excerpt = EXCERPT in doc.user_data
        text, starts = doc.user_data[EXCERPT] if is_excerpt else (doc.text, starts)
        row = PieceRow(text, keys, starts, lengths)
        found = find_sightings(row, self._root, self._separators)
        doc.user_data[SPANS] = found
        if not is_excerpt:  # which nobody but `read` looks at
            doc.spans[SPANS] = list(self._mark(doc, row, found))
        return doc

    def read(self, doc: Doc) -> list[Sighting]:
        """Return what `doc` was marked with, in code points of its text."""
        found: list[Sighting] = doc.user_data[SPANS]
        return found

    def excerpt(self, text: str, windows: Sequence[Window]) -> Doc:
        """Return the pieces of `text` inside `windows` as a Doc that remembers where they stand."""
        words: list[str] = []
        spaces: list[bool] = []
        starts: list[int] = []
        for begin, end in windows:
            found, followed = cut_pieces(text[begin:end])
            words += (*found, _BREAK)
            spaces += (*followed, False)
            steps = (len(word) + space for word, space in zip(found, followed, strict=True))
            starts += accumulate(steps, initial=begin)
        return Doc(self._vocab, words=words, spaces=spaces, user_data={EXCERPT: (text, starts)})

    def _mark(self, doc: Doc, row: PieceRow, found: Iterable[Sighting]) -> Iterator[Span]:
        starts = {start: place for place, start in enumerate(row.starts)}
        pieces = zip(row.starts, row.lengths, strict=True)
        ends = {start + length: place for place, (start, length) in enumerate(pieces, 1)}
        for start, end, name in found:
            yield Span(doc, starts[start], ends[end], name.kind, kb_id=name.thing.name, span_id=name.number)


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
