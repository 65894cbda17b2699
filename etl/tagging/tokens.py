"""The spaCy tokenizer: a Doc whose text is the text and whose tokens are its pieces; matches nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

from spacy.attrs import NORM  # type: ignore[import-not-found]  # Cython without types
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import DummyTokenizer, registry
from spacy.vocab import Vocab

from etl.tagging.pieces import cut_pieces, fold_piece

TOKENIZER = "trialwatch.pieces.v1"
_SURROGATE = re.compile("[\ud800-\udfff]")


class PieceTokenizer(DummyTokenizer):
    """Splits at every boundary between letters, digits, white space and signs; NORM is the folded piece.

    `doc.text == text` and `token.idx` is an exact code point offset, for every text spaCy can hold (see
    `hide_surrogates`).
    """

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Return `text` as a Doc."""
        words, spaces = cut_pieces(text)
        return Doc(self.vocab, words=words, spaces=spaces)


def build_tokenizer() -> Callable[[Language], PieceTokenizer]:
    """Return what spaCy calls to make the tokenizer of a pipeline.

    Only NORM is ever read, and computing spaCy's other twenty attributes of every new word costs four times the
    rest of the tokenizer: they are taken from this pipeline's vocabulary.
    """

    def build(nlp: Language) -> PieceTokenizer:
        getters = nlp.vocab.lex_attr_getters  # type: ignore[attr-defined]  # left out of spaCy's stub
        getters.clear()
        getters[NORM] = fold_piece
        return PieceTokenizer(nlp.vocab)

    return build


registry.tokenizers.register(TOKENIZER, func=build_tokenizer)


def hide_surrogates(text: str) -> str:
    """Return `text`, of the same length, without the lone surrogates that spaCy cannot encode."""
    if text.isascii():
        return text
    try:
        text.encode()  # which is much faster than to look for them
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text
