"""The one instant of a command: `--clock`, or now. Instants are UTC without offset, as the warehouse stores them."""

from __future__ import annotations

import datetime as dt

from models.errors import ConfigurationError

SLACK = dt.timedelta(minutes=1)  # a clock is corrected by seconds all the time; by more, it was set back


def read_clock(text: str | None, option: str = "--clock") -> dt.datetime:
    """Return the instant a user wrote (ISO 8601; without an offset it is UTC), or now; a mistake names the option.

    Raises:
        ConfigurationError: the text is no instant.
    """
    if text is None:
        return dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
    try:
        instant = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(
            f'{option}: "{text}" is no instant', "write it as 2026-02-12T14:00 or 2026-02-12T14:00:00Z"
        ) from error
    return instant.astimezone(dt.UTC).replace(tzinfo=None) if instant.tzinfo else instant


def read_day(text: str, option: str) -> dt.date:
    """Return the day a user wrote.

    Raises:
        ConfigurationError: the text is no day.
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(f'{option}: "{text}" is no day', "write it as 2026-02-12") from error


def show_instant(instant: dt.datetime) -> str:
    """Return an instant as people read it: `2026-02-12 14:00 UTC`."""
    return f"{instant:%Y-%m-%d %H:%M} UTC"
