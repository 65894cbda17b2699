"""What moved lately: the changes first seen in the last weeks, a move a trial and day. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec

from etl.escaping import LONGEST_TEXT
from etl.fitting import shorten_pair
from etl.report.changes import date_changes, describe, describe_event
from etl.wording import flatten, show_day
from models.change import WEIGHTS, Weight
from models.landscape import ChangeLine, Move
from models.trial_life import LifeChange

Row = Mapping[str, Any]


def build_moves(
    trials: Iterable[Row],
    changes: Mapping[str, Sequence[LifeChange]],
    events: Iterable[Row],
    since: dt.date,
    minimum_weight: Weight,
) -> tuple[tuple[Move, ...], int]:
    """Return what was first seen from a day on, newest first and of a day the gravest first, and how many were lighter.

    History that was learnt late is not news.
    """
    least = WEIGHTS.index(minimum_weight)
    moves: list[tuple[int, Move]] = []
    light = 0
    for row in trials:
        fresh = [one for one in changes.get(row["nct_id"], ()) if _is_news(one, since)]
        told = [one for one in fresh if WEIGHTS.index(one.weight) <= least]
        light += len(fresh) - len(told)
        moves += _group(row["nct_id"], told)
        if row["is_new_at"] and row["is_new_at"].date() >= since:
            moves.append((WEIGHTS.index("high"), _build_new(row)))
    moves += [(WEIGHTS.index("high"), _build_event(row)) for row in events if _is_fresh(row, since)]
    moves.sort(key=lambda pair: (pair[0], pair[1].nct_id))
    moves.sort(key=lambda pair: pair[1].day, reverse=True)
    return tuple(move for _, move in moves), light


def _is_news(change: LifeChange, since: dt.date) -> bool:
    return change.origin != "backfill" and change.observed_at.date() >= since


def _is_fresh(row: Row, since: dt.date) -> bool:
    return bool(row["origin"] != "backfill" and row["observed_at"].date() >= since)


def _group(nct_id: str, changes: Sequence[LifeChange]) -> Iterator[tuple[int, Move]]:
    for _, group in groupby(changes, key=lambda one: (one.observed_at, one.version_no, one.source_date)):
        own = list(group)
        statuses = next(((one.old_value, one.new_value) for one in own if one.kind == "status"), ())
        # The status is told by its chips; its reason stays a line.
        lines = [line for one in own for line in describe(one) if one.kind != "status" or line.what != "Status"]
        yield (
            min(WEIGHTS.index(one.weight) for one in own),
            Move(
                nct_id=nct_id,
                day=own[0].observed_at.date().isoformat(),
                dated=date_changes(own),
                is_new=False,
                statuses=tuple(flatten(word) for word in statuses if word),
                lines=tuple(map(_shorten, lines)),
            ),
        )


def _shorten(line: ChangeLine) -> ChangeLine:
    """Return a line of which the panel has the whole."""
    before, after = shorten_pair(line.before, line.after, LONGEST_TEXT)
    return msgspec.structs.replace(line, before=before, after=after)


def _build_new(row: Row) -> Move:
    posted = f"public {show_day(row['first_post_date'])}, " if row["first_post_date"] else ""
    seen = row["is_new_at"].date()
    return Move(row["nct_id"], seen.isoformat(), f"{posted}seen {show_day(seen)}", is_new=True, statuses=(), lines=())


def _build_event(row: Row) -> Move:
    lines: tuple[ChangeLine, ...] = (describe_event(row),)
    seen = row["observed_at"].date()
    return Move(row["nct_id"], seen.isoformat(), f"seen {show_day(seen)}", is_new=False, statuses=(), lines=lines)
