"""From the facts of a span to those that one recipient follows. Pure: rows in, rows out; it renders nothing."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from etl.digest import Facts
from etl.matching import fold_name
from etl.selecting import meets_in
from models.mention import TextField
from models.settings import Following

Row = Mapping[str, Any]


def select_facts(facts: Facts, following: Following) -> Facts:
    """Return what a recipient follows; what else there was is counted as outside it.

    A trial must fit every list that is set. So must a paper, by itself or by a trial that it is tied to; sponsors and
    phases are a trial's alone. A record stands under the first of the targets followed that it has.
    """
    if not is_narrow(following):
        return leave_out_unmatched(facts)
    fit = {nct_id: row for nct_id, row in facts.trials.items() if _fits_trial(row, following)}
    changes = [row for row in facts.changes if row["nct_id"] in fit]
    fresh = [row for row in facts.new_trials if row["nct_id"] in fit]
    papers = [row for row in facts.papers if _fits_paper(row, following, fit)]
    heads = [name for name in facts.targets if not following.targets or name in following.targets]
    outside = {
        "trial": len(_list_trials(facts.changes, facts.new_trials)) - len(_list_trials(changes, fresh)),
        "paper": len({row["pmid"] for row in facts.papers}) - len({row["pmid"] for row in papers}),
    }
    return msgspec.structs.replace(
        facts,
        changes=changes,
        new_trials=fresh,
        trials={nct_id: _place(row, following, heads) for nct_id, row in facts.trials.items()},
        papers=[_place(row, following, heads) for row in papers],
        older=[row for row in facts.older if row["nct_id"] in fit],
        verdicts=[row for row in facts.verdicts if _fits_claim(row, following, fit)],
        targets=heads,
        outside=outside,
        is_narrow=True,
    )


def leave_out_unmatched(facts: Facts) -> Facts:
    """Return the facts without trials that no item ever matched: they are held, and told to who follows them."""
    changes = [row for row in facts.changes if row.get("is_matched", True)]
    left = len(_list_trials(facts.changes, ())) - len(_list_trials(changes, ()))
    return msgspec.structs.replace(facts, changes=changes, outside={"unmatched": left}) if left else facts


def is_narrow(following: Following) -> bool:
    """Return whether anything is left out."""
    lists = ("targets", "agents", "pathways", "sponsors", "phases", "conditions")
    return any(getattr(following, name) for name in lists)


def _list_trials(changes: Sequence[Row], fresh: Sequence[Row]) -> set[str]:
    return {row["nct_id"] for row in (*changes, *fresh)}


def _fits_trial(row: Row, following: Following) -> bool:
    return (
        _fits_names(row, following)
        and _meets(following.phases, row["phases"])
        and _names_any(following.sponsors, tuple(filter(None, (row["sponsor"], *(row["collaborators"] or ())))))
        and _has_condition(following.conditions, (*(row["conditions"] or ()), row["title"] or ""))
    )


def _fits_paper(row: Row, following: Following, trials: Mapping[str, Row]) -> bool:
    if any(nct_id in trials for nct_id in row["nct_ids"] or ()):
        return True
    if following.sponsors or following.phases:
        return False
    return _fits_names(row, following) and _has_condition(
        following.conditions, (row["title"] or "", *(row["mesh"] or ()))
    )


def _fits_claim(row: Row, following: Following, trials: Mapping[str, Row]) -> bool:
    """Return whether a claim cites a trial followed, or names what is; sponsors and the like are a trial's."""
    if any(nct_id in trials for nct_id in (*row["trials"], *row["meant_trials"])):
        return True
    if following.sponsors or following.phases or following.conditions:
        return False
    return _fits_names(row, following)


def _fits_names(row: Row, following: Following) -> bool:
    lists = ((following.targets, "targets"), (following.agents, "agents"), (following.pathways, "pathways"))
    return all(_meets(wanted, row[name]) for wanted, name in lists)


def _meets(wanted: Sequence[str], held: Sequence[str] | None) -> bool:
    return not wanted or not set(wanted).isdisjoint(held or ())


def _names_any(wanted: Sequence[str], names: Sequence[str]) -> bool:
    """Return whether a name holds one of the wanted ones as whole words, in any case."""
    return not wanted or any(_bound(text).search(fold_name(name)) for text in wanted for name in names)


@functools.cache
def _bound(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(fold_name(text))}(?!\w)")


def _has_condition(wanted: Sequence[str], texts: Sequence[str]) -> bool:
    fields = [TextField("", "description", text) for text in texts]
    return not wanted or any(meets_in(condition, fields) for condition in wanted)


def _place(row: Row, following: Following, heads: Sequence[str]) -> Row:
    """Say which section a record stands in for this recipient."""
    own = next((name for name in row["targets"] or () if name in heads), None)
    pathway = next((name for name in row["pathways"] or () if name in following.pathways), row.get("pathway"))
    return {**row, "home": own or pathway}
