"""What a missing record means. Absence is not a fact: `gone` needs several source days of proved absence."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

RegistryState = Literal["listed", "missing", "gone"]


class Standing(msgspec.Struct, frozen=True):
    """How a trial stands in the registry, and the source days on which its absence was proved since last served."""

    state: RegistryState
    missing_days: tuple[dt.date, ...] = ()


def judge_absence(held: Standing, source_day: dt.date, gone_after: int) -> Standing:
    """Return the standing after one more proved absence (a complete answer without it and the registry's own 404).

    A source day counts once. Days on which nothing was proved are never brought here: they neither count nor reset.
    """
    days = tuple(sorted({*held.missing_days, source_day}))
    state: RegistryState = "gone" if held.state == "gone" or len(days) >= gone_after else "missing"
    return Standing(state, days)


def name_step(held: RegistryState, now: RegistryState) -> str | None:
    """Return the event of a move between two states (`missing`, `gone`, `reopened`), None where nothing moved."""
    if held == now:
        return None
    return "reopened" if now == "listed" else now
