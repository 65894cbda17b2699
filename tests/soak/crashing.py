"""Kills and full disks: jobs that end at any instant, or whose writes fail at any byte, and what is left of them.

Each job runs in a process of its own, forked from one that has imported everything. It is killed after a random time,
or its disk is all but full; then it is asked for again, until it ends. Meanwhile a reader opens the published file
again and again: what it finds must be one of the states that undisturbed jobs leave.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import faulthandler
import hashlib
import multiprocessing
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import duckdb
import msgspec

from dags.inputs import read_inputs
from dags.logs import configure_logs
from dags.nightly import run_nightly
from dags.sample.server import SampleServer
from dags.sample.world import SAMPLE_FOLDER, World
from dags.span import find_week
from dags.weekly import run_weekly
from models.errors import TrialwatchError
from warehouse import database
from warehouse.audit import audit_landing
from warehouse.reader import query_rows

# What counts attempts, or says which attempt wrote a row: alike in no two lives.
LEDGER = ("run", "run_step", "issue", "source_check", "schema_version", "compaction")
BUG = 70
_LONGEST = 150  # seconds; a job that takes longer hangs, and says where
_WATCH = """
[watch]
trials = ["NCT99000101", "NCT99000103", "NCT99000105"]
targets = ["LAG-3"]
[vocabulary]
extra = "vocabulary"
[source.clinicaltrials]
base_url = "{registry}"
requests_per_second = 0
[source.pubmed]
base_url = "{pubmed}"
email = "tests@example.org"
requests_per_second = 0
since = "2026-01-01"
"""
State = dict[str, str]


class Job(msgspec.Struct, frozen=True):
    """One command of a life: a night of a day of the sample world, or the letter of its week."""

    day: dt.date
    is_weekly: bool = False

    def run(self, file: Path) -> None:
        """Do it, at the same instant each time it is asked for."""
        inputs = read_inputs(file, environment={})
        if self.is_weekly:
            run_weekly(inputs, find_week("2026-W07"), dt.datetime(2026, 2, 16, 7))  # noqa: DTZ001  UTC throughout
        elif run_nightly(inputs, dt.datetime.combine(self.day, dt.time(14))).exit_code:
            sys.exit(1)


class Tally(msgspec.Struct):
    """What came of a life: attempts that were killed, or failed for want of room, and what the reader saw."""

    killed: int = 0
    starved: int = 0
    finished: int = 0
    seen: int = 0
    faults: list[str] = []


def list_jobs(world: World, nights: int) -> list[Job]:
    """Return the jobs of a life."""
    return [*map(Job, world.days[:nights]), Job(world.days[-1], is_weekly=True)]


def write_home(folder: Path, server: SampleServer) -> Path:
    """Write the watchlist of a new home; return it."""
    folder.mkdir(parents=True)
    (folder / "vocabulary").symlink_to(SAMPLE_FOLDER / "vocabulary")
    file = folder / "watchlist.toml"
    file.write_text(_WATCH.format(registry=server.ctg_url, pubmed=server.eutils_url), "utf-8")
    return file


def _work(job: Job, file: Path, bugs: Path, limit: int | None) -> None:
    """Do a job in this process, which may write no file beyond `limit` bytes; end with its exit code."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    configure_logs("json")
    database.CONFIG["threads"] = 1
    bug = (bugs / "bug").open("w")
    faulthandler.dump_traceback_later(_LONGEST, exit=True, file=bug)
    if limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        job.run(file)
    except TrialwatchError as error:
        bug.write(f"{error.message}\n")
        bug.flush()
        os._exit(error.exit_code)
    except SystemExit as error:
        os._exit(error.code if isinstance(error.code, int) else BUG)
    except BaseException as error:  # noqa: BLE001  whatever it is, it is told to the parent
        bug.write("".join(traceback.format_exception(error)))
        bug.flush()
        os._exit(BUG)
    os._exit(0)


def read_state(path: Path) -> State:
    """Return a print of each table of a file, the ledger of attempts left out."""
    with duckdb.connect(str(path), read_only=True, config=database.CONFIG) as connection:
        tables: dict[str, list[str]] = {}
        rows = connection.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal "
            "AND table_name IN (SELECT table_name FROM duckdb_tables()) ORDER BY ALL"
        ).fetchall()
        for table, column in rows:
            if table not in LEDGER and column != "run_id":
                tables.setdefault(table, []).append(f'"{column}"')
        state = {}
        for table, columns in tables.items():
            held = connection.execute(f"SELECT DISTINCT {', '.join(columns)} FROM {table}").fetchall()
            state[table] = hashlib.blake2b("\n".join(sorted(map(repr, held))).encode(), digest_size=8).hexdigest()
        return state


class Reader:
    """Opens the published file again and again, in a thread; `faults` are states that no undisturbed job leaves.

    A file that it has read whole is queried again, and read whole again where it is another or was written to.
    """

    def __init__(self, published: Path, known: list[State]) -> None:
        self.seen = 0
        self.faults: list[str] = []
        self._published = published
        self._known = known
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _read(self) -> None:
        known: tuple[int, ...] = ()
        while not self._is_over.wait(0.05):
            if not self._published.exists():
                continue
            try:
                found = _identify(self._published)
                state = None if found == known else read_state(self._published)
                if state is None:
                    query_rows(self._published, "SELECT count(*), max(observed_at) FROM trial_change")
            except (duckdb.Error, TrialwatchError) as error:
                self.faults.append(f"the reader met: {error}")
                return
            self.seen += 1
            if state is not None and state not in self._known:
                self.faults.append(f"no whole state: {find_difference(state, self._known)}")
            known = found


def _identify(path: Path) -> tuple[int, ...]:
    stat = path.stat()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


def find_difference(state: State, known: list[State]) -> list[str]:
    """Return the tables in which a state differs from the one of those known that is most like it."""
    return min(([name for name in state if state[name] != other[name]] for other in known), key=len)


class Stage:
    """A world on loopback, the states that an undisturbed life goes through, and how long each job takes."""

    def __init__(self, server: SampleServer, world: World, folder: Path, nights: int) -> None:
        self.server = server
        self.world = world
        self.folder = folder
        self.jobs = list_jobs(world, nights)
        self.known: list[State] = []
        self.seconds: list[float] = []
        self.bytes = 0
        self.room = 0  # bytes that publishing takes, and a little more
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.soak.crashing", "dags.linking", "etl.tagging"])
        file = write_home(folder / "calm", server)
        for number, job in enumerate(self.jobs):
            started = time.perf_counter()
            if code := self.attempt(job, file):
                raise RuntimeError(f"an undisturbed job ends with {code}: {self._read_bug()}")
            if number:  # the first one waits for the process that is forked from
                self.seconds.append(time.perf_counter() - started)
            self.known.append(read_state(file.parent / "data" / "warehouse.duckdb"))
        self.seconds.insert(0, max(self.seconds))
        self.room = (file.parent / "data" / "warehouse.duckdb").stat().st_size * 9 // 8
        self.bytes = sum(path.stat().st_size for path in (file.parent / "data").rglob("*") if path.is_file())

    def attempt(self, job: Job, file: Path, *, kill_after: float | None = None, limit: int | None = None) -> int:
        """Run a job in a process of its own; return its exit code, negative where it was killed."""
        self.world.serve(job.day)
        process = self._context.Process(target=_work, args=(job, file, self.folder, limit))
        process.start()
        process.join(kill_after)
        if process.exitcode is None and kill_after is not None:
            os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        return process.exitcode or 0

    def live(self, file: Path, tally: Tally, disturb: Callable[[int, Job, Tally], Iterator[int]]) -> None:
        """Go through a life; `disturb` yields the exit codes of the attempts at a job that are in its way."""
        published = file.parent / "data" / "warehouse.duckdb"
        with Reader(published, self.known) as reader:
            for number, job in enumerate(self.jobs):
                for code in disturb(number, job, tally):
                    if code == BUG:
                        tally.faults.append(f"a bug: {self._read_bug()}")
                if code := self.attempt(job, file):
                    tally.faults.append(
                        f"job {number} ends with {code} though nothing is in its way: {self._read_bug()}"
                    )
        tally.seen += reader.seen
        tally.faults += reader.faults
        state = read_state(published)
        if state != self.known[-1]:
            tally.faults.append(f"in the end it differs: {find_difference(state, self.known[-1:])}")
        tally.faults += audit_landing(file.parent / "data" / "landing").faults

    def _read_bug(self) -> str:
        path = self.folder / "bug"
        return path.read_text() if path.exists() else ""


def kill_often(stage: Stage, kills: int, rng: random.Random, tell: Callable[[Tally], None] = lambda _: None) -> Tally:
    """Live until so many attempts were killed, each life in a home of its own."""
    tally = Tally()
    life = 0
    while tally.killed < kills and not tally.faults:
        life += 1
        file = write_home(stage.folder / f"killed-{life}", stage.server)
        each = max(1, min(10, (kills - tally.killed) // len(stage.jobs) + 1))

        def disturb(number: int, job: Job, tally: Tally) -> Iterator[int]:
            for _ in range(each):  # noqa: B023  used before the next life begins
                code = stage.attempt(job, file, kill_after=rng.uniform(0, stage.seconds[number]))  # noqa: B023
                tally.killed += code == -signal.SIGKILL
                tally.finished += code == 0
                yield code

        stage.live(file, tally, disturb)
        shutil.rmtree(file.parent)
        tell(tally)
    return tally


def starve_often(stage: Stage, times: int, rng: random.Random, tell: Callable[[Tally], None] = lambda _: None) -> Tally:
    """Live until so many attempts had too little room: on a small tmpfs, or else by writes that the system refuses."""
    tally = Tally()
    life = 0
    while tally.starved < times and not tally.faults and life < times * 3:
        life += 1
        each = max(1, min(8, (times - tally.starved) // len(stage.jobs) + 1))
        with mount_disk(stage.folder / f"starved-{life}", stage.bytes * 6) as (folder, is_mounted):
            file = write_home(folder / "home", stage.server)

            def disturb(_: int, job: Job, tally: Tally) -> Iterator[int]:
                for _ in range(each):  # noqa: B023
                    if is_mounted:
                        with fill(folder, rng.randrange(stage.room)):
                            code = stage.attempt(job, file)  # noqa: B023
                    else:
                        code = stage.attempt(job, file, limit=rng.randrange(stage.bytes // 3))  # noqa: B023
                    tally.starved += code in (1, 2)
                    tally.finished += code == 0
                    yield code

            stage.live(file, tally, disturb)
            tell(tally)
    return tally


@contextlib.contextmanager
def mount_disk(folder: Path, size: int) -> Iterator[tuple[Path, bool]]:
    """Yield a folder with so much room, and whether it is so: only a superuser may mount a disk of its own."""
    folder.mkdir(parents=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True, check=False
    )
    try:
        yield folder, done.returncode == 0
    finally:
        if done.returncode == 0:
            subprocess.run(["umount", str(folder)], check=True)
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def fill(folder: Path, left: int) -> Iterator[None]:
    """Leave so many bytes of a disk free."""
    ballast = folder / "ballast"
    size = max(0, shutil.disk_usage(folder).free - left)
    with ballast.open("wb") as file:
        try:
            os.posix_fallocate(file.fileno(), 0, size)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
    try:
        yield
    finally:
        ballast.unlink()


@contextlib.contextmanager
def set_stage(folder: Path, nights: int) -> Iterator[Stage]:
    """Serve the sample world, and live through it undisturbed once."""
    world = World.read(SAMPLE_FOLDER)
    with SampleServer(world) as server:
        yield Stage(server, world, folder, nights)
