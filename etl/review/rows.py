"""A review, its claims and its verdicts as rows of the warehouse. Pure; it judges nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from etl.review.dossier import Dossier
from models.review import Review
from models.verdicts import Ruling, find_rule

Row = dict[str, Any]
# Rules that fit by what the vocabulary knows: where it moves, they may, though no record did.
_BY_VOCABULARY = {
    "agent_absent", "agent_left", "other_number", "target_absent", "partner_absent", "successor", "agent_registered",
    "agent_unregistered",
}  # fmt: skip
# Whether it was so at printing already is told by what was then, however late that is learnt.
_OF_THE_PAST = {"outdated", "outdated_at_press"}


def build_review_row(review: Review) -> Row:
    """Return a review."""
    return {
        "review": review.id,
        "title": review.title,
        "citation": review.citation or None,
        "printed_on": review.printed,
        "doi": review.doi or None,
        "pmid": review.pmid or None,
        "file": review.file,
    }


def build_misprint_rows(review: Review) -> Iterator[Row]:
    """Yield a review's misprints."""
    for one in review.misprints:
        said = msgspec.structs.asdict(one)
        yield {"review": review.id, **said, "section": one.section or None, "note": one.note or None}


def build_claim_row(dossier: Dossier, position: int) -> Row:
    """Return a claim, its names by the vocabulary."""
    claim, review = dossier.claim, dossier.review
    return {
        "review": review.id,
        "claim": claim.id,
        "position": position,
        "section": claim.section,
        "statement": claim.statement.strip(),
        "state": claim.state,
        "name": claim.name or None,
        "trials": [*claim.trials],
        "meant_trials": [*claim.meant],
        "agents": [*dossier.agents],
        "targets": [*dossier.targets],
        "pathways": [*dossier.pathways],
        "phase": claim.phase or None,
        "condition": claim.condition or None,
        "articles": [*claim.articles],
        "printed_on": review.printed,
        "unresolved": [*dossier.unresolved],
        "note": claim.note or None,
        "claim_hash": hash_claim(dossier),
    }


def hash_claim(dossier: Dossier) -> str:
    """Return a hash of all that is tested of a claim: words and notes may be mended without a new beginning."""
    claim = dossier.claim
    tested = (
        dossier.review.printed, claim.state, claim.trials, claim.meant, dossier.agents, dossier.targets, claim.phase,
        claim.condition, claim.articles,
    )  # fmt: skip
    return hashlib.blake2b(msgspec.json.encode(tested), digest_size=8).hexdigest()


class Basis(msgspec.Struct, frozen=True):
    """By what verdicts are judged beside the records. `is_history`: the run read what was before, nothing new."""

    rules_version: str
    vocabulary_version: str
    is_history: bool = False


def build_verdict_row(
    dossier: Dossier, ruling: Ruling, held: Mapping[str, Any] | None, basis: Basis, run: tuple[dt.datetime, int]
) -> Row | None:
    """Return the verdict on a claim where it is not the one held, rule and evidence included; None where it is.

    `run` is the clock and number of the run.
    """
    clock, run_id = run
    claim_hash, evidence = hash_claim(dossier), write_evidence(ruling.evidence)
    told = (ruling.verdict, ruling.rule, evidence, claim_hash)
    if held and told == (held["verdict"], held["rule"], held["evidence"], held["claim_hash"]):
        return None
    cause = _find_cause(held, ruling, claim_hash, basis)
    key = "\0".join((dossier.review.id, dossier.claim.id, *told, clock.isoformat()))
    return {
        "verdict_id": hashlib.blake2b(key.encode(), digest_size=12).hexdigest(),
        "review": dossier.review.id,
        "claim": dossier.claim.id,
        "verdict": ruling.verdict,
        "rule": ruling.rule,
        "reason": ruling.reason,
        "evidence": evidence,
        "is_read": ruling.is_read,
        "previous_verdict": held["read_verdict"] if held and cause != "claim" else None,
        "cause": cause,
        "claim_hash": claim_hash,
        "rules_version": basis.rules_version,
        "vocabulary_version": basis.vocabulary_version,
        "since_at": clock,
        "ended_at": None,
        "run_id": run_id,
    }


def write_evidence(evidence: Sequence[Mapping[str, Any]]) -> str:
    """Return evidence as JSON; the same evidence gives the same text."""
    return msgspec.json.encode(evidence, order="deterministic").decode()


def _find_cause(held: Mapping[str, Any] | None, ruling: Ruling, claim_hash: str, basis: Basis) -> str:
    if held is None:
        return "first"
    if held["claim_hash"] != claim_hash:
        return "claim"
    if held["rules_version"] != basis.rules_version:
        return "rules"
    if basis.is_history or {held["read_verdict"], ruling.verdict} == _OF_THE_PAST:
        return "history"
    rules = [find_rule(name) for name in (held["rule"], ruling.rule)]
    by_vocabulary = any(rule is None or rule.finding in _BY_VOCABULARY for rule in rules)
    return "vocabulary" if by_vocabulary and held["vocabulary_version"] != basis.vocabulary_version else "record"
