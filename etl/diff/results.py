"""Results on their way and in the record: submitted, withdrawn, posted, updated; reads no outcome."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from etl.diff.context import Canonical, DiffContext, read_list, read_part
from etl.diff.items import Json, show_value
from etl.diff.paths import list_differing
from models.change import Change

SECTION = "resultsSection"
_STATUS = "protocolSection.statusModule"
_UNPOSTED = "annotationSection.annotationModule.unpostedAnnotation"
_TRACKING = "derivedSection.miscInfoModule.submissionTracking"
_HAS_RESULTS = "hasResults"
_POST_DATE = f"{_STATUS}.resultsFirstPostDateStruct"
_SUBMIT_DATE = f"{_STATUS}.resultsFirstSubmitDate"
_UNPOSTED_EVENTS, _TRACKED_EVENTS = f"{_UNPOSTED}.unpostedEvents", f"{_TRACKING}.submissionInfos"
# The fields that tell of a submission, the one that a row is told under first.
_EVENT_FIELDS = (
    _UNPOSTED_EVENTS,
    _TRACKED_EVENTS,
    _SUBMIT_DATE,
    f"{_STATUS}.resultsFirstSubmitQcDate",
    f"{_TRACKING}.firstMcpInfo",
    f"{_UNPOSTED}.unpostedResponsibleParty",
    f"{_TRACKING}.estimatedResultsFirstSubmitDate",
)
FIELDS = (_HAS_RESULTS, _POST_DATE, *_EVENT_FIELDS)
PARTS = tuple(
    f"{SECTION}.{name}"
    for name in (
        "participantFlowModule",
        "baselineCharacteristicsModule",
        "outcomeMeasuresModule",
        "adverseEventsModule",
        "moreInfoModule.limitationsAndCaveats",
    )
)
# What became of a submission, by the registry's word; a reset is its return after review.
_ACTIONS = {"RELEASE": "submitted", "UNRELEASE": "withdrawn", "RESET": "updated"}
_TRACKED = {"releaseDate": "RELEASE", "unreleaseDate": "UNRELEASE", "resetDate": "RESET"}

Event = tuple[str, str]  # the registry's word, the day ("" where it does not know it)


def compare_results(old: Canonical, new: Canonical, context: DiffContext) -> Iterator[Change]:
    """Yield what became of the results.

    Their posting, or its undoing, is one row, whatever moved with it (`detail["also"]`). Before it, a row an event of
    a submission: `item` is the registry's word and the day. After it, a row a module of the results that moved, and a
    row a field. `detail["state"]` gives what now stands at each field told, of a module of the results its hash.
    """
    # The derived section of a version fetched later need not be of its time.
    fields = FIELDS if context.with_references else [field for field in FIELDS if not field.startswith(_TRACKING)]
    moved = [field for field in fields if read_part(old, field) != read_part(new, field)]
    parts = [part for part in PARTS if read_part(old, part) != read_part(new, part)]
    if not moved and not parts:
        return
    if is_posted(old) != is_posted(new):
        yield _tell_posting(old, new, moved, parts, context)
        return
    events = _list_new_events(old, new, moved)
    with_events = [field for field in moved if field in _EVENT_FIELDS] if events else []
    for place, event in enumerate(events):
        yield _tell_event(event, new, with_events, context, is_first=place == 0)
    for field in (field for field in moved if field not in with_events):
        yield _tell_field(field, old, new, context)
    for part in parts:
        yield _tell_part(part, old, new, context)


def is_posted(canonical: Canonical) -> bool:
    """Return whether a version's record shows results, or says that it does."""
    return canonical.get(_HAS_RESULTS) is True or bool(
        read_part(canonical, SECTION) or read_part(canonical, _POST_DATE)
    )


def hash_part(canonical: Canonical, part: str) -> str | None:
    """Return the hash of a part of the results, None where there is none."""
    content = read_part(canonical, part)
    if not content:
        return None
    return hashlib.blake2b(msgspec.json.encode(content, order="deterministic"), digest_size=16).hexdigest()


def _tell_posting(
    old: Canonical, new: Canonical, moved: Sequence[str], parts: Sequence[str], context: DiffContext
) -> Change:
    action = "posted" if is_posted(new) else "withdrawn"
    field, *also = [*moved, *parts]
    values = (_show(read_part(old, field)), _show(read_part(new, field))) if moved else (None, None)
    detail: Json = {"first_posted": read_part(new, _POST_DATE).get("date"), "also": also}
    return _build(action, field, values, context, detail | {"state": _keep(new, moved) | _hash_parts(new, parts)})


def _tell_event(event: Event, new: Canonical, moved: Sequence[str], context: DiffContext, *, is_first: bool) -> Change:
    word, day = event
    detail: Json = {"event": word, "date": day or None}
    if is_first:
        detail |= {"also": list(moved[1:]), "state": _keep(new, moved)}
    return _build(_ACTIONS[word], moved[0], (None, day or None), context, detail, item=f"{word} {day}".strip())


def _tell_field(field: str, old: Canonical, new: Canonical, context: DiffContext) -> Change:
    before, after = read_part(old, field), read_part(new, field)
    return _build("updated", field, (_show(before), _show(after)), context, {"state": _keep(new, [field])})


def _tell_part(part: str, old: Canonical, new: Canonical, context: DiffContext) -> Change:
    detail: Json = {"paths": list_differing(read_part(old, part), read_part(new, part), part)}
    if part.endswith("outcomeMeasuresModule"):
        before, after = (_list_objects(side, f"{part}.outcomeMeasures") for side in (old, new))
        detail["measures"] = _compare_measures(before, after)
    return _build("updated", part, (None, None), context, detail | {"state": _hash_parts(new, [part])})


def _build(
    action: str,
    field: str,
    values: tuple[str | None, str | None],
    context: DiffContext,
    detail: Json,
    *,
    item: str = "",
) -> Change:
    weight = context.weigh("results", action)
    old, new = values
    return Change(
        kind="results",
        action=action,
        field=field,
        old_value=old,
        new_value=new,
        weight=weight,
        item=item,
        detail={key: value for key, value in detail.items() if value not in (None, [])},
    )


def _list_new_events(old: Canonical, new: Canonical, moved: Sequence[str]) -> list[Event]:
    known = _list_events(old, moved)
    return sorted({event for event in _list_events(new, moved) if event not in known}, key=lambda event: event[::-1])


def _list_events(canonical: Canonical, moved: Sequence[str]) -> list[Event]:
    """Return the events of a submission: each stands in up to three places, and is one."""
    events: list[Event] = []
    if _UNPOSTED_EVENTS in moved:
        stated = _list_objects(canonical, _UNPOSTED_EVENTS)
        events += [(word, str(one.get("date", ""))) for one in stated for word in _ACTIONS if one.get("type") == word]
    if _TRACKED_EVENTS in moved:
        stated = _list_objects(canonical, _TRACKED_EVENTS)
        events += [(word, str(one[name])) for one in stated for name, word in _TRACKED.items() if name in one]
        events += [("UNRELEASE", "") for one in stated if one.get("unreleaseDateUnknown")]
    if _SUBMIT_DATE in moved and read_part(canonical, _SUBMIT_DATE):
        events.append(("RELEASE", str(read_part(canonical, _SUBMIT_DATE))))
    return events


def _list_objects(canonical: Canonical, path: str) -> list[Json]:
    return [one for one in read_list(canonical, path) if isinstance(one, dict)]


def _compare_measures(old: Sequence[Json], new: Sequence[Json]) -> dict[str, list[str]]:
    before, after = ({(str(one.get("type")), str(one.get("title"))): one for one in side} for side in (old, new))
    both = before.keys() & after.keys()
    return {
        "added": sorted(title for _, title in after.keys() - before.keys()),
        "removed": sorted(title for _, title in before.keys() - after.keys()),
        "changed": sorted(title for kind, title in both if before[kind, title] != after[kind, title]),
    }


def _keep(canonical: Canonical, fields: Sequence[str]) -> Json:
    values = {field: read_part(canonical, field) for field in fields}
    return {field: None if value == {} else value for field, value in values.items()}


def _hash_parts(canonical: Canonical, parts: Sequence[str]) -> dict[str, str | None]:
    return {part: hash_part(canonical, part) for part in parts}


def _show(value: Any) -> str | None:
    if value == {}:
        return None
    if isinstance(value, dict) and "date" in value:
        return str(value["date"])
    return show_value(value)
