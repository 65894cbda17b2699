"""`trialwatch report`, and the page after a night: what is read, where it is written, what is said where it is not."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dags import reporting
from dags.checking import check_inputs
from dags.inputs import Inputs
from dags.nightly import run_nightly
from dags.rebuilding import run_rebuild
from dags.report_command import run_report
from dags.reporting import find_report, read_landscape
from dags.sample.world import World
from models.errors import ConfigurationError, DeliveryError, WarehouseError
from models.settings import ReportSettings
from tests.conftest import FirstNight, at_night
from warehouse.reader import connect
from warehouse.store import Store

Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]


@pytest.fixture
def _no_browser_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out Vega, which takes seconds to bundle; the browser's tests have it."""
    monkeypatch.setattr(reporting, "build_library", lambda: "")
    monkeypatch.setattr(reporting, "build_charts", dict)


@pytest.fixture
def held(sample_inputs: Inputs, sample_world: World, first_night: FirstNight) -> Inputs:
    """Inputs whose home has a first night."""
    first_night(sample_inputs, sample_world)
    return sample_inputs


def with_report(inputs: Inputs, **given: Any) -> Inputs:
    settings = msgspec.structs.replace(inputs.settings, report=ReportSettings(**given))
    return msgspec.structs.replace(inputs, settings=settings)


@pytest.mark.usefixtures("_no_browser_program")
def test_the_page_lies_in_the_home_and_is_of_the_published_file(
    held: Inputs, sample_world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    run_report(held, at_night(sample_world.days[0]), out=None, targets=(), since=None)
    page = held.home.folder / "landscape.html"
    assert str(page) in capsys.readouterr().out
    assert "NCT99000101" in page.read_text("utf-8")


def test_a_page_of_a_target_has_its_trials_alone(held: Inputs, sample_world: World, ask: Ask) -> None:
    with Store(connect(held.home.published)) as store:
        clock = at_night(sample_world.days[0])
        page = read_landscape(store, held, clock, targets=["LAG-3"])
        whole = read_landscape(store, held, clock)
    expected = [row[0] for row in ask(held, "SELECT nct_id FROM trial_target WHERE target = 'LAG-3' ORDER BY ALL")]
    assert [trial.id for trial in page.trials] == expected
    assert page.targets == ("LAG-3",)
    assert {month.target for month in page.months} == {"LAG-3"}
    assert len(whole.trials) == ask(held, "SELECT count(*) FROM trial")[0][0]
    assert not whole.moves  # the first night is a baseline
    assert not whole.warnings


def test_the_months_add_up_to_the_papers_of_each_target(held: Inputs, sample_world: World, ask: Ask) -> None:
    with Store(connect(held.home.published)) as store:
        page = read_landscape(store, held, at_night(sample_world.days[0]))
    counted = {target: sum(one.papers for one in page.months if one.target == target) for target in page.targets}
    query = "SELECT target, count(*) FROM article_target JOIN article USING (pmid) WHERE state = 'active' GROUP BY ALL"
    assert {target: number for target, number in counted.items() if number} == dict(ask(held, query))
    assert {one.month[-3:] for one in page.months} == {"-01"}


@pytest.mark.usefixtures("_no_browser_program")
@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({"targets": ["FOO-1"]}, ConfigurationError, '--target: "FOO-1" is no target of the vocabulary'),
        ({"since": "yesterday"}, ConfigurationError, '--since: "yesterday" is no day'),
        ({"out": Path("no/such/folder/x.html")}, DeliveryError, "cannot write no/such/folder/x.html"),
    ],
    ids=["target", "day", "folder"],
)
def test_what_cannot_be_done_is_said(
    held: Inputs, sample_world: World, given: dict[str, Any], error: type[Exception], says: str
) -> None:
    wish = {"out": None, "targets": (), "since": None, **given}
    with pytest.raises(error, match=says):
        run_report(held, at_night(sample_world.days[0]), **wish)


def test_without_a_warehouse_there_is_no_page(sample_inputs: Inputs, sample_world: World) -> None:
    with pytest.raises(WarehouseError, match="there is no warehouse"):
        run_report(sample_inputs, at_night(sample_world.days[0]), out=None, targets=(), since=None)


@pytest.mark.usefixtures("_no_browser_program")
def test_a_night_writes_the_page_where_the_settings_say(held: Inputs, sample_world: World, ask: Ask) -> None:
    inputs = with_report(held, after_run=True, path="pages/today.html")
    (inputs.file.parent / "pages").mkdir()
    sample_world.serve(sample_world.days[1])
    result = run_nightly(inputs, at_night(sample_world.days[1]))
    assert result.exit_code == 0
    assert result.steps[-1].step == "report"
    page = find_report(inputs)
    assert page == inputs.file.parent / "pages" / "today.html"
    text = page.read_text("utf-8")
    assert "Data as of 11 Feb 2026 (run 2)" in text
    assert "Slow accrual." in text  # what this very night brought
    assert ask(inputs, "SELECT status FROM run_step WHERE step = 'report'") == [("done",)]
    assert not ask(inputs, "SELECT 1 FROM source_check WHERE source = 'report'")


@pytest.mark.slow
@pytest.mark.usefixtures("_no_browser_program")
def test_a_rebuild_keeps_the_step_and_writes_no_page(held: Inputs, sample_world: World) -> None:
    inputs = with_report(held, after_run=True)
    sample_world.serve(sample_world.days[1])
    assert run_nightly(inputs, at_night(sample_world.days[1])).exit_code == 0
    find_report(inputs).unlink()
    said: list[str] = []
    assert run_rebuild(inputs, is_compared=True, say=said.append, report=lambda *_: None) == 0, said
    assert not find_report(inputs).exists()


def test_a_page_that_cannot_be_written_is_told_and_costs_the_night_nothing_else(
    held: Inputs, sample_world: World, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    inputs = with_report(held, after_run=True)
    sample_world.serve(sample_world.days[1])
    result = run_nightly(inputs, at_night(sample_world.days[1]))
    assert result.exit_code == 1
    error = result.steps[-1].error
    assert error is not None
    assert error.hint == "pip install 'trialwatch[report]'"
    assert ask(inputs, "SELECT exit_code, message FROM run WHERE run_id = 2") == [
        (1, "the landscape page needs vl_convert, which is not installed")
    ]
    # What the sources brought is published, and the night counts as done.
    assert ask(inputs, "SELECT count(*) FROM trial_status_change") == [(1,)]
    assert ask(inputs, "SELECT count(*) FROM run_period WHERE job = 'nightly' AND run_id = 2") != [(0,)]
    assert ask(inputs, "SELECT message FROM issue WHERE run_id = 2 AND source = 'report'") == [
        ("the landscape page needs vl_convert, which is not installed",)
    ]


def test_check_warns_ahead_where_the_packages_are_missing(
    write_watchlist: Callable[..., Path],
    sample_server: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = write_watchlist(sample_server, 'trials = ["NCT99000101"]', extra="[report]\nafter_run = true")
    check_inputs(file, is_offline=True)
    assert "landscape" not in capsys.readouterr().out
    monkeypatch.setitem(sys.modules, "altair", None)
    check_inputs(file, is_offline=True)
    assert "after_run = true, but the landscape page needs altair, which is not installed" in capsys.readouterr().out
