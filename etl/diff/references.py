"""References of a record and their retractions: by PubMed number, else by what is cited; reads no paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from etl.diff.context import Canonical, DiffContext, read_list
from etl.diff.items import Json, show_value
from etl.diff.likeness import fold_key
from etl.diff.matching import match_items
from models.change import Change

FIELD = "protocolSection.referencesModule.references"
_RETRACTIONS = "retractions"


def compare_references(old: Canonical, new: Canonical, context: DiffContext) -> Iterator[Change]:
    """Yield papers cited, no longer cited or cited as something else, and retractions of papers cited.

    `item` is the PubMed number, or the citation where there is none. `detail`: `type` (RESULT, DERIVED, BACKGROUND),
    `content`. Nothing where the context is without references: old versions of a record hold later ones.
    """
    before, after = read_list(old, FIELD), read_list(new, FIELD)
    if before == after or not context.with_references:
        return
    keys = [_encode, lambda one: _pair(one, "pmid", "type"), lambda one: _pair(one, "pmid"), _cite]
    pairs = match_items(before, after, keys, lambda _one, _other: 0.0, 1.0)
    for i, j in pairs:
        yield from _compare_pair(before[i], after[j], context)
    kept_old, kept_new = {i for i, _ in pairs}, {j for _, j in pairs}
    for one in (one for i, one in enumerate(before) if i not in kept_old):
        yield _tell("removed", one, None, context)
    for one in (one for j, one in enumerate(after) if j not in kept_new):
        yield _tell("added", None, one, context)
        for retraction in one.get(_RETRACTIONS, []):
            yield _tell_retraction("added", one, retraction, context)


def _compare_pair(old: Json, new: Json, context: DiffContext) -> Iterator[Change]:
    if _without_retractions(old) != _without_retractions(new):
        yield _tell("changed", old, new, context)
    before, after = old.get(_RETRACTIONS, []), new.get(_RETRACTIONS, [])
    for retraction in (one for one in after if one not in before):
        yield _tell_retraction("added", new, retraction, context)
    for retraction in (one for one in before if one not in after):
        yield _tell_retraction("removed", new, retraction, context)


def _tell(action: str, old: Json | None, new: Json | None, context: DiffContext) -> Change:
    now: Json = new or old or {}
    detail: Json = {"type": now.get("type"), "content": now}
    if old and new:
        detail |= {"old_type": old.get("type"), "old_content": old}
    # Background is what the sponsor read before: never news.
    weigh_as = "background" if action == "added" and now.get("type") not in ("RESULT", "DERIVED") else action
    return Change(
        kind="reference",
        action=action,
        field=FIELD,
        old_value=_show(old) if old else None,
        new_value=_show(new) if new else None,
        weight=context.weigh("reference", weigh_as),
        item=_name(old or now),
        detail=detail,
    )


def _tell_retraction(action: str, reference: Json, retraction: Json, context: DiffContext) -> Change:
    line = "; ".join(filter(None, (retraction.get("source"), retraction.get("pmid"))))
    return Change(
        kind="retraction",
        action=action,
        field=f"{FIELD}.{_RETRACTIONS}",
        old_value=line if action == "removed" else None,
        new_value=line if action == "added" else None,
        weight=context.weigh("retraction", action),
        item=_name(reference),
        detail={"type": reference.get("type"), "citation": reference.get("citation"), "content": retraction},
    )


def _name(reference: Json) -> str:
    return str(reference.get("pmid") or reference.get("citation") or "")


def _show(reference: Json) -> str:
    said = [reference.get("type"), reference.get("pmid") and f"PMID {reference['pmid']}", reference.get("citation")]
    return ": ".join(str(show_value(part)) for part in said if part)


def _pair(reference: Json, *names: str) -> Any:
    return tuple(reference.get(name) for name in names) if "pmid" in reference else None


def _cite(reference: Json) -> Any:
    return fold_key(reference["citation"]) if isinstance(reference.get("citation"), str) else None


def _without_retractions(reference: Json) -> Json:
    return {key: value for key, value in reference.items() if key != _RETRACTIONS}


def _encode(reference: Json) -> bytes:
    return msgspec.json.encode(reference, order="deterministic")
