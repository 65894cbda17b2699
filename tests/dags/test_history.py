"""What the record history adds: missed states are news once, the past never, and all else works without it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from dags.backfill import choose_trials, run_backfill
from dags.cli import main
from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.sample.faults import Fault
from dags.sample.server import SampleServer
from dags.sample.world import World
from models.errors import ConfigurationError
from tests.conftest import at_night
from warehouse.reader import query_rows

NCT_ID = "NCT99000401"
FIRST, SECOND, THIRD = dt.date(2026, 2, 2), dt.date(2026, 2, 9), dt.date(2026, 2, 16)
Rows = list[tuple[Any, ...]]
Records = Sequence[tuple[str, Sequence[tuple[str, str]]]]
CHANGES = """
SELECT old_status, new_status, source_submit_date, CAST(observed_at AS DATE), origin
FROM trial_status_change
ORDER BY source_submit_date, observed_at
"""


def study(status: str, submitted: str, *, html: bool = True, nct_id: str = NCT_ID, **protocol: Any) -> dict[str, Any]:
    """Return an invented study; its criteria as the history or as the API writes them."""
    criteria = (
        "<p>Inclusion Criteria:</p><ul><li>Age &gt;= 18</li><li>ECOG 0&#x2F;1</li></ul>"
        if html
        else "Inclusion Criteria:\n\n* Age \\>= 18\n* ECOG 0/1"
    )
    posted = (dt.date.fromisoformat(submitted) + dt.timedelta(days=2)).isoformat()
    return {
        "protocolSection": {
            "identificationModule": {"nctId": nct_id, "briefTitle": "An invented trial"},
            "statusModule": {
                "overallStatus": status,
                "lastUpdateSubmitDate": submitted,
                "studyFirstPostDateStruct": {"date": "2020-01-03"},
                "lastUpdatePostDateStruct": {"date": posted},
            },
            "designModule": {"studyType": "INTERVENTIONAL", "enrollmentInfo": {"count": 100, "type": "ESTIMATED"}},
            "eligibilityModule": {"eligibilityCriteria": criteria},
            **protocol,
        },
        "derivedSection": {"miscInfoModule": {"versionHolder": posted}},
        "hasResults": False,
    }


def build_world(folder: Path, records: Mapping[str, Sequence[tuple[str, str]]], **protocol: Any) -> World:
    """Return a world of records with these statuses and submit dates; each is served from its posting on."""
    lines = []
    for nct_id, versions in records.items():
        changes = [
            {"version": place, "date": submitted, "status": status, "moduleLabels": ["Study Status"]}
            for place, (status, submitted) in enumerate(versions)
        ]
        studies = {str(place): study(*version, nct_id=nct_id, **protocol) for place, version in enumerate(versions)}
        lines.append(json.dumps({"nct_id": nct_id, "changes": changes, "studies": studies}) + "\n")
    file = folder / "histories.jsonl"
    file.write_text("".join(lines), "utf-8")
    world = World.read_histories(file)
    for nct_id, versions in records.items():
        for status, submitted in versions:
            served = study(status, submitted, html=False, nct_id=nct_id, **protocol)
            world.put(dt.date.fromisoformat(submitted) + dt.timedelta(days=2), served)
    return world


@pytest.fixture
def serve(tmp_path: Path, write_watchlist: Callable[..., Path]) -> Iterator[Callable[..., tuple[SampleServer, Inputs]]]:
    """Return a starter of a registry with a record of the given history (and others), and inputs that watch them."""
    running: list[SampleServer] = []

    def start(*versions: tuple[str, str], others: Records = (), **protocol: Any) -> tuple[SampleServer, Inputs]:
        records = {NCT_ID: versions, **dict(others)}
        server = SampleServer(build_world(tmp_path, records, **protocol))
        running.append(server.__enter__())
        quoted = ", ".join(f'"{nct_id}"' for nct_id in records)
        return server, read_inputs(write_watchlist(server, f"trials = [{quoted}]"), environment={})

    yield start
    for server in running:
        server.__exit__(None, None, None)


def spend(server: SampleServer, inputs: Inputs, day: dt.date) -> Mapping[str, str]:
    """Run one night; return its steps' summaries."""
    server.world.serve(day)
    result = run_nightly(inputs, at_night(day))
    assert result.exit_code == 0, [step.error for step in result.steps if step.error]
    return {step.step: step.summary for step in result.steps}


def ask(inputs: Inputs, query: str) -> Rows:
    return query_rows(inputs.home.published, query)[1]


HISTORY = (
    ("NOT_YET_RECRUITING", "2020-01-01"),
    ("RECRUITING", "2026-01-10"),
    ("SUSPENDED", "2026-02-03"),
    ("TERMINATED", "2026-02-05"),
)


def test_a_state_missed_between_two_nights_is_news_of_the_later_night(serve: Callable[..., Any]) -> None:
    server, inputs = serve(*HISTORY)
    spend(server, inputs, FIRST)
    assert "1 missed version" in spend(server, inputs, SECOND)["history"]
    assert ask(inputs, CHANGES) == [
        ("RECRUITING", "SUSPENDED", dt.date(2026, 2, 3), SECOND, "gap"),
        ("SUSPENDED", "TERMINATED", dt.date(2026, 2, 5), SECOND, "live"),
    ]


def test_what_was_told_keeps_its_night_when_a_missed_state_is_learnt_later(serve: Callable[..., Any]) -> None:
    server, inputs = serve(*HISTORY)
    spend(server, inputs, FIRST)
    server.has_histories = False
    spend(server, inputs, SECOND)
    told = [("RECRUITING", "TERMINATED", dt.date(2026, 2, 5), SECOND, "live")]
    assert ask(inputs, CHANGES) == told
    server.has_histories = True
    spend(server, inputs, THIRD)
    assert ask(inputs, CHANGES) == [
        ("RECRUITING", "SUSPENDED", dt.date(2026, 2, 3), THIRD, "gap"),
        ("SUSPENDED", "TERMINATED", dt.date(2026, 2, 5), SECOND, "live"),
    ]
    kept = "SELECT old_value, new_value FROM trial_change_log WHERE superseded_at IS NOT NULL AND kind = 'status'"
    assert ask(inputs, kept) == [("RECRUITING", "TERMINATED")]
    written = "SELECT CAST(recorded_at AS DATE) FROM trial_change WHERE kind = 'status'"
    assert ask(inputs, written) == [(THIRD,), (THIRD,)]


@pytest.mark.slow
def test_without_the_endpoint_the_night_is_done_and_says_so(serve: Callable[..., Any]) -> None:
    server, inputs = serve(*HISTORY)
    spend(server, inputs, FIRST)
    server.has_histories = False
    assert "not answered" in spend(server, inputs, SECOND)["history"]
    assert "history endpoint" in ask(inputs, "SELECT message FROM issue WHERE source = 'history'")[0][0]
    told: list[tuple[int, int]] = []
    result = run_backfill(inputs, at_night(SECOND), [], tell=lambda *counts: told.append(counts))
    assert (result.exit_code, result.learnt) == (0, 0)
    assert [done for done, _ in told] == list(range(len(told)))
    assert len(told) > 1
    assert "history endpoint" in result.message


def test_a_night_without_news_asks_no_history(serve: Callable[..., Any]) -> None:
    server, inputs = serve(*HISTORY)
    spend(server, inputs, FIRST)
    spend(server, inputs, SECOND)
    server.requests.clear()
    assert "history" not in spend(server, inputs, THIRD)
    assert [request.path for request in server.requests if "/int/" in request.path] == []


def test_the_past_is_read_whole_in_html_and_tells_no_false_change(serve: Callable[..., Any]) -> None:
    server, inputs = serve(*HISTORY)
    spend(server, inputs, SECOND)
    run_backfill(inputs, at_night(SECOND), [])
    rows = ask(inputs, "SELECT kind, new_value, origin FROM trial_change ORDER BY source_submit_date")
    assert rows == [("status", status, "backfill") for status in ("RECRUITING", "SUSPENDED", "TERMINATED")]
    versions = ask(inputs, "SELECT version_no, registry_version, markup, origin FROM trial_version ORDER BY 1")
    assert versions == [
        (1, 0, "html", "backfill"),
        (2, 1, "html", "backfill"),
        (3, 2, "html", "backfill"),
        (4, 3, "markdown", "live"),
    ]


def test_what_the_registry_set_after_the_last_edit_stands_behind_it(serve: Callable[..., Any]) -> None:
    server, inputs = serve(*HISTORY[:2])
    server.world.put(FIRST, study("UNKNOWN", "2026-01-10", html=False))
    spend(server, inputs, SECOND)
    run_backfill(inputs, at_night(SECOND), [])
    spells = "SELECT status, valid_from, valid_from_basis FROM trial_status_history ORDER BY valid_from"
    assert ask(inputs, spells) == [
        ("NOT_YET_RECRUITING", dt.date(2020, 1, 1), "submit"),
        ("RECRUITING", dt.date(2026, 1, 10), "submit"),
        ("UNKNOWN", SECOND, "served"),
    ]


def test_versions_of_one_day_keep_their_order(serve: Callable[..., Any]) -> None:
    day = "2026-02-03"
    server, inputs = serve(("RECRUITING", "2026-01-10"), ("SUSPENDED", day), ("RECRUITING", day), ("COMPLETED", day))
    spend(server, inputs, SECOND)
    run_backfill(inputs, at_night(SECOND), [])
    states = [row[0] for row in ask(inputs, "SELECT overall_status FROM trial_version ORDER BY version_no")]
    assert states == ["RECRUITING", "SUSPENDED", "RECRUITING", "COMPLETED"]
    moves = ask(inputs, "SELECT new_status, source_submit_date FROM trial_status_change")
    assert [moved for _, moved in moves] == [dt.date(2026, 2, 3)] * 3
    assert ask(inputs, "SELECT nct_id, overall_status FROM trial_as_of('2026-02-03')") == [(NCT_ID, "COMPLETED")]
    assert ask(inputs, "SELECT overall_status FROM trial_as_of('2026-02-02')") == [("RECRUITING",)]


def test_an_interrupted_back_fill_keeps_what_it_read_and_goes_on(serve: Callable[..., Any]) -> None:
    server, inputs = serve(*HISTORY)
    spend(server, inputs, SECOND)
    server.faults.append(Fault(kind="status", path="/history/2", times=None))
    assert run_backfill(inputs, at_night(SECOND), []).exit_code == 1
    server.faults.clear()
    assert run_backfill(inputs, at_night(SECOND), []).learnt == 3
    assert len(ask(inputs, CHANGES)) == 3


def test_a_version_that_is_listed_and_not_there_costs_only_itself(serve: Callable[..., Any]) -> None:
    server, inputs = serve(*HISTORY)
    spend(server, inputs, SECOND)
    server.faults.append(Fault(kind="status", status=404, path="/history/1", times=None))
    result = run_backfill(inputs, at_night(SECOND), [])
    assert (result.exit_code, result.learnt) == (0, 2)
    assert ask(inputs, "SELECT message FROM issue WHERE record IS NOT NULL AND message LIKE '%version 1%'")
    assert ask(inputs, "SELECT registry_version FROM trial_version ORDER BY version_no") == [(0,), (2,), (3,)]


@pytest.mark.slow
def test_a_trial_the_endpoint_fails_on_costs_no_other(serve: Callable[..., Any]) -> None:
    others = [
        (nct_id, [("RECRUITING", "2026-01-10"), ("TERMINATED", "2026-02-03"), ("COMPLETED", "2026-02-05")])
        for nct_id in ("NCT99000400", "NCT99000402")
    ]
    server, inputs = serve(*HISTORY, others=others)
    server.faults.append(Fault(kind="status", status=500, path=f"{NCT_ID}/history", times=None))
    spend(server, inputs, FIRST)
    assert "2 missed versions; not answered for 1 trial" in spend(server, inputs, SECOND)["history"]
    assert len(ask(inputs, "SELECT nct_id FROM trial_status_change WHERE new_status = 'TERMINATED'")) == 3
    assert run_backfill(inputs, at_night(SECOND), []).exit_code == 1
    assert len(ask(inputs, "SELECT nct_id FROM history_check WHERE outcome = 'whole'")) == 2


def test_since_reads_no_further_back_than_what_held_on_that_day(serve: Callable[..., Any]) -> None:
    server, inputs = serve(*HISTORY)
    spend(server, inputs, SECOND)
    run_backfill(inputs, at_night(SECOND), [NCT_ID], since=dt.date(2026, 2, 1))
    numbers = "SELECT registry_version FROM trial_version ORDER BY version_no"
    assert ask(inputs, numbers) == [(1,), (2,), (3,)]
    assert run_backfill(inputs, at_night(SECOND), [NCT_ID]).learnt == 1
    assert ask(inputs, numbers) == [(0,), (1,), (2,), (3,)]


@pytest.mark.slow
def test_references_of_old_versions_are_told_by_nobody(serve: Callable[..., Any]) -> None:
    papers = {"referencesModule": {"references": [{"pmid": "99000031", "type": "DERIVED", "citation": "Invented."}]}}
    server, inputs = serve(*HISTORY, **papers)
    server.world.put(THIRD, study("TERMINATED", "2026-02-05", html=False))
    spend(server, inputs, SECOND)
    spend(server, inputs, THIRD)
    run_backfill(inputs, at_night(THIRD), [])
    rows = ask(inputs, "SELECT kind, action, origin FROM trial_change WHERE kind <> 'status'")
    assert rows == [("reference", "removed", "live")]


def test_what_is_known_at_an_instant_is_what_had_been_read_by_then(serve: Callable[..., Any]) -> None:
    server, inputs = serve(*HISTORY)
    spend(server, inputs, FIRST)
    spend(server, inputs, SECOND)
    known = "SELECT overall_status FROM trial_known_at('{}')"
    assert ask(inputs, known.format(at_night(FIRST))) == [("RECRUITING",)]
    assert ask(inputs, known.format(at_night(SECOND))) == [("TERMINATED",)]
    assert ask(inputs, known.format("2026-01-01 00:00:00")) == []


def test_a_trial_not_held_is_refused_with_the_way_to_hold_it(serve: Callable[..., Any]) -> None:
    server, inputs = serve(*HISTORY)
    spend(server, inputs, SECOND)
    with pytest.raises(ConfigurationError, match="NCT99000999"):
        run_backfill(inputs, at_night(SECOND), ["NCT99000999"])


@pytest.mark.parametrize(("numbers", "is_all"), [([], False), (["NCT99000401"], True), (["NCT1x"], False)])
def test_a_back_fill_names_trials_or_all(numbers: list[str], *, is_all: bool) -> None:
    with pytest.raises(ConfigurationError):
        choose_trials(numbers, is_all=is_all)
    assert choose_trials(["nct99000401"], is_all=False) == [NCT_ID]


@pytest.mark.parametrize("arguments", [[NCT_ID.lower()], ["--all", "--since", "2026-02-01"]])
def test_the_command_says_what_it_read_and_what_it_had_read_before(
    serve: Callable[..., Any], capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    server, inputs = serve(*HISTORY)
    spend(server, inputs, SECOND)
    command = ["backfill", *arguments, "--clock", "2026-02-09T15:00", "--config", str(inputs.file)]
    for said in ("1 trial: ", "1 trial (1 of them read before): 0 versions learnt. Exit 0."):
        with pytest.raises(SystemExit) as stop:
            main(command)
        assert stop.value.code == 0
        assert said in capsys.readouterr().out
    with pytest.raises(SystemExit) as stop:
        main(["backfill", "--config", str(inputs.file)])
    assert stop.value.code == 2
    assert "--all" in capsys.readouterr().err
