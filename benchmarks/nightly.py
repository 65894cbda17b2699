"""A nightly run over generated trials: wall time against the floor, requests against the fewest, memory against pages.

The trials are copies of the invented sample under other numbers, all watched by number, some found by one agent's
search as well. The loopback server is a process of its own, and so is each night, so that the memory is the night's
alone: what its process takes at its peak, beyond what it holds after a night of a single trial. Pace off. The floor, in
the night's own process, is the same pages fetched and decoded and nothing else. The last lines are nights of the same
trials in ever smaller pages: what they take must not grow with the number of pages. With `everything` one trial is
watched, and the whole registry read.

    python benchmarks/nightly.py [everything] [trials ...]
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import msgspec

from dags.inputs import Inputs, read_inputs
from dags.logs import configure_logs
from dags.nightly import run_nightly
from dags.sample.server import SampleServer
from dags.sample.world import SAMPLE_FOLDER, World
from extractors.clinicaltrials import query
from extractors.clinicaltrials.fetch import Chain
from extractors.clinicaltrials.query import (
    IDS_PER_QUERY,
    LARGEST_PAGE,
    PAGE_SIZE,
    build_id_queries,
    build_registry_query,
)
from extractors.http import Client

FIRST, SECOND = dt.date(2026, 2, 10), dt.date(2026, 2, 11)
AGENT = "zelbarimab"  # found in a part of the copies
SIZES = (2_000, 10_000)
PAGED, PAGE_SIZES = 2_000, (300, 30, 10)  # trials, and studies a page


def build_world(folder: Path, trials: int) -> None:
    """Write a world of copies of the sample's trials; one in a hundred changes its status on the second day."""
    lines = [msgspec.json.decode(line) for line in (SAMPLE_FOLDER / "studies.jsonl").read_bytes().splitlines()]
    samples = [line["study"] for line in lines if line["day"] == FIRST.isoformat()]
    with (folder / "studies.jsonl").open("wb") as out:
        for number in range(trials):
            study = msgspec.json.decode(msgspec.json.encode(samples[number % len(samples)]))
            identification = study["protocolSection"]["identificationModule"]
            identification["nctId"] = f"NCT98{number:06d}"
            identification.pop("nctIdAliases", None)
            out.write(msgspec.json.encode({"day": FIRST.isoformat(), "study": study}) + b"\n")
            if number % 100 == 0:
                status = study["protocolSection"]["statusModule"]
                status |= {"overallStatus": "SUSPENDED", "lastUpdateSubmitDate": FIRST.isoformat()}
                out.write(msgspec.json.encode({"day": SECOND.isoformat(), "study": study}) + b"\n")


def build_ids(trials: int) -> list[str]:
    """Return the numbers of the first so many trials of a world."""
    return [f"NCT98{number:06d}" for number in range(trials)]


# The server's process ----------------------------------------------------------------------------------------------


def serve(folder: Path) -> None:
    """Serve a world; take orders on stdin: a day to serve, or `count` to be told of the requests since last asked."""
    world = World.read(folder)
    world.serve(FIRST)
    with SampleServer(world) as server:
        print(json.dumps({"registry": server.ctg_url, "pubmed": server.eutils_url}), flush=True)
        for order in map(str.strip, sys.stdin):
            if order == "count":
                asked = [one for one in server.requests if one.path.startswith("/api/v2")]
                kinds = {"pages by number": "filter.ids", "pages of searches": "query.intr"}
                counts = {name: sum(key in one.params for one in asked) for name, key in kinds.items()}
                studies = sum(one.path.endswith("/studies") for one in asked)
                counts["pages of everything"] = studies - sum(counts.values())
                print(json.dumps({**counts, "others": len(asked) - sum(counts.values())}), flush=True)
                server.requests.clear()
            else:
                world.serve(dt.date.fromisoformat(order))
                print(json.dumps({}), flush=True)


class Served:
    """A world served by another process. A context manager."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, __file__, "serve", str(folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603  ours
        self.urls = self._hear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def order(self, text: str) -> dict[str, Any]:
        """Send one order and return the answer."""
        assert self._process.stdin is not None  # noqa: S101  it is piped
        print(text, file=self._process.stdin, flush=True)
        return self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None  # noqa: S101  it is piped
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


# A night's process -------------------------------------------------------------------------------------------------


def spend_night(file: Path, day: dt.date, hour: int, page_size: int) -> None:
    """Run one night after one of a single trial, then the floor; print seconds and MB."""
    configure_logs("json")
    query._PAGING = tuple((name, str(page_size) if name == "pageSize" else value) for name, value in query._PAGING)  # noqa: SLF001
    inputs = read_inputs(file, environment={})
    warm_up(inputs, day, hour)
    base = read_memory()
    started = time.perf_counter()
    peaks: dict[str, float] = {}
    result = run_nightly(
        inputs,
        dt.datetime.combine(day, dt.time(hour)),
        lambda step: peaks.setdefault(step.step, read_peak() - base),
    )
    night = time.perf_counter() - started
    started = time.perf_counter()
    fetch_and_decode(inputs)
    floor = time.perf_counter() - started
    steps = {step.step: step.seconds for step in result.steps}
    print(json.dumps({"night": night, "floor": floor, "steps": steps, "peaks": peaks | {"night": read_peak() - base}}))


def warm_up(inputs: Inputs, day: dt.date, hour: int) -> None:
    """Run a night of one trial elsewhere: what is imported and built once is not the night's cost."""
    watch = msgspec.structs.replace(inputs.settings.watch, everything=False)
    settings = msgspec.structs.replace(inputs.settings, watch=watch)
    one = msgspec.structs.replace(inputs.items[0], kind="trial", name="NCT98000000", terms=(), condition="")
    with tempfile.TemporaryDirectory() as name:
        home = msgspec.structs.replace(inputs.home, folder=Path(name))
        alone = msgspec.structs.replace(inputs, settings=settings, items=(one,), home=home)
        run_nightly(alone, dt.datetime.combine(day, dt.time(hour)))


def fetch_and_decode(inputs: Inputs) -> None:
    """The floor: the same pages, decoded and forgotten."""
    ids = [item.name for item in inputs.items if item.kind == "trial"]
    is_whole = inputs.settings.watch.everything
    queries = [build_registry_query("floor")] if is_whole else build_id_queries("floor", ids)
    with Client("floor", inputs.settings.source.clinicaltrials.base_url, requests_per_second=0) as client:
        for batch in queries:
            for page in Chain(client, batch, dt.datetime.combine(FIRST, dt.time())).fetch():
                msgspec.json.decode(page.body)


def read_memory() -> float:
    """Return what this process holds now, in MB; its peak where the system does not say."""
    with contextlib.suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return pages * resource.getpagesize() / 2**20
    return read_peak()


def read_peak() -> float:
    """Return the most that this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# The comparison ----------------------------------------------------------------------------------------------------


def write_watchlist(folder: Path, urls: dict[str, str], trials: int, *, is_whole: bool = False) -> Path:
    """Write a watchlist of so many trials and one agent, or of one trial and everything."""
    folder.mkdir()
    (folder / "vocabulary").symlink_to(SAMPLE_FOLDER / "vocabulary")
    file = folder / "watchlist.toml"
    file.write_text(
        f"[watch]\neverything = {json.dumps(is_whole)}\ntrials = {json.dumps(build_ids(1 if is_whole else trials))}\n"
        f"agents = {json.dumps([] if is_whole else [AGENT])}\n"
        '[vocabulary]\nextra = "vocabulary"\n'
        f'[source.clinicaltrials]\nbase_url = "{urls["registry"]}"\nrequests_per_second = 0\n'
        f'[source.pubmed]\nbase_url = "{urls["pubmed"]}"\nrequests_per_second = 0\n',
        "utf-8",
    )
    return file


def measure(folder: Path, trials: int, *, is_whole: bool) -> Iterator[tuple[str, dict[str, Any], dict[str, int]]]:
    """Yield, for three nights in order, the name, the seconds and MB, and the requests."""
    world = folder / f"world{trials}"
    world.mkdir()
    build_world(world, trials)
    with Served(world) as served:
        file = write_watchlist(folder / f"home{trials}", served.urls, trials, is_whole=is_whole)
        nights = (("first night", FIRST, 14), ("1 % changed", SECOND, 14), ("the same again", SECOND, 15))
        for name, day, hour in nights:
            served.order(day.isoformat())
            spent = run_process(file, day, hour)
            counts = served.order("count")
            # The night before the night, of one trial, asks three times; the floor as often as there are pages.
            counts["pages by number"] -= 1 if is_whole else 1 + math.ceil(trials / IDS_PER_QUERY)
            counts["pages of everything"] -= math.ceil(trials / LARGEST_PAGE) if is_whole else 0
            counts["others"] -= 2
            yield name, spent, counts


def run_process(file: Path, day: dt.date, hour: int, page_size: int = PAGE_SIZE) -> dict[str, Any]:
    """Spend a night in a process of its own; return the seconds and MB."""
    command = [sys.executable, __file__, "night", str(file), day.isoformat(), str(hour), str(page_size)]
    spent: dict[str, Any] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout)  # noqa: S603  ours
    return spent


def compare_pages(folder: Path) -> None:
    """Print what first nights of the same trials take at their peak, by the number of pages."""
    world = folder / "paged"
    world.mkdir()
    build_world(world, PAGED)
    with Served(world) as served:
        for page_size in PAGE_SIZES:
            file = write_watchlist(folder / f"paged{page_size}", served.urls, PAGED)
            spent = run_process(file, FIRST, 14, page_size)
            pages = sum(
                math.ceil(min(IDS_PER_QUERY, PAGED - start) / page_size) for start in range(0, PAGED, IDS_PER_QUERY)
            )
            print(f"{PAGED:>7}  first night in {pages:>3} pages: {spent['peaks']['clinicaltrials']:.0f} MB", flush=True)


def main(sizes: Sequence[int], *, is_whole: bool = False) -> None:
    """Measure and print."""
    print(f"{'trials':>7}  {'night':<14} {'seconds':>8} {'x floor':>8}   requests; seconds and peak MB by step")
    with tempfile.TemporaryDirectory() as name:
        for trials in sizes:
            for night, spent, counts in measure(Path(name), trials, is_whole=is_whole):
                page = LARGEST_PAGE if is_whole else IDS_PER_QUERY
                most = math.ceil(trials / page) + counts["pages of searches"] + 2
                asked = " + ".join(f"{number} {kind}" for kind, number in counts.items() if number)
                steps = ", ".join(
                    f"{step} {seconds:.2f} s {spent['peaks'][step]:.0f} MB" for step, seconds in spent["steps"].items()
                )
                print(
                    f"{trials:>7}  {night:<14} {spent['night']:>8.2f} {spent['night'] / spent['floor']:>8.1f}   "
                    f"{sum(counts.values())} = {asked} (at most {most}: trials / {page} + pages of searches + 2)"
                    f"; {steps}, whole {spent['peaks']['night']:.0f} MB",
                    flush=True,
                )
        if not is_whole:
            compare_pages(Path(name))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", folder]:
            serve(Path(folder))
        case ["night", file, day, hour, page_size]:
            spend_night(Path(file), dt.date.fromisoformat(day), int(hour), int(page_size))
        case ["everything", *sizes]:
            main([int(size) for size in sizes] or SIZES, is_whole=True)
        case sizes:
            main([int(size) for size in sizes] or SIZES)
