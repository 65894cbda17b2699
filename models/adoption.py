"""What was found in a text that someone wants to keep alive: what to watch, and what a person must look at."""

from __future__ import annotations

import msgspec


class Place(msgspec.Struct, frozen=True):
    """Where something stands: the line of the text as it came (the first is 1), and the words around it."""

    line: int
    quote: str


class TrialCitation(msgspec.Struct, frozen=True, kw_only=True):
    """One place that cites a trial. `sentence` holds it, whole; `section` is the heading above, "" for none.

    `is_joined`: the number was broken, over lines or by a space. `agents` and `targets` are those the sentence names.
    """

    nct_id: str
    place: Place
    sentence: str
    section: str = ""
    is_joined: bool = False
    agents: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()


class NamedThing(msgspec.Struct, frozen=True, kw_only=True):
    """An agent or target of the vocabulary that the text names, how often, and under which spellings."""

    name: str
    mentions: int
    spellings: tuple[str, ...]
    place: Place


class OpenPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One thing not decided here. `kind` is the heading it stands under, `advice` what to do, "" for nothing."""

    kind: str
    text: str
    place: Place
    advice: str = ""


class Adoption(msgspec.Struct, frozen=True, kw_only=True):
    """All that was found in one text. `trials` are its citations in the order of the text, one an occurrence.

    `agents` may be watched, `backbones` are recognised and never watched. `articles` are the PMIDs it prints.
    """

    source: str
    trials: tuple[TrialCitation, ...] = ()
    agents: tuple[NamedThing, ...] = ()
    backbones: tuple[NamedThing, ...] = ()
    targets: tuple[NamedThing, ...] = ()
    articles: tuple[tuple[str, Place], ...] = ()
    points: tuple[OpenPoint, ...] = ()

    @property
    def nct_ids(self) -> tuple[str, ...]:
        """The trials, each once, in the order of the text."""
        return tuple(dict.fromkeys(one.nct_id for one in self.trials))

    @property
    def is_empty(self) -> bool:
        """Nothing to watch and nothing to look at."""
        return not (self.trials or self.agents or self.backbones or self.targets or self.articles or self.points)
