"""Loading studies never held before: pages are built side by side in several processes, and written in their order.

Nothing is there to compare them with, so their content is not made canonical; it is when another state first comes.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import multiprocessing
import os
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol, Self

import msgspec
import polars as pl

from dags.first_building import BuiltPage, build_landed_page, build_page, join_records, prepare_process
from dags.interrupts import ignored_interrupts
from dags.page_rows import PageRow, gather_page, spread_page
from dags.parcels import Parcel
from dags.prepared_tags import Prepared, write_prepared
from dags.run import Run
from dags.trial_loading import TrialLoader
from etl.canonical import hash_unread
from etl.schemas import TRIAL_SIGHTING, TRIAL_STATE, TRIAL_VERSION
from etl.trials import hash_version
from extractors.clinicaltrials.parse import parse_study
from models.errors import ContractError, TrialwatchError
from models.page import Page

_ALONE = 4  # pages built before other processes are worth their start
_STORED = 3  # pages in store for each of them: what they do while this process writes and commits
_TOGETHER = 5  # pages written at once


class FirstPage(msgspec.Struct, frozen=True):
    """A page whose records were never held: number → bytes, and number → hash of them without their stamp.

    What workers built of some of them stands in `rows`, the mentions that they found, as JSON, in `mentions`. A page
    not landed yet (`page`, without a body) is when it is written; then there are hashes.
    """

    bodies: Mapping[str, bytes]
    hashes: Mapping[str, str] = {}
    rows: Mapping[str, PageRow] = {}
    mentions: Mapping[str, str] = {}
    page: Page | None = None


Days = Mapping[str, dt.date]  # number → source day, of the records of a page that could be read


class Build(Protocol):
    """What builds a page, number → record."""

    def __call__(self, bodies: Mapping[str, bytes], *, wants_fields: bool) -> BuiltPage:
        """Return the page."""
        ...


class Builders:
    """Processes that build pages, started when there is enough to do. A context manager.

    This process builds as well while the others are busy; on a machine with one processor it builds alone.
    """

    def __init__(self) -> None:
        self._others = max(0, (os.cpu_count() or 1) - 1)
        self._pool: ProcessPoolExecutor | None = None
        self._begun = 0
        self._at_work: list[Future[BuiltPage]] = []
        self._thresholds = gc.get_threshold()

    def __enter__(self) -> Self:
        prepare_process()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def ahead(self) -> int:
        """How many pages are worth being read before their turn: those in store for the others, and one built here."""
        return self._others * _STORED + 1 if self._others else 0

    def get_ready(self) -> None:
        """Start the others now: much is to come, and by then they have loaded what they need."""
        if self._others:
            self._begun = _ALONE
            self._submit(build_page, {}, wants_fields=False)

    def stop(self) -> None:
        """Be done: let the others end, without waiting for it. They are started again if there is more to do."""
        gc.set_threshold(*self._thresholds)
        self._at_work.clear()  # what they built is large
        pool, self._pool = self._pool, None
        if pool:
            pool.shutdown(wait=False, cancel_futures=True)

    def build(self, page: FirstPage, *, wants_fields: bool, is_landed: bool) -> Future[BuiltPage]:
        """Build a page, elsewhere if there is room for it; one that is not landed is made ready for that."""
        if page.rows:
            return _finish(page, wants_fields=wants_fields)
        build = build_page if is_landed else build_landed_page
        self._begun += 1
        self._at_work = [one for one in self._at_work if not one.done()]
        if self._begun > _ALONE and len(self._at_work) < self._others * _STORED:
            self._at_work.append(self._submit(build, dict(page.bodies), wants_fields=wants_fields))
            return self._at_work[-1]
        return _put(build(page.bodies, wants_fields=wants_fields))

    def _submit(self, build: Build, bodies: dict[str, bytes], *, wants_fields: bool) -> Future[BuiltPage]:
        with ignored_interrupts(), telling_of_ended():
            if self._pool is None:
                context = multiprocessing.get_context("spawn")  # a fork would copy locks that threads of others hold
                self._pool = ProcessPoolExecutor(self._others, context, initializer=prepare_process)
            parcel = Parcel.pack(bodies)
            building = self._pool.submit(_build_parcel, build, parcel, wants_fields=wants_fields)
            building.add_done_callback(lambda _: parcel.throw_away())
            return building


def _build_parcel(build: Build, parcel: Parcel, *, wants_fields: bool) -> BuiltPage:
    return build(parcel.open(), wants_fields=wants_fields)


@contextlib.contextmanager
def telling_of_ended() -> Iterator[None]:
    """Say what it means where one of the processes is there no more.

    Raises:
        TrialwatchError: it was ended, by the system mostly.
    """
    try:
        yield
    except BrokenProcessPool as error:
        raise TrialwatchError("a process that read studies was ended", "is there too little memory?") from error


class FirstLoader:
    """Writes first pages into the open transaction, in the order in which they came."""

    def __init__(self, run: Run, loader: TrialLoader) -> None:
        self._run = run
        self._loader = loader
        self._waiting: deque[tuple[FirstPage, Future[BuiltPage]]] = deque()

    def load(self, page: FirstPage, building: Future[BuiltPage]) -> Iterator[Days]:
        """Take a page; yield, for those that are written by now, the source days of their records."""
        self._waiting.append((page, building))
        ready = 0
        while ready < len(self._waiting) and self._waiting[ready][1].done():
            ready += 1
        if ready >= _TOGETHER:
            yield from self._write(ready)

    def finish(self) -> Iterator[Days]:
        """Write what waits, and yield it likewise.

        Nothing is cancelled to be built here: of a process that is ended then, Python 3.11 would tell nobody.
        """
        while self._waiting:
            yield from self._write(min(_TOGETHER, len(self._waiting)))

    def _write(self, number: int) -> Iterator[Days]:
        with telling_of_ended():
            pages = [(page, future.result()) for page, future in (self._waiting.popleft() for _ in range(number))]
        pages = [(self._land(page, built), built) for page, built in pages]
        for page, built in pages:
            self._note(page, built)
            self._keep_mentions(page)
        versions = [self._build_versions(page, built) for page, built in pages]
        self._append("trial_version_log", versions, read=["payload"])
        ids = [frame.get_column("version_id") for frame in versions]
        records = [built.records.with_columns(own) for (_, built), own in zip(pages, ids, strict=True)]
        self._append("trial_record", records)
        self._append("trial_sighting", [self._build_sightings(page, built) for page, built in pages])
        for table in pages[0][1].children:
            self._append(table, [built.children[table] for _, built in pages])
        for _, built in pages:
            yield dict(zip(built.days, self._list_days(built), strict=True))

    def _land(self, page: FirstPage, built: BuiltPage) -> FirstPage:
        if page.page is None:
            return page
        whole = page.page
        if not built.packed:
            body, spans = join_records(list(page.bodies.values()))
            whole = msgspec.structs.replace(whole, body=body, records=spans)
        names = self._run.landing.store_whole(whole, built.packed)
        return msgspec.structs.replace(page, hashes=dict(zip(page.bodies, names, strict=True)), page=None)

    def _append(self, table: str, frames: Sequence[pl.DataFrame], *, read: Sequence[str] = ()) -> None:
        self._run.store.append(table, pl.concat(frames, rechunk=False), read=read)

    def _note(self, page: FirstPage, built: BuiltPage) -> None:
        """Note what could not be read, and what is undocumented."""
        for nct_id in built.unread:
            try:
                parse_study(page.bodies[nct_id], nct_id)
            except ContractError as error:
                self._loader.note_unread(nct_id, page.bodies[nct_id], error)
        for nct_id in built.days:
            self._loader.drift.note(nct_id, built.drifts.get(nct_id, ()), built.fields)

    def _keep_mentions(self, page: FirstPage) -> None:
        if page.mentions:
            found = page.mentions.items()
            tags = [Prepared(nct_id, hash_unread(page.hashes[nct_id]), mentions) for nct_id, mentions in found]
            write_prepared(self._run, tags)

    def _build_versions(self, page: FirstPage, built: BuiltPage) -> pl.DataFrame:
        ids = built.records.get_column("nct_id").to_list()
        numbers = [self._loader.versions.take_number() for _ in ids]
        hashes = [hash_unread(page.hashes[nct_id]) for nct_id in ids]
        submitted = built.records.get_column("last_update_submit_date").to_list()
        return built.records.select(
            pl.Series("version_id", list(map(hash_version, ids, submitted, numbers, hashes)), pl.String),
            "nct_id",
            "overall_status",
            pl.col("last_update_submit_date").alias("source_submit_date"),
            pl.col("last_update_post_date").alias("source_post_date"),
            pl.struct(name for name in TRIAL_STATE.to_schema()).alias("state"),
            pl.Series("content_hash", hashes, pl.String),
            pl.Series("learnt_no", numbers, pl.Int64),
            pl.Series("source_day", self._list_days(built), pl.Date),
            pl.Series("payload", [page.bodies[nct_id] for nct_id in ids], pl.Binary).cast(pl.String),
            pl.lit(self._loader.way).alias("origin"),
            pl.lit(self._run.clock).alias("first_seen_at"),
            pl.lit(self._run.run_id, pl.Int64).alias("run_id"),
            pl.lit("markdown").alias("markup"),
            pl.lit(None, pl.Int32).alias("registry_version"),
            pl.lit(value=True).alias("is_sighting"),
        ).select(TRIAL_VERSION.names())

    def _build_sightings(self, page: FirstPage, built: BuiltPage) -> pl.DataFrame:
        rows = built.records.select("nct_id").with_columns(
            pl.Series("raw_hash", [page.hashes[nct_id] for nct_id in built.days], pl.String),
            pl.Series("source_day", self._list_days(built), pl.Date),
            pl.lit("listed").alias("registry_state"),
            pl.lit([], pl.List(pl.Date)).alias("missing_days"),
            pl.lit(self._run.clock).alias("first_seen_at"),
            pl.lit(self._run.clock).alias("last_checked_at"),
        )
        return rows.select(TRIAL_SIGHTING.names())

    def _list_days(self, built: BuiltPage) -> list[dt.date]:
        if self._loader.way == "live":
            return [self._loader.day] * len(built.days)
        return [day or self._run.clock.date() for day in built.days.values()]


def _finish(page: FirstPage, *, wants_fields: bool) -> Future[BuiltPage]:
    """Put together a page of which workers built most: the few whose turn they could not foresee are built here."""
    rest = {nct_id: body for nct_id, body in page.bodies.items() if nct_id not in page.rows}
    rows = list(page.rows.values())
    if rest:
        frame = spread_page(build_page(rest, wants_fields=wants_fields))
        rows += [PageRow(frame, place) for place in range(frame.height)]
    return _put(gather_page(rows))


def _put(built: BuiltPage) -> Future[BuiltPage]:
    here: Future[BuiltPage] = Future()
    here.set_result(built)
    return here
