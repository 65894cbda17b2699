"""`trialwatch serve`: a process that wakes when something may be due, and stops within half a minute when told.

APScheduler keeps its jobs in memory: after a restart, what was missed is found in the ledger, not in a job store. One
worker does one job at a time, in the main thread, where a signal can reach it. It decides nothing about what is due.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType

import structlog
from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.interval import IntervalTrigger

from dags.clock import SLACK, read_clock, show_instant
from dags.health import Health
from dags.home import Stamp, find_stamp
from dags.inputs import Inputs
from dags.run import StepResult
from dags.schedule import JOBS, DueTrigger, build_rules, find_next_due
from dags.scheduler import find_idle_until, find_setback, publish_anew, run_if_due, run_waiting
from models.errors import BusyError, TrialwatchError

_log = structlog.get_logger(__name__)
LOOK = dt.timedelta(
    minutes=15
)  # how often it looks whether something is due that no trigger has said: a retry, a message that waits
LONGEST_SLEEP = 60.0  # seconds; a machine that slept, or a clock that was set, is noticed so much later
_DOZE = 0.5  # seconds until it sees that it was told to stop
GRACE = 20.0  # seconds a job under way may take to end by itself once told to stop
_AGAIN = 2.0  # seconds until it is told once more
LAST = 28.0  # seconds until the process ends whatever is under way, as if its power were cut


class StoppedError(BaseException):
    """The job under way is to be rolled back. No `except Exception` may take it for a failure."""


class WakefulScheduler(BlockingScheduler):  # type: ignore[misc]  # APScheduler ships no types
    """A scheduler that never sleeps long, begins anew when the clock was set back, and ends when it is asked to.

    It counts in the wall clock: with one set back by a day, it would sleep a day too long. `sleep` is the seam of a
    clock that is not this machine's.
    """

    def __init__(self, sleep: Callable[[float], None] | None = None) -> None:
        super().__init__(timezone=dt.UTC, executors={"default": DebugExecutor()})
        self.is_stopping = False
        self._sleep = sleep or self._doze
        self._seen: dt.datetime | None = None

    def _main_loop(self) -> None:
        # No event is waited for: a signal that comes while one is being set would wait for itself.
        while not self.is_stopping:
            self._follow_clock()
            seconds = self._process_jobs()
            if not self.is_stopping:
                self._sleep(LONGEST_SLEEP if seconds is None else min(seconds, LONGEST_SLEEP))
        self.shutdown(wait=False)

    def _follow_clock(self) -> None:
        now = dt.datetime.now(dt.UTC)
        if self._seen and now < self._seen - SLACK:
            _log.warning("the clock was set back", now=now.isoformat(), before=self._seen.isoformat())
            for job in self.get_jobs():
                job.reschedule(job.trigger)
        self._seen = now

    def _doze(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.is_stopping and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, _DOZE))


def build_look(every: dt.timedelta) -> IntervalTrigger:
    """Return a trigger that counts from a day long past: begun now, it would not fire under a clock set back."""
    start = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    return IntervalTrigger(seconds=int(every.total_seconds()), start_date=start, timezone=dt.UTC)


class Service:
    """The jobs of one home. `report` and `say` tell people, or the log, what becomes of them."""

    def __init__(
        self,
        inputs: Inputs,
        health: Health,
        report: Callable[[StepResult], None],
        say: Callable[[str], None],
        *,
        sleep: Callable[[float], None] | None = None,
        look: dt.timedelta = LOOK,
    ) -> None:
        self.inputs = inputs
        self.health = health
        self.report = report
        self.say = say
        self.scheduler = WakefulScheduler(sleep)
        self._setback = False
        self._idle: tuple[Stamp, dt.datetime, dt.datetime] | None = None
        for job, rule in build_rules(inputs.settings.schedule).items():
            self._add(job, DueTrigger(rule))
        # The first look is at once: what fell due while nobody served.
        self._add("look", build_look(look), next_run_time=dt.datetime.now(dt.UTC))

    def _add(self, name: str, trigger: object, **when: dt.datetime) -> None:
        # However late it wakes, and however often it should have: once is enough, the ledger decides.
        self.scheduler.add_job(self.wake, trigger, id=name, coalesce=True, misfire_grace_time=None, **when)

    def run(self) -> None:
        """Serve until told to stop.

        Raises:
            BusyError: the home is served already.
        """
        with self.inputs.home.lock_service(), _signals(self.stop):
            self.say(describe_start(self.inputs))
            self.scheduler.start()

    def wake(self) -> None:
        """Run what is due, and offer again what waits to be sent."""
        clock = read_clock(None)
        self.health.note_look()
        if self._is_idle(clock) or not self._attempt("publishing", clock, partial(publish_anew, self.inputs, clock)):
            return
        if self._is_set_back(clock):
            return
        for job in JOBS:
            self._attempt(job, clock, partial(run_if_due, self.inputs, job, clock, self.report, self.say))
        self._attempt("waiting", clock, partial(run_waiting, self.inputs, clock, self.say))
        self._attempt("look", clock, partial(self._look_ahead, clock))

    def _look_ahead(self, clock: dt.datetime) -> bool:
        seen = find_stamp(self.inputs.home.published)
        self._idle = (seen, clock, find_idle_until(self.inputs, clock)) if seen else None
        return True

    def _is_idle(self, clock: dt.datetime) -> bool:
        """Return whether the file is as it was when nothing was due until later: then it need not be opened."""
        if self._idle is None:
            return False
        seen, since, until = self._idle
        return since <= clock < until and seen == find_stamp(self.inputs.home.published)

    def _attempt(self, name: str, clock: dt.datetime, job: Callable[[], bool]) -> bool:
        """Do a job, and say why it could not be done; return whether it was, or nothing was to be done."""
        if self.scheduler.is_stopping or not self.health.may_try(name, clock):
            return False
        try:
            with self.health.watch(name, clock):
                job()
        except BusyError as error:
            _log.info("another command is writing", job=name, reason=error.message)
        except TrialwatchError as error:
            # One bad night must not end the service: it is tried again later.
            _log.error("job failed", job=name, reason=error.message, hint=error.hint or None)
        except StoppedError:
            self.say(f"rolled back: {name}; the next start does it anew")
        except Exception:  # noqa: BLE001  a mistake in here must not end the service either; the log has all of it
            _log.exception("job broke off", job=name)
        else:
            return True
        return False

    def _is_set_back(self, clock: dt.datetime) -> bool:
        error = find_setback(self.inputs, clock)
        if error and not self._setback:
            _log.error("the clock is behind the ledger", reason=error.message, hint=error.hint)
        self._setback = error is not None
        return self._setback

    def stop(self, number: int, _: FrameType | None) -> None:
        """Stop: at once where no job is under way, else when it has ended, or after a grace without its work."""
        if self.scheduler.is_stopping:
            return
        self.scheduler.is_stopping = True
        signal.signal(signal.SIGALRM, self._roll_back)
        signal.setitimer(signal.ITIMER_REAL, GRACE, _AGAIN)
        last = threading.Timer(LAST, os._exit, [1])
        last.daemon = True
        last.start()
        after = f" after {self.health.busy}, within {LAST:.0f} s" if self.health.busy else ""
        told = f"{signal.Signals(number).name}: stopping{after}"
        # Said by another thread: this one may hold the log's lock, in the midst of a line, and would wait for itself.
        threading.Thread(target=self.say, args=[told]).start()

    def _roll_back(self, *_: object) -> None:
        # Again and again, where a library takes the first for an error of its own.
        if self.health.busy:
            raise StoppedError


@contextlib.contextmanager
def _signals(stop: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    kept = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in kept.items():
            signal.signal(number, handler)


def describe_start(inputs: Inputs) -> str:
    """Return what a service says when it starts."""
    due = find_next_due(inputs.settings.schedule, read_clock(None))
    return f"serving {inputs.file}; next due {show_instant(due)}"
