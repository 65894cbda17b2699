"""The rows of what a sponsor registered: arms, interventions, outcomes and sites. Pure: a study in, rows out."""

from __future__ import annotations

from etl.children.keys import Row, key_rows
from etl.children.payload import (
    Json,
    read_block,
    read_items,
    read_nct_id,
    read_number,
    read_part,
    read_text,
    read_texts,
)

_OUTCOMES = {"primary": "primaryOutcomes", "secondary": "secondaryOutcomes", "other": "otherOutcomes"}


def build_arm_rows(study: Json) -> list[Row]:
    """Return the `trial_arm` rows of a study: one an arm, known by its label."""
    nct_id = read_nct_id(study)
    rows = [
        {
            "nct_id": nct_id,
            "label": read_text(arm, "label"),
            "arm_type": read_text(arm, "type"),
            "description": read_block(arm, "description"),
            "intervention_names": read_texts(arm, "interventionNames"),
        }
        for arm in read_items(read_part(study, "protocolSection", "armsInterventionsModule"), "armGroups")
    ]
    return key_rows(rows, "arm_key", ("label",))


def build_intervention_rows(study: Json) -> list[Row]:
    """Return the `trial_intervention` rows of a study: one an intervention, known by its type and name."""
    nct_id = read_nct_id(study)
    rows = [
        {
            "nct_id": nct_id,
            "intervention_type": read_text(given, "type"),
            "name": read_text(given, "name"),
            "other_names": read_texts(given, "otherNames"),
            "description": read_block(given, "description"),
            "arm_labels": read_texts(given, "armGroupLabels"),
        }
        for given in read_items(read_part(study, "protocolSection", "armsInterventionsModule"), "interventions")
    ]
    return key_rows(rows, "intervention_key", ("intervention_type", "name"))


def build_outcome_rows(study: Json) -> list[Row]:
    """Return the `trial_outcome` rows of a study: one an outcome, known by its type, measure and time frame."""
    nct_id = read_nct_id(study)
    module = read_part(study, "protocolSection", "outcomesModule")
    rows = [
        {
            "nct_id": nct_id,
            "outcome_type": kind,
            "measure": read_text(outcome, "measure"),
            "time_frame": read_text(outcome, "timeFrame"),
            "description": read_block(outcome, "description"),
        }
        for kind, name in _OUTCOMES.items()
        for outcome in read_items(module, name)
    ]
    return key_rows(rows, "outcome_key", ("outcome_type", "measure", "time_frame"), beside=("nct_id", "outcome_type"))


def build_site_rows(study: Json) -> list[Row]:
    """Return the `trial_site` rows of a study: one a site, known by its name and address. Persons are left out."""
    nct_id = read_nct_id(study)
    rows = [
        {
            "nct_id": nct_id,
            "facility": read_text(site, "facility"),
            "city": read_text(site, "city"),
            "state": read_text(site, "state"),
            "zip": read_text(site, "zip"),
            "country": read_text(site, "country"),
            "status": read_text(site, "status"),
            "latitude": read_number(point, "lat"),
            "longitude": read_number(point, "lon"),
        }
        for site in read_items(read_part(study, "protocolSection", "contactsLocationsModule"), "locations")
        for point in (read_part(site, "geoPoint"),)
    ]
    return key_rows(rows, "site_key", ("facility", "city", "state", "zip", "country"))
