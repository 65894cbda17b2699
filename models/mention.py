"""A place in a text that names a target or an agent."""

from __future__ import annotations

from typing import Literal

import msgspec

Role = Literal["arm", "title", "outcome", "description", "inclusion", "exclusion", "abstract", "background"]
Via = Literal["name", "agent", "tracer"]


class TextField(msgspec.Struct, frozen=True):
    """One piece of a document: `path` names it with the item's place (`interventions[0].name`), `role` its sense.

    `background`: the code points [start, end) of the parts that only introduce, where the role is "background".
    """

    path: str
    role: Role
    text: str
    background: tuple[tuple[int, int], ...] = ()

    def find_role(self, start: int) -> Role:
        """Return the role of what stands at `start`."""
        if self.background and any(begin <= start < end for begin, end in self.background):
            return "background"
        return self.role


class Mention(msgspec.Struct, frozen=True):
    """One span and one watched target, or one span of an agent without a watched target (`target` None).

    `start` and `end` are code points into the untouched text of `field`; `agent` is set when `via` is not "name".
    """

    field: str
    role: Role
    start: int
    end: int
    text: str
    sentence: str
    target: str | None
    via: Via
    agent: str | None
    is_negated: bool


class Reading(msgspec.Struct, frozen=True):
    """One spelling of a target's or an agent's name, and what became of it: `why` is for people.

    `start` and `end` are code points into the untouched text of `field`; `kind` is "target" or "agent".
    """

    field: str
    start: int
    end: int
    text: str
    kind: str
    name: str
    is_linked: bool
    why: str
