"""The rows of what a sponsor registered: arms, interventions, outcomes and sites. Pure: studies in, rows out."""

from __future__ import annotations

from etl.children.keys import Row
from etl.children.listed import (
    ListTable,
    read_block_column,
    read_point_column,
    read_text_column,
    read_texts_column,
)
from etl.children.payload import Json

_ARMS_INTERVENTIONS = ("protocolSection", "armsInterventionsModule")

ARMS = ListTable(
    module=_ARMS_INTERVENTIONS,
    lists={"armGroups": ""},
    columns={
        "label": (read_text_column, "label"),
        "arm_type": (read_text_column, "type"),
        "description": (read_block_column, "description"),
        "intervention_names": (read_texts_column, "interventionNames"),
    },
    key="arm_key",
    identity=("label",),
)
INTERVENTIONS = ListTable(
    module=_ARMS_INTERVENTIONS,
    lists={"interventions": ""},
    columns={
        "intervention_type": (read_text_column, "type"),
        "name": (read_text_column, "name"),
        "other_names": (read_texts_column, "otherNames"),
        "description": (read_block_column, "description"),
        "arm_labels": (read_texts_column, "armGroupLabels"),
    },
    key="intervention_key",
    identity=("intervention_type", "name"),
)
OUTCOMES = ListTable(
    module=("protocolSection", "outcomesModule"),
    lists={"primaryOutcomes": "primary", "secondaryOutcomes": "secondary", "otherOutcomes": "other"},
    columns={
        "measure": (read_text_column, "measure"),
        "time_frame": (read_text_column, "timeFrame"),
        "description": (read_block_column, "description"),
    },
    key="outcome_key",
    identity=("outcome_type", "measure", "time_frame"),
    kind="outcome_type",
)
SITES = ListTable(
    module=("protocolSection", "contactsLocationsModule"),
    lists={"locations": ""},
    columns={
        "facility": (read_text_column, "facility"),
        "city": (read_text_column, "city"),
        "state": (read_text_column, "state"),
        "zip": (read_text_column, "zip"),
        "country": (read_text_column, "country"),
        "status": (read_text_column, "status"),
        "latitude": (read_point_column, "lat"),
        "longitude": (read_point_column, "lon"),
    },
    key="site_key",
    identity=("facility", "city", "state", "zip", "country"),
)


def build_arm_rows(study: Json) -> list[Row]:
    """Return the `trial_arm` rows of a study: one an arm, known by its label."""
    return ARMS.build_rows(study)


def build_intervention_rows(study: Json) -> list[Row]:
    """Return the `trial_intervention` rows of a study: one an intervention, known by its type and name."""
    return INTERVENTIONS.build_rows(study)


def build_outcome_rows(study: Json) -> list[Row]:
    """Return the `trial_outcome` rows of a study: one an outcome, known by its type, measure and time frame."""
    return OUTCOMES.build_rows(study)


def build_site_rows(study: Json) -> list[Row]:
    """Return the `trial_site` rows of a study: one a site, known by its name and address. Persons are left out."""
    return SITES.build_rows(study)
