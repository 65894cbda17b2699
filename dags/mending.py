"""Before a job: a lost or damaged file of the warehouse is made again from the other one, and that is said.

It makes nothing from the landing: what neither file holds any more, `trialwatch rebuild` brings back.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from dags.home import Home
from dags.past import holds_runs
from models.errors import DamagedFileError, WarehouseError
from warehouse.journal import read_journal
from warehouse.publish import restore
from warehouse.reader import connect
from warehouse.store import Store

_REBUILD = "`trialwatch rebuild` makes it again"


def open_working(home: Home, clock: dt.datetime) -> tuple[Store, list[str]]:
    """Open the working file, made from the published one where it is lost or damaged; say what was mended.

    A damaged file is kept aside as `warehouse.duckdb.damaged`. What was sent since the published file was made is in
    the journal and is brought back.

    Raises:
        WarehouseError: neither file is whole, though there were runs; or the working file is in use.
    """
    try:
        if home.working.exists():
            store = Store.open(home.working, clock)
            return store, _describe_unpublished(home, store)
        fault = "was lost"
        if not home.published.exists() and not holds_runs(home.landing):
            return Store.open(home.working, clock), []
    except DamagedFileError as error:
        fault = f"was damaged ({error.reason})"
    _restore(home, fault)
    store = Store.open(home.working, clock)
    try:
        read_journal(home.journal, store)
    except BaseException:
        store.close()
        raise
    return store, [f"the working file {fault}: made anew from the published one"]


def _restore(home: Home, fault: str) -> None:
    if not home.published.exists():
        raise WarehouseError(
            f"{home.working} {fault}, there is no warehouse at {home.published}, and {home.landing} holds its runs",
            f"{_REBUILD}; to begin anew, move the landing away",
        )
    if reason := find_fault(home.published):
        raise WarehouseError(f"{home.working} {fault}, and {reason}", _REBUILD)
    set_aside(home)
    restore(home.published, home.working)


def set_aside(home: Home) -> None:
    """Put a damaged working file, or what a lost one left of its log of changes, out of the way."""
    for file in (home.working, home.working.with_name(f"{home.working.name}.wal")):
        if file.exists():
            aside = f"{home.working.name}.damaged"
            file.replace(file.with_name(file.name.replace(home.working.name, aside)))


def _describe_unpublished(home: Home, store: Store) -> list[str]:
    """Say what is wrong with the published file, which this job will replace."""
    if not home.published.exists():
        was_published = store.read_value("closed_runs") > 0
        return ["the published file was lost: published anew"] if was_published else []
    reason = store.find_fault(home.published)  # without opening it by itself, which takes five times as long
    return [f"{reason}: published anew"] if reason else []


def find_fault(published: Path) -> str:
    """Return why the published file cannot be read; empty where it can."""
    try:
        connect(published).close()
    except WarehouseError as error:
        return error.message
    return ""
