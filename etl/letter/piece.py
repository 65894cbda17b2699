"""One part of a letter's line: what it is about, what became of it, what to know of it. Only a value."""

from __future__ import annotations

import msgspec

LONGEST_TEXT = 120  # signs of a text of the record that a letter quotes; `trialwatch history` shows it whole


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one thing: subject, verb, text. Words of the record stand in quotation marks, shortened.

    `change` is what became of the item that `text` names; items of one change are told together. `plural` is of the
    subject. A value that moved has no verb: `told` is its whole sentence where nothing else is told
    with it, `head` the same without the values. `names` are watched ones that are named in what is new.
    """

    subject: str
    plural: str = ""
    verb: str = ""
    text: str = ""
    change: str = ""
    told: str = ""
    head: str = ""
    notes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    pmids: tuple[str, ...] = ()
