"""The views of the public face: numbers in source order, spells that tile time, and what counts as new."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl import article_schemas, ledger_schemas, schemas
from etl.render_markdown import render_markdown
from tests.etl.facts import SINCE, UNTIL, gather, write
from tests.warehouse.rows import NCT_ID, open_store, put, put_trial, put_version, query
from warehouse.store import Store

SPELLS = "SELECT status, valid_from, valid_to, valid_from_basis, is_start_known FROM trial_status_history"


def feb(number: int) -> dt.date:
    return dt.date(2026, 2, number)


def spells(store: Store) -> list[tuple[Any, ...]]:
    return query(store, SPELLS)


# Version numbers -----------------------------------------------------------------------------------------------------


def test_versions_are_numbered_in_source_order_however_they_were_learnt(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put_version(store, "A", feb(5), feb(6))
        put_version(store, "B", feb(9), feb(10))
        put_version(store, "older", dt.date(2025, 1, 1), feb(11), origin="backfill")
        put_version(store, "between", feb(7), feb(11), origin="gap")
        put_version(store, "undated", None, feb(11))
        put_version(store, "other trial", feb(1), feb(1), nct_id="NCT99000102")
        rows = query(
            store, f"SELECT overall_status, version_no FROM trial_version WHERE nct_id = '{NCT_ID}' ORDER BY 2"
        )
    assert rows == [("undated", 1), ("older", 2), ("A", 3), ("between", 4), ("B", 5)]


def test_versions_of_one_submission_follow_the_day_they_were_served_then_the_order_of_learning(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put_version(store, "C", feb(5), feb(12))
        put_version(store, "A", feb(5), feb(10))
        put_version(store, "B", feb(5), feb(10))
        rows = query(store, "SELECT overall_status FROM trial_version ORDER BY version_no")
    assert rows == [("A",), ("B",), ("C",)]


def test_the_payload_comes_back_as_received(tmp_path: Path) -> None:
    payload = '{"b": 1.0,\n "a":"\\u00e9 \\/"}'
    with open_store(tmp_path) as store:
        put_version(store, "A", feb(5), feb(6), payload=payload)
        assert query(store, "SELECT CAST(payload AS VARCHAR) FROM trial_version") == [(payload,)]


# Changes -------------------------------------------------------------------------------------------------------------


def test_a_superseded_change_is_kept_and_not_shown(tmp_path: Path) -> None:
    log = {"nct_id": NCT_ID, "kind": "status", "detail": '{"transition": "stop", "why_stopped": "Slow."}'}
    with open_store(tmp_path) as store:
        put(
            store,
            "trial_change_log",
            schemas.TRIAL_CHANGE,
            {**log, "change_id": "a", "superseded_at": dt.datetime.combine(dt.date(2026, 2, 11), dt.time())},
            {**log, "change_id": "b", "old_value": "RECRUITING", "new_value": "TERMINATED"},
            {**log, "change_id": "c", "kind": "enrollment"},
        )
        assert query(store, "SELECT change_id FROM trial_change ORDER BY 1") == [("b",), ("c",)]
        rows = query(store, "SELECT old_status, new_status, transition, why_stopped FROM trial_status_change")
        assert rows == [("RECRUITING", "TERMINATED", "stop", "Slow.")]
        assert query(store, "SELECT count(*) FROM trial_change_log") == [(3,)]


# Spells --------------------------------------------------------------------------------------------------------------


def test_a_spell_begins_when_the_sponsor_submitted_it_and_the_first_with_the_first_version(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put_trial(store, first_post_date=dt.date(2023, 5, 2))
        put_version(store, "RECRUITING", dt.date(2026, 1, 5), dt.date(2026, 1, 20))
        put_version(store, "TERMINATED", feb(2), feb(11))
        assert spells(store) == [
            ("RECRUITING", dt.date(2026, 1, 5), feb(2), "submit", False),
            ("TERMINATED", feb(2), None, "submit", True),
        ]


def test_the_start_of_a_first_spell_is_known_where_it_lies_before_the_first_post(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put_trial(store, first_post_date=feb(9))
        put_version(store, "RECRUITING", feb(5), feb(10))
        assert spells(store) == [("RECRUITING", feb(5), None, "submit", True)]


def test_a_status_the_registry_set_begins_on_the_day_it_was_first_served(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put_trial(store)
        put_version(store, "RECRUITING", dt.date(2024, 1, 5), dt.date(2026, 1, 20))
        put_version(store, "UNKNOWN", dt.date(2024, 1, 5), feb(11))
        put_version(store, "COMPLETED", dt.date(2026, 3, 1), dt.date(2026, 3, 9))
        assert spells(store) == [
            ("RECRUITING", dt.date(2024, 1, 5), feb(11), "submit", False),
            ("UNKNOWN", feb(11), dt.date(2026, 3, 1), "served", True),
            ("COMPLETED", dt.date(2026, 3, 1), None, "submit", True),
        ]


def test_an_edit_that_leaves_the_status_alone_begins_no_spell(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put_trial(store)
        put_version(store, "RECRUITING", feb(1), feb(2))
        put_version(store, "RECRUITING", feb(5), feb(6))
        put_version(store, "UNKNOWN", feb(5), feb(9))
        assert [row[:3] for row in spells(store)] == [("RECRUITING", feb(1), feb(9)), ("UNKNOWN", feb(9), None)]


def test_a_status_that_returns_begins_a_spell_of_its_own(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put_trial(store)
        for status, number in (("RECRUITING", 1), ("SUSPENDED", 5), ("RECRUITING", 9)):
            put_version(store, status, feb(number), feb(number + 1))
        assert [row[:3] for row in spells(store)] == [
            ("RECRUITING", feb(1), feb(5)), ("SUSPENDED", feb(5), feb(9)), ("RECRUITING", feb(9), None),
        ]  # fmt: skip


def test_an_edit_submitted_before_the_registry_set_unknown_but_posted_after_leaves_no_spell_backwards(
    tmp_path: Path,
) -> None:
    # Posting takes 1 to 33 days (FACTS), so this order of days is an ordinary one.
    with open_store(tmp_path) as store:
        put_trial(store)
        put_version(store, "RECRUITING", dt.date(2024, 1, 5), dt.date(2026, 1, 20))
        put_version(store, "UNKNOWN", dt.date(2024, 1, 5), feb(10))
        put_version(store, "COMPLETED", feb(5), feb(15))
        for status, valid_from, valid_to, *_ in spells(store):
            assert valid_to is None or valid_from <= valid_to, status


STEPS = st.lists(
    st.tuples(st.sampled_from(["RECRUITING", "UNKNOWN", "SUSPENDED"]), st.integers(0, 9), st.integers(1, 9)),
    min_size=1,
    max_size=6,
)


def serve_steps(store: Store, steps: list[tuple[str, int, int]]) -> None:
    """Append a version a step: its status, the days since the edit before (0: by the registry alone), the wait."""
    query(store, "DELETE FROM trial_version_log")
    submitted = served = dt.date(2026, 1, 1)
    for status, edit, wait in steps:
        submitted += dt.timedelta(days=edit)
        served = max(served, submitted) + dt.timedelta(days=wait)
        put_version(store, status, submitted, served)


def test_the_spells_of_a_trial_follow_each_other_without_gap_or_overlap(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put_trial(store)

        @settings(max_examples=30)
        @given(STEPS)
        def check_steps(steps: list[tuple[str, int, int]]) -> None:
            serve_steps(store, steps)
            rows = spells(store)
            assert [row[0] for row in rows] == [status for status, _ in itertools.groupby(step[0] for step in steps)]
            assert [row[2] for row in rows[:-1]] == [row[1] for row in rows[1:]]
            assert rows[-1][2] is None
            assert all(row[1] <= row[2] for row in rows[:-1])

        check_steps()


# As of a day, known at an instant ------------------------------------------------------------------------------------


def put_state(store: Store, status: str, submitted: int | None, served: int, **values: Any) -> None:
    told = {name: None for name in schemas.TRIAL_RECORD if name not in ("nct_id", "version_id")}
    seen = dt.datetime.combine(feb(served), dt.time(14))
    state = told | {"overall_status": status, "has_results": False}
    day = None if submitted is None else feb(submitted)
    put_version(store, status, day, feb(served), state=state, first_seen_at=seen, **values)


def test_a_trial_as_of_a_day_is_what_its_source_says_held_then_and_known_is_what_we_had_read(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put_trial(store)
        put_state(store, "RECRUITING", 2, 4)
        put_state(store, "TERMINATED", 9, 14)
        put_state(store, "SUSPENDED", 5, 20, origin="gap", is_sighting=False)
        as_of = [query(store, f"SELECT overall_status FROM trial_as_of('{feb(day)}')") for day in (1, 2, 5, 8, 9, 28)]
        assert as_of == [
            [], [("RECRUITING",)], [("SUSPENDED",)], [("SUSPENDED",)], [("TERMINATED",)], [("TERMINATED",)],
        ]  # fmt: skip
        known = [
            query(store, f"SELECT overall_status FROM trial_known_at(TIMESTAMP '{feb(day)} 23:00:00')")
            for day in (3, 4, 13, 14, 28)
        ]
        assert known == [[], [("RECRUITING",)], [("RECRUITING",)], [("TERMINATED",)], [("TERMINATED",)]]


def test_versions_the_history_numbers_within_a_day_all_begin_on_it(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put_trial(store)
        put_state(store, "RECRUITING", 2, 2, registry_version=0, markup="html", is_sighting=False)
        put_state(store, "SUSPENDED", 5, 5, registry_version=1, markup="html", is_sighting=False)
        put_state(store, "RECRUITING", 5, 9, registry_version=2)
        put_state(store, "UNKNOWN", 5, 20, registry_version=2)
        assert [row[:3] for row in spells(store)] == [
            ("RECRUITING", feb(2), feb(5)),
            ("SUSPENDED", feb(5), feb(5)),
            ("RECRUITING", feb(5), feb(20)),
            ("UNKNOWN", feb(20), None),
        ]
        assert query(store, f"SELECT overall_status FROM trial_as_of('{feb(5)}')") == [("RECRUITING",)]


def test_the_lag_of_a_date_that_became_actual_runs_from_its_last_day(tmp_path: Path) -> None:
    log = {
        "nct_id": NCT_ID,
        "detail": "{}",
        "action": "actualised",
        "source_submit_date": feb(9),
        "source_post_date": feb(12),
    }
    with open_store(tmp_path) as store:
        put(
            store,
            "trial_change_log",
            schemas.TRIAL_CHANGE,
            {**log, "change_id": "a", "kind": "start_date", "new_value": "2026-02-02"},
            {**log, "change_id": "b", "kind": "completion_date", "new_value": "2026-01"},
            {**log, "change_id": "c", "kind": "enrollment", "action": "actual", "new_value": "12"},
        )
        rows = query(store, "SELECT kind, actual_date, days_to_submit, days_to_post FROM trial_registry_lag ORDER BY 1")
    assert rows == [("completion_date", dt.date(2026, 1, 31), 9, 12), ("start_date", feb(2), 7, 10)]


# New trials ----------------------------------------------------------------------------------------------------------


def check_row(item: str, day: int, outcome: str = "proved", source: str = "clinicaltrials") -> dict[str, Any]:
    at = dt.datetime.combine(feb(day), dt.time(14))
    return {"run_id": day, "source": source, "item": item, "outcome": outcome, "checked_at": at}


ADDED = dt.datetime.combine(dt.date(2026, 1, 1), dt.time(14))
LAST = dt.datetime.combine(feb(28), dt.time(14))


def find_new(store: Store, first_post: dt.date | None, *checks: dict[str, Any], item: str = "target:X") -> bool:
    """Tell whether a trial first seen by an item on 28 February is new, after these earlier checks of items."""
    put_trial(store, first_post_date=first_post, first_seen_at=LAST)
    items = dict.fromkeys((item, *(check["item"] for check in checks)))
    put(store, "watch_item", ledger_schemas.WATCH_ITEM, *({"item": name, "added_at": ADDED} for name in items))
    found = [check_row(name, 28) for name in items if any(check["item"] == name for check in checks)]
    put(store, "source_check", ledger_schemas.SOURCE_CHECK, *checks, *found)
    put(store, "watch_match", ledger_schemas.WATCH_MATCH, build_match(item))
    return bool(query(store, "FROM new_trial"))


def build_match(item: str) -> dict[str, Any]:
    return {"source": "clinicaltrials", "item": item, "record": NCT_ID, "first_matched_at": LAST}


@pytest.mark.parametrize(
    ("first_post", "is_new"),
    [
        (feb(1), True),
        (feb(20), True),
        (dt.date(2026, 1, 18), True),
        (dt.date(2026, 1, 17), False),
        (dt.date(2020, 1, 1), False),
        (None, False),
    ],
)
def test_a_trial_is_new_up_to_14_days_before_its_items_first_proved_run(
    tmp_path: Path, first_post: dt.date | None, is_new: bool
) -> None:
    with open_store(tmp_path) as store:
        assert find_new(store, first_post, check_row("target:X", 1)) is is_new


def test_the_first_proved_run_counts_and_no_failed_or_later_one(tmp_path: Path) -> None:
    checks = [check_row("target:X", 1, "unproved"), check_row("target:X", 20), check_row("target:X", 25)]
    with open_store(tmp_path) as store:
        assert not find_new(store, feb(5), *checks)


def test_a_proof_at_another_source_is_none_here(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        assert not find_new(store, feb(5), check_row("target:X", 1, source="pubmed"))


def test_a_trial_of_an_item_never_proved_is_not_new(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        assert not find_new(store, feb(5), check_row("target:X", 1, "unproved"))


def test_a_trial_two_items_match_is_one_row(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        assert find_new(store, feb(5), check_row("target:X", 1), check_row("target:Y", 1))
        put(store, "watch_match", ledger_schemas.WATCH_MATCH, build_match("target:Y"))
        assert len(query(store, "FROM new_trial")) == 1


def test_an_item_put_back_on_the_list_tells_no_old_trial_as_new(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        assert find_new(store, feb(5), check_row("target:X", 1))
        store._connection.execute("UPDATE watch_item SET added_at = ?", [LAST])  # noqa: SLF001  put back on the 28th
        assert query(store, "FROM new_trial") == []


def test_a_changed_question_tells_no_old_trial_as_new(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        assert find_new(store, feb(5), check_row("target:X", 1))
        store._connection.execute("UPDATE source_check SET query_hash = 'wider' WHERE checked_at = ?", [LAST])  # noqa: SLF001
        assert query(store, "FROM new_trial") == []


# The rest ------------------------------------------------------------------------------------------------------------


def test_a_trial_is_one_row_with_its_standing_and_page(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put_trial(store, registry_state="gone")
        rows = query(store, "SELECT nct_id, registry_state, url FROM trial")
    assert rows == [(NCT_ID, "gone", f"https://clinicaltrials.gov/study/{NCT_ID}")]


def test_an_article_names_each_of_its_trials_once(tmp_path: Path) -> None:
    row = {"pmid": "99000031", "databank_nct_ids": ["NCT99000102", "NCT99000101"], "text_nct_ids": ["NCT99000101"]}
    with open_store(tmp_path) as store:
        put(store, "article_record", article_schemas.ARTICLE_RECORD, row)
        put(store, "article_sighting", article_schemas.ARTICLE_SIGHTING, {"pmid": "99000031", "state": "active"})
        rows = query(store, "SELECT nct_ids, url, state FROM article")
    assert rows == [(["NCT99000101", "NCT99000102"], "https://pubmed.ncbi.nlm.nih.gov/99000031/", "active")]


# What a letter claims of its readings --------------------------------------------------------------------------------


def test_an_item_that_was_in_doubt_for_a_night_is_not_said_to_have_been_proved_on_all(tmp_path: Path) -> None:
    outcomes = ["proved", "proved", "unproved", "proved", "proved", "proved", "proved"]
    with open_store(tmp_path) as store:
        put(
            store,
            "watch_item",
            ledger_schemas.WATCH_ITEM,
            {"item": "target:X", "kind": "target", "name": "X", "is_active": True},
        )
        for number, outcome in enumerate(outcomes, 9):
            clock = dt.datetime.combine(feb(number), dt.time(14))
            names = {"vocabulary_version": "v", "software_version": "0", "period": str(feb(number))}
            store.run("open_run", run_id=number, job="nightly", clock=clock, **names)
            step = {"step": "clinicaltrials", "status": "done", "seconds": 1.0, "summary": "", "message": None}
            store.run("add_step", run_id=number, step_no=1, **step)
            put(store, "source_check", ledger_schemas.SOURCE_CHECK, check_row("target:X", number, outcome))
        checks = store.read("digest_checks", since=SINCE, until=UNTIL).to_dicts()
    letter = render_markdown(write(gather(checks=checks)), "medium")
    assert "proved on all 7 nights" not in letter


def test_only_a_step_that_reads_a_source_is_told_as_a_source(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        names = {"vocabulary_version": "v", "software_version": "0", "period": str(feb(9))}
        store.run("open_run", run_id=9, job="nightly", clock=dt.datetime.combine(feb(9), dt.time(14)), **names)
        for number, name in enumerate(["clinicaltrials", "history", "link", "review", "alerts"], 1):
            step = {"step": name, "status": "done", "seconds": 1.0, "summary": "", "message": None}
            store.run("add_step", run_id=9, step_no=number, **step)
        put(store, "source_check", ledger_schemas.SOURCE_CHECK, check_row("target:X", 9, "proved"))
        assert store.read("status_sources")["source"].to_list() == ["clinicaltrials"]
        checks = store.read("digest_checks", since=SINCE, until=UNTIL)
        assert set(checks["source"]) <= {"clinicaltrials"}
