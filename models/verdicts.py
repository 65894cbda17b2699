"""Verdicts on claims: their words, and the rules that lead to them, which are data. It judges nothing.

The rules are `verdict_rules.toml` beside this module, package data read once at first use; no other file is read.
"""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from typing import Any, Literal, get_args

import msgspec

from models.review import SaidState

Verdict = Literal["stands", "outdated", "outdated_at_press", "record_contradicts", "cannot_tell"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
FindingKind = Literal[
    "not_read", "gone", "missing", "stale", "untagged", "paper_not_read",
    "agent_absent", "agent_left", "target_absent", "partner_absent", "other_number", "phase_differs",
    "condition_differs",
    "papers_read", "paper_retracted", "report_retracted", "paper_concern", "paper_corrected",
    "stopped", "stopped_since", "ended", "paused", "set_by_registry", "open",
    "results_posted", "results_posted_since", "result_paper", "result_paper_since",
    "successor", "agent_registered", "agent_unregistered", "no_trial", "read", "any",
]  # fmt: skip
# Of several cited trials the first of these decides.
GRAVEST: tuple[Verdict, ...] = ("record_contradicts", "outdated_at_press", "outdated", "cannot_tell", "stands")


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule: of which statements and by what finding it fits, and what it leads to."""

    id: str
    finding: FindingKind
    verdict: Literal["stands", "outdated", "record_contradicts", "cannot_tell"]
    means: str
    said: tuple[SaidState, ...] = ()
    at_press: bool = False


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rule: tuple[Rule, ...]


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """What is judged of one claim: the verdict, the rule that led to it, and the evidence, the deciding finding first.

    `is_read`: the records it rests on were read; one that is not says nothing new of the claim. `reason` is in words.
    """

    verdict: Verdict
    rule: str
    reason: str
    evidence: tuple[dict[str, Any], ...]
    is_read: bool


@functools.cache
def read_rules() -> tuple[Rule, ...]:
    """Return the rules in their order of precedence."""
    return msgspec.convert(tomllib.loads(_read_body().decode("utf-8")), _File).rule


def find_rule(rule_id: str) -> Rule | None:
    """Return the rule of an id; None for one of another release."""
    return next((rule for rule in read_rules() if rule.id == rule_id), None)


def _read_body() -> bytes:
    return importlib.resources.files("models").joinpath("verdict_rules.toml").read_bytes()
