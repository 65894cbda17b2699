"""From fetched studies to rows: the newest state, versions in source order, and the changes between neighbours.

Pure: what the warehouse holds comes in as values, what it should hold next goes out as rows.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from etl.diff import find_changes
from models.change import Change, Moment
from models.partial_date import PartialDate, parse_partial_date
from models.trial import NO_COUNT, DateStruct, Study

Row = dict[str, Any]
_EARLIEST = dt.date.min


class HeldVersion(msgspec.Struct, frozen=True):
    """A version of a study as the warehouse holds it."""

    version_id: str
    content_hash: str
    origin: str
    source_submit_date: dt.date | None
    source_day: dt.date
    learnt_no: int

    @property
    def order(self) -> tuple[dt.date, dt.date, int]:
        """Its place in source order."""
        return self.source_submit_date or _EARLIEST, self.source_day, self.learnt_no


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """One study as served tonight. `content_hash` is that of its canonical content, `payload` the bytes as received."""

    study: Study
    content_hash: str
    payload: str
    source_day: dt.date
    observed_at: dt.datetime
    run_id: int
    learnt_no: int


class Placed(msgspec.Struct, frozen=True):
    """Where a new version stands among those held: its row, its neighbours, and whether it is the newest."""

    row: Row
    version: HeldVersion
    before: HeldVersion | None
    after: HeldVersion | None


def place_version(sighting: Sighting, held: Sequence[HeldVersion]) -> Placed | None:
    """Return where a sighting becomes a version, or None where it is one that is held already.

    The newest held version again is no version; an older state served again (a stale edge, an older release) is
    none either. A state that returns after another (A, B, A) is one.
    """
    status = sighting.study.protocol_section.status_module
    submit_date = _read_day(status.last_update_submit_date)
    version = HeldVersion(
        _hash(sighting.study.nct_id, str(submit_date), str(sighting.learnt_no), sighting.content_hash),
        sighting.content_hash,
        _find_origin(submit_date, sighting.source_day, held),
        submit_date,
        sighting.source_day,
        sighting.learnt_no,
    )
    ordered = sorted(held, key=lambda one: one.order)
    earlier = [one for one in ordered if one.order <= version.order]
    later = ordered[len(earlier) :]
    if earlier and earlier[-1].content_hash == version.content_hash:
        return None
    if later and _is_held(version, ordered):
        return None
    row = {
        "version_id": version.version_id,
        "nct_id": sighting.study.nct_id,
        "content_hash": version.content_hash,
        "origin": version.origin,
        "source_submit_date": submit_date,
        "source_post_date": _read_day(status.last_update_post_date_struct.date),
        "source_day": sighting.source_day,
        "learnt_no": sighting.learnt_no,
        "first_seen_at": sighting.observed_at,
        "run_id": sighting.run_id,
        "overall_status": status.overall_status,
        "payload": sighting.payload,
    }
    return Placed(row, version, earlier[-1] if earlier else None, later[0] if later else None)


def _is_held(version: HeldVersion, held: Sequence[HeldVersion]) -> bool:
    key = (version.source_submit_date, version.content_hash)
    return any((one.source_submit_date, one.content_hash) == key for one in held)


def _find_origin(submit_date: dt.date | None, source_day: dt.date, held: Sequence[HeldVersion]) -> str:
    live = [one.order for one in held if one.origin in ("live", "import")]
    place = (submit_date or _EARLIEST, source_day)
    if not live or place >= max(live)[:2]:
        return "live"
    return "backfill" if place < min(live)[:2] else "gap"


def build_change_rows(
    old: Study, new: Study, moment: Moment, *, origin: str, run_id: int, versions: tuple[str, str]
) -> Iterator[Row]:
    """Yield the `trial_change_log` rows of one pair of neighbouring versions (`versions`: their ids)."""
    for change in find_changes(old, new):
        yield build_change_row(new.nct_id, change, moment, origin=origin, run_id=run_id, versions=versions)


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
        "superseded_at": None,
    }


def find_moment(old: Study, new: Study, source_day: dt.date, observed_at: dt.datetime) -> Moment:
    """Return when a change happened. Where the submit date did not move, the source says nothing of it."""
    before, after = old.protocol_section.status_module, new.protocol_section.status_module
    moved = before.last_update_submit_date != after.last_update_submit_date
    return Moment(
        source_submit_date=_read_day(after.last_update_submit_date) if moved else None,
        source_post_date=_read_day(after.last_update_post_date_struct.date) if moved else None,
        source_day=source_day,
        observed_at=observed_at,
    )


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


def build_reference_rows(study: Study) -> list[Row]:
    """Return the papers a study's record cites, each once, the strongest word for it kept (RESULT, DERIVED)."""
    strength = {"RESULT": 0, "DERIVED": 1, "BACKGROUND": 2}
    cited = [one for one in study.protocol_section.references_module.references if one.pmid]
    ordered = sorted(cited, key=lambda one: strength.get(one.type or "", len(strength)), reverse=True)
    kinds = {(one.pmid or "").strip(): one.type for one in ordered}
    return [{"nct_id": study.nct_id, "pmid": pmid, "reference_type": kind} for pmid, kind in sorted(kinds.items())]


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
