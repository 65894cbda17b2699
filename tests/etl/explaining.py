"""Which differences between two canonical studies no change explains and no list of administration holds; for tests."""

from __future__ import annotations

from collections.abc import Sequence

from etl.diff import list_administrative
from etl.diff.paths import list_differing
from models.change import Change
from tests.etl.studies import Json

# A link between two lists follows from what became of the items it names.
_FOLLOWS = {
    "protocolSection.armsInterventionsModule.interventions.armGroupLabels": "arm",
    "protocolSection.armsInterventionsModule.armGroups.interventionNames": "intervention",
    "protocolSection.eligibilityModule.stdAges": "eligibility",
}


def list_unexplained(old: Json, new: Json, changes: Sequence[Change]) -> list[str]:
    """Return the differing leaf paths that no change covers, that follow from none, and that are no administration."""
    told = {
        field for change in changes for field in (change.field, *change.detail.get("also", ()), *_list_ranks(change))
    }
    kinds = {change.kind for change in changes}
    administrative = set(list_administrative(old, new))
    return [
        path
        for path in list_differing(old, new)
        if path not in administrative
        and _FOLLOWS.get(path) not in kinds
        and not any(_covers(field, path) or _covers(path, field) for field in told)
    ]


def _list_ranks(change: Change) -> list[str]:
    """Return the lists between which an outcome was moved."""
    if change.action not in ("promoted", "demoted"):
        return []
    return [f"protocolSection.outcomesModule.{change.detail[end]}Outcomes" for end in ("from", "to")]


def _covers(holder: str, path: str) -> bool:
    return path == holder or path.startswith(f"{holder}.")
