"""Loading the whole registry page by page: of pages that are mostly new, what was never held goes the way of imports.

What is held goes the way of every night. It asks for nothing and judges nothing.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Collection, Sequence

import polars as pl

from dags.first_loading import Builders, FirstLoader, FirstPage
from dags.run import Run
from dags.trial_loading import TrialLoader
from etl.trials import Row
from extractors.clinicaltrials.envelope import RecordId
from models.page import Page


class WholeLoader(TrialLoader):
    """A loader of nights that may bring hundreds of thousands of trials never held.

    A flush writes first what waits at the `builders`: so versions are numbered in the order of their pages, however
    fast those were built.
    """

    def __init__(self, run: Run, day: dt.date, builders: Builders, *, is_older: bool) -> None:
        super().__init__(run, day, is_older=is_older)
        self._builders = builders
        self._first = FirstLoader(run, self)
        self._building: set[str] = set()

    def load(self, page: Page, ids: Sequence[RecordId]) -> None:
        """Land a page, as one object where it is mostly new, and load its records."""
        numbers = {record.nct_id for record in ids} - {""}
        held = self._read_held(numbers)
        if 2 * len(held) >= len(numbers):
            self._load_records(self._take(page, ids, self._store(page, ids, held)), held)
            return
        raw = self._take(page, ids, self.run.landing.store_whole(page))
        fresh = sorted(raw.keys() - held.keys())
        self._building.update(fresh)
        first = FirstPage({nct_id: self._page[nct_id] for nct_id in fresh}, {nct_id: raw[nct_id] for nct_id in fresh})
        building = self._builders.build(first, wants_fields=self.drift.wants_fields, is_landed=True)
        for days in self._first.load(first, building):
            self._building -= days.keys()
        self._load_records({nct_id: raw[nct_id] for nct_id in held}, held)

    def flush(self) -> None:
        """Write what waits, in the order of the pages."""
        for _ in self._first.finish():
            pass
        self._building.clear()
        super().flush()

    def _read_held(self, numbers: Collection[str]) -> dict[str, Row]:
        if not self._building.isdisjoint(numbers):
            self.flush()
        came_before = self.seen.keys() & set(numbers)
        held = super()._read_held(came_before) if came_before else {}
        return held | self._find_sightings(set(numbers) - came_before)

    @functools.cached_property
    def _sightings(self) -> pl.DataFrame:
        """What was held when the first page came: to ask for each page's would read all of them each time."""
        return self.run.store.read("every_sighting")

    def _find_sightings(self, numbers: set[str]) -> dict[str, Row]:
        """Return what was held of some trials when the night began."""
        if self._sightings.is_empty():
            return {}
        wanted = pl.Series(sorted(numbers), dtype=pl.String)
        places = self._sightings.get_column("nct_id").search_sorted(wanted).clip(0, self._sightings.height - 1)
        rows = self._sightings[places].unique("nct_id").to_dicts()
        return {row["nct_id"]: row for row in rows if row["nct_id"] in numbers}
