"""A night over everything held, 1 % changed: records told apart by their bytes, against decoding all, and against dlt.

The trials are recorded studies under other numbers with invented edits (`nights/copies.py`), all served again each
night under a new release stamp. Ours takes the hash of each record without its stamp and decodes what differs.
`decoding all` is the same loader in a second data home whose hashes are blanked before each night, so that every record
is decoded and made canonical before it proves to be held; both must come to the same changes. dlt, where asked for,
reads the same pages with `merge` and `scd2` in an environment of its own: `json` is the study in one row, `nested` a
table a list. Medians of the nights after the first, which is not timed (ours import it), page by page from files;
processor time, for machines are shared, and the clock. What a night costs a study must not grow with their number.

    python benchmarks/night.py [nights] [studies …] [json nested]      3 nights of 1000 and 10000 studies by default
"""

from __future__ import annotations

import datetime as dt
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
from changes import REQUIREMENTS, Answer, load_by_peer, load_here, write_nights
from nights.loading import load_first, read_home
from peers.environment import find_peer

from dags.inputs import Inputs
from dags.logs import configure_logs
from warehouse.reader import query_rows

OURS, ALL = "by hash", "decoding all"
SIZES = (1_000, 10_000)
CHANGES = "SELECT * EXCLUDE (change_id, run_id, from_version_id, to_version_id) FROM trial_change ORDER BY ALL"


def load_all(inputs: Inputs, night: Path) -> Answer:
    """Load a night for which nothing is recognised by its bytes."""
    with duckdb.connect(str(inputs.home.working)) as connection:
        connection.execute("UPDATE trial_sighting SET raw_hash = ''")
    return load_here(inputs, night)


def read_changes(inputs: Inputs) -> list[tuple[Any, ...]]:
    """Return the change log, but for what each data home numbers for itself."""
    return query_rows(inputs.home.working, CHANGES)[1]


def measure(studies: int, nights: int, forms: Sequence[str], folder: Path) -> dict[str, list[Answer]]:
    """Load the nights by each side in turn; all must come to the same changes of status, ours to the same log."""
    write_nights(folder / "pages", studies, nights)
    first, *rest = sorted((folder / "pages").iterdir())
    ours = read_home(folder / "ours")
    load_first(ours, dt.date.fromisoformat(first.name), first)
    shutil.copytree(folder / "ours", folder / "all")
    every = read_home(folder / "all")
    python = find_peer("dlt", REQUIREMENTS) if forms else Path()
    answers: dict[str, list[Answer]] = {OURS: [], ALL: [], **{form: [] for form in forms}}
    for form in forms:
        load_by_peer(python, form, first, folder / form)
    for night in rest:
        answers[OURS].append(load_here(ours, night))
        answers[ALL].append(load_all(every, night))
        if read_changes(ours) != read_changes(every):
            raise SystemExit(f"{night.name}: the change logs differ")
        for form in forms:
            answers[form].append(load_by_peer(python, form, night, folder / form))
            if answers[form][-1].status_changes != answers[OURS][-1].status_changes:
                raise SystemExit(f"{night.name}: dlt {form} finds other status changes")
    return answers


def main(nights: str = "3", *rest: str) -> None:
    """Measure and print, a size after the other."""
    configure_logs("json")
    sizes = [int(one) for one in rest if one.isdecimal()] or SIZES
    forms = [one for one in rest if not one.isdecimal()]
    for studies in sizes:
        with tempfile.TemporaryDirectory() as name:
            answers = measure(studies, int(nights), forms, Path(name))
        work = {label: statistics.median(one.cpu for one in told) for label, told in answers.items()}
        took = {label: statistics.median(one.seconds for one in told) for label, told in answers.items()}
        moves = len(answers[OURS][-1].status_changes)
        print(f"{studies} studies, {nights} nights with 1 % changed, {moves} moves of status")
        for label, seconds in work.items():
            each = f"{seconds / studies * 1000:.2f} ms a study"
            ratio = (
                ""
                if label == OURS
                else f"; {seconds / work[OURS]:.1f} x by hash (clock {took[label] / took[OURS]:.1f} x)"
            )
            print(f"  {label:<12} processor {seconds:7.2f} s, {each}, clock {took[label]:7.2f} s{ratio}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
