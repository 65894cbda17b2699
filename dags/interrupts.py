"""Keeps Ctrl-C to the process that a person began; it acts on none itself."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ignored_interrupts() -> Iterator[None]:
    """Let a process that begins meanwhile never hear of Ctrl-C: it is for the first one to act on it."""
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
