"""From rows of the published file to one trial's life, its changes newest first. Pure; it renders nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec

from models.change import WEIGHTS
from models.trial_life import FirstVersion, LifeChange, TrialLife

Row = Mapping[str, Any]
_AFTER_VERSIONS = 1 << 31
# Of changes alike in weight these come first, in this order; the rest by name.
_FIRST = (
    "status", "why_stopped", "registry_state", "results", "primary_completion_date", "completion_date", "start_date",
    "enrollment",
)  # fmt: skip


def build_life(
    trial: Row, *, reasons: Iterable[Row], statuses: Iterable[Row], versions: Sequence[Row], changes: Iterable[Row]
) -> TrialLife:
    """Return a trial's life. The rows are those of the statements life_*; `versions` in source order, at least one."""
    numbers = {row["version_id"]: row["version_no"] for row in versions}
    told = order_changes([_build_change(row, numbers) for row in changes])
    # The first version makes no change; of the others, one without is administration alone.
    telling = {change.version_no for change in told} - {None}
    own = {
        "versions": len(versions),
        "versions_without_change": len(versions) - 1 - len(telling),
        "first_version": {name: versions[0][name] for name in FirstVersion.__struct_fields__},
        "why_here": [dict(row) for row in reasons],
        "statuses": [dict(row) for row in statuses],
        "changes": told,
    }
    return msgspec.convert(dict(trial) | own, TrialLife)


def _build_change(row: Row, numbers: Mapping[str, int]) -> LifeChange:
    values = {name: row[name] for name in LifeChange.__struct_fields__ if name in row}
    return msgspec.convert(
        values | {"detail": json.loads(row["detail"]), "version_no": numbers.get(row["to_version_id"])}, LifeChange
    )


def order_changes(changes: Iterable[LifeChange]) -> list[LifeChange]:
    """Return changes newest first, those of one version by weight. One that is no version's stands by its day."""
    weighed = sorted(changes, key=_weigh)
    days = dict(_find_days(weighed))

    def place(change: LifeChange) -> tuple[object, int]:
        number = change.version_no
        return (change.source_date, _AFTER_VERSIONS) if number is None else (days[number], number)

    return sorted(weighed, key=place, reverse=True)


def _weigh(change: LifeChange) -> tuple[object, ...]:
    rank = _FIRST.index(change.kind) if change.kind in _FIRST else len(_FIRST)
    return WEIGHTS.index(change.weight), rank, change.kind, change.item, change.change_id


def _find_days(changes: Iterable[LifeChange]) -> Iterator[tuple[int, object]]:
    """Yield each version's day, never before its predecessor's, which the registry may have served late."""
    versions = sorted((one for one in changes if one.version_no is not None), key=lambda one: one.version_no or 0)
    latest = None
    for number, group in groupby(versions, key=lambda one: one.version_no):
        newest = max(one.source_date for one in group)
        latest = newest if latest is None else max(latest, newest)
        yield number or 0, latest
