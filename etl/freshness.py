"""When the data of a source are old enough to be called stale: one rule for all who say so. Pure."""

from __future__ import annotations

import datetime as dt

_STALE_AFTER = dt.timedelta(days=3)  # a weekend without a release is no staleness


def is_stale(day: dt.date | None, clock: dt.datetime) -> bool:
    """Return whether data of a source day are stale at an instant; None is no day at all."""
    return day is None or clock.date() - day > _STALE_AFTER
