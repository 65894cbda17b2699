"""The colours of statuses in mails: seven looks, light and dark. Glyph and word carry the meaning, colour only adds.

Normal course blue, off course warm, unsaid grey. Texts have a contrast of at least 8 to their fill, and edges of 3 to
the paper; the looks stay apart for the colour-blind.
"""

from __future__ import annotations

import msgspec


class Look(msgspec.Struct, frozen=True):
    """Colours as hexadecimal numbers: fill, text and edge, on light paper and on dark."""

    name: str
    fill: str
    text: str
    edge: str
    dark_fill: str
    dark_text: str
    dark_edge: str


_COMING = Look("coming", "#FFFFFF", "#3F4A57", "#7B8794", "#12161C", "#C7CFD8", "#7B8794")
_OPEN = Look("open", "#E1F0FC", "#0B3F70", "#3D94DB", "#10304D", "#CFE7FB", "#5AA9E6")
_CLOSED = Look("closed", "#D3E3F4", "#0E3358", "#1F5C9E", "#1B466F", "#E6F2FD", "#A5D0F5")
_ENDED = Look("ended", "#0F2A47", "#FFFFFF", "#0F2A47", "#EAF3FC", "#0F2A47", "#EAF3FC")
_PAUSED = Look("paused", "#FFF1D1", "#5C3A00", "#B87400", "#3F2C00", "#FFDFA0", "#E5A823")
_STOPPED = Look("stopped", "#FDE6E0", "#7A1D08", "#A8290F", "#4A1A0D", "#FFD0C2", "#FF7A55")
_UNSAID = Look("unsaid", "#EFF0F2", "#43484F", "#7A7F87", "#2A2F36", "#D3D7DC", "#8B929B")
LOOKS = (_COMING, _OPEN, _CLOSED, _ENDED, _PAUSED, _STOPPED, _UNSAID)
_LOOK_OF = {
    "NOT_YET_RECRUITING": _COMING,
    "RECRUITING": _OPEN,
    "ENROLLING_BY_INVITATION": _OPEN,
    "AVAILABLE": _OPEN,
    "ACTIVE_NOT_RECRUITING": _CLOSED,
    "COMPLETED": _ENDED,
    "APPROVED_FOR_MARKETING": _ENDED,
    "NO_LONGER_AVAILABLE": _ENDED,
    "SUSPENDED": _PAUSED,
    "TEMPORARILY_NOT_AVAILABLE": _PAUSED,
    "TERMINATED": _STOPPED,
    "WITHDRAWN": _STOPPED,
}


def find_look(status: str) -> Look:
    """Return the look of a status; of one set by the registry, and of any word nobody documented, the grey one."""
    return _LOOK_OF.get(status, _UNSAID)
