"""An import brings what a night would have brought, and concludes nothing from what a file does not hold."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dags import importing
from dags.importing import ImportResult, run_import
from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.run import StepResult
from dags.sample.world import SAMPLE_FOLDER, World
from dags.span import find_last_week
from dags.weekly import run_weekly
from models.errors import BusyError, ConfigurationError
from tests.conftest import Snapshot, at_night
from warehouse.landed import LandedNote, LandedPage
from warehouse.manifests import find_manifests, read_manifest
from warehouse.pages import rebuild_body

Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]
FIRST, SECOND, THIRD = dt.date(2026, 2, 10), dt.date(2026, 2, 11), dt.date(2026, 2, 12)
# What an import and a night of the same records must agree on, row for row.
SAME = {
    "trial": "SELECT * EXCLUDE (first_seen_at, last_checked_at) FROM trial",
    # Only a night can ask the record history for a version's number in it. The content of a trial's only version is
    # hashed when another comes.
    "version": """
        SELECT
            * EXCLUDE (version_id, origin, run_id, first_seen_at, registry_version, content_hash),
            CASE WHEN count(*) OVER (PARTITION BY nct_id) > 1 THEN content_hash END AS content_hash
        FROM trial_version
    """,
    "trial_change": "SELECT * EXCLUDE (change_id, origin, run_id, from_version_id, to_version_id) FROM trial_change",
    "trial_status_history": "FROM trial_status_history",
    "trial_arm": "FROM trial_arm",
    "trial_outcome": "FROM trial_outcome",
    "trial_site": "FROM trial_site",
    "trial_reference": "FROM trial_reference",
    "trial_target": "FROM trial_target",
    "trial_pathway": "FROM trial_pathway",
    "mention": "FROM mention WHERE doc_type = 'trial'",
    "watch_match": "SELECT * EXCLUDE first_matched_at FROM watch_match WHERE source = 'clinicaltrials'",
}


def render(world: World, day: dt.date) -> list[bytes]:
    """Return the studies as the registry serves them on a day, stamped."""
    world.serve(day)
    return [study.render(day) for study in world.studies.values()]


def write_page(path: Path, studies: Sequence[bytes]) -> Path:
    path.write_bytes(b'{"studies":[%s]}' % b",".join(studies))
    return path


def load(inputs: Inputs, *paths: Path, day: dt.date = THIRD, hour: int = 15) -> ImportResult:
    return run_import(inputs, paths, dt.datetime.combine(day, dt.time(hour)))


def read_same(inputs: Inputs, ask: Ask) -> dict[str, list[str]]:
    return {name: sorted(map(repr, ask(inputs, query))) for name, query in SAME.items()}


def edit(study: bytes, **status: Any) -> bytes:
    """Return a study with other parts of its status module."""
    content = msgspec.json.decode(study)
    content["protocolSection"]["statusModule"] |= status
    return msgspec.json.encode(content)


@pytest.fixture
def offline(sample_inputs: Inputs, tmp_path: Path) -> Inputs:
    """The sample's watchlist in a data home of its own, which no night has run in."""
    folder = tmp_path / "offline"
    folder.mkdir()
    (folder / "vocabulary").symlink_to(SAMPLE_FOLDER / "vocabulary")
    file = folder / "watchlist.toml"
    file.write_text(sample_inputs.file.read_text("utf-8"), "utf-8")
    return read_inputs(file, environment={})


def watch(inputs: Inputs, text: str) -> Inputs:
    """Return the inputs with another [watch] table."""
    content = inputs.file.read_text("utf-8")
    rest = content[content.index("[source.clinicaltrials]") :]
    inputs.file.write_text(f"[watch]\n{text}\n{rest}", "utf-8")
    return read_inputs(inputs.file, environment={})


@pytest.mark.slow
def test_three_files_give_what_three_nights_give(
    sample_inputs: Inputs, offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask
) -> None:
    for day in (FIRST, SECOND, THIRD):
        file = write_page(tmp_path / f"{day}.json", render(sample_world, day))
        assert run_nightly(sample_inputs, at_night(day)).exit_code == 0
        assert run_import(offline, [file], at_night(day)).exit_code == 0
    night, imported = read_same(sample_inputs, ask), read_same(offline, ask)
    for name in SAME:
        assert imported[name] == night[name], name
    assert night["trial_change"]
    assert night["watch_match"]
    assert ask(offline, "SELECT DISTINCT origin FROM trial_version UNION SELECT DISTINCT origin FROM trial_change") == [
        ("import",)
    ]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("shape", ["list", "lines", "gzip", "zip", "folder", "one by one"])
def test_every_shape_brings_the_same(
    shape: str, offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask
) -> None:
    studies = render(sample_world, THIRD)
    expected = {row[0] for row in ask_by_page(offline, studies, tmp_path, ask)}
    inputs = read_inputs(offline.file, environment={})
    inputs = msgspec.structs.replace(inputs, home=msgspec.structs.replace(inputs.home, folder=tmp_path / "other"))
    files = [tmp_path / "file"]
    if shape == "list":
        files[0].write_bytes(b"[%s]" % b",".join(studies))
    elif shape == "lines":
        files[0].write_bytes(b"\n".join(studies))
    elif shape == "gzip":
        files[0].write_bytes(gzip.compress(b"\n".join(studies)))
    elif shape == "zip":
        with zipfile.ZipFile(files[0], "w") as archive:
            for place, study in enumerate(studies):
                archive.writestr(f"{place}.json", study)
    else:
        files[0].mkdir()
        for place, study in enumerate(studies):
            (files[0] / f"{place}.json").write_bytes(study)
        files = sorted(files[0].iterdir()) if shape == "one by one" else files
    assert load(inputs, *files).exit_code == 0
    assert {row[0] for row in ask(inputs, "SELECT nct_id FROM trial")} == expected


def ask_by_page(inputs: Inputs, studies: Sequence[bytes], folder: Path, ask: Ask) -> list[tuple[Any, ...]]:
    load(inputs, write_page(folder / "page.json", studies))
    return ask(inputs, "SELECT nct_id FROM trial")


def test_the_same_file_twice_changes_only_the_ledger(
    offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask, snapshot: Snapshot
) -> None:
    file = write_page(tmp_path / "a.json", render(sample_world, THIRD))
    first = load(offline, file)
    before = snapshot(offline.home.published)
    again = load(offline, file, hour=16)
    assert snapshot(offline.home.published) == before
    assert (first.new, again.new, again.changed) == (first.taken, 0, 0)
    assert ask(offline, "SELECT job, status FROM run ORDER BY run_id") == [("import", "done")] * 2


@pytest.mark.slow
def test_a_night_after_an_import_of_the_same_release_finds_nothing_changed_and_asks_everything(
    sample_inputs: Inputs, sample_world: World, tmp_path: Path, ask: Ask
) -> None:
    load(sample_inputs, write_page(tmp_path / "a.json", render(sample_world, FIRST)), day=FIRST, hour=12)
    assert ask(sample_inputs, "FROM source_check") == []
    result = run_nightly(sample_inputs, at_night(FIRST))
    assert result.exit_code == 0
    assert ask(sample_inputs, "SELECT DISTINCT outcome FROM source_check WHERE source = 'clinicaltrials'") == [
        ("proved",)
    ]
    assert ask(sample_inputs, "SELECT count(*) FROM trial_change") == [(0,)]
    assert ask(sample_inputs, "SELECT DISTINCT origin FROM trial_version") == [("import",)]
    assert ask(sample_inputs, "SELECT count(*) FROM watch_event WHERE kind = 'left_query'") == [(0,)]


def test_a_newer_file_changes_and_an_older_one_is_kept_as_history(
    offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask
) -> None:
    old, new = (write_page(tmp_path / f"{day}.json", render(sample_world, day)) for day in (FIRST, THIRD))
    load(offline, new, hour=14)
    held = ask(offline, "SELECT nct_id, overall_status, registry_state FROM trial ORDER BY 1")
    result = load(offline, old, hour=15)
    assert ask(offline, "SELECT nct_id, overall_status, registry_state FROM trial ORDER BY 1") == held
    assert result.changed == 0
    assert result.tallies[0].older > 0
    assert "kept as history" in result.describe()
    changes = "SELECT nct_id, old_status, new_status FROM trial_status_change ORDER BY ALL"
    assert ("NCT99000101", "RECRUITING", "TERMINATED") in ask(offline, changes)
    assert load(offline, old, hour=16).tallies[0].older == result.tallies[0].older


@pytest.mark.parametrize("is_newest_first", [True, False])
def test_of_a_study_that_stands_twice_in_a_file_the_newer_one_stands(
    offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask, is_newest_first: bool
) -> None:
    both = [render(sample_world, day)[0] for day in (FIRST, THIRD)]
    load(offline, write_page(tmp_path / "a.json", both[::-1] if is_newest_first else both))
    assert ask(offline, "SELECT overall_status FROM trial") == [("TERMINATED",)]
    assert ask(offline, "SELECT count(*) FROM trial_version") == [(2,)]


@pytest.mark.slow
def test_a_trial_that_a_file_lacks_is_not_missed(
    sample_inputs: Inputs, sample_world: World, tmp_path: Path, ask: Ask
) -> None:
    run_nightly(sample_inputs, at_night(FIRST))
    load(sample_inputs, write_page(tmp_path / "a.json", render(sample_world, THIRD)[:2]))
    assert ask(sample_inputs, "SELECT DISTINCT registry_state FROM trial") == [("listed",)]
    assert ask(sample_inputs, "FROM watch_event WHERE kind IN ('missing', 'gone', 'left_query')") == []


@pytest.mark.slow
def test_only_a_file_of_a_later_day_than_the_trial_was_missed_on_shows_that_it_is_there(
    sample_inputs: Inputs, sample_world: World, tmp_path: Path, ask: Ask
) -> None:
    run_nightly(sample_inputs, at_night(FIRST))
    old = write_page(tmp_path / "old.json", render(sample_world, FIRST))
    sample_world.hide("NCT99000106")
    for day in (SECOND, THIRD):
        sample_world.serve(day)
        run_nightly(sample_inputs, at_night(day))
    state = "SELECT registry_state FROM trial WHERE nct_id = 'NCT99000106'"
    assert ask(sample_inputs, state) == [("missing",)]
    load(sample_inputs, old)
    assert ask(sample_inputs, state) == [("missing",)]
    sample_world.show("NCT99000106")
    day = THIRD + dt.timedelta(days=2)
    seen = [edit(study, statusVerifiedDate="2026-02") for study in render(sample_world, day)]
    load(sample_inputs, write_page(tmp_path / "new.json", seen), day=day)
    assert ask(sample_inputs, state) == [("listed",)]


def test_why_a_study_is_here_is_written_with_field_and_synonym(
    offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask
) -> None:
    inputs = watch(offline, 'trials = ["NCT99000902"]\nagents = ["zelbarimab"]')
    load(inputs, write_page(tmp_path / "a.json", render(sample_world, FIRST)))
    query = "SELECT item, record, field, synonym FROM watch_match WHERE record <= 'NCT99000102'"
    matches = {item: why for item, *why in ask(inputs, query)}
    assert matches["trial:NCT99000902"] == ["NCT99000102", "nctIdAliases", "NCT99000902"]
    assert matches["agent:zelbarimab"][2].casefold() == "zelbarimab"
    assert ask(inputs, "SELECT record, detail FROM watch_event WHERE kind = 'alias'") == [
        ("NCT99000902", "NCT99000102")
    ]
    assert ask(inputs, "SELECT DISTINCT source_day FROM watch_event WHERE kind = 'matched'") == [(FIRST,)]


def test_a_match_known_before_moves_forward_with_a_newer_file_and_never_back(
    offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask
) -> None:
    inputs = watch(offline, 'trials = ["NCT99000101"]')
    for place, day in enumerate((SECOND, THIRD, FIRST)):
        load(inputs, write_page(tmp_path / "a.json", render(sample_world, day)), hour=12 + place)
    query = "SELECT CAST(first_matched_at AS VARCHAR), last_matched_day FROM watch_match"
    assert ask(inputs, query) == [("2026-02-12 12:00:00", THIRD)]


def test_what_is_held_is_taken_though_nothing_matches_it_any_more(
    offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask
) -> None:
    inputs = watch(offline, 'trials = ["NCT99000101"]')
    load(inputs, write_page(tmp_path / "a.json", render(sample_world, FIRST)), hour=13)
    inputs = watch(offline, 'trials = ["NCT99000103"]')
    result = load(inputs, write_page(tmp_path / "b.json", render(sample_world, THIRD)))
    assert (result.new, result.changed) == (1, 1)
    assert ask(inputs, "SELECT nct_id FROM trial ORDER BY 1") == [("NCT99000101",), ("NCT99000103",)]


def test_with_everything_all_studies_are_taken_and_none_is_said_to_be_watched(
    offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask
) -> None:
    inputs = watch(offline, "everything = true")
    studies = render(sample_world, THIRD)
    result = load(inputs, write_page(tmp_path / "a.json", studies))
    assert (result.read, result.taken, result.new) == (len(studies),) * 3
    assert ask(inputs, "SELECT count(*) FROM watch_match") == [(0,)]


def test_a_condition_narrows_what_is_taken(offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask) -> None:
    studies = render(sample_world, THIRD)
    taken = {}
    for place, condition in enumerate(("", "no such condition", '"no such" OR "cancer"')):
        inputs = watch(offline, f'targets = [{{ name = "LAG-3", condition = {json.dumps(condition)} }}]')
        home = msgspec.structs.replace(inputs.home, folder=tmp_path / f"home{place}")
        inputs = msgspec.structs.replace(inputs, home=home)
        taken[condition] = load(inputs, write_page(tmp_path / "a.json", studies)).taken
    everywhere, nowhere, somewhere = taken.values()
    assert nowhere == 0
    assert 0 < somewhere <= everywhere


def test_a_file_of_studies_nobody_watches_changes_nothing_and_is_no_failure(
    offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask
) -> None:
    inputs = watch(offline, 'trials = ["NCT99000999"]')
    files = [write_page(tmp_path / name, render(sample_world, THIRD)) for name in ("a.json", "b.json")]
    told: list[tuple[int, int]] = []
    result = run_import(inputs, files, at_night(THIRD), tell=lambda *counts: told.append(counts))
    assert (result.exit_code, result.taken) == (0, 0)
    assert ask(inputs, "FROM trial_version") == []
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_a_record_that_cannot_be_read_costs_itself_alone_and_is_named(
    offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask
) -> None:
    studies = render(sample_world, THIRD)
    numbers = [msgspec.json.decode(study)["protocolSection"]["identificationModule"]["nctId"] for study in studies]
    studies[0] = edit(studies[0], overallStatus=None)
    studies[1] = studies[1].replace(b'"protocolSection"', b'"protocol"', 1)
    studies[2] = studies[2].replace(b"LAG-3", b"LAG-3 \xff").replace(b"Recruiting", b"\xff")
    studies[3] = studies[3].rstrip()[:-1] + b',"unknown":%s}' % (b"[" * 700 + b"]" * 700)
    result = load(watch(offline, "everything = true"), write_page(tmp_path / "a.json", studies))
    assert result.exit_code == 0
    held = {row[0] for row in ask(offline, "SELECT nct_id FROM trial")}
    assert held >= set(numbers[4:])
    assert not held & {*numbers[:2], numbers[3]}
    issues = ask(offline, "SELECT record, path, message FROM issue WHERE severity = 'error' ORDER BY record")
    assert any(record == numbers[0] and path.endswith("overallStatus") for record, path, _ in issues)
    assert any(record == "a.json: record 2" and "protocolSection" in message for record, _, message in issues)
    assert any(
        record == f"a.json: record 4 ({numbers[3]})" and "levels deep" in message for record, _, message in issues
    )
    assert len(issues) == result.tallies[0].unreadable


def test_a_file_that_ends_early_is_loaded_as_far_as_it_goes_and_fails(
    offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask
) -> None:
    studies = render(sample_world, THIRD)
    file = write_page(tmp_path / "a.json", studies)
    file.write_bytes(file.read_bytes()[:-500])
    result = load(watch(offline, "everything = true"), file)
    assert result.exit_code == 1
    assert ask(offline, "SELECT count(*) FROM trial") == [(len(studies) - 1,)]
    assert ask(offline, "SELECT status, message FROM run") == [("failed", "a.json: not all of it could be read")]
    assert "ends in the middle" in ask(offline, "SELECT message FROM issue WHERE severity = 'error'")[0][0]


def test_a_study_of_a_release_far_ahead_of_the_clock_is_not_believed(
    offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask
) -> None:
    now, then = (render(sample_world, day)[:2] for day in (THIRD, dt.date(2031, 1, 1)))
    result = load(watch(offline, "everything = true"), write_page(tmp_path / "a.json", [now[0], then[1]]))
    assert (result.exit_code, result.read, result.taken) == (0, 1, 1)
    assert "far ahead of the clock" in ask(offline, "SELECT message FROM issue")[0][0]


def test_a_single_study_that_cannot_be_read_is_a_failure(
    offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask
) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(edit(render(sample_world, THIRD)[0], overallStatus=None))
    assert load(offline, file).exit_code == 1


def pack_zip(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.xml", content)
    return packed.getvalue()


REFUSED = {
    "csv": (b"NCT Number,Study Title\nNCT99000101,x\n", "table"),
    "html": (b"<!DOCTYPE html><html></html>", "web page"),
    "empty": (b"", "empty"),
    "text": (b"hello", "no JSON"),
    "zip": (b"PK\x03\x04 but no more", "damaged zip"),
    "v1": (b'{"FullStudiesResponse":{"FullStudies":[]}}', "first API"),
    "checksum": (b"d41d8cd98f00b204e9800998ecf8427e  x.xml.gz\n", "checksum"),
    "pubmed.zip": (pack_zip(b"<?xml version='1.0'?><PubmedArticleSet>"), "inside an archive"),
    "fields": (b'{"studies":[{"protocolSection":{"identificationModule":{"nctId":"NCT99000101"}}}]}', "chosen fields"),
}


@pytest.mark.parametrize("kind", [*REFUSED, "nothing"])
def test_a_file_that_holds_no_studies_is_refused_before_anything_is_started(
    kind: str, offline: Inputs, sample_world: World, tmp_path: Path
) -> None:
    content, reason = REFUSED.get(kind, (b"", "No such file"))
    file = tmp_path / kind
    if kind in REFUSED:
        file.write_bytes(content)
    good = write_page(tmp_path / "good.json", render(sample_world, THIRD))
    with pytest.raises(ConfigurationError) as caught:
        load(offline, good, file)
    assert str(file) in caught.value.message
    assert reason in caught.value.message
    assert caught.value.hint
    assert not offline.home.folder.exists()


@pytest.mark.slow
def test_a_clock_before_the_newest_run_is_refused_either_way_round(
    sample_inputs: Inputs, sample_world: World, tmp_path: Path
) -> None:
    file = write_page(tmp_path / "a.json", render(sample_world, FIRST))
    run_nightly(sample_inputs, at_night(SECOND))
    with pytest.raises(ConfigurationError, match="earlier than the newest nightly run"):
        load(sample_inputs, file, day=FIRST)
    load(sample_inputs, file, day=THIRD)
    with pytest.raises(ConfigurationError, match="earlier than the newest import"):
        run_nightly(sample_inputs, at_night(THIRD) - dt.timedelta(hours=1))


def test_two_commands_never_write_at_once(offline: Inputs, sample_world: World, tmp_path: Path) -> None:
    file = write_page(tmp_path / "a.json", render(sample_world, FIRST))
    with offline.home.lock("run"), pytest.raises(BusyError, match="trialwatch run"):
        load(offline, file)


def test_the_landing_keeps_what_is_taken_and_the_manifest_names_the_file(
    offline: Inputs, sample_world: World, tmp_path: Path
) -> None:
    inputs = watch(offline, 'trials = ["NCT99000101", "NCT99000103"]')
    studies = render(sample_world, THIRD)
    file = write_page(tmp_path / "a.json", studies)
    load(inputs, file)
    lines = list(read_manifest(find_manifests(inputs.home.landing)[1]))
    notes = {line.kind: line.content for line in lines if isinstance(line, LandedNote)}
    assert notes["import"]["name"] == "a.json"
    assert notes["import"]["size"] == file.stat().st_size
    assert len(notes["import"]["content_hash"]) == 32
    (page,) = [line for line in lines if isinstance(line, LandedPage)]
    assert (page.source, page.item) == ("clinicaltrials", "import:a.json")
    body = rebuild_body(inputs.home.landing, page)
    assert [one for one in studies if one in body] == [studies[0], studies[2]]


def test_a_long_import_that_is_stopped_keeps_the_parts_done_and_goes_on_from_there(
    offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "PART_RECORDS", 4)
    inputs = watch(offline, "everything = true")
    studies = render(sample_world, THIRD)
    file = write_page(tmp_path / "a.json", studies)
    parts: list[StepResult] = []

    def stop(result: StepResult) -> None:
        parts.append(result)
        if len(parts) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_import(inputs, [file], at_night(THIRD), report=stop)
    assert not inputs.home.published.exists()
    result = load(inputs, file)
    assert (result.taken, result.new) == (len(studies), len(studies) - 8)
    assert ask(inputs, "SELECT status FROM run ORDER BY run_id") == [("interrupted",), ("done",)]
    steps = ask(inputs, "SELECT step, count(*) FROM run_step WHERE run_id = 2 GROUP BY 1 ORDER BY 1")
    assert steps == [("import", len(studies) // 4 + 1), ("link", 1)]
    assert ask(inputs, "SELECT count(*), count(DISTINCT nct_id) FROM trial_version") == [(len(studies),) * 2]


def test_names_in_an_archive_that_would_write_to_a_terminal_reach_no_table(
    offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask
) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("\x1b[31mred.json", b'{"a":1}')
        archive.writestr("b.json", render(sample_world, THIRD)[0])
    load(offline, tmp_path / "a.zip")
    assert ask(offline, "SELECT record FROM issue") == [("a.zip: ?[31mred.json: record 1",)]


def test_the_letter_tells_what_an_import_changed(
    sample_inputs: Inputs, sample_world: World, tmp_path: Path, ask: Ask
) -> None:
    run_nightly(sample_inputs, at_night(FIRST))
    load(sample_inputs, write_page(tmp_path / "a.json", render(sample_world, THIRD)))
    told = ask(sample_inputs, "SELECT nct_id, new_status, origin FROM trial_status_change ORDER BY 1")
    assert ("NCT99000101", "TERMINATED", "import") in told
    monday = dt.datetime(2026, 2, 16, 7)  # noqa: DTZ001  the warehouse's instants are UTC without offset
    letter = run_weekly(sample_inputs, find_last_week(monday), monday).read_text("utf-8")
    assert "**Recruiting → Terminated** [NCT99000101]" in letter
