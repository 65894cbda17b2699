"""How much of the registry a night reads with `[watch] everything`: all of it, what was updated since, nothing again.

What was updated since is found by the registry's own date, which does not move with every change, and no record that is
gone is among it: nothing is concluded from what such a reading lacks, and the whole is read anew every some days.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from dags.item_checks import RANGE, REGISTRY, ItemChecks
from models.settings import Settings


class Scope(msgspec.Struct, frozen=True):
    """What is to be read: every study, or with `since` those whose last update was posted on that day or later."""

    since: dt.date | None = None


def find_scope(settings: Settings, checks: ItemChecks, day: dt.date, *, is_older: bool) -> Scope | None:
    """Return what is to be read of a release (and note, where it is nothing again, that it was proved before).

    A reading of what was updated begins `overlap_days` before the day up to which the registry was proved, however many
    nights were missed since.
    """
    own = settings.source.clinicaltrials
    whole_day, range_day = checks.find_proved_day(REGISTRY), checks.find_proved_day(RANGE)
    days = own.whole_after_days if settings.watch.everything == "range" else 1
    is_due = whole_day is None or (day - whole_day).days >= days
    if whole_day is None or (is_due and not is_older) or settings.watch.everything != "range":
        return None if checks.is_same_day(None) else Scope()
    covered = max(whole_day, range_day or whole_day)
    if checks.is_same_day(None, REGISTRY if covered == whole_day else RANGE):
        return None
    return Scope(min(covered, day) - dt.timedelta(days=own.overlap_days))
