"""What is told the same night: trials with news of top weight, retracted papers of the list. Pure; sends nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import msgspec

from etl.digest import Facts, build_digest
from etl.letter.reasons import CITED
from etl.letter.trials import split_by_weight
from etl.subject import LONGEST_SUBJECT, build_item_subject
from etl.telling import name_change, name_paper
from etl.wording import count
from models.digest import GROUPS, Digest, TrialItem


def select_alert(facts: Facts, told: Collection[str]) -> Facts:
    """Return what was not told of top weight: changes of trials, retractions of papers of the list; nothing else."""
    top, _ = split_by_weight(facts.changes, "top")
    urgent = {row["nct_id"] for row in top if row["weight"] == "top" and name_change(row) not in told}
    changes = [row for row in top if row["nct_id"] in urgent and name_change(row) not in told]
    papers = [
        row
        for row in facts.papers
        if row["kind"] == "retracted" and row.get("is_watched") and name_paper(row) not in told
    ]
    return msgspec.structs.replace(
        facts, changes=changes, new_trials=[], papers=papers, older=[], verdicts=[], outside={}
    )


def build_alert(facts: Facts, *, label: str, since: dt.datetime, until: dt.datetime) -> Digest:
    """Return the letter of one night's alert, what is urgent alone; health and counts are the weekly letter's."""
    digest = build_digest(facts, label=label, since=since, until=until, minimum_weight="top")
    return msgspec.structs.replace(
        digest, left_out=(), incomplete="", unread=(), health=("The weekly letter says how whole the readings were.",)
    )


def build_alert_subject(digest: Digest) -> str:
    """Return `Listed as terminated: NCT99000101 (LAG-3, phase 2)`; of several trials, how many and their numbers."""
    found = [(part.name, item) for part in digest.sections for group in GROUPS for item in getattr(part, group)]
    pmids = [paper.pmid for part in digest.sections for paper in part.notices]
    if pmids:
        return _build_retraction_subject(pmids, len(found))
    if len(found) == 1:
        home, item = found[0]
        return build_item_subject(item, home)
    subject = f"{count(len(found), 'trial')} with top-weight news"
    for kept in range(len(found), 0, -1):
        numbers = ", ".join(item.nct_id for _, item in found[:kept])
        whole = f"{_describe(found)}: {numbers}" + (" ..." if kept < len(found) else "")
        if len(whole) <= LONGEST_SUBJECT:
            return whole
    return subject


def _build_retraction_subject(pmids: Sequence[str], trials: int) -> str:
    """Return `Retracted: PMID 99000007 (cited by your review)`; of several how many, and how many trials beside."""
    subject = f"Retracted: PMID {pmids[0]} ({CITED})" if len(pmids) == 1 else f"{len(pmids)} papers retracted ({CITED})"
    return f"{subject}; {count(trials, 'trial')}" if trials else subject


def _describe(found: list[tuple[str, TrialItem]]) -> str:
    stops = sum(bool(item.moves) and item.moves[-1].transition in ("stop", "pause") for _, item in found)
    return f"{stops} stopped or paused" if stops == len(found) else f"{len(found)} trials"
