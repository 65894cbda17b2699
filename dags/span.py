"""The time a letter tells of: ISO weeks and other spans, as users name them and as they are due. It reads nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

import msgspec

from dags.clock import read_clock
from models.errors import ConfigurationError

_WEEK = re.compile(r"(\d{4})-W(\d{2})")


class Span(msgspec.Struct, frozen=True):
    """The time a letter tells of, UTC; `until` is outside it."""

    label: str
    since: dt.datetime
    until: dt.datetime


def find_last_week(clock: dt.datetime) -> Span:
    """Return the last ISO week (UTC) that ended before the clock."""
    monday = clock.date() - dt.timedelta(days=clock.isoweekday() - 1)
    return _build_week(monday - dt.timedelta(days=7))


def extend_back(week: Span, since: dt.datetime) -> Span:
    """Return a span of whole weeks that ends with `week` and begins with that of `since`, if it is earlier."""
    first = _build_week(since.date() - dt.timedelta(days=since.isoweekday() - 1))
    if first.since >= week.since:
        return week
    last = week.label.removeprefix(f"{first.since.isocalendar().year}-")
    return Span(f"{first.label} to {last}", first.since, week.until)


def find_week(text: str) -> Span:
    """Return the ISO week a user names (`2026-W07`).

    Raises:
        ConfigurationError: there is no such week.
    """
    match = _WEEK.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        return _build_week(dt.date.fromisocalendar(int(match[1]), int(match[2]), 1))
    except ValueError as error:
        raise ConfigurationError(f'--week: "{text}" is no ISO week', "write it as 2026-W07") from error


def _build_week(monday: dt.date) -> Span:
    year, week, _ = monday.isocalendar()
    since = dt.datetime.combine(monday, dt.time())
    return Span(f"{year}-W{week:02d}", since, since + dt.timedelta(days=7))


def find_span(since: dt.datetime, until: dt.datetime) -> Span:
    """Return any other span, labelled by its days.

    Raises:
        ConfigurationError: it ends before it begins.
    """
    if since >= until:
        raise ConfigurationError(f"--since {since} is not before --until {until}", "name the earlier instant first")
    return Span(f"{since:%Y-%m-%d} to {until:%Y-%m-%d}", since, until)


def find_untold(
    spans: Iterable[tuple[dt.datetime, dt.datetime]], since: dt.datetime, until: dt.datetime
) -> dt.datetime | None:
    """Return the first instant of a time that no span covers; None where they cover all of it."""
    reached = since
    for begin, end in sorted(spans):
        if begin > reached:
            break
        reached = max(reached, end)
    return reached if reached < until else None


def choose_span(clock: dt.datetime, week: str | None, since: str | None, until: str | None) -> Span:
    """Return the span a user asks for: a week, an explicit span, or the last week that is over.

    Raises:
        ConfigurationError: a week and a span at once, half a span, or what cannot be read.
    """
    if week and (since or until):
        raise ConfigurationError("--week and --since cannot go together", "name one of them")
    if bool(since) != bool(until):
        raise ConfigurationError("--since and --until go together", "name both")
    if week:
        return find_week(week)
    return find_span(read_clock(since, "--since"), read_clock(until, "--until")) if since else find_last_week(clock)
