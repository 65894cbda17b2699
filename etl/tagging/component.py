"""The spaCy pipeline: a blank English one with our tokenizer and a component that marks names; decides no sense."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from operator import add

import msgspec
import spacy
from spacy.language import Language
from spacy.strings import StringStore
from spacy.tokens import Doc, Span

from etl.tagging.finder import PieceRow, Sighting, Spelling, Stem, find_sightings, find_spellings
from etl.tagging.lexicon import build_lexicon, find_names
from etl.tagging.pieces import SEPARATORS, cut_pieces, fold_piece
from etl.tagging.scan import Scan, Window
from etl.tagging.tokens import TOKENIZER
from models.vocabulary import Vocabulary

FACTORY = "trialwatch_names"
SPANS = "names"
_UNKNOWN = 0  # what a piece is known by that no name and no separator has
_MOST_PIECES = 50_000
_MOST_WORDS, _LONGEST_KNOWN = 4_096, 80  # windows that are remembered, and the code points of one


class _Keys(dict[str, int]):
    """By a piece of a text, what the lexicon knows it by. As many are kept as a long run may meet again."""

    def __init__(self, strings: StringStore) -> None:
        self._strings = strings

    def __missing__(self, piece: str) -> int:
        folded = fold_piece(piece)
        key = self._strings[folded] if folded in self._strings else _UNKNOWN  # noqa: SIM401  it has no get
        if len(self) < _MOST_PIECES:
            self[piece] = key
        return key


class NameComponent:
    """Puts every spelling of every name into `doc.spans["names"]`, overlapping ones too.

    A span's `label_` is the kind of name, its `kb_id_` the target or agent, its `id` the name's number. The targets
    and agents of what is seen are those of `vocabulary` themselves.
    """

    def __init__(self, nlp: Language, vocabulary: Vocabulary) -> None:
        strings = nlp.vocab.strings
        self.vocabulary = vocabulary
        self._root = build_lexicon(find_names(vocabulary), strings.add)
        self._separators = frozenset(strings.add(piece) for piece in SEPARATORS)
        self._keys = _Keys(strings)
        self._spell_known = lru_cache(_MOST_WORDS)(self._spell)
        self.scan = Scan(self._root)

    def __call__(self, doc: Doc) -> Doc:
        """Mark the names in `doc`."""
        keys, starts, lengths = doc.to_array(["NORM", "IDX", "LENGTH"]).T.tolist() if len(doc) else ([], [], [])
        row = PieceRow(doc.text, keys, starts, lengths)
        found = list(find_sightings(doc.text, 0, find_spellings(row, self._root, self._separators)))
        doc.user_data[SPANS] = found
        doc.spans[SPANS] = list(self._mark(doc, row, found))
        return doc

    def read(self, doc: Doc) -> list[Sighting]:
        """Return what `doc` was marked with, in code points of its text."""
        found: list[Sighting] = doc.user_data[SPANS]
        return found

    def find(self, text: str, windows: Sequence[Window]) -> list[Sighting]:
        """Return what the pipeline marks inside `windows` of `text`, without making a Doc of them."""
        found: list[Sighting] = []
        for begin, end in windows:
            spell = self._spell_known if end - begin <= _LONGEST_KNOWN else self._spell
            if spellings := spell(text[begin:end]):
                found += find_sightings(text, begin, spellings)
        return found

    def _spell(self, words: str) -> list[Spelling | Stem]:
        pieces, spaces = cut_pieces(words)
        keys = [self._keys[piece] for piece in pieces]
        lengths = [len(piece) for piece in pieces]
        starts = list(accumulate(map(add, lengths, spaces), initial=0))
        return find_spellings(PieceRow(words, keys, starts, lengths), self._root, self._separators)

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
