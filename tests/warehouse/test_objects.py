"""Objects: a changed record costs what changed; one that is lost or damaged is named, with all that need it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from models.errors import WarehouseError
from models.page import Page, RecordSpan
from tests.warehouse.test_landing import page
from warehouse.audit import audit_landing
from warehouse.landing import Landing
from warehouse.objects import find_object, list_objects, read_object


def write_record(number: int, version: int) -> bytes:
    rng = random.Random(number)
    words = ",".join(f'"{rng.randrange(10**9)}"' for _ in range(400))
    return b'{"id":"NCT99%06d","words":[%s],"version":%d}' % (number, words.encode(), version)


def build_page(*records: bytes) -> Page:
    body, spans = b"[", []
    for record in records:
        spans.append(RecordSpan(len(body), len(body) + len(record)))
        body += record + b","
    return page(body + b"]", *spans)


def land(folder: Path, run_id: int, *records: bytes) -> list[str]:
    landing = Landing(folder, run_id)
    names = landing.store(build_page(*records))
    landing.note("end")
    landing.seal()
    return names


def count_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_a_changed_record_is_kept_as_what_changed_wherever_it_stands_in_its_page(tmp_path: Path) -> None:
    land(tmp_path, 1, *(write_record(number, 1) for number in range(20)))
    first = count_bytes(tmp_path)
    fresh = [write_record(7, 2), *(write_record(number, 1) for number in range(20) if number != 7)]
    names = land(tmp_path, 2, *fresh)
    assert find_object(tmp_path, names[0]).suffix == ".delta"
    assert count_bytes(tmp_path) - first < 400 < first / 50
    assert [read_object(tmp_path, name) for name in names] == fresh
    assert audit_landing(tmp_path).faults == ()


def test_a_record_like_no_other_is_kept_whole(tmp_path: Path) -> None:
    land(tmp_path, 1, write_record(1, 1))
    (name,) = land(tmp_path, 2, write_record(2, 1))
    assert find_object(tmp_path, name).suffix == ".gz"


def test_every_few_changes_a_record_is_kept_whole_again(tmp_path: Path) -> None:
    records = [write_record(1, version) for version in range(30)]
    names = [land(tmp_path, version, record)[0] for version, record in enumerate(records, start=1)]
    whole = [name for name in names if find_object(tmp_path, name).suffix == ".gz"]
    assert 2 <= len(whole) <= 5
    assert [read_object(tmp_path, name) for name in names] == records


def test_what_is_told_by_a_lost_record_is_named_with_it_and_mended_when_it_comes_again(tmp_path: Path) -> None:
    (old,) = land(tmp_path, 1, write_record(1, 1))
    (new,) = land(tmp_path, 2, write_record(1, 2))
    find_object(tmp_path, old).unlink()
    with pytest.raises(WarehouseError, match=old):
        read_object(tmp_path, new)
    faults = audit_landing(tmp_path).faults
    assert any(old in fault for fault in faults)
    landing = Landing(tmp_path, 3)
    landing.store(build_page(write_record(1, 2)))
    landing.note("end")
    landing.seal()
    assert landing.mended == [new]
    assert read_object(tmp_path, new) == write_record(1, 2)
    (fault,) = audit_landing(tmp_path).faults
    assert old in fault
    assert len(list_objects(tmp_path)) == len(list((tmp_path / "objects").glob("*/*")))


def test_a_damaged_difference_is_mended_when_its_record_comes_again(tmp_path: Path) -> None:
    land(tmp_path, 1, write_record(1, 1))
    (new,) = land(tmp_path, 2, write_record(1, 2))
    path = find_object(tmp_path, new)
    path.write_bytes(path.read_bytes()[:-3])
    (fault,) = audit_landing(tmp_path).faults
    assert path.name in fault
    land(tmp_path, 3, write_record(1, 2))
    assert audit_landing(tmp_path).faults == ()
