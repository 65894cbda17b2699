"""Cutting texts to a terminal's width, so that what matters stays in sight. Pure text."""

from __future__ import annotations

_CONTEXT = 12  # characters of what two long texts begin with alike that are still shown


def shorten(text: str, room: int | None) -> str:
    """Return a text of at most `room` characters; what is left out shows as an ellipsis."""
    return text if room is None or len(text) <= room else text[: room - 1].rstrip() + "…"


def shorten_pair(before: str, after: str, room: int | None) -> tuple[str, str]:
    """Return two texts of at most `room` characters each, cut so that where they part can be seen."""
    if room is None or max(len(before), len(after)) <= room:
        return before, after
    alike = next(
        (place for place, (one, other) in enumerate(zip(before, after, strict=False)) if one != other),
        min(len(before), len(after)),
    )
    skipped = max(0, min(alike - _CONTEXT, max(len(before), len(after)) - room + 1))
    lead = "…" if skipped > 0 else ""
    cut = [lead + side[skipped:] if len(side) > skipped else side for side in (before, after)]
    return shorten(cut[0], room), shorten(cut[1], room)
