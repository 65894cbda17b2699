"""Eligibility criteria as a list: one entry a criterion line, with its side; judges no criterion."""

from __future__ import annotations

import re
from collections.abc import Iterator

from etl.markup import Markup, read_lines
from etl.tagging.eligibility import find_blocks

# Bullets, numbers and letters a sponsor puts before a criterion: they are moved whenever a line is.
_MARKS = re.compile(
    r"(?:[*+\u2022\u25cf\u25aa\u25e6\u2023\u2043\u25cb\u25a0\u25a1\uf0b7\u00b7]+\s+|[-\u2010-\u2015\u2212]+\s+"
    r"|\(?\d{1,3}[.)](?!\d)\s*|\([A-Za-z]\)\s*|[A-Za-z]\)\s+|[a-z]\.\s+|\(?[ivx]{1,4}[.)]\s+)+"
)
_BULLET_INSIDE = re.compile(r"\s(?=[\u2022\u25cf\u25aa\u25e6\u2023\uf0b7]\s)")
_ONLY_SAYS_SIDE = re.compile(r"\W*(?:inclusion|exclusion)(?:\s+criteria)?\W*", re.IGNORECASE)
_HAS_WORDS = re.compile(r"\w")


def list_criteria(text: str, markup: Markup = "markdown") -> list[dict[str, str]]:
    """Return `{"side": "inclusion" | "exclusion" | "", "text": line}` for every criterion line, in their order.

    The side is "" where no heading names one. A heading that says more than its side stands as a line of its own.
    """
    lines = (f"* {line.text}" if line.is_item else line.text for line in read_lines(text, markup))
    blocks = find_blocks("\n".join(lines))
    default = "inclusion" if len(blocks) > 1 else ""
    return [
        {"side": block.side or default, "text": line}
        for block in blocks
        for line in (*_read_heading(block.heading), *_split_lines(block.text))
    ]


def _read_heading(heading: str) -> Iterator[str]:
    if _ONLY_SAYS_SIDE.fullmatch(heading) is None:
        yield from _split_lines(heading)


def _split_lines(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        for piece in _BULLET_INSIDE.split(line):
            marks = _MARKS.match(piece.strip())
            criterion = piece.strip()[marks.end() if marks else 0 :].strip()
            if _HAS_WORDS.search(criterion):
                yield criterion
