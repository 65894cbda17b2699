"""Sites and countries: one row a country that came or went, one row of counts for the sites; lists no site by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from etl.diff.context import Canonical, DiffContext, read_list
from etl.diff.countries import fold_country
from etl.diff.items import Json
from etl.diff.places import find_moved
from models.change import Change

LOCATIONS = "protocolSection.contactsLocationsModule.locations"
REMOVED = "derivedSection.miscInfoModule.removedCountries"
# What a country's row is weighed as where no site moved, but the list of them.
_LISTED = {"added": "listed", "removed": "unlisted"}
# By action and folded name, the countries that entered the registry's own list ("removed") or left it ("added").
Removed = dict[tuple[str, str], str]


def compare_sites(old: Canonical, new: Canonical, context: DiffContext) -> Iterator[Change]:
    """Yield the countries that came and went, then the count of sites where any site did.

    `detail["listing"]` is "first" where no site was listed before and "withdrawn" where none is any more: then the
    countries weigh as ("country", "listed") and ("country", "unlisted"), low unless the settings say otherwise, for a
    trial does not leave the countries whose list its sponsor took away. `removedCountries` of the registry goes with
    the country's row (`detail["removed_countries"]` is "entered" or "left"), and has a row of its own only where no
    site moved with it; not against a back-filled version, whose derived section need not be of its time.
    """
    before, after = _read_locations(old), _read_locations(new)
    removed = _find_removed(old, new)
    told = set()
    if before != after:
        listing = "" if before and after else "first" if after else "withdrawn"
        for change in _compare_countries(before, after, context, listing=listing, removed=removed):
            told.add((change.action, fold_country(change.item)))
            yield change
        yield from _compare_counts(before, after, context, listing)
    if context.with_references:
        for (action, key), name in sorted(removed.items()):
            if (action, key) not in told:
                yield _tell_country(context, action, name, field=REMOVED, detail=_about("", removed, (action, key)))


def list_respelt(old: Canonical, new: Canonical) -> list[str]:
    """Return the dotted paths of sites and countries that differ though none moved: a respelling, a status, a name.

    Nothing is told of them; they belong to what is counted as administrative.
    """
    found = [REMOVED] if read_list(old, REMOVED) != read_list(new, REMOVED) and not _find_removed(old, new) else []
    before, after = _read_locations(old), _read_locations(new)
    if before == after or any(find_moved(before, after)):
        return found
    names = sorted({name for location in (*before, *after) for name in location})
    differing = [f"{LOCATIONS}.{name}" for name in names if _count(before, name) != _count(after, name)]
    return found + (differing or [LOCATIONS])


def _count(locations: list[Json], name: str) -> Counter[str]:
    return Counter(repr(location.get(name)) for location in locations)


def _compare_countries(
    before: list[Json], after: list[Json], context: DiffContext, *, listing: str, removed: Removed
) -> Iterator[Change]:
    was, now = _name_countries(before), _name_countries(after)
    for action, names, others in (("removed", was, now), ("added", now, was)):
        for key in sorted(names.keys() - others.keys(), key=names.__getitem__):
            detail = _about(listing, removed, (action, key))
            yield _tell_country(context, action, names[key], field=f"{LOCATIONS}.country", detail=detail)


def _compare_counts(before: list[Json], after: list[Json], context: DiffContext, listing: str) -> Iterator[Change]:
    gone, come = find_moved(before, after)
    if not gone and not come:
        return
    names = _name_countries(before) | _name_countries(after)
    yield Change(
        kind="site",
        action="count",
        field=LOCATIONS,
        old_value=str(len(before)) if before else None,
        new_value=str(len(after)) if after else None,
        weight=context.weigh("site", "count"),
        detail={"added": _by_name(come, names), "removed": _by_name(gone, names)} | _about(listing),
    )


def _tell_country(context: DiffContext, action: str, name: str, *, field: str, detail: Json) -> Change:
    is_move = field != REMOVED and "listing" not in detail
    return Change(
        kind="country",
        action=action,
        field=field,
        old_value=name if action == "removed" else None,
        new_value=name if action == "added" else None,
        weight=context.weigh("country", action if is_move else _LISTED[action]),
        item=name,
        detail=detail,
    )


def _find_removed(old: Canonical, new: Canonical) -> Removed:
    """Return the countries that entered the registry's list of removed ones, and those that left it."""
    was, now = ({fold_country(str(name)): str(name) for name in read_list(one, REMOVED)} for one in (old, new))
    entered = {("removed", key): now[key] for key in now.keys() - was.keys()}
    return entered | {("added", key): was[key] for key in was.keys() - now.keys()}


def _about(listing: str, removed: Removed | None = None, move: tuple[str, str] = ("", "")) -> Json:
    about: Json = {"listing": listing} if listing else {}
    if move in (removed or {}):
        about["removed_countries"] = "entered" if move[0] == "removed" else "left"
    return about


def _read_locations(canonical: Canonical) -> list[Json]:
    return [location for location in read_list(canonical, LOCATIONS) if isinstance(location, dict)]


def _name_countries(locations: list[Json]) -> dict[str, str]:
    return {fold_country(name): name for one in locations if (name := str(one.get("country") or ""))}


def _by_name(counts: Counter[str], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(key, key): counts[key] for key in sorted(counts, key=lambda key: names.get(key, key))}
