"""A night's pages through the loader into a data home, without HTTP: what the other benchmarks time."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from pathlib import Path

import msgspec

from dags.importing import run_import
from dags.inputs import Inputs, read_inputs
from dags.run_ledger import close_run, open_run
from dags.trial_loading import TrialLoader
from nights.copies import build_page
from warehouse.store import Store

WATCHLIST = '[watch]\nagents = ["relatlimab"]\ntargets = ["LAG-3"]\n'


class Loaded(msgspec.Struct, frozen=True):
    """What a night brought, in trials."""

    new: int
    changed: int


def read_home(folder: Path) -> Inputs:
    """Return the inputs of a fresh data home in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "watchlist.toml"
    file.write_text(WATCHLIST)
    inputs = read_inputs(file, environment={})
    inputs.home.prepare()
    return inputs


def load_first(inputs: Inputs, day: dt.date, pages: Path) -> None:
    """Import the pages of a folder, everything taken: what is held before the first night that is timed."""
    watch = msgspec.structs.replace(inputs.settings.watch, everything=True)
    everything = msgspec.structs.replace(inputs, settings=msgspec.structs.replace(inputs.settings, watch=watch))
    result = run_import(everything, [pages], dt.datetime.combine(day, dt.time(14)))
    if result.exit_code:
        raise SystemExit(result.describe())


def load_night(inputs: Inputs, day: dt.date, bodies: Iterable[bytes]) -> Loaded:
    """Load the pages served on a day as the nightly run does: landed, compared, checked, committed, on disk."""
    clock = dt.datetime.combine(day, dt.time(14))
    with (
        Store.open(inputs.home.working, clock) as store,
        open_run(inputs, store, "nightly", day.isoformat(), clock) as run,
    ):
        loader = TrialLoader(run, day)
        with run.step("clinicaltrials") as result:
            for number, body in zip(itertools.count(1), bodies):
                loader.load(*build_page(number, body, day))
            loader.finish()
        if result.error:
            raise SystemExit(f"{day}: {result.error.message}")
        close_run(run, exit_code=0, seconds=0, message="")
        store.checkpoint()
    return Loaded(loader.new, loader.changed)
