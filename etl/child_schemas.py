"""The declared shape of the frames of a trial's children, by table; the rows are those of `etl.children`."""

from __future__ import annotations

import polars as pl

_TEXT = pl.String()
_TEXTS = pl.List(pl.String())
_NUMBER = pl.Float64()
_COUNT = pl.Int64()

TRIAL_ARM = pl.Schema(
    {
        "nct_id": _TEXT,
        "arm_key": _TEXT,
        "label": _TEXT,
        "arm_type": _TEXT,
        "description": _TEXT,
        "intervention_names": _TEXTS,
    }
)
TRIAL_INTERVENTION = pl.Schema(
    {
        "nct_id": _TEXT,
        "intervention_key": _TEXT,
        "intervention_type": _TEXT,
        "name": _TEXT,
        "other_names": _TEXTS,
        "description": _TEXT,
        "arm_labels": _TEXTS,
    }
)
TRIAL_OUTCOME = pl.Schema(
    {
        "nct_id": _TEXT,
        "outcome_key": _TEXT,
        "outcome_type": _TEXT,
        "measure": _TEXT,
        "time_frame": _TEXT,
        "description": _TEXT,
    }
)
TRIAL_SITE = pl.Schema(
    {
        "nct_id": _TEXT,
        "site_key": _TEXT,
        "facility": _TEXT,
        "city": _TEXT,
        "state": _TEXT,
        "zip": _TEXT,
        "country": _TEXT,
        "status": _TEXT,
        "latitude": _NUMBER,
        "longitude": _NUMBER,
    }
)
TRIAL_SECONDARY_ID = pl.Schema(
    {
        "nct_id": _TEXT,
        "secondary_id_key": _TEXT,
        "scheme": _TEXT,
        "id": _TEXT,
        "id_text": _TEXT,
        "place": _TEXT,
        "id_type": _TEXT,
        "domain": _TEXT,
        "link": _TEXT,
    }
)
TRIAL_REFERENCE = pl.Schema(
    {
        "nct_id": _TEXT,
        "reference_key": _TEXT,
        "pmid": _TEXT,
        "reference_type": _TEXT,
        "citation": _TEXT,
        "retractions": pl.List(pl.Struct({"pmid": _TEXT, "source": _TEXT})),
    }
)
TRIAL_RESULT = pl.Schema(
    {
        "nct_id": _TEXT,
        "result_key": _TEXT,
        "outcome_key": _TEXT,
        "measure": _TEXT,
        "time_frame": _TEXT,
        "arm_title": _TEXT,
        "class_title": _TEXT,
        "category_title": _TEXT,
        "param_type": _TEXT,
        "unit": _TEXT,
        "value": _TEXT,
        "value_number": _NUMBER,
        "dispersion_type": _TEXT,
        "spread": _TEXT,
        "spread_number": _NUMBER,
        "lower_limit": _TEXT,
        "lower_limit_number": _NUMBER,
        "upper_limit": _TEXT,
        "upper_limit_number": _NUMBER,
        "p_values": _TEXTS,
        "comment": _TEXT,
        "participants_analyzed": _COUNT,
        "units_analyzed": _TEXT,
        "units_analyzed_count": _COUNT,
        "population": _TEXT,
        "reporting_status": _TEXT,
        "arm_description": _TEXT,
        "group_id": _TEXT,
    }
)
TRIAL_RESULT_ANALYSIS = pl.Schema(
    {
        "nct_id": _TEXT,
        "analysis_key": _TEXT,
        "outcome_key": _TEXT,
        "measure": _TEXT,
        "time_frame": _TEXT,
        "arm_titles": _TEXTS,
        "group_description": _TEXT,
        "method": _TEXT,
        "method_comment": _TEXT,
        "p_value": _TEXT,
        "p_value_operator": _TEXT,
        "p_value_number": _NUMBER,
        "p_value_comment": _TEXT,
        "param_type": _TEXT,
        "param_value": _TEXT,
        "param_value_number": _NUMBER,
        "ci_percent": _NUMBER,
        "ci_sides": _TEXT,
        "ci_lower": _TEXT,
        "ci_lower_number": _NUMBER,
        "ci_lower_comment": _TEXT,
        "ci_upper": _TEXT,
        "ci_upper_number": _NUMBER,
        "ci_upper_comment": _TEXT,
        "dispersion_type": _TEXT,
        "dispersion_value": _TEXT,
        "estimate_comment": _TEXT,
        "is_non_inferiority_tested": pl.Boolean(),
        "non_inferiority_type": _TEXT,
        "non_inferiority_comment": _TEXT,
        "description": _TEXT,
    }
)

CHILD_SCHEMAS: dict[str, pl.Schema] = {
    "trial_arm": TRIAL_ARM,
    "trial_intervention": TRIAL_INTERVENTION,
    "trial_outcome": TRIAL_OUTCOME,
    "trial_site": TRIAL_SITE,
    "trial_secondary_id": TRIAL_SECONDARY_ID,
    "trial_reference": TRIAL_REFERENCE,
    "trial_result": TRIAL_RESULT,
    "trial_result_analysis": TRIAL_RESULT_ANALYSIS,
}
