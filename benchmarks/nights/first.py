"""Our side of `loading.py`: one import of a file into a fresh data home, everything taken; prints what it took.

`first.py FILE WORK`.
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import sys
import time
from pathlib import Path

from dags.importing import run_import
from dags.inputs import read_inputs
from dags.logs import configure_logs


def main(file: Path, work: Path) -> None:
    """Import once and print seconds and MB."""
    configure_logs("json")
    watchlist = work / "watchlist.toml"
    watchlist.write_text("[watch]\neverything = true\n", "utf-8")
    inputs = read_inputs(watchlist, environment={})
    peaks: list[float] = []
    started = time.perf_counter()
    result = run_import(
        inputs,
        [file],
        dt.datetime(2026, 2, 11, 12),  # noqa: DTZ001  an instant of the program's is UTC without saying so
        lambda _: peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    )
    whole = time.perf_counter() - started
    if result.exit_code:
        raise SystemExit(result.describe())
    tagging = sum(step.seconds for step in result.steps if step.step == "link")
    peak = peaks[len([step for step in result.steps if step.step == "import"]) - 1]
    sys.stdout.write(json.dumps({"seconds": whole - tagging, "tagging": tagging, "peak": peak}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
