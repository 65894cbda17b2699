"""Which texts another vocabulary may read otherwise: those that spell a thing that changed. Pure; it tags nothing.

What is found in a text hangs on the things spelt there alone: on their names, cues and blockers, and on the genes that
tie agents to targets. So a text without a spelling of a changed thing, as it was or as it is, is read as before.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from etl.tagging.lexicon import find_holders
from etl.tagging.pieces import IGNORED, cut_pieces, fold_piece, plain_piece
from etl.tagging.variants import Kind, build_patterns
from models.vocabulary import Agent, Target, Vocabulary

Thing = Target | Agent
_FEW = 100  # pieces that are looked for one by one
_IGNORED = re.compile(f"[{IGNORED}]+")
_GREEK = re.compile("[\u03b1-\u03c9]")


def find_changed(old: Vocabulary, new: Vocabulary) -> list[Thing]:
    """Return what came, went or differs, as it was and as it is, with the agents of a gene whose target did.

    Where a name comes from, an agent's modality and a target's ids change no text's reading.
    """
    before, after = (_list_things(vocabulary) for vocabulary in (old, new))
    changed = before ^ after
    genes = {thing.symbol for thing in changed if isinstance(thing, Target)}
    tied = {
        agent
        for agent in before | after
        if isinstance(agent, Agent) and any(action.gene in genes for action in agent.actions)
    }
    return sorted(changed | tied, key=lambda thing: (thing.name, repr(thing)))


def _list_things(vocabulary: Vocabulary) -> set[Thing]:
    return {*map(_bare, vocabulary.targets), *map(_bare, vocabulary.agents)}


def _bare(thing: Thing) -> Thing:
    if isinstance(thing, Target):
        return msgspec.structs.replace(thing, source="", hgnc_id="", ncbi_gene=(), uniprot="")
    return msgspec.structs.replace(thing, source="", modality="")


class Spotter:
    """Says whether a text may spell any of some things; never no where a spelling stands."""

    def __init__(self, things: Iterable[Thing]) -> None:
        self._by_anchor: dict[str, list[frozenset[str]]] = defaultdict(list)
        for key in {frozenset(key) for thing in things for key in _find_keys(thing)}:
            self._by_anchor[max(key, key=lambda piece: (len(piece), piece))].append(key)
        self._is_quick = len(self._by_anchor) <= _FEW and all(
            anchor.isascii() and anchor.isalnum() for anchor in self._by_anchor
        )

    @property
    def is_looking(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self._by_anchor)

    def may_hold(self, payload: str) -> bool:
        """Return False where a look at a record as it came, JSON and all, rules every spelling out."""
        if not self._is_quick:
            return True
        if "\\u" in payload:  # letters may be escaped
            payload = msgspec.json.encode(msgspec.json.decode(payload)).decode()
        folded = _fold(payload)
        return any(anchor in folded for anchor in self._by_anchor)

    def holds(self, texts: Iterable[str]) -> bool:
        """Return whether all pieces of a spelling stand in one of the texts."""
        return any(self._holds(text) for text in texts)

    def _holds(self, text: str) -> bool:
        if self._is_quick:
            folded = _fold(text)
            if not any(anchor in folded for anchor in self._by_anchor):
                return False
        words = set(map(fold_piece, set(cut_pieces(text)[0])))
        return any(key <= words for anchor in self._by_anchor.keys() & words for key in self._by_anchor[anchor])


def _fold(text: str) -> str:
    """Return a text that holds every folded piece of `text` that is made of ASCII letters and digits."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", _IGNORED.sub("", text)).casefold()
    return _GREEK.sub(lambda letter: plain_piece(letter[0]), folded)


def _find_keys(thing: Thing) -> Iterator[tuple[str, ...]]:
    kind: Kind = "target" if isinstance(thing, Target) else "agent"
    listed = [(text, kind) for text, _ in thing.graded()] + [(text, "blocker") for text in find_holders(thing)]
    for text, use in listed:
        yield from (pattern.key for pattern in build_patterns(text, use))
