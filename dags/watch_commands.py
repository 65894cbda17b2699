"""`trialwatch watch`: edits of the watchlist with their audited rows, and the list as it stands. It fetches nothing."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from dags.inputs import Inputs, Secrets, find_home, read_settings, read_vocabulary
from dags.run_ledger import check_clock
from dags.watchlist_edit import Change, Edit, add_items, read_text, remove_items, write_text
from dags.working_file import open_store
from etl.ledger_schemas import WATCH_EDIT
from etl.schemas import build_frame
from models.vocabulary import Vocabulary
from warehouse.journal import Entry, write_journal
from warehouse.reader import query_rows
from warehouse.sql import read_sql
from warehouse.store import Store


def add_to_watchlist(file: Path, names: Sequence[str], condition: str | None, clock: dt.datetime) -> tuple[Change, ...]:
    """Add items to a watchlist, all or none, with a row each; return what was done.

    Raises:
        ConfigurationError: a name or the file cannot be used, or the clock is earlier than the newest run.
        BusyError: another command is writing.
        WarehouseError: the rows cannot be written (the file is as it was) or published (file and rows stand).
    """
    return _edit(file, "watch add", clock, lambda text, known: add_items(text, names, condition, known, file.name))


def remove_from_watchlist(file: Path, names: Sequence[str], clock: dt.datetime) -> tuple[Change, ...]:
    """Take items out of a watchlist, all or none, with a row each; errors as of `add_to_watchlist`."""
    return _edit(file, "watch remove", clock, lambda text, known: remove_items(text, names, known, file.name))


def _edit(file: Path, job: str, clock: dt.datetime, build: Callable[[str, Vocabulary], Edit]) -> tuple[Change, ...]:
    settings = read_settings(file)
    home, vocabulary = find_home(file, settings), read_vocabulary(file, settings)
    build(read_text(file), vocabulary)  # a mistake needs no lock, and makes no data home
    with home.lock(job):
        text = read_text(file)
        edit = build(text, vocabulary)
        if edit.text != text:
            _write(Inputs(file, edit.settings, vocabulary, edit.items, home, Secrets()), text, edit, clock)
    return edit.changes


def _write(inputs: Inputs, before: str, edit: Edit, clock: dt.datetime) -> None:
    """Write the rows and the file together: without the file's replacement the rows are rolled back."""
    rows = [
        {"edited_at": clock, "action": change.action, "item": change.item_id, "condition": change.condition}
        for change in edit.changes
        if change.action != "kept"
    ]
    with _open_store(inputs, clock) as store:
        check_clock(store, clock)
        with store.transaction():
            store.append("watch_edit", build_frame(rows, WATCH_EDIT))
            write_journal(inputs.home.journal, [Entry("watch_edit", list(WATCH_EDIT), rows)])
            write_text(inputs.file, before, edit.text)


@contextlib.contextmanager
def _open_store(inputs: Inputs, clock: dt.datetime) -> Iterator[Store]:
    """Open the working file. Before the first run nothing is published: the rows wait for that run to publish them."""
    if inputs.home.published.exists():
        with open_store(inputs, clock) as store:
            yield store
    else:
        with Store.open(inputs.home.working, clock) as store:
            yield store
            store.checkpoint()


def list_items(inputs: Inputs) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the names of the columns and a row an item, in the order of the file.

    With a warehouse also what each item found: trials, papers, and the source day last proved (by every source).
    """
    names, rows = ["kind", "name", "condition"], [(item.kind, item.name, item.condition) for item in inputs.items]
    if not inputs.home.published.exists():
        return names, rows
    _, found = query_rows(inputs.home.published, read_sql("statements", "watched"))
    held = {item: tuple(counts) for item, *counts in found}
    nothing = (None, None, None)
    items = zip(rows, inputs.items, strict=True)
    return [*names, "trials", "papers", "last_proved"], [row + held.get(item.item_id, nothing) for row, item in items]
