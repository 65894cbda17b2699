"""Which texts another vocabulary may read otherwise: those that spell a thing that changed. Pure; it tags nothing.

What is found in a text hangs on the things spelt there alone: on their names, cues and blockers, and on the genes that
tie agents to targets. So a text without a spelling of a changed thing, as it was or as it is, is read as before.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from etl.tagging.lexicon import find_holders
from etl.tagging.pieces import cut_pieces, fold_piece
from etl.tagging.variants import Kind, build_patterns
from models.vocabulary import Agent, Target, Vocabulary

Thing = Target | Agent
# ASCII, and signs that disguise no letter. A text with any other character is cut before it is compared.
_PLAIN = re.compile(
    r"[\x00-\x7f\u00a1-\u00a7\u00a9\u00ab\u00ac\u00ae\u00b0\u00b1\u00b7\u00bb\u2010-\u201f\u2022\u2264\u2265]*"
)
_FEW = 60  # words that are looked for one by one


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
        self._is_plain = all(anchor.isascii() and anchor.isalnum() for anchor in self._by_anchor)

    @property
    def is_looking(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self._by_anchor)

    def may_hold(self, payload: str) -> bool:
        """Return False where a look at a record as it came rules every spelling out; JSON may hold escapes."""
        if len(self._by_anchor) > _FEW or not self._is_plain:
            return True
        if "\\u" in payload or _PLAIN.fullmatch(payload) is None:
            return True
        folded = payload.lower()
        return any(anchor in folded for anchor in self._by_anchor)

    def holds(self, texts: Iterable[str]) -> bool:
        """Return whether all pieces of a spelling stand in one of the texts."""
        return any(self._holds(text) for text in texts)

    def _holds(self, text: str) -> bool:
        words = set(map(fold_piece, set(cut_pieces(text)[0])))
        return any(key <= words for anchor in self._by_anchor.keys() & words for key in self._by_anchor[anchor])


def _find_keys(thing: Thing) -> Iterator[tuple[str, ...]]:
    kind: Kind = "target" if isinstance(thing, Target) else "agent"
    listed = [(text, kind) for text, _ in thing.graded()] + [(text, "blocker") for text in find_holders(thing)]
    for text, use in listed:
        yield from (pattern.key for pattern in build_patterns(text, use))
