"""One thing found in the records, with its evidence. It knows no verdict, no rule and no record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec

from models.verdicts import FindingKind

Row = Mapping[str, Any]
_UNREAD: tuple[FindingKind, ...] = ("not_read", "missing", "stale", "untagged", "paper_not_read")


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing found. `was_before`: it was so by the day of printing; None where that is not known."""

    kind: FindingKind
    evidence: dict[str, Any] = {}
    was_before: bool | None = None

    @property
    def is_unread(self) -> bool:
        """Whether it says only that a record was not read, or not lately."""
        return self.kind in _UNREAD


def show_day(day: dt.date | None) -> str | None:
    """Return a day as evidence holds it."""
    return day.isoformat() if day else None


def show_partial(row: Row, name: str) -> str | None:
    """Return a date as precisely as it is stated: `2021-03`."""
    day: dt.date | None = row[name]
    length = {"month": 7, "year": 4}.get(row.get(f"{name}_precision") or "", 10)
    return day.isoformat()[:length] if day else None
