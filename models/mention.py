"""A place in a text that names a target or an agent."""

from __future__ import annotations

from typing import Literal

import msgspec

Role = Literal["arm", "title", "outcome", "description", "inclusion", "exclusion", "abstract", "background"]
Via = Literal["name", "agent", "tracer"]


class TextField(msgspec.Struct, frozen=True):
    """One piece of a document: `path` names it with the item's place (`interventions[0].name`), `role` its sense."""

    path: str
    role: Role
    text: str


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
