"""What nights add to the landing, file by file kind: over the sample world, or over the recorded nights.

Nightly runs over HTTP on loopback, the sample with a small watchlist, the recorded nights with this checkout's.
Behind the days of which there are records come quiet ones, on which the registry's release stamp alone is another.

    python benchmarks/landing.py [sample | recorded] [quiet nights]
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import os
import sys
import tempfile
from pathlib import Path

from dags.inputs import Inputs, read_inputs
from dags.logs import configure_logs
from dags.nightly import run_nightly
from dags.sample.server import SampleServer
from dags.sample.world import SAMPLE_FOLDER, World

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("TRIALWATCH_SHARED", ROOT / ".." / "shared"))
YEAR = 365
_SOURCES = """
[source.clinicaltrials]
base_url = "{registry}"
requests_per_second = 0
[source.pubmed]
base_url = "{pubmed}"
email = "benchmarks@example.org"
requests_per_second = 0
"""
_SAMPLE = """
[watch]
trials = ["NCT99000101", "NCT99000103", "NCT99000105"]
targets = ["LAG-3"]
[vocabulary]
extra = "vocabulary"
"""


def write_home(folder: Path, watch: str, server: SampleServer) -> Inputs:
    """Write the watchlist of a new home."""
    (folder / "vocabulary").symlink_to(SAMPLE_FOLDER / "vocabulary")
    file = folder / "watchlist.toml"
    file.write_text(watch + _SOURCES.format(registry=server.ctg_url, pubmed=server.eutils_url), "utf-8")
    return read_inputs(file, environment={})


def measure(landing: Path) -> dict[str, int]:
    """Return the bytes of a landing by what holds them."""
    sizes = {"objects": 0, "runs": 0}
    for file in landing.rglob("*"):
        if file.is_file():
            part = file.relative_to(landing).parts[0]
            sizes[part] = sizes.get(part, 0) + file.stat().st_size
    return sizes


def main(kind: str = "sample", quiet: int = 3) -> None:
    """Measure and print."""
    configure_logs("json")
    if kind == "recorded":
        world, watch = World.read(SHARED / "recorded"), (ROOT / "watchlist.toml").read_text("utf-8")
        days = [
            dt.date.fromisoformat(day) for day in json.loads((SHARED / "recorded" / "truth.json").read_text())["days"]
        ]
    else:
        world, watch = World.read(SAMPLE_FOLDER), _SAMPLE
        days = list(world.days)
    days += [days[-1] + dt.timedelta(days=later) for later in range(1, quiet + 1)]
    states = [{"objects": 0, "runs": 0}]
    with tempfile.TemporaryDirectory() as name, SampleServer(world) as server:
        server.empty_pages = kind == "recorded"
        inputs = write_home(Path(name), watch, server)
        for day in days:
            world.serve(day)
            run_nightly(inputs, dt.datetime.combine(day, dt.time(14)))
            states.append(measure(inputs.home.landing))
            added = {part: size - states[-2].get(part, 0) for part, size in states[-1].items()}
            print(f"  {day}: {sum(added.values()):,} bytes, {added}", flush=True)
    totals = [sum(state.values()) for state in states]
    added = [after - before for before, after in itertools.pairwise(totals)]
    print(f"{kind}: the first night {added[0]:,} bytes; the {len(added) - 1} after it {sum(added[1:]):,}")
    print(f"  the last, a quiet one, {added[-1]:,}; a year of those {YEAR * added[-1] / added[0]:.2f} times the first")


if __name__ == "__main__":
    main(*sys.argv[1:2], *(int(argument) for argument in sys.argv[2:]))
