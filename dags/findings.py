"""A line of `trialwatch check`: how bad it is, what part it is about, what there is to say and to do."""

from __future__ import annotations

from typing import Literal, NamedTuple

from models.errors import TrialwatchError


class Finding(NamedTuple):
    """A line; a fail has a remedy."""

    level: Literal["ok", "warn", "fail"]
    part: str
    message: str
    hint: str = ""


def blame(part: str, error: TrialwatchError) -> Finding:
    """Return an error as a line that fails."""
    return Finding("fail", part, error.message, error.hint)
