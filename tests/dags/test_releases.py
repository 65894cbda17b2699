"""What the registry says under one name: a release that moves or contradicts itself, and a version that cannot be."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.sample.faults import Fault, Reply
from dags.sample.server import SampleServer
from dags.sample.world import World
from extractors.clinicaltrials import query
from tests.conftest import FirstNight, Snapshot, at_night
from warehouse.landed import LandedNote, LandedPage
from warehouse.manifests import find_manifests, read_manifest

DAYS = [dt.date(2026, 2, 10), dt.date(2026, 2, 11), dt.date(2026, 2, 12)]
PAGE_SIZE = 3
Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]
Write = Callable[..., Path]
WATCH = 'targets = ["LAG-3"]\ntrials = ["NCT99000101", "NCT99000102", "NCT99000103", "NCT99000105", "NCT99000106"]'
STATUS = "SELECT overall_status FROM trial WHERE nct_id = 'NCT99000101'"


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = (*query._PAGING[:1], ("pageSize", str(PAGE_SIZE)), *query._PAGING[2:])  # noqa: SLF001  a seam of no use but here
    monkeypatch.setattr(query, "_PAGING", pages)


class Stage(NamedTuple):
    """Two homes that watch the same; nothing ever happens to the calm one."""

    inputs: Inputs
    calm: Inputs
    world: World
    server: SampleServer


@pytest.fixture
def stage(sample_server: SampleServer, sample_world: World, write_watchlist: Write, tmp_path: Path) -> Stage:
    files = [write_watchlist(sample_server, WATCH, tmp_path / name) for name in ("home", "calm")]
    inputs, calm = (read_inputs(file, environment={}) for file in files)
    return Stage(inputs, calm, sample_world, sample_server)


@pytest.fixture
def inputs(stage: Stage) -> Inputs:
    return stage.inputs


def run_day(inputs: Inputs, world: World, day: dt.date) -> int:
    world.serve(day)
    return run_nightly(inputs, at_night(day)).exit_code


def serve_in_turn(server: SampleServer, moves: dict[int, dt.date], monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Serve another day from the n-th request for studies on (from 0); return the number of requests, as a list."""
    answer = server.answer
    asked = [0]

    def answer_moving(method: str, target: str, form: str, user_agent: str) -> Reply:
        if "/studies?" in target:
            if asked[0] in moves:
                server.world.serve(moves[asked[0]])
            asked[0] += 1
        return answer(method, target, form, user_agent)

    monkeypatch.setattr(server, "answer", answer_moving)
    return asked


@pytest.mark.slow
@pytest.mark.sampled(1)
@pytest.mark.parametrize("place", [1, 2])
def test_a_night_in_which_the_release_moves_is_as_one_read_wholly_under_the_new_one(
    place: int, stage: Stage, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_day(stage.calm, stage.world, DAYS[0])
    assert run_day(stage.calm, stage.world, DAYS[2]) == 0

    run_day(stage.inputs, stage.world, DAYS[0])
    stage.world.serve(DAYS[1])
    asked = serve_in_turn(stage.server, {place: DAYS[2]}, monkeypatch)
    assert run_nightly(stage.inputs, at_night(DAYS[2])).exit_code == 0
    assert asked[0] > place
    assert snapshot(stage.inputs.home.published) == snapshot(stage.calm.home.published)


def test_the_pages_of_a_reading_that_was_undone_stay_landed_and_the_manifest_says_so(
    inputs: Inputs, sample_world: World, sample_server: SampleServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample_world.serve(DAYS[1])
    serve_in_turn(sample_server, {2: DAYS[2]}, monkeypatch)
    assert run_nightly(inputs, at_night(DAYS[2])).exit_code == 0
    lines = list(read_manifest(find_manifests(inputs.home.landing)[1]))
    again = next(
        place for place, line in enumerate(lines) if isinstance(line, LandedNote) and line.kind == "begun_again"
    )
    pages = [[one for one in part if isinstance(one, LandedPage)] for part in (lines[:again], lines[again:])]
    assert [any(page.source == "clinicaltrials" for page in part) for part in pages] == [True, True]


@pytest.mark.slow
def test_a_release_that_never_rests_fails_the_source_and_changes_nothing(
    stage: Stage, snapshot: Snapshot, ask: Ask, monkeypatch: pytest.MonkeyPatch, first_night: FirstNight
) -> None:
    inputs, world, server = stage.inputs, stage.world, stage.server
    first_night(inputs, world)
    before = {name: rows for name, rows in snapshot(inputs.home.published).items() if name.startswith("trial")}
    stamps = (f"2026-02-12T09:{minute:02d}:00" for minute in range(60))
    answer = server.answer

    def answer_restless(method: str, target: str, form: str, user_agent: str) -> Reply:
        world.data_timestamp = next(stamps) if target.endswith("/version") else world.data_timestamp
        return answer(method, target, form, user_agent)

    monkeypatch.setattr(server, "answer", answer_restless)
    assert run_nightly(inputs, at_night(DAYS[2])).exit_code == 1
    after = snapshot(inputs.home.published)
    assert {name: after[name] for name in before if name != "trial_article"} == {
        name: rows for name, rows in before.items() if name != "trial_article"
    }
    query = "SELECT message FROM run_step WHERE status = 'failed'"
    assert ask(inputs, query) == [("clinicaltrials: the release moved or contradicted itself in 3 readings",)]


# A record that does not say the same twice


def find_place(body: dict[str, Any], nct_id: str) -> int | None:
    ids = [one["protocolSection"]["identificationModule"]["nctId"] for one in body["studies"]]
    return ids.index(nct_id) if nct_id in ids else None


def bend_answers(
    server: SampleServer, bend: Callable[[dict[str, Any], int], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bend each page of studies by what is asked for, counted from 0."""
    answer = server.answer
    counter: Iterator[int] = iter(range(1_000))

    def answer_bent(method: str, target: str, form: str, user_agent: str) -> Reply:
        reply = answer(method, target, form, user_agent)
        if "/studies?" not in target or reply.status != 200:
            return reply
        body = bend(json.loads(reply.body), next(counter))
        return msgspec.structs.replace(reply, body=json.dumps(body).encode())

    monkeypatch.setattr(server, "answer", answer_bent)


def stop(study: dict[str, Any]) -> dict[str, Any]:
    """Return a study as another state of it that is not true."""
    other: dict[str, Any] = json.loads(json.dumps(study))
    other["protocolSection"]["statusModule"] |= {"overallStatus": "WITHDRAWN", "whyStopped": "Invented."}
    return other


@pytest.mark.sampled(1)
@pytest.mark.parametrize("is_first_true", [True, False])
@pytest.mark.parametrize("is_one_page", [True, False])
def test_a_record_that_comes_twice_with_other_content_is_not_believed_that_night(
    *,
    is_first_true: bool,
    is_one_page: bool,
    stage: Stage,
    ask: Ask,
    monkeypatch: pytest.MonkeyPatch,
    first_night: FirstNight,
) -> None:
    inputs, calm, world = stage.inputs, stage.calm, stage.world
    first_night(calm, world)
    run_day(calm, world, DAYS[1])
    held: dict[str, Any] = {}

    def bend(body: dict[str, Any], _: int) -> dict[str, Any]:
        place = find_place(body, "NCT99000101")
        if place is None:
            if held and not is_one_page and body["studies"]:  # the page after it holds it again
                body["studies"].append(held.popitem()[1])
            return body
        true = body["studies"][place]
        pair = [true, stop(true)] if is_first_true else [stop(true), true]
        body["studies"][place] = pair[0]
        if is_one_page:
            body["studies"].append(pair[1])
        else:
            held["other"] = pair[1]
        return body

    first_night(inputs, world)
    with monkeypatch.context() as patch:
        bend_answers(stage.server, bend, patch)
        assert run_day(inputs, world, DAYS[1]) == 0
    assert ask(inputs, STATUS) == [("RECRUITING",)]
    assert ask(inputs, "SELECT count(*) FROM trial_change WHERE nct_id = 'NCT99000101'") == [(0,)]
    query = "SELECT reason FROM source_check WHERE item = 'trial:NCT99000101' AND outcome = 'unproved'"
    assert ask(inputs, query) == [("1 record came twice and not alike: NCT99000101",)]
    states = "SELECT DISTINCT registry_state FROM trial"
    assert ask(inputs, states) == [("listed",)]
    assert ask(inputs, "SELECT count(*) FROM watch_event WHERE kind = 'left_query'") == [(0,)]

    for one in (inputs, calm):
        assert run_day(one, world, DAYS[2]) == 0
    for query in (
        "SELECT * EXCLUDE (first_seen_at, last_checked_at) FROM trial ORDER BY nct_id",
        "SELECT nct_id, kind, action, old_value, new_value FROM trial_change ORDER BY ALL",
        "SELECT nct_id, version_no, content_hash FROM trial_version ORDER BY ALL",
    ):
        assert ask(inputs, query) == ask(calm, query)


def test_a_record_that_comes_twice_and_differs_in_noise_alone_is_believed(
    inputs: Inputs, sample_world: World, sample_server: SampleServer, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bend(body: dict[str, Any], number: int) -> dict[str, Any]:
        for study in body["studies"]:
            study.setdefault("derivedSection", {}).setdefault("miscInfoModule", {})["noise"] = str(number)
        return body

    bend_answers(sample_server, bend, monkeypatch)
    assert run_day(inputs, sample_world, DAYS[0]) == 0
    query = "SELECT DISTINCT outcome FROM source_check WHERE source = 'clinicaltrials'"
    assert ask(inputs, query) == [("proved",)]
    assert ask(inputs, "SELECT count(*) FROM trial_version GROUP BY nct_id HAVING count(*) > 1") == []


def test_a_record_nobody_asked_for_is_not_loaded_and_its_answer_proves_nothing(
    *,
    sample_server: SampleServer,
    sample_world: World,
    write_watchlist: Write,
    ask: Ask,
    monkeypatch: pytest.MonkeyPatch,
    first_night: FirstNight,
) -> None:
    text = 'trials = ["NCT99000101", "NCT99000102", "NCT99000103"]'
    inputs = read_inputs(write_watchlist(sample_server, text), environment={})
    first_night(inputs, sample_world)
    stranger = json.loads(sample_world.studies["NCT99000106"].render(DAYS[0]))

    def bend(body: dict[str, Any], _: int) -> dict[str, Any]:
        place = find_place(body, "NCT99000102")
        if place is not None:
            body["studies"][place] = stranger
        return body

    with monkeypatch.context() as patch:
        bend_answers(sample_server, bend, patch)
        for day in (1, 2, 3, 4):
            assert run_day(inputs, sample_world, DAYS[0] + dt.timedelta(days=day)) == 0
    assert ask(inputs, "SELECT nct_id, registry_state FROM trial ORDER BY ALL") == [
        (f"NCT9900010{number}", "listed") for number in (1, 2, 3)
    ]
    query = "SELECT DISTINCT reason FROM source_check WHERE item IN ('tracked', 'trial:NCT99000102') AND run_id > 1"
    query += " AND source = 'clinicaltrials'"
    assert ask(inputs, query) == [("1 record came though nobody asked: NCT99000106",)]


# What /version says


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="status", path="/version", status=500, times=None),
        Fault(kind="status", path="/version", status=404, times=None),
        Fault(kind="status", path="/version", status=304, times=None),
        Fault(kind="timeout", path="/version", times=None),
        Fault(kind="html", path="/version", times=None),
        Fault(kind="empty", path="/version", times=None),
        Fault(kind="broken", path="/version", times=None),
        Fault(kind="status", path="/version", status=500, after=1, times=None),
        Fault(kind="html", path="/version", after=1, times=None),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.status}-{fault.after}",
)
def test_without_a_version_before_and_after_the_night_is_not_read(
    *,
    fault: Fault,
    sample_server: SampleServer,
    sample_world: World,
    write_watchlist: Write,
    ask: Ask,
    first_night: FirstNight,
) -> None:
    file = write_watchlist(sample_server, 'trials = ["NCT99000101"]')
    file.write_text(
        file.read_text().replace("[source.clinicaltrials]\n", "[source.clinicaltrials]\ntimeout_seconds = 0.1\n")
    )
    inputs = read_inputs(file, environment={})
    first_night(inputs, sample_world)
    sample_server.faults.append(msgspec.structs.replace(fault))
    assert run_day(inputs, sample_world, DAYS[2]) == 1
    sample_server.faults.clear()
    assert ask(inputs, STATUS) == [("RECRUITING",)]
    assert run_day(inputs, sample_world, DAYS[2] + dt.timedelta(days=1)) == 0
    assert ask(inputs, STATUS) == [("TERMINATED",)]


@pytest.mark.slow
def test_a_release_far_ahead_of_the_clock_is_refused_and_makes_no_history_of_the_true_ones(
    inputs: Inputs, sample_world: World, ask: Ask, first_night: FirstNight
) -> None:
    first_night(inputs, sample_world)
    sample_world.serve(DAYS[1])
    sample_world.data_timestamp = "2999-12-31T09:00:05"
    assert run_nightly(inputs, at_night(DAYS[1])).exit_code == 1
    assert run_day(inputs, sample_world, DAYS[2]) == 0
    assert ask(inputs, STATUS) == [("TERMINATED",)]


@pytest.mark.slow
def test_a_release_with_an_offset_or_another_form_of_day_is_read(inputs: Inputs, sample_world: World, ask: Ask) -> None:
    for number, stamp in enumerate(("2026-02-10T09:00:05Z", "2026-02-11T09:00:05.123+00:00", "2026-02-12")):
        sample_world.serve(DAYS[number])
        sample_world.data_timestamp = stamp
        assert run_nightly(inputs, at_night(DAYS[number])).exit_code == 0
    query = "SELECT DISTINCT source_day FROM source_check WHERE source = 'clinicaltrials' ORDER BY 1"
    assert ask(inputs, query) == [(day,) for day in DAYS]
