"""Books of manifests: quiet nights cost little; what a crash or the disk does to them hides or changes no other."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import WarehouseError
from tests.warehouse.test_deltas import write_night
from warehouse import books
from warehouse.books import Book, add_entry, find_books

FIRST = dt.date(2026, 1, 5)
NIGHTS = {run_id: write_night(FIRST + dt.timedelta(days=run_id), lines=20) for run_id in range(1, 61)}


def fill(folder: Path, *run_ids: int) -> Path:
    folder.mkdir(exist_ok=True)
    for run_id in run_ids:
        add_entry(folder, run_id, NIGHTS[run_id])
    return folder / f"{run_ids[0]:06d}.book"


def read(folder: Path) -> dict[int, bytes]:
    return {entry.run_id: book.read(place) for book in find_books(folder) for place, entry in enumerate(book.entries)}


def test_nights_like_the_first_cost_next_to_nothing_and_come_back(tmp_path: Path) -> None:
    path = fill(tmp_path, 1)
    first = path.stat().st_size
    fill(tmp_path, *list(NIGHTS)[1:])
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_size - first < 59 * 70 < first
    assert read(tmp_path) == NIGHTS
    assert 1 < max(entry.steps for entry in Book(path).entries) <= 16


def test_letters_and_nights_are_each_told_by_their_like(tmp_path: Path) -> None:
    letters = {run_id: write_night(FIRST + dt.timedelta(days=run_id), lines=5) for run_id in range(7, 60, 7)}
    texts = {run_id: letters.get(run_id, text) for run_id, text in NIGHTS.items()}
    path = tmp_path / "000001.book"
    for run_id, text in texts.items():
        add_entry(tmp_path, run_id, text)
    assert read(tmp_path) == texts
    large = [entry for entry in Book(path).entries if entry.end - entry.start > 1_000]
    assert [entry.run_id for entry in large] == [1]


@settings(max_examples=40)
@given(st.data())
def test_an_entry_that_was_being_written_when_the_power_went_is_written_again(data: st.DataObject) -> None:
    import tempfile  # noqa: PLC0415  a folder for each example

    with tempfile.TemporaryDirectory() as name:
        path = fill(Path(name), 1, 2)
        before = path.stat().st_size
        fill(Path(name), 3)
        whole = path.read_bytes()
        cut = data.draw(st.integers(before, len(whole)))
        lost = data.draw(st.integers(0, len(whole) - cut))  # the file was made longer, and its end not written
        path.write_bytes(whole[:cut] + bytes(lost))
        if Book(path).entries[-1].run_id == 2:
            fill(Path(name), 3)
        assert path.read_bytes() == whole


@settings(max_examples=60)
@given(st.data())
def test_any_damage_is_noticed(data: st.DataObject) -> None:
    import tempfile  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as name:
        path = fill(Path(name), *range(1, 6))
        content = bytearray(path.read_bytes())
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
        path.write_bytes(content)
        book = Book(path)
        read = 0
        with contextlib.suppress(WarehouseError):
            for read, entry in enumerate(book.entries, start=1):
                assert book.read(read - 1) == NIGHTS[entry.run_id]
            read = len(book.entries)
            assert book.rest
        assert read <= 5


def test_where_the_disk_is_full_the_book_is_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fill(tmp_path, 1, 2)
    whole, write = path.read_bytes(), os.pwrite
    tries = [10, 0]

    def run_out(descriptor: int, content: bytes, place: int) -> int:
        if room := tries.pop(0):
            return write(descriptor, content[:room], place)
        raise OSError(errno.ENOSPC, "no room")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", run_out)
        with pytest.raises(OSError, match="no room"):
            fill(tmp_path, 3)
    assert path.read_bytes() == whole
    fill(tmp_path, 3)
    assert read(tmp_path) == {run_id: NIGHTS[run_id] for run_id in (1, 2, 3)}


def test_behind_a_damaged_end_nothing_is_written_and_a_new_book_begins(tmp_path: Path) -> None:
    path = fill(tmp_path, 1, 2, 3)
    path.write_bytes(path.read_bytes()[:-5])
    damaged = path.read_bytes()
    fill(tmp_path, 4, 5)
    assert path.read_bytes() == damaged
    assert [found.path.name for found in find_books(tmp_path)] == ["000001.book", "000004.book"]
    assert read(tmp_path) == {run_id: NIGHTS[run_id] for run_id in (1, 2, 4, 5)}


def test_a_night_is_not_told_by_one_that_is_damaged(tmp_path: Path) -> None:
    path = fill(tmp_path, 1, 2, 3)
    content = bytearray(path.read_bytes())
    content[Book(path).entries[1].start + 3] ^= 1
    path.write_bytes(content)
    fill(tmp_path, 4)
    book = Book(path)
    assert book.read(3) == NIGHTS[4]
    with pytest.raises(WarehouseError, match=r"run 2 in .* cannot be read: it is not what was written"):
        book.read(1)


@pytest.mark.parametrize(("limit", "value"), [("_MOST_ENTRIES", 2), ("_MOST_BYTES", 100)])
def test_a_book_that_is_full_is_followed_by_a_new_one(
    tmp_path: Path, limit: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books, limit, value)
    fill(tmp_path, *range(1, 6))
    assert len(list(tmp_path.iterdir())) > 2
    assert read(tmp_path) == {run_id: NIGHTS[run_id] for run_id in range(1, 6)}
