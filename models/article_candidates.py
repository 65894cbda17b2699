"""How a paper is guessed to be about a trial: weights, thresholds and words, read from data; it scores nothing.

The rules are `article_candidates.toml` beside this module, package data read once at first use; no other file is read.
"""

from __future__ import annotations

import functools
import importlib.resources
import tomllib

import msgspec


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the rules; an unknown key is an error."""


class Needs(_Part, frozen=True):
    """What else must speak for a pair: all of it beside an agent alone, one of it beside a name or a number."""

    beside_agent: frozenset[str]
    beside_name: frozenset[str]


class Papers(_Part, frozen=True):
    """Which papers may be candidates, and which report on a trial: publication types, and patterns of titles."""

    excluded_types: frozenset[str]
    excluded_titles: str
    report_types: tuple[str, ...]
    report_titles: str


class StudyNames(_Part, frozen=True):
    """What a study's name looks like in a title, and what is none."""

    in_titles: str
    shortest: int
    not_names: frozenset[str]


class Agents(_Part, frozen=True):
    """Interventions that tell no trial from another, and words of names that are none; all folded."""

    shortest: int
    generic: frozenset[str]
    describing: frozenset[str]


class Sponsors(_Part, frozen=True):
    """Words, folded, that are left out of a sponsor's name."""

    dropped: tuple[str, ...]
    shortest: int


class Population(_Part, frozen=True):
    """Words of conditions that say little, and ways to say the same, folded."""

    generic: frozenset[str]
    same: tuple[tuple[str, ...], ...]


class CandidateRules(_Part, frozen=True):
    """All of it. `weights` by kind of evidence: number, name, agent, agent_in_title, all_agents and the others."""

    threshold: float
    most_trials: int
    common_agent: int
    days_before_start: int
    weights: dict[str, float]
    needs: Needs
    papers: Papers
    names: StudyNames
    agents: Agents
    sponsors: Sponsors
    population: Population


@functools.cache
def read_candidate_rules() -> CandidateRules:
    """Return the rules."""
    body = importlib.resources.files("models").joinpath("article_candidates.toml").read_bytes()
    return msgspec.convert(tomllib.loads(body.decode("utf-8")), CandidateRules)
