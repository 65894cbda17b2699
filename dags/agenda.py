"""What the published ledger says is to be done: how the newest night and week stand, what waits. It runs no job."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from pathlib import Path

import msgspec

from dags.delivery.ledger import Delivery
from dags.home import Stamp, find_stamp
from dags.inputs import Inputs
from dags.schedule import JOBS, Job, Period, find_period
from warehouse.reader import Published

# Hours until a job that failed is tried again, by how often it did so since it became due.
_HOURS = (1, 2, 4, 8)


class Standing(msgspec.Struct, frozen=True):
    """How the newest period of a job stands in the published ledger.

    `first_night` is when the first of all nights was, `newest_at` the clock of the newest run that read anything,
    `told_until` up to when letters tell.
    """

    period: Period
    is_done: bool = False
    failures: int = 0
    failed_at: dt.datetime | None = None
    first_night: dt.datetime | None = None
    newest_at: dt.datetime | None = None
    told_until: dt.datetime | None = None

    def find_next_try(self) -> dt.datetime:
        """Return from when on it may be tried: at once, or some hours after it failed."""
        if self.failed_at is None:
            return self.period.due_at
        return self.failed_at + dt.timedelta(hours=_HOURS[min(self.failures, len(_HOURS)) - 1])


class Agenda(msgspec.Struct, frozen=True):
    """How the newest period of each job stands, and the messages that wait to be handed over."""

    standings: Mapping[Job, Standing]
    waiting: tuple[Delivery, ...] = ()


def read_agenda(inputs: Inputs, clock: dt.datetime) -> Agenda:
    """Return what is to be done at the clock; without a ledger no period is done, and nothing waits.

    A published file is never written to, only replaced: the same one is not opened again for the same periods.

    Raises:
        WarehouseError: the file cannot be read.
        QueryError: its ledger cannot.
    """
    periods = tuple(find_period(inputs.settings.schedule, job, clock) for job in JOBS)
    stamp = find_stamp(inputs.home.published)
    return _read(inputs.home.published, stamp, periods) if stamp else Agenda(_begin(periods))


@functools.lru_cache(maxsize=1)
def _read(path: Path, _: Stamp, periods: tuple[Period, ...]) -> Agenda:
    with Published(path) as published:
        # A file of an older release lacks what the next run adds.
        if not published.has_table("run_period"):
            return Agenda(_begin(periods))
        standings = {period.job: _read_standing(published, period) for period in periods}
        rows = published.read("open_deliveries") if published.has_table("delivery") else []
    return Agenda(standings, tuple(msgspec.convert(row, Delivery) for row in rows))


def _begin(periods: tuple[Period, ...]) -> dict[Job, Standing]:
    return {period.job: Standing(period) for period in periods}


def _read_standing(published: Published, period: Period) -> Standing:
    (row,) = published.read("due", job=period.job, period=period.label, since=period.due_at)
    return Standing(period, **row)
