"""The rows of the statistical analyses posted with primary outcomes. Pure: a study in, rows out."""

from __future__ import annotations

from etl.children.keys import Row, key_rows
from etl.children.numbers import read_number, read_p_value, read_percent
from etl.children.payload import Json, read_block, read_flag, read_items, read_text, read_texts
from etl.children.posted import PostedOutcome, find_posted_outcomes


def build_analysis_rows(study: Json) -> list[Row]:
    """Return the `trial_result_analysis` rows of a study: one an analysis of a primary outcome.

    Known by the outcome, the arms compared, and the method, estimate and words it is described by.
    """
    rows = [
        _build_row(outcome, analysis)
        for outcome in find_posted_outcomes(study)
        for analysis in read_items(outcome.payload, "analyses")
    ]
    identity = ("outcome_key", "arm_titles", "group_description", "method", "param_type", "description")
    return key_rows(rows, "analysis_key", identity)


def find_p_values(payload: Json, group: str | None) -> list[str]:
    """Return the p values, as posted, of an outcome's analyses that compare an arm with others; sorted, each once."""
    compared = (one for one in read_items(payload, "analyses") if group in read_texts(one, "groupIds"))
    return sorted({text for text in (read_text(one, "pValue") for one in compared) if text})


def _build_row(outcome: PostedOutcome, analysis: Json) -> Row:
    titles = [read_text(outcome.groups.get(group, {}), "title") for group in read_texts(analysis, "groupIds")]
    p_value, estimate = read_text(analysis, "pValue"), read_text(analysis, "paramValue")
    lower, upper = read_text(analysis, "ciLowerLimit"), read_text(analysis, "ciUpperLimit")
    p_operator, p_number = read_p_value(p_value)
    return {
        **outcome.head,
        # In the order of their numbers, as posted.
        "arm_titles": [title for title in titles if title],
        "group_description": read_block(analysis, "groupDescription"),
        "method": read_text(analysis, "statisticalMethod"),
        "method_comment": read_block(analysis, "statisticalComment"),
        "p_value": p_value,
        "p_value_operator": p_operator,
        "p_value_number": p_number,
        "p_value_comment": read_block(analysis, "pValueComment"),
        "param_type": read_text(analysis, "paramType"),
        "param_value": estimate,
        "param_value_number": read_number(estimate),
        "ci_percent": read_percent(read_text(analysis, "ciPctValue")),
        "ci_sides": read_text(analysis, "ciNumSides"),
        "ci_lower": lower,
        "ci_lower_number": read_number(lower),
        "ci_lower_comment": read_block(analysis, "ciLowerLimitComment"),
        "ci_upper": upper,
        "ci_upper_number": read_number(upper),
        "ci_upper_comment": read_block(analysis, "ciUpperLimitComment"),
        "dispersion_type": read_text(analysis, "dispersionType"),
        "dispersion_value": read_text(analysis, "dispersionValue"),
        "estimate_comment": read_block(analysis, "estimateComment"),
        "is_non_inferiority_tested": read_flag(analysis, "testedNonInferiority"),
        "non_inferiority_type": read_text(analysis, "nonInferiorityType"),
        "non_inferiority_comment": read_block(analysis, "nonInferiorityComment"),
        "description": read_block(analysis, "otherAnalysisDescription"),
    }
