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
            values=tuple(map(_build_value, rows)),
            analyses=tuple(describe_analysis(row) for row in compared if row["outcome_key"] == key),
        )


def _build_value(row: Row) -> Value:
    return Value(
        arm=row["arm_title"] or "",
        part=", ".join(filter(None, (row["class_title"], row["category_title"]))),
        value=row["value"] or "",
        unit=row["unit"] or "",
        kind=_say(row["param_type"]),
        spread=_describe_spread(row),
        participants=row["participants_analyzed"],
    )


def _describe_spread(row: Row) -> str:
    """Return `95% Confidence Interval 3.1 to 8.2`, `Standard Deviation 1.2`; empty where none is posted."""
    kind = row["dispersion_type"] or ""
    if row["lower_limit"] or row["upper_limit"]:
        return f"{kind} {row['lower_limit'] or 'NA'} to {row['upper_limit'] or 'NA'}".strip()
    return f"{kind} {row['spread']}".strip() if row["spread"] else ""


def describe_analysis(row: Row) -> str:
    """Return an analysis in a line: arms, method, estimate, interval, p, each as posted."""
    arms = " vs ".join(row["arm_titles"] or ())
    estimate = f"{row['param_type'] or 'estimate'} {row['param_value']}" if row["param_value"] else ""
    spread = f"{_say(row['dispersion_type'])} {row['dispersion_value']}" if row["dispersion_value"] else ""
    parts = [arms, row["method"] or "", estimate, spread, _describe_interval(row)]
    parts += [f"p {_show_p(row['p_value'])}"] if row["p_value"] else []
    parts += [_say(row["non_inferiority_type"])]
    return "; ".join(filter(None, parts))


def _describe_interval(row: Row) -> str:
    if not (row["ci_lower"] or row["ci_upper"]):
        return ""
    percent = f"{row['ci_percent']:g} % " if row["ci_percent"] is not None else ""
    sides = {"ONE_SIDED": "one-sided "}.get(row["ci_sides"] or "", "")
    return f"{sides}{percent}interval {row['ci_lower'] or 'NA'} to {row['ci_upper'] or 'NA'}"


def _show_p(text: str) -> str:
    return text if text[:1] in "<>=" else f"= {text}"


def _say(code: str | None) -> str:
    return (code or "").replace("_", " ").lower() if (code or "").isupper() else code or ""
