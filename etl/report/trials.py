"""A trial as the page's table, timeline and panel say it. Pure text, on one line each, nothing escaped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from etl.report.bars import build_bar
from etl.report.changes import build_steps
from etl.wording import count, flatten, join, show_day, show_phases, show_standing, show_stated_date, show_status
from models.landscape import LandscapeTrial, PaperLink, Spell
from models.trial_life import LifeChange

Row = Mapping[str, Any]
NO_PHASE = "none"
_STATED = {"year": 4, "month": 7}  # how much of an ISO date such a one states
_TYPES = {"ACTUAL": "actual", "ESTIMATED": "estimated"}
_SAID = {"registry": "the registry", "databank": "the paper's own list", "abstract": "its abstract"}


def build_trial(
    row: Row,
    *,
    statuses: Sequence[Row],
    changes: Sequence[LifeChange],
    events: Sequence[Row],
    papers: Iterable[Row],
    versions: Row,
    until: dt.date,
) -> LandscapeTrial:
    """Return one trial. The rows are those of the statements report_trials, report_statuses and so on, its own."""
    steps = build_steps(changes, events)
    return LandscapeTrial(
        id=row["nct_id"],
        title=flatten(row["brief_title"] or "") or "(no title)",
        url=row["url"],
        targets=tuple(row["targets"]),
        agents=tuple(row["agents"]),
        phase=show_phase(row["phases"] or ()),
        status=flatten(row["overall_status"]),
        standing="" if row["registry_state"] == "listed" else show_standing(row["registry_state"]),
        sponsor=flatten(row["lead_sponsor"] or ""),
        countries=tuple(flatten(name) for name in row["countries"] or ()),
        primary=show_date(row, "primary_completion_date"),
        primary_day=row["primary_completion_date"].isoformat() if row["primary_completion_date"] else "",
        moved=steps[0].when if steps else "",
        moved_day=steps[0].day if steps else "",
        also=" ".join(flatten(text) for text in _list_words(row)),
        facts=tuple(_list_facts(row)),
        spells=tuple(map(_build_spell, statuses)),
        held=f"{count(versions['versions'], 'version')} held, the oldest of {show_day(versions['since'])}",
        bar=build_bar(row, statuses, changes, until),
        steps=steps,
        papers=tuple(map(_build_paper, papers)),
    )


def show_phase(phases: Sequence[str]) -> str:
    """Return a phase as the heads of columns write it: `1/2`, `Early 1`; `none` where the registry states none."""
    return show_phases(phases).replace("Early phase", "Early").removeprefix("Phase").strip() or NO_PHASE


def show_date(row: Row, name: str) -> str:
    """Return a stated date as exactly as the record states it, with its type: `Mar 2027 (estimated)`."""
    day: dt.date | None = row[name]
    if day is None:
        return ""
    shown = show_stated_date(day.isoformat()[: _STATED.get(row[f"{name}_precision"])])
    certainty = _TYPES.get(row[f"{name}_type"], "")
    return f"{shown} ({certainty})" if certainty else shown


def _list_words(row: Row) -> Iterator[str]:
    yield row["acronym"] or ""
    yield from row["conditions"] or ()
    yield from row["interventions"] or ()


def _list_facts(row: Row) -> Iterator[tuple[str, str]]:
    """Yield what the panel says of a trial beside its head; what the record does not state is left out."""
    if row["overall_status"] == "UNKNOWN":
        last = f"; last known: {show_status(flatten(row['last_known_status']))}" if row["last_known_status"] else ""
        yield "Status", f"set by the registry{last}"
    if row["overall_status"] == "WITHDRAWN":
        yield "Status", "before anyone enrolled"
    if row["why_stopped"]:
        yield "Reason in the record", f"“{flatten(row['why_stopped'])}”"
    yield from _list_parties(row)
    yield from ((label, text) for label, name in _DATE_LABELS if (text := show_date(row, name)))
    if row["enrollment"] is not None:
        certainty = _TYPES.get(row["enrollment_type"], "")
        yield "Enrollment", f"{row['enrollment']:,}{certainty and f' ({certainty})'}"
    if row["results_first_post_date"]:
        yield "Results in the registry", f"first posted {show_day(row['results_first_post_date'])}"
    if row["first_post_date"]:
        yield "First public", show_day(row["first_post_date"])
    if row["last_update_submit_date"]:
        yield "Last update", f"sponsor dated {show_day(row['last_update_submit_date'])}"
    state = row["registry_state"]
    checked = f"last checked {show_day(row['last_checked_at'].date())}"
    yield "In the registry", f"{show_standing(state)}, {checked}"


_DATE_LABELS = (
    ("Start", "start_date"),
    ("Primary completion", "primary_completion_date"),
    ("Completion", "completion_date"),
)


def _list_parties(row: Row) -> Iterator[tuple[str, str]]:
    lists = (
        ("Sponsor", [row["lead_sponsor"] or ""]),
        ("With", row["collaborators"]),
        ("Conditions", row["conditions"]),
        ("Interventions", row["interventions"]),
        ("Pathways", row["pathways"]),
        ("Countries", row["countries"]),
    )
    for label, values in lists:
        text = ", ".join(flatten(value) for value in values or () if value)
        if text:
            yield label, text
    if row["site_count"]:
        yield "Sites", str(row["site_count"])


def _build_spell(row: Row) -> Spell:
    since = show_day(row["valid_from"])
    return Spell(
        flatten(row["status"]),
        since if row["is_start_known"] else f"{since} or earlier",
        show_day(row["valid_to"]) if row["valid_to"] else "",
    )


def _build_paper(row: Row) -> PaperLink:
    said = [_SAID[origin] for origin in row["origins"] if origin in _SAID]
    words = f"tied to it by {join(said)}" if row["is_stated"] else f"may be about it: {flatten(row['reasons'] or '')}"
    return PaperLink(
        pmid=row["pmid"],
        title=flatten(row["title"] or "") or "(no title)",
        source=", ".join(filter(None, (flatten(row["journal"] or ""), flatten(row["pub_date_text"] or "")))),
        day=row["pub_date"].isoformat() if row["pub_date"] else None,
        said=f"{words}; cited as background" if row["is_background"] else words,
        is_retracted=bool(row["is_retracted"]),
        is_dot=row["is_stated"] and not row["is_background"] and row["pub_date"] is not None,
    )
