"""From findings to a verdict, by the rules that are data. It finds nothing itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from etl.review.dossier import Dossier
from etl.review.finding import Finding
from etl.review.findings import find_claim_findings, find_trial_findings
from etl.review.words import WORDLESS, tell_reason
from models.review import SaidState
from models.verdicts import GRAVEST, Rule, Ruling, Verdict, read_rules

# What only leads to a rule, and says nothing that another finding does not say.
_BARE = (*WORDLESS, "read", "stopped_since", "results_posted_since", "result_paper_since")


def judge(dossier: Dossier) -> Ruling:
    """Return the verdict on a claim: that of the gravest of its cited trials, each judged with what is found beside."""
    beside = list(find_claim_findings(dossier))
    if not dossier.cited:
        return _judge(dossier.claim.state, beside)
    rulings = [_judge(dossier.claim.state, [*find_trial_findings(dossier, cited), *beside]) for cited in dossier.cited]
    first = min(rulings, key=lambda one: GRAVEST.index(one.verdict))
    others = [piece for one in rulings if one is not first for piece in one.evidence if piece not in first.evidence]
    return Ruling(
        verdict=first.verdict,
        rule=first.rule,
        reason=first.reason,
        evidence=(*first.evidence, *others),
        is_read=first.is_read,
    )


def _judge(said: SaidState, findings: Sequence[Finding]) -> Ruling:
    rule, finding = _find_rule(said, findings)
    told = [one for one in findings if one is not finding and one.kind not in _BARE]
    ordered = told if finding.kind in WORDLESS else [finding, *told]
    evidence = _once(_write(one) for one in ordered)
    return Ruling(
        verdict=_find_verdict(rule, finding),
        rule=rule.id,
        reason=tell_reason(rule.id, evidence),
        evidence=tuple(evidence),
        is_read=not finding.is_unread,
    )


def _find_rule(said: SaidState, findings: Sequence[Finding]) -> tuple[Rule, Finding]:
    """Return the first rule that fits, with the finding by which it does; of several of a kind the first one of press.

    A rule on findings of any kind comes last, so one always fits.
    """
    for rule in read_rules():
        fitting = [one for one in findings if one.kind == rule.finding]
        if fitting and (not rule.said or said in rule.said):
            return rule, next((one for one in fitting if rule.at_press and one.was_before), fitting[0])
    raise AssertionError("no rule fits: models/verdict_rules.toml must end with one that always does")


def _find_verdict(rule: Rule, finding: Finding) -> Verdict:
    return "outdated_at_press" if rule.at_press and finding.was_before else rule.verdict


def _write(one: Finding) -> dict[str, Any]:
    return {"kind": one.kind.removesuffix("_since"), **one.evidence, "was_before": one.was_before}


def _once(pieces: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    for piece in pieces:
        if piece not in kept:
            kept.append(piece)
    return kept
