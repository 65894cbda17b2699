"""Real records, as people download them: an import of a day's records gives what a night on that day gives."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from dags.importing import run_import
from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.sample.server import SampleServer
from dags.sample.world import World
from tests.conftest import at_night
from warehouse.reader import query_rows

DAY = dt.date(2026, 3, 13)
SAME = {
    "trial": "SELECT * EXCLUDE (first_seen_at, last_checked_at) FROM trial",
    # An only version's content is hashed when another comes to be compared with it; its payload is there.
    "version": """
        SELECT * EXCLUDE (version_id, origin, run_id, first_seen_at, registry_version, content_hash) FROM trial_version
    """,
    "arm": "FROM trial_arm",
    "outcome": "FROM trial_outcome",
    "site": "FROM trial_site",
    "number": "FROM trial_secondary_id",
    "reference": "FROM trial_reference",
    "result": "FROM trial_result",
    "target": "FROM trial_target",
    "mention": "FROM mention WHERE doc_type = 'trial'",
    "match": "SELECT * EXCLUDE first_matched_at FROM watch_match WHERE source = 'clinicaltrials'",
}


class Recorded(NamedTuple):
    """The studies of the last recorded day as served, the tables after a night on it, and the watchlist's text."""

    studies: list[bytes]
    night: dict[str, list[str]]
    watchlist: str


def read_tables(inputs: Inputs) -> dict[str, list[str]]:
    return {name: sorted(map(repr, query_rows(inputs.home.published, query)[1])) for name, query in SAME.items()}


def read_home(folder: Path, text: str) -> Inputs:
    folder.mkdir()
    (folder / "watchlist.toml").write_text(text, "utf-8")
    return read_inputs(folder / "watchlist.toml", environment={})


@pytest.fixture(scope="module")
def recorded(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    world = World.read(shared / "recorded", ["nightly.jsonl.gz"])
    world.serve(DAY)
    with SampleServer(world) as server:
        text = (
            f"[watch]\ntrials = {json.dumps(sorted(world.studies))}\nagents = ['relatlimab']\ntargets = ['LAG-3']\n"
            f"[source.clinicaltrials]\nbase_url = '{server.ctg_url}'\nrequests_per_second = 0\n"
            f"[source.pubmed]\nbase_url = '{server.eutils_url}'\nrequests_per_second = 0\n"
        )
        inputs = read_home(tmp_path_factory.mktemp("night") / "home", text)
        assert run_nightly(inputs, at_night(DAY)).exit_code == 0
    return Recorded([study.render(DAY) for study in world.studies.values()], read_tables(inputs), text)


def write(path: Path, shape: str, studies: list[bytes]) -> Path:
    if shape == "page":
        path.write_bytes(b'{"totalCount":%d,"studies":[%s]}' % (len(studies), b",\n".join(studies)))
    elif shape == "lines in gzip":
        path.write_bytes(gzip.compress(b"\n".join(studies)))
    elif shape == "indented list":
        path.write_bytes(json.dumps([json.loads(study) for study in studies], indent=2).encode())
    elif shape == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for place, study in enumerate(studies):
                archive.writestr(f"studies/{place}.json", study)
    return path


@pytest.mark.sampled(2)
@pytest.mark.parametrize("shape", ["page", "lines in gzip", "indented list", "zip"])
def test_every_shape_of_a_days_records_gives_what_the_night_gave(
    recorded: Recorded, shape: str, tmp_path: Path
) -> None:
    inputs = read_home(tmp_path / "home", recorded.watchlist)
    result = run_import(inputs, [write(tmp_path / "file", shape, recorded.studies)], at_night(DAY))
    assert result.exit_code == 0
    assert (result.read, result.new) == (len(recorded.studies), len(recorded.studies))
    imported = read_tables(inputs)
    for name, rows in recorded.night.items():
        if name == "version" and shape == "indented list":
            continue  # the payload is kept as it came, blanks included
        assert imported[name] == rows, name
    assert query_rows(inputs.home.published, "FROM source_check")[1] == []
    assert query_rows(inputs.home.published, "FROM issue")[1] == []


def test_a_search_finds_in_real_records_what_the_registrys_areas_hold(recorded: Recorded, tmp_path: Path) -> None:
    text = recorded.watchlist.replace(recorded.watchlist.split("\n")[1], "trials = []")
    inputs = read_home(tmp_path / "home", text)
    run_import(inputs, [write(tmp_path / "file", "zip", recorded.studies)], at_night(DAY))
    found = query_rows(inputs.home.published, "SELECT item, record, field, synonym FROM watch_match")[1]
    assert found
    assert all(field and synonym for _, _, field, synonym in found)
    assert {row[1] for row in found} == {
        row[0] for row in query_rows(inputs.home.published, "SELECT nct_id FROM trial")[1]
    }
