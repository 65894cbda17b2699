"""What a paper weighs in a letter, as rules read from data; it ranks nothing.

The rules are `article_rank.toml` beside this module, package data read once at first use; no other file is read.
"""

from __future__ import annotations

import functools
import importlib.resources
import re
import tomllib
from typing import Literal

import msgspec

from models.change import Weight

When = Literal["linked", "unnamed", "aside", "trial_report", "context", "agent", "any"]


class RankRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule; its rank is its place in the file, from 1. `reason` is empty where an aside has its own."""

    name: str
    when: When
    weight: Weight
    reason: str


class Reports(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a report on a clinical trial is known by: beginnings of publication types, or a pattern of titles."""

    types: tuple[str, ...]
    titles: str
    not_types: frozenset[str]


class Context(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of oncology and checkpoints, as a pattern, and how many of them an abstract must hold.

    `outweighing`: how many it must hold to outweigh an aside.
    """

    words: str
    in_abstract: int
    outweighing: int


class Aside(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A target in a sense of no interest: patterns of the sentences that name it, or of the paper; "" for neither."""

    target: str
    reason: str
    unless_context: bool
    sentence: str = ""
    paper: str = ""


class RankRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"rules": "rule", "asides": "aside"}):
    """All of it, rules in order."""

    rules: tuple[RankRule, ...]
    reports: Reports
    context: Context
    asides: tuple[Aside, ...]


@functools.cache
def read_rank_rules() -> RankRules:
    """Return the rules; every pattern of theirs can be read."""
    body = importlib.resources.files("models").joinpath("article_rank.toml").read_bytes()
    return parse_rank_rules(body.decode("utf-8"))


def parse_rank_rules(text: str) -> RankRules:
    """Return rules written as TOML.

    Raises:
        msgspec.ValidationError: an unknown key, or none of the rules fits any paper.
        re.error: a pattern cannot be read.
    """
    rules = msgspec.convert(tomllib.loads(text), RankRules)
    if not any(rule.when == "any" for rule in rules.rules):
        raise msgspec.ValidationError('the last rule must fit any paper: when = "any"')
    patterns = (rules.reports.titles, rules.context.words, *(one.sentence for one in rules.asides))
    for pattern in (*patterns, *(one.paper for one in rules.asides)):
        re.compile(pattern)
    return rules
