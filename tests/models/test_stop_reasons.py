"""Why a trial stopped, by its sponsor's words; every phrasing here is ours."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from models.stop_reasons import find_stop_classes, list_stop_classes

REASONS = {
    "accrual": [
        "Slow accrual.",
        "Poor enrolment",
        "low enrollment",
        "Lack of recruitment",
        "Recruitment was slower than expected",
        "Difficulties in recruiting patients",
        "Unable to recruit enough participants",
        "The study failed to enroll the planned number of subjects.",
        "Enrollment targets could not be reached",
        "No participants enrolled",
        "no eligible patients were found at the site",
        "Insufficient patient accrual; sponsor decision",
        "Terminated by the sponsor due to low recruitment rate",
        "Could not find suitable candidates",
        "Not enough participants",
        "Few patients met the criteria",
        "Accrual",
        "Under-recruitment",
        "Recruitment difficulties during the pandemic",
        "The trial was closed because of challenges with enrolling",
        "Stopped for futility of enrollment",
        "Inability to enroll",
        "We were not able to recruit patients.",
        "Study did not reach its target sample size",
    ],
    "safety": [
        "Safety concerns",
        "Unacceptable toxicity in the second cohort",
        "Two unexpected deaths in the treatment arm",
        "Increased rate of serious adverse events",
        "Drug not tolerated at the planned dose",
        "Dose-limiting toxicities observed; slow accrual",
        "Hepatotoxicity",
        "DSMB recommended stopping for safety",
        "Changed benefit-risk assessment: unfavourable risk-benefit",
    ],
    "efficacy": [
        "Lack of efficacy",
        "Futility at the interim analysis",
        "Did not meet its primary endpoint",
        "The primary endpoint was not met",
        "Insufficient clinical activity",
        "No significant difference in response between the arms",
        "Trial stopped early for benefit",
        "Company decision based on efficacy results of another trial",
        "Interim analysis: unlikely to demonstrate superiority",
        "The drug failed to show an improvement in survival",
        "Terminated for lack of efficacy, not due to any safety concern",
        "Negative results of the phase 3 trial",
    ],
    "standard_of_care": [
        "Change in standard of care",
        "The treatment landscape has evolved",
        "New therapies became available for this disease",
        "The comparator is no longer the standard",
        "The drug received marketing approval for this indication: drug was approved",
        "Treatment guidelines changed",
    ],
    "regulatory": [
        "Clinical hold",
        "The FDA asked for more data",
        "Ethics committee approval was not given",
        "IRB closed the study",
        "Approval from the authority was never obtained",
    ],
    "supply": [
        "Drug supply issues",
        "Study drug no longer available",
        "Shortage of the investigational product",
        "The manufacturer discontinued manufacturing",
        "Device malfunction",
    ],
    "funding": [
        "Lack of funding",
        "Funds were withdrawn",
        "Grant ended",
        "Financial reasons",
        "No budget",
        "The company went into insolvency; sponsor decision",
    ],
    "pandemic": ["COVID-19", "Halted because of the coronavirus pandemic"],
    "staff": [
        "PI left the institution",
        "The principal investigator has retired",
        "Departure of the lead investigator",
        "Staffing shortages",
        "Investigator moved to another university",
    ],
    "conduct": ["Study was redesigned", "Protocol amended substantially", "Not feasible", "The only site was closed"],
    "registration": ["Duplicate record", "Registered by mistake", "Merged into another trial"],
    "business": [
        "Business decision",
        "Sponsor decision",
        "Sponsor's decision, not related to safety or efficacy",
        "Company decision. The decision was not based on any safety concerns.",
        "Strategic reprioritization of the pipeline; no new safety signals were identified",
        "Decision by the sponsor, unrelated to safety",
        "Commercial reasons",
        "Portfolio prioritisation rather than safety or efficacy considerations",
        "Development of the compound was discontinued",
        "The contract could not be agreed upon",
        "Business reasons; no patients were enrolled.",
    ],
    "other": ["Investigator's choice", "Study ended", "As planned", "see description", "n/a"],
}


@pytest.mark.parametrize(("name", "reason"), [(name, reason) for name, group in REASONS.items() for reason in group])
def test_a_reason_is_told_by_the_class_that_says_most(name: str, reason: str) -> None:
    assert find_stop_classes(reason)[0] == name
    assert find_stop_classes(reason.upper())[0] == name
    assert find_stop_classes(reason.replace(" ", "\n"))[0] == name


def test_every_class_is_tried_above() -> None:
    assert list_stop_classes() == (*(name for name in list_stop_classes()[:-1]), "other")
    assert set(REASONS) == set(list_stop_classes())


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_nothing_said_has_no_class(reason: str) -> None:
    assert find_stop_classes(reason) == ()


def test_several_reasons_are_all_found() -> None:
    assert find_stop_classes("Slow accrual and lack of funding")[:2] == ("accrual", "funding")


@pytest.mark.parametrize(
    "reason",
    [
        "The decision was not due to any safety concerns",
        "There were no safety issues",
        "without safety signals being seen",
        "This was not a result of safety findings or adverse events",
        "Safety was not a concern",
    ],
)
def test_what_was_not_the_reason_is_not_taken_for_it(reason: str) -> None:
    assert "safety" not in find_stop_classes(reason)


@pytest.mark.parametrize("word", ["not ", "safety and ", "lack of ", "patients ", "drug ", "low x "])
def test_a_long_text_does_not_make_the_rules_backtrack_without_end(word: str) -> None:
    assert find_stop_classes(word * 500)


def test_real_reasons_are_mostly_told_by_a_class(shared: Path) -> None:
    reasons: set[str] = set()
    for name in ("nightly", "trials"):
        with gzip.open(shared / "recorded" / f"{name}.jsonl.gz", "rt") as file:
            modules = (json.loads(line)["study"]["protocolSection"]["statusModule"] for line in file)
            reasons |= {module["whyStopped"] for module in modules if "whyStopped" in module}
    untold = [reason for reason in reasons if find_stop_classes(reason) == ("other",)]
    assert len(reasons) > 25
    assert len(untold) <= len(reasons) * 0.1
