"""Results that are due are told once, when they become so; what was due before is how things stood."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.sample.server import SampleServer
from dags.sample.world import World
from tests.conftest import at_night
from tests.etl.studies import change
from warehouse.reader import query_rows

NCT_ID = "NCT99000101"
NIGHTS = (dt.date(2026, 2, 3), dt.date(2026, 2, 10), dt.date(2026, 2, 11))
OVERDUE = """
SELECT new_value, detail ->> 'due_date', CAST(observed_at AS DATE), source_submit_date
FROM trial_change
WHERE kind = 'results' AND action = 'overdue'
"""


def completed(date: str, kind: str = "ACTUAL") -> dict[str, Any]:
    return change("protocolSection.statusModule.primaryCompletionDateStruct", {"date": date, "type": kind})


@pytest.fixture
def spend(tmp_path: Path, write_watchlist: Callable[..., Path]) -> Callable[..., list[tuple[Any, ...]]]:
    """Return what is told overdue after the nights on which a study was served."""

    def run(study: dict[str, Any], setting: str = "") -> list[tuple[Any, ...]]:
        line = json.dumps({"day": NIGHTS[0].isoformat(), "study": study})
        (tmp_path / "studies.jsonl").write_text(line + "\n", "utf-8")
        world = World.read(tmp_path, ["studies.jsonl"])
        with SampleServer(world) as server:
            file = write_watchlist(server, f'trials = ["{NCT_ID}"]')
            file.write_text(file.read_text("utf-8").replace("[source.pubmed]", f"{setting}\n[source.pubmed]"), "utf-8")
            inputs: Inputs = read_inputs(file, environment={})
            for night in NIGHTS:
                world.serve(night)
                assert run_nightly(inputs, at_night(night)).exit_code == 0
        return query_rows(inputs.home.published, OVERDUE)[1]

    return run


def test_results_that_become_due_between_two_nights_are_told_by_the_later_one_once(spend: Callable[..., Any]) -> None:
    assert spend(completed("2025-02-07")) == [("2025-02-07", "2026-02-07", NIGHTS[1], None)]


@pytest.mark.slow
def test_what_was_due_before_the_first_night_is_told_by_none(spend: Callable[..., Any]) -> None:
    assert spend(completed("2025-02-01")) == []


@pytest.mark.slow
def test_a_month_is_due_a_year_after_its_last_day(spend: Callable[..., Any]) -> None:
    assert spend(completed("2025-02")) == []  # due on the last of February, after the last night


def test_the_months_are_the_users(spend: Callable[..., Any]) -> None:
    assert spend(completed("2025-08-05"), "results_due_months = 6") == [("2025-08-05", "2026-02-05", NIGHTS[1], None)]


@pytest.mark.parametrize(
    "path",
    [
        "derivedSection.miscInfoModule.submissionTracking",
        "annotationSection.annotationModule.unpostedAnnotation",
    ],
)
def test_results_handed_in_and_not_posted_are_not_overdue(spend: Callable[..., Any], path: str) -> None:
    study = completed("2025-02-07")
    handed_in = {"submissionInfos": [{"releaseDate": "2026-01-05"}], "unpostedEvents": [{"type": "RELEASE"}]}
    place = study
    *holders, name = path.split(".")
    for key in holders:
        place = place.setdefault(key, {})
    place[name] = handed_in
    assert spend(study) == []


def test_a_trial_with_results_is_not_overdue(spend: Callable[..., Any]) -> None:
    assert spend(completed("2025-02-07") | {"hasResults": True}) == []
