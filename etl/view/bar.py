"""The week in one bar: how many trials had which news, and how many papers came. It renders nothing."""

from __future__ import annotations

from etl.status_signs import find_sign
from etl.view.pieces import Cell
from models.digest import GROUPS, Digest

# Groups that share a cell, with its glyph, its word, and the status whose colours it takes.
_CELLS = (
    (("moved",), "→", "moved", "RECRUITING"),
    (("dated",), "↔", "dates, sites", "ACTIVE_NOT_RECRUITING"),
    (("fresh",), "+", "new", "NOT_YET_RECRUITING"),
    (("reported",), "■", "results", "COMPLETED"),
    (("designed", "edited"), "≠", "edited", "UNKNOWN"),
)


def build_bar(digest: Digest) -> tuple[Cell, ...]:
    """Return the cells that are not empty, the gravest first."""
    trials = [(name, item) for part in digest.sections for name in GROUPS for item in getattr(part, name)]
    ends = [item.moves[-1].transition for name, item in trials if name == "stopped"]
    cells = [
        Cell(find_sign("TERMINATED")[0], ends.count("stop"), "stopped", "TERMINATED"),
        Cell(find_sign("SUSPENDED")[0], ends.count("pause"), "paused", "SUSPENDED"),
    ]
    cells += [
        Cell(glyph, sum(name in names for name, _ in trials), word, status) for names, glyph, word, status in _CELLS
    ]
    papers = sum(len(part.papers) for part in digest.sections)
    notices = sum(len(part.notices) for part in digest.sections)
    cells += [
        Cell("¶", papers, "papers", "NOT_YET_RECRUITING"),
        Cell("!", notices, "notices", "SUSPENDED"),
    ]
    return tuple(cell for cell in cells if cell.number)
