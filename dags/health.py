"""What a running service knows of itself: when it last looked, what it does now, which jobs broke off. No I/O."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections import Counter
from collections.abc import Iterator

from models.errors import BusyError

_LONGEST_SILENCE = dt.timedelta(hours=1)  # it looks every quarter of an hour
_LONGEST_JOB = dt.timedelta(hours=24)  # a first night of thousands of trials takes hours at one request a second
# Minutes until a job that broke off before it could write to the ledger is tried again, by how often it did.
_MINUTES = (15, 60, 120, 240, 480)


class Health:
    """Written by the one worker, read by whoever asks it; `busy` names the job under way, empty where there is none."""

    def __init__(self) -> None:
        self.busy = ""
        self.errors: Counter[str] = Counter()
        self._changed = time.monotonic()
        self._broken: dict[str, tuple[int, dt.datetime]] = {}

    def note_look(self) -> None:
        """Take note that the worker is awake."""
        self._changed = time.monotonic()

    def may_try(self, job: str, clock: dt.datetime) -> bool:
        """Return whether a job that broke off has waited long enough; a clock set back makes it wait no longer."""
        if job not in self._broken:
            return True
        times, broke_at = self._broken[job]
        wait = dt.timedelta(minutes=_MINUTES[min(times, len(_MINUTES)) - 1])
        return not broke_at <= clock < broke_at + wait

    @contextlib.contextmanager
    def watch(self, job: str, clock: dt.datetime) -> Iterator[None]:
        """Note how a job goes. Who finds the home busy has not broken off: it looks again at the next time."""
        self.busy = job
        self.note_look()
        try:
            yield
            self._broken.pop(job, None)
        except BusyError:
            raise
        except Exception:
            self.errors[job] += 1
            self._broken[job] = (self._broken.get(job, (0, clock))[0] + 1, clock)
            raise
        finally:
            self.busy = ""
            self.note_look()

    def find_fault(self) -> str:
        """Return why this service may hang; empty where it does not."""
        silence = dt.timedelta(seconds=time.monotonic() - self._changed)
        if self.busy:
            return f"{self.busy} takes {silence.total_seconds() / 3600:.0f} hours" if silence > _LONGEST_JOB else ""
        return f"no look for {silence.total_seconds() / 60:.0f} minutes" if silence > _LONGEST_SILENCE else ""
