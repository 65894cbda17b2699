"""Finds bytes of a fixed list in other bytes, all at once and wherever they overlap; knows not what they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import hyperscan

Hook = tuple[bytes, bool]  # what is sought, and whether its case counts
Hit = tuple[int, int]  # where it ends, and its place in the list


class Hooks:
    """A list of bytes to be found, compiled. Like a spaCy pipeline it belongs to one thread."""

    def __init__(self, hooks: Iterable[Hook], patterns: Iterable[bytes] = (), *, are_words: bool = False) -> None:
        """Compile `hooks`, and behind them in the list `patterns`.

        Hooks that `are_words` are found only where no letter of ASCII, digit or _ stands beside them.
        """
        form = rb"\b%s\b" if are_words else b"%s"
        sought = [(form % re.escape(hook), 0 if is_cased else hyperscan.HS_FLAG_CASELESS) for hook, is_cased in hooks]
        listed = [*sought, *((pattern, 0) for pattern in patterns)]
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._scan = database.scan if listed else _find_nothing
        if listed:
            database.compile(
                expressions=[hook for hook, _ in listed],
                ids=range(len(listed)),
                elements=len(listed),
                flags=[flags for _, flags in listed],
            )

    def find(self, body: bytes) -> list[Hit]:
        """Return every place of every hook in `body`, by no order."""
        found: list[Hit] = []
        self._scan(body, _note, 0, found)  # by place: by name would take longer than most searches
        return found


def _find_nothing(*_: object) -> None:
    """Do as a database does, which cannot be compiled of nothing."""


def _note(number: int, _begin: int, end: int, _flags: int, found: Any) -> None:
    found.append((end, number))
