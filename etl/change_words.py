"""A change, or why a trial is here, in words for a terminal or a table. Pure text, no markup."""

from __future__ import annotations

from typing import NamedTuple

from etl.wording import flatten, show_distance, show_standing, show_status
from models.trial_life import LifeChange, WhyHere

_NAMES = {
    "why_stopped": "reason",
    "start_date": "start",
    "primary_completion_date": "primary completion",
    "completion_date": "completion",
    "registry_state": "registry record",
    "site": "sites",
}
DATES = ("start_date", "primary_completion_date", "completion_date")
# Told by the values alone: from what to what says it all.
_TOLD_BY_VALUES = {"status", "why_stopped", "registry_state", "enrollment", *DATES}
_SILENT_ACTIONS = {"set", "changed", "count"}
_CERTAINTY = {"ESTIMATED": "est.", "ACTUAL": "actual"}
NOT_STATED = "not stated"


class ChangeWords(NamedTuple):
    """`what` names the change; `before` and `after` are empty where there is no such side; `note` may be empty."""

    what: str
    before: str
    after: str
    note: str

    @property
    def both(self) -> str:
        """Old → new, or the one side there is."""
        return " → ".join(filter(None, (self.before, self.after)))


def describe_change(change: LifeChange) -> ChangeWords:
    """Return a change in words, each text whole and on one line."""
    name = _NAMES.get(change.kind, change.kind.replace("_", " "))
    if change.kind in _TOLD_BY_VALUES:
        before, after = (
            _show(change, value, side) for value, side in ((change.old_value, "old"), (change.new_value, "new"))
        )
        return ChangeWords(name, before, after, ", ".join(_find_notes(change)))
    action = "" if change.action in _SILENT_ACTIONS else change.action.replace("_", " ")
    before, after = (flatten(value or "") for value in (change.old_value, change.new_value))
    item = flatten(change.item)
    # A line that is the whole item begins with its name already.
    item = "" if any(side.startswith(item) for side in (before, after)) else f": {item}"
    return ChangeWords(f"{name} {action}".rstrip() + item, before, after, ", ".join(_find_notes(change)))


def show_reason(change: LifeChange) -> str:
    """Return the reason the record gives with a status, in its own words; of a stop or pause also that it has none."""
    if change.kind != "status":
        return ""
    reason = flatten(str(change.detail.get("why_stopped") or ""))
    none = "none in the record" if change.detail.get("transition") in ("stop", "pause") else ""
    return f"“{reason}”" if reason else none


def describe_why(why: WhyHere) -> str:
    """Return why a trial is here: the item that it belongs to, by which words in which field."""
    found = f"“{flatten(why.synonym)}” in {flatten(why.field or '')}" if why.synonym else "the registry's own match"
    by_name = f"{why.kind} {flatten(why.name)}: {found}"
    by = f"watched by number {flatten(why.name)}" if why.kind == "trial" else by_name
    left = f"; left the query {why.left_at.date()}" if why.left_at else ""
    return f"{by}{left}{'' if why.is_active else '; no longer on the watchlist'}"


def _show(change: LifeChange, value: str | None, side: str) -> str:
    if value is None:
        return NOT_STATED
    if change.kind == "status":
        return show_status(flatten(value))
    if change.kind == "registry_state":
        return show_standing(value)
    if change.kind == "why_stopped":
        return f"“{flatten(value)}”"
    certainty = change.detail.get(f"{side}_type")
    shown = flatten(value)
    return f"{shown} {_CERTAINTY.get(certainty, flatten(certainty.lower()))}" if isinstance(certainty, str) else shown


def _find_notes(change: LifeChange) -> list[str]:
    """Return what a reader would otherwise have to work out, or look up in `detail`."""
    notes = []
    if change.kind in DATES:
        notes.append(show_distance(change.old_value, change.new_value))
    if isinstance(percent := change.detail.get("percent"), int | float) and percent:
        notes.append(f"{percent:+g} %")
    if change.detail.get("implausible") is True:
        notes.append("over five years")
    if change.detail.get("after_completion") is True:
        notes.append("after primary completion")
    if isinstance(says := change.detail.get("says"), str):
        notes.append(f"says “{flatten(says)}”")
    if isinstance(agents := change.detail.get("agents"), list) and agents:
        notes.append(f"watched: {', '.join(flatten(str(agent)) for agent in agents)}")
    if change.kind == "status" and change.new_value == "WITHDRAWN":
        notes.append("before anyone enrolled")
    return [note for note in notes if note]
