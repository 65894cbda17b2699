"""The ledger of nights and weeks, written: which a run did, which it made good. What is due is in `dags.agenda`."""

from __future__ import annotations

import datetime as dt

from dags.schedule import Job, Period, find_period, list_periods
from models.settings import ScheduleSettings
from warehouse.store import Store


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
    newest: dt.datetime | None = store.read_value("newest_period", job=period.job)
    if newest:
        return list_periods(schedule, period.job, newest, period.due_at)
    first_night: dt.datetime | None = store.read_value("first_night")
    if period.job == "nightly" or first_night is None:
        return []
    weeks = list_periods(schedule, "weekly", first_night, period.due_at)
    return [one for one in weeks if one.week.until > first_night]
