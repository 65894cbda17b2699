"""The rows of posted results: what each arm measured for each primary outcome. Pure: a study in, rows out."""

from __future__ import annotations

from collections.abc import Iterator

from etl.children.analyses import find_p_values
from etl.children.keys import Row, key_rows
from etl.children.numbers import read_count, read_number
from etl.children.payload import Json, read_block, read_items, read_text
from etl.children.posted import PostedOutcome, find_posted_outcomes

Counts = dict[str, dict[str, int | None]]  # group number -> units -> how many were analysed


def build_result_rows(study: Json) -> list[Row]:
    """Return the `trial_result` rows of a study: one a primary outcome, arm, class and category, with its value.

    An arm for which the outcome has no value posted is one row without (its `population` mostly says why), and so is
    an outcome without arms. Known by outcome, arm, class and category.
    """
    rows = [row for outcome in find_posted_outcomes(study) for row in _build_rows(outcome)]
    return key_rows(rows, "result_key", ("outcome_key", "arm_title", "class_title", "category_title"))


def _build_rows(outcome: PostedOutcome) -> Iterator[Row]:
    shared, arms = _build_shared(outcome), _build_arms(outcome)
    counts = _read_counts(outcome.payload)
    measured = set()
    for class_title, class_counts, category_title, measurement in _find_measurements(outcome.payload):
        group = read_text(measurement, "groupId") or ""
        measured.add(group)
        # A class may have counts of its own: a time point that fewer reached.
        analyzed = {**counts.get(group, {}), **class_counts.get(group, {})}
        yield (
            shared | _build_arm(arms, group) | _build_value(class_title, category_title, measurement, shared, analyzed)
        )
    # No arm listed and nothing measured: the outcome itself is the row.
    for group in arms.keys() - measured if arms or measured else {""}:
        yield shared | _build_arm(arms, group) | _build_value(None, None, {}, shared, counts.get(group, {}))


def _build_shared(outcome: PostedOutcome) -> Row:
    payload = outcome.payload
    return {
        **outcome.head,
        "population": read_block(payload, "populationDescription"),
        "reporting_status": read_text(payload, "reportingStatus"),
        "param_type": read_text(payload, "paramType"),
        "dispersion_type": read_text(payload, "dispersionType"),
        "unit": read_text(payload, "unitOfMeasure"),
        "units_analyzed": read_text(payload, "typeUnitsAnalyzed"),
    }


def _build_arms(outcome: PostedOutcome) -> dict[str, Row]:
    return {
        group: {
            "group_id": group,
            "arm_title": read_text(arm, "title"),
            "arm_description": read_block(arm, "description"),
            "p_values": find_p_values(outcome.payload, group),
        }
        for group, arm in outcome.groups.items()
    }


def _build_arm(arms: dict[str, Row], group: str) -> Row:
    return arms.get(group) or {"group_id": group or None, "arm_title": None, "arm_description": None, "p_values": []}


def _build_value(
    class_title: str | None, category_title: str | None, measurement: Json, shared: Row, analyzed: dict[str, int | None]
) -> Row:
    value, spread = read_text(measurement, "value"), read_text(measurement, "spread")
    lower, upper = read_text(measurement, "lowerLimit"), read_text(measurement, "upperLimit")
    return {
        "class_title": class_title,
        "category_title": category_title,
        "value": value,
        "value_number": read_number(value),
        "spread": spread,
        "spread_number": read_number(spread),
        "lower_limit": lower,
        "lower_limit_number": read_number(lower),
        "upper_limit": upper,
        "upper_limit_number": read_number(upper),
        "comment": read_block(measurement, "comment"),
        "participants_analyzed": analyzed.get("participants"),
        "units_analyzed_count": analyzed.get((shared["units_analyzed"] or "").casefold()),
    }


def _find_measurements(payload: Json) -> Iterator[tuple[str | None, Counts, str | None, Json]]:
    """Yield each measurement with the title and counts of its class and the title of its category."""
    for part in read_items(payload, "classes"):
        title, counts = read_text(part, "title"), _read_counts(part)
        for category in read_items(part, "categories"):
            for measurement in read_items(category, "measurements"):
                yield title, counts, read_text(category, "title"), measurement


def _read_counts(payload: Json) -> Counts:
    counts: Counts = {}
    for denom in read_items(payload, "denoms"):
        units = (read_text(denom, "units") or "").casefold()
        for count in read_items(denom, "counts"):
            counts.setdefault(read_text(count, "groupId") or "", {})[units] = read_count(read_text(count, "value"))
    return counts
