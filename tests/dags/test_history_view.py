"""`trialwatch history` over the sample world: read as a person reads it, and as programs do."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation

from dags.backfill import run_backfill
from dags.history_view import HistoryFormat, read_life, show_history
from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.sample.server import SampleServer
from dags.sample.world import SAMPLE_FOLDER, World
from etl.render_history import render_history
from models.errors import ConfigurationError, WarehouseError
from tests.conftest import at_night
from warehouse.reader import query_rows

PROGRAM = Path(sys.executable).with_name("trialwatch")
Write = Callable[..., Path]


class TextFile(SingleFileSnapshotExtension):
    """One golden file a form."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> SnapshotAssertion:
    """The golden files of this module (the shared fixture `snapshot` is another thing)."""
    return SnapshotAssertion(
        update_snapshots=request.config.option.update_snapshots,
        update_new_snapshots_only=request.config.option.update_new_snapshots_only,
        extension_class=TextFile,
        test_location=PyTestLocation(request.node),
        session=request.session.config._syrupy,  # type: ignore[attr-defined]  # noqa: SLF001  as syrupy's own fixture
    )


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    """Three nights of the sample world, then a back-fill."""
    folder = tmp_path_factory.mktemp("lived")
    for beside in ("vocabulary", "reviews"):
        (folder / beside).symlink_to(SAMPLE_FOLDER / beside)
    world = World.read(SAMPLE_FOLDER)
    with SampleServer(world) as server:
        text = (SAMPLE_FOLDER / "watchlist.toml").read_text("utf-8")
        for table, url in (("clinicaltrials", server.ctg_url), ("pubmed", server.eutils_url)):
            text = text.replace(f"[source.{table}]\n", f'[source.{table}]\nbase_url = "{url}"\n')
        (folder / "watchlist.toml").write_text(text, "utf-8")
        inputs = read_inputs(folder / "watchlist.toml", environment={})
        for day in world.days:
            world.serve(day)
            run_nightly(inputs, at_night(day))
        run_backfill(inputs, at_night(dt.date(2026, 2, 16)), [])
    return inputs


@pytest.fixture
def ask_history(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return what the command writes to standard output."""

    def ask(inputs: Inputs, number: str, form: HistoryFormat = "text") -> str:
        capsys.readouterr()
        show_history(inputs.home, number, form)
        return capsys.readouterr().out

    return ask


def trialwatch(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([PROGRAM, *arguments], cwd=cwd, capture_output=True, text=True, check=False, timeout=120)


def read_terminal(arguments: list[str], cwd: Path, **environment: str) -> str:
    """Return what a command writes to a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    base = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR", "CI"}}
    env = base | {"TERM": "xterm", "COLUMNS": "80"} | environment
    process = subprocess.Popen([PROGRAM, *arguments], cwd=cwd, stdout=theirs, stderr=theirs, stdin=theirs, env=env)
    os.close(theirs)
    written = b""
    while chunk := _read(ours):
        written += chunk
    os.close(ours)
    assert process.wait(timeout=60) == 0
    return written.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other side hung up
        return b""


def test_the_lives_of_the_sample_read_as_their_golden_files(
    lived: Inputs, ask_history: Callable[..., str], golden: SnapshotAssertion
) -> None:
    for number in ("NCT99000101", "NCT99000102", "NCT99000104", "NCT99000105"):
        assert ask_history(lived, number) == golden(name=number)


def test_the_forms_for_programs_and_documents_read_as_their_golden_files(
    lived: Inputs, ask_history: Callable[..., str], golden: SnapshotAssertion
) -> None:
    for form in ("json", "csv", "md"):
        assert ask_history(lived, "NCT99000102", form) == golden(name=form)


def test_every_change_of_the_warehouse_is_told_once_in_every_form(
    lived: Inputs, ask_history: Callable[..., str]
) -> None:
    query = "SELECT change_id, observed_at, source_submit_date FROM trial_change WHERE nct_id = 'NCT99000102'"
    held = sorted(query_rows(lived.home.published, query)[1])
    life = json.loads(ask_history(lived, "NCT99000102", "json"))
    told = [(one["change_id"], one["observed_at"], one["source_submit_date"]) for one in life["changes"]]
    assert sorted(told) == [(key, seen.isoformat(), day and day.isoformat()) for key, seen, day in held]
    rows = list(csv.DictReader(io.StringIO(ask_history(lived, "NCT99000102", "csv"))))
    assert [row["change_id"] for row in rows] == [key for key, *_ in told]
    assert ask_history(lived, "NCT99000102", "md").count("\n| 20") + ask_history(lived, "NCT99000102", "md").count(
        "\n|  |"
    ) == len(held)
    marked = re.findall(r"(?m)^\|   (?:top|high|medium|low) ", ask_history(lived, "NCT99000102"))
    assert len(marked) == len(held)


def test_back_filled_history_is_told_apart_from_what_was_seen_live(
    lived: Inputs, ask_history: Callable[..., str]
) -> None:
    text = ask_history(lived, "NCT99000101")
    assert "* 2026-02-02  2026-02-11  2026-02-11  public after 9 days" in text
    assert "o 2025-09-18  2025-09-30  2026-02-16  public after 12 days" in text
    assert "o 2023-04-20  2023-05-02  2026-02-16  first version held" in text
    assert "* live or gap   o back-fill" in text


@pytest.mark.parametrize("number", ["nct99000101", " NCT99000101 ", "NCT 99000101", "nct-99000101"])
def test_a_number_is_read_however_it_is_written(number: str, lived: Inputs, ask_history: Callable[..., str]) -> None:
    assert ask_history(lived, number).startswith("NCT99000101  Zelbarimab in Treated NSCLC  × Terminated\n")


def test_an_alias_leads_to_its_trial_and_says_so(lived: Inputs, capsys: pytest.CaptureFixture[str]) -> None:
    show_history(lived.home, "nct99000902", "csv")
    written = capsys.readouterr()
    assert {row["nct_id"] for row in csv.DictReader(io.StringIO(written.out))} == {"NCT99000102"}
    assert written.err == "NCT99000902 is NCT99000102 in the registry\n"


def test_an_alias_that_was_watched_leads_to_its_trial_too(sample_server: SampleServer, write_watchlist: Write) -> None:
    inputs = read_inputs(write_watchlist(sample_server, 'trials = ["NCT99000902"]'), environment={})
    run_nightly(inputs, at_night(dt.date(2026, 2, 10)))
    life = read_life(inputs.home, "NCT99000902")
    assert (life.nct_id, life.aliases) == ("NCT99000102", ("NCT99000902",))
    assert [why.name for why in life.why_here] == ["NCT99000902"]


def test_a_trial_never_seen_is_named_with_what_to_do(lived: Inputs) -> None:
    with pytest.raises(ConfigurationError) as caught:
        show_history(lived.home, "NCT99000777", "text")
    assert caught.value.exit_code == 2
    assert caught.value.message == "NCT99000777 is not in the warehouse"
    assert "trialwatch watch add NCT99000777" in caught.value.hint


def test_a_watched_number_that_was_never_served_is_told_apart(
    sample_server: SampleServer, write_watchlist: Write
) -> None:
    inputs = read_inputs(write_watchlist(sample_server, 'trials = ["NCT99000777"]'), environment={})
    run_nightly(inputs, at_night(dt.date(2026, 2, 10)))
    with pytest.raises(ConfigurationError, match="NCT99000777 is watched, but the registry never served it"):
        show_history(inputs.home, "NCT99000777", "text")


def test_no_trial_without_a_warehouse(sample_inputs: Inputs) -> None:
    with pytest.raises(WarehouseError, match="there is no warehouse"):
        show_history(sample_inputs.home, "NCT99000101", "text")


@pytest.mark.parametrize("number", ["LAG-3", "NCT", "NCT00000000", "NCT123456789", ""])
def test_what_is_no_number_is_refused_before_anything_is_read(number: str, sample_inputs: Inputs) -> None:
    with pytest.raises(ConfigurationError):
        show_history(sample_inputs.home, number, "text")


@pytest.mark.slow
def test_the_command_writes_results_and_errors_apart_and_exits_by_the_table(lived: Inputs) -> None:
    folder = lived.file.parent
    shown = trialwatch("history", "NCT99000101", cwd=folder)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith("NCT99000101  Zelbarimab in Treated NSCLC  × Terminated\n")
    assert "\x1b" not in shown.stdout
    assert json.loads(trialwatch("history", "NCT99000101", "--format", "json", cwd=folder).stdout)["versions"] >= 6
    missing = trialwatch("history", "NCT99000777", cwd=folder)
    assert (missing.returncode, missing.stdout) == (2, "")
    assert missing.stderr.splitlines() == [
        "error: NCT99000777 is not in the warehouse",
        "hint: `trialwatch watch add NCT99000777`, then `trialwatch run` brings it in",
    ]
    assert trialwatch("history", cwd=folder).returncode == 2
    assert trialwatch("history", "NCT99000101", "--format", "xml", cwd=folder).returncode == 2


def test_on_a_terminal_colour_is_added_and_long_texts_are_cut(lived: Inputs) -> None:
    folder = lived.file.parent
    coloured = read_terminal(["history", "NCT99000102"], folder)
    plain = read_terminal(["history", "NCT99000102"], folder, NO_COLOR="1")
    assert "\x1b[33m" in coloured
    assert not re.search(r"\x1b\[\d*(3[0-7])m", plain)
    bare = re.sub(r"\x1b\[[\d;]*m", "", coloured)
    assert bare == re.sub(r"\x1b\[[\d;]*m", "", plain)
    assert max(map(len, bare.splitlines())) <= 80
    piped = trialwatch("history", "NCT99000102", cwd=folder).stdout
    assert "…" not in piped
    assert piped.splitlines()[0] == bare.splitlines()[0]


def test_reading_a_history_takes_no_lock_and_writes_nothing(lived: Inputs, ask_history: Callable[..., str]) -> None:
    before = {path: path.stat().st_mtime_ns for path in lived.home.folder.rglob("*") if path.is_file()}
    with lived.home.lock("run"):
        assert ask_history(lived, "NCT99000101")
    after = {path: path.stat().st_mtime_ns for path in lived.home.folder.rglob("*") if path.is_file()}
    assert {path for path in before if path.name not in {"lock", "holder"}} <= after.keys()
    assert all(after[path] == seen for path, seen in before.items() if path.name not in {"lock", "holder"})


@pytest.mark.slow
def test_every_recorded_life_is_told_with_the_statuses_that_are_known(shared: Path, write_watchlist: Write) -> None:
    file = shared / "recorded" / "histories.jsonl.gz"
    truth: dict[str, Any] = {
        line["nct_id"]: line["status_history"]
        for line in map(json.loads, gzip.decompress(file.read_bytes()).splitlines())
    }
    world = World.read_histories(file)
    with SampleServer(world) as server:
        inputs = read_inputs(write_watchlist(server, f"trials = {json.dumps(sorted(truth))}"), environment={})
        run_nightly(inputs, at_night(world.days[-1]))
        run_backfill(inputs, at_night(world.days[-1] + dt.timedelta(days=1)), [])
    for nct_id, spells in truth.items():
        life = read_life(inputs.home, nct_id)
        assert [[one.status, one.valid_from.isoformat()] for one in life.statuses] == spells
        moves = [(one.old_value, one.new_value) for one in life.changes if one.kind == "status"]
        statuses = [status for status, _ in spells]
        assert moves[::-1] == list(pairwise(statuses))
        assert {one.origin for one in life.changes} <= {"backfill"}
        assert len(list(render_history(life, 80))) > 10
