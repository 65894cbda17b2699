"""Lives through a year with the service itself, under a clock that jumps from one of its wake-ups to the next."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
import time_machine

from dags import service
from dags.health import Health
from dags.inputs import Inputs, read_inputs
from dags.run import StepResult
from dags.sample.faults import Fault
from dags.sample.server import SampleServer
from dags.sample.world import SAMPLE_FOLDER, World
from dags.service import Service
from tests.dags.delivery.servers import Mailbox, serve_mail
from tests.soak.invented_year import FIRST, Move, Outage, list_ids, plan_outages, write_world

READER = "reader@example.org"
_LOOK = dt.timedelta(hours=6)
_PUBLISHED_AFTER = dt.timedelta(hours=9)  # a day's release is served from nine in the morning, UTC
_FAULTS = {"registry": "/api/v2", "pubmed": "/entrez"}


class PowerCutError(BaseException):
    """The machine goes off; nothing may catch it."""


class Lived(msgspec.Struct):
    """What there is to look at afterwards. `nights` are the seconds that each night's reading took.

    `landings`: the bytes of the landing while nothing runs, after the first night and on.
    """

    inputs: Inputs
    moves: list[Move]
    outages: list[Outage]
    mailbox: Mailbox
    days: int
    seconds: float = 0.0
    nights: list[float] = []
    sizes: list[int] = []
    landings: list[int] = []
    said: list[str] = []
    starts: int = 0


class _Life:
    def __init__(self, lived: Lived, world: World, server: SampleServer, traveller: time_machine.Traveller) -> None:
        self.lived = lived
        self.world = world
        self.server = server
        self.traveller = traveller
        self.outage: Outage | None = None
        self.left = list(lived.outages)
        self.end = dt.datetime.combine(FIRST + dt.timedelta(days=lived.days), dt.time(), dt.UTC)
        self.steps = 0
        self.night = 0.0
        self.current: Service | None = None
        self.is_off = False

    def live(self) -> None:
        """Serve until the year is over; start anew after each power cut and each stop."""
        while self.now() < self.end:
            self.lived.starts += 1
            inputs = read_inputs(self.lived.inputs.file, environment={})
            self.current = Service(inputs, Health(), self.hear, self.lived.said.append, sleep=self.sleep, look=_LOOK)
            self.is_off, self.night = False, 0.0
            with suppress(PowerCutError):
                self.current.run()
            if self.outage and self.outage.kind in ("power", "stop"):
                self.travel(self.outage.ends)

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    def sleep(self, seconds: float) -> None:
        """Go on in time, at most to where something breaks or is mended."""
        if self.lived.nights:
            self.lived.landings.append(measure(self.lived.inputs.home.landing))
        if self.is_off:
            raise PowerCutError  # the scheduler takes what a job raises for that job's own end
        wanted = self.now() + dt.timedelta(seconds=seconds)
        marks = [self.outage.ends] if self.outage else [outage.begins for outage in self.left[:1]]
        self.travel(min([wanted, *(mark.replace(tzinfo=dt.UTC) for mark in marks)]))
        outage = self.outage
        if outage and (outage.kind == "stop" or (outage.kind == "power" and not outage.cut_at)):
            self.stop(outage)
        if self.now() >= self.end and self.current:
            self.current.scheduler.is_stopping = True

    def stop(self, outage: Outage) -> None:
        if outage.kind == "power":
            raise PowerCutError
        if self.current:
            self.current.scheduler.is_stopping = True

    def travel(self, instant: dt.datetime) -> None:
        """Go to an instant; what breaks or is mended there does so, and the sources serve what they would."""
        self.traveller.move_to(instant.replace(tzinfo=dt.UTC))
        now = self.now().replace(tzinfo=None)
        if self.outage and now >= self.outage.ends:
            self.outage = None
        if self.outage is None and self.left and now >= self.left[0].begins:
            self.outage = self.left.pop(0)
            self.steps = 0
        kind = self.outage.kind if self.outage else ""
        self.server.faults[:] = [Fault(kind="status", path=_FAULTS[kind], times=None)] if kind in _FAULTS else []
        self.lived.mailbox.faults = {"MAIL": lambda *_: "451 not now"} if kind == "mail" else {}
        day = (now - _PUBLISHED_AFTER).date()
        if day != self.world.day:
            self.world.serve(day)

    def hear(self, result: StepResult) -> None:
        """Take the time of each step; cut the power behind one of them where that is planned."""
        self.night += result.seconds
        if result.step == "link":
            self.lived.nights.append(self.night)
            self.night = 0.0
            self.lived.sizes.append(self.lived.inputs.home.published.stat().st_size if self.lived.nights[1:] else 0)
        if self.outage and self.outage.kind == "power":
            self.steps += 1
            if self.steps == self.outage.cut_at:
                self.is_off = True
                raise PowerCutError


def live_through(folder: Path, days: int, outages: int, stops: int) -> Lived:
    """Live through so many days with so many outages and orderly restarts; return what came of it."""
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # it would print each power cut
    world_folder = folder / "world"
    world_folder.mkdir()
    moves = write_world(world_folder, days)
    world, mailbox = World.read(world_folder), Mailbox()
    world.serve(FIRST - dt.timedelta(days=1))
    with SampleServer(world) as server, serve_mail(mailbox) as port, _one_wake_a_look():
        inputs = _write_inputs(folder, server, port)
        lived = Lived(inputs, moves, plan_outages(days, outages, stops), mailbox, days)
        started = time.perf_counter()
        with time_machine.travel(dt.datetime.combine(FIRST, dt.time(), dt.UTC)) as traveller:
            _Life(lived, world, server, traveller).live()
        lived.seconds = time.perf_counter() - started
    return lived


def measure(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


@contextmanager
def _one_wake_a_look() -> Iterator[None]:
    # In earnest it looks at the clock every minute; half a million wake-ups a year would show nothing more here.
    kept, service.LONGEST_SLEEP = service.LONGEST_SLEEP, _LOOK.total_seconds()
    try:
        yield
    finally:
        service.LONGEST_SLEEP = kept


def _write_inputs(folder: Path, server: SampleServer, port: int) -> Inputs:
    (folder / "vocabulary").symlink_to(SAMPLE_FOLDER / "vocabulary")
    file = folder / "watchlist.toml"
    file.write_text(
        f"""
[watch]
trials = {msgspec.json.encode(list_ids()).decode()}
agents = ["zelbarimab"]
[vocabulary]
extra = "vocabulary"
[source.clinicaltrials]
base_url = "{server.ctg_url}"
requests_per_second = 0
[source.pubmed]
base_url = "{server.eutils_url}"
email = "tests@example.org"
requests_per_second = 0
since = "{FIRST}"
[review]
built_in = false
[schedule]
nightly = "02:30"
weekly = "mon 07:00"
timezone = "Europe/Amsterdam"
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
[[digest.recipient]]
address = "{READER}"
form = "text"
minimum_weight = "low"
""",
        "utf-8",
    )
    return read_inputs(file, environment={})
