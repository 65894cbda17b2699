"""The landscape page as values: what is said of each trial, of what moved lately and of the sources. Only values.

Texts are for people and on one line; days are ISO where the page computes with them. Short names are the page's.
"""

from __future__ import annotations

import datetime as dt

import msgspec


class Status(msgspec.Struct, frozen=True):
    """A status as it is shown: the registry's word, its words for people, its look and glyph."""

    code: str
    word: str
    look: str
    glyph: str


class ChangeLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One change in words; `before` or `after` is empty where there is no such side."""

    what: str
    before: str = ""
    after: str = ""
    note: str = ""
    weight: str = "low"


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one version of a record, or one day, changed. `when` and `dated` are for people, `day` is for sorting."""

    day: str
    when: str
    dated: str
    lines: tuple[ChangeLine, ...]
    more: int = 0  # changes of low weight that are counted alone


class Spell(msgspec.Struct, frozen=True, omit_defaults=True):
    """A status for a time, in days for people."""

    status: str
    since: str
    until: str = ""


class Slip(msgspec.Struct, frozen=True):
    """A stated date that moved: which, and from when to when, by the first day each allows."""

    what: str
    old: str
    new: str
    words: str


class StatusMark(msgspec.Struct, frozen=True):
    """A day on which a status began."""

    day: str
    status: str


class Bar(msgspec.Struct, frozen=True, omit_defaults=True):
    """A trial in time: from `start` to `end`, of which what lies up to `known` has happened by its record.

    None: the record states no such day.
    """

    start: str | None = None
    known: str | None = None
    end: str | None = None
    slips: tuple[Slip, ...] = ()
    marks: tuple[StatusMark, ...] = ()
    results: str | None = None


class PaperLink(msgspec.Struct, frozen=True, omit_defaults=True):
    """A paper that belongs to a trial, and who says so."""

    pmid: str
    title: str
    source: str
    day: str | None
    said: str
    is_retracted: bool = False
    is_dot: bool = False  # stated, and not as mere background


class LandscapeTrial(msgspec.Struct, frozen=True, omit_defaults=True):
    """A trial as its row, its bar and its panel say it."""

    id: str
    title: str
    url: str
    targets: tuple[str, ...]
    agents: tuple[str, ...]
    phase: str
    status: str
    standing: str  # empty while the registry lists it
    sponsor: str
    countries: tuple[str, ...]
    primary: str  # primary completion, for people
    primary_day: str
    moved: str  # when its record last changed in a way that is told, for people; empty where it did not
    moved_day: str
    also: str  # further words it is found by
    facts: tuple[tuple[str, str], ...]
    spells: tuple[Spell, ...]
    held: str
    bar: Bar = Bar()
    steps: tuple[Step, ...] = ()
    papers: tuple[PaperLink, ...] = ()


class Move(msgspec.Struct, frozen=True):
    """What of a trial was first seen lately, on one day. `statuses`: the words of a status that moved, old to new."""

    nct_id: str
    day: str
    dated: str
    is_new: bool
    statuses: tuple[str, ...]
    lines: tuple[ChangeLine, ...]


class SourceState(msgspec.Struct, frozen=True):
    """How a source stands: in a sentence, and whether all is well."""

    name: str
    words: str
    is_well: bool


class Month(msgspec.Struct, frozen=True):
    """Papers of a target that entered PubMed in a month, by its first day."""

    target: str
    month: str
    papers: int


class Landscape(msgspec.Struct, frozen=True, kw_only=True):
    """The whole page. `until` is the day of the data; moves are those first seen from `since` on."""

    scope: str
    until: dt.date
    as_of: str
    written: str
    since: dt.date
    sources: tuple[SourceState, ...]
    warnings: tuple[str, ...]
    targets: tuple[str, ...]
    statuses: dict[str, Status]
    trials: tuple[LandscapeTrial, ...]
    moves: tuple[Move, ...]
    months: tuple[Month, ...]
    first_month: dt.date
    new_papers: int
    low_changes: int  # in the span of `moves`, too light to be told one by one
