"""A nightly run over generated trials: wall time against the floor, and requests against the fewest possible.

The trials are copies of the invented sample under other numbers. The floor, in the same run, is the same pages
fetched and decoded and nothing else. Pace off, one process, loopback; medians of several runs.

    python benchmarks/nightly.py [trials] [runs]
"""

from __future__ import annotations

import datetime as dt
import math
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from dags.inputs import Inputs, read_inputs
from dags.logs import configure_logs
from dags.nightly import run_nightly
from dags.sample.server import SampleServer
from dags.sample.world import SAMPLE_FOLDER, World
from extractors.clinicaltrials.fetch import Chain
from extractors.clinicaltrials.query import IDS_PER_QUERY, build_id_queries
from extractors.http import Client

FIRST, SECOND = dt.date(2026, 2, 10), dt.date(2026, 2, 11)


def build_world(folder: Path, trials: int) -> None:
    """Write a world of copies of the sample's trials; one in a hundred changes its status on the second day."""
    lines = [msgspec.json.decode(line) for line in (SAMPLE_FOLDER / "studies.jsonl").read_bytes().splitlines()]
    samples = [line["study"] for line in lines if line["day"] == FIRST.isoformat()]
    with (folder / "studies.jsonl").open("wb") as out:
        for number in range(trials):
            study = msgspec.json.decode(msgspec.json.encode(samples[number % len(samples)]))
            study["protocolSection"]["identificationModule"]["nctId"] = f"NCT98{number:06d}"
            out.write(msgspec.json.encode({"day": FIRST.isoformat(), "study": study}) + b"\n")
            if number % 100 == 0:
                study["protocolSection"]["statusModule"]["overallStatus"] = "SUSPENDED"
                study["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = FIRST.isoformat()
                out.write(msgspec.json.encode({"day": SECOND.isoformat(), "study": study}) + b"\n")


def read_home(folder: Path, server: SampleServer, trials: int) -> Inputs:
    """Return inputs that watch every trial by number, in a fresh data home."""
    ids = ", ".join(f'"NCT98{number:06d}"' for number in range(trials))
    file = Path(tempfile.mkdtemp(dir=folder)) / "watchlist.toml"
    file.write_text(
        f"[watch]\ntrials = [{ids}]\n"
        f'[source.clinicaltrials]\nbase_url = "{server.ctg_url}"\nrequests_per_second = 0\n'
        f'[source.pubmed]\nbase_url = "{server.eutils_url}"\nrequests_per_second = 0\n'
    )
    return read_inputs(file, environment={})


def time_call(call: Callable[[], object]) -> float:
    """Return how long a call took, in seconds."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def fetch_and_decode(server: SampleServer, trials: int) -> None:
    """The floor: the same pages, decoded and forgotten."""
    with Client("floor", server.ctg_url, requests_per_second=0) as client:
        for query in build_id_queries("floor", [f"NCT98{number:06d}" for number in range(trials)]):
            for page in Chain(client, query, dt.datetime.combine(FIRST, dt.time())).fetch():
                msgspec.json.decode(page.body)


def main(trials: int = 2000, runs: int = 3) -> None:
    """Measure and print."""
    configure_logs("json")
    first, second, again, floor, requests = [], [], [], [], set()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build_world(folder, trials)
        world = World.read(folder)
        with SampleServer(world) as server:
            for _ in range(runs):
                inputs = read_home(folder, server, trials)
                world.serve(FIRST)
                first.append(time_call(lambda: run_nightly(inputs, dt.datetime.combine(FIRST, dt.time(14)))))  # noqa: B023
                world.serve(SECOND)
                asked = len(server.requests)
                second.append(time_call(lambda: run_nightly(inputs, dt.datetime.combine(SECOND, dt.time(14)))))  # noqa: B023
                requests.add(sum("/api/v2" in request.path for request in server.requests[asked:]))
                again.append(time_call(lambda: run_nightly(inputs, dt.datetime.combine(SECOND, dt.time(15)))))  # noqa: B023
                floor.append(time_call(lambda: fetch_and_decode(server, trials)))
    base = statistics.median(floor)
    fewest = math.ceil(trials / IDS_PER_QUERY) + 2
    print(f"{trials} trials watched by number, medians of {runs} runs; floor: fetch and decode alone {base:.2f} s")
    for label, times in (("first night", first), ("night with 1 % changed", second), ("same night again", again)):
        middle = statistics.median(times)
        print(f"  {label:<24} {middle:6.2f} s   {middle / base:5.1f} x floor")
    print(f"  requests to the registry {sorted(requests)}; fewest possible {fewest}")
    print(f"  peak memory, server included: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
