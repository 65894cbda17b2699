"""The sign and style of each status on a terminal: glyph and word carry the meaning, colour only adds."""

from __future__ import annotations

from etl.styled import Style

_SIGNS: dict[str, tuple[str, Style]] = {
    "NOT_YET_RECRUITING": ("○", "course"),
    "RECRUITING": ("●", "course"),
    "ENROLLING_BY_INVITATION": ("●", "course"),
    "AVAILABLE": ("●", "course"),
    "ACTIVE_NOT_RECRUITING": ("◐", "course"),
    "COMPLETED": ("■", "course"),
    "APPROVED_FOR_MARKETING": ("■", "course"),
    "NO_LONGER_AVAILABLE": ("■", "course"),
    "SUSPENDED": ("‖", "pause"),
    "TEMPORARILY_NOT_AVAILABLE": ("‖", "pause"),
    "TERMINATED": ("×", "stop"),
    "WITHDRAWN": ("×", "stop"),
}
# Set by the registry (UNKNOWN, WITHHELD), and any word it has not documented.
_UNSAID: tuple[str, Style] = ("?", "dim")


def find_sign(status: str) -> tuple[str, Style]:
    """Return the glyph of a status and its style: of the normal course, paused, stopped, or unsaid."""
    return _SIGNS.get(status, _UNSAID)
