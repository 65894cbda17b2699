"""One trial's life as the warehouse tells it, in the columns of the contract. Only values."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from models.change import Origin, Weight


class WhyHere(msgspec.Struct, frozen=True, kw_only=True):
    """One item of the watchlist that the trial belongs to. `synonym` None: the registry's own expansion found it.

    `kind` is trial, agent or target; `left_at` is when a proved search no longer found it.
    """

    item: str
    kind: str
    name: str
    is_active: bool
    field: str | None
    synonym: str | None
    first_matched_at: dt.datetime
    last_matched_day: dt.date
    left_at: dt.datetime | None


class Spell(msgspec.Struct, frozen=True, kw_only=True):
    """One status from `valid_from` on; `valid_to` None is the current one. A row of `trial_status_history`."""

    status: str
    valid_from: dt.date
    valid_to: dt.date | None
    valid_from_basis: str
    is_start_known: bool


class FirstVersion(msgspec.Struct, frozen=True, kw_only=True):
    """The oldest version held: where the changes begin."""

    source_submit_date: dt.date | None
    source_post_date: dt.date | None
    first_seen_at: dt.datetime
    origin: Origin


class LifeChange(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `trial_change`. `lag_days`: from the sponsor's day to the day it was public, None where unknown.

    `version_no` is that of the version it led to, None where it is no version's.
    """

    change_id: str
    version_no: int | None
    kind: str
    action: str
    item: str
    field: str
    old_value: str | None
    new_value: str | None
    detail: dict[str, Any]
    weight: Weight
    origin: Origin
    source_submit_date: dt.date | None
    source_post_date: dt.date | None
    lag_days: int | None
    source_day: dt.date
    observed_at: dt.datetime

    @property
    def source_date(self) -> dt.date:
        """The sponsor's day, or, where it did not move, the day the change was first served."""
        return self.source_submit_date or self.source_day

    @property
    def occasion(self) -> tuple[object, ...]:
        """What it shares with those told beside it: a version and a day. What is no version's stands alone."""
        return (self.version_no, self.source_date, "" if self.version_no else self.change_id)


class TrialLife(msgspec.Struct, frozen=True, kw_only=True):
    """A trial, why it is here, its statuses in order, and its changes, newest first."""

    nct_id: str
    aliases: tuple[str, ...]
    brief_title: str | None
    overall_status: str
    last_known_status: str | None
    why_stopped: str | None
    phases: tuple[str, ...]
    lead_sponsor: str | None
    targets: tuple[str, ...]
    url: str
    registry_state: str
    first_seen_at: dt.datetime
    last_checked_at: dt.datetime
    versions: int
    versions_without_change: int
    first_version: FirstVersion
    why_here: tuple[WhyHere, ...]
    statuses: tuple[Spell, ...]
    changes: tuple[LifeChange, ...]
