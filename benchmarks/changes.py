"""A night on which 1 % of the trials changed: our load against dlt's `merge` with `scd2`, to the same status changes.

The trials are recorded studies under other numbers with invented edits (`nights/copies.py`); all are served again each
night, under a new release stamp. Both sides read the same pages from files, in the same run, night by night in turn;
times are from the first page read to everything on disk, imports apart; medians of several nights after the first.
dlt runs in an environment of its own, made in the temporary folder if it is not there, without progress display, page
by page, parquet between its stages, the release stamp taken out beforehand. Its forms, from least to most favourable
to it: `nested` (what it makes of a study by itself: a table a list), `json` (the study in one column), `arrow` (the
same as Arrow tables, hashes of the rows ready made), `flat` (the status columns only, the rest thrown away).

    python benchmarks/changes.py [trials] [nights] [form …]
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from nights.copies import FIRST, Copies
from nights.loading import load_night, read_home
from peers.environment import find_peer

from dags.inputs import Inputs
from dags.logs import configure_logs
from etl.canonical import build_canonical
from etl.diff import DiffContext, find_changes
from etl.names import build_name_finder
from models.settings import build_weights
from warehouse.reader import query_rows

FORMS = ("json", "arrow", "flat")  # `nested` takes minutes a night
REQUIREMENTS = ("dlt[duckdb]", "pyarrow", "orjson")


class Answer(msgspec.Struct, frozen=True):
    """What one night took, by the clock and of processor, and the table of status changes after it."""

    seconds: float
    cpu: float
    status_changes: list[tuple[str, str, str]]


def write_nights(folder: Path, trials: int, nights: int) -> list[tuple[bytes, bytes]]:
    """Write the pages of each night into a folder named by its day; return the studies edited, before and after."""
    copies = Copies(trials)
    pairs = []
    for number in range(nights + 1):
        day = FIRST + dt.timedelta(days=number)
        if number:
            pairs += copies.edit(day)
        night = folder / day.isoformat()
        night.mkdir(parents=True)
        for place, body in enumerate(copies.build_bodies(day)):
            (night / f"{place:05d}.json").write_bytes(body)
    return pairs


def load_here(inputs: Inputs, night: Path) -> Answer:
    """Load a night; return what it took and the table of status changes."""
    started, worked = time.perf_counter(), time.process_time()
    load_night(inputs, dt.date.fromisoformat(night.name), (file.read_bytes() for file in sorted(night.iterdir())))
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    query = "SELECT nct_id, old_status, new_status FROM trial_status_change ORDER BY ALL"
    return Answer(seconds, cpu, [(*row,) for row in query_rows(inputs.home.working, query)[1]])


def load_by_peer(python: Path, form: str, night: Path, work: Path) -> Answer:
    """The same by dlt, in a process and a folder of its own."""
    work.mkdir(exist_ok=True)
    settings = {"DLT_DATA_DIR": str(work), "RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}
    command = [str(part) for part in (python, Path(__file__).with_name("nights") / "peer.py", form, night, work)]
    ended = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=work, env=os.environ | settings)  # noqa: S603  ours
    return msgspec.json.decode(ended.stdout, type=Answer)


def measure_diff(pairs: Sequence[tuple[bytes, bytes]], home: Path) -> tuple[float, float]:
    """Return versions made canonical and changes found, each a second, of decoded pairs of studies, on one core."""
    inputs = read_home(home)
    context = DiffContext(
        weights=build_weights(inputs.settings),
        find_names=build_name_finder(inputs.vocabulary),
        watched=frozenset(item.name for item in inputs.items),
    )
    decoded = [(msgspec.json.decode(old), msgspec.json.decode(new)) for old, new in pairs]
    started = time.perf_counter()
    canonical = [(build_canonical(old), build_canonical(new)) for old, new in decoded]
    built = time.perf_counter()
    changes = sum(len(list(find_changes(old, new, context))) for old, new in canonical)
    ended = time.perf_counter()
    return 2 * len(pairs) / (built - started), changes / (ended - built)


def main(trials: str = "10000", nights: str = "3", *forms: str) -> None:
    """Measure, compare and print."""
    configure_logs("json")
    python = find_peer("dlt", REQUIREMENTS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pairs = write_nights(folder / "pages", int(trials), int(nights))
        versions, changes = measure_diff(pairs, folder / "diff")
        inputs = read_home(folder / "home")
        answers: dict[str, list[Answer]] = {label: [] for label in ("trialwatch", *(forms or FORMS))}
        for night in sorted((folder / "pages").iterdir()):
            for label, told in answers.items():
                ours = answers["trialwatch"]
                if told is ours:
                    told.append(load_here(inputs, night))
                    continue
                told.append(load_by_peer(python, label, night, folder / label))
                if told[-1].status_changes != ours[-1].status_changes:
                    raise SystemExit(f"{night.name}: dlt {label} finds other status changes")
    base = answers["trialwatch"]
    found = len(base[-1].status_changes)
    print(f"{trials} trials, {len(pairs)} edits in {nights} nights; all find the same {found} status changes")
    print(f"  canonical and diff alone: {versions:,.0f} versions a second, {changes:,.0f} changes a second")
    for label, told in answers.items():
        _print_line(label, told, base)


def _print_line(label: str, told: Sequence[Answer], base: Sequence[Answer]) -> None:
    seconds, ours = [statistics.median(one.seconds for one in them[1:]) for them in (told, base)]
    cpu, our_cpu = [statistics.median(one.cpu for one in them[1:]) for them in (told, base)]
    name = label if told is base else f"dlt {label}"
    ratio = "" if told is base else f"{seconds / ours:6.1f} x ours (processor time {cpu / our_cpu:.1f} x)"
    print(f"  {name:<12} first night {told[0].seconds:7.2f} s, then {seconds:7.2f} s, processor {cpu:7.2f} s {ratio}")


if __name__ == "__main__":
    main(*sys.argv[1:])
