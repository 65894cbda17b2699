"""From rows of the warehouse to the landscape page's content. Pure: rows in, a `Landscape` out; it renders nothing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from etl.chips import LOOKS, find_look
from etl.report.changes import read_changes
from etl.report.moves import build_moves
from etl.report.sources import describe_sources, find_warnings
from etl.report.trials import build_trial
from etl.status_signs import find_sign
from etl.wording import count, flatten, join, show_day, show_status
from models.change import Weight
from models.landscape import Landscape, LandscapeTrial, Month, Status

Row = Mapping[str, Any]


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """What the warehouse says, as rows of the statements report_*, status_run, status_sources and status_items."""

    run: Row | None
    sources: Sequence[Row]
    items: Sequence[Row]
    targets: Sequence[Row]
    trials: Sequence[Row]
    changes: Sequence[Row]
    statuses: Sequence[Row]
    versions: Sequence[Row]
    papers: Sequence[Row]
    events: Sequence[Row]
    months: Sequence[Row]
    new_papers: int


def build_landscape(
    rows: Rows,
    *,
    clock: dt.datetime,
    until: dt.date,
    since: dt.date,
    first_month: dt.date,
    minimum_weight: Weight,
    only: Sequence[str] = (),
) -> Landscape:
    """Return the page. `until` is the day of the data, `only` the targets it is narrowed to; none are all."""
    changes = read_changes(rows.changes)
    own = {name: _group(getattr(rows, name)) for name in ("statuses", "papers", "events")}
    versions = {row["nct_id"]: row for row in rows.versions}
    trials = tuple(
        build_trial(
            row,
            **{name: found.get(row["nct_id"], ()) for name, found in own.items()},
            changes=changes.get(row["nct_id"], ()),
            versions=versions[row["nct_id"]],
            until=until,
        )
        for row in rows.trials
    )
    moves, light = build_moves(rows.trials, changes, rows.events, since, minimum_weight)
    sources = describe_sources(rows.sources, rows.items, clock)
    held = {target for trial in trials for target in trial.targets} | {row["target"] for row in rows.months}
    targets = [row["target"] for row in sorted(rows.targets, key=lambda row: (not row["is_watched"], row["target"]))]
    codes = {trial.status for trial in trials} | {spell.status for trial in trials for spell in trial.spells}
    codes |= {code for move in moves for code in move.statuses}
    codes |= {mark.status for trial in trials for mark in trial.bar.marks}
    return Landscape(
        scope=_describe_scope(trials, only),
        until=until,
        as_of=show_day(until) + (f" (run {rows.run['run_id']})" if rows.run else ""),
        written=f"{show_day(clock.date())}, {clock:%H:%M} UTC",
        since=since,
        sources=sources,
        warnings=find_warnings(rows.sources, rows.items, clock),
        targets=tuple(name for name in targets if name in held and (not only or name in only)),
        statuses={code: _build_status(code) for code in sorted(codes, key=_place_status)},
        trials=trials,
        moves=moves,
        months=tuple(Month(row["target"], row["month"].isoformat(), row["papers"]) for row in rows.months),
        first_month=first_month,
        new_papers=rows.new_papers,
        low_changes=light,
    )


def _group(rows: Iterable[Row]) -> Mapping[str, Sequence[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["nct_id"]].append(row)
    return found


def _describe_scope(trials: Sequence[LandscapeTrial], only: Sequence[str]) -> str:
    papers = len({paper.pmid for trial in trials for paper in trial.papers})
    of = f" of {join(only)}" if only else ""
    return f"{count(len(trials), 'trial')}{of}, {count(papers, 'paper')} that belong to them"


def _place_status(code: str) -> tuple[int, str]:
    return LOOKS.index(find_look(code)), code


def _build_status(code: str) -> Status:
    return Status(code, flatten(show_status(code)), find_look(code).name, find_sign(code)[0])
