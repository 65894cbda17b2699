"""From the rows of a span to one item a trial: its moves as a chain, its other changes as lines, when all that was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from etl.letter.lines import build_lines, is_value
from models.change import WEIGHTS, Weight
from models.digest import StatusMove, Told, TrialItem, Update

Row = Mapping[str, Any]
# Beyond so many trials, those whose news weigh medium or less are told in one line each.
MOST_WHOLE = 25
_HEAVY = ("top", "high")
_STOPS = ("stop", "pause")
# These follow from the calendar or from what the registry no longer answers: no update brought them.
_WITHOUT_UPDATE = ("registry_state", "overdue")


def split_by_weight(changes: Sequence[Row], minimum: Weight) -> tuple[list[Row], list[Row]]:
    """Return the changes a letter tells and those it only counts.

    Of one thing (a status, a date, the countries) all moves are told where one is, so that what is told last is how it
    stands; and with a stop what the enrollment came to. A paper that the sponsor read before the trial (BACKGROUND) is
    never news.
    """
    heavy = {_name_thing(row) for row in changes if WEIGHTS.index(row["weight"]) <= WEIGHTS.index(minimum)}
    stopped = {row["nct_id"] for row in changes if row["kind"] == "status" and find_transition(row) in _STOPS}
    told: list[Row] = []
    counted: list[Row] = []
    for row in changes:
        belongs = row["kind"] == "enrollment" and row["nct_id"] in stopped
        is_told = (belongs or _name_thing(row) in heavy) and not _is_background(row)
        (told if is_told else counted).append(row)
    return told, counted


def _name_thing(row: Row) -> tuple[str, ...]:
    """Return what a change is about: what its trial has once, else the change itself."""
    if row["kind"] == "country":
        return row["nct_id"], row["kind"]
    return (row["nct_id"], row["kind"], row["field"]) if is_value(row) else (row["change_id"],)


def find_transition(row: Row) -> str:
    """Return the class of a status move."""
    return str(row["detail"].get("transition") or "")


def _is_background(row: Row) -> bool:
    return row["kind"] == "reference" and row["detail"].get("type") not in ("RESULT", "DERIVED")


def build_trial_items(
    told: Sequence[Row], trials: Mapping[str, Row], fresh: Sequence[str], before: Mapping[str, Told] | None = None
) -> dict[str, TrialItem]:
    """Return each trial that has changes to tell or is new, by its number, once.

    `before` says of changes and new trials when their reader was told, by the keys of etl/telling.py: a trial of which
    all was told is named in one line, of another what is new is told.
    """
    own: dict[str, list[Row]] = {nct_id: [] for nct_id in (*(row["nct_id"] for row in told), *fresh)}
    for row in told:
        own[row["nct_id"]].append(row)
    items = {
        nct_id: _build_untold(trials[nct_id], rows, is_new=nct_id in fresh, before=before or {})
        for nct_id, rows in own.items()
    }
    if len(items) <= MOST_WHOLE:
        return items
    return {
        nct_id: item if item.weight in _HEAVY else msgspec.structs.replace(item, is_brief=True)
        for nct_id, item in items.items()
    }


def _build_untold(trial: Row, rows: Sequence[Row], *, is_new: bool, before: Mapping[str, Told]) -> TrialItem:
    """Return the item with what was told before left out, or, where that is all of it, in one line that says so."""
    keys = [f"change:{row['change_id']}" for row in rows] + ([f"trial:{trial['nct_id']}"] if is_new else [])
    told = [before[key] for key in keys if key in before]
    if not told:
        return _build_item(trial, rows, is_new=is_new)
    mark = {"told_on": max(one.day for one in told), "is_told_unsure": any(one.is_unsure for one in told)}
    if len(told) == len(keys):
        item = _build_item(trial, rows, is_new=is_new)
        return msgspec.structs.replace(item, is_brief=True, is_repeated=True, **mark)
    untold = [row for row in rows if f"change:{row['change_id']}" not in before]
    has_moved = any(row["kind"] == "status" for row in untold)
    shown = [row for row in rows if row in untold or (has_moved and row["kind"] == "status")]
    item = _build_item(trial, shown, is_new=is_new and f"trial:{trial['nct_id']}" not in before)
    return msgspec.structs.replace(item, **mark)


def date_new_trials(items: Mapping[str, TrialItem], fresh: Sequence[Row]) -> dict[str, TrialItem]:
    """Return items of which a new trial that did not change since has the dates of the version it was first seen in."""
    dated = {row["nct_id"]: (_build_first(row),) for row in fresh if row.get("source_day")}
    return {
        nct_id: msgspec.structs.replace(item, updates=dated[nct_id]) if nct_id in dated and not item.updates else item
        for nct_id, item in items.items()
    }


def _build_first(row: Row) -> Update:
    return Update(row["source_submit_date"], row["source_post_date"], row["source_day"])


def _build_item(trial: Row, rows: Sequence[Row], *, is_new: bool) -> TrialItem:
    return TrialItem(
        nct_id=trial["nct_id"],
        title=trial["title"] or "(no title)",
        url=f"https://clinicaltrials.gov/study/{trial['nct_id']}",
        phases=tuple(trial["phases"] or ()),
        sponsor=trial["sponsor"] or "",
        status=trial["status"] or "",
        first_post_date=trial["first_post_date"],
        targets=tuple(trial["targets"] or ()),
        weight=min((row["weight"] for row in rows), key=WEIGHTS.index, default="medium"),
        is_new=is_new,
        moves=tuple(_build_move(row) for row in rows if row["kind"] == "status"),
        lines=build_lines([row for row in rows if row["kind"] != "status"]),
        updates=_list_updates(rows),
        noted_on=max((row["source_day"] for row in rows if not _is_dated(row)), default=None),
    )


def _build_move(row: Row) -> StatusMove:
    return StatusMove(
        old_status=row["old_value"] or "",
        new_status=row["new_value"] or "",
        transition=find_transition(row),
        why_stopped=row["detail"].get("why_stopped") or "",
        stop_class=row["detail"].get("class") or "",
    )


def _list_updates(rows: Sequence[Row]) -> tuple[Update, ...]:
    """Return when what is told was submitted and posted, each update once, in source order."""
    return tuple(dict.fromkeys(_build_update(row) for row in rows if _is_dated(row)))


def _is_dated(row: Row) -> bool:
    return row["kind"] not in _WITHOUT_UPDATE and row["action"] not in _WITHOUT_UPDATE


def _build_update(row: Row) -> Update:
    served_on: dt.date = row["source_day"]
    return Update(row["source_submit_date"], row["source_post_date"], served_on, row["origin"] == "gap")
