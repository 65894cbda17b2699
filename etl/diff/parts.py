"""The plain parts of a record: fields that are told as they stand, and short lists told item by item.

Which fields they are is read from models/registry_fields.toml: every field of one of `KINDS` is compared here, so that
one the registry adds tomorrow needs a line there and nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from etl.diff.context import Canonical, DiffContext, read_part
from etl.diff.items import is_respelt, keep_values, show_value
from etl.diff.short_lists import compare_list
from models.change import Change
from models.registry_fields import find_kind

KINDS = frozenset(
    {
        "phase", "design", "study_type", "sponsor", "responsible_party", "document", "title", "condition", "keyword",
        "description", "link", "identity", "disposition", "expanded_access", "oversight",
    }
)  # fmt: skip
_SPONSORS = "protocolSection.sponsorCollaboratorsModule"
_DESIGN = "protocolSection.designModule"
# Objects that say one thing, and lists that are one answer: told in one row.
WHOLE = frozenset(
    {
        f"{_SPONSORS}.leadSponsor",
        f"{_SPONSORS}.responsibleParty",
        f"{_DESIGN}.phases",
        f"{_DESIGN}.bioSpec",
        f"{_DESIGN}.expandedAccessTypes",
        f"{_DESIGN}.designInfo.maskingInfo.whoMasked",
        "protocolSection.identificationModule.orgStudyIdInfo",
        "protocolSection.statusModule.expandedAccessInfo",
    }
)
_STATUS = "protocolSection.statusModule"
# The days of one certificate that delays results: one event, one row.
CERTIFICATE = {
    f"{_STATUS}.dispFirstSubmitDate": "submitted",
    f"{_STATUS}.dispFirstSubmitQcDate": "passed review",
    f"{_STATUS}.dispFirstPostDateStruct": "posted",
}
_TEXTS = ("Description", "description")


def compare_parts(old: Canonical, new: Canonical, context: DiffContext) -> Iterator[Change]:
    """Yield what was changed, added or removed in the fields of `KINDS`, in the order of their paths.

    `detail["old"]` and `detail["new"]` hold values that are no texts.
    """
    yield from _compare_certificate(old, new, context)
    yield from _compare(old, new, "", context)


def _compare_certificate(old: Canonical, new: Canonical, context: DiffContext) -> Iterator[Change]:
    before, after = (
        {path: value for path in CERTIFICATE if (value := read_part(side, path)) != {}} for side in (old, new)
    )
    moved = [path for path in CERTIFICATE if before.get(path) != after.get(path)]
    if not moved:
        return
    action = "added" if not before else "removed" if not after else "changed"
    old_value, new_value = (
        ", ".join(f"{CERTIFICATE[path]} {_show_day(value)}" for path, value in side.items()) or None
        for side in (before, after)
    )
    yield Change(
        kind="disposition",
        action=action,
        field=moved[0],
        old_value=old_value,
        new_value=new_value,
        weight=context.weigh("disposition", action),
        detail={"old": before, "new": after, "also": moved[1:]},
    )


def _compare(old: Any, new: Any, path: str, context: DiffContext) -> Iterator[Change]:
    if old == new and type(old) is type(new):
        return
    kind = find_kind(path) if path else None
    if (kind is not None and kind not in KINDS) or path in CERTIFICATE:
        return
    if kind and path in WHOLE:
        yield _tell(kind, path, old, new, context)
    elif isinstance(old, dict) or isinstance(new, dict):
        before, after = (side if isinstance(side, dict) else {} for side in (old, new))
        for key in sorted(before.keys() | after.keys()):
            yield from _compare(before.get(key), after.get(key), f"{path}.{key}" if path else key, context)
    elif kind and all(side is None or isinstance(side, list) for side in (old, new)):
        yield from compare_list(kind, path, old or [], new or [], context)
    elif kind:
        yield _tell(kind, path, old, new, context)


def _tell(kind: str, path: str, old: Any, new: Any, context: DiffContext) -> Change:
    action = "added" if old is None else "removed" if new is None else "changed"
    return Change(
        kind=kind,
        action=action,
        field=path,
        old_value=_show(old),
        new_value=_show(new),
        weight=context.weigh(kind, _find_special_case(kind, path, old, new) or action),
        detail=keep_values(old, new),
    )


def _find_special_case(kind: str, path: str, old: Any, new: Any) -> str:
    """Return the special case of models/change.py as which a row weighs, "" for none."""
    if kind in ("title", "sponsor") and is_respelt(_show(old), _show(new)):
        return "respelt"
    if path.endswith(".nctId") and kind == "identity":
        return "number"
    if path == f"{_SPONSORS}.leadSponsor":
        # The registry moves a sponsor's class (INDUSTRY, OTHER) without the sponsor.
        is_same = isinstance(old, dict) and isinstance(new, dict) and old.get("name") == new.get("name")
        return "changed" if is_same else "lead"
    if kind == "expanded_access" and not any(_says_yes(value) for value in (old, new)):
        return "none"
    return "text" if kind == "design" and path.endswith(_TEXTS) else ""


def _show_day(value: Any) -> Any:
    return value.get("date") if isinstance(value, dict) else value


def _says_yes(value: Any) -> bool:
    return value is True or (isinstance(value, dict) and True in value.values())


def _show(value: Any) -> str | None:
    """Return a value as a line for people; of an object, its name with the rest behind it, or its values in order."""
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        rest = _show({key: part for key, part in value.items() if key != "name"})
        return f"{value['name']} ({rest})" if rest else str(value["name"])
    if isinstance(value, dict):
        return "; ".join(str(_show(part)) for _, part in sorted(value.items()))
    return show_value(value)
