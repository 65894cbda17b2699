"""Which nights and weeks are due when, by the [schedule]: pure arithmetic of days and zones. It reads no ledger."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from typing import Literal

import msgspec
from apscheduler.triggers.cron import CronTrigger

from dags.span import find_last_week
from models.settings import ScheduleSettings

Job = Literal["nightly", "weekly"]
JOBS: tuple[Job, ...] = ("nightly", "weekly")
_LONGEST_GAP = dt.timedelta(days=8)  # between two times one job is due, with a day to spare


class Period(msgspec.Struct, frozen=True):
    """One night or week of a job. `label`: the day it was due, in the schedule's zone, or the ISO week it tells of."""

    job: Job
    label: str
    due_at: dt.datetime


def build_triggers(schedule: ScheduleSettings) -> dict[Job, CronTrigger]:
    """Return the trigger of each job, by name of day, in the schedule's zone."""
    zone = zoneinfo.ZoneInfo(schedule.timezone)
    hour, minute = schedule.nightly.split(":")
    day, _, time = schedule.weekly.partition(" ")
    weekly_hour, weekly_minute = time.split(":")
    return {
        "nightly": CronTrigger(hour=int(hour), minute=int(minute), timezone=zone),
        "weekly": CronTrigger(day_of_week=day, hour=int(weekly_hour), minute=int(weekly_minute), timezone=zone),
    }


def find_next_due(schedule: ScheduleSettings, clock: dt.datetime, job: Job | None = None) -> dt.datetime:
    """Return the next instant (UTC) at which a job is due: the one named, or the first of all."""
    aware = clock.replace(tzinfo=dt.UTC)
    fires = [_fire(trigger, aware) for name, trigger in build_triggers(schedule).items() if job in (None, name)]
    return min(fires).replace(tzinfo=None)


def find_last_due(trigger: CronTrigger, clock: dt.datetime) -> dt.datetime:
    """Return the last instant (UTC) before or at the clock at which a trigger fired."""
    *_, last = list_due(trigger, clock - _LONGEST_GAP, clock)
    return last


def list_due(trigger: CronTrigger, since: dt.datetime, until: dt.datetime) -> Iterator[dt.datetime]:
    """Yield the instants (UTC) at which a trigger fired after `since`, up to and with `until`.

    A local time that comes twice on the night of a clock change counts the first time; one that is skipped comes late.
    """
    start, end = since.replace(tzinfo=dt.UTC), until.replace(tzinfo=dt.UTC)
    last: dt.date | None = None
    # From a day before: whether an hour is the second of its name is seen by the first.
    fire = _fire(trigger, start - dt.timedelta(days=1))
    while fire <= end:
        day = fire.astimezone(trigger.timezone).date()
        if day != last and fire > start:
            yield fire.replace(tzinfo=None)
        last, fire = day, _fire(trigger, fire + dt.timedelta(seconds=1))


def _fire(trigger: CronTrigger, after: dt.datetime) -> dt.datetime:
    # In UTC, where no hour is skipped or repeated: adding to a local time may lead nowhere on the night of a change.
    fire: dt.datetime = trigger.get_next_fire_time(None, after)
    return fire.astimezone(dt.UTC)


def find_period(schedule: ScheduleSettings, job: Job, clock: dt.datetime) -> Period:
    """Return the newest period of a job that is due at the clock."""
    trigger = build_triggers(schedule)[job]
    return _name(job, trigger, find_last_due(trigger, clock))


def list_periods(schedule: ScheduleSettings, job: Job, since: dt.datetime, until: dt.datetime) -> list[Period]:
    """Return the periods of a job that became due after `since`, up to and with `until`, each once, oldest first."""
    trigger = build_triggers(schedule)[job]
    found: dict[str, Period] = {}
    for due_at in list_due(trigger, since, until):
        period = _name(job, trigger, due_at)
        found.setdefault(period.label, period)
    return list(found.values())


def _name(job: Job, trigger: CronTrigger, due_at: dt.datetime) -> Period:
    if job == "weekly":
        return Period(job, find_last_week(due_at).label, due_at)
    local = due_at.replace(tzinfo=dt.UTC).astimezone(trigger.timezone)
    return Period(job, local.date().isoformat(), due_at)
