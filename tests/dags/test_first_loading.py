"""Studies never held are loaded by a way of their own: it says what the other way says, in whichever process it ran."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

import dags.first_loading
import dags.import_pages
from dags.inputs import Inputs
from dags.parcels import Parcel
from dags.sample.world import World
from models.errors import TrialwatchError
from tests.dags.test_importing import FIRST, SECOND, Ask, load, offline, render, watch, write_page
from warehouse.landed import LandedPage
from warehouse.manifests import find_manifests, read_manifest

__all__ = ["offline"]

TABLES = {
    "version": "SELECT * EXCLUDE (version_id, content_hash) FROM trial_version",
    "sighting": "FROM trial_sighting",
    "trial": "FROM trial",
    "match": "FROM watch_match",
    "event": "FROM watch_event",
    "drift": "FROM schema_drift",
    "issue": "SELECT severity, source, record, path, message FROM issue",
    **{
        name: f"FROM trial_{name}"
        for name in ("arm", "intervention", "outcome", "site", "secondary_id", "reference", "result", "target")
    },
}


def read_all(inputs: Inputs, ask: Ask) -> dict[str, list[str]]:
    return {name: sorted(map(repr, ask(inputs, query))) for name, query in TABLES.items()}


def spoil(studies: list[bytes]) -> list[bytes]:
    """Return the studies, one with what nobody documented, one that cannot be read, one twice."""
    drifting, broken = (msgspec.json.decode(study) for study in studies[:2])
    drifting["protocolSection"]["statusModule"]["mood"] = "hopeful"
    broken["protocolSection"]["designModule"]["enrollmentInfo"] = {"count": "many"}
    return [msgspec.json.encode(drifting), msgspec.json.encode(broken), *studies[2:], studies[3]]


@pytest.fixture(params=[0, 1], ids=["alone", "two processes"])
def processes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of three studies, built here, or here and in another process."""
    monkeypatch.setattr(dags.import_pages, "_PAGE_RECORDS", 3)
    monkeypatch.setattr(dags.first_loading, "_ALONE", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 1 + request.param)


@pytest.mark.usefixtures("processes")
def test_the_first_load_says_what_the_plain_one_says(
    offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs = watch(offline, "everything = true")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    file = write_page(tmp_path / "page.json", spoil(render(sample_world, FIRST)))
    plain = msgspec.structs.replace(inputs, home=msgspec.structs.replace(inputs.home, folder=tmp_path / "plain"))
    load(inputs, file)
    monkeypatch.setattr(dags.import_pages, "_is_first", lambda *_: False)
    load(plain, file)
    first, second = read_all(inputs, ask), read_all(plain, ask)
    for name in TABLES:
        assert first[name] == second[name], name
    assert first["drift"]
    assert any("error" in row for row in first["issue"])
    assert list(temporary.iterdir()) == []


def test_a_temporary_folder_without_room_is_told_and_left_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(TrialwatchError, match="temporary folder: No such file"):
        Parcel.pack({"NCT99000101": b"{}"})
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def refuse() -> Iterator[bytes]:
        yield b"{}"
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    class Full(dict[str, bytes]):
        """Records that do not fit."""

        def values(self) -> Iterator[bytes]:  # type: ignore[override]
            return refuse()

    with pytest.raises(TrialwatchError, match="No space left"):
        Parcel.pack(Full({"NCT99000101": b"{}"}))
    assert list(tmp_path.iterdir()) == []


def test_content_is_hashed_when_another_state_first_comes(
    offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask
) -> None:
    inputs = watch(offline, "everything = true")
    studies = render(sample_world, FIRST)
    load(inputs, write_page(tmp_path / "first.json", studies), day=FIRST)
    query = "SELECT nct_id, content_hash FROM trial_version"
    assert all(content_hash.startswith("raw:") for _, content_hash in ask(inputs, query))
    tagged = ask(inputs, "SELECT count(*) FROM tagged_document")
    only_noise = [study.replace(b'"hasResults":', b'"hasResults" :') for study in studies]
    result = load(inputs, write_page(tmp_path / "again.json", only_noise), day=SECOND)
    assert (result.new, result.changed) == (0, 0)
    assert not any(content_hash.startswith("raw:") for _, content_hash in ask(inputs, query))
    assert ask(inputs, "SELECT count(*) FROM tagged_document") == tagged
    (link,) = [step for step in result.steps if step.step == "link"]
    assert link.summary.startswith("0 documents")


def test_a_page_never_held_is_landed_as_one_object(offline: Inputs, sample_world: World, tmp_path: Path) -> None:
    inputs = watch(offline, "everything = true")
    file = write_page(tmp_path / "first.json", render(sample_world, FIRST))
    load(inputs, file)
    objects = sorted((inputs.home.landing / "objects").rglob("*.gz"))
    assert load(inputs, file, hour=16).exit_code == 0
    assert sorted((inputs.home.landing / "objects").rglob("*.gz")) == objects
    manifests = find_manifests(inputs.home.landing).values()
    pages = [line for manifest in manifests for line in read_manifest(manifest) if isinstance(line, LandedPage)]
    assert [bool(page.whole) for page in pages] == [True, True]
