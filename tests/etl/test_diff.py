"""Typed changes between neighbouring versions: every kind and action, and silence where nothing moved."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.canonical import build_canonical
from etl.diff import DiffContext, find_changes, is_after_completion, list_administrative
from models.change import STATUSES, WEIGHTS, Change, find_transition
from tests.etl.studies import STUDY, Json, change, status

DATES = {
    "start_date": "startDateStruct",
    "primary_completion_date": "primaryCompletionDateStruct",
    "completion_date": "completionDateStruct",
}


def compare(old: Json, new: Json, **context: Any) -> list[Change]:
    return list(find_changes(build_canonical(old), build_canonical(new), DiffContext(**context)))


def compare_dates(old: Any, new: Any, kind: str = "completion_date") -> Change | None:
    def put(stated: Any) -> Json:
        parts = {"date": stated} if isinstance(stated, str) else stated
        return status(None, **{DATES[kind]: parts or None}) if parts else status(None, **{DATES[kind]: {}})

    found = compare(put(old), put(new))
    assert len(found) <= 1
    return found[0] if found else None


def compare_counts(old: Any, new: Any) -> Change | None:
    path = "protocolSection.designModule.enrollmentInfo"
    found = compare(change(path, old), change(path, new))
    assert len(found) <= 1
    return found[0] if found else None


def test_a_version_against_itself_says_nothing() -> None:
    assert compare(STUDY, STUDY) == []


def test_a_status_change_carries_both_values_its_class_and_the_reason() -> None:
    (found,) = compare(STUDY, status("TERMINATED", whyStopped="Slow accrual."))
    assert (found.kind, found.action, found.old_value, found.new_value) == ("status", "set", "RECRUITING", "TERMINATED")
    assert found.detail == {
        "transition": "stop",
        "why_stopped": "Slow accrual.",
        "class": "accrual",
        "also": ["protocolSection.statusModule.whyStopped"],
    }
    assert found.weight == "top"
    assert found.field == "protocolSection.statusModule.overallStatus"


@given(st.sampled_from(STATUSES), st.sampled_from(STATUSES))
def test_every_move_of_a_status_is_one_change_of_its_class(old: str, new: str) -> None:
    found = compare(status(old), status(new))
    assert len(found) == (old != new)
    assert all(one.detail["transition"] == find_transition(old, new) for one in found)


@pytest.mark.parametrize(
    ("old", "new", "action", "weight", "detail"),
    [
        (None, "Slow accrual.", "set", "high", {"class": "accrual"}),
        ("Slow.", "No money, no drug supply.", "set", "high", {"class": "supply", "classes": ["supply", "funding"]}),
        ("Slow.", "As planned", "set", "high", {"class": "other"}),
        ("Slow.", None, "cleared", "medium", {}),
    ],
)
def test_a_reason_is_a_change_of_its_own_when_the_status_did_not_move(
    old: str | None, new: str | None, action: str, weight: str, detail: Json
) -> None:
    (found,) = compare(status("TERMINATED", whyStopped=old or ""), status("TERMINATED", whyStopped=new or ""))
    assert (found.kind, found.action, found.weight, found.detail) == ("why_stopped", action, weight, detail)


def test_a_reason_that_comes_with_a_status_is_part_of_it() -> None:
    assert [one.kind for one in compare(STUDY, status("SUSPENDED", whyStopped="Slow."))] == ["status"]
    assert [one.kind for one in compare(status("SUSPENDED", whyStopped="Slow."), STUDY)] == ["status"]


@pytest.mark.parametrize(("old", "new"), [("a \\> b", "a > b"), ("a  b ", "a b"), ("a &amp; b", "a & b"), (" ", "")])
def test_a_reason_written_otherwise_is_no_change(old: str, new: str) -> None:
    assert compare(status("TERMINATED", whyStopped=old), status("TERMINATED", whyStopped=new)) == []


def test_a_reason_that_became_blank_was_cleared() -> None:
    (found,) = compare(status("TERMINATED", whyStopped="Slow."), status("TERMINATED", whyStopped=" \n"))
    assert found.action == "cleared"


@pytest.mark.parametrize("kind", DATES)
@pytest.mark.parametrize(
    ("old", "new", "action", "days"),
    [
        ("2026-06-30", "2026-07-01", "slipped", 1),
        ("2026-06", "2026-07", "slipped", None),
        ("2026", "2027-01-01", "slipped", None),
        ("2026-06-30", "2026-07", "slipped", None),
        ("2026-07-01", "2026-06-30", "pulled_in", -1),
        ("2026-07", "2026-06-30", "pulled_in", None),
        ("2027-01", "2026", "pulled_in", None),
        ("2026-06", "2026-06-30", "refined", None),
        ("2026-06-30", "2026-06", "refined", None),
        ("2026", "2026-12", "refined", None),
        (None, "2026-06", "set", None),
        ("2026-06", None, "cleared", None),
        ("soon", "2026-06", "set", None),
    ],
)
def test_a_date_slips_only_when_the_intervals_are_disjoint(
    kind: str, old: str | None, new: str | None, action: str, days: int | None
) -> None:
    found = compare_dates(old, new, kind)
    assert found is not None
    assert (found.kind, found.action, found.detail.get("signed_days")) == (kind, action, days)
    assert (found.old_value, found.new_value) == (old, new)


@pytest.mark.parametrize(
    ("old", "new", "action"),
    [
        ({"date": "2026-06-30", "type": "ESTIMATED"}, {"date": "2026-06-30", "type": "ACTUAL"}, "actualised"),
        ({"date": "2026-06", "type": "ESTIMATED"}, {"date": "2026-09-12", "type": "ACTUAL"}, "actualised"),
        ({"date": "2026-06"}, {"date": "2026-06", "type": "ACTUAL"}, "actualised"),
        ({"date": "2026-06", "type": "ACTUAL"}, {"date": "2026-07", "type": "ACTUAL"}, "slipped"),
        ({"date": "2026-06", "type": "ACTUAL"}, {"date": "2026-06", "type": "ESTIMATED"}, "refined"),
    ],
)
def test_a_date_that_became_actual_says_so(old: Json, new: Json, action: str) -> None:
    found = compare_dates(old, new)
    assert found is not None
    assert found.action == action
    assert (found.detail["old_type"], found.detail["new_type"]) == (old.get("type"), new.get("type"))


def test_a_date_that_became_actual_carries_the_days_it_moved() -> None:
    found = compare_dates({"date": "2026-06-30", "type": "ESTIMATED"}, {"date": "2026-07-04", "type": "ACTUAL"})
    assert found is not None
    assert (found.action, found.detail["signed_days"], found.detail["implausible"]) == ("actualised", 4, False)
    leap = compare_dates({"date": "2026-06-30", "type": "ESTIMATED"}, {"date": "2016-07-04", "type": "ACTUAL"})
    assert leap is not None
    assert (leap.action, leap.detail["implausible"]) == ("actualised", True)


@pytest.mark.parametrize("new", ["2062-06-30", "2006-06-30"])
def test_a_leap_of_decades_is_told_and_flagged(new: str) -> None:
    found = compare_dates("2026-06-30", new)
    assert found is not None
    assert found.detail["implausible"] is True


@pytest.mark.parametrize(("old", "new"), [("2026-06", "2062-06"), ("2026-06-30", "2062-06"), ("2026", "2062")])
def test_a_leap_of_decades_is_flagged_where_no_days_are_stated_too(old: str, new: str) -> None:
    found = compare_dates(old, new)
    assert found is not None
    assert "signed_days" not in found.detail
    assert found.detail["implausible"] is True


def test_an_ordinary_slip_is_not_flagged() -> None:
    found = compare_dates("2026-06-30", "2027-03-31")
    assert found is not None
    assert found.detail["implausible"] is False
    primary = compare_dates("2026-06", "2027-03", "primary_completion_date")
    assert primary is not None
    assert primary.weight == "medium"


PARTIAL = st.builds(
    lambda day, size: day.isoformat()[:size], st.dates(dt.date(2000, 1, 1)), st.sampled_from([4, 7, 10])
)


@given(PARTIAL, PARTIAL)
def test_a_move_and_its_return_are_mirror_images(old: str, new: str) -> None:
    there, back = compare_dates(old, new), compare_dates(new, old)
    if old == new:
        assert there is back is None
        return
    assert there is not None
    assert back is not None
    mirror = {"slipped": "pulled_in", "pulled_in": "slipped", "refined": "refined"}
    assert back.action == mirror[there.action]
    overlap = old.startswith(new) or new.startswith(old)
    assert (there.action == "refined") == overlap
    if "signed_days" in there.detail:
        assert there.detail["signed_days"] == -int(back.detail["signed_days"] or 0)


@pytest.mark.parametrize("text", ["soon", "2026-13"])
def test_words_that_are_no_date_on_both_sides_say_nothing(text: str) -> None:
    assert compare_dates(text, "later") is None


@pytest.mark.parametrize(
    ("old", "new", "action", "percent"),
    [
        ({"count": 100, "type": "ESTIMATED"}, {"count": 150, "type": "ESTIMATED"}, "raised", 50.0),
        ({"count": 100, "type": "ESTIMATED"}, {"count": 66, "type": "ESTIMATED"}, "cut", -34.0),
        ({"count": 142, "type": "ESTIMATED"}, {"count": 61, "type": "ACTUAL"}, "actual", -57.0),
        ({"count": 61, "type": "ESTIMATED"}, {"count": 61, "type": "ACTUAL"}, "actual", 0.0),
        ({"count": 61, "type": "ACTUAL"}, {"count": 60, "type": "ACTUAL"}, "cut", -1.6),
        ({"count": 5, "type": "ACTUAL"}, {"count": 5, "type": "ESTIMATED"}, "set", 0.0),
        ({"count": 5}, {"count": 5, "type": "ESTIMATED"}, "set", 0.0),
        ({"count": 0, "type": "ESTIMATED"}, {"count": 10, "type": "ESTIMATED"}, "raised", None),
        ({"count": 40, "type": "ESTIMATED"}, {"count": 0, "type": "ACTUAL"}, "actual", -100.0),
        ({}, {"count": 10}, "set", None),
        ({"count": 99_999_999}, {"count": 10}, "set", None),
        ({"count": 10}, {"count": 99_999_999}, "set", None),
    ],
)
def test_every_move_of_enrollment_has_its_action(old: Json, new: Json, action: str, percent: float | None) -> None:
    found = compare_counts(old, new)
    assert found is not None
    assert (found.kind, found.action, found.detail.get("percent")) == ("enrollment", action, percent)


def test_the_sentinel_is_nobodys_count_and_never_shown() -> None:
    found = compare_counts({"count": 10}, {"count": 99_999_999})
    assert found is not None
    assert (found.old_value, found.new_value) == ("10", None)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"count": 99_999_999}, {}),
        ({}, {"count": 99_999_999}),
        ({"count": 99_999_999, "type": "ESTIMATED"}, {"type": "ACTUAL"}),
    ],
)
def test_enrollment_that_says_no_other_number_says_nothing(old: Json, new: Json) -> None:
    assert compare_counts(old, new) is None
    path = "protocolSection.designModule.enrollmentInfo"
    before, after = (build_canonical(change(path, one)) for one in (old, new))
    assert [one for one in list_administrative(before, after) if not one.startswith(path)] == []
    assert list_administrative(before, after)


def test_an_actual_number_stands_beside_the_plan() -> None:
    found = compare_counts({"count": 142, "type": "ESTIMATED"}, {"count": 61, "type": "ACTUAL"})
    assert found is not None
    assert found.detail == {"old_type": "ESTIMATED", "new_type": "ACTUAL", "percent": -57.0, "plan": 142}


def test_several_changes_come_in_a_fixed_order_with_weights_of_the_list() -> None:
    new = status(
        "TERMINATED",
        startDateStruct={"date": "2023-06", "type": "ACTUAL"},
        primaryCompletionDateStruct={"date": "2027-01"},
        completionDateStruct={"date": "2026"},
    )
    new["protocolSection"]["designModule"]["enrollmentInfo"] = {"count": 61, "type": "ACTUAL"}
    found = compare(STUDY, new)
    assert [one.kind for one in found] == [
        "status", "start_date", "primary_completion_date", "completion_date", "enrollment",
    ]  # fmt: skip
    assert all(one.weight in WEIGHTS for one in found)


def test_a_last_known_status_is_told_with_the_status_and_alone_is_administration() -> None:
    (found,) = compare(STUDY, status("UNKNOWN", lastKnownStatus="RECRUITING"))
    assert (found.detail["transition"], found.detail["last_known_status"]) == ("registry", "RECRUITING")
    old, new = (status("UNKNOWN", lastKnownStatus=one) for one in ("RECRUITING", "NOT_YET_RECRUITING"))
    assert compare(old, new) == []
    assert list_administrative(build_canonical(old), build_canonical(new)) == [
        "protocolSection.statusModule.lastKnownStatus"
    ]


def test_dates_of_registration_are_administration() -> None:
    new = status(lastUpdateSubmitDate="2026-02-05", studyFirstSubmitQcDate="2023-05-01")
    assert compare(STUDY, new) == []
    assert list_administrative(build_canonical(STUDY), build_canonical(new)) == [
        "protocolSection.statusModule.lastUpdateSubmitDate",
        "protocolSection.statusModule.studyFirstSubmitQcDate",
    ]


def test_a_field_nobody_knows_is_counted_and_makes_no_change() -> None:
    new = change("protocolSection.statusModule.brandNewField", "x")
    assert compare(STUDY, new) == []
    assert list_administrative(build_canonical(STUDY), build_canonical(new)) == [
        "protocolSection.statusModule.brandNewField"
    ]


def test_the_users_weights_are_heard_first() -> None:
    new = status("TERMINATED", completionDateStruct={"date": "2028-06-30", "type": "ESTIMATED"})
    weights = {("status", "stop"): "low", ("completion_date", "slipped"): "top"}
    assert [one.weight for one in compare(STUDY, new, weights=weights)] == ["low", "top"]
    assert [one.weight for one in compare(STUDY, new)] == ["top", "medium"]


@pytest.mark.parametrize(
    ("stated", "submitted", "expected"),
    [
        ({"date": "2026-01-04", "type": "ACTUAL"}, "2026-01-05", True),
        ({"date": "2026-01-05", "type": "ACTUAL"}, "2026-01-05", False),
        ({"date": "2026-01", "type": "ACTUAL"}, "2026-01-05", True),
        ({"date": "2026-01", "type": "ACTUAL"}, "2026-01-01", False),
        ({"date": "2025-01-04", "type": "ESTIMATED"}, "2026-01-05", False),
        ({"date": "2025-01-04"}, "2026-01-05", False),
        ({"type": "ACTUAL"}, "2026-01-05", False),
        ({"date": "2025-01-04", "type": "ACTUAL"}, None, False),
    ],
)
def test_a_version_is_after_completion_only_where_that_is_actual_and_past(
    stated: Json, submitted: str | None, expected: bool
) -> None:
    new = status(primaryCompletionDateStruct=stated, lastUpdateSubmitDate=submitted)
    assert is_after_completion(build_canonical(new)) is expected


def test_a_study_without_a_status_module_is_not_after_completion() -> None:
    assert is_after_completion({}) is False
