"""What the tests share: the folder of real records, a data home, and worlds served on loopback."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import os
import shutil
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# Before polars is imported: two workers on two cores gain nothing by more threads each.
os.environ.setdefault("POLARS_MAX_THREADS", "1")

import filelock
import httpx
import hypothesis
import msgspec
import pytest
import stamina
import structlog

from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.sample.demo import run_demo
from dags.sample.server import SampleServer
from dags.sample.world import SAMPLE_FOLDER, World
from models import review, vocabulary
from warehouse import database, store
from warehouse.reader import connect, query_rows

# How long an example takes is the machine's, which others use too.
hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")

ROOT = Path(__file__).parents[1]
FirstNight = Callable[[Inputs, World], None]
MadeOnce = Callable[[str, Callable[[Path], Any]], Path]
Snapshot = Callable[[Path], dict[str, list[tuple[Any, ...]]]]
# What a night that is run again may change.
_LEDGER = {"run", "run_step", "source_check", "issue", "schema_version"}
_TOUCHED = {"last_checked_at", "last_seen_at"}


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real records; they are never copied into the project."""
    folder = Path(os.environ.get("TRIALWATCH_SHARED", ROOT / ".." / "shared")).resolve()
    if not (folder / "recorded").is_dir():
        pytest.skip("no real records here: TRIALWATCH_SHARED names no folder with recorded/")
    return folder


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to the slow run all but the first parameters of tests that are sampled.

    Begin with what builds environments: it takes longest, and would leave the other workers idle at the end.
    """
    met: Counter[str] = Counter()
    for item in items:
        sampled = item.get_closest_marker("sampled")
        if sampled and item.get_closest_marker("slow") is None:
            name = item.nodeid.partition("[")[0]
            met[name] += 1
            if met[name] > sampled.args[0]:
                item.add_marker("slow")
    items.sort(key=lambda item: item.get_closest_marker("ci") is None)


@pytest.fixture(autouse=True)
def _quick_retries() -> Iterator[None]:
    """Retry without waiting, as often as in earnest, so that faults cost no time in tests."""
    with stamina.set_testing(True, attempts=5, cap=True):
        yield


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    """As for polars."""
    database.CONFIG["threads"] = 1


@pytest.fixture(scope="session", autouse=True)
def _one_empty_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Make an empty warehouse of the newest schema once, and copy it: that takes a third of a second each time."""
    template = tmp_path_factory.mktemp("empty") / "warehouse.duckdb"
    database.create_file(template)
    with store.Store.open(template, at_night(dt.date(2026, 2, 10))):
        pass
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "create_file", lambda path: shutil.copyfile(template, path))
        yield


@pytest.fixture(scope="session", autouse=True)
def _one_trust_store() -> Iterator[None]:
    """Read the machine's certificates once for each place they are looked for, not for every client of a night."""
    build = httpx.create_ssl_context

    @functools.cache
    def build_once(*_: str | None) -> ssl.SSLContext:
        return build()

    def find(verify: Any = True, cert: Any = None, trust_env: bool = True) -> ssl.SSLContext:
        if verify is not True or cert is not None or not trust_env:
            return build(verify, cert, trust_env)
        return build_once(*map(os.environ.get, ("SSL_CERT_FILE", "SSL_CERT_DIR")))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("httpx._transports.default.create_ssl_context", find)
        yield


@pytest.fixture(scope="session", autouse=True)
def _one_reading_of_each_file() -> Iterator[None]:
    """Parse each content of a vocabulary's and a review's file once, not for every home."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (vocabulary, review):
            patch.setattr(module, "_parse_file", functools.cache(module._parse_file))  # noqa: SLF001  pure
        yield


@pytest.fixture(autouse=True)
def _log() -> None:
    """Print no log, whatever the test before has set up; tests that are about the log capture it."""
    structlog.reset_defaults()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())


@pytest.fixture
def sample_world() -> World:
    """The sample world, served as of its first day."""
    world = World.read(SAMPLE_FOLDER)
    world.serve(world.days[0])
    return world


@pytest.fixture
def sample_server(sample_world: World) -> Iterator[SampleServer]:
    """The sample world on loopback."""
    with SampleServer(sample_world) as server:
        yield server


@pytest.fixture
def write_watchlist(tmp_path: Path) -> Callable[..., Path]:
    """Return a writer of watchlists that point to a loopback server."""

    def write(server: SampleServer, watch: str, folder: Path = tmp_path, extra: str = "") -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "watchlist.toml"
        file.write_text(
            f"""
[watch]
{watch}
[source.clinicaltrials]
base_url = "{server.ctg_url}"
requests_per_second = 0
[source.pubmed]
base_url = "{server.eutils_url}"
email = "tests@example.org"
requests_per_second = 0
since = "2026-01-01"
[review]
built_in = false
{extra}
""",
            "utf-8",
        )
        return file

    return write


@pytest.fixture
def write_sample_inputs(
    sample_server: SampleServer, write_watchlist: Callable[..., Path], tmp_path: Path
) -> Callable[[str], Inputs]:
    """Return a writer of inputs that watch some of the sample world, with its own vocabulary."""

    def write(watch: str) -> Inputs:
        (tmp_path / "vocabulary").symlink_to(SAMPLE_FOLDER / "vocabulary")
        file = write_watchlist(sample_server, watch, extra='[vocabulary]\nextra = "vocabulary"\n')
        return read_inputs(file, environment={})

    return write


@pytest.fixture
def sample_inputs(write_sample_inputs: Callable[[str], Inputs]) -> Inputs:
    """Inputs that watch enough of the sample world for most tests: every question costs a night its time."""
    return write_sample_inputs(
        """
trials = ["NCT99000101", "NCT99000102", "NCT99000103", "NCT99000105", "NCT99000111", "NCT99000112"]
agents = ["zelbarimab", "dulzotinib"]
targets = ["LAG-3", { name = "FAP", condition = "cancer" }]
"""
    )


@pytest.fixture
def whole_sample_inputs(write_sample_inputs: Callable[[str], Inputs]) -> Inputs:
    """Inputs that watch the sample world as its own watchlist does."""
    return write_sample_inputs(
        """
trials = ["NCT99000101", "NCT99000102", "NCT99000103", "NCT99000105", "NCT99000111", "NCT99000112"]
agents = ["zelbarimab", "QX-9917", "nuvotrelimab", "FX-2206", "dulzotinib", "morvafusp alfa"]
targets = ["LAG-3", "TIM-3", "TIGIT", "CD73", "CCR4", "CSF1R", "RIG-I", { name = "FAP", condition = "cancer" }]
"""
    )


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """Return what makes a folder once for all workers: the first to ask fills it, the others wait for it.

    Tests may read it, or copy it.
    """
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "made-once"
    shared.mkdir(exist_ok=True)

    def make(name: str, fill: Callable[[Path], Any]) -> Path:
        folder, half = shared / name, shared / f"{name}.half"
        with filelock.FileLock(shared / f"{name}.lock"):
            if not folder.exists():
                shutil.rmtree(half, ignore_errors=True)
                half.mkdir()
                fill(half)
                half.rename(folder)
        return folder

    return make


@pytest.fixture(scope="session")
def demo(made_once: MadeOnce) -> Path:
    """The folder of a demo, to read from."""

    def fill(folder: Path) -> None:
        assert run_demo(folder) == 0

    return made_once("demo", fill)


@pytest.fixture(scope="session")
def first_night(made_once: MadeOnce) -> FirstNight:
    """Return what runs the first night of the sample world, untouched, into an empty home.

    What the same watchlist brought before is copied: nothing that a test could change goes into that night.
    """

    def run(inputs: Inputs, world: World) -> None:
        world.serve(world.days[0])
        settings = inputs.settings.source.clinicaltrials
        key = (inputs.items, inputs.vocabulary.version, settings.max_drop, settings.gone_after)
        name = hashlib.blake2b(msgspec.json.encode(key), digest_size=8).hexdigest()

        def fill(folder: Path) -> None:
            assert run_nightly(inputs, at_night(world.days[0])).exit_code == 0
            shutil.move(inputs.home.folder, folder / "home")

        shutil.copytree(made_once(f"night-{name}", fill) / "home", inputs.home.folder, dirs_exist_ok=True)

    return run


@pytest.fixture
def ask() -> Callable[[Inputs, str], list[tuple[Any, ...]]]:
    """Return a reader of the published file."""

    def read(inputs: Inputs, query: str) -> list[tuple[Any, ...]]:
        return query_rows(inputs.home.published, query)[1]

    return read


@pytest.fixture(scope="session")
def snapshot() -> Snapshot:
    """Return a reader of every row of every table but the ledger, without the columns that say when last looked."""

    def read(published: Path) -> dict[str, list[tuple[Any, ...]]]:
        tables: dict[str, list[str]] = {}
        query = "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
        with connect(published) as connection:
            base = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
            for table, column in connection.execute(query).fetchall():
                if table in base - _LEDGER and column not in _TOUCHED:
                    tables.setdefault(table, []).append(f'"{column}"')
            return {
                table: sorted(connection.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall(), key=repr)
                for table, columns in tables.items()
            }

    return read


def at_night(day: dt.date) -> dt.datetime:
    """Return the clock of a night in tests: 14:00 UTC."""
    return dt.datetime.combine(day, dt.time(14))
