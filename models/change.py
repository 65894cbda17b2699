"""What can change in a trial, and how much it weighs: kinds, actions, transition classes, as data."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, get_args

import msgspec

Weight = Literal["top", "high", "medium", "low"]
WEIGHTS: tuple[Weight, ...] = get_args(Weight)

Status = Literal[
    "NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "COMPLETED",
    "SUSPENDED", "TERMINATED", "WITHDRAWN", "UNKNOWN", "WITHHELD", "NO_LONGER_AVAILABLE", "AVAILABLE",
    "TEMPORARILY_NOT_AVAILABLE", "APPROVED_FOR_MARKETING",
]  # fmt: skip
STATUSES: tuple[Status, ...] = get_args(Status)
# How it was learnt: docs/contract.md says what each means.
Origin = Literal["live", "gap", "backfill", "import"]
Transition = Literal["progress", "pause", "stop", "resume", "reversal", "end", "registry"]

STOPPED = frozenset({"TERMINATED", "WITHDRAWN"})
PAUSED = frozenset({"SUSPENDED", "TEMPORARILY_NOT_AVAILABLE"})
SET_BY_REGISTRY = frozenset({"UNKNOWN", "WITHHELD"})
OPEN = frozenset({"NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "AVAILABLE"})
# The stages of a study's normal course; a move to a lower one is a reversal.
STAGE = {
    "NOT_YET_RECRUITING": 0,
    "ENROLLING_BY_INVITATION": 1,
    "RECRUITING": 1,
    "ACTIVE_NOT_RECRUITING": 2,
    "COMPLETED": 3,
}


# The first rule that fits a move (from a status in the first set to one in the second) names its class.
# None stands for any status, also one the registry has not documented.
_RULES: tuple[tuple[Transition, frozenset[str] | None, frozenset[str] | None], ...] = (
    ("stop", None, STOPPED),
    ("pause", None, PAUSED),
    ("resume", STOPPED | PAUSED, OPEN),
    ("registry", None, SET_BY_REGISTRY),
    ("registry", SET_BY_REGISTRY, None),
    *(
        ("reversal", frozenset({old}), frozenset(new for new in STAGE if STAGE[new] < STAGE[old]))
        for old in STAGE
    ),
    ("end", None, frozenset({"COMPLETED"})),
    ("progress", None, None),
)  # fmt: skip


def find_transition(old: str, new: str) -> Transition:
    """Return the class of a move between two statuses; the rules stand in their order of precedence."""
    fits = ((before is None or old in before) and (after is None or new in after) for _, before, after in _RULES)
    return next(name for (name, *_), fit in zip(_RULES, fits, strict=True) if fit)


def _weigh_all(weight: Weight, *actions: str) -> dict[str, Weight]:
    return dict.fromkeys(actions, weight)


# What each kind of change weighs, by action; a status by transition. A row may weigh as a special case of its action:
# `respelt` (nothing but case, spaces and punctuation moved), `sponsor.lead` (the lead sponsor, not a collaborator),
# `identity.number` (the NCT number itself), `design.text` (a describing text), `reference.background`,
# `oversight.violation` (a notice of non-compliance), `expanded_access.none` (said to be none, or not said at all),
# `primary_outcome.after_completion` (reworded, or measured otherwise, when the data may be known),
# `country.listed` and `country.unlisted` (the whole list of sites appeared, or was taken away).
_WEIGHTS: dict[str, dict[str, Weight]] = {
    "status": {
        "stop": "top",
        "pause": "top",
        "resume": "high",
        "reversal": "high",
        "end": "high",
        "progress": "medium",
        "registry": "medium",
    },
    "why_stopped": {"set": "high", "cleared": "medium"},
    "start_date": _weigh_all("low", "pulled_in", "refined", "actualised", "set", "cleared") | {"slipped": "medium"},
    "primary_completion_date": _weigh_all("low", "refined", "actualised", "set", "cleared")
    | {"slipped": "medium", "pulled_in": "medium"},
    "completion_date": _weigh_all("low", "pulled_in", "refined", "actualised", "set", "cleared")
    | {"slipped": "medium"},
    "enrollment": {"raised": "medium", "cut": "medium", "actual": "low", "set": "low"},
    "phase": {"changed": "high", "added": "medium", "removed": "medium"},
    "study_type": {"changed": "high", "added": "low", "removed": "low"},
    "design": {"changed": "medium", "added": "low", "removed": "low", "text": "low"},
    "sponsor": {"lead": "high", "added": "medium", "removed": "medium", "changed": "low", "respelt": "low"},
    "responsible_party": {"changed": "low", "added": "low", "removed": "low"},
    "arm": {"added": "high", "removed": "high", "closed": "high", "renamed": "low", "changed": "low", "respelt": "low"},
    "intervention": {"added": "medium", "removed": "medium", "renamed": "low", "changed": "low", "respelt": "low"},
    "primary_outcome": _weigh_all("high", "added", "dropped", "promoted", "demoted", "after_completion")
    | {"reworded": "medium", "time_frame": "medium", "respelt": "low"},
    "secondary_outcome": _weigh_all("medium", "added", "dropped", "promoted", "demoted")
    | {"reworded": "low", "time_frame": "low", "respelt": "low"},
    "other_outcome": _weigh_all("low", "added", "dropped", "promoted", "demoted", "reworded", "time_frame", "respelt"),
    "eligibility": {"limits": "medium", "added": "low", "dropped": "low", "changed": "low", "respelt": "low"},
    "country": {"added": "low", "removed": "medium", "listed": "low", "unlisted": "low"},
    "site": {"count": "low"},
    "results": {"posted": "high", "withdrawn": "high", "submitted": "medium", "overdue": "medium", "updated": "low"},
    "reference": {"added": "medium", "removed": "low", "changed": "low", "background": "low"},
    "retraction": {"added": "high", "removed": "low"},
    "document": {"added": "medium", "changed": "low", "removed": "low"},
    "title": {"changed": "medium", "added": "low", "removed": "low", "respelt": "low"},
    "condition": {"added": "medium", "removed": "medium", "changed": "low", "respelt": "low"},
    "keyword": {"added": "low", "removed": "low", "changed": "low"},
    "description": {"added": "low", "removed": "low", "changed": "low"},
    "link": {"added": "low", "removed": "low", "changed": "low"},
    "identity": {"number": "medium", "changed": "low", "added": "low", "removed": "low"},
    "disposition": {"added": "medium", "changed": "low", "removed": "low"},
    "expanded_access": {"added": "medium", "changed": "medium", "removed": "medium", "none": "low"},
    "oversight": {"added": "low", "changed": "low", "removed": "low", "violation": "high"},
    "registry_state": {"missing": "low", "gone": "high", "reopened": "high"},
}
# By kind and action (or transition, or special case); a pair that is not listed weighs "low".
WEIGHT_OF: dict[tuple[str, str], Weight] = {
    (kind, action): weight for kind, actions in _WEIGHTS.items() for action, weight in actions.items()
}


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One typed change between two neighbouring versions of one trial.

    `field` is a dotted path without list places, `item` the list item it is about ("" for none). Values are whole texts
    without markup; of an item that came or went, a line to read. `detail` holds JSON values that the kind adds: for a
    status `transition` and `class`, for a date `signed_days`, for an item `content`, its whole canonical content;
    `also` lists further fields that the same event moved.
    """

    kind: str
    action: str
    field: str
    old_value: str | None
    new_value: str | None
    weight: Weight
    item: str = ""
    detail: dict[str, Any] = {}


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """When a change happened by its source (None: the source's own dates did not move) and when we first saw it."""

    source_submit_date: dt.date | None
    source_post_date: dt.date | None
    source_day: dt.date
    observed_at: dt.datetime
