"""What someone wants to hear of, checked against the vocabulary: each name as it is spelt there. It selects nothing."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import msgspec

from models.errors import ConfigurationError
from models.settings import DigestSettings, Following
from models.vocabulary import Vocabulary
from models.watchlist import CONDITION_REMEDY, find_condition_flaw

# The registry's phases by what people write, without "phase", spaces and signs.
_PHASES = {
    "early1": ("EARLY_PHASE1",),
    "1": ("PHASE1",),
    "12": ("PHASE1", "PHASE2"),
    "2": ("PHASE2",),
    "23": ("PHASE2", "PHASE3"),
    "3": ("PHASE3",),
    "4": ("PHASE4",),
    "na": ("NA",),
}
_EACH_PHASE = "EARLY_PHASE1, PHASE1, PHASE2, PHASE3, PHASE4, NA"
_LISTS = ("targets", "agents", "pathways", "sponsors", "phases", "conditions")
_Follows = TypeVar("_Follows", bound=Following)


def resolve_digest(digest: DigestSettings, vocabulary: Vocabulary, file_name: str) -> DigestSettings:
    """Return the settings with every target, agent, pathway and phase that someone follows as it is spelt within.

    Raises:
        ConfigurationError: a name that the vocabulary does not know, a phase that there is not, an empty text, or a
            condition that cannot be read; the message begins with `file_name` and the place.
    """
    recipients = tuple(
        _resolve(one, vocabulary, f"{file_name}: digest.recipient[{place}]")
        for place, one in enumerate(digest.recipient)
    )
    webhook = _resolve(digest.webhook, vocabulary, f"{file_name}: digest.webhook")
    return msgspec.structs.replace(digest, recipient=recipients, webhook=webhook)


def _resolve(following: _Follows, vocabulary: Vocabulary, place: str) -> _Follows:
    for name in _LISTS:
        for number, text in enumerate(getattr(following, name)):
            if not text.strip():
                raise ConfigurationError(f"{place}.{name}[{number}]: it is empty", "name something, or leave it out")
    targets, agents = (_index(things) for things in (vocabulary.targets, vocabulary.agents))
    pathways = {one.name.casefold(): one.name for one in vocabulary.pathways}
    _check_conditions(following.conditions, place)
    return msgspec.structs.replace(
        following,
        targets=_name_each(following.targets, targets, f"{place}.targets", "target", _finder(vocabulary.find_target)),
        agents=_name_each(following.agents, agents, f"{place}.agents", "agent", _finder(vocabulary.find_agent)),
        pathways=_name_each(
            following.pathways, pathways, f"{place}.pathways", "pathway", lambda text: pathways.get(text.casefold())
        ),
        phases=_resolve_phases(following.phases, f"{place}.phases"),
    )


def _index(things: Sequence[msgspec.Struct]) -> dict[str, str]:
    names = [str(getattr(thing, "name", "")) for thing in things]
    return {name.casefold(): name for name in names}


def _finder(find: Callable[[str], msgspec.Struct | None]) -> Callable[[str], str | None]:
    return lambda text: getattr(find(text), "name", None)


def _name_each(
    texts: Sequence[str], known: Mapping[str, str], place: str, kind: str, find: Callable[[str], str | None]
) -> tuple[str, ...]:
    names = []
    for number, text in enumerate(texts):
        name = find(text.strip())
        if name is None:
            near = difflib.get_close_matches(text.casefold(), known, n=1)
            some = ", ".join(sorted(known.values())[:12])
            hint = f'did you mean "{known[near[0]]}"?' if near else f"known are {some}{' …' if len(known) > 12 else ''}"  # noqa: PLR2004  as many as a line holds
            raise ConfigurationError(f'{place}[{number}]: "{text}" is no {kind} of the vocabulary', hint)
        names.append(name)
    return tuple(dict.fromkeys(names))


def _resolve_phases(texts: Sequence[str], place: str) -> tuple[str, ...]:
    found: list[str] = []
    for number, text in enumerate(texts):
        key = "".join(sign for sign in text.casefold().replace("phase", "") if sign.isalnum())
        if key not in _PHASES:
            raise ConfigurationError(f'{place}[{number}]: "{text}" is no phase', f"use one of {_EACH_PHASE}")
        found += _PHASES[key]
    return tuple(dict.fromkeys(found))


def _check_conditions(conditions: Sequence[str], place: str) -> None:
    for number, condition in enumerate(conditions):
        flaw = find_condition_flaw(condition)
        if flaw:
            raise ConfigurationError(
                f"{place}.conditions[{number}]: {flaw}: {condition}",
                CONDITION_REMEDY,
            )
