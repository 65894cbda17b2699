"""What can change in a trial, and how much it weighs: kinds, actions, transition classes, as data."""

from __future__ import annotations

import datetime as dt
from typing import Literal, get_args

import msgspec

Weight = Literal["top", "high", "medium", "low"]
WEIGHTS: tuple[Weight, ...] = get_args(Weight)

Status = Literal[
    "NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "COMPLETED",
    "SUSPENDED", "TERMINATED", "WITHDRAWN", "UNKNOWN", "WITHHELD", "NO_LONGER_AVAILABLE", "AVAILABLE",
    "TEMPORARILY_NOT_AVAILABLE", "APPROVED_FOR_MARKETING",
]  # fmt: skip
STATUSES: tuple[Status, ...] = get_args(Status)
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


# Unlisted pairs of kind and action (for a status: of kind and transition) weigh "low".
WEIGHT_OF: dict[tuple[str, str], Weight] = {
    ("status", "stop"): "top",
    ("status", "pause"): "top",
    ("status", "resume"): "high",
    ("status", "reversal"): "high",
    ("status", "end"): "high",
    ("status", "progress"): "medium",
    ("status", "registry"): "medium",
    ("why_stopped", "set"): "high",
    ("why_stopped", "cleared"): "medium",
    ("primary_completion_date", "slipped"): "medium",
    ("primary_completion_date", "pulled_in"): "medium",
    ("start_date", "slipped"): "medium",
    ("completion_date", "slipped"): "medium",
    ("enrollment", "cut"): "medium",
    ("enrollment", "raised"): "medium",
    ("registry_state", "gone"): "high",
    ("registry_state", "reopened"): "high",
}


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One typed change between two neighbouring versions of one trial.

    `detail` holds what the kind adds: for a status `transition` and `why_stopped`, for a date `signed_days`, for
    enrollment `percent`. Values are as the source writes them.
    """

    kind: str
    action: str
    field: str
    old_value: str | None
    new_value: str | None
    weight: Weight
    item: str = ""
    detail: dict[str, str | int | float | bool | None] = {}


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """When a change happened by its source (None: the source's own dates did not move) and when we first saw it."""

    source_submit_date: dt.date | None
    source_post_date: dt.date | None
    source_day: dt.date
    observed_at: dt.datetime
