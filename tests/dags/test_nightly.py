"""The nightly job over the sample world: faults, absence, repetition, bad clocks, several writers."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dags.inputs import Inputs, read_inputs
from dags.nightly import STEPS, run_nightly
from dags.sample.faults import Fault, Reply
from dags.sample.server import SampleServer
from dags.sample.world import World
from models.errors import BusyError, ConfigurationError, WarehouseError
from tests.conftest import FirstNight, Snapshot, at_night
from warehouse.landed import LandedPage
from warehouse.manifests import find_manifests, read_manifest
from warehouse.pages import rebuild_body

Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]
Write = Callable[..., Path]


def run_days(inputs: Inputs, world: World, *days: dt.date) -> list[int]:
    """Run a night on each day; return the exit codes."""
    codes = []
    for day in days:
        world.serve(day)
        codes.append(run_nightly(inputs, at_night(day)).exit_code)
    return codes


def test_three_nights_find_what_the_sample_world_holds(
    whole_sample_inputs: Inputs, sample_world: World, ask: Ask
) -> None:
    assert run_days(whole_sample_inputs, sample_world, *sample_world.days) == [0, 0, 0]
    query = "SELECT nct_id, old_status, new_status, transition, why_stopped FROM trial_status_change ORDER BY ALL"
    assert ask(whole_sample_inputs, query) == [
        ("NCT99000101", "RECRUITING", "TERMINATED", "stop", "Slow accrual."),
        ("NCT99000103", "RECRUITING", "SUSPENDED", "pause", None),
        ("NCT99000104", "ACTIVE_NOT_RECRUITING", "COMPLETED", "end", None),
        ("NCT99000105", "RECRUITING", "UNKNOWN", "registry", None),
    ]
    assert ask(whole_sample_inputs, "SELECT nct_id FROM new_trial") == [("NCT99000115",)]
    query = "SELECT kind, action, old_value, new_value FROM trial_change WHERE nct_id = 'NCT99000102'"
    assert ask(whole_sample_inputs, query) == [("primary_completion_date", "slipped", "2026-06", "2027-03")]
    query = "SELECT pmid, kind, related_pmid FROM article_event WHERE origin = 'live' ORDER BY ALL"
    assert ask(whole_sample_inputs, query) == [
        ("99000007", "retracted", "99000020"),
        ("99000018", "new", None),
        ("99000019", "new", None),
        ("99000020", "new", None),
    ]


def test_the_first_night_is_a_baseline_and_no_news(sample_inputs: Inputs, sample_world: World, ask: Ask) -> None:
    result = run_nightly(sample_inputs, at_night(sample_world.days[0]))
    assert {kind for kind, number in result.news.items() if number} == {"trial_tracked", "article_tracked"}
    assert ask(sample_inputs, "SELECT count(*) FROM trial_change") == [(0,)]
    assert ask(sample_inputs, "SELECT DISTINCT kind, origin FROM article_event") == [("new", "backfill")]


@pytest.mark.slow
def test_any_night_run_twice_changes_only_the_ledger(
    sample_inputs: Inputs, sample_world: World, snapshot: Snapshot, first_night: FirstNight
) -> None:
    first_night(sample_inputs, sample_world)
    for day in sample_world.days[:2]:
        if day != sample_world.days[0]:
            run_days(sample_inputs, sample_world, day)
        before = snapshot(sample_inputs.home.published)
        again = run_nightly(sample_inputs, at_night(day) + dt.timedelta(hours=1))
        assert again.exit_code == 0
        assert snapshot(sample_inputs.home.published) == before, day


def test_a_source_day_that_is_proved_is_not_fetched_again(sample_inputs: Inputs, sample_server: SampleServer) -> None:
    day = at_night(dt.date(2026, 2, 10))
    run_nightly(sample_inputs, day)
    asked = len(sample_server.requests)
    run_nightly(sample_inputs, day)
    again = [request.path for request in sample_server.requests[asked:] if "/api/v2" in request.path]
    assert again == ["/api/v2/version"]


def test_an_exclusion_criterion_or_a_disease_of_the_same_letters_makes_no_target_link(
    sample_inputs: Inputs, sample_world: World, ask: Ask, first_night: FirstNight
) -> None:
    first_night(sample_inputs, sample_world)
    query = "SELECT nct_id FROM trial_target WHERE nct_id IN ('NCT99000111', 'NCT99000112')"
    assert ask(sample_inputs, query) == []
    query = "SELECT DISTINCT role FROM mention WHERE doc_id = 'NCT99000111' AND target = 'LAG-3'"
    assert ask(sample_inputs, query) == [("exclusion",)]


def test_every_record_says_why_it_is_here(
    sample_inputs: Inputs, sample_world: World, ask: Ask, first_night: FirstNight
) -> None:
    first_night(sample_inputs, sample_world)
    query = "SELECT item, field, synonym FROM watch_match WHERE record = 'NCT99000101' ORDER BY ALL"
    assert ask(sample_inputs, query) == [
        ("agent:zelbarimab", "briefTitle", "zelbarimab"),
        ("target:LAG-3", "interventions[0].description", "LAG-3"),
        ("trial:NCT99000101", "nctId", "NCT99000101"),
    ]
    assert ask(sample_inputs, "SELECT nct_id FROM trial ANTI JOIN watch_match ON record = nct_id") == []


def test_an_unreachable_source_fails_alone_and_loses_nothing(
    *,
    whole_sample_inputs: Inputs,
    sample_world: World,
    sample_server: SampleServer,
    ask: Ask,
    snapshot: Snapshot,
    first_night: FirstNight,
) -> None:
    first_night(whole_sample_inputs, sample_world)
    sample_server.faults.append(Fault(kind="status", path="/api/v2", status=503, times=None))
    assert run_days(whole_sample_inputs, sample_world, sample_world.days[1]) == [1]
    assert ask(whole_sample_inputs, "SELECT count(*) FROM trial WHERE registry_state = 'listed'") == [(14,)]
    assert ask(whole_sample_inputs, "SELECT pmid FROM article_event WHERE origin = 'live'") == [("99000018",)]
    query = "SELECT step, status, message FROM run_step WHERE run_id = 2 AND status = 'failed'"
    assert ask(whole_sample_inputs, query) == [("clinicaltrials", "failed", "clinicaltrials: HTTP 503, 5 tries")]
    query = "SELECT DISTINCT outcome FROM source_check WHERE run_id = 2 AND source = 'clinicaltrials'"
    assert ask(whole_sample_inputs, query) == [("failed",)]
    sample_server.faults.clear()
    assert run_days(whole_sample_inputs, sample_world, sample_world.days[2]) == [0]
    assert ask(whole_sample_inputs, "SELECT count(*) FROM trial_status_change") == [(4,)]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("kind", ["cut", "html", "empty", "broken", "reset"])
def test_a_page_that_breaks_for_good_fails_the_source_and_concludes_nothing(
    *,
    kind: Any,
    sample_inputs: Inputs,
    sample_world: World,
    sample_server: SampleServer,
    snapshot: Snapshot,
    first_night: FirstNight,
) -> None:
    first_night(sample_inputs, sample_world)
    before = {table: rows for table, rows in snapshot(sample_inputs.home.published).items() if "trial" in table}
    sample_server.faults.append(Fault(kind=kind, path="/studies", times=None))
    assert run_days(sample_inputs, sample_world, sample_world.days[1]) == [1]
    after = snapshot(sample_inputs.home.published)
    links = {"trial_article", "trial_article_log"}  # PubMed was read
    assert {table: rows for table, rows in after.items() if table in before.keys() - links} == {
        table: rows for table, rows in before.items() if table not in links
    }


@pytest.mark.slow
def test_a_fault_that_passes_leaves_no_trace_but_in_the_landing(
    whole_sample_inputs: Inputs, sample_world: World, sample_server: SampleServer, ask: Ask
) -> None:
    sample_server.faults += [
        Fault(kind="status", path="/studies", status=429, retry_after="0", times=2),
        Fault(kind="rate_limited", path="esearch", times=2),
        Fault(kind="cut", path="efetch", times=1),
    ]
    assert run_days(whole_sample_inputs, sample_world, *sample_world.days) == [0, 0, 0]
    assert ask(whole_sample_inputs, "SELECT count(*) FROM trial_status_change") == [(4,)]
    assert ask(whole_sample_inputs, "SELECT count(*) FROM issue WHERE severity = 'error'") == [(0,)]


def test_gone_needs_three_source_days_of_proved_absence(
    sample_inputs: Inputs, sample_world: World, sample_server: SampleServer, ask: Ask, first_night: FirstNight
) -> None:
    first = dt.date(2026, 2, 10)
    first_night(sample_inputs, sample_world)
    sample_world.hide("NCT99000106")
    state = "SELECT registry_state FROM trial WHERE nct_id = 'NCT99000106'"
    seen = []
    for number in range(1, 6):
        day = first + dt.timedelta(days=number)
        if number == 2:  # a failed day neither counts nor resets
            sample_server.faults.append(Fault(kind="status", path="/version", status=500, times=None))
        run_days(sample_inputs, sample_world, day)
        sample_server.faults.clear()
        seen.append(ask(sample_inputs, state)[0][0])
    assert seen == ["missing", "missing", "missing", "gone", "gone"]
    sample_world.show("NCT99000106")
    run_days(sample_inputs, sample_world, first + dt.timedelta(days=7))
    assert ask(sample_inputs, state) == [("listed",)]
    query = "SELECT kind FROM watch_event WHERE record = 'NCT99000106' AND kind IN ('missing', 'gone', 'reopened')"
    assert ask(sample_inputs, f"{query} ORDER BY observed_at") == [("missing",), ("gone",), ("reopened",)]
    query = "SELECT action, old_value, new_value FROM trial_change WHERE kind = 'registry_state' ORDER BY observed_at"
    assert ask(sample_inputs, query) == [
        ("missing", "listed", "missing"),
        ("gone", "missing", "gone"),
        ("reopened", "gone", "listed"),
    ]


@pytest.mark.slow
def test_the_same_source_day_counts_once_towards_gone(
    sample_inputs: Inputs, sample_world: World, ask: Ask, first_night: FirstNight
) -> None:
    first = dt.date(2026, 2, 10)
    first_night(sample_inputs, sample_world)
    sample_world.hide("NCT99000106")
    sample_world.serve(first + dt.timedelta(days=1))
    for hour in range(6):
        run_nightly(sample_inputs, at_night(first + dt.timedelta(days=1)) + dt.timedelta(hours=hour))
    assert ask(sample_inputs, "SELECT registry_state FROM trial WHERE nct_id = 'NCT99000106'") == [("missing",)]


@pytest.mark.slow
def test_a_404_that_is_not_the_registrys_own_is_not_absence(
    sample_inputs: Inputs, sample_world: World, sample_server: SampleServer, ask: Ask, first_night: FirstNight
) -> None:
    first = dt.date(2026, 2, 10)
    first_night(sample_inputs, sample_world)
    sample_world.hide("NCT99000106")
    for number in range(1, 5):
        sample_server.faults[:] = [Fault(kind="empty", path="/studies/NCT99000106", times=None)]
        run_days(sample_inputs, sample_world, first + dt.timedelta(days=number))
    assert ask(sample_inputs, "SELECT registry_state FROM trial WHERE nct_id = 'NCT99000106'") == [("listed",)]


def test_a_record_that_leaves_a_query_but_answers_by_number_stays(
    sample_inputs: Inputs, sample_world: World, ask: Ask, first_night: FirstNight
) -> None:
    first_night(sample_inputs, sample_world)
    text = sample_world.studies["NCT99000106"].render(sample_world.day).decode()
    sample_world.put(dt.date(2026, 2, 11), json.loads(text.replace("ulzotinib", "ummyname").replace("DZ-115", "DZ")))
    run_days(sample_inputs, sample_world, dt.date(2026, 2, 11))
    query = "SELECT item FROM watch_event WHERE record = 'NCT99000106' AND kind = 'left_query'"
    assert ask(sample_inputs, query) == [("agent:dulzotinib",)]
    assert ask(sample_inputs, "SELECT registry_state FROM trial WHERE nct_id = 'NCT99000106'") == [("listed",)]


def test_a_record_with_a_null_where_a_string_belongs_is_named_and_loses_no_other(
    whole_sample_inputs: Inputs, sample_world: World, ask: Ask
) -> None:
    study = json.loads(sample_world.studies["NCT99000101"].render(sample_world.day))
    study["protocolSection"]["statusModule"]["overallStatus"] = None
    sample_world.put(dt.date(2026, 2, 10), study)
    assert run_days(whole_sample_inputs, sample_world, dt.date(2026, 2, 10)) == [0]
    assert ask(whole_sample_inputs, "SELECT count(*) FROM trial") == [(13,)]
    query = "SELECT DISTINCT record, path FROM issue WHERE severity = 'error'"
    assert ask(whole_sample_inputs, query) == [("NCT99000101", "$.protocolSection.statusModule.overallStatus")]


@pytest.mark.slow
def test_an_older_release_is_kept_as_history_and_concludes_nothing(
    sample_inputs: Inputs, sample_world: World, ask: Ask
) -> None:
    run_days(sample_inputs, sample_world, *sample_world.days)
    before = ask(sample_inputs, "SELECT nct_id, overall_status, registry_state FROM trial ORDER BY ALL")
    changes = ask(sample_inputs, "SELECT count(*) FROM trial_change")
    sample_world.serve(sample_world.days[0])
    result = run_nightly(sample_inputs, at_night(dt.date(2026, 2, 13)))
    assert result.exit_code == 0
    assert ask(sample_inputs, "SELECT nct_id, overall_status, registry_state FROM trial ORDER BY ALL") == before
    assert ask(sample_inputs, "SELECT count(*) FROM trial_change") == changes


def test_a_release_that_moves_during_the_night_is_read_again(
    sample_inputs: Inputs, sample_world: World, sample_server: SampleServer, ask: Ask, first_night: FirstNight
) -> None:
    first_night(sample_inputs, sample_world)
    sample_world.serve(sample_world.days[1])
    stamps = iter(["2026-02-11T09:00:05", "2026-02-12T09:00:05"])
    answer = sample_server.answer

    def answer_moving(method: str, target: str, form: str, user_agent: str) -> Any:
        if target.endswith("/version"):
            sample_world.data_timestamp = next(stamps, "2026-02-12T09:00:05")
        return answer(method, target, form, user_agent)

    sample_server.answer = answer_moving  # type: ignore[method-assign]
    assert run_nightly(sample_inputs, at_night(sample_world.days[2])).exit_code == 0
    query = "SELECT DISTINCT source_day FROM source_check WHERE run_id = 2 AND source = 'clinicaltrials'"
    assert ask(sample_inputs, query) == [(dt.date(2026, 2, 12),)]


def test_a_clock_before_the_newest_run_is_refused(sample_inputs: Inputs, sample_world: World) -> None:
    run_days(sample_inputs, sample_world, sample_world.days[1])
    with pytest.raises(ConfigurationError, match="earlier than the newest nightly run"):
        run_nightly(sample_inputs, at_night(sample_world.days[0]))


def test_a_second_writer_is_told_who_is_busy_since_when(sample_inputs: Inputs) -> None:
    with sample_inputs.home.lock("run"), pytest.raises(BusyError, match=r"`trialwatch run` \(process \d+\) since"):
        run_nightly(sample_inputs, at_night(dt.date(2026, 2, 10)))


@pytest.mark.slow
def test_an_item_taken_off_the_watchlist_stops_being_asked_for_but_keeps_its_history(
    sample_server: SampleServer, sample_world: World, write_watchlist: Write, ask: Ask
) -> None:
    file = write_watchlist(sample_server, 'trials = ["NCT99000101", "NCT99000102"]')
    run_days(read_inputs(file, environment={}), sample_world, sample_world.days[0])
    file = write_watchlist(sample_server, 'trials = ["NCT99000102"]')
    inputs = read_inputs(file, environment={})
    run_days(inputs, sample_world, sample_world.days[1])
    assert ask(inputs, "SELECT item, is_active FROM watch_item ORDER BY item") == [
        ("trial:NCT99000101", False),
        ("trial:NCT99000102", True),
    ]
    assert ask(inputs, "SELECT nct_id, overall_status FROM trial WHERE nct_id = 'NCT99000101'") == [
        ("NCT99000101", "RECRUITING")
    ]


def test_a_run_cut_off_before_its_end_changes_nothing_a_reader_sees_and_is_named_by_the_next(
    *,
    whole_sample_inputs: Inputs,
    sample_world: World,
    snapshot: Snapshot,
    ask: Ask,
    monkeypatch: pytest.MonkeyPatch,
    first_night: FirstNight,
) -> None:
    first_night(whole_sample_inputs, sample_world)
    before = snapshot(whole_sample_inputs.home.published)

    class PowerCutError(BaseException):
        pass

    def cut(*_: object) -> str:
        raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setitem(STEPS, "link", cut)
        sample_world.serve(sample_world.days[1])
        with pytest.raises(PowerCutError):
            run_nightly(whole_sample_inputs, at_night(sample_world.days[1]))
    assert snapshot(whole_sample_inputs.home.published) == before
    run_days(whole_sample_inputs, sample_world, sample_world.days[1], sample_world.days[2])
    assert ask(whole_sample_inputs, "SELECT status FROM run ORDER BY run_id") == [
        ("done",),
        ("interrupted",),
        ("done",),
        ("done",),
    ]
    assert ask(whole_sample_inputs, "SELECT count(*) FROM trial_status_change") == [(4,)]


@pytest.mark.slow
def test_every_page_of_a_night_can_be_rebuilt_from_the_landing(
    sample_inputs: Inputs, sample_server: SampleServer, sample_world: World
) -> None:
    run_days(sample_inputs, sample_world, *sample_world.days)
    manifests = find_manifests(sample_inputs.home.landing)
    assert list(manifests) == [1, 2, 3]
    pages = [line for one in manifests.values() for line in read_manifest(one) if isinstance(line, LandedPage)]
    assert {page.source for page in pages} == {"clinicaltrials", "pubmed"}
    for page in pages:
        body = rebuild_body(sample_inputs.home.landing, page)
        assert body.strip()[-1:] in (b"}", b">")
    stamped = [page for page in pages if page.stamps == ["2026-02-12"] and page.fetched_at.startswith("2026-02-12")]
    assert stamped
    assert all(b'"versionHolder":"2026-02-12"' in rebuild_body(sample_inputs.home.landing, page) for page in stamped)


@pytest.mark.slow
def test_a_retraction_told_by_its_notice_is_not_told_again_by_the_papers_own_record(
    sample_inputs: Inputs, sample_world: World, ask: Ask
) -> None:
    run_days(sample_inputs, sample_world, *sample_world.days[:2])
    sample_world.hide("99000007")  # its record says so a day later than the notice
    run_days(sample_inputs, sample_world, sample_world.days[2])
    query = "SELECT CAST(observed_at AS DATE), related_pmid FROM article_event WHERE kind = 'retracted'"
    assert ask(sample_inputs, query) == [(dt.date(2026, 2, 12), "99000020")]
    sample_world.show("99000007")
    run_days(sample_inputs, sample_world, dt.date(2026, 2, 13))
    assert ask(sample_inputs, query) == [(dt.date(2026, 2, 12), "99000020")]
    assert ask(sample_inputs, "SELECT is_retracted FROM article WHERE pmid = '99000007'") == [(True,)]


def test_one_byte_that_is_no_text_costs_one_record(
    whole_sample_inputs: Inputs, sample_world: World, sample_server: SampleServer, ask: Ask
) -> None:
    answer = sample_server.answer

    def answer_broken(method: str, target: str, form: str, user_agent: str) -> Any:
        reply = answer(method, target, form, user_agent)
        return msgspec.structs.replace(reply, body=reply.body.replace(b"Zelbarimab in Treated", b"Zelbarimab \xff"))

    sample_server.answer = answer_broken  # type: ignore[method-assign]
    assert run_days(whole_sample_inputs, sample_world, sample_world.days[0]) == [0]
    assert ask(whole_sample_inputs, "SELECT count(*) FROM trial") == [(13,)]
    assert ask(whole_sample_inputs, "SELECT count(*) > 0 FROM issue WHERE severity = 'error'") == [(True,)]


def test_a_number_that_the_registry_refuses_costs_its_batch_nothing(
    sample_server: SampleServer, sample_world: World, write_watchlist: Write, ask: Ask
) -> None:
    ids = sorted(sample_world.studies)
    inputs = read_inputs(
        write_watchlist(sample_server, f"trials = {json.dumps([*ids, 'NCT99000199'])}"), environment={}
    )
    answer = sample_server.answer

    def answer_refusing(method: str, target: str, form: str, user_agent: str) -> Any:
        if "NCT99000199" in target:
            return Reply(400, "text/plain", b"NCT99000199 is malformed")
        return answer(method, target, form, user_agent)

    sample_server.answer = answer_refusing  # type: ignore[method-assign]
    assert run_days(inputs, sample_world, sample_world.days[0]) == [0]
    assert ask(inputs, "SELECT count(*) FROM trial") == [(14,)]
    query = "SELECT item, reason FROM source_check WHERE source = 'clinicaltrials' AND outcome <> 'proved'"
    assert ask(inputs, query) == [("trial:NCT99000199", "HTTP 400 for this number")]
    query = "SELECT record, message FROM issue WHERE source = 'clinicaltrials'"
    assert ask(inputs, query) == [("NCT99000199", "the registry refuses this number (HTTP 400)")]


def test_a_search_that_the_registry_refuses_costs_its_item_alone(
    sample_inputs: Inputs, sample_world: World, sample_server: SampleServer, ask: Ask
) -> None:
    answer = sample_server.answer

    def answer_refusing(method: str, target: str, form: str, user_agent: str) -> Any:
        if "query.cond" in target:
            return Reply(400, "text/plain", b"Invalid query")
        return answer(method, target, form, user_agent)

    sample_server.answer = answer_refusing  # type: ignore[method-assign]
    assert run_days(sample_inputs, sample_world, sample_world.days[0]) == [0]
    query = "SELECT item, reason FROM source_check WHERE source = 'clinicaltrials' AND outcome <> 'proved'"
    assert ask(sample_inputs, query) == [("target:FAP", "HTTP 400 on target:FAP: Invalid query")]


def test_a_paper_that_names_a_target_since_a_revision_is_found(
    whole_sample_inputs: Inputs, sample_world: World, sample_server: SampleServer, ask: Ask
) -> None:
    sample_world.hide("99000003")
    run_days(whole_sample_inputs, sample_world, sample_world.days[0])
    sample_world.show("99000003")
    # As if it had entered long ago, and matched only since it was revised today.
    answer = sample_server.answer

    def answer_late(method: str, target: str, form: str, user_agent: str) -> Any:
        if "esearch" in target and "datetype=edat" in form and "mindate=2026%2F01%2F01" not in form:
            sample_world.hide("99000003")
            reply = answer(method, target, form, user_agent)
            sample_world.show("99000003")
            return reply
        return answer(method, target, form.replace("mindate=2026%2F02%2F03", "mindate=2026%2F01%2F01"), user_agent)

    sample_server.answer = answer_late  # type: ignore[method-assign]
    run_days(whole_sample_inputs, sample_world, sample_world.days[1])
    query = "SELECT kind, origin FROM article_event WHERE pmid = '99000003'"
    assert ask(whole_sample_inputs, query) == [("now_mentions", "live")]


def test_a_record_that_cannot_be_read_leaves_its_item_in_doubt(
    sample_inputs: Inputs, sample_world: World, ask: Ask, first_night: FirstNight
) -> None:
    first_night(sample_inputs, sample_world)
    study = json.loads(sample_world.studies["NCT99000101"].render(sample_world.day))
    study["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = "many"
    sample_world.put(sample_world.days[1], study)
    assert run_days(sample_inputs, sample_world, sample_world.days[1]) == [0]
    query = "SELECT item FROM source_check WHERE run_id = 2 AND outcome = 'unproved' AND source = 'clinicaltrials'"
    assert ask(sample_inputs, f"{query} ORDER BY item") == [
        ("agent:zelbarimab",),
        ("target:LAG-3",),
        ("tracked",),
        ("trial:NCT99000101",),
    ]


def test_an_older_release_reopens_nothing(
    sample_inputs: Inputs, sample_world: World, ask: Ask, first_night: FirstNight
) -> None:
    first = dt.date(2026, 2, 10)
    first_night(sample_inputs, sample_world)
    sample_world.hide("NCT99000106")
    run_days(sample_inputs, sample_world, *(first + dt.timedelta(days=number) for number in (1, 2, 3)))
    state = "SELECT registry_state FROM trial WHERE nct_id = 'NCT99000106'"
    assert ask(sample_inputs, state) == [("gone",)]
    sample_world.show("NCT99000106")
    sample_world.serve(first)
    run_nightly(sample_inputs, at_night(first + dt.timedelta(days=4)))
    assert ask(sample_inputs, state) == [("gone",)]


def test_a_damaged_published_file_is_replaced_by_the_next_run(
    whole_sample_inputs: Inputs, sample_world: World, ask: Ask, first_night: FirstNight
) -> None:
    first_night(whole_sample_inputs, sample_world)
    whole_sample_inputs.home.published.unlink()
    whole_sample_inputs.home.published.write_bytes(b"no database")
    with pytest.raises(WarehouseError, match="is damaged"):
        ask(whole_sample_inputs, "FROM trial")
    run_days(whole_sample_inputs, sample_world, sample_world.days[1])
    assert ask(whole_sample_inputs, "SELECT count(*) FROM trial") == [(14,)]


def test_a_record_that_cannot_be_read_keeps_no_vanished_field_alive(
    sample_inputs: Inputs, sample_world: World, ask: Ask, first_night: FirstNight
) -> None:
    first_night(sample_inputs, sample_world)
    held = [row[0] for row in ask(sample_inputs, "SELECT nct_id FROM trial ORDER BY nct_id")]
    for number, nct_id in enumerate(held):
        study = json.loads(sample_world.studies[nct_id].render(sample_world.days[1]))
        study["protocolSection"]["identificationModule"].pop("officialTitle", None)
        if number == 0:
            study["protocolSection"]["identificationModule"]["acronym"] = ["not", "a text"]
        sample_world.put(sample_world.days[1], study)
    run_days(sample_inputs, sample_world, sample_world.days[1])
    place = "protocolSection.identificationModule.officialTitle"
    assert ask(sample_inputs, "SELECT kind, path FROM schema_drift WHERE ended_at IS NULL") == [("vanished", place)]
    assert ask(sample_inputs, f"SELECT count(*) FROM trial_change WHERE field = '{place}'") == [(0,)]
    assert ask(sample_inputs, "SELECT DISTINCT record FROM issue WHERE severity = 'error'") == [(held[0],)]
