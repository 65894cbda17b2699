"""The sentences of a letter: what became of one trial, kind by kind, as plain text. Pure; it renders nothing."""

from __future__ import annotations

from etl.letter.lines import KINDS, build_lines
from etl.letter.values import show_reason

__all__ = ["KINDS", "build_lines", "show_reason"]
