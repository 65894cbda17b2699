"""Manifests: open, sealed in a book, or sealed by an earlier release; a run is never read twice, or half."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import msgspec
import pytest

from models.errors import WarehouseError
from warehouse.landed import Asked, LandedExchange, LandedNote, Line, read_line, write_line
from warehouse.manifests import (
    drop_sealed,
    end_manifest,
    find_manifests,
    find_open,
    find_torn,
    read_manifest,
    seal_manifest,
)

ASKED = Asked(1, "pubmed", "POST", "http://127.0.0.1/esearch.fcgi", '{"term":"LAG-3"}')


def list_lines(run_id: int) -> list[Line]:
    answer = b'{"count":"%d"}' % run_id
    return [
        LandedNote("run", {"run_id": run_id}),
        LandedExchange(ASKED, 200, "text/plain", answer),
        LandedNote("end", {}),
    ]


def leave_open(folder: Path, run_id: int) -> Path:
    path = find_open(folder, run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(map(write_line, list_lines(run_id))))
    return path


def read(folder: Path) -> dict[int, list[Line]]:
    return {run_id: list(read_manifest(manifest)) for run_id, manifest in find_manifests(folder).items()}


def pack_like(base: bytes, name: str, content: bytes) -> bytes:
    """Pack a manifest as releases did that sealed each in a file: like an earlier, whole one."""
    parts = [b"like " + name.encode() + b"\n"]
    for start in range(0, len(content), 16 << 10):
        begin = max(0, min(start - (8 << 10), len(base) - (32 << 10)))
        packer = zlib.compressobj(9, zdict=base[begin : begin + (32 << 10)])
        part = packer.compress(content[start : start + (16 << 10)]) + packer.flush()
        parts += [len(part).to_bytes(4, "big"), part]
    return b"".join(parts)


def write_as_before(line: Line) -> bytes:
    """Write a line as those releases did: the answer in base 64."""
    return msgspec.json.encode(line) + b"\n"


def test_what_earlier_releases_sealed_is_read_beside_what_this_one_seals(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    runs.mkdir()
    first, second = (b"".join(map(write_as_before, list_lines(run_id) * 300)) for run_id in (1, 2))
    assert b'"body":"eyJjb3VudCI6IjEifQ=="' in first
    (runs / "000001.jsonl.gz").write_bytes(gzip.compress(first))
    (runs / "000002.jsonl.gz").write_bytes(pack_like(first, "000001.jsonl.gz", second))
    seal_manifest(leave_open(tmp_path, 3))
    assert sorted(path.name for path in runs.iterdir()) == ["000001.jsonl.gz", "000002.jsonl.gz", "000003.book"]
    assert read(tmp_path) == {1: list_lines(1) * 300, 2: list_lines(2) * 300, 3: list_lines(3)}
    (runs / "000001.jsonl.gz").unlink()
    with pytest.raises(WarehouseError, match=r"landing: .*000002\.jsonl\.gz cannot be read"):
        read(tmp_path)


@pytest.mark.parametrize("body", [b"", b'{"a":"\xc3\xa4\\n"}', b"\x00\r\n\x1f\xe2\x80\xa8", bytes(range(256))])
def test_any_answer_comes_back_as_it_was(body: bytes) -> None:
    line = LandedExchange(ASKED, 200, "text/plain", body)
    stored = write_line(line)
    assert stored.count(b"\n") == 1
    assert read_line(stored) == line


def test_a_run_killed_between_its_sealing_and_the_end_of_its_open_manifest_is_sealed(tmp_path: Path) -> None:
    seal_manifest(leave_open(tmp_path, 1))
    left = leave_open(tmp_path, 1)
    left.write_bytes(b"")
    assert [manifest.is_open for manifest in find_manifests(tmp_path).values()] == [False]
    assert read(tmp_path) == {1: list_lines(1)}
    still_open = leave_open(tmp_path, 2)
    drop_sealed(tmp_path)
    assert not left.exists()
    assert still_open.exists()


def test_an_open_manifest_is_ended_behind_its_last_whole_line(tmp_path: Path) -> None:
    path = leave_open(tmp_path, 1)
    path.write_bytes(path.read_bytes()[:-5])
    end_manifest(path, LandedNote("settled", {"row": None}))
    assert read(tmp_path) == {1: [*list_lines(1)[:-1], LandedNote("settled", {"row": None})]}


def test_a_book_that_ends_in_the_middle_of_a_run_is_damaged_unless_that_run_is_open(tmp_path: Path) -> None:
    for run_id in (1, 2):
        seal_manifest(leave_open(tmp_path, run_id))
    (book,) = (tmp_path / "runs").iterdir()
    assert find_torn(tmp_path) == []
    book.write_bytes(book.read_bytes()[:-4])
    assert find_torn(tmp_path) == [f"landing: {book} is damaged behind run 1"]
    path = leave_open(tmp_path, 2)
    assert find_torn(tmp_path) == []
    seal_manifest(path)
    assert read(tmp_path) == {1: list_lines(1), 2: list_lines(2)}
    book.write_bytes(b"no book")
    assert find_torn(tmp_path) == [f"landing: {book} is damaged"]
