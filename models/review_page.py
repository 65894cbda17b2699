"""A living review as a value: what every form of it (terminal, Markdown, HTML, JSON) is rendered from."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """What one arm is posted with, all of it as posted; "" for nothing. `units` are what was counted beside people."""

    arm: str
    part: str
    value: str
    unit: str
    kind: str
    spread: str
    comment: str
    participants: int | None
    units: str


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One posted primary outcome, with its analyses in a line each.

    `population` says who was analysed, in the sponsor's words; `is_posted`: its results are there, not put off.
    """

    measure: str
    time_frame: str
    population: str
    is_posted: bool
    values: tuple[Value, ...]
    analyses: tuple[str, ...]


class CitedTrial(msgspec.Struct, frozen=True, kw_only=True):
    """A trial that a claim cites. `then` is its status on the day of printing, "" where that is not known.

    `is_printed`: the number stands in the review. `outcomes` are the posted results.
    """

    number: str
    nct_id: str
    title: str
    status: str
    then: str
    is_printed: bool
    outcomes: tuple[Outcome, ...] = ()


class ClaimPage(msgspec.Struct, frozen=True, kw_only=True):
    """A claim with its verdict. `since_at` is when the warehouse first held this verdict, None where it does not."""

    claim: str
    section: str
    statement: str
    state: str
    said: str
    name: str
    verdict: str
    rule: str
    reason: str
    evidence: tuple[dict[str, Any], ...]
    since_at: dt.datetime | None
    trials: tuple[CitedTrial, ...]
    agents: tuple[str, ...]
    targets: tuple[str, ...]
    pathways: tuple[str, ...]
    articles: tuple[str, ...]
    unresolved: tuple[str, ...]
    note: str


class MovePage(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict that moved."""

    claim: str
    statement: str
    old_verdict: str
    new_verdict: str
    rule: str
    reason: str
    evidence: tuple[dict[str, Any], ...]
    moved_at: dt.datetime


class Pair(msgspec.Struct, frozen=True):
    """A field on the day of printing and now, as people read it."""

    field: str
    then: str
    now: str


class SincePage(msgspec.Struct, frozen=True, kw_only=True):
    """What changed in a cited trial since printing. `is_known`: a version of that day is held.

    `pairs` are the fields that differ, `counts` the changes by kind, `moves` the statuses with their days.
    """

    nct_id: str
    title: str
    is_known: bool
    pairs: tuple[Pair, ...]
    counts: dict[str, int]
    moves: tuple[tuple[str, str], ...]


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """A trial of an agent that is listed as stopped or paused, with the record's reason, "" for none.

    `is_start_known`: it was not so before `since`; else that is as far back as records are held.
    """

    nct_id: str
    status: str
    since: dt.date | None
    is_start_known: bool
    reason: str


class AgentCard(msgspec.Struct, frozen=True, kw_only=True):
    """An agent of the review over the trials held that give it in an arm.

    `phases` are those of the trial in the highest phase. `silent_since` is the day on which a sponsor last updated any,
    `silent_months` how long that is, 0 where it is no year.
    """

    agent: str
    is_watched: bool
    trials: int
    phases: tuple[str, ...]
    open_trials: tuple[str, ...]
    last_new: str
    last_new_on: dt.date | None
    stops: tuple[Stop, ...]
    silent_since: dt.date | None
    silent_months: int


class Readout(msgspec.Struct, frozen=True, kw_only=True):
    """A trial whose results are due. `state`: overdue, handed_in, due (primary completion has passed) or ahead."""

    nct_id: str
    title: str
    status: str
    primary_completion: str
    is_actual: bool
    due_on: dt.date
    state: str
    months_overdue: int
    is_cited: bool


class ReviewPage(msgspec.Struct, frozen=True, kw_only=True):
    """A living review, or a part of it. `judged_at` is the instant it was judged for.

    `counts` are the claims by verdict and `moves` how many verdicts moved since last week, both of the whole. `read_at`
    is when the registry was last read. `week_since` is where "since last week" begins.
    """

    review: str
    title: str
    citation: str
    printed: dt.date
    doi: str
    pmid: str
    note: str
    judged_at: dt.datetime
    read_at: dt.datetime | None
    week_since: dt.datetime
    counts: dict[str, int]
    moves: int
    claims: tuple[ClaimPage, ...]
    moved: tuple[MovePage, ...]
    since_printing: tuple[SincePage, ...]
    agents: tuple[AgentCard, ...]
    readouts: tuple[Readout, ...]
    unresolved: tuple[str, ...]
