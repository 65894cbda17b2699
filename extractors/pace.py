"""How fast a host may be asked, as the host counts it. It knows no client and no source."""

from __future__ import annotations

import collections
import time
from collections.abc import Callable


class Pace:
    """At most `per_second` requests a second to one host, as the host counts them; 0 means no pace.

    A request that is slow on its way and a quick one after it arrive closer together than they were sent. So, where
    several a second are allowed, each also waits until a second after the answer to the one that many before it.
    """

    def __init__(self, per_second: float, sleep: Callable[[float], None] = time.sleep) -> None:
        self._gap = 1.0 / per_second if per_second > 0 else 0.0
        self._sleep = sleep
        self._next = 0.0
        allowed = int(min(per_second, 1_000))
        self._window = allowed * self._gap
        self._answered: collections.deque[float] = collections.deque(maxlen=allowed if allowed > 1 else 0)

    def wait(self) -> None:
        """Return when the next request may go out."""
        earliest = self._next
        if self._answered and len(self._answered) == self._answered.maxlen:
            earliest = max(earliest, self._answered[0] + self._window)
        delay = earliest - time.monotonic()
        if delay > 0:
            self._sleep(delay)
        self._next = max(earliest, time.monotonic()) + self._gap

    def note_answer(self) -> None:
        """Take note that the request last sent was answered or given up: it had arrived by now."""
        self._answered.append(time.monotonic())
