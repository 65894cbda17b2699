"""Which differences between two canonical studies are administration: counted, never told one by one."""

from __future__ import annotations

from etl.diff.context import Canonical, DiffContext
from etl.diff.dates import compare_dates
from etl.diff.enrollment import compare_enrollment
from etl.diff.paths import list_differing
from etl.diff.sites import list_respelt
from etl.diff.status import compare_status
from models.registry_fields import ADMINISTRATIVE, find_kind

# Kinds whose fields may differ without a fact: `lastKnownStatus` alone, words that are no date, nobody's number.
_MAY_SAY_NOTHING = {
    "status": compare_status,
    "why_stopped": compare_status,
    "start_date": compare_dates,
    "primary_completion_date": compare_dates,
    "completion_date": compare_dates,
    "enrollment": compare_enrollment,
}


def list_administrative(old: Canonical, new: Canonical) -> list[str]:
    """Return the differing paths that make no typed change, each once, in order.

    They are the fields that are administration, those nobody knows yet, sites that were only respelt, and fields that
    say no more than before (a last known status alone, a date that is none). A path is dotted, without list places.
    """
    kinds = {path: find_kind(path) for path in list_differing(old, new)}
    found = {path for path, kind in kinds.items() if kind in (None, ADMINISTRATIVE)}
    found |= set(list_respelt(old, new)) & kinds.keys()
    for compare in {_MAY_SAY_NOTHING[kind] for kind in kinds.values() if kind in _MAY_SAY_NOTHING}:
        told = tuple(
            field
            for change in compare(old, new, DiffContext())
            for field in (change.field, *change.detail.get("also", ()))
        )
        silent = {path for path, kind in kinds.items() if kind and _MAY_SAY_NOTHING.get(kind) is compare}
        found |= {path for path in silent if not path.startswith(told)}
    return sorted(found)
