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


def main(file: Path, work: Path) -> None:
    """Import once and print seconds and MB; the steps after that of import, tagging nearly all, are told apart.

    What follows the studies begins when all files are told to be read: by then the file proper holds them.
    """
    # Not above: the process that builds pages begins with this file, and as of the command it is to load little.
    from dags.importing import run_import  # noqa: PLC0415
    from dags.inputs import read_inputs  # noqa: PLC0415
    from dags.logs import configure_logs  # noqa: PLC0415

    configure_logs("json")
    watchlist = work / "watchlist.toml"
    watchlist.write_text("[watch]\neverything = true\n", "utf-8")
    inputs = read_inputs(watchlist, environment={})
    started, worked = time.perf_counter(), time.process_time()
    loaded: dict[str, float] = {}

    def note(read: int, files: int) -> None:
        if read == files:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            loaded.update(seconds=time.perf_counter() - started, cpu=time.process_time() - worked, peak=peak)

    result = run_import(inputs, [file], dt.datetime(2026, 2, 11, 12), tell=note)  # noqa: DTZ001  ours are UTC, and do not say
    if result.exit_code:
        raise SystemExit(result.describe())
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    loaded["cpu"] += others.ru_utime + others.ru_stime
    loaded["tagging"] = sum(step.seconds for step in result.steps if step.step == "link")
    sys.stdout.write(json.dumps(loaded) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
