"""`trialwatch serve`: when the jobs run. The ledger in the warehouse says what is due; the scheduler only wakes.

APScheduler keeps its jobs in memory: after a restart, what was missed is found in the ledger, not in a job store.
"""

from __future__ import annotations

import datetime as dt
import signal
import zoneinfo
from collections.abc import Callable
from types import FrameType
from typing import Any

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger

from dags.clock import read_clock, show_instant
from dags.console import describe_news, note, show_error, show_step
from dags.delivery.jobs import find_followers, send_waiting
from dags.delivery.ledger import is_due, list_open
from dags.inputs import Inputs
from dags.nightly import run_nightly
from dags.span import extend_back, find_last_week
from dags.weekly import run_weekly
from models.errors import TrialwatchError
from models.settings import ScheduleSettings
from warehouse.reader import connect, has_table, query_rows
from warehouse.sql import read_sql
from warehouse.store import Store

_log = structlog.get_logger(__name__)
_LATE = 3600  # seconds a wake-up may be late and still count; the ledger decides whether anything is due


def build_triggers(schedule: ScheduleSettings) -> dict[str, CronTrigger]:
    """Return the trigger of each job, by name of day, in the schedule's zone."""
    zone = zoneinfo.ZoneInfo(schedule.timezone)
    hour, minute = schedule.nightly.split(":")
    day, _, time = schedule.weekly.partition(" ")
    weekly_hour, weekly_minute = time.split(":")
    return {
        "nightly": CronTrigger(hour=int(hour), minute=int(minute), timezone=zone),
        "weekly": CronTrigger(day_of_week=day, hour=int(weekly_hour), minute=int(weekly_minute), timezone=zone),
    }


def find_next_due(schedule: ScheduleSettings, clock: dt.datetime) -> dt.datetime:
    """Return the next instant (UTC) at which a job is due."""
    aware = clock.replace(tzinfo=dt.UTC)
    fires = [_fire(trigger, aware) for trigger in build_triggers(schedule).values()]
    return min(fires).astimezone(dt.UTC).replace(tzinfo=None)


def find_last_due(trigger: CronTrigger, clock: dt.datetime) -> dt.datetime:
    """Return the last instant (UTC) before or at the clock at which a trigger fired.

    A local time that comes twice on the night of a clock change counts the first time.
    """
    aware = clock.replace(tzinfo=dt.UTC)
    fire = last = _fire(trigger, aware - dt.timedelta(days=8))
    while fire <= aware:
        is_same_day = fire.astimezone(trigger.timezone).date() == last.astimezone(trigger.timezone).date()
        last, fire = (last if is_same_day else fire), _fire(trigger, fire + dt.timedelta(seconds=1))
    return last.replace(tzinfo=None)


def _fire(trigger: CronTrigger, after: dt.datetime) -> dt.datetime:
    # In UTC, where no hour is skipped or repeated: adding to a local time may lead nowhere on the night of a change.
    fire: dt.datetime = trigger.get_next_fire_time(None, after)
    return fire.astimezone(dt.UTC)


def run_due(inputs: Inputs, clock: dt.datetime) -> list[str]:
    """Run what is due and not yet in the ledger, the nightly job first; return the names of the jobs run.

    However many nights were missed, one run covers them; missed weeks are told in one letter. A failed run is tried
    again at the next wake-up. There is no letter of a week before the first night.
    """
    done = []
    due = {name: find_last_due(trigger, clock) for name, trigger in build_triggers(inputs.settings.schedule).items()}
    if not _read_ledger(inputs, "nightly", due["nightly"])["is_done"]:
        result = run_nightly(inputs, clock, report=show_step)
        note(f"run {result.run_id}: {describe_news(result.news)}; exit {result.exit_code}")
        done.append("nightly")
    week = find_last_week(clock)
    state = _read_ledger(inputs, "weekly", due["weekly"])
    if (
        not (state["is_done"] or _are_planned(inputs, due["weekly"]))
        and state["first_night"]
        and state["first_night"] < week.until
    ):
        span = extend_back(week, state["told_until"] or state["first_night"])
        done.append("weekly")
        # Each follower's own letter begins where it was told last, at the earliest with the week that is over.
        path = run_weekly(inputs, span, clock, find_followers(inputs), own=week, report=show_step)
        note(f"wrote {path}")
    return done


def _are_planned(inputs: Inputs, since: dt.datetime) -> bool:
    """Return whether this week's letters were planned: one that someone did not take is tried again by itself."""
    published = inputs.home.published
    if not published.exists() or not has_table(published, "delivery"):
        return False
    return bool(query_rows(published, read_sql("statements", "letters_planned"), {"since": since})[1][0][0])


def run_waiting(inputs: Inputs, clock: dt.datetime) -> bool:
    """Offer messages again that were refused for now, where the time of one has come; return whether that was so.

    No source is read for it: a night that failed is not begun again every quarter of an hour.
    """
    if not inputs.home.published.exists() or not has_table(inputs.home.published, "delivery"):
        return False
    with Store(connect(inputs.home.published)) as store:
        is_any_due = any(is_due(delivery, clock) for delivery in list_open(store))
    if is_any_due:
        note(send_waiting(inputs, clock))
    return is_any_due


def _read_ledger(inputs: Inputs, job: str, since: dt.datetime) -> dict[str, Any]:
    """Return whether a job was done since an instant, when the first night was, and up to when letters tell."""
    if not inputs.home.published.exists():
        return {"is_done": False, "first_night": None, "told_until": None}
    names, rows = query_rows(inputs.home.published, read_sql("statements", "due"), {"job": job, "since": since})
    return dict(zip(names, rows[0], strict=True))


def serve_schedule(inputs: Inputs) -> None:
    """Run the schedule until a signal says stop; a job under way is finished first."""
    # One worker: two jobs of one home can never overlap.
    scheduler = BlockingScheduler(timezone=dt.UTC, executors={"default": ThreadPoolExecutor(1)})

    def wake() -> None:
        attempt(run_due)

    def retry() -> None:
        attempt(run_waiting)

    def attempt(job: Callable[[Inputs, dt.datetime], object]) -> None:
        try:
            job(inputs, read_clock(None))
        except TrialwatchError as error:
            # One bad night must not end the service; the ledger makes the next wake-up try again.
            _log.error("job failed", reason=error.message)
            show_error(error)

    def stop(number: int, _: FrameType | None) -> None:
        note(f"{signal.Signals(number).name}: stopping after the job under way")
        scheduler.shutdown(wait=False)

    for name, trigger in build_triggers(inputs.settings.schedule).items():
        scheduler.add_job(wake, trigger, id=name, max_instances=1, coalesce=True, misfire_grace_time=_LATE)
    scheduler.add_job(wake, id="catch-up", misfire_grace_time=None)
    if find_followers(inputs):
        # What was refused for now waits a quarter of an hour at least.
        scheduler.add_job(retry, "interval", minutes=15, id="retry", max_instances=1, coalesce=True)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    note(f"serving {inputs.file}; next due {show_instant(find_next_due(inputs.settings.schedule, read_clock(None)))}")
    scheduler.start()
