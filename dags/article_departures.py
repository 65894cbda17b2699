"""Papers that left PubMed: at once where it says so, after several days where it only does not return them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from dags.run import Run
from etl.article_events import Row, build_event_row, find_departure
from etl.article_schemas import ARTICLE_EVENT
from etl.schemas import build_frame
from models.article import Deletion

# Different days on which a paper asked for by number did not come back, before it counts as taken out.
DAYS_MISSING = 3


def take_out(run: Run, deletions: Iterable[Deletion], *, origin: str) -> set[str]:
    """Note which papers held PubMed says it has taken out; return them.

    Word of an older version than the one held says nothing of that one.
    """
    versions = {deletion.pmid: deletion.version for deletion in deletions}
    held = _read_held(run, versions)
    return _depart(run, [row for row in held if row["version"] <= versions[row["pmid"]]], origin)


def note_absent(run: Run, pmids: Collection[str]) -> set[str]:
    """Note papers held that an answer which should have returned them lacks; return those that now count as taken out.

    A paper that comes back in between begins anew.
    """
    if not pmids:
        return set()
    run.store.run("miss_articles", pmids=sorted(pmids), day=run.clock.date())
    return _depart(run, [row for row in _read_held(run, pmids) if len(row["missing_days"]) >= DAYS_MISSING], "live")


def _read_held(run: Run, pmids: Collection[str]) -> list[Row]:
    rows = run.store.read_rows("held_articles", pmids=sorted(pmids)) if pmids else []
    return sorted((row for row in rows if row["state"] == "active"), key=lambda row: int(row["pmid"]))


def _depart(run: Run, rows: Collection[Row], origin: str) -> set[str]:
    gone = [row["pmid"] for row in rows]
    if not gone:
        return set()
    twins = run.store.read_rows("article_twins", pmids=gone)
    findings = {row["pmid"]: find_departure(row["pmid"], row["doi"], twins) for row in rows}
    for state in ("deleted", "merged"):
        own = [pmid for pmid, finding in findings.items() if finding.kind == state]
        if own:
            run.store.run("place_articles", pmids=own, state=state)
    events = [
        build_event_row(pmid, finding, None, run.clock, origin=origin, run_id=run.run_id)
        for pmid, finding in findings.items()
    ]
    run.store.append("article_event", build_frame(events, ARTICLE_EVENT))
    return set(gone)
