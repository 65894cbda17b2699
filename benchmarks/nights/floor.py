"""The floor of `loading.py`: a file of studies by DuckDB's `read_json` into a fresh warehouse; prints what it took.

`floor.py FILE WORK`.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from pathlib import Path

import duckdb

from warehouse.store import Store


def main(file: Path, work: Path) -> None:
    """Load once and print seconds."""
    database = work / "floor.duckdb"
    with Store.open(database, dt.datetime(2026, 2, 11, 12)):  # noqa: DTZ001  an instant of the program's is UTC
        pass
    script = Path(__file__).with_suffix(".sql").read_text("utf-8").replace("{file}", str(file))
    started, worked = time.perf_counter(), time.process_time()
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"BEGIN; {script} COMMIT; CHECKPOINT")
        seconds, cpu = time.perf_counter() - started, time.process_time() - worked
        (rows,) = connection.execute("SELECT count(*) FROM trial_site").fetchall()[0]
    if not rows:
        raise SystemExit("the floor has loaded nothing")
    sys.stdout.write(json.dumps({"seconds": seconds, "cpu": cpu}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
