"""Lines for a terminal as pieces of text with a style. It knows no colours and no terminal."""

from __future__ import annotations

from typing import Literal, NamedTuple

Style = Literal["", "bold", "dim", "course", "pause", "stop"]


class Piece(NamedTuple):
    """A stretch of a line; the style only adds to what the words say."""

    text: str
    style: Style = ""


Line = list[Piece]
