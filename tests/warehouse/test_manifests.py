"""Manifests of quiet nights cost little, and come back byte for byte, or not at all."""

from __future__ import annotations

import random
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.manifests import pack_manifest, unpack_manifest


def write_night(day: int, lines: int = 20) -> bytes:
    """Write pages asked for by fifty numbers each, the same every night but for the day."""
    rng = random.Random(7)
    pages = [",".join(f"NCT99{rng.randrange(10**6):06d}" for _ in range(50)) for _ in range(lines)]
    return b"".join(b'{"day":"2026-02-%02d","ids":"%s"}\n' % (day, page.encode()) for page in pages)


def seal(folder: Path, run_id: int, content: bytes) -> Path:
    path = folder / f"{run_id:06d}.jsonl.gz"
    path.write_bytes(pack_manifest(folder, content))
    return path


def test_nights_like_the_first_cost_a_tenth_of_it_and_come_back(tmp_path: Path) -> None:
    nights = {day: write_night(day) for day in range(1, 20)}
    paths = {day: seal(tmp_path, day, content) for day, content in nights.items()}
    first = paths[1].stat().st_size
    assert max(path.stat().st_size for day, path in paths.items() if day > 1) < first / 10
    for day, content in nights.items():
        assert unpack_manifest(tmp_path, paths[day].read_bytes()) == content


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 20_000), st.integers(0, 90_000))
def test_any_manifest_comes_back_whatever_it_is_like(other: bytes, place: int, size: int) -> None:
    import tempfile  # noqa: PLC0415  a folder for each example

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = write_night(1, 150)
        seal(folder, 1, base)
        content = base[:place] + other + base[place : place + size]
        assert unpack_manifest(folder, seal(folder, 2, content).read_bytes()) == content


def test_one_that_is_like_a_lost_or_other_one_is_no_manifest(tmp_path: Path) -> None:
    first, second = (seal(tmp_path, day, write_night(day)) for day in (1, 2))
    packed = second.read_bytes()
    with pytest.raises(EOFError):
        unpack_manifest(tmp_path, packed[:-6])
    first.write_bytes(pack_manifest(tmp_path / "none", write_night(3)))
    with pytest.raises(zlib.error):
        unpack_manifest(tmp_path, packed)
    first.unlink()
    with pytest.raises(FileNotFoundError):
        unpack_manifest(tmp_path, packed)
