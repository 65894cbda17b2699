"""How a cited trial stands, and whether it has results: findings with their evidence. It knows no verdict and no rule.

Dates are the registry's own. Whether something was so by the day of printing is told by dates that leave no doubt; else
by the record as it stood then, where a version of then is held; else it is not known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from etl.review.dossier import Cited, Dossier, Row, find_end
from etl.review.finding import Finding, show_day, show_partial
from etl.review.papers import describe_paper, list_once
from models.change import OPEN, PAUSED, SET_BY_REGISTRY, STOPPED
from models.verdicts import FindingKind

_ENDED = frozenset({"COMPLETED", "NO_LONGER_AVAILABLE", "APPROVED_FOR_MARKETING"})


def compare_status(dossier: Dossier, cited: Cited, row: Row, base: dict[str, Any]) -> Iterator[Finding]:
    """Yield how the trial is listed; where it stopped, also that it did so since printing."""
    status: str = row["overall_status"]
    groups: tuple[tuple[FindingKind, frozenset[str]], ...] = (
        ("stopped", STOPPED),
        ("ended", _ENDED),
        ("paused", PAUSED),
        ("set_by_registry", SET_BY_REGISTRY),
        ("open", OPEN),
    )
    kind, alike = next(((kind, alike) for kind, alike in groups if status in alike), (None, frozenset[str]()))
    if kind is None:
        return
    evidence = base | _describe_status(cited, row)
    was_before = None if kind == "open" else _was_so(dossier, cited, row, alike | _find_graver(kind))
    yield Finding(kind=kind, evidence=evidence, was_before=was_before)
    if kind == "stopped" and was_before is not True:
        yield Finding(kind="stopped_since", evidence=evidence, was_before=was_before)


def _find_graver(kind: FindingKind) -> frozenset[str]:
    """Return the statuses at printing that make an end one of before printing, too: completed, then called stopped."""
    return STOPPED | _ENDED if kind in ("stopped", "ended") else frozenset()


def _was_so(dossier: Dossier, cited: Cited, row: Row, alike: frozenset[str]) -> bool | None:
    """Say whether it was so at printing: by the day it ended, of which the registry hears later, or as listed then."""
    ended_on = find_end(row, "completion_date") if row["completion_date_type"] == "ACTUAL" else None
    if ended_on and row["overall_status"] in STOPPED | _ENDED and ended_on <= dossier.review.printed:
        return True
    if cited.at_printing:
        return cited.at_printing["overall_status"] in alike
    if row["is_start_known"] and row["status_since"] and row["status_since"] > dossier.review.printed:
        return False
    return None


def _describe_status(cited: Cited, row: Row) -> dict[str, Any]:
    moves = [one for one in cited.changes if one["kind"] == "status" and one["new_value"] == row["overall_status"]]
    printed = cited.at_printing
    return {
        "status": row["overall_status"],
        "since": show_day(row["status_since"]),
        "since_is": {"submit": "sponsor", "served": "served"}.get(row["status_basis"] or "", row["status_basis"]),
        "is_start_known": bool(row["is_start_known"]),
        "why_stopped": row["why_stopped"],
        "completion_date": show_partial(row, "completion_date"),
        "completion_type": row["completion_date_type"],
        "status_at_printing": printed["overall_status"] if printed else None,
        "change_ids": [one["change_id"] for one in moves[-1:]],
    }


def compare_results(dossier: Dossier, cited: Cited, row: Row, base: dict[str, Any]) -> Iterator[Finding]:
    """Yield results in the registry and papers that the record names with results; and which of them came since."""
    printed = dossier.review.printed
    posted_on: dt.date | None = row["results_first_post_date"]
    if row["has_results"] or posted_on:
        was_before = posted_on <= printed if posted_on else None
        posted = [one["change_id"] for one in cited.changes if (one["kind"], one["action"]) == ("results", "posted")]
        evidence = base | {"posted": show_day(posted_on), "change_ids": posted}
        yield Finding(kind="results_posted", evidence=evidence, was_before=was_before)
        if was_before is not True:
            yield Finding(kind="results_posted_since", evidence=evidence, was_before=was_before)
    for paper in list_once(cited.papers):
        if "RESULT" in paper["said_by"] and not _is_older(paper, row):
            published = find_end(paper, "pub_date")
            was_before = published <= printed if published else None
            evidence = base | describe_paper(paper)
            yield Finding(kind="result_paper", evidence=evidence, was_before=was_before)
            if was_before is False:
                yield Finding(kind="result_paper_since", evidence=evidence, was_before=was_before)


def _is_older(paper: Row, row: Row) -> bool:
    """Say whether a paper was out before its trial began: a sponsor calls it a result, and it is another trial's."""
    published, started = find_end(paper, "pub_date"), row["start_date"]
    return bool(published and started and published < started)
