"""With `[watch] everything` a night of a new release reads the whole registry, and concludes from it what it may."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

import dags.first_loading
import dags.trial_loading
from dags.facts import read_facts
from dags.inputs import Inputs
from dags.nightly import run_nightly
from dags.rebuilding import rebuild
from dags.sample.server import SampleServer
from dags.sample.world import World
from dags.span import find_last_week
from dags.trial_loading import TrialLoader
from dags.weekly import run_weekly
from dags.whole_loading import WholeLoader
from etl.following import select_facts
from extractors.clinicaltrials import query
from extractors.clinicaltrials.parse import parse_study
from models.settings import Following, WatchSettings
from tests.conftest import at_night
from tests.dags.test_first_loading import TABLES, read_all
from warehouse.audit import audit_landing
from warehouse.landed import LandedPage
from warehouse.manifests import find_manifests, read_manifest
from warehouse.objects import list_objects
from warehouse.store import Store

FIRST = dt.date(2026, 2, 10)
UNWATCHED = "NCT99000107"
Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]
OUTCOMES = "SELECT outcome FROM source_check WHERE item = 'registry' ORDER BY run_id"
STATE = f"SELECT registry_state FROM trial WHERE nct_id = '{UNWATCHED}'"


@pytest.fixture
def inputs(write_sample_inputs: Callable[[str], Inputs], monkeypatch: pytest.MonkeyPatch) -> Inputs:
    """One trial watched of a registry served in pages of five."""
    monkeypatch.setattr(query, "LARGEST_PAGE", 5)
    return write_sample_inputs('everything = true\ntrials = ["NCT99000101"]')


def run_days(inputs: Inputs, world: World, *numbers: int) -> None:
    for number in numbers:
        day = FIRST + dt.timedelta(days=number)
        world.serve(day)
        assert run_nightly(inputs, at_night(day)).exit_code == 0


def list_whole(server: SampleServer) -> list[dict[str, str]]:
    """Return what was asked for every study, and forget all questions."""
    filters = {"filter.ids", "query.intr", "query.term"}
    asked = [dict(one.params) for one in server.requests if one.path.endswith("/studies")]
    server.requests.clear()
    return [params for params in asked if filters.isdisjoint(params)]


def list_pages(inputs: Inputs) -> list[LandedPage]:
    """Return the pages of the whole registry, as they were landed."""
    manifests = find_manifests(inputs.home.landing).values()
    lines = [line for manifest in manifests for line in read_manifest(manifest)]
    return [line for line in lines if isinstance(line, LandedPage) and line.item == "registry"]


def spoil(world: World) -> None:
    """Put into two trials what nobody documented, and what cannot be read."""
    drifting, deep = (json.loads(world.studies[f"NCT9900010{number}"].render(FIRST)) for number in (2, 3))
    drifting["protocolSection"]["statusModule"]["mood"] = "hopeful"
    nested: Any = []
    for _ in range(700):
        nested = [nested]
    deep["unknown"] = nested
    world.put(FIRST, drifting)
    world.put(FIRST, deep)


def test_every_study_is_held_and_only_what_is_watched_is_matched(
    inputs: Inputs, sample_world: World, sample_server: SampleServer, ask: Ask
) -> None:
    run_days(inputs, sample_world, 0)
    number = len(sample_world.studies)
    pages = -(-number // 5)
    assert [("pageToken" in one, one["countTotal"]) for one in list_whole(sample_server)] == [
        (place > 0, "true") for place in range(pages)
    ]
    assert ask(inputs, "SELECT nct_id FROM trial ORDER BY 1") == [(name,) for name in sorted(sample_world.studies)]
    assert ask(inputs, "SELECT DISTINCT origin, source_day FROM trial_version") == [("live", FIRST)]
    matches = "SELECT item, record FROM watch_match WHERE source = 'clinicaltrials'"
    assert ask(inputs, matches) == [("trial:NCT99000101", "NCT99000101")]
    proof = "SELECT outcome, expected, received FROM source_check WHERE item = 'registry'"
    assert ask(inputs, proof) == [("proved", number, number)]
    (summary,) = ask(inputs, "SELECT summary FROM run_step WHERE step = 'clinicaltrials'")[0]
    assert summary == f"1 trial, 0 changed, 1/1 items proved; the whole registry read, {number} studies"


def test_the_same_release_is_not_read_again_and_the_next_one_tells_what_changed(
    inputs: Inputs, sample_world: World, sample_server: SampleServer, ask: Ask
) -> None:
    run_days(inputs, sample_world, 0)
    versions = ask(inputs, "SELECT count(*) FROM trial_version")[0][0]
    list_whole(sample_server)
    assert run_nightly(inputs, at_night(FIRST) + dt.timedelta(hours=1)).exit_code == 0
    assert list_whole(sample_server) == []
    run_days(inputs, sample_world, 2)
    assert len(list_whole(sample_server)) == 3
    assert ask(inputs, OUTCOMES) == [("proved",), ("same_day",), ("proved",)]
    moved = "SELECT nct_id, old_status, new_status FROM trial_status_change ORDER BY 1"
    assert ask(inputs, moved) == [
        ("NCT99000101", "RECRUITING", "TERMINATED"),
        ("NCT99000103", "RECRUITING", "SUSPENDED"),
        ("NCT99000104", "ACTIVE_NOT_RECRUITING", "COMPLETED"),
        ("NCT99000105", "RECRUITING", "UNKNOWN"),
    ]
    # Five changed, one came; what did not change has no second version.
    assert ask(inputs, "SELECT count(*) FROM trial_version")[0][0] == versions + 6
    assert ask(inputs, "SELECT DISTINCT source_day FROM trial_sighting") == [(dt.date(2026, 2, 12),)]


@pytest.mark.slow
def test_what_did_not_change_is_not_decoded(
    inputs: Inputs, sample_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_days(inputs, sample_world, 0)
    parsed: list[str] = []

    def note(body: bytes, name: str) -> Any:
        parsed.append(name)
        return parse_study(body, name)

    monkeypatch.setattr(dags.trial_loading, "parse_study", note)
    run_days(inputs, sample_world, 1)
    assert sorted(parsed) == ["NCT99000101", "NCT99000102"]


@pytest.mark.sampled(1)
@pytest.mark.parametrize("others", [0, 1], ids=["alone", "two processes"])
def test_what_was_never_held_says_what_the_plain_way_says(
    inputs: Inputs, sample_world: World, ask: Ask, monkeypatch: pytest.MonkeyPatch, others: int
) -> None:
    monkeypatch.setattr(dags.first_loading, "_ALONE", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 1 + others)
    spoil(sample_world)
    plain = msgspec.structs.replace(
        inputs, home=msgspec.structs.replace(inputs.home, folder=inputs.home.folder.with_name("plain"))
    )
    run_days(inputs, sample_world, 0)
    monkeypatch.setattr(WholeLoader, "load", TrialLoader.load)
    run_days(plain, sample_world, 0)
    first, second = read_all(inputs, ask), read_all(plain, ask)
    for name in TABLES:
        assert first[name] == second[name], name
    assert any("levels deep" in row for row in first["issue"])
    assert first["drift"]


@pytest.mark.slow
def test_a_page_never_held_is_landed_as_one_object_and_all_is_made_again_from_it(
    inputs: Inputs, sample_world: World, ask: Ask
) -> None:
    run_days(inputs, sample_world, 0)
    pages = list_pages(inputs)
    assert [bool(page.whole) for page in pages] == [True] * 3
    assert all(page.asked for page in pages)
    run_days(inputs, sample_world, 1, 2)
    assert not any(page.whole for page in list_pages(inputs)[3:])
    kept = list_objects(inputs.home.landing)
    hashes: dict[str, str] = dict(ask(inputs, "SELECT nct_id, raw_hash FROM trial_sighting"))
    changed = {nct_id for (nct_id,) in ask(inputs, "SELECT nct_id FROM trial_version WHERE source_day > '2026-02-10'")}
    assert len(changed) == 6
    assert {nct_id for nct_id, raw_hash in hashes.items() if raw_hash in kept} == changed
    assert rebuild(inputs, is_compared=True).differences == []
    assert audit_landing(inputs.home.landing).faults == ()


@pytest.mark.slow
def test_a_home_that_held_some_trials_reads_the_rest_beside_them(inputs: Inputs, sample_world: World, ask: Ask) -> None:
    some = msgspec.structs.replace(inputs.settings, watch=WatchSettings(trials=("NCT99000101",)))
    run_days(msgspec.structs.replace(inputs, settings=some), sample_world, 0)
    assert ask(inputs, "SELECT count(*) FROM trial") == [(1,)]
    run_days(inputs, sample_world, 1)
    assert ask(inputs, "SELECT count(*) FROM trial") == [(len(sample_world.studies),)]
    assert ask(inputs, "SELECT nct_id FROM trial_status_change") == [("NCT99000101",)]
    assert rebuild(inputs, is_compared=True).differences == []


@pytest.mark.slow
def test_a_trial_that_a_whole_reading_lacks_is_missing_then_gone_then_back(
    inputs: Inputs, sample_world: World, ask: Ask
) -> None:
    run_days(inputs, sample_world, 0)
    sample_world.hide(UNWATCHED)
    states = []
    for number in (1, 2, 3):
        run_days(inputs, sample_world, number)
        states += ask(inputs, STATE)
    sample_world.show(UNWATCHED)
    run_days(inputs, sample_world, 4)
    states += ask(inputs, STATE)
    assert states == [("missing",), ("missing",), ("gone",), ("listed",)]


def test_from_a_reading_that_is_not_proved_nothing_is_concluded(
    inputs: Inputs, sample_world: World, sample_server: SampleServer, ask: Ask
) -> None:
    run_days(inputs, sample_world, 0)
    sample_world.hide(UNWATCHED)
    answer = sample_server.answer

    def answer_with_more(method: str, target: str, form: str, user_agent: str) -> Any:
        reply = answer(method, target, form, user_agent)
        if "/studies?" not in target or "filter.ids" in target:
            return reply
        body = re.sub(rb'"totalCount":\d+', b'"totalCount":99', reply.body)
        return msgspec.structs.replace(reply, body=body)

    sample_server.answer = answer_with_more  # type: ignore[method-assign]
    run_days(inputs, sample_world, 1)
    assert ask(inputs, STATE) == [("listed",)]
    assert ask(inputs, OUTCOMES) == [("proved",), ("unproved",)]
    (reason,) = ask(inputs, "SELECT reason FROM source_check WHERE item = 'registry' AND run_id = 2")[0]
    assert reason == f"{len(sample_world.studies)} of 99 received"
    # What came is loaded all the same.
    assert ask(inputs, "SELECT overall_status FROM trial WHERE nct_id = 'NCT99000101'") == [("TERMINATED",)]


@pytest.mark.slow
def test_a_registry_that_suddenly_holds_far_less_is_doubted(inputs: Inputs, sample_world: World, ask: Ask) -> None:
    run_days(inputs, sample_world, 0)
    for nct_id in sorted(sample_world.studies)[4:]:
        sample_world.hide(nct_id)
    run_days(inputs, sample_world, 1)
    assert ask(inputs, OUTCOMES) == [("proved",), ("unproved",)]
    assert ask(inputs, "SELECT DISTINCT registry_state FROM trial") == [("listed",)]


@pytest.mark.slow
def test_a_release_that_moves_during_the_reading_undoes_what_was_read(
    inputs: Inputs, sample_world: World, sample_server: SampleServer, ask: Ask
) -> None:
    sample_world.serve(FIRST)
    stamps = iter(["2026-02-10T09:00:05", "2026-02-11T09:00:05"])
    answer = sample_server.answer

    def answer_moving(method: str, target: str, form: str, user_agent: str) -> Any:
        if target.endswith("/version"):
            sample_world.data_timestamp = next(stamps, "2026-02-11T09:00:05")
        return answer(method, target, form, user_agent)

    sample_server.answer = answer_moving  # type: ignore[method-assign]
    assert run_nightly(inputs, at_night(FIRST + dt.timedelta(days=1))).exit_code == 0
    assert ask(inputs, OUTCOMES) == [("proved",)]
    assert ask(inputs, "SELECT count(*), count(DISTINCT nct_id) FROM trial_version") == [(14, 14)]


@pytest.mark.slow
def test_trials_that_no_item_watches_cost_no_questions_about_their_history(
    inputs: Inputs, sample_world: World, sample_server: SampleServer
) -> None:
    run_days(inputs, sample_world, 0, 2)
    asked = {one.path for one in sample_server.requests if "/int/" in one.path}
    assert asked
    assert all("NCT99000101" in path for path in asked)


@pytest.mark.slow
def test_the_letter_counts_what_no_item_watches_and_tells_it_to_who_follows_it(
    inputs: Inputs, sample_world: World
) -> None:
    run_days(inputs, sample_world, 0, 2)
    monday = at_night(dt.date(2026, 2, 16))
    letter = run_weekly(inputs, find_last_week(monday), monday).read_text("utf-8")
    assert "[NCT99000101]" in letter
    assert "NCT99000103" not in letter
    assert "4 trials changed that no item watches" in letter
    with Store.open(inputs.home.working, monday) as store:
        facts = read_facts(store, find_last_week(monday))
    followed = select_facts(facts, Following(phases=("PHASE1", "PHASE2", "PHASE3")))
    assert {row["nct_id"] for row in followed.changes} > {"NCT99000101", "NCT99000103"}
