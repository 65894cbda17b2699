"""Finds the primary outcomes that a record's results hold, each with what its rows have in common. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from etl.children.keys import Row, key_rows
from etl.children.payload import Json, read_items, read_nct_id, read_part, read_text
from etl.documented import Holder


class PostedOutcome(NamedTuple):
    """One outcome: the columns every row of it begins with, its arms by their number in it, and its payload."""

    head: Row
    groups: dict[str, Json]
    payload: Json


def find_posted_outcomes(study: Json) -> list[PostedOutcome]:
    """Return the primary outcomes of a study's results.

    `outcome_key` is made as that of `trial_outcome`: the two are equal where the sponsor posted the outcome in the
    words it was registered in.
    """
    nct_id = read_nct_id(study)
    listed = read_items(read_part(study, "resultsSection", "outcomeMeasuresModule"), "outcomeMeasures")
    primary = [payload for payload in listed if read_text(payload, "type") == "PRIMARY"]
    rows: list[Row] = [
        {
            "nct_id": nct_id,
            "outcome_type": "primary",
            "measure": read_text(payload, "title"),
            "time_frame": read_text(payload, "timeFrame"),
            "content": "",
            "place": place,
        }
        for place, payload in enumerate(primary)
    ]
    names = {((row["measure"] or "").casefold(), (row["time_frame"] or "").casefold()) for row in rows}
    if len(names) < len(rows):  # only what else they say tells outcomes of one name apart
        for row, payload in zip(rows, primary, strict=True):
            row["content"] = "\n".join(sorted(_find_texts(payload)))
    keyed = key_rows(rows, "outcome_key", ("outcome_type", "measure", "time_frame"))
    return [_build_outcome(row, primary[row["place"]]) for row in keyed]


def _build_outcome(row: Row, payload: Json) -> PostedOutcome:
    groups = {group: arm for arm in read_items(payload, "groups") if (group := read_text(arm, "id"))}
    head = {name: row[name] for name in ("nct_id", "outcome_key", "measure", "time_frame")}
    return PostedOutcome(head, groups, payload)


def _find_texts(value: Any) -> Iterator[str]:
    """Yield every text inside a value: together, sorted, they are its content whatever the order of its lists."""
    if isinstance(value, dict):
        value = value.values()
    elif isinstance(value, Holder):
        value = msgspec.structs.astuple(value)
    if isinstance(value, str):
        yield value
    elif isinstance(value, Iterable):
        for item in value:
            yield from _find_texts(item)
