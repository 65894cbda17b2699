"""Posted results of primary outcomes as they stand in the registry, for showing beside a claim. It judges no effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from models.review_page import Outcome, Value

Row = Mapping[str, Any]


def build_outcomes(nct_id: str, values: Iterable[Row], analyses: Iterable[Row]) -> Iterator[Outcome]:
    """Yield the posted primary outcomes of a trial with each arm's values and each analysis, exactly as posted."""
    own = [row for row in values if row["nct_id"] == nct_id]
    compared = [row for row in analyses if row["nct_id"] == nct_id]
    for key in dict.fromkeys(row["outcome_key"] for row in own):
        rows = [row for row in own if row["outcome_key"] == key]
        yield Outcome(
            measure=rows[0]["measure"] or "",
            time_frame=rows[0]["time_frame"] or "",
            population=rows[0]["population"] or "",
            is_posted=rows[0]["reporting_status"] != "NOT_POSTED",
            values=tuple(map(_build_value, rows)),
            analyses=tuple(describe_analysis(row) for row in compared if row["outcome_key"] == key),
        )


def _build_value(row: Row) -> Value:
    units = row["units_analyzed_count"]
    return Value(
        arm=row["arm_title"] or "",
        part=", ".join(filter(None, (row["class_title"], row["category_title"]))),
        value=row["value"] or "",
        unit=row["unit"] or "",
        kind=_say(row["param_type"]),
        spread=_describe_spread(row),
        comment=row["comment"] or "",
        participants=row["participants_analyzed"],
        units=f"{units} {row['units_analyzed']}" if units is not None and row["units_analyzed"] else "",
    )


def _describe_spread(row: Row) -> str:
    """Return `95% Confidence Interval 3.1 to 8.2`, `standard deviation 1.2`; empty where none is posted."""
    limits = _describe_limits(row["lower_limit"], row["upper_limit"])
    spread = limits or row["spread"] or ""
    return f"{_say(row['dispersion_type'])} {spread}".strip() if spread else ""


def _describe_limits(lower: str | None, upper: str | None) -> str:
    """Return an interval's limits; one that is not posted is not called NA, which sponsors post for other reasons."""
    if lower and upper:
        return f"{lower} to {upper}"
    if lower or upper:
        return f"from {lower}, no upper limit posted" if lower else f"up to {upper}, no lower limit posted"
    return ""


def describe_analysis(row: Row) -> str:
    """Return an analysis in a line: arms, method, estimate, interval, p, each as posted, with the sponsor's remarks."""
    arms = " vs ".join(row["arm_titles"] or ())
    method = _remark(row["method"], row["method_comment"])
    estimate = f"{row['param_type'] or 'estimate'} {row['param_value']}" if row["param_value"] else ""
    spread = f"{_say(row['dispersion_type'])} {row['dispersion_value']}" if row["dispersion_value"] else ""
    p_value = f"p {_show_p(row['p_value'])}" if row["p_value"] else ""
    parts = [
        _remark(arms, row["group_description"]),
        method,
        _remark(estimate, row["estimate_comment"]),
        spread,
        _describe_interval(row),
        _remark(p_value, row["p_value_comment"]),
        _remark(_say(row["non_inferiority_type"]), row["non_inferiority_comment"]),
        row["description"] or "",
    ]
    return "; ".join(filter(None, parts))


def _remark(text: str | None, comment: str | None) -> str:
    return " ".join(filter(None, (text, f"(“{comment}”)" if comment else "")))


def _describe_interval(row: Row) -> str:
    limits = _describe_limits(row["ci_lower"], row["ci_upper"])
    if not limits:
        return ""
    percent = f"{row['ci_percent']:g} % " if row["ci_percent"] is not None else ""
    sides = {"ONE_SIDED": "one-sided "}.get(row["ci_sides"] or "", "")
    remarks = "; ".join(filter(None, (row["ci_lower_comment"], row["ci_upper_comment"])))
    return _remark(f"{sides}{percent}interval {limits}", remarks)


def _show_p(text: str) -> str:
    return text if text[:1] in "<>=" else f"= {text}"


def _say(code: str | None) -> str:
    """Return one of the registry's codes in words; a sponsor's own words as they are."""
    return (code or "").replace("_", " ").lower() if (code or "").isupper() else code or ""
