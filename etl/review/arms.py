"""What a record gives, by the names of its interventions and arms: not all that is said there. It judges no claim."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
_INTERVENTION = re.compile(r"interventions\[(?P<place>\d+)\]\.(?P<key>\w+)")


def find_given(rows: Sequence[Row], combinations: Mapping[str, Collection[str]]) -> list[Row]:
    """Return those of one record's rows of the statement review_arms that say what its arms give.

    A description also says what was given before, or is compared. It counts where names are silent: that of an
    intervention whose own names say no agent; that of an arm where some drug of the record has no name known.
    `combinations` are those of fixed dose with their parts: giving one gives the parts, giving all parts gives it.
    """
    arms = [row for row in rows if row["is_arm"]]
    named = {place for row in arms if row["agent"] and (place := _find_named(row["field"])) is not None}
    given = [row for row in arms if _says_what_is_given(row, named)]
    agents = {row["agent"] for row in given}
    return [*given, *(row for name in _find_parts(agents, combinations) for row in [_build_row(name)])]


def _find_parts(agents: Collection[str], combinations: Mapping[str, Collection[str]]) -> Iterator[str]:
    for name, parts in combinations.items():
        if name in agents:
            yield from (part for part in parts if part not in agents)
        elif agents and set(parts) <= set(agents):
            yield name


def _build_row(agent: str) -> Row:
    return {"agent": agent, "target": None, "is_arm": True}


def _find_named(field: str) -> str | None:
    """Return the place of the intervention that a field names; None where it is another, or describes one."""
    found = _INTERVENTION.match(field)
    return found["place"] if found and found["key"] != "description" else None


def _says_what_is_given(row: Row, named: Collection[str]) -> bool:
    if not row["field"].endswith(".description"):
        return True
    found = _INTERVENTION.match(row["field"])
    return found["place"] not in named if found else (row["drugs"] or 0) > len(named)
