"""A home that has news of one week, made once; each test sends letters from a copy of it."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
import trustme

from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.sample.server import SampleServer
from dags.sample.world import SAMPLE_FOLDER, World
from tests.conftest import MadeOnce, at_night
from tests.dags.delivery.servers import Mailbox, serve_mail

MONDAY = dt.datetime.fromisoformat("2026-02-16T08:00")
WATCH = """
[watch]
trials = ["NCT99000101", "NCT99000102", "NCT99000103", "NCT99000105", "NCT99000111", "NCT99000112"]
agents = ["zelbarimab", "QX-9917", "nuvotrelimab", "FX-2206", "dulzotinib", "morvafusp alfa"]
targets = ["LAG-3", "TIM-3", "TIGIT", "CD73", "CCR4", "CSF1R", "RIG-I", { name = "FAP", condition = "cancer" }]
[vocabulary]
extra = "vocabulary"
"""
Follow = Callable[..., Inputs]


class Prepared(msgspec.Struct, frozen=True):
    """Data homes after the first night, and after the last one of the week."""

    first: Path
    last: Path
    days: tuple[dt.date, ...]


def write_sources(server: SampleServer) -> str:
    return f"""
[source.clinicaltrials]
base_url = "{server.ctg_url}"
requests_per_second = 0
[source.pubmed]
base_url = "{server.eutils_url}"
email = "tests@example.org"
requests_per_second = 0
since = "2026-01-01"
"""


def write_recipients(port: int, *addresses: str, more: str = "", security: str = "none") -> str:
    tables = "".join(f'[[digest.recipient]]\naddress = "{address}"\n{more}\n' for address in addresses)
    return f"""
[mail]
from = "letters@trialwatch.test"
host = "127.0.0.1"
port = {port}
security = "{security}"
timeout_seconds = 5
{tables}"""


@pytest.fixture(scope="session")
def prepared(made_once: MadeOnce) -> Prepared:
    world = World.read(SAMPLE_FOLDER)
    folder = made_once("week", lambda folder: _live_a_week(world, folder))
    return Prepared(folder / "first", folder / "data", tuple(world.days))


def _live_a_week(world: World, folder: Path) -> None:
    (folder / "vocabulary").symlink_to(SAMPLE_FOLDER / "vocabulary")
    with SampleServer(world) as server:
        (folder / "watchlist.toml").write_text(WATCH + write_sources(server), "utf-8")
        inputs = read_inputs(folder / "watchlist.toml", environment={})
        assert inputs.home.folder == folder / "data"
        for place, day in enumerate(world.days):
            world.serve(day)
            assert run_nightly(inputs, at_night(day)).exit_code == 0
            if place == 0:
                shutil.copytree(inputs.home.folder, folder / "first")


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def port(mailbox: Mailbox) -> Iterator[int]:
    """A mail server without any security, on loopback."""
    with serve_mail(mailbox) as number:
        yield number


@pytest.fixture
def follow(prepared: Prepared, tmp_path: Path) -> Follow:
    """Return what copies the home of the week and gives it settings; called again, it gives the same home others."""

    def write(settings: str, *, home: Path | None = None, **environment: str) -> Inputs:
        if not (tmp_path / "data").exists():
            shutil.copytree(home or prepared.last, tmp_path / "data")
            (tmp_path / "vocabulary").symlink_to(SAMPLE_FOLDER / "vocabulary")
        file = tmp_path / "watchlist.toml"
        file.write_text(WATCH + settings, "utf-8")
        return read_inputs(file, {f"TRIALWATCH_{name}": value for name, value in environment.items()})

    return write


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trust(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the authority of the tests, as a user would one of their own."""
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
