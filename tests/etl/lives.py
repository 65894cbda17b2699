"""Invented lives of trials, as rows of the published file would give them."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from etl.trial_life import build_life
from models.trial_life import TrialLife

NCT = "NCT99000101"
Row = dict[str, Any]


def at(text: str) -> dt.datetime:
    """Return 14:00 of a day, the clock of a night."""
    return dt.datetime.combine(dt.date.fromisoformat(text), dt.time(14))


def on(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def version(number: int, submit: str | None, post: str | None, *, origin: str = "live") -> Row:
    return {
        "version_id": f"v{number}",
        "version_no": number,
        "source_submit_date": on(submit),
        "source_post_date": on(post),
        "first_seen_at": at("2026-02-10"),
        "origin": origin,
    }


def change(
    number: int | None,
    kind: str,
    old: str | None,
    new: str | None,
    *,
    action: str = "set",
    item: str = "",
    weight: str = "low",
    submit: str | None = "2026-02-02",
    post: str | None = "2026-02-11",
    seen: str = "2026-02-11",
    origin: str = "live",
    **detail: Any,
) -> Row:
    submitted, posted = on(submit), on(post)
    return {
        "change_id": f"{number}/{kind}/{action}/{item}/{new}",
        "to_version_id": None if number is None else f"v{number}",
        "kind": kind,
        "action": action,
        "item": item,
        "field": f"protocolSection.{kind}",
        "old_value": old,
        "new_value": new,
        "detail": json.dumps(detail),
        "weight": weight,
        "origin": origin,
        "source_submit_date": submitted,
        "source_post_date": posted,
        "lag_days": (posted - submitted).days if posted and submitted else None,
        "source_day": on(seen if origin == "live" else submit or seen),
        "observed_at": at(seen),
    }


def why(item: str, field: str | None, synonym: str | None, *, left: str | None = None, is_active: bool = True) -> Row:
    kind, _, name = item.partition(":")
    return {
        "item": item,
        "kind": kind,
        "name": name,
        "is_active": is_active,
        "field": field,
        "synonym": synonym,
        "first_matched_at": at("2026-02-10"),
        "last_matched_day": on("2026-02-11"),
        "left_at": at(left) if left else None,
    }


def spell(status: str, since: str, until: str | None, *, basis: str = "submit", is_known: bool = True) -> Row:
    return {
        "status": status,
        "valid_from": on(since),
        "valid_to": on(until),
        "valid_from_basis": basis,
        "is_start_known": is_known,
    }


def trial(**values: Any) -> Row:
    return {
        "nct_id": NCT,
        "aliases": [],
        "brief_title": "Zelbarimab in Treated NSCLC",
        "overall_status": "TERMINATED",
        "last_known_status": None,
        "why_stopped": "Slow accrual.",
        "phases": ["PHASE2"],
        "lead_sponsor": "Fictional Oncology BV",
        "targets": ["LAG-3", "PD-1"],
        "url": f"https://clinicaltrials.gov/study/{NCT}",
        "registry_state": "listed",
        "first_seen_at": at("2026-02-10"),
        "last_checked_at": at("2026-02-12"),
    } | values


def live(
    changes: list[Row],
    *,
    versions: list[Row] | None = None,
    reasons: list[Row] | None = None,
    statuses: list[Row] | None = None,
    **values: Any,
) -> TrialLife:
    """Return a life of some changes; versions are made for those they name."""
    numbers = {1} | {int(row["to_version_id"][1:]) for row in changes if row["to_version_id"]}
    return build_life(
        trial(**values),
        reasons=[why(f"trial:{NCT}", "nctId", NCT)] if reasons is None else reasons,
        statuses=[spell("RECRUITING", "2025-09-18", None)] if statuses is None else statuses,
        versions=versions or [version(number, "2025-09-18", "2025-09-30") for number in range(1, max(numbers) + 1)],
        changes=changes,
    )


ADDED_OUTCOME = "Duration of response [Up to 24 months]: from the first response to progression"
LONG = "Absolute neutrophil count, counted within the two weeks before the first dose and without growth factors, "
BACK: Row = {"origin": "backfill", "seen": "2026-02-16"}
RICH = live(
    [
        change(7, "status", "RECRUITING", "TERMINATED", weight="top", transition="stop", why_stopped="Slow accrual."),
        change(7, "enrollment", "142", "61", action="actual", old_type="ESTIMATED", new_type="ACTUAL", percent=-57.0),
        change(
            6, "primary_completion_date", "2025-12", "2026-06", action="slipped", weight="medium",
            submit="2025-09-18", post="2025-09-30", old_type="ESTIMATED", new_type="ESTIMATED", **BACK,
        ),
        change(
            5, "secondary_outcome", None, ADDED_OUTCOME, action="added", item="Duration of response",
            submit="2024-11-11", post="2024-11-20", after_completion=False, **BACK,
        ),
        change(
            4, "eligibility", f"{LONG}of 1.0 x 10^9/L or more", f"{LONG}of 1.5 x 10^9/L or more", action="changed",
            item="inclusion", weight="medium", submit="2024-03-04", post="2024-03-12", **BACK,
        ),
        change(
            4, "country", None, "France", action="added", item="France", submit="2024-03-04", post="2024-03-12", **BACK,
        ),
        change(
            2, "status", "NOT_YET_RECRUITING", "RECRUITING", weight="medium", submit="2023-05-22", post="2023-05-30",
            transition="progress", why_stopped=None, **BACK,
        ),
    ],
    versions=[
        version(1, "2023-04-20", "2023-05-02", origin="backfill"), version(2, "2023-05-22", "2023-05-30"),
        version(3, "2024-03-04", "2024-03-12"), version(4, "2024-03-04", "2024-03-12"),
        version(5, "2024-11-11", "2024-11-20"), version(6, "2025-09-18", "2025-09-30"),
        version(7, "2026-02-02", "2026-02-11"),
    ],
    reasons=[
        why(f"trial:{NCT}", "nctId", NCT),
        why("agent:zelbarimab", "interventions[0].name", "ZLB-201"),
        why("target:LAG-3", None, None, left="2026-02-12"),
        why("target:TIGIT", "briefSummary", "TIGIT", is_active=False),
    ],
    statuses=[
        spell("NOT_YET_RECRUITING", "2023-04-20", "2023-05-22"),
        spell("RECRUITING", "2023-05-22", "2026-02-02"),
        spell("TERMINATED", "2026-02-02", None),
    ],
)  # fmt: skip
REGISTRY = live(
    [
        change(
            None, "registry_state", "listed", "missing", action="missing", submit=None, post=None, seen="2026-02-20",
        ),
        change(
            2, "status", "RECRUITING", "UNKNOWN", weight="medium", submit=None, post=None, seen="2026-02-12",
            transition="registry", why_stopped=None,
        ),
    ],
    statuses=[
        spell("RECRUITING", "2023-11-20", "2026-02-12", is_known=False),
        spell("UNKNOWN", "2026-02-12", None, basis="served"),
    ],
    overall_status="UNKNOWN", last_known_status="RECRUITING", why_stopped=None, registry_state="missing",
    aliases=["NCT99000902"], phases=[], targets=[],
)  # fmt: skip
