"""What the records say that bears on a claim: findings with their evidence. It knows no verdict and no rule.

Dates are the registry's own. Whether something was so by the day of printing is told by dates that leave no doubt; else
by the record as it stood then, where a version of then is held; else it is not known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from etl.matching import find_synonym, fold_name
from etl.review.dossier import Cited, Dossier, Row, find_end, find_highest_phase, parse_phase
from models.change import OPEN, PAUSED, SET_BY_REGISTRY, STOPPED
from models.mention import TextField
from models.verdicts import FindingKind

_ENDED = frozenset({"COMPLETED", "NO_LONGER_AVAILABLE", "APPROVED_FOR_MARKETING"})
_UNREAD: tuple[FindingKind, ...] = ("not_read", "missing", "stale", "untagged", "paper_not_read")


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing found. `was_before`: it was so by the day of printing; None where that is not known."""

    kind: FindingKind
    evidence: dict[str, Any] = {}
    was_before: bool | None = None

    @property
    def is_unread(self) -> bool:
        """Whether it says only that a record was not read, or not lately."""
        return self.kind in _UNREAD


def find_trial_findings(dossier: Dossier, cited: Cited) -> Iterator[Finding]:
    """Yield what one cited trial's record says; where it cannot be relied on, that alone."""
    row = cited.row
    if row is None:
        yield Finding(kind="not_read", evidence={"nct_id": cited.number})
        return
    base = {"nct_id": row["nct_id"]} | ({"cited_as": cited.number} if cited.number != row["nct_id"] else {})
    checked_on = row["last_checked_at"].date()
    if row["registry_state"] != "listed":
        kind: FindingKind = "gone" if row["registry_state"] == "gone" else "missing"
        moves = [one for one in cited.changes if one["kind"] == "registry_state"][-1:]
        last = {"last_status": row["overall_status"], "since": _show(moves[0]["source_date"]) if moves else None}
        yield Finding(kind=kind, evidence=base | last | {"change_ids": [one["change_id"] for one in moves]})
        return
    if (dossier.today - checked_on).days > dossier.stale_after_days:
        yield Finding(kind="stale", evidence=base | {"last_checked": checked_on.isoformat()})
        return
    if not row["is_tagged"]:
        yield Finding(kind="untagged", evidence=base)
        return
    differs = list(_compare_identity(dossier, cited, row, base))
    yield from _find_other_number(dossier, differs, base)
    yield from differs
    yield from _compare_status(dossier, cited, row, base)
    yield from _compare_results(dossier, cited, row, base)
    yield from _find_successors(dossier, row, base)
    yield from find_paper_findings(dossier, cited.papers, base)
    yield Finding(kind="read", evidence=base | {"status": row["overall_status"]})


def find_claim_findings(dossier: Dossier) -> Iterator[Finding]:
    """Yield what is found beside the cited trials: of the papers cited, and of the agents."""
    yield from find_paper_findings(dossier, dossier.papers, {})
    if dossier.claim.state == "preclinical":
        yield from _find_registered(dossier)
    if not dossier.cited:
        unread = [paper["pmid"] for paper in _once(dossier.papers) if not paper["is_held"]]
        yield from (Finding(kind="paper_not_read", evidence={"pmid": pmid}) for pmid in unread)
        if dossier.papers:
            yield Finding(kind="papers_read")
        yield Finding(kind="no_trial")
    yield Finding(kind="any")


# ---- Is the record what the statement says it is? ----


def _find_other_number(dossier: Dossier, differs: Sequence[Finding], base: dict[str, Any]) -> Iterator[Finding]:
    """Yield that the printed number is another trial's: the claim says which is meant, and the record differs."""
    for meant in dossier.meant[:1]:
        for one in differs[:1]:
            status = meant.row["overall_status"] if meant.row else None
            why = {"kind": one.kind, **one.evidence}
            yield Finding(
                kind="other_number", evidence=base | {"why": why, "meant": meant.number, "meant_status": status}
            )


def _compare_identity(dossier: Dossier, cited: Cited, row: Row, base: dict[str, Any]) -> Iterator[Finding]:
    missing = [name for name in dossier.agents if name not in cited.agents]
    held = {"arms_name": sorted(cited.agents), "arms": [*(row["interventions"] or ())]}
    lost = [name for name in missing if name in dossier.leads]
    for name in lost:
        was_named = _was_given(dossier, cited, name)
        yield Finding(kind="agent_left" if was_named else "agent_absent", evidence=base | {"agent": name} | held)
    for name in missing:
        if name not in lost:
            yield Finding(kind="partner_absent", evidence=base | {"agent": name} | held)
    if _lacks_target(dossier, cited):
        yield Finding(
            kind="target_absent",
            evidence=base | {"targets": [*dossier.targets], "arms_act_on": sorted(cited.targets)} | held,
        )
    yield from _compare_phase(dossier, cited, row, base)
    if cited.meets_condition is False:
        yield Finding(
            kind="condition_differs",
            evidence=base | {"condition": dossier.claim.condition, "conditions": [*(row["conditions"] or ())]},
        )


def _lacks_target(dossier: Dossier, cited: Cited) -> bool:
    """Say whether a statement of a target alone cites a record without it.

    Where no agent of its arms is known, one of them may act on the target: then it must not name it anywhere.
    """
    if dossier.agents or not dossier.targets or cited.targets.intersection(dossier.targets):
        return False
    return bool(cited.agents) or not cited.named_targets.intersection(dossier.targets)


def _compare_phase(dossier: Dossier, cited: Cited, row: Row, base: dict[str, Any]) -> Iterator[Finding]:
    """Compare the printed phase with the record as it stood at printing, where that is held, else as it stands."""
    said, as_of = parse_phase(dossier.claim.phase), cited.at_printing
    phases = (as_of if as_of and as_of["phases"] is not None else row)["phases"] or ()
    if said and said.isdisjoint(phases):
        known = {"as_of": dossier.review.printed.isoformat()} if as_of else {}
        yield Finding(
            kind="phase_differs", evidence=base | {"said_phase": dossier.claim.phase, "phases": [*phases]} | known
        )


def _was_given(dossier: Dossier, cited: Cited, agent: str) -> bool:
    names = (cited.at_printing or {}).get("interventions") or ()
    fields = [TextField("interventions", "arm", name) for name in names]
    return find_synonym(fields, dossier.names[agent])[1] is not None


# ---- How does it stand? ----


def _compare_status(dossier: Dossier, cited: Cited, row: Row, base: dict[str, Any]) -> Iterator[Finding]:
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
        "since": _show(row["status_since"]),
        "since_is": {"submit": "sponsor", "served": "served"}.get(row["status_basis"] or "", row["status_basis"]),
        "is_start_known": bool(row["is_start_known"]),
        "why_stopped": row["why_stopped"],
        "completion_date": _show_partial(row, "completion_date"),
        "completion_type": row["completion_date_type"],
        "status_at_printing": printed["overall_status"] if printed else None,
        "change_ids": [one["change_id"] for one in moves[-1:]],
    }


# ---- Are there results? ----


def _compare_results(dossier: Dossier, cited: Cited, row: Row, base: dict[str, Any]) -> Iterator[Finding]:
    printed = dossier.review.printed
    posted_on: dt.date | None = row["results_first_post_date"]
    if row["has_results"] or posted_on:
        was_before = posted_on <= printed if posted_on else None
        posted = [one["change_id"] for one in cited.changes if (one["kind"], one["action"]) == ("results", "posted")]
        evidence = base | {"posted": _show(posted_on), "change_ids": posted}
        yield Finding(kind="results_posted", evidence=evidence, was_before=was_before)
        if was_before is not True:
            yield Finding(kind="results_posted_since", evidence=evidence, was_before=was_before)
    for paper in _once(cited.papers):
        if "RESULT" in paper["said_by"] and not _is_older(paper, row):
            published = find_end(paper, "pub_date")
            was_before = published <= printed if published else None
            evidence = base | _describe_paper(paper)
            yield Finding(kind="result_paper", evidence=evidence, was_before=was_before)
            if was_before is False:
                yield Finding(kind="result_paper_since", evidence=evidence, was_before=was_before)


def _is_older(paper: Row, row: Row) -> bool:
    """Say whether a paper was out before its trial began: a sponsor calls it a result, and it is another trial's."""
    published, started = find_end(paper, "pub_date"), row["start_date"]
    return bool(published and started and published < started)


# ---- What became of the papers? ----


def find_paper_findings(dossier: Dossier, papers: Iterable[Row], base: dict[str, Any]) -> Iterator[Finding]:
    """Yield retractions, concerns and corrections of papers that the review cites, or that report a trial it cites."""
    printed = dossier.review.printed
    for paper in papers:
        noticed = find_end(paper, "noticed_on")
        was_before = noticed <= printed if noticed else None
        notice = {"notice_pmid": paper["related_pmid"], "noticed_on": _show_partial(paper, "noticed_on")}
        evidence = base | _describe_paper(paper) | notice
        is_cited = paper["nct_id"] is None
        retracted: FindingKind = "paper_retracted" if is_cited else "report_retracted"
        match paper["notice"]:
            case "retracted" if paper["is_retracted"] or not paper["is_held"]:
                yield Finding(kind=retracted, evidence=evidence, was_before=was_before)
            case None if paper["is_retracted"]:
                yield Finding(kind=retracted, evidence=evidence)
            case "concern" if was_before is not True:
                yield Finding(kind="paper_concern", evidence=evidence)
            case "corrected" if is_cited and was_before is not True:
                yield Finding(kind="paper_corrected", evidence=evidence)


def _once(papers: Iterable[Row]) -> list[Row]:
    return list({paper["pmid"]: paper for paper in papers}.values())


def _describe_paper(paper: Row) -> dict[str, Any]:
    return {
        "pmid": paper["pmid"],
        "title": paper["title"],
        "published": _show_partial(paper, "pub_date"),
        "said_by": [*paper["said_by"]],
    }


# ---- What came after? ----


def _find_successors(dossier: Dossier, row: Row, base: dict[str, Any]) -> Iterator[Finding]:
    """Yield later-phase trials of the claim's own lead agent, of the same lead sponsor, registered since printing."""
    highest = find_highest_phase(row["phases"])
    sponsor = fold_name(row["lead_sponsor"] or "")
    for other in dossier.agent_trials:
        is_later = find_highest_phase(other["phases"]) > highest > 0
        is_since = other["first_post_date"] is not None and other["first_post_date"] > dossier.review.printed
        is_own = bool(sponsor) and fold_name(other["lead_sponsor"] or "") == sponsor
        if is_later and is_since and is_own and other["nct_id"] != row["nct_id"] and other["registry_state"] != "gone":
            yield Finding(
                kind="successor",
                evidence=base
                | {
                    "successor": other["nct_id"],
                    "agent": other["agent"],
                    "phases": [*other["phases"]],
                    "cited_phases": [*(row["phases"] or ())],
                    "sponsor": other["lead_sponsor"],
                    "first_posted": _show(other["first_post_date"]),
                    "status": other["overall_status"],
                },
            )


def _find_registered(dossier: Dossier) -> Iterator[Finding]:
    trials = sorted(
        (one for one in dossier.agent_trials if one["registry_state"] != "gone"),
        key=lambda one: (one["first_post_date"] or dt.date.max, one["nct_id"]),
    )
    for one in trials[:1]:
        posted = one["first_post_date"]
        yield Finding(
            kind="agent_registered",
            evidence={
                "nct_id": one["nct_id"],
                "agent": one["agent"],
                "status": one["overall_status"],
                "first_posted": _show(posted),
                "trials": len({one["nct_id"] for one in trials}),
            },
            was_before=posted <= dossier.review.printed if posted else None,
        )
    if not trials and dossier.leads and dossier.followed and dossier.watched.issuperset(dossier.followed):
        yield Finding(kind="agent_unregistered", evidence={"agents": [*dossier.followed]})


def _show(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _show_partial(row: Row, name: str) -> str | None:
    """Return a date as precisely as it is stated: `2021-03`."""
    day: dt.date | None = row[name]
    length = {"month": 7, "year": 4}.get(row.get(f"{name}_precision") or "", 10)
    return day.isoformat()[:length] if day else None
