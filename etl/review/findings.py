"""What the records say that bears on a claim: all findings with their evidence. It knows no verdict and no rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from etl.review.aftermath import find_registered, find_successors
from etl.review.dossier import Cited, Dossier, Row
from etl.review.finding import Finding, show_day
from etl.review.identity import compare_identity, find_other_number
from etl.review.papers import find_paper_findings, list_once
from etl.review.standing import compare_results, compare_status
from models.verdicts import FindingKind


def find_trial_findings(dossier: Dossier, cited: Cited) -> Iterator[Finding]:
    """Yield what one cited trial's record says; where it cannot be relied on, that alone."""
    row = cited.row
    if row is None:
        yield Finding(kind="not_read", evidence={"nct_id": cited.number})
        return
    base = {"nct_id": row["nct_id"]} | ({"cited_as": cited.number} if cited.number != row["nct_id"] else {})
    unsure = _find_unsure(dossier, cited, row, base)
    if unsure:
        yield unsure
        return
    differs = list(compare_identity(dossier, cited, row, base))
    yield from find_other_number(dossier, differs, base)
    yield from differs
    yield from compare_status(dossier, cited, row, base)
    yield from compare_results(dossier, cited, row, base)
    yield from find_successors(dossier, row, base)
    yield from find_paper_findings(dossier, cited.papers, base)
    yield Finding(kind="read", evidence=base | {"status": row["overall_status"]})


def _find_unsure(dossier: Dossier, cited: Cited, row: Row, base: dict[str, Any]) -> Finding | None:
    """Return why a record cannot be relied on, None where it can."""
    if row["registry_state"] != "listed":
        kind: FindingKind = "gone" if row["registry_state"] == "gone" else "missing"
        moves = [one for one in cited.changes if one["kind"] == "registry_state"][-1:]
        last = {"last_status": row["overall_status"], "since": show_day(moves[0]["source_date"]) if moves else None}
        return Finding(kind=kind, evidence=base | last | {"change_ids": [one["change_id"] for one in moves]})
    checked_on = row["last_checked_at"].date()
    if (dossier.today - checked_on).days > dossier.stale_after_days:
        return Finding(kind="stale", evidence=base | {"last_checked": checked_on.isoformat()})
    return None if row["is_tagged"] else Finding(kind="untagged", evidence=base)


def find_claim_findings(dossier: Dossier) -> Iterator[Finding]:
    """Yield what is found beside the cited trials: of the papers cited, and of the agents."""
    yield from find_paper_findings(dossier, dossier.papers, {})
    if dossier.claim.state == "preclinical":
        yield from find_registered(dossier)
    if not dossier.cited:
        unread = [paper["pmid"] for paper in list_once(dossier.papers) if not paper["is_held"]]
        yield from (Finding(kind="paper_not_read", evidence={"pmid": pmid}) for pmid in unread)
        if dossier.papers:
            yield Finding(kind="papers_read")
        yield Finding(kind="no_trial")
    yield Finding(kind="any")
