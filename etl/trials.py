"""From studies, versions and changes to the rows the warehouse keeps of them. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import msgspec

from etl.children.payload import Json, read_part
from etl.versions import Version
from models.change import Change, Moment
from models.partial_date import PartialDate, parse_partial_date
from models.trial import NO_COUNT, DateStruct, Study

Row = dict[str, Any]
# A release of a later day, believed, would make history of every true one to come.
FURTHEST_AHEAD = dt.timedelta(days=366)


def build_version_row(version: Version, study: Study, payload: str, first_seen_at: dt.datetime, run_id: int) -> Row:
    """Return a version's `trial_version_log` row, with what `trial` says of it as `state`."""
    state = build_trial_row(study)
    nct_id = state.pop("nct_id")
    return {
        **msgspec.structs.asdict(version),
        "nct_id": nct_id,
        "first_seen_at": first_seen_at,
        "run_id": run_id,
        "payload": payload,
        "state": state,
    }


def hash_version(nct_id: str, submit_date: dt.date | None, learnt_no: int, content_hash: str) -> str:
    """Return the id of a version: made of what it is and when it was learnt, so that a replay gives the same."""
    return _hash(nct_id, str(submit_date), str(learnt_no), content_hash)


def read_submit_date(study: Study) -> dt.date | None:
    """Return the day a study's newest update was submitted."""
    return _read_day(study.protocol_section.status_module.last_update_submit_date)


def read_post_date(study: Study) -> dt.date | None:
    """Return the day a study's newest update was posted."""
    return _read_day(study.protocol_section.status_module.last_update_post_date_struct.date)


def read_release_day(content: Json) -> dt.date | None:
    """Return the day of the release a decoded study is of, as its own stamp says; None where it has none."""
    stamp = read_part(content, "derivedSection", "miscInfoModule").get("versionHolder")
    return _read_day(stamp) if isinstance(stamp, str) else None


def build_change_row(
    nct_id: str, change: Change, moment: Moment, *, origin: str, run_id: int, versions: tuple[str | None, str | None]
) -> Row:
    """Return one change as a row. Its id is made of what it says, so that a replay gives the same."""
    detail = msgspec.json.encode(change.detail, order="deterministic").decode()
    told = (change.kind, change.action, change.field, change.item, change.old_value or "", change.new_value or "")
    return {
        "change_id": _hash(nct_id, *told, *(version or "" for version in versions), moment.source_day.isoformat()),
        "nct_id": nct_id,
        "kind": change.kind,
        "action": change.action,
        "field": change.field,
        "item": change.item,
        "old_value": change.old_value,
        "new_value": change.new_value,
        "detail": detail,
        "weight": change.weight,
        "source_submit_date": moment.source_submit_date,
        "source_post_date": moment.source_post_date,
        "source_day": moment.source_day,
        "observed_at": moment.observed_at,
        "origin": origin,
        "run_id": run_id,
        "from_version_id": versions[0],
        "to_version_id": versions[1],
        "recorded_at": moment.observed_at,
        "superseded_at": None,
    }


def build_trial_row(study: Study) -> Row:
    """Return a study's `trial_record` row."""
    protocol = study.protocol_section
    identity, status, sponsors = (
        protocol.identification_module,
        protocol.status_module,
        protocol.sponsor_collaborators_module,
    )
    enrollment = protocol.design_module.enrollment_info
    sites = protocol.contacts_locations_module.locations
    return {
        "nct_id": study.nct_id,
        "brief_title": identity.brief_title,
        "official_title": identity.official_title,
        "acronym": identity.acronym,
        "overall_status": status.overall_status,
        "last_known_status": status.last_known_status,
        "why_stopped": status.why_stopped,
        "study_type": protocol.design_module.study_type,
        "phases": list(protocol.design_module.phases),
        "enrollment": None if enrollment.count == NO_COUNT else enrollment.count,
        "enrollment_type": enrollment.type,
        **_spread("start_date", status.start_date_struct),
        **_spread("primary_completion_date", status.primary_completion_date_struct),
        **_spread("completion_date", status.completion_date_struct),
        "first_post_date": _read_day(status.study_first_post_date_struct.date),
        "last_update_submit_date": _read_day(status.last_update_submit_date),
        "last_update_post_date": _read_day(status.last_update_post_date_struct.date),
        "results_first_post_date": _read_day(status.results_first_post_date_struct.date),
        "has_results": study.has_results,
        "lead_sponsor": sponsors.lead_sponsor.name,
        "lead_sponsor_class": sponsors.lead_sponsor.class_,
        "collaborators": [one.name for one in sponsors.collaborators if one.name],
        "conditions": list(protocol.conditions_module.conditions),
        "interventions": [one.name for one in protocol.arms_interventions_module.interventions if one.name],
        "countries": sorted({site.country for site in sites if site.country}),
        "site_count": len(sites),
    }


def _spread(name: str, stated: DateStruct) -> Row:
    date: PartialDate | None = parse_partial_date(stated.date)
    return {
        name: date.low if date else None,
        f"{name}_precision": date.precision if date else None,
        f"{name}_type": stated.type,
    }


def _read_day(text: str | None) -> dt.date | None:
    date = parse_partial_date(text)
    return date.low if date else None


def _hash(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()
