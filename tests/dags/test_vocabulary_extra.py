"""A target, an agent and decided links that are TOML of the user's own, from the file to the letter."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dags.checking import check_inputs, show_gaps
from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.sample.server import SampleServer
from dags.sample.world import SAMPLE_FOLDER, World
from dags.span import choose_span
from dags.weekly import run_weekly
from models.errors import ConfigurationError
from tests.conftest import at_night

OWN = """
[[target]]
name = "Quux-1"
symbol = "QUX1"
synonyms = ["quuxin"]
source = "invented"

[[agent]]
name = "SX-330"
role = "lead"
actions = [{ gene = "QUX1", action = "blocks" }]
source = "invented"
"""
OVERRIDES = """
[[force]]
trial = "NCT99000105"
target = "quuxin"
reason = "The sponsor says so."

[[deny]]
trial = "NCT99000101"
target = "LAG-3"
reason = "It is given to neither arm."
"""
Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]


@pytest.fixture
def folder(sample_server: SampleServer, write_watchlist: Callable[..., Path], tmp_path: Path) -> Path:
    shutil.copytree(SAMPLE_FOLDER / "vocabulary", tmp_path / "vocabulary")
    (tmp_path / "vocabulary" / "own.toml").write_text(OWN)
    write_watchlist(
        sample_server,
        'trials = ["NCT99000101", "NCT99000105"]\nagents = ["SX-330"]\ntargets = ["Quux-1", "LAG-3"]',
        extra='[vocabulary]\nextra = "vocabulary"\n',
    )
    return tmp_path


def read(folder: Path) -> Inputs:
    return read_inputs(folder / "watchlist.toml", environment={})


def test_a_target_and_an_agent_more_are_toml_alone(folder: Path, sample_world: World, ask: Ask) -> None:
    (folder / "vocabulary" / "overrides.toml").write_text(OVERRIDES)
    inputs = read(folder)
    for day in sample_world.days:
        sample_world.serve(day)
        assert run_nightly(inputs, at_night(day)).exit_code == 0
    searched = ask(inputs, "SELECT DISTINCT synonym FROM watch_match WHERE item LIKE 'agent:SX-330%'")
    assert [(text or "").casefold() for (text,) in searched] == ["sx-330"]
    linked = ask(inputs, "SELECT basis, agents, evidence FROM trial_target WHERE target = 'Quux-1' AND mentions > 0")
    assert linked
    assert {(basis, *agents) for basis, agents, _ in linked} == {("intervention", "SX-330")}
    assert all("sx-330" in evidence.casefold() for *_, evidence in linked)
    forced = "SELECT basis, evidence FROM trial_target WHERE nct_id = 'NCT99000105' AND target = 'Quux-1'"
    assert ask(inputs, forced) == [("override", "The sponsor says so.")]
    denied = "FROM trial_target WHERE nct_id = 'NCT99000101' AND target = 'LAG-3'"
    assert ask(inputs, denied) == []
    assert ask(inputs, "FROM mention WHERE doc_id = 'NCT99000101' AND target = 'LAG-3'")
    clock = at_night(sample_world.days[-1])
    letter = run_weekly(inputs, choose_span(clock, "2026-W07", None, None), clock).read_text("utf-8")
    sections = {part.partition("\n")[0]: part for part in letter.split("\n## ")[1:]}
    assert "NCT99000105" in sections["Quux-1"]
    assert "[NCT99000110](" in sections["Quux-1"]
    assert "[NCT99000101](" not in sections.get("LAG-3", "")


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ('[[force]]\ntrial = "NCT99000101"\ntarget = "Quux-2"\nreason = "x"', 'force[0].target: "Quux-2"'),
        ('[[deny]]\ntrial = "NCT9900010"\ntarget = "LAG-3"\nreason = "x"', 'deny[0].trial: "NCT9900010" has 7 digits'),
        (OVERRIDES + OVERRIDES.replace("force", "deny"), "deny[1]: NCT99000105 and Quux-1: the link is both forced"),
        ("force = 1", "overrides.toml: "),
    ],
)
def test_a_wrong_override_stops_the_command_with_its_place(folder: Path, text: str, flaw: str) -> None:
    (folder / "vocabulary" / "overrides.toml").write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        read(folder)
    assert caught.value.exit_code == 2
    assert caught.value.message.startswith("vocabulary/overrides.toml: ")
    assert flaw in caught.value.message


def test_check_counts_overrides_and_warns_of_collisions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "vocabulary" / "overrides.toml").write_text(OVERRIDES)
    (folder / "vocabulary" / "more.toml").write_text(
        '[[agent]]\nname = "minemab"\nrole = "lead"\nsource = "invented"\nsynonyms = ["BMS 986016"]\n'
    )
    assert check_inputs(folder / "watchlist.toml", is_offline=True) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "ok    overrides   2 links: 1 forced, 1 denied" in lines
    (warning,) = (line for line in lines if "BMS 986016" in line)
    assert warning.startswith('warn  vocabulary  "BMS 986016" names agent minemab and agent relatlimab, a name of the')
    assert check_inputs(folder / "watchlist.toml", "json", is_offline=True) == 0
    assert '"level": "warn", "part": "vocabulary"' in capsys.readouterr().out


@pytest.mark.slow
def test_gaps_are_those_of_the_vocabulary_as_it_is_now(
    folder: Path, sample_world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = read(folder)
    sample_world.serve(sample_world.days[0])
    assert run_nightly(inputs, at_night(sample_world.days[0])).exit_code == 0
    show_gaps(folder / "watchlist.toml", "tsv", is_all=False)
    before = capsys.readouterr().out.splitlines()
    assert before[0] == "intervention\ttype\ttrials\texample"
    assert not [line for line in before if line.startswith(("SX-330", "Placebo"))]
    (folder / "vocabulary" / "own.toml").write_text(OWN.partition("[[agent]]")[0])
    (folder / "watchlist.toml").write_text(
        (folder / "watchlist.toml").read_text().replace('agents = ["SX-330"]', "agents = []")
    )
    show_gaps(folder / "watchlist.toml", "tsv", is_all=False)
    after = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[:2] for line in after if line not in before] == [["SX-330", "BIOLOGICAL"]]
