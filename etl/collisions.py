"""Finds spellings that lead to two things, generated ones too, and says which of them stands. Pure; it tags nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import combinations
from typing import Literal, NamedTuple

import msgspec

from etl.tagging.lexicon import Name, find_holders, find_names
from etl.tagging.variants import Pattern, build_patterns
from models.vocabulary import Target, Vocabulary

Kind = Literal["collision", "shadow", "blocker"]
_WON_BY = {
    "agent": "an agent before a target",
    "lead": "a lead agent before a backbone",
    "listed": "the one that comes first in the vocabulary",
}
_BLOCKED = "beside it a short name is not read as the other"
_SELF_BLOCKED = "a blocker that is the name itself blocks nothing"


class Collision(msgspec.Struct, frozen=True):
    """One spelling and what it leads to; of equal places in a text, `winner` stands there, for the reason `rule`.

    `kind`: shadow where a name of the user's own is one of the package's too; blocker where a name of one thing speaks
    against another, or against itself. `things` are named as a person would: `agent relatlimab`.
    """

    kind: Kind
    spelling: str
    things: tuple[str, ...]
    winner: str
    rule: str


class _Spelt(NamedTuple):
    name: Name
    pattern: Pattern


def find_collisions(vocabulary: Vocabulary, package: Vocabulary | None = None) -> list[Collision]:
    """Return the collisions, each pair of things once for every name of theirs; what `package` lacks is one's own."""
    names = find_names(vocabulary)
    by_key: dict[tuple[str, ...], list[_Spelt]] = defaultdict(list)
    for name in names:
        if name.kind != "blocker":
            for pattern in build_patterns(name.text, name.kind):
                by_key[pattern.key].append(_Spelt(name, pattern))
    shipped = {_describe_thing(name) for name in find_names(package)} if package else set()
    found = [*_find_pairs(by_key, shipped), *_find_blocked(names, by_key)]
    return sorted({_identify(one): one for one in reversed(found)}.values(), key=_identify)


def _identify(one: Collision) -> tuple[str, str, tuple[str, ...]]:
    return one.kind, one.spelling.casefold(), one.things


def _find_pairs(by_key: dict[tuple[str, ...], list[_Spelt]], shipped: Collection[str]) -> Iterator[Collision]:
    for spelt in by_key.values():
        for one, other in combinations(spelt, 2):
            if one.name.thing is not other.name.thing and _meet(one.pattern, other.pattern):
                first, second = sorted((one.name, other.name), key=_rank)
                things = (_describe_thing(first), _describe_thing(second))
                is_shadow = bool(shipped) and (things[0] in shipped) != (things[1] in shipped)
                yield Collision("shadow" if is_shadow else "collision", first.text, things, *_judge(first, second))


def _meet(one: Pattern, other: Pattern) -> bool:
    """Return whether one text can be both."""
    if one.forms is not None and other.forms is not None and not one.forms & other.forms:
        return False
    return all(left & right for left, right in zip(one.gaps, other.gaps, strict=True))


def _rank(name: Name) -> tuple[bool, bool, int]:
    """As `choose_longest` ranks two of one length."""
    return name.kind != "agent", getattr(name.thing, "role", "") == "backbone", name.number


def _judge(first: Name, second: Name) -> tuple[str, str]:
    """Return which stands and why. A doubtful name stands only where the text speaks for it."""
    if first.grade != "safe" and second.grade == "safe":
        return _describe_thing(second), f"safe, unless the text speaks for {_describe_thing(first)}"
    if first.kind != second.kind:
        rule = _WON_BY["agent"]
    elif _rank(first)[1] != _rank(second)[1]:
        rule = _WON_BY["lead"]
    else:
        rule = _WON_BY["listed"]
    return _describe_thing(first), rule


def _find_blocked(names: Sequence[Name], by_key: dict[tuple[str, ...], list[_Spelt]]) -> Iterator[Collision]:
    for thing in {id(name.thing): name.thing for name in names}.values():
        kind = "target" if isinstance(thing, Target) else "agent"
        blocked = f"{kind} {thing.name}"
        holders = find_holders(thing)
        for text in thing.blockers:
            for pattern in build_patterns(text, "blocker"):
                for spelt in by_key.get(pattern.key, ()):
                    if not _meet(pattern, spelt.pattern):
                        continue
                    other = _describe_thing(spelt.name)
                    rule = _SELF_BLOCKED if text in holders else _BLOCKED
                    yield Collision("blocker", text, (other, blocked), other, rule)


def _describe_thing(name: Name) -> str:
    return f"{'target' if isinstance(name.thing, Target) else 'agent'} {name.thing.name}"
