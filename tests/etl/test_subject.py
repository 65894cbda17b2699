from __future__ import annotations

import datetime as dt

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.subject import LONGEST_SUBJECT, build_item_subject, build_subject
from models.digest import Digest, TrialItem
from tests.etl.every_change import EVERY, gather_every
from tests.etl.facts import DEAD_SOURCE, QUIET, RICH, change, check, feb, gather, move, paper, trial, write

NCT = "NCT99000101"


def find_item(digest: Digest) -> TrialItem:
    (part,) = digest.sections
    return next(item for group in (part.stopped, part.moved, part.reported, part.fresh) for item in group)


@pytest.mark.parametrize(
    ("digest", "subject"),
    [
        (write(RICH), "2 stopped or paused, 1 retraction, 1 new trial (2026-W07)"),
        (write(QUIET), "Quiet week, all sources read (2026-W07)"),
        (write(DEAD_SOURCE), "2 stopped or paused; PubMed not read (2026-W07)"),
        (
            write(RICH, label="2026-W05 to W07", since=dt.datetime.combine(dt.date(2026, 1, 26), dt.time())),
            "2 stopped or paused, 1 retraction (2026-W05 to W07)",
        ),
        (write(gather(nights=[])), "No nightly run (2026-W07)"),
        (
            write(gather(checks=[check("pubmed", last_read_on=None, failed_nights=[feb(13)])])),
            "Quiet week, PubMed not read (2026-W07)",
        ),
        (write(gather(checks=[check("clinicaltrials", unproved=["target:FAP"])])), "Quiet week (2026-W07)"),
        (write(gather(papers=[paper("99000031"), paper("99000032")])), "2 papers (2026-W07)"),
        (
            write(gather(trials=[trial(NCT)], changes=[move(NCT, "SUSPENDED", "RECRUITING")])),
            "1 status move (2026-W07)",
        ),
    ],
    ids=["rich", "quiet", "dead", "catch_up", "no_run", "quiet_dead", "quiet_unproved", "papers", "move"],
)
def test_the_subject_says_the_news_first_and_the_week(digest: Digest, subject: str) -> None:
    assert build_subject(digest) == subject


def test_a_source_that_was_not_read_stands_in_the_subject_however_little_room_there_is() -> None:
    nights = [feb(13)]
    checks = [check(name, last_read_on=None, failed_nights=nights) for name in ("clinicaltrials", "pubmed")]
    digest = write(msgspec.structs.replace(RICH, checks=checks), label="2025-W52 to 2026-W02")
    assert build_subject(digest).startswith("ClinicalTrials.gov and PubMed not read")


@settings(max_examples=50)
@given(st.text(max_size=80), st.sampled_from([RICH, QUIET, DEAD_SOURCE, gather_every(EVERY)]))
def test_a_subject_is_one_short_line_of_ascii_whatever_the_label(label: str, facts: object) -> None:
    subject = build_subject(write(facts, label=label))  # type: ignore[arg-type]
    assert 0 < len(subject) <= LONGEST_SUBJECT
    assert subject.isascii()
    assert subject.isprintable()


def test_an_alert_names_the_status_the_trial_its_target_and_phase() -> None:
    digest = write(gather(trials=[trial(NCT)], changes=[move(NCT, "RECRUITING", "TERMINATED")]))
    assert build_item_subject(find_item(digest), "LAG-3") == f"Listed as terminated: {NCT} (LAG-3, phase 2)"


def test_an_alert_of_a_trial_without_a_target_says_its_phase_where_there_is_no_room_for_more() -> None:
    digest = write(gather(trials=[trial(NCT)], changes=[move(NCT, "RECRUITING", "TERMINATED")]))
    assert build_item_subject(find_item(digest), "Other watched trials") == f"Listed as terminated: {NCT} (phase 2)"


def test_an_alert_of_another_change_says_what_changed() -> None:
    digest = write(gather(trials=[trial(NCT, phases=[])], changes=[change(NCT, "results", "posted", "false", "true")]))
    assert build_item_subject(find_item(digest)) == f"Results posted: {NCT}"


@settings(max_examples=50)
@given(st.text(max_size=80), st.text(max_size=80))
def test_an_alert_is_one_short_line_of_ascii_whatever_the_record_says(status: str, name: str) -> None:
    rows = [{**move(NCT, "RECRUITING", "TERMINATED"), "new_value": status}]
    item = find_item(write(gather(trials=[trial(NCT, phases=[name])], changes=rows)))
    for one in (item, msgspec.structs.replace(item, nct_id=name)):
        subject = build_item_subject(one, name)
        assert 0 < len(subject) <= LONGEST_SUBJECT
        assert subject.isascii()
        assert subject.isprintable()
