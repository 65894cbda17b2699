"""The journal: what it was told last of a row stands, however often it is read, and half a line hides none."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from models.errors import WarehouseError
from tests.warehouse.rows import NOW, open_store, query
from warehouse.journal import Entry, read_journal, write_journal

EDIT = {"edited_at": NOW, "action": "add", "item": "agent:x", "condition": ""}


def write_delivery(state: str) -> Entry:
    row: dict[str, Any] = {
        "delivery_id": "d1",
        "recipient": "a@example.org",
        "channel": "mail",
        "kind": "letter",
        "period": "2026-W07",
        "since_at": NOW - dt.timedelta(days=7),
        "until_at": NOW,
        "subject": "It’s “said” once",
        "message_id": "<d1@example.org>",
        "content_hash": "h",
        "state": state,
        "is_permanent": False,
        "tries": 1,
        "next_try_at": None,
        "answer": None,
        "planned_at": NOW,
        "moved_at": NOW,
        "run_id": 7,
    }
    return Entry("delivery", ["delivery_id"], [row])


def write_facts(*facts: str) -> Entry:
    rows = [
        {"delivery_id": "d1", "recipient": "a@example.org", "fact": fact, "record": "NCT99000101"} for fact in facts
    ]
    return Entry("delivery_fact", ["delivery_id"], rows)


def test_what_was_said_last_of_a_row_stands_however_often_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write_journal(path, [write_delivery("planned"), write_facts("change:1", "change:2")])
    write_journal(path, [write_delivery("sending")])
    write_journal(path, [write_delivery("sent"), Entry("watch_edit", list(EDIT), [EDIT])])
    with open_store(tmp_path) as store:
        assert [read_journal(path, store), read_journal(path, store)] == [5, 5]
        assert query(store, "SELECT state, subject, until_at, tries FROM delivery") == [
            ("sent", "It’s “said” once", NOW, 1)
        ]
        assert query(store, "SELECT fact FROM delivery_fact ORDER BY 1") == [("change:1",), ("change:2",)]
        assert query(store, "FROM watch_edit") == [tuple(EDIT.values())]


def test_a_line_that_was_being_written_hides_none_before_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write_journal(path, [write_delivery("planned"), write_delivery("sent")])
    path.write_bytes(path.read_bytes()[:-5])
    with open_store(tmp_path) as store:
        assert read_journal(path, store) == 1
        assert query(store, "SELECT state FROM delivery") == [("planned",)]
        write_journal(path, [write_delivery("refused")])
        assert read_journal(path, store) == 2
        assert query(store, "SELECT state FROM delivery") == [("refused",)]


def test_without_a_journal_there_is_nothing_to_read(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        assert read_journal(tmp_path / "none.jsonl", store) == 0


def test_a_year_of_letters_is_folded_and_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    for week in range(52):
        for state in ("planned", "sending", "sent"):
            delivery = write_delivery(state).rows[0] | {"delivery_id": f"d{week}", "period": f"2026-W{week:02d}"}
            write_journal(path, [Entry("delivery", ["delivery_id"], [delivery]), Entry("watch_edit", list(EDIT), [])])
    assert sum(one.stat().st_size for one in tmp_path.iterdir()) < 8_000
    with open_store(tmp_path) as store:
        read_journal(path, store)
        counted = "SELECT state, count(*), count(DISTINCT period) FROM delivery GROUP BY 1"
        assert query(store, counted) == [("sent", 52, 52)]


def test_a_journal_killed_while_it_is_folded_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write_journal(path, [write_delivery("planned"), write_facts("change:1")] * 12)
    whole = path.read_bytes()
    write_journal(path, [write_delivery("sent")])
    assert path.stat().st_size < 4096 < len(whole)
    path.write_bytes(whole + path.read_bytes())
    with open_store(tmp_path) as store:
        read_journal(path, store)
        assert query(store, "SELECT state FROM delivery") == [("sent",)]
        assert query(store, "SELECT fact FROM delivery_fact") == [("change:1",)]


def test_a_damaged_journal_is_named(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    (tmp_path / "journal.jsonl.gz").write_bytes(b"no gzip")
    with open_store(tmp_path) as store, pytest.raises(WarehouseError, match=r"journal\.jsonl\.gz"):
        read_journal(path, store)
