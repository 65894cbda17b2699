"""The data home: where its files lie, and the lock that lets one command write at a time."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import filelock
import msgspec

from models.errors import BusyError, ConfigurationError

_HOLDERS = {"lock": "holder", "service": "service-holder"}  # beside each lock, who holds it since when
_REMEDY = "point [warehouse] home to a folder that can be written to"


Stamp = tuple[int, int, int, int]  # what is another for another file, and for one that was touched


class Home(msgspec.Struct, frozen=True):
    """The paths of a data home; nothing is made until `prepare`."""

    folder: Path

    @property
    def published(self) -> Path:
        """The file people query."""
        return self.folder / "warehouse.duckdb"

    @property
    def working(self) -> Path:
        """The file nightly runs write to."""
        return self.folder / "private" / "warehouse.duckdb"

    @property
    def transports(self) -> Path:
        """Which way of asking worked where the first was refused."""
        return self.folder / "private" / "transports.json"

    @property
    def staging(self) -> Path:
        """Where what workers read of files is kept until it is loaded."""
        return self.folder / "private" / "staging"

    @property
    def spool(self) -> Path:
        """Messages that wait to be sent."""
        return self.folder / "private" / "spool"

    @property
    def journal(self) -> Path:
        """What was said to people since long, beside the tables that say so."""
        return self.landing / "journal.jsonl"

    @property
    def landing(self) -> Path:
        """Raw pages and manifests."""
        return self.folder / "landing"

    @property
    def digests(self) -> Path:
        """Written letters."""
        return self.folder / "digests"

    def prepare(self) -> None:
        """Make the folders that are missing.

        Raises:
            ConfigurationError: a file stands where a folder belongs, or a folder cannot be written to.
        """
        self.check()
        for folder in self._folders:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ConfigurationError(f"data home {folder}: {error.strerror}", _REMEDY) from error

    def check(self) -> None:
        """Find out whether `prepare` would succeed, without making anything.

        Raises:
            ConfigurationError: a file stands where a folder belongs, or a folder cannot be written to.
        """
        for folder in self._folders:
            nearest = next(path for path in (folder, *folder.parents) if path.exists())
            if not nearest.is_dir():
                raise ConfigurationError(f"data home {folder}: a file stands where a folder belongs", _REMEDY)
            if not os.access(nearest, os.W_OK | os.X_OK):
                raise ConfigurationError(f"data home {nearest}: cannot be written to", _REMEDY)

    @property
    def _folders(self) -> tuple[Path, ...]:
        return self.folder, self.working.parent, self.landing, self.digests

    @contextlib.contextmanager
    def lock(self, job: str) -> Iterator[None]:
        """Hold the home for writing.

        Raises:
            BusyError: another command holds it; the message says which and since when.
        """
        self.prepare()
        with self._hold("lock", job, "is busy", "wait for it to end, then try again"):
            yield

    @contextlib.contextmanager
    def lock_service(self) -> Iterator[None]:
        """Be the one service of the home, which other commands may still write to.

        Raises:
            BusyError: there is one already; the message says since when.
        """
        self.prepare()
        with self._hold("service", "serve", "is served already", "one `trialwatch serve` a data home is enough"):
            yield

    @contextlib.contextmanager
    def _hold(self, name: str, job: str, state: str, remedy: str) -> Iterator[None]:
        lock = filelock.FileLock(self.working.parent / name)
        holder = self.working.parent / _HOLDERS[name]
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout as error:
            raise BusyError(f"{self.folder} {state}: {_read_holder(holder)}", remedy) from error
        except OSError as error:
            message = f"data home: cannot lock {lock.lock_file}: {error.strerror}"
            raise ConfigurationError(message, "run this as the user that the nights run as") from error
        try:
            _write_holder(holder, job)
            yield
        finally:
            holder.unlink(missing_ok=True)
            lock.release()


def _read_holder(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip() or "another command"
    except OSError:  # it has not said so yet, or has just ended
        return "another command"


def _write_holder(file: Path, job: str) -> None:
    since = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
    try:
        file.write_text(f"`trialwatch {job}` (process {os.getpid()}) since {since} UTC\n", "utf-8")
    except OSError as error:
        raise ConfigurationError(f"data home: cannot write {file}: {error.strerror}", "is the disk full?") from error


def find_stamp(file: Path) -> Stamp | None:
    """Return what tells a file from the one that takes its place; None where there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


class HeldHome(Home, frozen=True):
    """A home that its caller has locked for the jobs it calls."""

    @contextlib.contextmanager
    def lock(self, job: str) -> Iterator[None]:  # noqa: ARG002  who holds it has said so
        """Go on holding it."""
        yield
