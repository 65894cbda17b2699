"""Builds the living review of dossiers, rulings and rows: claims, moves, what changed, agents. It renders nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from etl.review.dossier import Cited, Dossier, Row, find_highest_phase
from etl.review.readouts import build_readouts, count_months
from etl.review.results import build_outcomes
from etl.review.words import SAID
from etl.wording import show_status
from models.change import OPEN, PAUSED, STOPPED
from models.review import Review
from models.review_page import (
    AgentCard,
    CitedTrial,
    ClaimPage,
    MovePage,
    Pair,
    ReviewPage,
    SincePage,
    Stop,
)
from models.verdicts import VERDICTS, Ruling

Rows = Mapping[str, Sequence[Row]]
_SILENT_FROM = 12  # months
WEEK = dt.timedelta(days=7)


def build_page(
    review: Review,
    judged: Sequence[tuple[Dossier, Ruling]],
    rows: Rows,
    now: dt.datetime,
) -> ReviewPage:
    """Return the living review of one review. `rows` are those of the statements `review_*`, by name."""
    held = {row["claim"]: row for row in rows["since"] if row["review"] == review.id}
    claims = tuple(_build_claim(dossier, ruling, held.get(dossier.claim.id), rows) for dossier, ruling in judged)
    counts = Counter(claim.verdict for claim in claims)
    cited = {one.row["nct_id"]: one for dossier, _ in judged for one in _list_cited(dossier) if one.row}
    moved = tuple(_build_moves(review, judged, rows["moves"]))
    return ReviewPage(
        review=review.id,
        title=review.title,
        citation=review.citation,
        printed=review.printed,
        doi=review.doi,
        pmid=review.pmid,
        note=review.note,
        judged_at=now,
        read_at=max((one.row["last_checked_at"] for one in cited.values() if one.row), default=None),
        week_since=now - WEEK,
        counts={verdict: counts[verdict] for verdict in VERDICTS},
        claims=claims,
        moves=len(moved),
        moved=moved,
        since_printing=tuple(_build_since(one, rows["changes"]) for _, one in sorted(cited.items())),
        agents=tuple(_build_cards(judged, rows["agents"], now.date())),
        readouts=tuple(build_readouts(rows["readouts"], cited.keys(), now.date())),
        unresolved=tuple(f"{claim.claim}: {words}" for claim in claims for words in claim.unresolved),
    )


def _list_cited(dossier: Dossier) -> tuple[Cited, ...]:
    return (*dossier.cited, *dossier.meant)


def _build_claim(dossier: Dossier, ruling: Ruling, held: Row | None, rows: Rows) -> ClaimPage:
    claim = dossier.claim
    stands = held is not None and held["verdict"] == ruling.verdict
    return ClaimPage(
        claim=claim.id,
        section=claim.section,
        statement=claim.statement.strip(),
        state=claim.state,
        said=SAID[claim.state],
        name=claim.name,
        verdict=ruling.verdict,
        rule=ruling.rule,
        reason=ruling.reason,
        evidence=ruling.evidence,
        since_at=held["since_at"] if held and stands else None,
        trials=tuple(_build_cited(dossier, one, rows) for one in _list_cited(dossier)),
        agents=dossier.agents,
        targets=dossier.targets,
        pathways=dossier.pathways,
        articles=claim.articles,
        unresolved=dossier.unresolved,
        note=claim.note,
    )


def _build_cited(dossier: Dossier, one: Cited, rows: Rows) -> CitedTrial:
    row = one.row
    return CitedTrial(
        number=one.number,
        nct_id=row["nct_id"] if row else one.number,
        title=row["brief_title"] or "" if row else "",
        status=row["overall_status"] if row else "",
        then=one.at_printing["overall_status"] if one.at_printing else "",
        is_printed=one.number in dossier.claim.trials,
        outcomes=tuple(build_outcomes(row["nct_id"], rows["results"], rows["analyses"])) if row else (),
    )


def _build_moves(review: Review, judged: Sequence[tuple[Dossier, Ruling]], moves: Iterable[Row]) -> Iterator[MovePage]:
    statements = {dossier.claim.id: dossier.claim.statement.strip() for dossier, _ in judged}
    for row in moves:
        if row["review"] == review.id and row["claim"] in statements:
            yield MovePage(
                claim=row["claim"],
                statement=statements[row["claim"]],
                old_verdict=row["previous_verdict"],
                new_verdict=row["verdict"],
                rule=row["rule"],
                reason=row["reason"],
                evidence=tuple(msgspec.json.decode(row["evidence"])),
                moved_at=row["since_at"],
            )


# ---- What changed since printing ----


def _build_since(one: Cited, changes: Iterable[Row]) -> SincePage:
    row, then = one.row, one.at_printing
    assert row is not None  # noqa: S101  only trials held come here
    own = [change for change in changes if change["nct_id"] == row["nct_id"]]
    moves = [change for change in own if change["kind"] == "status"]
    counts = Counter(change["kind"] for change in own if change["kind"] != "registry_state")
    return SincePage(
        nct_id=row["nct_id"],
        title=row["brief_title"] or "",
        is_known=then is not None,
        pairs=tuple(_compare(then, row)) if then else (),
        counts=dict(sorted(counts.items())),
        moves=tuple((change["source_date"].isoformat(), show_status(change["new_value"])) for change in moves),
    )


def _compare(then: Row, row: Row) -> Iterator[Pair]:
    shown = (
        ("status", *(show_status(one["overall_status"]) for one in (then, row))),
        ("primary completion", *(_show_completion(one) for one in (then, row))),
        ("enrollment", *(_show_enrollment(one) for one in (then, row))),
        ("results", *("posted" if one["has_results"] else "none posted" for one in (then, row))),
    )
    yield from (Pair(field, old, new) for field, old, new in shown if old != new)


def _show_completion(row: Row) -> str:
    day: dt.date | None = row["primary_completion_date"]
    length = {"month": 7, "year": 4}.get(row["primary_completion_date_precision"] or "", 10)
    kind = f" ({row['primary_completion_date_type'].lower()})" if row["primary_completion_date_type"] else ""
    return f"{day.isoformat()[:length]}{kind}" if day else "none stated"


def _show_enrollment(row: Row) -> str:
    kind = f" ({row['enrollment_type'].lower()})" if row["enrollment_type"] else ""
    return f"{row['enrollment']}{kind}" if row["enrollment"] is not None else "none stated"


# ---- Agents ----


def _build_cards(judged: Sequence[tuple[Dossier, Ruling]], rows: Sequence[Row], today: dt.date) -> Iterator[AgentCard]:
    """Yield a card for each lead agent of the review, in the order in which it names them."""
    watched = judged[0][0].watched if judged else frozenset[str]()
    named = dict.fromkeys(name for dossier, _ in judged for name in dossier.followed)
    for name in named:
        own = [row for row in rows if row["agent"] == name]
        newest = max(own, key=lambda row: (row["first_post_date"] or dt.date.min, row["nct_id"]), default=None)
        highest = max(own, key=lambda row: find_highest_phase(row["phases"]), default=None)
        days = [day for row in own for day in (row["last_update_submit_date"], row["first_post_date"]) if day]
        yield AgentCard(
            agent=name,
            is_watched=name in watched,
            trials=len(own),
            phases=tuple(highest["phases"] or ()) if highest else (),
            open_trials=tuple(row["nct_id"] for row in own if row["overall_status"] in OPEN and _is_listed(row)),
            last_new=newest["nct_id"] if newest else "",
            last_new_on=newest["first_post_date"] if newest else None,
            stops=tuple(_build_stop(row) for row in own if row["overall_status"] in STOPPED | PAUSED),
            silent_since=max(days, default=None),
            silent_months=_count_silence(max(days, default=None), today),
        )


def _count_silence(since: dt.date | None, today: dt.date) -> int:
    months = count_months(since, today) if since else 0
    return months if months >= _SILENT_FROM else 0


def _is_listed(row: Row) -> bool:
    return bool(row["registry_state"] == "listed")


def _build_stop(row: Row) -> Stop:
    return Stop(
        nct_id=row["nct_id"],
        status=row["overall_status"],
        since=row["status_since"],
        is_start_known=bool(row["is_start_known"]),
        reason=row["why_stopped"] or "",
    )
