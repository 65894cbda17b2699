"""A year of nights on which 1 % of the trials changed: how large the published file grows, how long nights take.

The trials are recorded studies under other numbers with invented edits (`nights/copies.py`). Each night goes through
the loader as in the nightly job, without HTTP; the working file is rewritten where the job would; published at the end.

    python benchmarks/year.py [trials] [nights]
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from nights.copies import FIRST, Copies
from nights.loading import load_night, read_home

from dags.home import Home
from dags.logs import configure_logs
from warehouse.compact import compact, has_grown
from warehouse.publish import publish
from warehouse.store import Store

MEGABYTE = 1_000_000
Answer = TypeVar("Answer")


def time_call(call: Callable[[], Answer]) -> tuple[float, Answer]:
    """Return how long a call took, in seconds, and what it returned."""
    started = time.perf_counter()
    answer = call()
    return time.perf_counter() - started, answer


def publish_size(home: Home) -> float:
    """Publish the working file as it is; return the published one's size in megabytes."""
    publish(home.working, home.published)
    return home.published.stat().st_size / MEGABYTE


def rewrite_if_grown(file: Path, clock: dt.datetime) -> bool:
    """Rewrite the working file where it has grown, as a job does; return whether it had."""
    with Store.open(file, clock) as store:
        is_to_rewrite = has_grown(store, file, clock)
    if is_to_rewrite:
        compact(file, clock)
    return is_to_rewrite


def main(trials: int = 1000, nights: int = 365) -> None:
    """Measure and print."""
    configure_logs("json")
    copies = Copies(trials)
    times, rewritings, sizes = [], [], []
    with tempfile.TemporaryDirectory() as name:
        inputs = read_home(Path(name) / "home")
        home = inputs.home
        for number in range(nights + 1):
            day = FIRST + dt.timedelta(days=number)
            clock = dt.datetime.combine(day, dt.time(14))
            if number:
                copies.edit(day)
            bodies = list(copies.build_bodies(day))
            seconds, _ = time_call(lambda: load_night(inputs, day, bodies))  # noqa: B023  called at once
            times.append(seconds)
            seconds, is_rewritten = time_call(lambda: rewrite_if_grown(home.working, clock))  # noqa: B023  same
            rewritings += [seconds] if is_rewritten else []
            sizes.append(home.working.stat().st_size / MEGABYTE)
        left = publish_size(home)
        seconds, _ = time_call(lambda: compact(home.working, clock))
        year = publish_size(home)
        landing = sum(file.stat().st_size for file in home.landing.rglob("*") if file.is_file()) / MEGABYTE
    first = sizes[0]
    print(f"{trials} trials, {nights} nights with 1 % edited; sizes of the file to publish, in MB")
    print(f"  first night {first:.1f}; after the year {year:.1f} rewritten: {year / first:.2f} x the first")
    print(f"  as the job left it {left:.1f}, {left / first:.2f} x; largest of any night {max(sizes):.1f}")
    print(f"  the landing beside it {landing:.1f}")
    middle, longest = statistics.median(times[1:]), max(times[1:])
    print(f"  first night {times[0]:.2f} s; later ones {middle:.2f} s, the longest {longest:.2f} s")
    print(f"  {len(rewritings)} rewritings in the year, longest {max([*rewritings, seconds]):.2f} s")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
