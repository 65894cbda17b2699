"""How long does publishing a file of 300 MB take, and can a reader be made to wait by it? One reads all the while.

Run it as `python benchmarks/publishing.py [megabytes] [times]`, with TRIALWATCH_SHARED where the recorded studies are.
The file holds copies of them under numbers never given out. The reader is a process of its own that opens the published
file, asks and closes it, again and again: from before the first publishing on. It notes each answer's instant, length
and what it saw. There is no lock for it to wait at: what is told is how long its looks took while a file was being
published and while none was (both share the machine), how many failed, and whether each saw the newest state whole:
each publishing brings one row more. Where the file system can, the copy shares the file's blocks, as it does at work.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from nights.copies import FIRST, Copies, build_page
from questions.registry import CLOCK

from warehouse.publish import copy_file, publish
from warehouse.store import Store

Span = tuple[float, float]
Look = tuple[float, float, Any]  # began, ended, what was seen or the error's words
MEGABYTE = 1_000_000
COPIES = 2000  # studies written at once
STUDIES_PER_MEGABYTE = 110  # of a file, packed as DuckDB packs them
ROW = "SELECT max(version), (SELECT count(*) FROM trial_version_log) FROM schema_version"


def build_file(path: Path, megabytes: int) -> int:
    """Write copies of recorded studies, so many that the closed file is about so large; return how many."""
    copies = Copies(COPIES)
    rows = 0
    with Store.open(path, CLOCK) as store:
        while rows < megabytes * STUDIES_PER_MEGABYTE:
            for number, body in enumerate(copies.build_bodies(FIRST)):
                page, ids = build_page(number, body, FIRST)
                found = [page.body[span.start : span.end].decode() for span in page.records]
                names = [f"{one.nct_id}-{rows}" for one in ids]
                store.append("trial_version_log", _build_versions(names, [one.nct_id for one in ids], found))
            rows += COPIES
        store.checkpoint()
    return rows


def _build_versions(names: list[str], nct_ids: list[str], payloads: list[str]) -> pl.DataFrame:
    frame = pl.DataFrame({"version_id": names, "nct_id": nct_ids, "payload": payloads})
    return frame.with_columns(
        content_hash=pl.col("version_id"),
        origin=pl.lit("import"),
        source_day=pl.lit(FIRST),
        learnt_no=pl.int_range(pl.len()),
        first_seen_at=pl.lit(CLOCK),
        run_id=pl.lit(1),
        overall_status=pl.lit("RECRUITING"),
    )


def read_on(published: Path) -> None:
    """Look until standard input ends; then write what came of each look as JSON."""
    looks = []
    os.set_blocking(sys.stdin.fileno(), False)
    while sys.stdin.buffer.read(1) is None:
        started = time.time()
        try:
            with duckdb.connect(str(published), read_only=True) as connection:
                seen = connection.execute(ROW).fetchall()[0]
        except duckdb.Error as error:
            seen = str(error)
        looks.append((started, time.time(), seen))
        if len(looks) == 1:
            print("reading", flush=True)
    print(json.dumps(looks), flush=True)


def measure(folder: Path, megabytes: int, times: int) -> None:
    """Publish again and again beside a reader; print."""
    working, published = folder / "working.duckdb", folder / "warehouse.duckdb"
    studies = build_file(working, megabytes)
    size = working.stat().st_size
    print(f"{studies} studies, {size / MEGABYTE:.0f} MB", flush=True)
    copying, fresh = [], folder / "copy"
    for _ in range(times):
        started = time.perf_counter()
        copy_file(working, fresh)
        copying.append(time.perf_counter() - started)
        fresh.unlink()
    publish(working, published)
    command = [sys.executable, __file__, "read", str(published)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:  # noqa: S603  ours
        assert reader.stdin is not None  # noqa: S101  it is piped
        assert reader.stdout is not None  # noqa: S101  likewise
        reader.stdout.readline()
        spans = []
        for number in range(times):
            with Store.open(working, CLOCK) as store:
                store.append("trial_version_log", _build_versions([f"later{number}"], ["NCT99000001"], ["{}"]))
                store.checkpoint()
            time.sleep(0.5)
            started = time.time()
            publish(working, published)
            spans.append((started, time.time()))
        time.sleep(0.5)
        reader.stdin.close()
        looks = json.loads(reader.stdout.readline())
    _tell(copying, spans, looks, studies)


def _tell(
    copying: list[float],
    spans: list[Span],
    looks: list[Look],
    studies: int,
) -> None:
    beside = [end - start for start, end, _ in looks if any(start < last and end > first for first, last in spans)]
    apart = [end - start for start, end, _ in looks if not any(start < last and end > first for first, last in spans)]
    failed = [seen for *_, seen in looks if isinstance(seen, str)]
    odd = [look for look in looks if not isinstance(look[2], str) and not _is_fresh(look, spans, studies)]
    lengths = [last - first for first, last in spans]
    print(f"  the copy alone {_describe(copying)}")
    print(f"  publishing (copied, written out, read back, swapped) {_describe(lengths)}")
    print(f"  {len(looks)} looks of a reader: {len(failed)} failed, {len(odd)} saw another state than the newest")
    print(
        f"  a look while a file was published {_describe(beside)}, otherwise {_describe(apart)}; waits at a lock: none"
    )
    if failed or odd:
        raise SystemExit(f"a reader was shut out: {[*failed, *odd][0]}")


def _is_fresh(look: Look, spans: list[Span], studies: int) -> bool:
    """Whether a look saw the newest state there was when it began, or one that came while it looked."""
    start, end, seen = look
    oldest = studies + sum(last < start for _, last in spans)
    newest = studies + sum(first < end for first, _ in spans)
    return oldest <= seen[1] <= newest


def _describe(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.0f} ms (longest {max(seconds) * 1000:.0f})"


def main(megabytes: int = 300, times: int = 5) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        measure(Path(name), megabytes, times)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["read", file]:
            read_on(Path(file))
        case numbers:
            main(*(int(number) for number in numbers))
