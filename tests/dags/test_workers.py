"""Workers read PubMed's files as this process does, row for row, whatever becomes of one of them."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dags.cluster import workers as workers_of
from dags.cluster.workers import Wish, Workers, open_workers, read_wish
from dags.importing import ImportResult, run_import
from dags.inputs import Inputs
from models.errors import ConfigurationError
from tests.dags.test_import_articles import WATCH, save, watch, write, write_deletion
from tests.extractors.pubmed_xml import BOOK_CHAPTER
from warehouse.compare import compare_files
from warehouse.reader import query_rows

__all__ = ["save"]  # a fixture
distributed = pytest.importorskip("distributed", reason="the extra `distributed` is not installed")
fsspec = pytest.importorskip("fsspec", reason="the extra `distributed` is not installed")
CLOCK = dt.datetime.combine(dt.date(2026, 2, 12), dt.time(15))
# Ports that are free, whoever else tests here.
SETTINGS = {
    "threads_per_worker": 1,
    "dashboard_address": "127.0.0.1:0",
    "worker_dashboard_address": "127.0.0.1:0",
}
LEDGER = {"run", "run_step"}  # how long each took


@pytest.fixture
def scheduler() -> Iterator[str]:
    """The address of a scheduler whose one worker is a thread of this process."""
    with distributed.LocalCluster(n_workers=1, processes=False, **SETTINGS) as cluster:
        yield cluster.scheduler_address


@pytest.fixture
def files(save: Callable[..., Path]) -> Path:
    """Files with what is odd in them: repeated, revised, unreadable, taken out, a later word of nothing watched."""
    save(
        1,
        write(1, "LAG‑3 in a sample", "Zelbarimab was given. TIGIT was not."),
        write(2, "Nothing"),
        write(3, "Nothing", "Registered as NCT99000101."),
        write(5, "LAG-3 twice", version=2),
        write(5, "LAG-3 twice, first"),
        BOOK_CHAPTER,
        write(6, "LAG-3 here").replace("<Year>2026</Year>", "<Year>x</Year>"),
    )
    save(2, write(1, "Its next word names nothing", revised="2026-01-09"), write(7, "FAP in cancer"), write(2, "TIGIT"))
    save(3, write(7, "FAP in cancer, revised", revised="2026-01-10"), write_deletion(3, 9), write(8, "Nothing"))
    path = save(4, write(10, "LAG-3 and a fault"), write(11, "LAG-3 behind it"))
    packed = path.read_bytes()
    path.write_bytes(packed[: len(packed) // 2])
    save(5, write(12, "LAG-3 refused")).with_name("pubmed26n0005.xml.gz.md5").write_text("0" * 32 + "\n")
    return path.parent


@contextlib.contextmanager
def killing_one_at_work(scheduler: str) -> Iterator[list[int]]:
    """Kill the first worker that has something to do; give the numbers of the processes killed."""
    killed: list[int] = []
    stop = threading.Event()

    def kill() -> None:
        with distributed.Client(scheduler) as client:
            while not stop.is_set() and not killed:
                working = [address for address, tasks in client.processing().items() if tasks]
                if working:
                    pids = client.run(os.getpid, workers=working[:1])
                    os.kill(pids[working[0]], signal.SIGKILL)
                    killed.append(pids[working[0]])
                time.sleep(0.01)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield killed
    finally:
        stop.set()
        killer.join()


def load(inputs: Inputs, *paths: Path | str, wish: Wish | None = None) -> ImportResult:
    return run_import(inputs, paths, CLOCK, wish=wish)


def test_workers_bring_what_this_process_brings_row_for_row(files: Path, scheduler: str, tmp_path: Path) -> None:
    here, there = watch(tmp_path / "here", WATCH), watch(tmp_path / "there", WATCH)
    told = [load(here, files), load(there, files, wish=Wish(scheduler=scheduler))]
    assert told[0].describe() == told[1].describe()
    assert told[0].exit_code == told[1].exit_code == 1
    assert [(step.summary, str(step.error)) for step in told[0].steps] == [
        (step.summary, str(step.error)) for step in told[1].steps
    ]
    differing = compare_files(here.home.published, there.home.published, but_for=LEDGER)
    assert differing == []
    # Which paper the first file brought no worker knew that read the second one.
    last = "SELECT title FROM article WHERE pmid = '99000001'"
    assert query_rows(there.home.published, last)[1] == [("Its next word names nothing",)]
    assert list(there.home.staging.iterdir()) == []


@pytest.mark.slow
def test_with_everything_too(files: Path, scheduler: str, tmp_path: Path) -> None:
    here, there = (watch(tmp_path / name, "everything = true") for name in ("here", "there"))
    load(here, files)
    load(there, files, wish=Wish(scheduler=scheduler))
    assert compare_files(here.home.published, there.home.published, but_for=LEDGER) == []


def test_files_and_staging_may_lie_in_an_object_store(files: Path, scheduler: str, tmp_path: Path) -> None:
    store = fsspec.filesystem("memory")
    for file in files.iterdir():
        store.pipe_file(f"/bucket/baseline/{file.name}", file.read_bytes())
    here, there = watch(tmp_path / "here", WATCH), watch(tmp_path / "there", WATCH)
    load(here, files)
    load(there, "memory://bucket/baseline", wish=Wish(scheduler=scheduler, staging="memory://bucket/staging"))
    assert compare_files(here.home.published, there.home.published, but_for=LEDGER) == []
    assert store.find("/bucket/staging") == []


@pytest.mark.slow
def test_files_read_before_are_passed_over(files: Path, scheduler: str, tmp_path: Path) -> None:
    inputs = watch(tmp_path / "home", WATCH)
    load(inputs, files, wish=Wish(scheduler=scheduler))
    again = load(inputs, files, wish=Wish(scheduler=scheduler))
    assert again.describe().endswith("3 files read before, passed over; 2 files refused")


@pytest.mark.slow
def test_a_worker_killed_while_it_reads_loses_nothing(
    save: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 5):
        save(number, *(write(number * 1000 + one, f"LAG-3 in sample {one}", "A text. " * 200) for one in range(60)))
    folder = tmp_path / "files"
    here, there = watch(tmp_path / "here", WATCH), watch(tmp_path / "there", WATCH)
    load(here, folder)
    with (
        distributed.LocalCluster(n_workers=2, host="127.0.0.1", **SETTINGS) as cluster,
        killing_one_at_work(cluster.scheduler_address) as killed,
    ):
        result = load(there, folder, wish=Wish(scheduler=cluster.scheduler_address))
    assert killed
    assert result.exit_code == 0
    assert compare_files(here.home.published, there.home.published, but_for=LEDGER) == []


@pytest.mark.slow
def test_processes_of_this_machine_are_begun_and_ended_with_the_import(files: Path, tmp_path: Path) -> None:
    here, there = watch(tmp_path / "here", WATCH), watch(tmp_path / "there", WATCH)
    load(here, files)
    load(there, files, wish=Wish(workers=2))
    assert compare_files(here.home.published, there.home.published, but_for=LEDGER) == []


def fail_twice(file: Path) -> int:
    """Count the calls in a file; fail at the first two."""
    calls = len(file.read_text("utf-8")) if file.exists() else 0
    file.write_text("x" * (calls + 1), "utf-8")
    if calls < 2:
        raise OSError("the disk is away for a moment")
    return calls + 1


def test_what_fails_is_tried_again_and_a_file_that_always_fails_costs_itself(
    files: Path, scheduler: str, tmp_path: Path
) -> None:
    with open_workers(Wish(scheduler=scheduler)) as workers:
        assert workers.submit(fail_twice, tmp_path / "calls").wait() == 3
    store = fsspec.filesystem("memory")
    for number in (1, 2):
        store.pipe_file(f"/away/pubmed26n000{number}.xml.gz", (files / f"pubmed26n000{number}.xml.gz").read_bytes())
    inputs = watch(tmp_path / "home", WATCH)
    submit = Workers.submit

    def lose_the_first(workers: Workers, *call: object) -> object:
        store.store.pop("/away/pubmed26n0001.xml.gz", None)
        return submit(workers, *call)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Workers, "submit", lose_the_first)
        result = load(inputs, "memory://away", wish=Wish(scheduler=scheduler, staging="memory://staging"))
    reason = "a worker cannot reach it, or not write what it read: /away/pubmed26n0001.xml.gz"
    assert result.exit_code == 1
    assert [step.error.message for step in result.steps if step.error] == [f"pubmed: pubmed26n0001.xml.gz: {reason}"]
    assert result.describe().endswith("1 file refused")


def test_wishes_that_cannot_be_met_are_refused_with_a_remedy(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers_of, "_SECONDS", 1)
    inputs = watch(tmp_path / "home", WATCH)
    with pytest.raises(ConfigurationError, match="files of an object store are read by workers"):
        load(inputs, "s3://bucket/baseline")
    with pytest.raises(ConfigurationError, match="are of this machine") as refused:
        read_wish(2, "tcp://127.0.0.1:1", "")
    assert refused.value.exit_code == 2
    with pytest.raises(ConfigurationError, match="there is no file"):
        load(inputs, "memory://nothing", wish=Wish(workers=1))
    with pytest.raises(ConfigurationError, match=r"--scheduler tcp://127\.0\.0\.1:1: "):
        load(inputs, files, wish=Wish(scheduler="tcp://127.0.0.1:1"))
    monkeypatch.setattr("importlib.util.find_spec", {}.get)
    with pytest.raises(ConfigurationError, match="need Dask"):
        load(inputs, files, wish=Wish(workers=1))
    assert not inputs.home.published.exists()
