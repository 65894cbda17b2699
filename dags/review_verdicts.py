"""The review step: claims into the warehouse, and a verdict on each, with when it stood. It reads no source."""

from __future__ import annotations

import functools
import hashlib
import importlib.resources
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from dags.review_dossiers import build_dossiers
from dags.run import Run
from dags.tagging_rules import describe_code
from etl.review.dossier import Dossier
from etl.review.judging import judge
from etl.review.rows import (
    Basis,
    build_claim_row,
    build_misprint_rows,
    build_review_row,
    build_verdict_row,
)
from etl.review.words import VERDICT_WORDS
from etl.review_schemas import REVIEW, REVIEW_CLAIM, REVIEW_MISPRINT, REVIEW_VERDICT_LOG
from etl.schemas import build_frame
from etl.wording import count
from models.verdicts import VERDICTS, read_rules

_CODE = (
    "aftermath.py", "arms.py", "dossier.py", "finding.py", "findings.py", "identity.py", "judging.py", "papers.py",
    "standing.py",
)  # fmt: skip


def has_reviews(run: Run) -> bool:
    """Return whether there are claims to judge, or claims held that nobody follows any more."""
    return bool(run.inputs.reviews) or bool(run.store.read_value("held_claims"))


def judge_reviews(run: Run) -> str:
    """Put the claims into the warehouse and judge each; a verdict, rule or evidence that moved is a new row."""
    dossiers = build_dossiers(
        run.inputs.reviews,
        run.inputs.vocabulary,
        run.store.read_rows,
        run.clock,
        run.inputs.settings.review.stale_after_days,
    )
    _write_claims(run, dossiers)
    steps = {one.step for one in run.steps}
    basis = Basis(
        find_judging_version(),
        run.inputs.vocabulary.version,
        is_history="history" in steps and "clinicaltrials" not in steps,
    )
    held = {(row["review"], row["claim"]): row for row in run.store.read_rows("held_verdicts")}
    rulings = [judge(one) for one in dossiers]
    rows: list[dict[str, Any]] = []
    for one, ruling in zip(dossiers, rulings, strict=True):
        row = build_verdict_row(one, ruling, held.get((one.review.id, one.claim.id)), basis, (run.clock, run.run_id))
        rows += [row] if row else []
    known = {(one.review.id, one.claim.id) for one in dossiers}
    moved = {(row["review"], row["claim"]) for row in rows}
    ended = [row["verdict_id"] for key, row in held.items() if key in moved or key not in known]
    if ended:
        run.store.run("end_verdicts", verdict_ids=ended, clock=run.clock)
    run.store.append("review_verdict_log", build_frame(rows, REVIEW_VERDICT_LOG))
    run.store.run("advance_verdicts", rules_version=basis.rules_version, vocabulary_version=basis.vocabulary_version)
    counted = Counter(ruling.verdict for ruling in rulings)
    told = [f"{counted[verdict]} {VERDICT_WORDS[verdict]}" for verdict in VERDICTS if counted[verdict]]
    return f"{count(len(dossiers), 'claim')}: {', '.join(told)}" if dossiers else "no claims"


def _write_claims(run: Run, dossiers: Sequence[Dossier]) -> None:
    reviews = run.inputs.reviews
    places = {(review.id, claim.id): place for review in reviews for place, claim in enumerate(review.claims)}
    claims = [build_claim_row(one, places[one.review.id, one.claim.id]) for one in dossiers]
    misprints = [row for review in reviews for row in build_misprint_rows(review)]
    run.store.refill("review", build_frame(map(build_review_row, reviews), REVIEW))
    run.store.refill("review_claim", build_frame(claims, REVIEW_CLAIM))
    run.store.refill("review_misprint", build_frame(misprints, REVIEW_MISPRINT))


@functools.cache
def find_judging_version() -> str:
    """Return a hash of the rules and of what finds by them: where it moves, so may verdicts, though no record did."""
    digest = hashlib.blake2b(msgspec.json.encode(read_rules()), digest_size=8)
    for name in _CODE:
        digest.update(
            describe_code(importlib.resources.files("etl").joinpath("review", name).read_text("utf-8")).encode()
        )
    return digest.hexdigest()
