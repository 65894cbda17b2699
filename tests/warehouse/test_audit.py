"""The audit of the landing: it names every file that is lost, damaged or cut short, and changes none."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.warehouse.test_landing import objects, stamped
from warehouse.audit import audit_landing
from warehouse.landing import Landing


def fill(folder: Path) -> Path:
    """Land two nights; return the book that holds their manifests."""
    for run_id, day in enumerate(("2026-02-10", "2026-02-11"), start=1):
        landing = Landing(folder, run_id)
        landing.note("run", objects={"settings": landing.keep(b"{}")})
        landing.store(stamped(day))
        landing.note("end")
        landing.seal()
    return folder / "runs" / "000001.book"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def turn(path: Path) -> None:
    path.write_bytes(gzip.compress(b"something else"))


def test_a_sound_landing_has_no_fault(tmp_path: Path) -> None:
    fill(tmp_path)
    audit = audit_landing(tmp_path)
    assert (audit.runs, audit.objects, audit.faults, audit.open_runs) == (2, len(objects(tmp_path)), (), ())
    assert audit.bytes > 0


def test_a_landing_that_is_not_there_is_empty_and_sound(tmp_path: Path) -> None:
    assert audit_landing(tmp_path / "none").faults == ()
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("harm", [Path.unlink, cut, turn])
def test_every_object_that_is_lost_or_damaged_is_named_once(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    fill(tmp_path)
    for path in objects(tmp_path):
        before = path.read_bytes()
        harm(path)
        faults = audit_landing(tmp_path).faults
        assert len([fault for fault in faults if path.name in fault]) == len(faults) == 1
        path.write_bytes(before)


@pytest.mark.parametrize("lines", [None, b'{"type":"note"}\n', b""], ids=["no gzip", "no end", "nothing"])
def test_a_manifest_that_cannot_be_read_or_has_no_end_is_named(tmp_path: Path, lines: bytes | None) -> None:
    manifest = fill(tmp_path)
    manifest.write_bytes(b"" if lines is None else gzip.compress(lines))
    (fault,) = audit_landing(tmp_path).faults
    assert manifest.name in fault


def test_a_run_that_was_cut_off_is_told_apart_from_damage(tmp_path: Path) -> None:
    fill(tmp_path)
    Landing(tmp_path, 3).release()
    audit = audit_landing(tmp_path)
    assert (audit.open_runs, audit.faults) == ((3,), ())


def test_what_was_damaged_is_mended_when_it_comes_again(tmp_path: Path) -> None:
    fill(tmp_path)
    for path in objects(tmp_path):
        path.write_bytes(b"")
    landing = Landing(tmp_path, 3)
    landing.note("run", objects={"settings": landing.keep(b"{}")})
    landing.store(stamped("2026-02-12"))
    landing.note("end")
    landing.seal()
    assert len(landing.mended) == len(objects(tmp_path))
    assert audit_landing(tmp_path).faults == ()
