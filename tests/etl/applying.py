"""Applies the changes of every kind that is not a matched list to a canonical study, for tests.

What is compared is `project_state`: the fields these kinds speak of, by path. A date that is none and a number nobody
stated are nothing; a last known status belongs to the status beside it; of the results themselves stand the hashes.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from etl.diff.context import read_part
from etl.diff.dates import DATES
from etl.diff.enrollment import FIELD as ENROLLMENT
from etl.diff.parts import CERTIFICATE, KINDS, WHOLE
from etl.diff.references import FIELD as REFERENCES
from etl.diff.results import FIELDS, PARTS, hash_part
from etl.diff.status import MODULE as STATUS
from models.change import Change
from models.partial_date import parse_partial_date
from models.registry_fields import find_kind
from models.trial import NO_COUNT
from tests.etl.applying_lists import apply_lists, project_lists
from tests.etl.studies import Json


def apply_all(old: Json, changes: Iterable[Change]) -> Json:
    """Return the projection of the new state that changes of all kinds make of the old one."""
    told = list(changes)
    return apply_changes(project_state(old), told) | apply_lists(old, told)


def project_all(canonical: Json) -> Json:
    """Return what changes of all kinds speak of."""
    return project_state(canonical) | project_lists(canonical)


def apply_changes(old_state: Json, changes: Iterable[Change]) -> Json:
    """Return the state that the changes of these kinds make of an old one (as `project_state` gives it)."""
    state = copy.deepcopy(old_state)
    for change in changes:
        _apply(state, change)
    return {path: value for path, value in state.items() if value not in (None, [], {})}


def project_state(canonical: Json) -> Json:
    """Return what these kinds speak of in a canonical study, by path; what is not there is left out."""
    state: Json = {
        f"{STATUS}.{name}": read_part(canonical, STATUS).get(name) for name in ("overallStatus", "whyStopped")
    }
    for path in DATES.values():
        stated = read_part(canonical, path)
        state[path] = stated if parse_partial_date(stated.get("date")) else None
    enrollment = read_part(canonical, ENROLLMENT)
    state[ENROLLMENT] = enrollment if enrollment.get("count", NO_COUNT) != NO_COUNT else None
    state[REFERENCES] = read_part(canonical, REFERENCES)
    state |= {field: read_part(canonical, field) for field in FIELDS} | {
        part: hash_part(canonical, part) for part in PARTS
    }
    state |= dict(_walk(canonical, ""))
    return {path: _sort(value) for path, value in state.items() if value not in (None, [], {})}


def _walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and path not in WHOLE | CERTIFICATE.keys():
        for key, part in value.items():
            yield from _walk(part, f"{path}.{key}" if path else key)
    elif find_kind(path) in KINDS:
        yield path, value


def _apply(state: Json, change: Change) -> None:
    detail = change.detail
    if change.kind == "results":
        state |= {path: _sort(value) for path, value in detail.get("state", {}).items()}
    elif change.kind == "status":
        state[change.field] = change.new_value
        state[f"{STATUS}.whyStopped"] = detail["why_stopped"]
    elif change.kind == "why_stopped":
        state[change.field] = change.new_value
    elif change.kind in DATES:
        stated = {"date": change.new_value, "type": detail["new_type"]}
        state[change.field] = change.new_value and {key: value for key, value in stated.items() if value is not None}
    elif change.kind == "enrollment":
        counted = {"count": int(change.new_value or 0), "type": detail["new_type"]}
        state[change.field] = change.new_value and {key: value for key, value in counted.items() if value is not None}
    elif change.kind == "retraction":
        _apply_retraction(state, change)
    elif change.kind in KINDS | {"reference"}:
        _apply_part(state, change)


def _apply_part(state: Json, change: Change) -> None:
    detail = change.detail
    if change.kind == "disposition" and "also" in detail:
        state |= dict.fromkeys(detail["old"]) | detail["new"]
    elif "content" in detail:
        items = list(state.get(change.field, []))
        if change.action != "added":
            items.remove(detail["old_content"] if change.action == "changed" else detail["content"])
        if change.action != "removed":
            items.append(detail["content"])
        state[change.field] = _sort(items)
    else:
        state[change.field] = detail.get("new", change.new_value)


def _apply_retraction(state: Json, change: Change) -> None:
    """Retract a paper that stood before; of one that came with its retraction, the paper's own row has told it."""
    detail = change.detail
    references = state[REFERENCES]
    named = [
        one
        for one in references
        if change.item == str(one.get("pmid") or one.get("citation") or "") and one.get("type") == detail["type"]
    ]
    for one in named:
        held = [item for item in one.get("retractions", []) if item != detail["content"]]
        one["retractions"] = _sort([*held, *([detail["content"]] if change.action == "added" else [])])
        if not one["retractions"]:
            del one["retractions"]
    state[REFERENCES] = _sort(references)


def _sort(value: Any) -> Any:
    if isinstance(value, list):
        return sorted(value, key=lambda item: msgspec.json.encode(item, order="deterministic"))
    return value
