"""What is due and runs now. The ledger of nights and weeks decides; whoever calls, and when, only wakes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import msgspec
import structlog

from dags.agenda import Standing, read_agenda
from dags.clock import SLACK, show_instant
from dags.console import describe_news
from dags.delivery.jobs import find_followers, send_waiting
from dags.delivery.ledger import is_due
from dags.home import HeldHome
from dags.inputs import Inputs
from dags.nightly import run_nightly
from dags.run import StepResult
from dags.schedule import Job, find_next_due
from dags.span import extend_back
from dags.weekly import run_weekly
from dags.working_file import open_store
from models.errors import TrialwatchError, WarehouseError

_log = structlog.get_logger(__name__)
Report = Callable[[StepResult], None]
Say = Callable[[str], None]


def run_if_due(inputs: Inputs, job: Job, clock: dt.datetime, report: Report, say: Say) -> bool:
    """Run one job if it is due and not yet in the ledger; return whether it was.

    However many nights were missed, one run covers them; missed weeks are told in one letter. A run that failed is
    tried again after some hours. There is no letter of a week before the first night. A clock that is earlier than the
    newest run starts nothing: it was set back, and what is due waits for it.

    Raises:
        TrialwatchError: as the job itself.
    """
    if not _is_to_run(read_agenda(inputs, clock).standings[job], clock):
        return False
    # Looked at once more under the lock: another command may have done it meanwhile.
    with inputs.home.lock("serve"):
        standing = read_agenda(inputs, clock).standings[job]
        if not _is_to_run(standing, clock):
            return False
        _log.info("job begins", job=job, period=standing.period.label)
        held = msgspec.structs.replace(inputs, home=HeldHome(inputs.home.folder))
        _RUN[job](held, standing, clock, report, say)
    return True


def _is_to_run(standing: Standing, clock: dt.datetime) -> bool:
    if _is_settled(standing) or clock < standing.find_next_try():
        return False
    return standing.newest_at is None or clock >= standing.newest_at


def _is_settled(standing: Standing) -> bool:
    """Return whether nothing is to be done of a period: it was, or it is a week before the first night."""
    if standing.period.job == "weekly":
        is_before = standing.first_night is None or standing.first_night >= standing.period.week.until
        return standing.is_done or is_before
    return standing.is_done


def publish_anew(inputs: Inputs, clock: dt.datetime) -> bool:
    """Publish anew where the published file cannot be read, before its ledger is asked; return whether it had to be.

    Raises:
        WarehouseError: it cannot be made from the working file.
    """
    try:
        read_agenda(inputs, clock)
    except WarehouseError:
        with inputs.home.lock("serve"), open_store(inputs, clock):
            return True
    return False


def find_idle_until(inputs: Inputs, clock: dt.datetime) -> dt.datetime:
    """Return until when nothing can become due, unless another command writes: the clock where something waits."""
    agenda = read_agenda(inputs, clock)
    if agenda.waiting or not all(map(_is_settled, agenda.standings.values())):
        return clock
    return find_next_due(inputs.settings.schedule, clock + dt.timedelta(seconds=1))


def _run_nightly(inputs: Inputs, _: Standing, clock: dt.datetime, report: Report, say: Say) -> None:
    result = run_nightly(inputs, clock, report=report)
    with structlog.contextvars.bound_contextvars(run_id=result.run_id):
        say(f"run {result.run_id}: {describe_news(result.news)}; exit {result.exit_code}")


def _run_weekly(inputs: Inputs, standing: Standing, clock: dt.datetime, report: Report, say: Say) -> None:
    week = standing.period.week
    # Each follower's own letter begins where it was told last, at the earliest with the week that is over.
    span = extend_back(week, standing.told_until or standing.first_night or week.since)
    say(f"wrote {run_weekly(inputs, span, clock, find_followers(inputs), own=week, report=report)}")


_RUN: dict[Job, Callable[[Inputs, Standing, dt.datetime, Report, Say], None]] = {
    "nightly": _run_nightly,
    "weekly": _run_weekly,
}


def find_setback(inputs: Inputs, clock: dt.datetime) -> TrialwatchError | None:
    """Return what is wrong with a clock that is earlier than the newest run; None where it is not."""
    newest = read_agenda(inputs, clock).standings["nightly"].newest_at
    if newest is None or clock >= newest - SLACK:
        return None
    return TrialwatchError(
        f"this machine's clock says {show_instant(clock)}, and the newest run was at {show_instant(newest)}",
        "nothing runs until the clock has passed that; docs/operate.md says what to do if that run's clock was wrong",
    )


def run_waiting(inputs: Inputs, clock: dt.datetime, say: Say = lambda _: None) -> bool:
    """Offer messages again that were refused for now, where the time of one has come; return whether that was so.

    No source is read for it: a night that failed is not begun again every quarter of an hour.
    """
    is_any_due = any(is_due(delivery, clock) for delivery in read_agenda(inputs, clock).waiting)
    if is_any_due:
        say(send_waiting(inputs, clock))
    return is_any_due
