"""The command line as a user meets it: a process, its two streams, its exit code."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dags.cli import hoist_globals
from dags.inputs import read_inputs
from dags.sample.server import SampleServer
from dags.sample.world import SAMPLE_FOLDER, World
from tests.conftest import FirstNight

# Opens the published file, counts its changes, keeps it open until told, counts again.
HOLDER = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
for _ in range(2):
    print(connection.execute("SELECT count(*) FROM trial_status_change").fetchone()[0], flush=True)
    sys.stdin.readline()
"""
PROGRAM = Path(sys.executable).with_name("trialwatch")
Write = Callable[..., Path]


def trialwatch(*arguments: str, cwd: Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, *arguments], cwd=cwd, input=stdin, capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture
def home(sample_server: SampleServer, write_watchlist: Write, tmp_path: Path) -> Path:
    """A folder with a watchlist of the sample world; nothing has run yet."""
    (tmp_path / "vocabulary").symlink_to(SAMPLE_FOLDER / "vocabulary")
    write_watchlist(
        sample_server,
        'trials = ["NCT99000101", "NCT99000103"]\nagents = ["zelbarimab"]\ntargets = ["LAG-3"]',
        extra='[vocabulary]\nextra = "vocabulary"\n',
    )
    return tmp_path


@pytest.fixture
def night_home(home: Path, sample_world: World, first_night: FirstNight) -> Path:
    """The same after its first night."""
    first_night(read_inputs(home / "watchlist.toml", environment={}), sample_world)
    return home


def test_global_options_may_stand_before_or_after_the_command() -> None:
    expected = ["--config", "a.toml", "--log-format=json", "sql", "from trial"]
    assert hoist_globals(["sql", "from trial", "--config", "a.toml", "--log-format=json"]) == expected
    assert hoist_globals(["--config", "a.toml", "sql", "--log-format=json", "from trial"]) == expected
    assert hoist_globals(["sql", "--", "--config", "x"]) == ["sql", "--", "--config", "x"]
    assert hoist_globals(["run", "--config"]) == ["--config", "run"]


def test_which_release_this_is_can_be_asked_without_a_command() -> None:
    said = subprocess.run([sys.executable, "-m", "dags.cli", "--version"], capture_output=True, text=True, check=True)
    assert said.stdout == f"trialwatch {importlib.metadata.version('trialwatch')}\n"


@pytest.mark.slow
def test_from_init_to_a_letter(home: Path, sample_world: World) -> None:
    codes = []
    for day in sample_world.days:
        sample_world.serve(day)
        codes.append(trialwatch("run", "--clock", f"{day}T14:00:00Z", cwd=home))
    assert [code.returncode for code in codes] == [0, 0, 0], codes
    assert codes[1].stdout.startswith("1 stopped")
    assert "✓ clinicaltrials" in codes[1].stderr

    rows = trialwatch("sql", "select nct_id, new_status from trial_status_change order by 1", cwd=home)
    assert rows.stdout == "nct_id\tnew_status\nNCT99000101\tTERMINATED\nNCT99000103\tSUSPENDED\n"

    letter = trialwatch("digest", "--clock", "2026-02-16T07:00Z", cwd=home)
    path = Path(letter.stdout.strip())
    assert path.name == "2026-W07.md"
    text = path.read_text()
    assert "Recruiting → Terminated" in text
    assert "“Slow accrual.”" in text
    assert trialwatch("digest", "--week", "2026-W07", cwd=home).returncode == 0
    assert path.read_text() == text

    status = trialwatch("status", "--clock", "2026-02-12T15:00Z", "--format", "json", cwd=home)
    facts = json.loads(status.stdout)
    assert {source["source"]: source["is_stale"] for source in facts["sources"]} == {
        "clinicaltrials": False,
        "pubmed": False,
    }
    shown = trialwatch("status", "--clock", "2026-02-12T15:00Z", cwd=home).stdout
    assert "clinicaltrials  source day 2026-02-12  fresh" in shown


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("watch", "message"),
    [
        ('trialz = ["NCT99000101"]', "watchlist.toml: watch.trialz: unknown key"),
        (
            'trials = ["NCT99000101", "NCT9900010"]',
            'watchlist.toml: watch.trials[1]: "NCT9900010" has 7 digits, needs 8',
        ),
        ('trials = ["EudraCT 2020"]', 'watch.trials[0]: "EudraCT 2020" is no NCT number'),
        ('agents = ["relatlimabb"]', 'watch.agents[0]: "relatlimabb" is no agent of the vocabulary'),
        ('agents = ["pembrolizumab"]', 'watch.agents[0]: "pembrolizumab" is a backbone agent'),
        ('targets = ["LAG-33"]', 'watch.targets[0]: "LAG-33" is no target of the vocabulary'),
        ("trials = [", "watchlist.toml:"),
    ],
)
def test_a_mistake_in_the_watchlist_is_one_line_with_its_place(
    watch: str, message: str, sample_server: SampleServer, write_watchlist: Write, tmp_path: Path
) -> None:
    write_watchlist(sample_server, watch)
    for command in (("run",), ("check",)):
        answer = trialwatch(*command, cwd=tmp_path)
        assert answer.returncode == 2
        lines = answer.stderr.splitlines()
        assert message in lines[0], answer.stderr
        assert lines[0].startswith("error: ")
        assert len(lines) == 2
        assert lines[1].startswith("hint: ")
        assert not (tmp_path / "data").exists()
    assert answer.stdout.startswith("fail  settings    watchlist.toml: ")
    assert sample_server.requests == []


def test_a_file_where_the_home_belongs_is_named_and_kept(home: Path) -> None:
    (home / "data").write_text("mine")
    answer = trialwatch("run", cwd=home)
    assert answer.returncode == 2
    assert "a file stands where a folder belongs" in answer.stderr
    assert (home / "data").read_text() == "mine"


def test_no_watchlist_says_how_to_get_one(tmp_path: Path) -> None:
    answer = trialwatch("run", cwd=tmp_path)
    assert answer.returncode == 2
    assert "there is no watchlist.toml" in answer.stderr
    assert "trialwatch init" in answer.stderr


@pytest.mark.slow
def test_an_unreachable_source_is_one_line_and_exit_1(home: Path, sample_server: SampleServer) -> None:
    file = home / "watchlist.toml"
    file.write_text(file.read_text().replace(sample_server.ctg_url, "http://127.0.0.1:9/api/v2"))
    answer = trialwatch("run", "--clock", "2026-02-10T14:00Z", "--log-format", "json", cwd=home)
    assert answer.returncode == 1
    first, hint, *rest = answer.stderr.splitlines()
    assert first.startswith("! clinicaltrials  not read: cannot reach 127.0.0.1:9, 5 tries")
    assert hint == "  hint: is 127.0.0.1:9 reachable from here?"
    assert [line[:2] for line in rest] == ["✓ ", "✓ "]
    assert trialwatch("sql", "select count(*) > 0 from article", cwd=home).stdout.splitlines()[1] == "true"


def test_init_writes_a_watchlist_once_that_check_accepts(tmp_path: Path) -> None:
    assert trialwatch("init", cwd=tmp_path).returncode == 0
    again = trialwatch("init", cwd=tmp_path)
    assert again.returncode == 2
    assert "is there already" in again.stderr
    assert "watchlist.toml is a file, not a folder" in trialwatch("init", "watchlist.toml", cwd=tmp_path).stderr
    checked = trialwatch("check", "--offline", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    assert "ok    watchlist" in checked.stdout


def test_queries_read_only_in_fact(night_home: Path) -> None:
    for query in (
        "select * from read_text('watchlist.toml')",
        "attach 'x.db' as x",
        "copy trial to 'out.csv'",
        "create table t (i integer)",
        "set enable_external_access = true",
        "nonsense",
    ):
        answer = trialwatch("sql", query, cwd=night_home)
        assert answer.returncode == 2, query
        assert answer.stderr.startswith("error: ")
    assert not (night_home / "out.csv").exists()


def test_queries_come_in_every_format(night_home: Path) -> None:
    query = "select nct_id, phases from trial where nct_id = 'NCT99000101'"
    assert (
        trialwatch("sql", query, "--format", "csv", cwd=night_home).stdout
        == 'nct_id,phases\nNCT99000101,"[""PHASE2""]"\n'
    )
    assert json.loads(trialwatch("sql", query, "--format", "json", cwd=night_home).stdout) == {
        "nct_id": "NCT99000101",
        "phases": ["PHASE2"],
    }
    assert "NCT99000101" in trialwatch("sql", "-", "--format", "table", cwd=night_home, stdin=query).stdout


def test_a_query_before_the_first_run_says_what_to_do(home: Path) -> None:
    answer = trialwatch("sql", "from trial", cwd=home)
    assert answer.returncode == 1
    assert "run `trialwatch run` first" in answer.stderr


def test_texts_are_tagged_line_by_line_and_a_bad_line_is_named(home: Path) -> None:
    lines = '{"id": 1, "text": "Relatlimab blocks LAG-3."}\nnot json\n{"id": "b", "text": "Nothing here."}\n'
    answer = trialwatch("tag", "-", cwd=home, stdin=lines)
    assert answer.returncode == 1
    assert "line 2" in answer.stderr
    first, second = (json.loads(line) for line in answer.stdout.splitlines())
    assert [(one["start"], one["end"], one["target"], one["via"], one["agent"]) for one in first["mentions"]] == [
        (0, 10, "LAG-3", "agent", "relatlimab"),
        (18, 23, "LAG-3", "name", None),
    ]
    assert second == {"id": "b", "mentions": []}


def test_texts_are_tagged_without_a_watchlist_too(tmp_path: Path) -> None:
    answer = trialwatch("tag", "-", cwd=tmp_path, stdin='{"id": "a", "text": "Anti-TIGIT tiragolumab."}\n')
    assert answer.returncode == 0, answer.stderr
    assert [one["target"] for one in json.loads(answer.stdout)["mentions"]] == ["TIGIT", "TIGIT"]
    assert trialwatch("--config", "mine.toml", "tag", "-", cwd=tmp_path, stdin="").returncode == 2


@pytest.mark.slow
def test_a_query_may_begin_with_a_comment(night_home: Path) -> None:
    answer = trialwatch("sql", "-- how many\nselect count(*) as n from trial", "--format", "tsv", cwd=night_home)
    assert answer.stdout.splitlines()[0] == "n", answer.stderr


@pytest.mark.slow
def test_a_query_works_while_a_night_is_under_way_and_while_another_process_holds_the_file(
    home: Path, sample_world: World, sample_server: SampleServer
) -> None:
    assert trialwatch("run", "--clock", "2026-02-10T14:00Z", cwd=home).returncode == 0
    published = str(home / "data" / "warehouse.duckdb")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, published], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdin
    assert holder.stdout
    assert holder.stdout.readline() == "0\n"
    sample_world.serve(dt.date(2026, 2, 11))
    answered, is_released = hold_back(sample_server)
    run = subprocess.Popen(
        [PROGRAM, "run", "--clock", "2026-02-11T14:00Z"],
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not answered:  # the run has begun to ask
        assert run.poll() is None
        time.sleep(0.02)
    during = trialwatch("sql", "from trial_status_change", cwd=home)
    assert run.poll() is None, "the run ended before the query did"
    assert during.returncode == 0
    assert during.stdout.count("\n") == 1  # the head alone: the night before
    busy = trialwatch("run", "--clock", "2026-02-11T15:00Z", cwd=home)
    assert busy.returncode == 2
    assert "is busy: `trialwatch run`" in busy.stderr
    is_released.set()
    out, err = run.communicate(timeout=120)
    assert run.returncode == 0, err
    assert out.startswith("1 stopped")
    assert trialwatch("sql", "from trial_status_change", cwd=home).stdout.count("\n") == 2
    last, _ = holder.communicate("\n\n", timeout=30)
    assert last == "0\n"  # an open reader keeps the state it opened
    assert holder.returncode == 0


@pytest.mark.slow
def test_an_import_says_what_was_read_and_taken_and_how_to_watch_what_was_not(home: Path, sample_world: World) -> None:
    studies = [study.render(sample_world.day) for study in sample_world.studies.values()]
    (home / "all.json").write_bytes(b"[%s]" % b",".join(studies))
    (home / "cut.json").write_bytes(b"[%s" % b",".join(studies))
    (home / "page.html").write_text("<!doctype html>")
    clock = ("--clock", "2026-02-10T14:00Z")

    done = trialwatch("import", "all.json", *clock, cwd=home)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{len(studies)} studies read, ")
    assert " new, 0 changed. Warehouse: " in done.stdout
    assert "✓ import" in done.stderr
    assert trialwatch("status", *clock, cwd=home).stdout.startswith("published  no nightly run yet")

    taken = trialwatch("sql", "select nct_id from trial", cwd=home).stdout.split()
    left = next(study for number, study in sample_world.studies.items() if number not in taken)
    (home / "one.json").write_bytes(left.render(sample_world.day))
    unwatched = trialwatch("import", "one.json", *clock, cwd=home)
    assert unwatched.returncode == 0
    assert "nothing in it is watched; `trialwatch watch add`" in unwatched.stderr
    assert "everything = true" in unwatched.stderr

    cut = trialwatch("import", "cut.json", *clock, cwd=home)
    assert cut.returncode == 1
    assert "1 unreadable" in cut.stdout

    refused = trialwatch("import", "all.json", "page.html", *clock, cwd=home)
    assert refused.returncode == 2
    assert "error: page.html: it is a web page, not the data" in refused.stderr
    assert "hint: " in refused.stderr
    assert trialwatch("import", cwd=home).returncode == 2


@pytest.mark.slow
def test_a_night_of_everything_says_what_it_read(home: Path) -> None:
    watchlist = home / "watchlist.toml"
    watchlist.write_text(watchlist.read_text().replace("[watch]", "[watch]\neverything = true"))
    night = trialwatch("run", "--clock", "2026-02-10T14:00Z", cwd=home)
    assert night.returncode == 0
    assert "; the whole registry read, 14 studies" in night.stderr
    assert "each night of a new release reads the whole registry" in trialwatch("check", cwd=home).stdout


def hold_back(server: SampleServer) -> tuple[list[float], threading.Event]:
    """Let the sources answer only once they are released; return the list that grows with what is asked of them."""
    asked: list[float] = []
    is_released = threading.Event()
    answer = server.answer

    def answer_late(method: str, target: str, form: str, user_agent: str) -> object:
        asked.append(time.monotonic())
        is_released.wait(60)
        return answer(method, target, form, user_agent)

    server.answer = answer_late  # type: ignore[method-assign, assignment]
    return asked, is_released


def test_help_needs_no_heavy_import() -> None:
    code = "import sys, dags.cli; print(*({'spacy', 'polars', 'duckdb', 'httpx'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "\n"


def test_the_module_is_the_command_too() -> None:
    command = [sys.executable, "-m", "dags.cli", "--help"]
    assert "Usage: trialwatch" in subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_the_list_of_questions_comes_in_the_form_asked_for(tmp_path: Path) -> None:
    listed = trialwatch("sql", "--list", "--format", "json", cwd=tmp_path)
    assert "stopped-this-year" in {json.loads(line)["name"] for line in listed.stdout.splitlines()}
    refused = trialwatch("sql", "--list", "--format", "parquet", cwd=tmp_path)
    assert refused.returncode == 2
    assert "it goes with a query" in refused.stderr
