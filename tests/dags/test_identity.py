"""One trial under two numbers: followed, told once, kept under both; and the three ways of not being there."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.sample.faults import Fault
from dags.sample.server import SampleServer
from dags.sample.world import World
from dags.span import find_span
from dags.status import describe_items, read_status
from dags.weekly import run_weekly
from tests.conftest import FirstNight, Snapshot, at_night

FIRST = dt.date(2026, 2, 10)
Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]
Watch = Callable[[str], Inputs]
EVENTS = "SELECT record, item, detail FROM watch_event WHERE kind = 'alias' ORDER BY run_id, record"
CHANGES = "SELECT nct_id, action, item, old_value, new_value FROM trial_change WHERE kind = 'identity'"
ORDER = " ORDER BY observed_at, nct_id"
NEW, OLD = "NCT99000195", "NCT99000106"


@pytest.fixture
def watch(sample_server: SampleServer, write_watchlist: Callable[..., Path]) -> Watch:
    def read(text: str) -> Inputs:
        return read_inputs(write_watchlist(sample_server, text), environment={})

    return read


def run_days(inputs: Inputs, world: World, *numbers: int) -> None:
    for number in numbers:
        day = FIRST + dt.timedelta(days=number)
        world.serve(day)
        assert run_nightly(inputs, at_night(day)).exit_code == 0


def renumber(world: World, number: int) -> None:
    """Serve what was OLD under NEW from a day on, a record posted that very day that names OLD as its alias."""
    day = FIRST + dt.timedelta(days=number)
    study = json.loads(world.studies[OLD].render(day))
    study["protocolSection"]["identificationModule"] |= {"nctId": NEW, "nctIdAliases": [OLD]}
    study["protocolSection"]["statusModule"]["studyFirstPostDateStruct"] = {"date": day.isoformat(), "type": "ACTUAL"}
    world.hide(OLD)
    world.put(day, study)


def describe(inputs: Inputs, number: int) -> list[str]:
    return describe_items(read_status(inputs, at_night(FIRST + dt.timedelta(days=number))))


def test_a_watched_alias_is_followed_and_told_once(watch: Watch, sample_world: World, ask: Ask) -> None:
    inputs = watch('trials = ["NCT99000902"]')
    run_days(inputs, sample_world, 0, 1, 2)
    assert ask(inputs, "SELECT nct_id FROM trial") == [("NCT99000102",)]
    assert ask(inputs, "SELECT item, record, field, synonym FROM watch_match WHERE source = 'clinicaltrials'") == [
        ("trial:NCT99000902", "NCT99000102", "nctIdAliases", "NCT99000902")
    ]
    assert ask(inputs, EVENTS) == [("NCT99000902", "trial:NCT99000902", "NCT99000102")]
    assert ask(inputs, CHANGES) == [("NCT99000102", "added", "NCT99000902", None, "NCT99000902")]
    query = "SELECT DISTINCT outcome FROM source_check WHERE source = 'clinicaltrials' AND item LIKE 'trial:%'"
    assert ask(inputs, query) == [("proved",)]


def test_a_number_watched_beside_its_alias_is_one_trial_under_two_items(
    watch: Watch, sample_world: World, ask: Ask
) -> None:
    inputs = watch('trials = ["NCT99000902", "NCT99000102"]')
    run_days(inputs, sample_world, 0, 1)
    assert ask(inputs, "SELECT nct_id FROM trial") == [("NCT99000102",)]
    query = "SELECT item, field FROM watch_match WHERE source = 'clinicaltrials' ORDER BY item"
    assert ask(inputs, query) == [("trial:NCT99000102", "nctId"), ("trial:NCT99000902", "nctIdAliases")]
    assert len(ask(inputs, CHANGES)) == 1


def test_a_trial_held_that_answers_under_another_number_keeps_its_history_and_is_no_new_trial(
    watch: Watch, sample_world: World, sample_server: SampleServer, ask: Ask, first_night: FirstNight
) -> None:
    inputs = watch(f'trials = ["{OLD}"]\nagents = []\n')
    first_night(inputs, sample_world)
    renumber(sample_world, 1)
    run_days(inputs, sample_world, 1, 2, 3, 4)
    assert ask(inputs, "SELECT nct_id, registry_state FROM trial ORDER BY ALL") == [(OLD, "listed"), (NEW, "listed")]
    assert ask(inputs, EVENTS) == [(OLD, f"trial:{OLD}", NEW)]
    assert ask(inputs, CHANGES + ORDER) == [(OLD, "changed", "", OLD, NEW), (NEW, "added", OLD, None, OLD)]
    assert ask(inputs, "FROM new_trial") == []
    assert ask(inputs, "SELECT nct_id, count(*) FROM trial_version GROUP BY ALL ORDER BY 1") == [(OLD, 1), (NEW, 1)]
    assert ask(inputs, "SELECT count(*) FROM watch_event WHERE kind IN ('missing', 'gone', 'left_query')") == [(0,)]
    assert {row[0] for row in ask(inputs, "SELECT record FROM watch_match WHERE source = 'clinicaltrials'")} == {
        OLD,
        NEW,
    }
    before = len(sample_server.requests)
    run_nightly(inputs, at_night(FIRST + dt.timedelta(days=4)))
    again = [one.path for one in sample_server.requests[before:] if "/api/v2" in one.path]
    assert again == ["/api/v2/version"], "under either number it is read for this source day"


@pytest.mark.slow
def test_a_trial_found_by_search_under_its_new_number_has_not_left_the_query(
    sample_inputs: Inputs, sample_world: World, ask: Ask, first_night: FirstNight
) -> None:
    first_night(sample_inputs, sample_world)
    renumber(sample_world, 1)
    run_days(sample_inputs, sample_world, 1)
    assert ask(sample_inputs, f"SELECT item FROM watch_match WHERE record = '{NEW}'") == [("agent:dulzotinib",)]
    assert ask(sample_inputs, "SELECT count(*) FROM watch_event WHERE kind = 'left_query'") == [(0,)]
    assert ask(sample_inputs, CHANGES + ORDER) == [(OLD, "changed", "", OLD, NEW), (NEW, "added", OLD, None, OLD)]
    assert ask(sample_inputs, f"SELECT nct_id FROM new_trial WHERE nct_id = '{NEW}'") == []


@pytest.mark.slow
def test_a_trial_that_answers_for_itself_again_is_told_so(
    watch: Watch, sample_world: World, ask: Ask, first_night: FirstNight
) -> None:
    inputs = watch(f'trials = ["{OLD}"]')
    first_night(inputs, sample_world)
    renumber(sample_world, 1)
    run_days(inputs, sample_world, 1)
    sample_world.hide(NEW)
    sample_world.show(OLD)
    run_days(inputs, sample_world, 2, 3)
    assert [(row[0], row[2]) for row in ask(inputs, EVENTS)] == [(OLD, NEW), (OLD, OLD)]
    changed = ask(inputs, f"{CHANGES} AND nct_id = '{OLD}'{ORDER}")
    assert changed == [(OLD, "changed", "", OLD, NEW), (OLD, "changed", "", NEW, OLD)]
    assert ask(inputs, "SELECT nct_id, registry_state FROM trial ORDER BY ALL") == [(OLD, "listed"), (NEW, "missing")]


@pytest.mark.slow
def test_a_missing_trial_that_answers_under_another_number_is_there(
    watch: Watch, sample_world: World, ask: Ask, first_night: FirstNight
) -> None:
    inputs = watch(f'trials = ["{OLD}"]')
    first_night(inputs, sample_world)
    study = sample_world.studies[OLD]
    sample_world.hide(OLD)
    run_days(inputs, sample_world, 1)
    assert ask(inputs, "SELECT registry_state FROM trial") == [("missing",)]
    sample_world.show(OLD)
    assert sample_world.studies[OLD] == study
    renumber(sample_world, 2)
    run_days(inputs, sample_world, 2, 3, 4)
    assert ask(inputs, "SELECT nct_id, registry_state FROM trial ORDER BY ALL") == [(OLD, "listed"), (NEW, "listed")]
    query = f"SELECT action FROM trial_change WHERE kind = 'registry_state' AND nct_id = '{OLD}' ORDER BY observed_at"
    assert ask(inputs, query) == [("missing",), ("reopened",)]


@pytest.mark.slow
def test_an_alias_that_a_record_names_anew_is_told_by_its_own_content_or_by_its_answer_and_not_by_both(
    watch: Watch, sample_world: World, ask: Ask, first_night: FirstNight
) -> None:
    inputs = watch('trials = ["NCT99000107", "NCT99000907"]')
    first_night(inputs, sample_world)
    assert describe(inputs, 0) == [
        "trial NCT99000907  never seen  proved 2026-02-10",
        "1 trial by number  proved 2026-02-10",
    ]
    study = json.loads(sample_world.studies["NCT99000107"].render(FIRST))
    study["protocolSection"]["identificationModule"]["nctIdAliases"] = ["NCT99000907"]
    sample_world.put(FIRST + dt.timedelta(days=1), study)
    run_days(inputs, sample_world, 1, 2)
    assert [row[:3] for row in ask(inputs, CHANGES)] == [("NCT99000107", "added", "NCT99000907")]


def test_an_older_release_tells_no_identity(watch: Watch, sample_world: World, ask: Ask) -> None:
    inputs = watch('trials = ["NCT99000101"]')
    run_days(inputs, sample_world, 2)
    sample_world.serve(FIRST)
    inputs = watch('trials = ["NCT99000101", "NCT99000902"]')
    run_nightly(inputs, at_night(FIRST + dt.timedelta(days=3)))
    assert ask(inputs, EVENTS) == []
    assert ask(inputs, CHANGES) == []


# Never there, no longer there, there again


def test_never_seen_missing_gone_and_back_are_told_apart(
    watch: Watch, sample_world: World, ask: Ask, first_night: FirstNight
) -> None:
    inputs = watch('trials = ["NCT99000106", "NCT99000199"]')
    never = "trial NCT99000199  never seen  proved {}"
    first_night(inputs, sample_world)
    others = "1 trial by number  proved {}"
    assert describe(inputs, 0) == [never.format("2026-02-10"), others.format("2026-02-10")]
    sample_world.hide("NCT99000106")
    run_days(inputs, sample_world, 1)
    assert describe(inputs, 1) == [
        "trial NCT99000106  1 trial, 1 missing since 2026-02-11, 0 papers  proved 2026-02-11",
        never.format("2026-02-11"),
    ]
    run_days(inputs, sample_world, 2, 3, 4)
    assert describe(inputs, 4) == [
        "trial NCT99000106  1 trial, 1 gone since 2026-02-11, 0 papers  proved 2026-02-14",
        never.format("2026-02-14"),
    ]
    events = "SELECT kind FROM watch_event WHERE kind NOT IN ('matched') ORDER BY run_id"
    assert ask(inputs, events) == [("missing",), ("gone",)]
    assert ask(inputs, "SELECT count(*) FROM trial WHERE nct_id = 'NCT99000199'") == [(0,)]
    sample_world.show("NCT99000106")
    run_days(inputs, sample_world, 5)
    assert ask(inputs, events) == [("missing",), ("gone",), ("reopened",)]
    assert describe(inputs, 5) == [never.format("2026-02-15"), others.format("2026-02-15")]


@pytest.mark.slow
def test_a_trial_that_is_gone_is_not_asked_for_twice_on_one_source_day(
    watch: Watch, sample_world: World, sample_server: SampleServer, snapshot: Snapshot, first_night: FirstNight
) -> None:
    inputs = watch('trials = ["NCT99000106", "NCT99000101"]')
    first_night(inputs, sample_world)
    sample_world.hide("NCT99000106")
    run_days(inputs, sample_world, 1, 2, 3, 4)
    before, asked = snapshot(inputs.home.published), len(sample_server.requests)
    run_nightly(inputs, at_night(FIRST + dt.timedelta(days=4)))
    assert [one.path for one in sample_server.requests[asked:] if "/api/v2" in one.path] == ["/api/v2/version"]
    assert snapshot(inputs.home.published) == before


PROBE = "/studies/NCT99000106"


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="timeout", path=PROBE, times=None),
        Fault(kind="reset", path=PROBE, times=None),
        Fault(kind="cut", path=PROBE, times=None),
        Fault(kind="status", status=503, path=PROBE, times=None),
        Fault(kind="status", status=418, path=PROBE, times=None),
        Fault(kind="html", path=PROBE, times=None),
        Fault(kind="html", status=404, path=PROBE, times=None),
        Fault(kind="empty", path=PROBE, times=None),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.status}",
)
def test_a_trial_whose_absence_is_not_confirmed_is_not_absent_and_costs_no_other_its_night(
    fault: Fault, watch: Watch, sample_world: World, sample_server: SampleServer, ask: Ask
) -> None:
    inputs = watch('trials = ["NCT99000101", "NCT99000106"]')
    text = inputs.file.read_text().replace(
        "[source.clinicaltrials]\n", "[source.clinicaltrials]\ntimeout_seconds = 0.3\n"
    )
    inputs.file.write_text(text)
    inputs = read_inputs(inputs.file, environment={})
    run_days(inputs, sample_world, 0)
    sample_world.hide("NCT99000106")
    sample_server.faults.append(msgspec.structs.replace(fault))
    run_days(inputs, sample_world, 1)
    assert ask(inputs, "SELECT nct_id, registry_state FROM trial ORDER BY ALL") == [
        ("NCT99000101", "listed"),
        ("NCT99000106", "listed"),
    ]
    assert ask(inputs, "SELECT new_status FROM trial_status_change") == [("TERMINATED",)]
    query = "SELECT record FROM issue WHERE message LIKE 'not in a complete answer%nothing is concluded'"
    assert ask(inputs, query) == [("NCT99000106",)]
    sample_server.faults.clear()
    run_days(inputs, sample_world, 2)
    assert ask(inputs, "SELECT registry_state FROM trial WHERE nct_id = 'NCT99000106'") == [("missing",)]


@pytest.mark.slow
def test_many_absences_at_once_are_probed_a_share_a_night_and_not_all(
    watch: Watch, sample_world: World, sample_server: SampleServer, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dags.trial_night.MOST_PROBES", 4)
    ids = sorted(sample_world.studies)[:10]
    inputs = watch(f"trials = {json.dumps(ids)}")
    run_days(inputs, sample_world, 0)
    for nct_id in ids:
        sample_world.hide(nct_id)
    absent = []
    for number in range(1, 13):
        asked = len(sample_server.requests)
        run_days(inputs, sample_world, number)
        probes = [one for one in sample_server.requests[asked:] if "/studies/" in one.path]
        assert len(probes) <= 4
        absent.append(ask(inputs, "SELECT count(*) FROM trial WHERE registry_state = 'gone'")[0][0])
    assert absent[0] == 0
    assert absent[-1] == 10, "every one of them has its turn"
    query = "SELECT message FROM issue WHERE severity = 'warning' AND source = 'clinicaltrials' AND run_id = 2"
    assert ask(inputs, query) == [("a complete answer lacks 10 trials; 4 of them are asked for by number",)]


def test_the_letter_tells_of_a_number_that_is_another_now_and_of_no_new_trial(
    watch: Watch, sample_world: World, first_night: FirstNight
) -> None:
    inputs = watch(f'trials = ["{OLD}"]')
    first_night(inputs, sample_world)
    renumber(sample_world, 1)
    run_days(inputs, sample_world, 1)
    span = find_span(at_night(FIRST) + dt.timedelta(hours=1), at_night(FIRST) + dt.timedelta(days=2))
    letter = run_weekly(inputs, span, span.until).read_text("utf-8")
    assert f"NCT number: “{OLD}” → “{NEW}”" in letter
    assert "new trial" not in letter.lower()


def test_a_trial_that_is_missing_has_not_left_the_query_that_found_it(
    sample_inputs: Inputs, sample_world: World, ask: Ask, first_night: FirstNight
) -> None:
    first_night(sample_inputs, sample_world)
    assert ask(sample_inputs, f"SELECT item FROM watch_match WHERE record = '{OLD}'") == [("agent:dulzotinib",)]
    sample_world.hide(OLD)
    run_days(sample_inputs, sample_world, 1)
    events = f"SELECT kind FROM watch_event WHERE record = '{OLD}' AND kind <> 'matched'"
    assert ask(sample_inputs, events) == [("missing",)]
