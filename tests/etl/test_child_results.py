"""Posted results as rows: every value of every arm, the numbers in their texts, and the analyses beside them."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from etl.children.analyses import build_analysis_rows
from etl.children.numbers import read_count, read_number, read_p_value, read_percent
from etl.children.protocol import build_outcome_rows
from etl.children.results import build_result_rows
from tests.etl.child_study import LESIONS, SURVIVAL, make_study, shuffle_lists

Json = dict[str, Any]


def _results(*outcomes: Json) -> list[Json]:
    return build_result_rows(make_study(results={"outcomeMeasures": list(outcomes)}))


def test_each_arm_of_a_primary_outcome_has_its_value_interval_and_count() -> None:
    rows = {row["arm_title"]: row for row in _results(SURVIVAL)}
    assert rows.keys() == {"Zelbarimab", "Docetaxel"}
    arm = rows["Zelbarimab"]
    assert (arm["measure"], arm["time_frame"], arm["unit"]) == ("Progression-free survival", "24 months", "months")
    assert (arm["param_type"], arm["dispersion_type"]) == ("MEDIAN", "95% Confidence Interval")
    assert (arm["value"], arm["value_number"]) == ("5.42", 5.42)
    assert (arm["lower_limit_number"], arm["upper_limit"], arm["upper_limit_number"]) == (4.21, "NA", None)
    assert (arm["participants_analyzed"], arm["comment"], arm["population"]) == (68, "Open.", "All randomised.")
    assert arm["p_values"] == ["<0.001"]


def test_only_primary_outcomes_are_read() -> None:
    others = [SURVIVAL | {"type": kind} for kind in ("SECONDARY", "OTHER_PRE_SPECIFIED", "POST_HOC", None)]
    assert _results(*others) == []


def test_classes_and_categories_make_a_row_each_and_a_class_has_counts_of_its_own() -> None:
    rows = _results(LESIONS)
    told = {
        (row["class_title"], row["category_title"], row["arm_title"]): (row["value"], row["participants_analyzed"])
        for row in rows
    }
    assert told == {
        ("Week 6", "Gone", "Zelbarimab"): ("7", 10),
        ("Week 6", "Gone", "Docetaxel"): ("3", 12),
        ("Week 6", "Smaller", "Zelbarimab"): ("9", 10),
        ("Week 12", "Gone", "Zelbarimab"): ("8", 8),
        (None, None, "Observation"): (None, 0),
    }


def test_units_other_than_participants_are_counted_beside_them() -> None:
    counts = {(row["arm_title"], row["units_analyzed"], row["units_analyzed_count"]) for row in _results(LESIONS)}
    assert counts == {
        ("Zelbarimab", "Lesions", 1031),
        ("Docetaxel", "Lesions", 40),
        ("Observation", "Lesions", None),
    }


def test_an_outcome_that_is_not_posted_is_a_row_that_says_so() -> None:
    outcome = {"type": "PRIMARY", "title": "Overall survival", "reportingStatus": "NOT_POSTED"}
    rows = _results(outcome)
    assert [(row["measure"], row["reporting_status"], row["arm_title"], row["value"]) for row in rows] == [
        ("Overall survival", "NOT_POSTED", None, None)
    ]


def test_a_value_of_an_arm_that_is_not_listed_is_kept_without_its_title() -> None:
    outcome = SURVIVAL | {"groups": SURVIVAL["groups"][:1]}
    rows = {row["group_id"]: row for row in _results(outcome)}
    assert rows["OG001"]["value"] == "3.58"
    assert rows["OG001"]["arm_title"] is None
    assert len(rows) == 2


def test_an_outcome_posted_in_the_words_it_was_registered_in_has_its_key() -> None:
    study = make_study()
    registered = {row["measure"]: row["outcome_key"] for row in build_outcome_rows(study) if row["time_frame"]}
    posted = {row["measure"]: row["outcome_key"] for row in build_result_rows(study)}
    assert posted["Progression-free survival"] == registered["Progression-free survival"]
    assert posted["Lesions gone"] not in registered.values()


def test_outcomes_alike_keep_their_own_rows_and_analyses() -> None:
    other = copy.deepcopy(SURVIVAL)
    other["classes"][0]["categories"][0]["measurements"][0]["value"] = "6.00"
    other["analyses"][0]["pValue"] = "0.2"
    for outcomes in ([SURVIVAL, other], [other, SURVIVAL]):
        study = make_study(results={"outcomeMeasures": outcomes})
        results = {row["result_key"]: row for row in build_result_rows(study)}
        assert len(results) == 4
        p_of = {row["outcome_key"]: row["p_value"] for row in build_analysis_rows(study)}
        pairs = {
            (row["value"], p_of[row["outcome_key"]]) for row in results.values() if row["arm_title"] != "Docetaxel"
        }
        assert pairs == {("5.42", "<0.001"), ("6.00", "0.2")}


def test_outcomes_alike_keep_their_rows_when_the_lists_inside_them_are_reordered() -> None:
    outcomes = []
    for value in ("1", "2", "3"):
        outcome = copy.deepcopy(LESIONS)
        outcome["classes"][0]["categories"][0]["measurements"][0]["value"] = value
        outcomes.append(outcome)
    study = make_study(results={"outcomeMeasures": outcomes})
    rows = build_result_rows(study)
    assert len({row["outcome_key"] for row in rows}) == 3
    for seed in range(20):
        assert build_result_rows(shuffle_lists(study, random.Random(seed))) == rows


def test_an_arm_has_the_p_values_of_the_analyses_it_is_compared_in_and_no_other() -> None:
    compared = [{"groupIds": ["OG000", "OG001"], "pValue": "0.02"}, {"groupIds": ["OG000", "OG002"], "pValue": "0.5"}]
    rows = _results(LESIONS | {"analyses": compared})
    assert {row["arm_title"]: row["p_values"] for row in rows} == {
        "Zelbarimab": ["0.02", "0.5"],
        "Docetaxel": ["0.02"],
        "Observation": ["0.5"],
    }


def test_the_same_outcome_listed_twice_is_there_twice() -> None:
    assert len({row["result_key"] for row in _results(SURVIVAL, SURVIVAL)}) == 4


def test_an_analysis_says_what_was_compared_how_and_what_came_out() -> None:
    rows = build_analysis_rows(make_study())
    assert len(rows) == 1
    row = rows[0]
    assert row["arm_titles"] == ["Zelbarimab", "Docetaxel"]
    assert (row["method"], row["p_value"], row["p_value_operator"], row["p_value_number"]) == (
        "Log Rank",
        "<0.001",
        "<",
        0.001,
    )
    assert (row["param_type"], row["param_value_number"]) == ("Hazard Ratio (HR)", 0.57)
    assert (row["ci_percent"], row["ci_sides"], row["ci_lower_number"], row["ci_upper"]) == (
        95.0,
        "TWO_SIDED",
        0.37,
        "0.90",
    )
    assert row["non_inferiority_type"] == "SUPERIORITY"
    assert row["outcome_key"] in {result["outcome_key"] for result in build_result_rows(make_study())}


def test_a_corrected_estimate_keeps_the_key_of_its_analysis() -> None:
    corrected = copy.deepcopy(SURVIVAL)
    corrected["analyses"][0] |= {"pValue": "0.01", "paramValue": "0.60"}
    keys = [
        [row["analysis_key"] for row in build_analysis_rows(make_study(results={"outcomeMeasures": [outcome]}))]
        for outcome in (SURVIVAL, corrected)
    ]
    assert keys[0] == keys[1]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5.42", 5.42),
        ("-0.3", -0.3),
        ("−0.3", -0.3),
        ("+2", 2.0),
        ("1,204.5", 1204.5),
        (".5", 0.5),
        ("86.", 86.0),
        ("2E-3", 0.002),
        ("NA", None),
        ("", None),
        (None, None),
        ("<0.1", None),
        ("1,2", None),
        ("5 (3)", None),
        ("1-2", None),
        ("9" * 400, None),
        ("1E999", None),
        ("NaN", None),
        ("inf", None),
    ],
)
def test_a_posted_value_is_a_number_only_where_it_is_one(text: str | None, number: float | None) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("text", "operator", "number"),
    [
        ("0.034", "=", 0.034),
        (".034", "=", 0.034),
        ("=0.05", "=", 0.05),
        ("<0.001", "<", 0.001),
        ("< .0001", "<", 0.0001),
        ("≤0.05", "<=", 0.05),
        ("<=0.05", "<=", 0.05),
        (">0.99", ">", 0.99),
        ("≥ 0.5", ">=", 0.5),
        ("p<0.05", "<", 0.05),
        ("P = 0.012", "=", 0.012),
        ("p-value: 0.2", "=", 0.2),
        ("0.0001 (one-sided)", "=", 0.0001),
        ("0,034", "=", 0.034),
        ("1.2E-5", "=", 1.2e-5),
        ("5E-4", "=", 5e-4),
        ("1.2 x 10^-5", "=", 1.2e-5),
        ("0", "=", 0.0),
        ("1.000", "=", 1.0),
        ("NS", None, None),
        ("", None, None),
        (None, None, None),
        ("95", None, None),
        ("0.5%", None, None),
        ("0.02 vs 0.03", None, None),
        ("0.01-0.05", None, None),
        ("Not done", None, None),
        ("-0.5", None, None),
    ],
)
def test_a_p_value_is_bounded_as_it_was_posted(text: str | None, operator: str | None, number: float | None) -> None:
    assert read_p_value(text) == (operator, number)


def test_counts_are_whole_and_confidence_levels_percents() -> None:
    assert [read_count(text) for text in ("68", "1,031", "0", "6.5", "NA", None, "9" * 30)] == [
        68, 1031, 0, None, None, None, None,
    ]  # fmt: skip
    assert [read_percent(text) for text in ("95", "97.5", "95%", "95 %", "n/a", None)] == [
        95.0, 97.5, 95.0, 95.0, None, None,
    ]  # fmt: skip
