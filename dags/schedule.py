"""Which nights and weeks are due when, by the [schedule]: pure arithmetic of days and zones. It reads no ledger."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from typing import Literal

import msgspec
from apscheduler.triggers.base import BaseTrigger

from dags.span import Span, find_last_week
from models.settings import ScheduleSettings

Job = Literal["nightly", "weekly"]
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
JOBS: tuple[Job, ...] = ("nightly", "weekly")
_LONGEST_GAP = dt.timedelta(days=9)  # between two times one job is due, with days to spare


class Period(msgspec.Struct, frozen=True):
    """One night or week of a job. `label`: the day it was due, in the schedule's zone, or the ISO week it tells of."""

    job: Job
    label: str
    due_at: dt.datetime

    @property
    def week(self) -> Span:
        """The week that a weekly one tells of."""
        return find_last_week(self.due_at)


class Rule(msgspec.Struct, frozen=True):
    """When a job is due: at a time of day in a zone, each day or on one weekday (1 is Monday).

    Each such day has exactly one instant: an hour that comes twice counts the first time, one that is skipped comes as
    much later as was skipped. (A cron trigger of APScheduler 3.11 loses the midnight of a day of clock change.)
    """

    zone: zoneinfo.ZoneInfo
    time: dt.time
    weekday: int | None = None

    def find_instant(self, day: dt.date) -> dt.datetime | None:
        """Return the instant (UTC) of a local day, if it is one on which the job is due."""
        if self.weekday not in (None, day.isoweekday()):
            return None
        return dt.datetime.combine(day, self.time, self.zone).astimezone(dt.UTC).replace(tzinfo=None)


class DueTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler ships no types
    """Wakes APScheduler when a rule says so."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def get_next_fire_time(self, previous: dt.datetime | None, now: dt.datetime) -> dt.datetime:
        """Return the first instant after the previous one, or from now on."""
        after = previous.astimezone(dt.UTC) if previous else now.astimezone(dt.UTC) - dt.timedelta(microseconds=1)
        return find_next(self.rule, after.replace(tzinfo=None)).replace(tzinfo=dt.UTC)


def build_rules(schedule: ScheduleSettings) -> dict[Job, Rule]:
    """Return when each job is due."""
    zone = zoneinfo.ZoneInfo(schedule.timezone)
    day, _, time = schedule.weekly.partition(" ")
    return {
        "nightly": Rule(zone, dt.time.fromisoformat(schedule.nightly)),
        "weekly": Rule(zone, dt.time.fromisoformat(time), _DAYS.index(day) + 1),
    }


def find_next_due(schedule: ScheduleSettings, clock: dt.datetime, job: Job | None = None) -> dt.datetime:
    """Return the next instant (UTC), from the clock on, at which a job is due: the one named, or the first of all."""
    before = clock - dt.timedelta(microseconds=1)
    return min(find_next(rule, before) for name, rule in build_rules(schedule).items() if job in (None, name))


def find_next(rule: Rule, after: dt.datetime) -> dt.datetime:
    """Return the first instant (UTC) after another at which a job is due."""
    return next(list_due(rule, after, after + _LONGEST_GAP))


def find_last_due(rule: Rule, clock: dt.datetime) -> dt.datetime:
    """Return the last instant (UTC) before or at the clock at which a job was due."""
    *_, last = list_due(rule, clock - _LONGEST_GAP, clock)
    return last


def list_due(rule: Rule, since: dt.datetime, until: dt.datetime) -> Iterator[dt.datetime]:
    """Yield the instants (UTC) at which a job was due after `since`, up to and with `until`."""
    # A local day begins up to a day before or after that of UTC.
    for number in range(since.toordinal() - 1, until.toordinal() + 2):
        instant = rule.find_instant(dt.date.fromordinal(number))
        if instant and since < instant <= until:
            yield instant


def find_period(schedule: ScheduleSettings, job: Job, clock: dt.datetime) -> Period:
    """Return the newest period of a job that is due at the clock."""
    rule = build_rules(schedule)[job]
    return _name(job, rule, find_last_due(rule, clock))


def list_periods(schedule: ScheduleSettings, job: Job, since: dt.datetime, until: dt.datetime) -> list[Period]:
    """Return the periods of a job that became due after `since`, up to and with `until`, each once, oldest first."""
    rule = build_rules(schedule)[job]
    found: dict[str, Period] = {}
    for due_at in list_due(rule, since, until):
        period = _name(job, rule, due_at)
        found.setdefault(period.label, period)
    return list(found.values())


def _name(job: Job, rule: Rule, due_at: dt.datetime) -> Period:
    if job == "weekly":
        return Period(job, find_last_week(due_at).label, due_at)
    day = due_at.replace(tzinfo=dt.UTC).astimezone(rule.zone).date()
    if rule.find_instant(day) != due_at:
        day -= dt.timedelta(days=1)  # its time was skipped at the end of the day, and came after midnight
    return Period(job, day.isoformat(), due_at)
