"""Every spelling of every name in one trie of folded pieces; finds where it leads, decides nothing about meaning."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from etl.tagging.pieces import Gap, skeleton
from etl.tagging.variants import Kind, Pattern, build_patterns, read_gaps, split_numbered
from models.vocabulary import Agent, Grade, Target, Vocabulary

_REMEMBERED = 32  # spellings a node; few names have as many
_DOUBT: tuple[Grade, ...] = ("never_alone", "needs_context", "safe")
_AS_WRITTEN = {Gap.HYPHENATED: Gap.DASH, Gap.WRAPPED: Gap.SPACE, Gap.LOOSE: Gap.DASH}


@dataclass(frozen=True, slots=True)
class Name:
    """One name of one thing, with its own gaps and skeleton.

    A "blocker" is a longer phrase that holds a name of `thing` and is not it, as CCR4-NOT is not CCR4. `number` is
    its place among all names of the vocabulary.
    """

    number: int
    kind: Kind
    thing: Target | Agent
    text: str
    grade: Grade
    gaps: tuple[Gap, ...]
    form: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands at the end of a path: a name and one of its patterns."""

    name: Name
    pattern: Pattern

    def fits(self, gaps: Sequence[Gap], form: str) -> bool:
        """Return whether a text with these gaps and this skeleton spells the name."""
        if self.pattern.forms is not None and form not in self.pattern.forms:
            return False
        return all(seen & allowed for seen, allowed in zip(gaps, self.pattern.gaps, strict=True))

    def distance(self, gaps: Sequence[Gap], form: str) -> tuple[bool, bool, int]:
        """Return how far a text that fits is from the name as listed; among equals the most doubtful is nearest.

        A grade belongs to one spelling: IMP701 may be safe where IMP-701 is not.
        """
        written = tuple(_AS_WRITTEN.get(gap, gap) for gap in gaps[self.pattern.aside :])
        return written != self.name.gaps, form != self.name.form, _DOUBT.index(self.name.grade)


@dataclass(slots=True)
class Node:
    """A place in the trie. `numbers`: by number, the names that go on from this stem with a number (TIM → 3).

    `chosen` remembers what `choose_entries` answered to the first spellings asked about.
    """

    children: dict[Hashable, Node] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    numbers: dict[str, list[Entry]] = field(default_factory=dict)
    chosen: dict[tuple[tuple[Gap, ...], str], tuple[Entry, ...]] = field(default_factory=dict)


def build_lexicon(names: Iterable[Name], key: Callable[[str], Hashable] = str) -> Node:
    """Return the root of the trie over all spellings of `names`; `key` turns a folded piece into what texts hold."""
    root = Node()
    for name in names:
        for pattern in build_patterns(name.text, name.kind):
            _add(root, Entry(name, pattern), [key(piece) for piece in pattern.key])
    return root


def find_names(vocabulary: Vocabulary) -> list[Name]:
    """Return every name with its thing and grade, and the blockers that hold a name of their own thing."""
    listed: list[tuple[Kind, Target | Agent, str, Grade]] = []
    things: list[Target | Agent] = [*vocabulary.targets, *vocabulary.agents]
    for thing in things:
        kind: Kind = "target" if isinstance(thing, Target) else "agent"
        listed.extend((kind, thing, text, grade) for text, grade in thing.graded())
        listed.extend(("blocker", thing, text, "safe") for text in find_holders(thing))
    return [
        Name(number, kind, thing, text, grade, read_gaps(text), skeleton(text))
        for number, (kind, thing, text, grade) in enumerate(listed)
    ]


def find_holders(thing: Target | Agent) -> tuple[str, ...]:
    """Return the blockers that contain a name of `thing`: each blocks only itself, not its whole sentence."""
    if not thing.blockers:
        return ()
    names = [_key(text) for text, _ in thing.graded()]
    return tuple(text for text in thing.blockers if any(_contains(_key(text), name) for name in names))


def choose_entries(node: Node, gaps: Sequence[Gap], form: str) -> tuple[Entry, ...]:
    """Return, for every thing and kind whose name ends at `node`, the entry nearest to these gaps and form."""
    key = tuple(gaps), form
    if key in node.chosen:
        return node.chosen[key]
    chosen = _choose_entries(node, gaps, form)
    if len(node.chosen) < _REMEMBERED:
        node.chosen[key] = chosen
    return chosen


def _choose_entries(node: Node, gaps: Sequence[Gap], form: str) -> tuple[Entry, ...]:
    nearest: dict[tuple[Kind, str], Entry] = {}
    for entry in node.entries:
        if entry.fits(gaps, form):
            place = (entry.name.kind, entry.name.thing.name)
            known = nearest.get(place)
            if known is None or entry.distance(gaps, form) < known.distance(gaps, form):
                nearest[place] = entry
    return tuple(nearest.values())


@lru_cache(maxsize=4096)
def _key(text: str) -> tuple[str, ...]:
    patterns = build_patterns(text, "blocker")
    return patterns[0].key if patterns else ()


def _contains(whole: tuple[str, ...], part: tuple[str, ...]) -> bool:
    starts = range(len(whole) - len(part) + 1) if part else ()
    return any(whole[start : start + len(part)] == part for start in starts)


def _add(root: Node, entry: Entry, path: list[Hashable]) -> None:
    node = root
    numbered = split_numbered(entry.pattern) if entry.name.kind == "target" else None
    for place, key in enumerate(path):
        node = node.children.setdefault(key, Node())
        if place == 0 and numbered is not None:
            node.numbers.setdefault(numbered[1], []).append(entry)
    node.entries.append(entry)
