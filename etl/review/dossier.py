"""What is held of the records that a claim rests on, as one value a claim. It looks nothing up and judges nothing."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from models.review import Claim, Review
from models.vocabulary import Vocabulary

Row = Mapping[str, Any]
_PHASES = {"EARLY_PHASE1": 0.5, "PHASE1": 1.0, "PHASE2": 2.0, "PHASE3": 3.0, "PHASE4": 4.0}


class Cited(msgspec.Struct, frozen=True, kw_only=True):
    """A trial that a claim cites by `number`. `row` is None where no record of it was ever read.

    `at_printing` is its state at the end of the day of printing, None where no version of then is held. `changes` are
    those of its status, and of results posted, in order. `agents` and `targets` are those its arms name,
    `named_targets` those it names anywhere. `meets_condition` is None where the claim says nothing of it. `papers` are
    those stated to report it.
    """

    number: str
    row: Row | None
    at_printing: Row | None = None
    changes: Sequence[Row] = ()
    agents: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    named_targets: frozenset[str] = frozenset()
    meets_condition: bool | None = None
    papers: Sequence[Row] = ()


class Resolved(msgspec.Struct, frozen=True, kw_only=True):
    """A claim's names by the vocabulary, misprints mended.

    `names` holds all names of each agent, those of fixed combinations with it too.
    """

    agents: tuple[str, ...]
    leads: tuple[str, ...]
    followed: tuple[str, ...]
    targets: tuple[str, ...]
    pathways: tuple[str, ...]
    unresolved: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]]


class Dossier(Resolved, frozen=True, kw_only=True):
    """All that a claim is judged by.

    `agents` and `targets` are the claim's by the vocabulary's names; `leads` are those it is about: its lead agents, or
    all where it names backbones alone (`followed`: none then). `papers` are those it cites itself. `agent_trials` are
    all trials held that give one of its lead agents, alone or in a fixed combination, `watched` the agents that are
    watched. `unresolved` is what of it resolves to nothing. `meant` are the trials it means where those it prints are
    others.
    """

    review: Review
    claim: Claim
    cited: tuple[Cited, ...]
    meant: tuple[Cited, ...] = ()
    papers: Sequence[Row] = ()
    agent_trials: Sequence[Row] = ()
    watched: frozenset[str] = frozenset()
    today: dt.date
    stale_after_days: int


def resolve_claims(review: Review, vocabulary: Vocabulary) -> Iterator[tuple[Claim, Resolved]]:
    """Yield a review's claims, each with its names by the vocabulary."""
    combinations = find_combinations(vocabulary)
    yield from ((claim, resolve_claim(review, claim, vocabulary, combinations)) for claim in review.claims)


def resolve_claim(
    review: Review, claim: Claim, vocabulary: Vocabulary, combinations: Mapping[str, Sequence[str]]
) -> Resolved:
    """Return a claim's names by the vocabulary, and in words what of it resolves to nothing."""
    agents, targets, unresolved = {}, [], []
    for name in claim.agents:
        agent = vocabulary.find_agent(review.find_meaning(name, "agent"))
        if agent is None:
            unresolved.append(f"agent {name}: not in the vocabulary")
        else:
            agents[agent.name] = agent
    for name in claim.targets:
        target = vocabulary.find_target(review.find_meaning(name, "target"))
        if target is None:
            unresolved.append(f"target {name}: not in the vocabulary")
        else:
            targets.append(target.name)
    known = {pathway.name for pathway in vocabulary.pathways}
    unresolved += [f"pathway {name}: not in the vocabulary" for name in claim.pathways if name not in known]
    if claim.name and not (claim.trials or claim.meant):
        unresolved.append(f"trial {claim.name}: no number is known")
    leads = tuple(name for name, agent in agents.items() if agent.role == "lead")
    return Resolved(
        agents=tuple(agents),
        leads=leads or tuple(agents),
        followed=leads,
        targets=tuple(dict.fromkeys(targets)),
        pathways=tuple(name for name in claim.pathways if name in known),
        unresolved=tuple(unresolved),
        names={name: tuple(_list_names(name, vocabulary, combinations)) for name in agents},
    )


def find_open_misprints(review: Review, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield, in words, the misprints of agents and targets that mean nothing the vocabulary knows."""
    find = {"agent": vocabulary.find_agent, "target": vocabulary.find_target}
    for one in review.misprints:
        if one.kind in find and find[one.kind](one.means) is None:
            yield f"misprint {one.printed}: {one.means} is not in the vocabulary"


def find_combinations(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """Return the fixed combinations that the vocabulary knows, with the agents each is of."""
    parts = {agent.name: vocabulary.parts_of(agent) for agent in vocabulary.agents if "/" in agent.name}
    return {name: agents for name, agents in parts.items() if agents}


def _list_names(name: str, vocabulary: Vocabulary, combinations: Mapping[str, Sequence[str]]) -> Iterator[str]:
    combined = [each for each, parts in combinations.items() if name in parts]
    for agent in vocabulary.agents:
        if agent.name in (name, *combined):
            yield from (text for text, _ in agent.graded())


def find_end(row: Row, name: str) -> dt.date | None:
    """Return the last day that a stated date allows: a month ends with its last day, a year with December."""
    day: dt.date | None = row[name]
    match row.get(f"{name}_precision") if day else None:
        case "month":
            assert day is not None  # noqa: S101  only a date has a precision
            return day.replace(day=calendar.monthrange(day.year, day.month)[1])
        case "year":
            assert day is not None  # noqa: S101  likewise
            return day.replace(month=12, day=31)
    return day


def find_highest_phase(phases: Sequence[str] | None) -> float:
    """Return the highest phase as a number to compare: 0 for none stated, 0.5 for an early phase 1."""
    return max((_PHASES.get(phase, 0.0) for phase in phases or ()), default=0.0)


def parse_phase(printed: str) -> frozenset[str]:
    """Return the registry's phases of a printed one: `1/2` is PHASE1 and PHASE2."""
    if printed == "early 1":
        return frozenset({"EARLY_PHASE1"})
    return frozenset(f"PHASE{number}" for number in printed.split("/") if number)
