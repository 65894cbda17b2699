"""Invented landscapes: rows as the warehouse would give them, as many as asked for, with any text in every place."""

from __future__ import annotations

import datetime as dt
import json
import random
from typing import Any

from etl.report.page import Rows, build_landscape
from models.landscape import Landscape

NOW = dt.datetime(2026, 2, 12, 15)  # noqa: DTZ001  the warehouse's instants have no zone
UNTIL = NOW.date()
TARGETS = ("LAG-3", "TIGIT", "TIM-3", "CD73", "FAP", "CCR4", "CSF1R", "RIG-I")
STATUSES = (
    "NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "COMPLETED", "SUSPENDED",
    "TERMINATED", "WITHDRAWN", "UNKNOWN",
)  # fmt: skip
PHASES: tuple[list[str], ...] = (
    ["EARLY_PHASE1"], ["PHASE1"], ["PHASE1", "PHASE2"], ["PHASE2"], ["PHASE2", "PHASE3"], ["PHASE3"], [],
)  # fmt: skip
WORDS = ("zelbarimab", "advanced", "solid", "tumor", "safety", "response", "months", "cohort", "arm", "study", "week")
COUNTRIES = ("France", "Japan", "Netherlands", "United Kingdom", "United States")
Row = dict[str, Any]


def build_trial_row(nct_id: str, text: str | None = None, **given: Any) -> Row:
    """Return a trial as report_trials gives it; `text` stands wherever the record's own could."""
    return {
        "nct_id": nct_id, "brief_title": text or f"A study {nct_id}", "acronym": text or "",
        "overall_status": "RECRUITING", "last_known_status": None, "why_stopped": text, "phases": ["PHASE2"],
        "enrollment": 120, "enrollment_type": "ESTIMATED", "start_date": dt.date(2024, 3, 1),
        "start_date_precision": "month", "start_date_type": "ACTUAL", "primary_completion_date": dt.date(2027, 3, 15),
        "primary_completion_date_precision": "day", "primary_completion_date_type": "ESTIMATED",
        "completion_date": dt.date(2028, 1, 1), "completion_date_precision": "year",
        "completion_date_type": "ESTIMATED",
        "first_post_date": dt.date(2024, 2, 20), "last_update_submit_date": dt.date(2025, 11, 3),
        "results_first_post_date": None, "lead_sponsor": text or "Fictional Oncology BV",
        "collaborators": [text] if text else [], "conditions": [text or "Lung cancer"],
        "interventions": [text or "Zelbarimab"], "countries": [text] if text else ["France", "Japan"], "site_count": 4,
        "registry_state": "listed", "last_checked_at": NOW, "url": f"https://clinicaltrials.gov/study/{nct_id}",
        "targets": ["LAG-3"], "pathways": ["immune checkpoints"], "agents": ["zelbarimab"], "is_new_at": None, **given,
    }  # fmt: skip


def build_change_row(nct_id: str, kind: str, action: str, old: str | None, new: str | None, **given: Any) -> Row:
    """Return a change as report_changes gives it; further columns and `detail` as given."""
    detail = given.pop("detail", {})
    day = given.pop("day", dt.date(2026, 2, 2))
    return {
        "nct_id": nct_id, "change_id": f"{nct_id}{kind}{action}{day}{new}", "version_no": 2,
        "kind": kind, "action": action, "item": "", "field": f"protocolSection.{kind}",
        "old_value": old, "new_value": new, "detail": json.dumps(detail), "weight": "medium", "origin": "live",
        "source_submit_date": day,
        "source_post_date": day + dt.timedelta(9),
        "lag_days": 9, "source_day": day + dt.timedelta(10), "observed_at": dt.datetime(2026, 2, 11, 14), **given,  # noqa: DTZ001
    }  # fmt: skip


def build_paper_row(nct_id: str, pmid: str, text: str | None = None, **given: Any) -> Row:
    """Return a paper as report_papers gives it."""
    return {
        "nct_id": nct_id, "pmid": pmid, "is_stated": True, "is_background": False, "origins": ["databank"],
        "reasons": text, "title": text or "An invented paper", "journal": text or "J Fict Oncol",
        "pub_date": dt.date(2025, 9, 1), "pub_date_text": text or "2025 Sep", "is_retracted": False, **given,
    }  # fmt: skip


def build_spell_row(
    nct_id: str, status: str, since: dt.date, until: dt.date | None = None, *, known: bool = True
) -> Row:
    """Return a spell as report_statuses gives it."""
    return {"nct_id": nct_id, "status": status, "valid_from": since, "valid_to": until, "is_start_known": known}


def build_source_row(source: str, **given: Any) -> Row:
    """Return a source as status_sources gives it."""
    return {"source": source, "is_read": True, "message": None, "read_at": NOW, "source_day": UNTIL, **given}


def gather(trials: list[Row], **given: Any) -> Landscape:
    """Return the page of some trials; further rows as given, the rest quiet."""
    rows: Row = {
        "run": {"run_id": 3},
        "sources": [build_source_row("clinicaltrials"), build_source_row("pubmed")],
        "items": [{"source": "clinicaltrials", "name": "LAG-3", "outcome": "proved"}],
        "targets": [{"target": name, "is_watched": name != "RIG-I"} for name in sorted(TARGETS)],
        "trials": trials,
        "statuses": [build_spell_row(row["nct_id"], row["overall_status"], dt.date(2024, 3, 1)) for row in trials],
        "versions": [
            {"nct_id": row["nct_id"], "versions": 2, "since": dt.date(2024, 2, 20), "first_seen_at": NOW}
            for row in trials
        ],
        **{name: [] for name in ("changes", "papers", "events", "months")},
        "new_papers": 0,
    }
    span = {"since": dt.date(2026, 1, 15), "first_month": dt.date(2024, 2, 1)}
    span |= {name: given.pop(name) for name in list(given) if name in span}
    only = given.pop("only", ())
    clock = given.pop("clock", NOW)
    return build_landscape(
        Rows(**{**rows, **given}), clock=clock, until=UNTIL, minimum_weight="medium", only=only, **span
    )


def build_many(number: int, changes_each: int = 40) -> Landscape:
    """Return a page of many trials, each with a long history of texts: the same for the same numbers."""
    chance = random.Random(7)
    trials, changes, statuses, papers = [], [], [], []
    for place in range(number):
        nct_id = f"NCT99{place:06}"
        start = dt.date(2016, 1, 1) + dt.timedelta(chance.randrange(3600))
        end = start + dt.timedelta(chance.randrange(500, 2600))
        ended = "ACTUAL" if end < UNTIL else "ESTIMATED"
        row = build_trial_row(
            nct_id,
            brief_title=_say(chance, 12).capitalize(),
            overall_status=chance.choice(STATUSES),
            phases=chance.choice(PHASES),
            lead_sponsor=f"{_say(chance, 2).title()} {chance.choice(('BV', 'Inc', 'University', 'Hospital'))}",
            targets=sorted(chance.sample(TARGETS, chance.choice((0, 1, 1, 1, 1, 2)))),
            agents=sorted(chance.sample(WORDS, 2)),
            conditions=[_say(chance, 3), _say(chance, 2)],
            countries=sorted(chance.sample(COUNTRIES, chance.randrange(1, 5))),
            start_date=start,
            primary_completion_date=end - dt.timedelta(200),
            primary_completion_date_type=ended,
            completion_date=end,
            completion_date_type=ended,
            last_update_submit_date=min(UNTIL, end) - dt.timedelta(chance.randrange(300)),
            results_first_post_date=end + dt.timedelta(360) if end + dt.timedelta(360) < UNTIL else None,
        )
        trials.append(row)
        statuses.append(build_spell_row(nct_id, "RECRUITING", start, start + dt.timedelta(400)))
        statuses.append(build_spell_row(nct_id, row["overall_status"], start + dt.timedelta(400)))
        for version in range(changes_each):
            day = start + dt.timedelta(int(version * (UNTIL - start).days / changes_each))
            changes.append(_invent_change(chance, nct_id, version, day))
        papers += [build_paper_row(nct_id, f"99{place:06}", _say(chance, 14).capitalize())] * (place % 3 == 0)
    months = [
        {
            "target": name,
            "month": dt.date(2024 + (place + 1) // 12, (place + 1) % 12 + 1, 1),
            "papers": chance.randrange(20),
        }
        for name in TARGETS
        for place in range(1, 25)
    ]
    return gather(trials, changes=changes, statuses=statuses, papers=papers, months=months, new_papers=31)


def _invent_change(chance: random.Random, nct_id: str, version: int, day: dt.date) -> Row:
    common: Row = {
        "day": day,
        "version_no": version + 2,
        "origin": "backfill",
        "observed_at": NOW - dt.timedelta(2),
    }
    kind = chance.choice(("eligibility", "primary_outcome", "site", "primary_completion_date", "enrollment", "arm"))
    if kind == "primary_completion_date":
        detail = {"old_type": "ESTIMATED", "new_type": "ESTIMATED"}
        months = [f"{year}-{chance.randrange(1, 13):02}" for year in (day.year + 1, day.year + 2)]
        return build_change_row(nct_id, kind, "slipped", *months, detail=detail, **common)
    if kind in ("site", "enrollment"):
        numbers = [str(chance.randrange(20, 900)) for _ in range(2)]
        return build_change_row(nct_id, kind, "raised" if kind == "enrollment" else "count", *numbers, **common)
    old = _say(chance, chance.randrange(8, 90))
    return build_change_row(nct_id, kind, "changed", old, f"{old} {_say(chance, 6)}", weight="low", **common)


def _say(chance: random.Random, words: int) -> str:
    return " ".join(
        chance.choice(WORDS) + chance.choice(("", "", "s", f"-{chance.randrange(999)}")) for _ in range(words)
    )
