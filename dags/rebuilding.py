"""`trialwatch rebuild`: the whole warehouse made again from the landing, by the code that makes the nights.

What no source ever said, and no night could find out again, is carried over: who was told what, and what people did.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import msgspec
import structlog

from dags.home import Home
from dags.inputs import Inputs
from dags.past import RESTORE_HISTORY, PastRun, list_runs, read_run
from dags.replaying import Replay
from dags.settling import settle_landing
from etl.wording import count
from models.errors import WarehouseError
from warehouse.compact import compact
from warehouse.compare import Difference, compare_files
from warehouse.database import first_line
from warehouse.disk import IS_IT_FULL, sync
from warehouse.journal import read_journal
from warehouse.manifests import Manifest, find_manifests
from warehouse.publish import publish
from warehouse.store import Store

# Not derivable from what the sources said: written by people's commands, or a promise to people.
KEPT = ("watch_edit", "recipient", "delivery", "delivery_fact", "digest")
# Of the file, not of what it holds.
PHYSICAL = ("compaction", "schema_version")
_LONG_AGO = dt.datetime.fromtimestamp(0, dt.UTC).replace(
    tzinfo=None
)  # no clock is needed to open a file of this release
_log = structlog.get_logger(__name__)


class Rebuilt(msgspec.Struct, frozen=True):
    """What a rebuilding came to. `left_out` are runs landed that no warehouse holds: before a backup was put back, say.

    `kept_from` names where the tables of `KEPT` came from. `differences` is None where nothing was compared.
    """

    runs: int
    left_out: int
    kept_from: str
    differences: list[Difference] | None = None

    def describe(self) -> Iterator[str]:
        """Yield what was done, for people."""
        yield f"{count(self.runs, 'run')} made again from the landing; deliveries and edits {self.kept_from}"
        if self.left_out:
            yield f"{count(self.left_out, 'run')} landed left out: the warehouse never held, or no longer holds, them"
        for one in self.differences or ():
            rows = f"{one.only_left} rows held only, {one.only_right} made again only"
            yield f"differs: {one.table}: {rows}; {one.example}"


def rebuild(
    inputs: Inputs,
    *,
    is_compared: bool = False,
    until: dt.datetime | None = None,
    report: Callable[[int, int], None] = lambda _done, _all: None,
) -> Rebuilt:
    """Make the warehouse again and publish it; or, to compare, make it beside and change nothing.

    Runs whose clock is later than `until` are left out: a machine's clock may have been wrong. `report` hears how many
    of how many runs are made.

    Raises:
        BusyError: another command is writing.
        WarehouseError: the landing lacks or holds damaged what a run needs, or there is no warehouse to compare with;
            the warehouse is as it was.
    """
    home = inputs.home
    with inputs.home.lock("rebuild"), _make_scratch(home) as scratch:
        old = _find_old(home)
        if is_compared and old is None:
            raise WarehouseError("there is no readable warehouse to compare with", "`trialwatch rebuild` makes it")
        manifests = list_runs(home.landing)
        if until is not None:
            manifests = [one for one in manifests if dt.datetime.fromisoformat(_read(one).note["clock"]) <= until]
        if not manifests:
            raise WarehouseError(f"landing: {home.landing} holds no run up to {until}", "name a later instant")
        runs = _replay(home, scratch, manifests, report)
        kept_from = _keep(home, scratch.working, old)
        left_out = len(find_manifests(home.landing)) - runs
        if is_compared and old:
            return Rebuilt(runs, left_out, kept_from, compare_files(old, scratch.working, PHYSICAL))
        compact(scratch.working, _find_clock(scratch.working))
        _install(scratch.working, home.working)
        publish(home.working, home.published)
    return Rebuilt(runs, left_out, kept_from)


@contextlib.contextmanager
def _make_scratch(home: Home) -> Iterator[Home]:
    folder = home.working.parent / "rebuilding"
    shutil.rmtree(folder, ignore_errors=True)
    scratch = Home(folder)
    scratch.prepare()
    try:
        yield scratch
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _find_old(home: Home) -> Path | None:
    """Return the warehouse that is held: the working file, settled with its landing, or else the published one."""
    for path in (home.working, home.published):
        if not path.exists():
            continue
        try:
            with duckdb.connect(str(path), read_only=path == home.published) as connection:
                store = Store(connection)
                store.read("newest_run")
                if path == home.working:
                    settle_landing(home.landing, store)
        except duckdb.Error as error:
            _log.warning("cannot be read", file=str(path), reason=first_line(error))
        else:
            return path
    return None


def _replay(home: Home, scratch: Home, manifests: list[Manifest], report: Callable[[int, int], None]) -> int:
    try:
        first = _read(manifests[0])
        with Store.open(scratch.working, dt.datetime.fromisoformat(first.note["clock"])) as store:
            replay = Replay(store, home.landing, scratch)
            for number, manifest in enumerate(manifests):
                report(number, len(manifests))
                past = _read(manifest)
                with structlog.contextvars.bound_contextvars(made_again=past.name):
                    replay.repeat(past)
            report(len(manifests), len(manifests))
            store.checkpoint()
    except (duckdb.Error, OSError) as error:
        reason = first_line(error)
        raise WarehouseError(f"{scratch.working}: {reason}", IS_IT_FULL) from error
    return len(manifests)


def _read(manifest: Manifest) -> PastRun:
    past = read_run(manifest)
    if past is None:
        raise WarehouseError(f"landing: {manifest} is of no run", RESTORE_HISTORY)
    return past


def _keep(home: Home, fresh: Path, old: Path | None) -> str:
    """Carry over what cannot be made again; return where it came from."""
    with Store.open(fresh, _LONG_AGO) as store:
        if old:
            store.carry_over(old, KEPT)
        if old != home.working:
            read_journal(home.journal, store)
        store.checkpoint()
    if old == home.working:
        return "kept"
    return "kept from the published file and the journal" if old else "kept from the journal"


def _find_clock(path: Path) -> dt.datetime:
    with Store.open(path, _LONG_AGO) as store:
        clock: dt.datetime = store.read_value("newest_instant")
    return clock


def _install(fresh: Path, working: Path) -> None:
    """Put the new working file in the place of the old one; a journal of the old one's is nothing to it."""
    working.with_name(f"{working.name}.wal").unlink(missing_ok=True)
    fresh.replace(working)
    sync(working.parent)


def run_rebuild(
    inputs: Inputs,
    *,
    is_compared: bool,
    say: Callable[[str], None],
    report: Callable[[int, int], None],
    until: dt.datetime | None = None,
) -> int:
    """Rebuild, or compare, and tell what came of it; return the exit code: 1 where something differs."""
    result = rebuild(inputs, is_compared=is_compared, until=until, report=report)
    for line in result.describe():
        say(line)
    if result.differences is None:
        say(f"Warehouse: {inputs.home.published}. Exit 0.")
        return 0
    if not result.differences:
        say("the warehouse made again is equal to the one held, row for row. Exit 0.")
        return 0
    say(f"{count(len(result.differences), 'table')} differ. Exit 1.")
    return 1
