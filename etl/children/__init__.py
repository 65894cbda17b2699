"""The children of a trial: the lists of its newest record as rows, each with a key made of its content. Pure.

A builder takes a decoded API v2 study, as served, or a `Holder` of one, and never fails over its shape: what is not of
the type the registry promises is left out. The declared columns are in `etl.child_schemas`.
"""

from __future__ import annotations

from collections.abc import Callable

from etl.children.analyses import build_analysis_rows
from etl.children.keys import Row
from etl.children.listed import ListTable
from etl.children.payload import Json
from etl.children.protocol import (
    ARMS,
    INTERVENTIONS,
    OUTCOMES,
    SITES,
    build_arm_rows,
    build_intervention_rows,
    build_outcome_rows,
    build_site_rows,
)
from etl.children.references import build_reference_rows
from etl.children.results import build_result_rows
from etl.children.secondary_ids import build_secondary_id_rows

CHILDREN: dict[str, Callable[[Json], list[Row]]] = {
    "trial_arm": build_arm_rows,
    "trial_intervention": build_intervention_rows,
    "trial_outcome": build_outcome_rows,
    "trial_site": build_site_rows,
    "trial_secondary_id": build_secondary_id_rows,
    "trial_reference": build_reference_rows,
    "trial_result": build_result_rows,
    "trial_result_analysis": build_analysis_rows,
}
# Those of them of which the rows of many studies are made at one go.
LISTED: dict[str, ListTable] = {
    "trial_arm": ARMS,
    "trial_intervention": INTERVENTIONS,
    "trial_outcome": OUTCOMES,
    "trial_site": SITES,
}
