"""A letter as every form of it shows it: headings, entries and runs of words, neither escaped nor laid out."""

from __future__ import annotations

from etl.view.letter import build_view
from etl.view.pieces import Entry, Group, Line, Part, Run, View

__all__ = ["Entry", "Group", "Line", "Part", "Run", "View", "build_view"]
