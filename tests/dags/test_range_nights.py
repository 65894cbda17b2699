"""With `[watch] everything = "range"` most nights read what was updated, and conclude nothing from what they lack."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.rebuilding import rebuild
from dags.sample.server import SampleServer
from dags.sample.world import World
from dags.status import describe_status, read_status
from extractors.clinicaltrials import query
from tests.conftest import at_night
from tests.dags.test_whole_nights import FIRST, run_days
from warehouse.reader import query_rows

HIDDEN, SILENT, UPDATED = "NCT99000107", "NCT99000108", "NCT99000109"
Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]
CHECKS = """
    SELECT item, outcome FROM source_check WHERE item LIKE 'registry%' ORDER BY run_id
"""


@pytest.fixture
def inputs(write_sample_inputs: Callable[[str], Inputs], monkeypatch: pytest.MonkeyPatch) -> Inputs:
    """One trial watched of a registry served in pages of five; the whole is read again after four days."""
    monkeypatch.setattr(query, "LARGEST_PAGE", 5)
    inputs = write_sample_inputs('everything = "range"\ntrials = ["NCT99000101"]')
    return set_registry(inputs, whole_after_days=4, overlap_days=1)


def set_registry(inputs: Inputs, **settings: int) -> Inputs:
    own = msgspec.structs.replace(inputs.settings.source.clinicaltrials, **settings)
    source = msgspec.structs.replace(inputs.settings.source, clinicaltrials=own)
    return msgspec.structs.replace(inputs, settings=msgspec.structs.replace(inputs.settings, source=source))


def change(world: World, nct_id: str, number: int, *, is_posted: bool) -> None:
    """Have a trial suspended from a day on, with a new date of update or without."""
    day = FIRST + dt.timedelta(days=number)
    study = json.loads(world.studies[nct_id].render(FIRST))
    status = study["protocolSection"]["statusModule"]
    status["overallStatus"] = "SUSPENDED"
    if is_posted:
        status["lastUpdateSubmitDate"] = day.isoformat()
        status["lastUpdatePostDateStruct"] = {"date": day.isoformat(), "type": "ACTUAL"}
    world.put(day, study)


def list_ranges(server: SampleServer) -> list[str]:
    """Return what was asked for by date of update, each question once, and forget all."""
    asked = [dict(one.params).get("filter.advanced") for one in server.requests if one.path.endswith("/studies")]
    server.requests.clear()
    return list(dict.fromkeys(filter(None, asked)))


def read_status_of(ask: Ask, inputs: Inputs, nct_id: str) -> str:
    status: str = ask(inputs, f"SELECT overall_status FROM trial WHERE nct_id = '{nct_id}'")[0][0]
    return status


def test_a_range_night_sees_what_was_posted_and_concludes_nothing_from_the_rest(
    inputs: Inputs, sample_world: World, sample_server: SampleServer, ask: Ask
) -> None:
    change(sample_world, SILENT, 1, is_posted=False)
    change(sample_world, UPDATED, 1, is_posted=True)
    run_days(inputs, sample_world, 0)
    assert list_ranges(sample_server) == []
    sample_world.hide(HIDDEN)
    run_days(inputs, sample_world, 1)
    assert list_ranges(sample_server) == ["AREA[LastUpdatePostDate]RANGE[2026-02-09,MAX]"]
    assert read_status_of(ask, inputs, UPDATED) == "SUSPENDED"
    assert read_status_of(ask, inputs, SILENT) != "SUSPENDED"
    checked = "SELECT last_checked_at FROM trial WHERE nct_id = "
    assert ask(inputs, f"{checked}'{UPDATED}'") == [(at_night(FIRST + dt.timedelta(days=1)),)]
    assert ask(inputs, f"{checked}'{SILENT}'") == ask(inputs, f"{checked}'{HIDDEN}'") == [(at_night(FIRST),)]
    clock = at_night(FIRST + dt.timedelta(days=1))
    facts = read_status(inputs, clock)
    told = "everything  updates read to 2026-02-11; what was removed, or changed without a new date, as of 2026-02-10"
    assert told in describe_status(facts)
    assert facts["registry"]["is_stale"] is False
    # The night of the third day is missed: the next reaches back to the last good one.
    run_days(inputs, sample_world, 3)
    assert list_ranges(sample_server) == ["AREA[LastUpdatePostDate]RANGE[2026-02-10,MAX]"]
    state = f"SELECT registry_state FROM trial WHERE nct_id = '{HIDDEN}'"
    assert ask(inputs, state) == [("listed",)]
    run_days(inputs, sample_world, 4)
    assert list_ranges(sample_server) == []
    assert read_status_of(ask, inputs, SILENT) == "SUSPENDED"
    assert ask(inputs, state) == [("missing",)]
    assert ask(inputs, CHECKS) == [
        ("registry", "proved"),
        ("registry_range", "proved"),
        ("registry_range", "proved"),
        ("registry", "proved"),
    ]
    assert ask(inputs, f"SELECT count(*) FROM trial_change WHERE nct_id = '{HIDDEN}'") == [(1,)]
    assert rebuild(inputs, is_compared=True).differences == []


@pytest.mark.slow
def test_results_are_called_overdue_of_what_was_read_alone(inputs: Inputs, sample_world: World, ask: Ask) -> None:
    study = json.loads(sample_world.studies[SILENT].render(FIRST))
    status = study["protocolSection"]["statusModule"]
    status["primaryCompletionDateStruct"] = {"date": "2025-02-11", "type": "ACTUAL"}
    status["lastUpdatePostDateStruct"] = {"date": "2025-06-01", "type": "ACTUAL"}
    sample_world.put(FIRST, study)
    overdue = f"SELECT source_day FROM trial_change WHERE nct_id = '{SILENT}' AND action = 'overdue'"
    run_days(inputs, sample_world, 0, 1, 2)
    assert ask(inputs, overdue) == []
    run_days(inputs, sample_world, 4)
    assert ask(inputs, overdue) == [(FIRST + dt.timedelta(days=4),)]


@pytest.mark.slow
def test_the_same_release_is_not_asked_again_and_a_night_not_proved_is_made_up_for(
    inputs: Inputs, sample_world: World, sample_server: SampleServer, ask: Ask
) -> None:
    run_days(inputs, sample_world, 0, 1)
    list_ranges(sample_server)
    later = at_night(FIRST + dt.timedelta(days=1)) + dt.timedelta(hours=1)
    assert run_nightly(inputs, later).exit_code == 0
    assert list_ranges(sample_server) == []
    answer = sample_server.answer

    def answer_less(method: str, target: str, form: str, user_agent: str) -> Any:
        reply = answer(method, target, form, user_agent)
        if "RANGE" not in target:
            return reply
        return msgspec.structs.replace(reply, body=re.sub(rb'"totalCount":\d+', b'"totalCount":99', reply.body))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sample_server, "answer", answer_less)
        run_days(inputs, sample_world, 2)
    run_days(inputs, sample_world, 3)
    assert list_ranges(sample_server) == ["AREA[LastUpdatePostDate]RANGE[2026-02-10,MAX]"]
    outcomes = [row for row in ask(inputs, CHECKS) if row[0] == "registry_range"]
    assert [outcome for _, outcome in outcomes] == ["proved", "same_day", "unproved", "proved"]


@pytest.mark.slow
def test_an_empty_answer_is_doubted_where_trials_held_were_updated_since(
    inputs: Inputs, sample_world: World, sample_server: SampleServer, ask: Ask
) -> None:
    inputs = set_registry(inputs, overlap_days=4000)
    run_days(inputs, sample_world, 0)
    answer = sample_server.answer

    def answer_nothing(method: str, target: str, form: str, user_agent: str) -> Any:
        reply = answer(method, target, form, user_agent)
        if "RANGE" not in target:
            return reply
        return msgspec.structs.replace(reply, body=b'{"totalCount":0,"studies":[]}')

    sample_server.answer = answer_nothing  # type: ignore[method-assign]
    run_days(inputs, sample_world, 1)
    assert ask(inputs, CHECKS) == [("registry", "proved"), ("registry_range", "unproved")]
    assert ask(inputs, "SELECT DISTINCT registry_state FROM trial") == [("listed",)]
    (line,) = [line for line in describe_status(read_status(inputs, at_night(FIRST))) if line[:10] == "everything"]
    assert "! 0 records, " in line


@pytest.mark.slow
def test_a_whole_reading_that_is_overdue_is_a_problem(inputs: Inputs, sample_world: World) -> None:
    run_days(inputs, sample_world, 0)
    facts = read_status(set_registry(inputs, whole_after_days=1), at_night(FIRST + dt.timedelta(days=3)))
    assert not any("the registry was not proved" in problem for problem in facts["problems"])
    run_days(set_registry(inputs, whole_after_days=100), sample_world, 6)
    facts = read_status(set_registry(inputs, whole_after_days=1), at_night(FIRST + dt.timedelta(days=6)))
    whole = "the registry was not proved whole since 2026-02-10, nor its updates since 2026-02-16"
    assert whole in facts["problems"]


@pytest.mark.slow
def test_recorded_nights_by_date_of_update_lack_what_moved_without_one_until_the_whole_is_read(
    shared: Path, tmp_path: Path
) -> None:
    world = World.read(shared / "recorded", ["nightly.jsonl.gz"])
    kept = "SELECT * EXCLUDE (first_seen_at, last_checked_at) FROM trial ORDER BY nct_id"
    homes: dict[str, Inputs] = {}
    states: dict[str, list[list[tuple[Any, ...]]]] = {"true": [], '"range"': []}
    with SampleServer(world) as server:
        for everything in states:
            folder = tmp_path / everything.strip('"')
            folder.mkdir()
            (folder / "watchlist.toml").write_text(
                f"[watch]\neverything = {everything}\n[source.clinicaltrials]\nrequests_per_second = 0\n"
                f'whole_after_days = 30\nbase_url = "{server.ctg_url}"\n'
                f'[source.pubmed]\nrequests_per_second = 0\nbase_url = "{server.eutils_url}"\n',
                "utf-8",
            )
            homes[everything] = read_inputs(folder / "watchlist.toml", environment={})
        for day in (dt.date(2026, 2, 2), dt.date(2026, 2, 16), dt.date(2026, 3, 2), dt.date(2026, 3, 11)):
            world.serve(day)
            for everything, inputs in homes.items():
                assert run_nightly(inputs, at_night(day)).exit_code == 0
                states[everything].append(query_rows(inputs.home.published, kept)[1])
    whole, ranges = states["true"], states['"range"']
    names = query_rows(homes["true"].home.published, kept)[0]
    posted = names.index("last_update_post_date")
    assert ranges[0] == whole[0]
    assert ranges[2] != ranges[0]
    # Some trials were first recorded long after their last update, as if they had been hidden until then.
    held = {row[0]: row for row in ranges[2]}
    late = [(row, held[row[0]]) for row in whole[2] if row[0] in held and row != held[row[0]]]
    assert late
    assert all(one[posted] == other[posted] for one, other in late)
    assert all(row[posted] < dt.date(2026, 2, 9) for row in whole[2] if row[0] not in held)
    assert ranges[3] == whole[3]
    checks = query_rows(homes['"range"'].home.published, CHECKS)[1]
    assert [item for item, _ in checks] == ["registry", "registry_range", "registry_range", "registry"]
    assert rebuild(homes['"range"'], is_compared=True).differences == []
