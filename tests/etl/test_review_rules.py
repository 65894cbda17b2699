"""Each rule of the review fires where it should, and not where it should not; the dossiers are made up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from dags.inputs import read_package_vocabulary
from etl.review.dossier import Cited, Dossier, find_combinations, resolve_claim
from etl.review.judging import judge
from etl.review.lines import describe_agent, describe_outcome, describe_value, list_values, split_records, split_since
from etl.review.page import build_page
from etl.review.readouts import build_readouts, count_months
from etl.review.results import build_outcomes
from etl.review.rows import Basis, build_verdict_row
from etl.review.words import describe_finding, show_long
from models.review import Claim, Misprint, Review
from models.review_page import AgentCard, SincePage
from models.verdicts import Ruling, read_rules

PRINTED, TODAY = dt.date(2025, 6, 30), dt.date(2026, 2, 12)
BEFORE, SINCE = dt.date(2025, 3, 1), dt.date(2025, 11, 3)
REVIEW = Review(
    id="made-up", title="Made up", printed=PRINTED, citation="", doi="", pmid="", file="x.toml", claims=(), misprints=()
)
ROW: Mapping[str, Any] = {
    "nct_id": "NCT99000101",
    "registry_state": "listed",
    "last_checked_at": dt.datetime.combine(TODAY, dt.time(14)),
    "is_tagged": True,
    "overall_status": "RECRUITING",
    "why_stopped": None,
    "phases": ["PHASE2"],
    "conditions": ["NSCLC"],
    "interventions": ["Zelbarimab", "Pembrolizumab"],
    "lead_sponsor": "Fictional Oncology BV",
    "start_date": dt.date(2023, 5, 1),
    "completion_date": dt.date(2027, 6, 1),
    "completion_date_precision": "month",
    "completion_date_type": "ESTIMATED",
    "has_results": False,
    "results_first_post_date": None,
    "status_since": dt.date(2023, 5, 22),
    "status_basis": "submit",
    "is_start_known": True,
}
PAPER: Mapping[str, Any] = {
    "nct_id": "NCT99000101",
    "pmid": "99000031",
    "said_by": ["RESULT"],
    "title": "An invented report.",
    "pub_date": SINCE,
    "pub_date_precision": "day",
    "is_retracted": False,
    "is_held": True,
    "notice": None,
    "related_pmid": None,
    "noticed_on": None,
    "noticed_on_precision": None,
}
OTHER: Mapping[str, Any] = {
    "agent": "zelbarimab",
    "nct_id": "NCT99000115",
    "overall_status": "RECRUITING",
    "phases": ["PHASE3"],
    "lead_sponsor": "Fictional Oncology BV",
    "first_post_date": SINCE,
    "registry_state": "listed",
}
ROWS = ("since", "moves", "changes", "agents", "readouts", "results", "analyses")
STOPPED = {"overall_status": "TERMINATED", "why_stopped": "Slow accrual.", "status_since": SINCE}
POSTED = {"has_results": True, "results_first_post_date": SINCE}


def cite(then: Mapping[str, Any] | None = None, /, **parts: Any) -> Cited:
    """Return the cited trial with other columns; `then` are those of the day of printing."""
    own = {name: parts.pop(name) for name in list(parts) if name in Cited.__struct_fields__}
    at_printing = {**ROW, **then} if then is not None else None
    shape: dict[str, Any] = {
        "agents": frozenset({"zelbarimab", "pembrolizumab"}),
        "targets": frozenset({"LAG-3"}),
        "at_printing": at_printing,
    }
    return Cited(number="NCT99000101", row={**ROW, **parts}, **{**shape, **own})


def build(said: str, *cited: Cited, claim: Mapping[str, Any] | None = None, **parts: Any) -> Dossier:
    """Return a dossier of a claim about zelbarimab."""
    text = Claim(id="one", section="S", statement="It is so.", state=said, **(claim or {}))  # type: ignore[arg-type]
    names = {"zelbarimab": ("zelbarimab", "ZLB-201")}
    shape: dict[str, Any] = {
        "agents": ("zelbarimab",),
        "leads": ("zelbarimab",),
        "followed": ("zelbarimab",),
        "targets": (),
        "pathways": (),
        "unresolved": (),
        "names": names,
        "today": TODAY,
        "stale_after_days": 14,
    }
    return Dossier(review=REVIEW, claim=text, cited=cited, **{**shape, **parts})


NOT_HELD = Cited(number="NCT99000199", row=None)
LONG_AGO = dt.datetime(2026, 1, 1)  # noqa: DTZ001  the warehouse's instants have no zone
RETRACTED = {**PAPER, "nct_id": None, "is_retracted": True, "notice": "retracted", "noticed_on": SINCE}
# By rule: dossiers on which it decides, with the verdict, and dossiers near them on which it does not.
FIRES: dict[str, tuple[list[tuple[Dossier, str]], list[Dossier]]] = {
    "record-not-read": ([(build("ongoing", NOT_HELD), "cannot_tell")], [build("ongoing", cite())]),
    "record-gone": ([(build("ongoing", cite(registry_state="gone")), "cannot_tell")], [build("ongoing", cite())]),
    "record-missing": ([(build("ongoing", cite(registry_state="missing")), "cannot_tell")], [build("ongoing", cite())]),
    "record-stale": (
        [(build("ongoing", cite(last_checked_at=LONG_AGO, **STOPPED)), "cannot_tell")],
        [build("ongoing", cite(last_checked_at=LONG_AGO), stale_after_days=60)],
    ),
    "record-untagged": ([(build("ongoing", cite(is_tagged=False)), "cannot_tell")], [build("ongoing", cite())]),
    "agent-not-in-record": (
        [
            (build("ongoing", cite(agents=frozenset({"nuvotrelimab"}))), "record_contradicts"),
            (build("positive", cite(agents=frozenset())), "record_contradicts"),
        ],
        [build("ongoing", cite()), build("ongoing", cite({}, agents=frozenset()))],
    ),
    "agent-left-record": (
        [(build("ongoing", cite({"interventions": ["ZLB 201"]}, agents=frozenset())), "outdated")],
        [build("ongoing", cite({"interventions": ["Other"]}, agents=frozenset()))],
    ),
    "target-not-in-record": (
        [
            (build("ongoing", cite(), agents=(), leads=(), targets=("TIGIT",)), "record_contradicts"),
            (
                build(
                    "ongoing", cite(agents=frozenset(), targets=frozenset()), agents=(), leads=(), targets=("LAG-3",)
                ),
                "record_contradicts",
            ),
        ],
        [
            # No agent of its arms is known, and it names the target: one of them may act on it.
            build(
                "ongoing",
                cite(agents=frozenset(), targets=frozenset(), named_targets=frozenset({"LAG-3"})),
                agents=(),
                leads=(),
                targets=("LAG-3",),
            ),
            build("ongoing", cite(), agents=(), leads=(), targets=("LAG-3",)),
            build("ongoing", cite(), targets=("TIGIT",)),
        ],
    ),
    "number-of-another": (
        [
            (
                build("ongoing", cite(**STOPPED), claim={"phase": "3"}, meant=(NOT_HELD,)),
                "record_contradicts",
            )
        ],
        [build("ongoing", cite(**STOPPED), meant=(NOT_HELD,)), build("ongoing", cite(), claim={"phase": "3"})],
    ),
    "partner-not-in-record": (
        [(build("ongoing", cite(), agents=("zelbarimab", "atezolizumab")), "record_contradicts")],
        [build("ongoing", cite(), agents=("zelbarimab", "pembrolizumab"))],
    ),
    "phase-not-in-record": (
        [
            (build("ongoing", cite(), claim={"phase": "3"}), "record_contradicts"),
            (build("ongoing", cite({"phases": ["PHASE1"]}), claim={"phase": "2"}), "record_contradicts"),
        ],
        [
            build("ongoing", cite(), claim={"phase": "1/2"}),
            build("ongoing", cite({"phases": ["PHASE1"]}), claim={"phase": "1"}),
        ],
    ),
    "condition-not-in-record": (
        [(build("ongoing", cite(meets_condition=False), claim={"condition": "asthma"}), "record_contradicts")],
        [build("ongoing", cite(meets_condition=True)), build("ongoing", cite(meets_condition=None))],
    ),
    "paper-retracted": (
        [
            (build("positive", papers=[RETRACTED]), "outdated"),
            (build("positive", papers=[{**RETRACTED, "noticed_on": BEFORE}]), "outdated_at_press"),
            (build("positive", papers=[{**RETRACTED, "notice": None}]), "outdated"),
        ],
        [build("positive", papers=[{**RETRACTED, "is_retracted": False}])],
    ),
    "report-retracted": (
        [(build("positive", cite(papers=[{**RETRACTED, "nct_id": "NCT99000101"}])), "outdated")],
        [build("ongoing", cite(papers=[{**RETRACTED, "nct_id": "NCT99000101"}], **STOPPED))],
    ),
    "paper-under-concern": (
        [(build("positive", papers=[{**PAPER, "nct_id": None, "notice": "concern", "noticed_on": SINCE}]), "outdated")],
        [build("positive", papers=[{**PAPER, "nct_id": None, "notice": "concern", "noticed_on": BEFORE}])],
    ),
    "paper-corrected": (
        [
            (
                build("positive", papers=[{**PAPER, "nct_id": None, "notice": "corrected", "noticed_on": SINCE}]),
                "outdated",
            )
        ],
        [
            build("positive", papers=[{**PAPER, "nct_id": None, "notice": "corrected", "noticed_on": BEFORE}]),
            build("ongoing", cite(papers=[{**PAPER, "notice": "corrected", "noticed_on": SINCE}])),
        ],
    ),
    "paper-not-read": (
        [(build("positive", papers=[{**PAPER, "nct_id": None, "is_held": False}]), "cannot_tell")],
        [build("positive", papers=[{**PAPER, "nct_id": None}])],
    ),
    "ongoing-stopped": (
        [
            (build("ongoing", cite(**STOPPED)), "outdated"),
            (build("ongoing", cite({}, **STOPPED)), "outdated"),
            (build("ongoing", cite({"overall_status": "TERMINATED"}, **STOPPED)), "outdated_at_press"),
            (build("ongoing", cite({"overall_status": "COMPLETED"}, **STOPPED)), "outdated_at_press"),
            (
                build(
                    "ongoing",
                    cite(**STOPPED, is_start_known=False, completion_date=BEFORE, completion_date_type="ACTUAL"),
                ),
                "outdated_at_press",
            ),
            # Over before printing, and the registry was told after it: a back-fill that shows this changes nothing.
            (
                build("ongoing", cite({}, **STOPPED, completion_date=BEFORE, completion_date_type="ACTUAL")),
                "outdated_at_press",
            ),
            # A month that ends with the month of printing is over by it; an estimate says nothing.
            (
                build(
                    "ongoing",
                    cite(**STOPPED, completion_date=dt.date(2025, 6, 1), completion_date_type="ACTUAL"),
                ),
                "outdated_at_press",
            ),
            (build("ongoing", cite(**STOPPED, is_start_known=False, completion_date=BEFORE)), "outdated"),
            (build("ongoing", cite(overall_status="WITHDRAWN", status_since=SINCE)), "outdated"),
        ],
        [build("ongoing", cite()), build("positive", cite(**STOPPED)), build("results_not_released", cite(**STOPPED))],
    ),
    "ongoing-ended": (
        [
            # The registry heard of its end after printing.
            (
                build(
                    "ongoing",
                    cite({}, overall_status="COMPLETED", completion_date=BEFORE, completion_date_type="ACTUAL"),
                ),
                "outdated_at_press",
            ),
            (build("ongoing", cite(overall_status="COMPLETED", status_since=SINCE)), "outdated"),
            (build("ongoing", cite({"overall_status": "COMPLETED"}, overall_status="COMPLETED")), "outdated_at_press"),
        ],
        [build("ongoing", cite(overall_status="ACTIVE_NOT_RECRUITING"))],
    ),
    "ongoing-paused": (
        [(build("ongoing", cite({}, overall_status="SUSPENDED", status_since=SINCE)), "outdated")],
        [build("ongoing", cite({"overall_status": "SUSPENDED"}))],
    ),
    "ongoing-unverified": (
        [(build("ongoing", cite(overall_status="UNKNOWN")), "cannot_tell")],
        [build("ongoing", cite())],
    ),
    "ongoing-open": (
        [
            (build("ongoing", cite()), "stands"),
            (build("ongoing", cite(overall_status="NOT_YET_RECRUITING")), "stands"),
            (build("ongoing", cite(**POSTED)), "stands"),
        ],
        [build("ongoing", cite(**STOPPED)), build("early_results", cite())],
    ),
    "no-results-posted": (
        [
            (build("results_not_released", cite(**POSTED)), "outdated"),
            (build("results_not_released", cite(**{**POSTED, "results_first_post_date": BEFORE})), "outdated_at_press"),
            (build("results_not_released", cite(has_results=True)), "outdated"),
        ],
        [build("results_not_released", cite()), build("positive", cite(**POSTED))],
    ),
    "no-results-paper": (
        [
            (build("results_not_released", cite(papers=[PAPER])), "outdated"),
            (build("results_not_released", cite(papers=[{**PAPER, "pub_date": BEFORE}])), "outdated_at_press"),
            (build("results_not_released", cite(papers=[{**PAPER, "pub_date": None, "is_held": False}])), "outdated"),
        ],
        [
            build("results_not_released", cite(papers=[{**PAPER, "said_by": ["DERIVED"]}])),
            build("results_not_released", cite(papers=[{**PAPER, "pub_date": dt.date(2019, 1, 1)}])),
        ],
    ),
    "no-results-still": (
        [(build("results_not_released", cite(**STOPPED)), "stands")],
        [build("results_not_released", cite(**POSTED))],
    ),
    "early-results-posted": (
        [(build("early_results", cite(**POSTED)), "outdated")],
        [build("early_results", cite(**{**POSTED, "results_first_post_date": BEFORE}))],
    ),
    "early-results-paper": (
        [(build("early_results", cite(papers=[PAPER])), "outdated")],
        [
            build("early_results", cite(papers=[{**PAPER, "pub_date": BEFORE}])),
            build("early_results", cite(papers=[{**PAPER, "pub_date": None, "is_held": False}])),
            build("early_results", cite(papers=[{**PAPER, "said_by": ["DERIVED"]}])),
        ],
    ),
    "early-stopped": (
        [(build("early_results", cite(**STOPPED)), "outdated")],
        [build("early_results", cite({"overall_status": "TERMINATED"}, **STOPPED))],
    ),
    "early-still": ([(build("early_results", cite()), "stands")], [build("early_results", cite(**POSTED))]),
    "preclinical-registered": (
        [
            (build("preclinical", agent_trials=[OTHER]), "outdated"),
            (build("preclinical", agent_trials=[{**OTHER, "first_post_date": BEFORE}]), "outdated_at_press"),
        ],
        [
            build("preclinical", watched=frozenset({"zelbarimab"})),
            build("preclinical", agent_trials=[{**OTHER, "registry_state": "gone"}]),
        ],
    ),
    "preclinical-still": (
        [(build("preclinical", watched=frozenset({"zelbarimab"})), "stands")],
        [build("preclinical"), build("preclinical", followed=(), watched=frozenset({"zelbarimab"}))],
    ),
    "successor": (
        [(build("ongoing", cite(), agent_trials=[OTHER]), "outdated")],
        [
            build("ongoing", cite(), agent_trials=[{**OTHER, "phases": ["PHASE2"]}]),
            build("ongoing", cite(), agent_trials=[{**OTHER, "lead_sponsor": "Another"}]),
            build("ongoing", cite(), agent_trials=[{**OTHER, "first_post_date": BEFORE}]),
            build("ongoing", cite(phases=None), agent_trials=[OTHER]),
            build("positive", cite(), agent_trials=[OTHER]),
        ],
    ),
    "efficacy": (
        [
            (build("positive", cite(**POSTED)), "cannot_tell"),
            (build("failed", cite(**STOPPED)), "cannot_tell"),
        ],
        [build("positive", NOT_HELD)],
    ),
    "approval": ([(build("approved"), "cannot_tell"), (build("approved", cite()), "cannot_tell")], [build("positive")]),
    "unsorted": ([(build("unsorted", cite()), "cannot_tell")], [build("unsorted", cite(agents=frozenset()))]),
    "papers-unchanged": (
        [(build("positive", papers=[{**PAPER, "nct_id": None}]), "cannot_tell")],
        [
            build("positive", papers=[{**PAPER, "nct_id": None, "is_held": False}]),
            build("positive", papers=[{**PAPER, "nct_id": None, "notice": "corrected", "noticed_on": SINCE}]),
            build("positive", cite(), papers=[{**PAPER, "nct_id": None}]),
        ],
    ),
    "no-number": ([(build("failed"), "cannot_tell"), (build("ongoing"), "cannot_tell")], [build("failed", cite())]),
    "untold": ([(build("ongoing", cite(overall_status="A_NEW_WORD")), "cannot_tell")], [build("ongoing", cite())]),
}


def test_every_rule_is_among_the_cases() -> None:
    assert FIRES.keys() == {rule.id for rule in read_rules()}


@pytest.mark.parametrize("rule", FIRES)
def test_a_rule_fires_where_it_should_and_only_there(rule: str) -> None:
    fires, rests = FIRES[rule]
    for dossier, verdict in fires:
        ruling = judge(dossier)
        assert (ruling.rule, ruling.verdict) == (rule, verdict), ruling
        assert ruling.reason.endswith((".", ".”"))
    assert rests
    assert [judge(dossier).rule for dossier in rests if judge(dossier).rule == rule] == []


def test_no_reason_speaks_of_success_and_each_piece_of_evidence_has_words() -> None:
    for fires, rests in FIRES.values():
        for dossier in [one for one, _ in fires] + rests:
            for piece in judge(dossier).evidence:
                words = describe_finding(piece, show_long)
                assert words
                assert not [word for word in ("failed", "halted", "promising", "positive") if word in words.lower()]


def test_of_several_cited_trials_the_gravest_decides_and_the_evidence_holds_all() -> None:
    other = msgspec.structs.replace(cite(**STOPPED), number="NCT99000102")
    row = {**(other.row or {}), "nct_id": "NCT99000102"}
    ruling = judge(build("ongoing", cite(), NOT_HELD, msgspec.structs.replace(other, row=row)))
    assert (ruling.verdict, ruling.rule) == ("outdated", "ongoing-stopped")
    assert {piece["nct_id"] for piece in ruling.evidence} == {"NCT99000101", "NCT99000102", "NCT99000199"}
    assert judge(build("ongoing", cite(), NOT_HELD)).verdict == "cannot_tell"


def test_a_stop_stands_before_a_wrong_phase_and_the_phase_in_the_evidence() -> None:
    ruling = judge(build("ongoing", cite(**STOPPED), claim={"phase": "3"}))
    assert ruling.rule == "ongoing-stopped"
    assert [piece["kind"] for piece in ruling.evidence] == ["stopped", "phase_differs"]


def test_a_record_cited_by_a_number_it_once_had_says_so() -> None:
    cited = msgspec.structs.replace(cite(**STOPPED), number="NCT99000902")
    ruling = judge(build("ongoing", cited))
    assert ruling.evidence[0]["cited_as"] == "NCT99000902"
    assert "NCT99000101 (cited as NCT99000902)" in ruling.reason


@pytest.mark.parametrize(
    ("held", "ruling", "cause", "previous"),
    [
        (None, ("stands", True), "first", None),
        ({"verdict": "stands", "read_verdict": "stands"}, ("outdated", True), "record", "stands"),
        ({"verdict": "cannot_tell", "read_verdict": "outdated"}, ("outdated", True), "record", "outdated"),
        ({"claim_hash": "other", "read_verdict": None}, ("outdated", True), "claim", None),
        ({"rules_version": "older", "read_verdict": "stands"}, ("outdated", True), "rules", "stands"),
        ({"vocabulary_version": "older", "read_verdict": "stands"}, ("outdated", True), "record", "stands"),
        ({"read_verdict": "outdated"}, ("outdated_at_press", True), "history", "outdated"),
        ({"read_verdict": "outdated_at_press"}, ("outdated", True), "history", "outdated_at_press"),
        (
            {"vocabulary_version": "older", "rule": "agent-not-in-record", "read_verdict": "record_contradicts"},
            ("outdated", True),
            "vocabulary",
            "record_contradicts",
        ),
    ],
)
def test_why_a_verdict_is_another_is_told_apart(
    held: dict[str, Any] | None, ruling: tuple[Any, bool], cause: str, previous: str | None
) -> None:
    dossier = build("ongoing", cite())
    new = Ruling(verdict=ruling[0], rule="ongoing-stopped", reason="So.", evidence=(), is_read=ruling[1])
    clock = dt.datetime(2026, 2, 12, 14)  # noqa: DTZ001  as the warehouse has them
    row = build_verdict_row(dossier, new, None, Basis("rules", "names"), (clock, 1))
    assert row is not None
    before = (
        None if held is None else {**row, "verdict": "stands", "rule": "ongoing-open", "read_verdict": None, **held}
    )
    again = build_verdict_row(dossier, new, before, Basis("rules", "names"), (clock, 2))
    assert again is not None
    assert (again["cause"], again["previous_verdict"]) == (cause, previous)
    assert (
        build_verdict_row(dossier, new, {**row, "read_verdict": "outdated"}, Basis("rules", "names"), (clock, 3))
        is None
    )


def test_names_resolve_by_synonym_and_misprint_and_what_does_not_is_open() -> None:
    review = msgspec.structs.replace(
        REVIEW, misprints=(Misprint(printed="relatlimap", means="relatlimab", kind="agent"),)
    )
    vocabulary = read_package_vocabulary()
    claim = Claim(
        id="one", section="S", statement="So.", state="ongoing", name="FICTION", agents=("relatlimap", "XX-1"),
        targets=("CD223", "NTE5"), pathways=("nothing",),
    )  # fmt: skip
    own = resolve_claim(review, claim, vocabulary, find_combinations(vocabulary))
    assert (own.agents, own.targets) == (("relatlimab",), ("LAG-3",))
    assert own.unresolved == (
        "agent XX-1: not in the vocabulary",
        "target NTE5: not in the vocabulary",
        "pathway nothing: not in the vocabulary",
        "trial FICTION: no number is known",
    )


VALUE: Mapping[str, Any] = {
    "nct_id": "NCT99000110", "outcome_key": "a", "measure": "Response", "time_frame": "24 months",
    "arm_title": "SX-330", "class_title": "Part B", "category_title": None, "param_type": "MEDIAN",
    "unit": "months",
    "value": "NA", "dispersion_type": "95% Confidence Interval", "spread": None, "lower_limit": "3.10",
    "upper_limit": "NA", "participants_analyzed": 52, "units_analyzed": None, "units_analyzed_count": None,
    "population": None, "reporting_status": "POSTED", "comment": None,
}  # fmt: skip
ANALYSIS: Mapping[str, Any] = {
    "nct_id": "NCT99000110", "outcome_key": "a", "arm_titles": ["SX-330", "Docetaxel"], "method": "Log Rank",
    "p_value": "<0.001", "param_type": "Hazard Ratio (HR)", "param_value": "0.70", "ci_percent": 97.72,
    "ci_sides": "TWO_SIDED", "ci_lower": "0.50", "ci_upper": "0.90", "non_inferiority_type": None,
    "dispersion_type": None, "dispersion_value": None, "group_description": None, "method_comment": None,
    "estimate_comment": None, "p_value_comment": None, "ci_lower_comment": None, "ci_upper_comment": None,
    "non_inferiority_comment": None, "description": None,
}  # fmt: skip


def test_results_are_shown_as_posted() -> None:
    (outcome,) = build_outcomes("NCT99000110", [VALUE, {**VALUE, "nct_id": "NCT99000111"}], [ANALYSIS])
    assert describe_value(outcome.values[0]) == (
        "SX-330, Part B: median NA months (95% Confidence Interval 3.10 to NA), n = 52"
    )
    assert outcome.analyses == (
        "SX-330 vs Docetaxel; Log Rank; Hazard Ratio (HR) 0.70; 97.72 % interval 0.50 to 0.90; p <0.001",
    )


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        # A limit that nobody posted is not NA, which sponsors post with a reason of their own.
        (
            {"upper_limit": None, "comment": "Median not reached"},
            "median NA months (95% Confidence Interval from 3.10, no upper limit posted), n = 52 “Median not reached”",
        ),
        (
            {"lower_limit": None, "upper_limit": "9"},
            "median NA months (95% Confidence Interval up to 9, no lower limit posted), n = 52",
        ),
        ({"lower_limit": None, "upper_limit": None}, "median NA months, n = 52"),
        (
            {"dispersion_type": "STANDARD_DEVIATION", "spread": "0.90", "lower_limit": None, "upper_limit": None},
            "median NA months (standard deviation 0.90), n = 52",
        ),
        ({"value": None, "lower_limit": None, "upper_limit": None}, "no value posted, n = 52"),
        (
            {"value": "< 5", "unit": "10^3 cells/µL", "lower_limit": None, "upper_limit": None},
            "median < 5 10^3 cells/µL, n = 52",
        ),
        (
            {"units_analyzed": "Lesions", "units_analyzed_count": 80, "lower_limit": None, "upper_limit": None},
            "median NA months, n = 52, 80 Lesions",
        ),
        ({"participants_analyzed": None, "lower_limit": None, "upper_limit": None}, "median NA months"),
    ],
)
def test_what_is_not_posted_is_not_made_up(posted: Mapping[str, Any], words: str) -> None:
    (outcome,) = build_outcomes("NCT99000110", [{**VALUE, **posted}], [])
    assert describe_value(outcome.values[0]) == f"SX-330, Part B: {words}"


def test_an_analysis_keeps_the_sponsors_remarks_and_half_an_interval() -> None:
    said = {
        "ci_sides": "ONE_SIDED", "ci_upper": None, "p_value": "0.0310", "p_value_comment": "one-sided",
        "group_description": "Post hoc", "estimate_comment": "stratified", "non_inferiority_type": "SUPERIORITY",
    }  # fmt: skip
    (outcome,) = build_outcomes("NCT99000110", [VALUE], [{**ANALYSIS, **said}])
    assert outcome.analyses == (
        (
            "SX-330 vs Docetaxel (“Post hoc”); Log Rank; Hazard Ratio (HR) 0.70 (“stratified”); "
            "one-sided 97.72 % interval from 0.50, no upper limit posted; p = 0.0310 (“one-sided”); superiority"
        ),
    )


def test_an_outcome_whose_results_are_put_off_says_so_and_shows_no_arm() -> None:
    (outcome,) = build_outcomes("NCT99000110", [{**VALUE, "value": None, "reporting_status": "NOT_POSTED"}], [])
    assert describe_outcome(outcome) == "Response (24 months): results not posted yet"
    assert list_values(outcome) == []


def test_results_due_are_sorted_into_overdue_handed_in_due_and_ahead() -> None:
    row = {
        "nct_id": "NCT99000101", "brief_title": "T", "overall_status": "COMPLETED", "has_results": False,
        "primary_completion_date": dt.date(2024, 3, 1), "primary_completion_date_precision": "month",
        "primary_completion_date_type": "ACTUAL", "results_first_post_date": None, "due_on": dt.date(2025, 3, 31),
        "is_handed_in": False,
    }  # fmt: skip
    rows = [
        {**row, "nct_id": "NCT99000104", "due_on": dt.date(2027, 8, 1), "primary_completion_date": dt.date(2026, 8, 1)},
        row,
        {**row, "nct_id": "NCT99000102", "is_handed_in": True},
        {**row, "nct_id": "NCT99000103", "due_on": dt.date(2026, 9, 1), "primary_completion_date": dt.date(2025, 9, 1)},
        {**row, "nct_id": "NCT99000105", "has_results": True},
    ]
    found = build_readouts(rows, {"NCT99000101", "NCT99000104"}, TODAY)
    assert [(one.nct_id, one.state, one.months_overdue, one.is_cited) for one in found] == [
        ("NCT99000101", "overdue", 10, True),
        ("NCT99000104", "ahead", 0, True),
        ("NCT99000102", "handed_in", 0, False),
        ("NCT99000103", "due", 0, False),
    ]
    assert [count_months(dt.date(2025, 3, 31), dt.date(2025, 4, day)) for day in (29, 30)] == [0, 0]
    assert count_months(dt.date(2025, 3, 15), dt.date(2026, 3, 15)) == 12


def test_an_agent_nobody_updated_for_a_year_is_silent() -> None:
    card = AgentCard(
        agent="zelbarimab", is_watched=True, trials=1, phases=("PHASE1",), open_trials=(), last_new="NCT99000101",
        last_new_on=SINCE, stops=(), silent_since=dt.date(2024, 1, 2), silent_months=25,
    )  # fmt: skip
    assert describe_agent(card, show_long)[-1] == (
        "Silent since 2 Jan 2024: for 25 months no sponsor has updated a record of it."
    )


def test_only_numbers_of_records_are_links() -> None:
    runs = list(split_records("NCT99000101, xNCT99000102, PMID 99000001 and https://example.org"))
    assert [run.text for run in runs if run.url] == ["NCT99000101", "PMID 99000001"]


def test_trials_of_which_nothing_since_printing_is_held_are_one_sentence() -> None:
    known = SincePage(nct_id="NCT99000101", title="A", is_known=True, pairs=(), counts={}, moves=())
    bare = [msgspec.structs.replace(known, nct_id=f"NCT9900010{number}", is_known=False) for number in (2, 3)]
    moved = msgspec.structs.replace(known, nct_id="NCT99000104", is_known=False, counts={"status": 1})
    page = build_page(REVIEW, [], {name: [] for name in ROWS}, dt.datetime(2026, 2, 16))  # noqa: DTZ001  as held
    told, others = split_since(msgspec.structs.replace(page, since_printing=(known, *bare, moved)))
    assert told == [known, moved]
    assert others.startswith("How 2 cited trials stood at printing is not held, and no change since (NCT99000102 and ")
    assert split_since(page) == ([], "")
