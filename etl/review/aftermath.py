"""What came after: trials of a statement's own agents, registered since or at all, as findings. It knows no rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from etl.matching import fold_name
from etl.review.dossier import Dossier, Row, find_highest_phase
from etl.review.finding import Finding, show_day


def find_successors(dossier: Dossier, row: Row, base: dict[str, Any]) -> Iterator[Finding]:
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
                    "first_posted": show_day(other["first_post_date"]),
                    "status": other["overall_status"],
                },
            )


def find_registered(dossier: Dossier) -> Iterator[Finding]:
    """Yield that a trial gives the agent, the first of them; or that none does, where all its agents are watched."""
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
                "first_posted": show_day(posted),
                "trials": len({one["nct_id"] for one in trials}),
            },
            was_before=posted <= dossier.review.printed if posted else None,
        )
    if not trials and dossier.leads and dossier.followed and dossier.watched.issuperset(dossier.followed):
        yield Finding(kind="agent_unregistered", evidence={"agents": [*dossier.followed]})
