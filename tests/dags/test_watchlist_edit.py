"""Edits of the watchlist: what is touched, what is left byte for byte, what is refused, and the audited row."""

from __future__ import annotations

import datetime as dt
import difflib
import json
import os
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from dags.inputs import Inputs, read_settings, read_vocabulary
from dags.nightly import run_nightly
from dags.sample.server import SampleServer
from dags.sample.world import SAMPLE_FOLDER
from dags.toml_array import add_entry, remove_entry
from dags.watch_commands import add_to_watchlist, list_items, remove_from_watchlist
from dags.watch_names import infer_item
from dags.watchlist_edit import add_items, read_text, remove_items, write_text
from models.errors import BusyError, ConfigurationError, TrialwatchError, WarehouseError
from models.vocabulary import Vocabulary, parse_vocabulary
from tests.conftest import ROOT, at_night
from warehouse.migrate import migrate
from warehouse.publish import publish
from warehouse.reader import query_rows
from warehouse.store import Store

DEFAULT = ROOT / "dags" / "default_watchlist.toml"
PROGRAM = Path(sys.executable).with_name("trialwatch")
NIGHT = at_night(dt.date(2026, 2, 10))
LATER = at_night(dt.date(2026, 2, 11))
SMALL = '[watch]\ntrials = ["NCT99000101"]\nagents = ["relatlimab", {name = "olaparib", condition = "lung"}]\n'


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return read_vocabulary(DEFAULT, read_settings(DEFAULT))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "watchlist.toml"
    path.write_text(SMALL, "utf-8")
    return path


def add(text: str, *names: str, vocabulary: Vocabulary, condition: str | None = None) -> str:
    return add_items(text, names, condition, vocabulary, "watchlist.toml").text


def remove(text: str, *names: str, vocabulary: Vocabulary) -> str:
    return remove_items(text, names, vocabulary, "watchlist.toml").text


def find_differences(before: str, after: str) -> list[str]:
    compared = difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return [line for line in compared if line[0] in "+-"]


def trialwatch(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([PROGRAM, *arguments], cwd=cwd, capture_output=True, text=True, check=False, timeout=120)


# The array ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        ("[]", '["z"]'),
        ('["a"]', '["a", "z"]'),
        ('["a",]', '["a", "z",]'),
        ('[ "a" ]', '[ "a", "z" ]'),
        ("[\n]", '[\n    "z",\n]'),
        ('[\n  "a",\n]', '[\n  "a",\n  "z",\n]'),
        ('[\n  "a" # last\n]', '[\n  "a", # last\n  "z"\n]'),
        ('["a",\n "b"]', '["a",\n "b",\n "z"]'),
        ('[\n\t"a",\n\t# tail\n]', '[\n\t"a",\n\t# tail\n\t"z",\n]'),
        ('[\r\n  "a",\r\n]', '[\r\n  "a",\r\n  "z",\r\n]'),
    ],
)
def test_a_new_entry_stands_last_in_the_layout_of_its_array(array: str, expected: str) -> None:
    assert add_entry(array, '"z"') == expected


@pytest.mark.parametrize(
    ("array", "index", "expected"),
    [
        ('["a"]', 0, "[]"),
        ('["a", "b", "c"]', 0, '["b", "c"]'),
        ('["a", "b", "c"]', 1, '["a", "c"]'),
        ('["a", "b", "c"]', 2, '["a", "b"]'),
        ('["a", "b",]', 1, '["a",]'),
        ('[\n  # head\n  "a", # of a\n  "b", # of b\n]', 0, '[\n  # head\n  "b", # of b\n]'),
        ('[\n  "a", # of a\n  "b" # of b\n]', 1, '[\n  "a", # of a\n]'),
        ('["a", # of a\n "b"]', 1, '["a", # of a\n]'),
        ('["a", # of a\n "b"]', 0, '[\n "b"]'),
        ('[\n  "a", "b", # of both\n]', 0, '[\n  "b", # of both\n]'),
        ('[\n  {name = "],#", condition = \'"x"\'},\n  "b",\n]', 0, '[\n  "b",\n]'),
    ],
)
def test_an_entry_leaves_with_its_own_comment_and_nothing_else(array: str, index: int, expected: str) -> None:
    assert remove_entry(array, index) == expected
    left = tomllib.loads(f"x = {array}")["x"]
    del left[index]
    assert tomllib.loads(f"x = {expected}")["x"] == left


# The text -------------------------------------------------------------------------------------------------------------


def test_the_default_watchlist_changes_by_the_lines_added_alone(vocabulary: Vocabulary) -> None:
    before = DEFAULT.read_text("utf-8")
    after = add(before, "nct99000101", "Lag525", vocabulary=vocabulary)
    assert find_differences(before, after) == ['+     "NCT99000101",\n', '+     "ieramilimab",\n']
    condition = '"lung" OR "pleura"'
    narrowed = add(before, "domvanalimab", vocabulary=vocabulary, condition=condition)
    assert find_differences(before, narrowed) == [
        '+     {name = "domvanalimab", condition = \'"lung" OR "pleura"\'},\n'
    ]


def test_the_default_watchlist_changes_by_the_lines_removed_alone(vocabulary: Vocabulary) -> None:
    before = DEFAULT.read_text("utf-8")
    after = remove(before, "BMS-986016", "NCT01494688", "CSF1R", "Lynparza", vocabulary=vocabulary)
    gone = find_differences(before, after)
    assert [line[0] for line in gone] == ["-"] * 4
    assert [name for name in ("NCT01494688", "relatlimab", "olaparib", "CSF1R") if name not in "".join(gone)] == []
    assert "# emactuzumab, first in human" in gone[0]


def test_what_is_added_and_removed_again_leaves_the_file_as_it_was(vocabulary: Vocabulary) -> None:
    before = DEFAULT.read_text("utf-8")
    names = ("NCT99000101", "domvanalimab", "ieramilimab")
    added = add(before, *names, vocabulary=vocabulary)
    assert added != before
    assert remove(added, *names, vocabulary=vocabulary) == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[watch]\ntargets = ["TIGIT"]\n'),
        ('[warehouse]\nhome = "d"', '[warehouse]\nhome = "d"\n\n[watch]\ntargets = ["TIGIT"]\n'),
        ("[watch]\n# why\n", '[watch]\ntargets = ["TIGIT"]\n# why\n'),
        (
            '[watch]\ntrials = [] # none\n\n# next\n[warehouse]\nhome = "d"\n',
            '[watch]\ntrials = [] # none\ntargets = ["TIGIT"]\n\n# next\n[warehouse]\nhome = "d"\n',
        ),
        ('watch.trials = []\nwarehouse.home = "d"\n', None),
        ("watch = {trials = []}\n", None),
        ('[[watch.agents]]\nname = "relatlimab" # first\n', None),
        ('[[watch.targets]]\nname = "LAG-3" # first\n\n[warehouse]\nhome = "d"\n', None),
        ('[watch]\ntrials = []\n[warehouse]\nhome = "d"\n[[watch.agents]]\nname = "relatlimab"\n', None),
        ('[watch]\r\ntargets = [\r\n  "LAG-3",\r\n] # end\r\n',
         '[watch]\r\ntargets = [\r\n  "LAG-3",\r\n  "TIGIT",\r\n] # end\r\n'),
    ],
)  # fmt: skip
def test_a_missing_table_or_key_is_made_and_every_layout_of_toml_is_kept(
    before: str, after: str | None, vocabulary: Vocabulary
) -> None:
    edit = add_items(before, ["TIGIT"], None, vocabulary, "watchlist.toml")
    if after is not None:
        assert edit.text == after
    assert "target:TIGIT" in [item.item_id for item in edit.items]
    assert [line for line in before.split("\n") if "#" in line and line not in edit.text] == []
    back = remove_items(edit.text, ["tigit"], vocabulary, "watchlist.toml")
    assert "target:TIGIT" not in [item.item_id for item in back.items]


def test_only_the_last_table_of_an_array_of_tables_goes(vocabulary: Vocabulary) -> None:
    before = (
        '[[watch.targets]]\nname = "LAG-3" # first\n\n[[watch.targets]]\nname = "TIGIT"\n\n[warehouse]\nhome = "d"\n'
    )
    after = remove(before, "TIGIT", vocabulary=vocabulary)
    assert tomllib.loads(after) == {"watch": {"targets": [{"name": "LAG-3"}]}, "warehouse": {"home": "d"}}
    assert "# first" in after


@pytest.mark.parametrize("condition", ["lung", '"lung" OR "solid tumor"', "Crohn's", '"Crohn\'s" OR "colitis"'])
def test_a_condition_is_written_so_that_it_is_read_back_as_it_was(condition: str, vocabulary: Vocabulary) -> None:
    edit = add_items("", ["TIGIT"], condition, vocabulary, "watchlist.toml")
    assert edit.items[0].condition == condition


def test_papers_are_added_and_removed_by_their_numbers_however_they_are_written(vocabulary: Vocabulary) -> None:
    before = '[watch]\narticles = [99000001, "PMID: 99000002"] # mine\n'
    added = add(before, "99000003", "PMID 99000001", vocabulary=vocabulary)
    assert added == '[watch]\narticles = [99000001, "PMID: 99000002", "99000003"] # mine\n'
    left = remove(added, "99000001", "pmid:99000003", "99000002", vocabulary=vocabulary)
    assert left == "[watch]\narticles = [] # mine\n"


def test_an_empty_condition_lifts_the_default_one(vocabulary: Vocabulary) -> None:
    before = '[watch]\ncondition = "lung"\n'
    assert add_items(before, ["TIGIT"], None, vocabulary, "w").items[0].condition == "lung"
    assert add_items(before, ["TIGIT"], "", vocabulary, "w").items[0].condition == ""


# What is meant --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "item_id"),
    [
        ("nct1968109", "trial:NCT01968109"),
        (" NCT: 01968109 ", "trial:NCT01968109"),
        ("bms-986016", "agent:relatlimab"),
        ("tigit", "target:TIGIT"),
        ("pmid 99000001", "article:99000001"),
        ("HAVCR2", "target:TIM-3"),
    ],
)
def test_the_kind_is_inferred_and_the_vocabularys_name_is_written(
    name: str, item_id: str, vocabulary: Vocabulary
) -> None:
    assert infer_item(name, None, "", vocabulary).item_id == item_id


@pytest.mark.parametrize(
    ("name", "condition", "message", "hint"),
    [
        ("NCT9900010", None, '"NCT9900010" has 7 digits, needs 8', "NCT and 8 digits"),
        ("relatlimabb", None, '"relatlimabb" is no trial, paper, agent or target', 'did you mean "relatlimab"'),
        ("pembrolizumab", None, '"pembrolizumab" is a backbone agent', "watch the trials you mean by number"),
        ("99000001", "lung", "PMID 99000001 is a paper", "without --condition"),
        ("099000001", None, '"099000001" is no trial, paper', "PMID"),
        ("xyzzy", None, '"xyzzy" is no trial, paper, agent or target', "[vocabulary] extra"),
        ("", None, '"" is no trial, paper, agent or target', "[vocabulary] extra"),
        ("NCT99000101", "lung", "NCT99000101 is a trial", "without --condition"),
        ("TIGIT", '"lung', "condition: a quote does not close", "quoted phrases"),
    ],
)
def test_what_cannot_be_watched_is_refused_with_a_remedy(
    name: str, condition: str | None, message: str, hint: str, vocabulary: Vocabulary
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        infer_item(name, condition, "", vocabulary)
    assert caught.value.message.startswith(message)
    assert hint in caught.value.hint


def test_a_name_of_an_agent_and_a_target_is_refused_with_names_of_either() -> None:
    both = parse_vocabulary(
        {
            "own.toml": b"""
[[agent]]
name = "Zorp"
source = "invented for this test"
role = "lead"
synonyms = ["ZP-1"]
[[target]]
name = "ZRP"
symbol = "ZRP1"
source = "invented for this test"
synonyms = ["zorp"]
"""
        }
    )
    with pytest.raises(ConfigurationError, match='names both the agent "Zorp" and the target "ZRP"') as caught:
        infer_item("ZORP", None, "", both)
    assert '"ZP-1"' in caught.value.hint
    assert '"ZRP"' in caught.value.hint
    lists = '[watch]\nagents = ["Zorp"]\ntargets = ["ZRP"]\n'
    with pytest.raises(ConfigurationError, match="names one of the agents and one of the targets"):
        remove_items(lists, ["zorp"], both, "watchlist.toml")
    assert remove(lists, "ZP-1", vocabulary=both) == '[watch]\nagents = []\ntargets = ["ZRP"]\n'


def test_several_are_added_all_or_none_and_each_once(vocabulary: Vocabulary) -> None:
    edit = add_items(SMALL, ["TIGIT", "tigit", "relatlimab"], None, vocabulary, "watchlist.toml")
    assert [(change.action, change.item_id) for change in edit.changes] == [
        ("add", "target:TIGIT"),
        ("kept", "agent:relatlimab"),
    ]
    with pytest.raises(ConfigurationError, match="xyzzy"):
        add_items(SMALL, ["TIGIT", "xyzzy"], None, vocabulary, "watchlist.toml")
    with pytest.raises(ConfigurationError, match='"TIGIT" is not watched'):
        remove_items(SMALL, ["relatlimab", "TIGIT"], vocabulary, "watchlist.toml")


def test_an_item_that_is_there_is_kept_and_another_condition_is_named(vocabulary: Vocabulary) -> None:
    for condition in (None, "lung"):
        edit = add_items(SMALL, ["Lynparza"], condition, vocabulary, "watchlist.toml")
        assert edit.text == SMALL
        assert [(change.action, change.name, change.condition) for change in edit.changes] == [
            ("kept", "olaparib", "lung")
        ]
    for condition in ("", "cancer"):
        with pytest.raises(
            ConfigurationError, match='"olaparib" is watched already, with the condition lung'
        ) as caught:
            add(SMALL, "olaparib", vocabulary=vocabulary, condition=condition)
        assert "remove it first" in caught.value.hint


def test_an_item_listed_twice_leaves_whole_and_one_that_the_vocabulary_lost_can_leave(vocabulary: Vocabulary) -> None:
    before = '[watch]\nagents = ["relatlimab", "BMS-986016", "gone-from-it"]\n'
    edit = remove_items(before, ["relatlimab", "gone-from-it"], vocabulary, "watchlist.toml")
    assert edit.text == "[watch]\nagents = []\n"
    assert [change.item_id for change in edit.changes] == ["agent:relatlimab", "agent:gone-from-it"]


def test_an_edit_that_leaves_an_unusable_file_is_refused(vocabulary: Vocabulary) -> None:
    with pytest.raises(ConfigurationError, match=r"watch\.agents\[0\].*no agent"):
        remove('[watch]\nagents = ["no-such", "relatlimab"]\n', "relatlimab", vocabulary=vocabulary)
    for broken in ("[watch\n", "[watch]\ntrialz = []\n"):
        with pytest.raises(ConfigurationError):
            add(broken, "TIGIT", vocabulary=vocabulary)


# The file -------------------------------------------------------------------------------------------------------------


def test_the_file_is_replaced_with_its_mode_and_a_link_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "elsewhere" / "list.toml"
    real.parent.mkdir()
    real.write_text(SMALL, "utf-8")
    real.chmod(0o640)
    link = tmp_path / "watchlist.toml"
    link.symlink_to(Path("elsewhere") / "list.toml")
    opened = real.open("rb")
    with opened:
        write_text(link, SMALL, "# new\n")
        assert opened.read() == SMALL.encode()  # a reader keeps the old one whole: it is a swap, no overwriting
    assert link.is_symlink()
    assert real.read_text("utf-8") == "# new\n"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert os.listdir(real.parent) == ["list.toml"]  # noqa: PTH208  names alone


def test_a_read_only_a_vanished_and_a_changed_file_are_refused_and_left(file: Path) -> None:
    file.chmod(0o444)
    with pytest.raises(ConfigurationError, match="it is read-only"):
        write_text(file, SMALL, "# new\n")
    file.chmod(0o644)
    with pytest.raises(ConfigurationError, match="changed by someone else"):
        write_text(file, "# what was read\n", "# new\n")
    assert file.read_text("utf-8") == SMALL
    file.unlink()
    with pytest.raises(ConfigurationError, match="there is no"):
        write_text(file, SMALL, "# new\n")
    assert list(file.parent.iterdir()) == []


def test_a_file_in_another_encoding_is_refused(file: Path) -> None:
    file.write_bytes("# caf\u00e9\n".encode("latin-1"))
    with pytest.raises(ConfigurationError, match="codec"):
        read_text(file)


# The audited row ------------------------------------------------------------------------------------------------------


def read_audit(path: Path) -> list[tuple[object, ...]]:
    return query_rows(path, "SELECT edited_at, action, item, condition FROM watch_edit")[1]


@pytest.mark.slow
def test_every_edit_of_a_warehouse_is_a_published_row_and_the_history_stays(
    whole_sample_inputs: Inputs, ask: Callable[[Inputs, str], list[tuple[object, ...]]]
) -> None:
    file = whole_sample_inputs.file
    run_nightly(whole_sample_inputs, NIGHT)
    matched = ask(whole_sample_inputs, "SELECT count(*) FROM watch_match WHERE item = 'agent:zelbarimab'")
    assert matched != [(0,)]
    remove_from_watchlist(file, ["zelbarimab"], LATER)
    add_to_watchlist(file, ["relatlimab", "TIGIT"], None, LATER)
    add_to_watchlist(file, ["relatlimab"], None, LATER)
    assert read_audit(whole_sample_inputs.home.published) == [
        (LATER, "remove", "agent:zelbarimab", ""),
        (LATER, "add", "agent:relatlimab", ""),
    ]
    assert ask(whole_sample_inputs, "SELECT count(*) FROM watch_match WHERE item = 'agent:zelbarimab'") == matched


def test_a_clock_earlier_than_the_newest_run_is_refused_and_nothing_is_written(sample_inputs: Inputs) -> None:
    run_nightly(sample_inputs, NIGHT)
    before = sample_inputs.file.read_bytes()
    with pytest.raises(ConfigurationError, match="earlier than the newest nightly run"):
        add_to_watchlist(sample_inputs.file, ["relatlimab"], None, NIGHT - dt.timedelta(days=1))
    assert sample_inputs.file.read_bytes() == before
    assert read_audit(sample_inputs.home.published) == []


def test_before_the_first_run_the_row_waits_and_that_run_publishes_it(sample_inputs: Inputs) -> None:
    add_to_watchlist(sample_inputs.file, ["relatlimab"], "lung", NIGHT)
    assert not sample_inputs.home.published.exists()
    run_nightly(sample_inputs, LATER)
    assert read_audit(sample_inputs.home.published) == [(NIGHT, "add", "agent:relatlimab", "lung")]


def test_a_file_that_cannot_be_written_leaves_no_row(file: Path) -> None:
    file.chmod(0o444)
    with pytest.raises(ConfigurationError, match="read-only"):
        add_to_watchlist(file, ["TIGIT"], None, NIGHT)
    with Store.open(file.parent / "data" / "private" / "warehouse.duckdb", NIGHT) as store:
        store.checkpoint()
    assert read_audit(file.parent / "data" / "private" / "warehouse.duckdb") == []


def test_a_warehouse_that_cannot_be_opened_leaves_the_file(file: Path) -> None:
    home = file.parent / "data"
    (home / "private").mkdir(parents=True)
    (home / "private" / "warehouse.duckdb").write_bytes(b"not a database " * 1000)
    with pytest.raises(WarehouseError, match="is damaged"):
        add_to_watchlist(file, ["TIGIT"], None, NIGHT)
    assert file.read_text("utf-8") == SMALL


def test_a_busy_home_refuses_an_edit_and_a_mistake_makes_no_home(file: Path, sample_inputs: Inputs) -> None:
    with sample_inputs.home.lock("run"), pytest.raises(BusyError, match="is busy: `trialwatch run`"):
        add_to_watchlist(sample_inputs.file, ["relatlimab"], None, NIGHT)
    other = file.parent / "other" / "watchlist.toml"
    other.parent.mkdir()
    other.write_text(SMALL, "utf-8")
    with pytest.raises(TrialwatchError):
        add_to_watchlist(other, ["xyzzy"], None, NIGHT)
    assert [path.name for path in other.parent.iterdir()] == ["watchlist.toml"]


@pytest.mark.slow
def test_the_list_shows_what_each_item_found(sample_inputs: Inputs) -> None:
    names, rows = list_items(sample_inputs)
    assert names == ["kind", "name", "condition"]
    assert rows[0] == ("trial", "NCT99000101", "")
    assert rows[-1] == ("target", "FAP", "cancer")
    result = run_nightly(sample_inputs, NIGHT)
    assert result.exit_code == 0
    names, rows = list_items(sample_inputs)
    assert names == ["kind", "name", "condition", "trials", "papers", "last_proved"]
    assert [row[:2] for row in rows] == [(item.kind, item.name) for item in sample_inputs.items]
    lines = {row[1]: row for row in rows}
    assert lines["NCT99000101"][3] == 1
    counts = query_rows(
        sample_inputs.home.published,
        "SELECT source, count(*) FROM watch_match WHERE item = 'target:LAG-3' GROUP BY ALL ORDER BY ALL",
    )[1]
    assert counts == [("clinicaltrials", lines["LAG-3"][3]), ("pubmed", lines["LAG-3"][4])]
    assert lines["LAG-3"][5] == NIGHT.date()


def test_a_warehouse_of_the_release_before_gets_its_table_with_the_edit(
    sample_inputs: Inputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = sample_inputs.home
    home.working.parent.mkdir(parents=True)
    with monkeypatch.context() as patched, duckdb.connect(home.working) as connection:
        patched.setattr(
            "warehouse.migrate.list_sql", lambda folder: ["0001_foundation"] if folder == "migrations" else []
        )
        assert migrate(connection, NIGHT) == 1
    publish(home.working, home.published)
    add_to_watchlist(sample_inputs.file, ["relatlimab"], None, LATER)
    assert read_audit(home.published) == [(LATER, "add", "agent:relatlimab", "")]


# The command ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_commands_as_a_user_types_them(
    sample_server: SampleServer, write_watchlist: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "vocabulary").symlink_to(SAMPLE_FOLDER / "vocabulary")
    extra = '[vocabulary]\nextra = "vocabulary"\n'
    file = write_watchlist(sample_server, 'trials = ["NCT99000101"]', tmp_path / "list", extra.replace('"v', '"../v'))
    added = trialwatch("watch", "add", "zelbarimab", "nct99000103", "--config", "list/watchlist.toml", cwd=tmp_path)
    assert (added.returncode, added.stdout) == (0, "added agent zelbarimab\nadded trial NCT99000103\n"), added.stderr
    again = trialwatch("--config", "list/watchlist.toml", "watch", "add", "zelbarimab", cwd=tmp_path)
    assert (again.returncode, again.stdout) == (0, "is there already: agent zelbarimab\n")
    narrowed = trialwatch("watch", "add", "TIGIT", "--condition", "lung", cwd=file.parent)
    assert narrowed.stdout == "added target TIGIT (condition: lung)\n"
    listed = trialwatch("watch", "list", cwd=file.parent)
    assert listed.stdout == (
        "kind\tname\tcondition\ntrial\tNCT99000101\t\ntrial\tNCT99000103\t\nagent\tzelbarimab\t\ntarget\tTIGIT\tlung\n"
    )
    line = trialwatch("watch", "list", "--format", "json", cwd=file.parent).stdout.splitlines()[-1]
    assert json.loads(line) == {"kind": "target", "name": "TIGIT", "condition": "lung"}
    gone = trialwatch("watch", "remove", "tigit", cwd=file.parent)
    assert gone.stdout == "removed target TIGIT; its history stays in the warehouse\n"
    unknown = trialwatch("watch", "remove", "tigit", cwd=file.parent)
    assert unknown.returncode == 2
    assert unknown.stderr.startswith('error: watchlist.toml: "tigit" is not watched\nhint: ')
    assert trialwatch("check", "--offline", cwd=file.parent).returncode == 0
    assert sample_server.requests == []
