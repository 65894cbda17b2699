"""Workers look studies through as this process does, row for row, however the file is cut and whoever is lost."""

from __future__ import annotations

import datetime as dt
import gzip
import re
import zipfile
from pathlib import Path

import msgspec
import pytest

from dags import first_loading, import_pages, importing, linking, taking
from dags.cluster.workers import Wish
from dags.importing import ImportResult, run_import
from dags.inputs import Inputs
from dags.sample.world import World
from models.errors import ConfigurationError
from tests.conftest import at_night
from tests.dags.test_first_loading import spoil
from tests.dags.test_import_articles import watch as watch_in
from tests.dags.test_importing import FIRST, edit, offline, render, watch
from tests.dags.test_workers import CLOCK, LEDGER, SETTINGS, killing_one_at_work, scheduler
from warehouse.compare import compare_files
from warehouse.reader import query_rows

__all__ = ["offline", "scheduler"]  # fixtures
distributed = pytest.importorskip("distributed", reason="the extra `distributed` is not installed")
fsspec = pytest.importorskip("fsspec", reason="the extra `distributed` is not installed")
RECORDED = dt.date(2026, 3, 13)
SOME = 'trials = ["NCT99000902"]\nagents = ["zelbarimab"]\ntargets = ["TIGIT"]'


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shards of three studies, pages of two taken ones, parts of five."""
    monkeypatch.setattr(taking, "_BATCH_RECORDS", 3)
    monkeypatch.setattr(import_pages, "_PAGE_RECORDS", 2)
    monkeypatch.setattr(importing, "PART_RECORDS", 5)


@pytest.fixture
def lines(sample_world: World, tmp_path: Path) -> Path:
    """Studies and what is odd among them: drift, damage, other JSON, one that is unreadable, some that come again."""
    studies = spoil(render(sample_world, FIRST))
    again = [edit(studies[0], overallStatus="TERMINATED"), studies[5], studies[5].replace(b'":', b'" :')]
    silent = studies[7].replace(b"TIGIT", b"nothing")
    deep = b'{"protocolSection":%s' % studies[8].partition(b'{"protocolSection":')[2]
    deep = deep[:-1] + b',"deep":' + b"[" * 700 + b"]" * 700 + b"}"
    odd = [b'{"error":"no"}', b'{"protocolSection":{"identificationModule":{"nctId":"NCT1"}}}']
    path = tmp_path / "studies.jsonl"
    path.write_bytes(b"\n".join([*studies[:4], odd[0], *studies[4:], *again, deep, odd[1], silent, studies[0][:900]]))
    return path


def load(inputs: Inputs, *paths: Path | str, wish: Wish | None = None) -> ImportResult:
    return run_import(inputs, paths, CLOCK, wish=wish)


def split(inputs: Inputs, tmp_path: Path, text: str) -> tuple[Inputs, Inputs]:
    """Return two data homes with the same watchlist."""
    inputs = watch(inputs, text)
    other = msgspec.structs.replace(inputs.home, folder=tmp_path / "there")
    return inputs, msgspec.structs.replace(inputs, home=other)


def tell(result: ImportResult) -> list[str]:
    return [result.describe(), *(f"{step.summary} {step.error}" for step in result.steps)]


@pytest.mark.sampled(1)
@pytest.mark.parametrize("text", [SOME, "everything = true"], ids=["some", "everything"])
def test_workers_bring_what_this_process_brings_row_for_row(
    text: str, offline: Inputs, lines: Path, scheduler: str, tmp_path: Path
) -> None:
    here, there = split(offline, tmp_path, text)
    told = [load(here, lines), load(there, lines, wish=Wish(scheduler=scheduler))]
    assert tell(told[0]) == tell(told[1])
    assert told[0].exit_code == told[1].exit_code == 1
    assert compare_files(here.home.published, there.home.published, but_for=LEDGER) == []
    assert len(query_rows(there.home.published, "FROM issue WHERE severity = 'error'")[1]) > 2
    assert list(there.home.staging.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("text", [SOME, "everything = true"], ids=["some", "everything"])
def test_so_it_is_beside_what_is_held(text: str, offline: Inputs, lines: Path, scheduler: str, tmp_path: Path) -> None:
    here, there = split(offline, tmp_path, text)
    half = tmp_path / "half.jsonl"
    half.write_bytes(b"\n".join(lines.read_bytes().splitlines()[:12:2]))
    told = [load(here, half, lines), load(there, half, lines, wish=Wish(scheduler=scheduler))]
    told += [load(here, lines), load(there, lines, wish=Wish(scheduler=scheduler))]
    assert tell(told[0]) == tell(told[1])
    assert tell(told[2]) == tell(told[3])
    assert compare_files(here.home.published, there.home.published, but_for=LEDGER) == []


@pytest.mark.slow
def test_an_earlier_part_may_bring_what_a_later_one_has_to_take(
    offline: Inputs, sample_world: World, scheduler: str, tmp_path: Path
) -> None:
    here, there = split(offline, tmp_path, 'agents = ["zelbarimab", "dulzotinib"]')
    studies = render(sample_world, FIRST)
    silent = re.sub(rb"(?i)zelbarimab", b"Water", edit(studies[0], lastUpdateSubmitDate="2026-02-09"))
    file = tmp_path / "lines.jsonl.gz"
    file.write_bytes(gzip.compress(b"\n".join([*studies, silent, *studies[5:8]])))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importing, "PART_RECORDS", 1)
        load(here, file)
        load(there, file, wish=Wish(scheduler=scheduler))
    assert compare_files(here.home.published, there.home.published, but_for=LEDGER) == []
    versions = "SELECT count(*) FROM trial_version WHERE nct_id = 'NCT99000101'"
    assert query_rows(there.home.published, versions)[1] == [(2,)]


@pytest.mark.slow
def test_studies_of_an_object_store_are_built_and_tagged_by_workers_alone(
    offline: Inputs, sample_world: World, scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = split(offline, tmp_path, "everything = true")
    file = tmp_path / "studies.jsonl"
    file.write_bytes(b"\n".join(render(sample_world, FIRST)))
    load(here, file)
    fsspec.filesystem("memory").pipe_file("/bucket/studies.jsonl", file.read_bytes())
    for place in (linking, first_loading):
        name = "_build_tagger" if place is linking else "build_page"
        monkeypatch.setattr(place, name, lambda *_, **__: pytest.fail("the importing process did it"))
    wish = Wish(scheduler=scheduler, staging="memory://bucket/staging")
    load(there, "memory://bucket/studies.jsonl", wish=wish)
    assert compare_files(here.home.published, there.home.published, but_for=LEDGER) == []
    assert fsspec.filesystem("memory").find("/bucket/staging") == []
    assert list(there.home.staging.iterdir()) == []
    fsspec.filesystem("memory").pipe_file("/bucket/page.html", b"<html>")
    with pytest.raises(ConfigurationError, match=r"^memory://bucket/page.html: it is a web page"):
        load(there, "memory://bucket/page.html", wish=wish)


def test_a_worker_killed_at_work_loses_nothing(offline: Inputs, lines: Path, tmp_path: Path) -> None:
    here, there = split(offline, tmp_path, "everything = true")
    load(here, lines)
    with (
        distributed.LocalCluster(n_workers=2, host="127.0.0.1", **SETTINGS) as cluster,
        killing_one_at_work(cluster.scheduler_address) as killed,
    ):
        load(there, lines, wish=Wish(scheduler=cluster.scheduler_address))
    assert killed
    assert compare_files(here.home.published, there.home.published, but_for=LEDGER) == []


@pytest.mark.slow
def test_a_worker_killed_among_recorded_studies_loses_nothing(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "_BATCH_RECORDS", 10)
    monkeypatch.setattr(import_pages, "_PAGE_RECORDS", 30)
    monkeypatch.setattr(importing, "PART_RECORDS", 70)
    world = World.read(shared / "recorded", ["nightly.jsonl.gz"])
    file = tmp_path / "studies.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for nct_id, study in world.studies.items():
            archive.writestr(f"{nct_id}.json", study.render(RECORDED))
    here, there = (watch_in(tmp_path / name, "everything = true") for name in ("here", "there"))
    clock = at_night(RECORDED)
    run_import(here, [file], clock)
    with (
        distributed.LocalCluster(n_workers=2, host="127.0.0.1", **SETTINGS) as cluster,
        killing_one_at_work(cluster.scheduler_address) as killed,
    ):
        result = run_import(there, [file], clock, wish=Wish(scheduler=cluster.scheduler_address))
    assert killed
    assert (result.exit_code, result.new) == (0, len(world.studies))
    assert compare_files(here.home.published, there.home.published, but_for=LEDGER) == []
