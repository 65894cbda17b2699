"""Every check of the warehouse catches what it is there for, and is silent over a sound one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from etl.article_schemas import ARTICLE_RECORD, ARTICLE_SIGHTING
from etl.child_schemas import CHILD_SCHEMAS
from etl.ledger_schemas import SCHEMA_DRIFT, WATCH_MATCH
from etl.schemas import TRIAL_CHANGE
from tests.warehouse.rows import NCT_ID, NOW, open_store, put, put_trial, put_version, query
from warehouse.sql import list_sql
from warehouse.store import Store

DAY = dt.date(2026, 2, 10)


def sound(store: Store) -> None:
    """A small warehouse in which nothing is wrong: A, B, A, told and sighted."""
    put_trial(store, "RECRUITING")
    put_version(store, "RECRUITING", dt.date(2026, 1, 5), DAY, content_hash="A")
    put_version(store, "SUSPENDED", dt.date(2026, 2, 9), DAY, content_hash="B")
    put_version(store, "RECRUITING", dt.date(2026, 2, 10), DAY, content_hash="A")
    log = {"nct_id": NCT_ID, "kind": "status", "detail": "{}"}
    pair = {"from_version_id": "v1", "to_version_id": "v2"}
    back = {"from_version_id": "v2", "to_version_id": "v3"}
    put(
        store,
        "trial_change_log",
        TRIAL_CHANGE,
        {**log, **pair, "change_id": "c1", "old_value": "RECRUITING", "new_value": "SUSPENDED"},
        {**log, **back, "change_id": "c2", "old_value": "SUSPENDED", "new_value": "RECRUITING"},
    )
    for child, schema in CHILD_SCHEMAS.items():
        put(store, child, schema, {"nct_id": NCT_ID})
    put(store, "article_record", ARTICLE_RECORD, {"pmid": "99000031"})
    put(store, "article_sighting", ARTICLE_SIGHTING, {"pmid": "99000031"})
    put(store, "schema_drift", SCHEMA_DRIFT, {"source": "clinicaltrials", "kind": "section", "path": "x"})
    put(store, "watch_match", WATCH_MATCH, {"source": "clinicaltrials", "item": "target:X", "record": NCT_ID})
    names = {"job": "nightly", "period": "2026-02-10", "vocabulary_version": "v", "software_version": "0"}
    store.run("open_run", run_id=1, clock=NOW, **names)
    store.run("add_period", job="nightly", period="2026-02-10", due_at=NOW, status="done", run_id=1, clock=NOW)


# What is done to a sound warehouse, and the check that must notice.
VIOLATIONS = {
    "article_sighted_fail": [
        "DELETE FROM article_sighting",
        "DELETE FROM article_record",
    ],
    "article_unique_fail": ["INSERT INTO article_record FROM article_record"],
    "drift_unique_fail": ["INSERT INTO schema_drift FROM schema_drift"],
    "child_unique_fail": [f"INSERT INTO {child} FROM {child}" for child in CHILD_SCHEMAS],
    "change_unique_fail": ["INSERT INTO trial_change_log FROM trial_change_log LIMIT 1"],
    "link_orphan_warn": [
        "INSERT INTO trial_target BY NAME (SELECT '' AS nct_id, '' AS target, '' AS basis, [] AS agents, 0 mentions)",
        "INSERT INTO article_target BY NAME (SELECT '' AS pmid, '' AS target, 1 AS in_title, '' AS via, 0 mentions)",
    ],
    "match_unique_fail": ["INSERT INTO watch_match FROM watch_match"],
    "run_period_unique_fail": ["INSERT INTO run_period FROM run_period"],
    "run_id_unique_fail": ["INSERT INTO run FROM run"],
    "status_log_fail": [
        "UPDATE trial_record SET overall_status = 'COMPLETED'",
        "UPDATE trial_change_log SET superseded_at = now()::TIMESTAMP WHERE change_id = 'c2'",
    ],
    "trial_sighted_fail": ["DELETE FROM trial_sighting", "DELETE FROM trial_record"],
    "trial_sighting_unique_fail": ["INSERT INTO trial_sighting FROM trial_sighting"],
    "trial_unique_fail": ["INSERT INTO trial_record FROM trial_record"],
    "version_repeats_fail": ["UPDATE trial_version_log SET content_hash = 'A', source_submit_date = NULL"],
    "version_unique_fail": ["UPDATE trial_version_log SET version_id = 'v1'"],
}
CASES = [(name, statement) for name, statements in VIOLATIONS.items() for statement in statements]


def test_a_sound_warehouse_passes_every_check(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        sound(store)
        assert [name for name, _ in store.find_failures()] == []


def test_an_empty_warehouse_passes_every_check(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        assert list(store.find_failures()) == []


@pytest.mark.parametrize(("name", "statement"), CASES)
def test_each_check_catches_what_it_is_there_for(tmp_path: Path, name: str, statement: str) -> None:
    with open_store(tmp_path) as store:
        sound(store)
        query(store, statement)
        found = dict(store.find_failures())
    assert name in found
    assert found[name].height >= 1


def test_every_check_has_a_violation_here_and_says_how_grave_it_is() -> None:
    names = set(list_sql("checks"))
    assert names == VIOLATIONS.keys()
    assert all(name.endswith(("_fail", "_warn")) for name in names)
