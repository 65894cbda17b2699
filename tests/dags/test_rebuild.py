"""The warehouse made again from the landing is equal, row for row, and is the cure for what is lost or damaged."""

from __future__ import annotations

import datetime as dt
import gzip
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest

from dags.backfill import run_backfill
from dags.importing import run_import
from dags.inputs import Inputs
from dags.nightly import STEPS, run_nightly
from dags.rebuilding import KEPT, PHYSICAL, rebuild, run_rebuild
from dags.run import Run
from dags.sample.faults import Fault
from dags.sample.server import SampleServer
from dags.sample.world import World
from dags.span import find_week
from dags.weekly import run_weekly
from models.errors import ConfigurationError, WarehouseError
from tests.conftest import FirstNight, at_night
from tests.dags.test_import_articles import write, write_deletion
from tests.dags.test_importing import edit, render, write_page
from tests.extractors.pubmed_xml import write_set
from tests.warehouse.rows import open_store, query
from warehouse.audit import audit_landing
from warehouse.compare import compare_files
from warehouse.manifests import find_manifests, read_manifest

Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]
HOUR = dt.timedelta(hours=1)
_DERIVED = """
agent agent_action article_correction article_event article_import article_rank article_rank_log
article_record article_sighting article_target history_check import_file issue link_basis link_move
link_override mention pathway run run_step schema_drift schema_drift_record source_check synonym
tagged_document target trial_arm trial_article trial_article_log trial_change_log trial_edit_log
trial_intervention trial_outcome trial_pathway trial_record trial_reference trial_result trial_result_analysis
trial_secondary_id trial_sighting trial_site trial_target trial_version_log vocabulary watch_event watch_item
watch_match run_period review review_claim review_misprint review_verdict_log
"""
DERIVED = set(_DERIVED.split())


class PowerCutError(BaseException):
    pass


def cut(_: Run) -> str:
    raise PowerCutError


def add_deliveries(inputs: Inputs) -> None:
    """Put into the working file what no night can find out again."""
    with duckdb.connect(str(inputs.home.working)) as connection:
        connection.execute("INSERT INTO watch_edit VALUES (TIMESTAMP '2026-02-10', 'add', 'agent:x', '')")
        connection.execute("INSERT INTO delivery_fact VALUES ('d', 'a@example.org', 'change:1', 'NCT99000101')")


@pytest.fixture
def lived(
    sample_inputs: Inputs,
    sample_world: World,
    sample_server: SampleServer,
    tmp_path: Path,
    *,
    first_night: FirstNight,
    monkeypatch: pytest.MonkeyPatch,
) -> Inputs:
    """A home with all that can happen: nights, a failing source, a killed run, a letter, imports, a back-fill."""
    inputs, days = sample_inputs, sample_world.days
    first_night(inputs, sample_world)
    sample_world.serve(days[1])
    sample_server.faults.append(Fault(kind="status", status=503, path="/esearch", times=99))
    assert run_nightly(inputs, at_night(days[1])).exit_code == 1
    sample_server.faults.clear()
    sample_world.serve(days[2])
    with monkeypatch.context() as patch:
        patch.setitem(STEPS, "link", cut)
        with pytest.raises(PowerCutError):
            run_nightly(inputs, at_night(days[2]))
    assert run_nightly(inputs, at_night(days[2]) + HOUR).exit_code == 0
    assert run_backfill(inputs, at_night(days[2]) + 2 * HOUR, []).exit_code == 0
    studies = [edit(study, whyStopped="Invented.") for study in render(sample_world, days[2])]
    papers = tmp_path / "pubmed26n0001.xml.gz"
    papers.write_bytes(gzip.compress(write_set(write(71), write(72), write_deletion(72)), mtime=0))
    files = [write_page(tmp_path / "studies.json", studies), papers]
    assert run_import(inputs, files, at_night(days[2]) + 3 * HOUR).exit_code == 0
    run_weekly(inputs, find_week("2026-W07"), at_night(days[2]) + 4 * HOUR)
    add_deliveries(inputs)
    return inputs


@pytest.mark.slow
def test_after_all_that_can_happen_it_is_equal_and_cures_what_is_damaged(lived: Inputs, ask: Ask) -> None:
    held = lived.home.working.with_name("held.duckdb")
    shutil.copyfile(lived.home.working, held)
    assert rebuild(lived, is_compared=True).differences == []
    statuses = ask(lived, "SELECT job, status FROM run ORDER BY run_id")
    assert statuses == [
        ("nightly", "done"), ("nightly", "failed"), ("nightly", "interrupted"), ("nightly", "done"),
        ("backfill", "done"), ("import", "done"), ("weekly", "done"),
    ]  # fmt: skip
    papers = ask(lived, "SELECT count(*) FROM article")[0][0]
    with duckdb.connect(str(lived.home.working)) as connection:
        connection.execute("UPDATE trial_version_log SET overall_status = 'UNKNOWN' WHERE learnt_no = 1")
        connection.execute("DELETE FROM article_record")
    tables = {one.table: one for one in rebuild(lived, is_compared=True).differences or ()}
    assert tables.keys() == {"trial_version_log", "article_record"}
    assert (tables["trial_version_log"].only_left, tables["trial_version_log"].only_right) == (1, 1)
    assert (tables["article_record"].only_left, tables["article_record"].only_right) == (0, papers)
    lines: list[str] = []
    assert run_rebuild(lived, is_compared=True, say=lines.append, report=lambda *_: None) == 1
    assert "2 tables differ. Exit 1." in lines

    result = rebuild(lived)
    assert (result.runs, result.left_out, result.differences) == (7, 0, None)
    assert compare_files(held, lived.home.working, PHYSICAL) == []
    assert compare_files(held, lived.home.published, PHYSICAL) == []
    assert ask(lived, "SELECT fact FROM delivery_fact") == [("change:1",)]

    # Where both files are damaged a night says what to do, and that does it.
    for file in (lived.home.working, lived.home.published):
        file.chmod(0o644)
        file.write_bytes(b"no database" * 5000)
    with pytest.raises(WarehouseError, match=r"was damaged .*, and .* is damaged: ") as caught:
        run_nightly(lived, at_night(dt.date(2026, 3, 1)))
    assert "`trialwatch rebuild`" in caught.value.hint
    lived.home.published.write_bytes(held.read_bytes())
    assert "published" in rebuild(lived).kept_from
    assert compare_files(held, lived.home.working, PHYSICAL) == []
    assert audit_landing(lived.home.landing).faults == ()


def test_a_landing_that_lacks_an_answer_is_named_and_the_warehouse_stays(
    sample_inputs: Inputs, sample_world: World, first_night: FirstNight
) -> None:
    first_night(sample_inputs, sample_world)
    before = sample_inputs.home.working.read_bytes()
    for path in (sample_inputs.home.landing / "objects").glob("*/*.gz"):
        path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(WarehouseError, match=r"landing: .* cannot be read"):
        rebuild(sample_inputs)
    assert sample_inputs.home.working.read_bytes() == before
    (sample_inputs.home.landing / "runs" / "000001.book").unlink()
    with pytest.raises(WarehouseError, match="holds no run"):
        rebuild(sample_inputs)


def write_as_before(landing: Path) -> None:
    """Write the manifests as releases before the books did: a file each, answers in base 64, each search kept."""
    kept, asked = '\\"retmode\\":\\"json\\",\\"usehistory\\":\\"y\\",', '\\"retmode\\":\\"json\\",'
    for run_id, manifest in find_manifests(landing).items():
        lines = b"".join(msgspec.json.encode(line) + b"\n" for line in read_manifest(manifest)).decode()
        text = lines.replace(kept, asked).replace(asked, kept)
        (landing / "runs" / f"{run_id:06d}.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    for book in (landing / "runs").glob("*.book"):
        book.unlink()


def test_a_landing_of_an_earlier_release_is_made_again_and_goes_on(
    sample_inputs: Inputs, sample_world: World, first_night: FirstNight
) -> None:
    first_night(sample_inputs, sample_world)
    sample_world.serve(sample_world.days[1])
    assert run_nightly(sample_inputs, at_night(sample_world.days[1])).exit_code == 0
    write_as_before(sample_inputs.home.landing)
    sample_world.serve(sample_world.days[2])
    assert run_nightly(sample_inputs, at_night(sample_world.days[2])).exit_code == 0
    names = sorted(path.name for path in (sample_inputs.home.landing / "runs").iterdir())
    assert names == ["000001.jsonl.gz", "000002.jsonl.gz", "000003.book"]
    assert audit_landing(sample_inputs.home.landing).faults == ()
    assert rebuild(sample_inputs, is_compared=True).differences == []


@pytest.mark.slow
def test_where_both_files_are_lost_a_night_says_so_and_all_is_made_again(
    sample_inputs: Inputs, sample_world: World, first_night: FirstNight, tmp_path: Path
) -> None:
    home = sample_inputs.home
    first_night(sample_inputs, sample_world)
    sample_world.serve(sample_world.days[2])
    assert run_nightly(sample_inputs, at_night(sample_world.days[2])).exit_code == 0
    held = home.working.rename(tmp_path / "held.duckdb")
    home.published.unlink()
    with pytest.raises(WarehouseError, match="holds its runs") as caught:
        run_nightly(sample_inputs, at_night(sample_world.days[2]))
    assert "`trialwatch rebuild`" in caught.value.hint
    assert rebuild(sample_inputs).kept_from == "kept from the journal"
    assert compare_files(held, home.working, PHYSICAL) == []
    assert compare_files(held, home.published, PHYSICAL) == []


@pytest.mark.slow
def test_runs_under_a_clock_that_was_ahead_are_left_out_when_asked(
    sample_inputs: Inputs, sample_world: World, first_night: FirstNight, ask: Ask
) -> None:
    first_night(sample_inputs, sample_world)
    assert run_nightly(sample_inputs, at_night(dt.date(2037, 1, 1))).exit_code == 0
    tonight = at_night(sample_world.days[1])
    sample_world.serve(sample_world.days[1])
    with pytest.raises(ConfigurationError, match="2037") as caught:
        run_nightly(sample_inputs, tonight)
    assert "rebuild --until" in caught.value.hint
    assert rebuild(sample_inputs, until=tonight).left_out == 1
    assert run_nightly(sample_inputs, tonight).exit_code == 0
    assert ask(sample_inputs, "SELECT run_id FROM run ORDER BY 1") == [(1,), (3,)]
    assert rebuild(sample_inputs, is_compared=True).differences == []


def test_every_table_is_made_again_kept_or_of_the_file(tmp_path: Path) -> None:
    """A table added later is a decision: can nights make it again (DERIVED), or is it to be kept (KEPT)?"""
    with open_store(tmp_path) as store:
        tables = {row[0] for row in query(store, "SELECT table_name FROM duckdb_tables()")}
    assert tables - {*KEPT, *PHYSICAL} == DERIVED
    assert not DERIVED & {*KEPT, *PHYSICAL}
