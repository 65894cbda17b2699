"""One change in words: the kind, both sides, and what a reader would else have to work out."""

from __future__ import annotations

from typing import Any

import pytest

from etl.change_words import ChangeWords, describe_change, describe_why, show_reason
from tests.etl.lives import change, live, why

ESTIMATED = {"old_type": "ESTIMATED", "new_type": "ESTIMATED"}


def describe(kind: str, old: str | None, new: str | None, **values: Any) -> ChangeWords:
    return describe_change(live([change(2, kind, old, new, **values)]).changes[0])


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            ("start_date", "2026-01", "2026-03-01", {"action": "slipped"} | ESTIMATED),
            ("start", "2026-01 est.", "2026-03-01 est.", "2 months later"),
        ),
        (
            ("completion_date", "2026-01-01", "2033-01-01", {"action": "slipped", "implausible": True} | ESTIMATED),
            ("completion", "2026-01-01 est.", "2033-01-01 est.", "84 months later, over five years"),
        ),
        (("start_date", None, "2026-01", {"new_type": None}), ("start", "not stated", "2026-01", "")),
        (
            ("enrollment", "100", "150", {"action": "raised", "percent": 50.0, "old_type": "ESTIMATED"}),
            ("enrollment", "100 est.", "150", "+50 %"),
        ),
        (("why_stopped", None, "Funding", {}), ("reason", "not stated", "“Funding”", "")),
        (("status", "RECRUITING", "WITHDRAWN", {}), ("status", "Recruiting", "Withdrawn", "before anyone enrolled")),
        (("status", "ACTIVE_NOT_RECRUITING", "NEW_WORD", {}), ("status", "Active, not recruiting", "New word", "")),
        (("registry_state", "missing", "gone", {"action": "gone"}),
         ("registry record", "missing from its answers", "no longer found by number", "")),
        (("phase", "PHASE1", "PHASE2", {"action": "changed"}), ("phase", "PHASE1", "PHASE2", "")),
        (("site", "3", "5", {"action": "count"}), ("sites", "3", "5", "")),
        (("country", None, "France", {"action": "added", "item": "France"}), ("country added", "", "France", "")),
        (
            ("primary_outcome", "Up to 1 year", "Up to 2 years",
             {"action": "time_frame", "item": "Survival", "after_completion": True}),
            ("primary outcome time frame: Survival", "Up to 1 year", "Up to 2 years", "after primary completion"),
        ),
        (
            ("arm", None, "Arm B: closed to accrual",
             {"action": "added", "item": "Arm B", "says": "closed", "agents": ["a", "b"]}),
            ("arm added", "", "Arm B: closed to accrual", "says “closed”, watched: a, b"),
        ),
        (("sponsor", "Old Inc", None, {"action": "removed"}), ("sponsor removed", "Old Inc", "", "")),
        (("results", None, None, {"action": "overdue"}), ("results overdue", "", "", "")),
    ],
)  # fmt: skip
def test_a_change_reads_as_a_person_would_say_it(told: tuple[Any, ...], expected: tuple[str, ...]) -> None:
    kind, old, new, values = told
    assert tuple(describe(kind, old, new, **values)) == expected


def test_texts_are_whole_and_on_one_line() -> None:
    words = describe("description", "a\n\nb\x1b[31m", "c " * 500, action="changed")
    assert words.before == "a b [31m"
    assert words.after == ("c " * 500).strip()
    assert words.both == f"{words.before} → {words.after}"


@pytest.mark.parametrize(
    ("reason", "transition", "expected"),
    [
        ("Slow\naccrual.", "stop", "“Slow accrual.”"),
        (None, "stop", "none in the record"),
        ("  ", "pause", "none in the record"),
        (None, "resume", ""),
        (None, None, ""),
    ],
)
def test_a_reason_is_quoted_and_a_stop_without_one_says_so(
    reason: str | None, transition: str | None, expected: str
) -> None:
    told = change(2, "status", "RECRUITING", "TERMINATED", why_stopped=reason, transition=transition)
    assert show_reason(live([told]).changes[0]) == expected


def test_only_a_status_has_a_reason_beside_it() -> None:
    assert show_reason(live([change(2, "enrollment", "1", "2", why_stopped="no")]).changes[0]) == ""


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (why("trial:NCT99000101", "nctId", "NCT99000101"), "watched by number NCT99000101"),
        (why("trial:NCT99000902", "nctIdAliases", "NCT99000902"), "watched by number NCT99000902"),
        (
            why("agent:zelbarimab", "interventions[0].name", "ZLB-201"),
            "agent zelbarimab: “ZLB-201” in interventions[0].name",
        ),
        (why("target:LAG-3", None, None), "target LAG-3: the registry's own match"),
        (
            why("target:FAP", "briefSummary", "FAP", left="2026-02-12", is_active=False),
            "target FAP: “FAP” in briefSummary; left the query 2026-02-12; no longer on the watchlist",
        ),
    ],
)
def test_why_a_trial_is_here_names_the_item_the_words_and_the_field(reason: dict[str, Any], expected: str) -> None:
    assert describe_why(live([], reasons=[reason]).why_here[0]) == expected
