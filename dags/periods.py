"""The ledger of nights and weeks: which are done, which a later run made good, and what is due. It runs no job."""

from __future__ import annotations

import datetime as dt

import msgspec

from dags.inputs import Inputs
from dags.schedule import Job, Period, find_period, list_periods
from models.settings import ScheduleSettings
from warehouse.reader import query_table
from warehouse.sql import read_sql
from warehouse.store import Store

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


def read_standing(inputs: Inputs, job: Job, clock: dt.datetime) -> Standing:
    """Return how the period of a job that is due at the clock stands; without a ledger it is not done."""
    period = find_period(inputs.settings.schedule, job, clock)
    published = inputs.home.published
    if not published.exists():
        return Standing(period)
    parameters = {"job": job, "period": period.label, "since": period.due_at}
    due = query_table(published, "run_period", read_sql("statements", "due"), parameters)
    if due is None:  # an older release published it; the next run makes the ledger
        return Standing(period)
    names, rows = due
    return Standing(period, **dict(zip(names, rows[0], strict=True)))


def write_periods(store: Store, schedule: ScheduleSettings, job: Job, run_id: int, clock: dt.datetime) -> None:
    """Write that a run did the period due at its clock, and covers those missed since the newest in the ledger.

    Before the first night none is missed, nor a week that was over by then. A period is written once, whoever does it
    again.
    """
    period = find_period(schedule, job, clock)
    missed = _list_missed(store, schedule, period)
    for one in [*(other for other in missed if other.label != period.label), period]:
        status = "done" if one == period else "covered_by"
        store.run("add_period", job=job, period=one.label, due_at=one.due_at, status=status, run_id=run_id, clock=clock)


def _list_missed(store: Store, schedule: ScheduleSettings, period: Period) -> list[Period]:
    newest: dt.datetime | None = store.read("newest_period", job=period.job).item()
    if newest:
        return list_periods(schedule, period.job, newest, period.due_at)
    first_night: dt.datetime | None = store.read("first_night").item()
    if period.job == "nightly" or first_night is None:
        return []
    weeks = list_periods(schedule, "weekly", first_night, period.due_at)
    return [one for one in weeks if one.week.until > first_night]
