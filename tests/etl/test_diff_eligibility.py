"""Eligibility: a criterion that was changed, one that came or went, what it limits, and the structured limits."""

from __future__ import annotations

from typing import Any

import pytest

from etl.diff.context import DiffContext
from etl.diff.eligibility import MODULE, compare_eligibility
from etl.diff.limits import find_limits
from models.change import Change
from tests.etl.listed_study import CONTEXT, build_criteria
from tests.etl.studies import Json

INCLUSION = (
    "Age ≥ 18 years",
    "ECOG performance status 0-1",
    "Adequate organ function",
    "Measurable disease per RECIST 1.1",
)
EXCLUSION = ("Active brain metastases", "Prior therapy with an anti-LAG-3 antibody", "Pregnant or breastfeeding")


def criteria(inclusion: tuple[str, ...] = INCLUSION, exclusion: tuple[str, ...] = EXCLUSION, **fields: Any) -> Json:
    lines = [f"* {line}" for line in inclusion], [f"* {line}" for line in exclusion]
    return build_criteria(
        "\n".join(["Inclusion Criteria:", "", *lines[0], "", "Exclusion Criteria:", "", *lines[1]]), **fields
    )


def change(old: str, new: str) -> Json:
    """Return the criteria with one line in the place of another."""
    return criteria(
        tuple(new if line == old else line for line in INCLUSION),
        tuple(new if line == old else line for line in EXCLUSION),
    )


def compare(old: Json, new: Json, context: DiffContext = CONTEXT) -> list[Change]:
    return list(compare_eligibility(old, new, context))


def test_a_line_that_was_edited_is_changed_on_its_side_with_its_limits() -> None:
    (found,) = compare(criteria(), change(INCLUSION[1], "ECOG performance status 0-2"))
    assert (found.kind, found.action, found.item) == ("eligibility", "changed", "inclusion")
    assert found.field == f"{MODULE}.eligibilityCriteria"
    assert (found.old_value, found.new_value) == (INCLUSION[1], "ECOG performance status 0-2")
    assert found.detail["numbers"] == {"old": ["ECOG 0-1"], "new": ["ECOG 0-2"]}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (INCLUSION[0], "Participants must be at least 21 years of age"),
        (INCLUSION[2], "Adequate organ and marrow function as defined below:"),
        (INCLUSION[3], "At least one measurable lesion according to RECIST v1.1"),
        (EXCLUSION[0], "Known active or untreated brain metastases or leptomeningeal disease"),
        (EXCLUSION[1], "Prior therapy with an anti-LAG-3 or anti-TIGIT antibody"),
        (EXCLUSION[2], "Women who are pregnant or breastfeeding"),
    ],
)
def test_other_words_for_a_criterion_change_it(old: str, new: str) -> None:
    assert [one.action for one in compare(criteria(), change(old, new))] == ["changed"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (INCLUSION[3], "Life expectancy of at least 12 weeks"),
        (EXCLUSION[0], "History of interstitial lung disease"),
        ("Platelet count ≥ 100 x 10^9/L", "Absolute neutrophil count ≥ 1.5 x 10^9/L"),
    ],
)
def test_another_criterion_in_its_place_is_dropped_and_added(old: str, new: str) -> None:
    before, after = ((line, *INCLUSION[:3]) for line in (old, new))
    dropped, added = compare(criteria(before), criteria(after))
    assert (dropped.action, dropped.old_value, dropped.new_value) == ("dropped", old, None)
    assert (added.action, added.old_value, added.new_value) == ("added", None, new)
    assert added.detail["content"] == {"side": "inclusion", "text": new}


def test_a_line_that_goes_to_the_other_side_is_dropped_and_added() -> None:
    found = compare(criteria(), criteria(INCLUSION[1:], (*EXCLUSION, INCLUSION[0])))
    assert [(one.action, one.item) for one in found] == [("dropped", "inclusion"), ("added", "exclusion")]


def test_headings_that_were_added_change_no_criterion_but_its_side() -> None:
    bare = build_criteria("\n".join(f"* {line}" for line in INCLUSION))
    found = compare(bare, criteria(exclusion=()))
    assert {(one.action, one.item, one.detail.get("side"), one.weight) for one in found} <= {
        ("changed", "", "inclusion", "low")
    }
    assert all(one.old_value == one.new_value for one in found)


def test_a_line_spelt_otherwise_weighs_little() -> None:
    (found,) = compare(criteria(), change(EXCLUSION[0], "Active brain metastases."))
    assert (found.action, found.weight) == ("changed", "low")


def test_targets_are_picked_out_of_the_line() -> None:
    context = DiffContext(find_names=lambda text: ["LAG-3"] if "LAG-3" in text else [])
    (found,) = compare(criteria(), criteria(exclusion=EXCLUSION[:1] + EXCLUSION[2:]), context)
    assert (found.action, found.detail["targets"]) == ("dropped", ["LAG-3"])


def test_one_of_two_equal_lines_can_go() -> None:
    (found,) = compare(criteria((*INCLUSION, INCLUSION[0])), criteria())
    assert (found.action, found.old_value) == ("dropped", INCLUSION[0])


@pytest.mark.parametrize(
    ("field", "old", "new", "shown"),
    [
        ("minimumAge", "18 Years", "12 Years", ("18 Years", "12 Years")),
        ("maximumAge", None, "75 Years", (None, "75 Years")),
        ("sex", "FEMALE", "ALL", ("FEMALE", "ALL")),
        ("healthyVolunteers", False, True, ("false", "true")),
        (
            "samplingMethod",
            "NON_PROBABILITY_SAMPLE",
            "PROBABILITY_SAMPLE",
            ("NON_PROBABILITY_SAMPLE", "PROBABILITY_SAMPLE"),
        ),
        ("stdAges", ["ADULT"], ["ADULT", "CHILD"], ("ADULT", "ADULT; CHILD")),
    ],
)
def test_a_structured_limit_is_a_row_of_its_path(field: str, old: Any, new: Any, shown: tuple[Any, Any]) -> None:
    (found,) = compare(criteria(**{field: old}), criteria(**{field: new}))
    assert (found.action, found.field, found.item) == ("limits", f"{MODULE}.{field}", "")
    assert (found.old_value, found.new_value) == shown


def test_age_groups_that_follow_from_the_ages_have_no_row() -> None:
    old = criteria(minimumAge="18 Years", stdAges=["ADULT"])
    (found,) = compare(old, criteria(minimumAge="12 Years", stdAges=["ADULT", "CHILD"]))
    assert found.field == f"{MODULE}.minimumAge"
    assert found.detail["std_ages"] == {"old": ["ADULT"], "new": ["ADULT", "CHILD"]}


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("Age >= 18 years", ["≥ 18 years"]),
        ("Aged 18 to 75 years", ["18-75 years"]),
        ("Must be 18 years of age or older", ["≥ 18 years"]),
        ("ECOG performance status of 0 or 1", ["ECOG 0-1"]),
        ("ECOG PS of 0, 1 or 2", ["ECOG 0-2"]),
        ("ECOG Performance Status (PS) ≤ 1", ["ECOG ≤ 1"]),
        ("Karnofsky ≥ 70%", ["Karnofsky ≥ 70%"]),
        ("ANC ≥ 1,500/mm^3", ["≥ 1500 /mm^3"]),
        ("Platelets ≥ 100 × 10^9/L; hemoglobin >= 9.0 g/dL", ["≥ 100 x 10^9/L", "≥ 9.0 g/dL"]),
        ("AST < 2.5 times the upper limit of normal", ["< 2.5 x ULN"]),
        ("Bilirubin ≤ 1.5 × ULN (≤ 3 x ULN in Gilbert's)", ["≤ 1.5 x ULN", "≤ 3 x ULN"]),
        ("PD-L1 TPS 1-49%", ["TPS 1-49%"]),
        ("NYHA class III or IV", ["NYHA III-IV"]),
        ("Grade 2 or higher neuropathy", ["Grade ≥ 2"]),
        ("No more than 2 prior lines", ["≤ 2"]),
        ("Live vaccine within 30 days", ["≤ 30 days"]),
        ("BMI between 18 and 30 kg/m2", ["18-30 kg/m2"]),
        ("Prior anti-PD-1 in stage IIIB/IV, HER2 negative, COVID-19", []),
    ],
)
def test_limits_are_read_in_one_spelling(text: str, limits: list[str]) -> None:
    assert find_limits(text) == limits
