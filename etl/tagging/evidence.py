"""What a document says for and against its ambiguous names: cues, blockers, definitions; passes no judgement."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

from etl.tagging.abbreviations import Definition, find_content_words, find_definitions, is_acronym
from etl.tagging.casing import is_code
from etl.tagging.cues import Cues
from etl.tagging.document import Candidate, Document
from etl.tagging.lexicon import find_holders
from etl.tagging.pieces import DASHES
from etl.tagging.shape import DOUBT, find_origins
from models.vocabulary import Agent, Target

# What is said of a protein, not of a disease or a measure: anti-FAP, FAP-targeted, FAP+, FAP inhibitors.
_PROTEIN_BEFORE = re.compile(
    rf"\b(?:anti[{DASHES}\s]?|(?:soluble|circulating|recombinant|membrane[{DASHES}\s]bound)\s)\Z", re.IGNORECASE
)
_PROTEIN_AFTER = re.compile(
    rf"\+|\(\+\)|\u207a|(?:high|hi|low|lo|pos|neg|bright|dim)(?![a-z])|[{DASHES}](?:high|low)(?![a-z{DASHES}])|[{DASHES}\s]?(?:expressi(?:ng|on)|target(?:ed|ing)"
    r"|directed|activated|positiv|negativ|immuno(?:stain|reactiv|histo)|mRNA|inhibitors?|ligands?|antibod|CAR\b|null\b"
    r"|selective|mediated|dependent|deficien|knock|silenc|overexpress|promoter)"
)
_BEFORE = 40
# What is said of an illness, not of a protein: patients with FAP, FAP families, FMS was diagnosed.
_ILLNESS_BEFORE = re.compile(
    r"\b(?:patients?|children|adults?|adolescents|subjects|individuals|famil(?:y|ies)|people|persons?|women|men|cases?|"
    r"history|diagnos[ei]s|diagnosed|suffering|affected|carriers?|kindreds?|prevalence|symptoms|treatment|management)\s"
    r"(?:with|of|from|by|as|having|for)\s(?:[a-z]+\s){0,2}\Z",
    re.IGNORECASE,
)
_ILLNESS_AFTER = re.compile(
    rf"[{DASHES}\s](?:patients?|famil(?:y|ies)|kindreds?|carriers?|probands?|registr(?:y|ies)|syndrome|symptoms?|stage\b|"
    r"severity|sufferers|(?:is|was|are|were)\s(?:diagnosed|inherited|an?\s(?:[a-z]+\s){0,2}(?:disorder|disease|condition|"
    r"syndrome|illness)))"
)

Bounds = tuple[int, int]
_NONE: frozenset[str] = frozenset()


class Rules(NamedTuple):
    """The words of one thing; a blocker that holds its own name is not among them (see `drop_held`).

    `words` are those of its long names.
    """

    cues: Cues
    blockers: Cues
    words: frozenset[str]


def build_rules(thing: Target | Agent, compile_cues: Callable[[tuple[str, ...]], Cues]) -> Rules:
    """Return the cues and blockers of `thing`."""
    holders = {phrase for phrase in find_holders(thing) if not phrase.isalnum()}  # Ccr4p is a word of its own
    return Rules(
        compile_cues(tuple(thing.cues)),
        compile_cues(tuple(phrase for phrase in thing.blockers if phrase not in holders)),
        find_content_words(" ".join(text for text, _ in thing.graded() if not is_code(text))),
    )


class Evidence:
    """One document, searched once for each question however many candidates ask it."""

    def __init__(self, document: Document, found: list[Candidate]) -> None:
        self.document = document
        self._long = [each for each in found if each.name.grade == "safe" and not is_code(each.name.text)]
        self._definitions = _read_definitions(document, found)
        self._sought: dict[tuple[Cues, int, Bounds], frozenset[str]] = {}
        self._held: dict[Cues, bool] = {}
        self._places: dict[tuple[Cues, int], list[int] | None] = {}
        self._spelt: dict[tuple[int, int, Bounds], bool] = {}
        self._verdicts: dict[tuple[int, str], bool | None] = {}

    def find_words(self, cues: Cues, field: int, bounds: Bounds) -> frozenset[str]:
        """Return the different words of `cues` within `bounds` of a field."""
        places = self._find_places(cues, field)
        if places is not None:
            places = places[bisect_right(places, bounds[0]) : bisect_right(places, bounds[1])]
            if not places:
                return _NONE
        key = cues, field, bounds
        if key not in self._sought:
            self._sought[key] = cues.find(self.document.texts[field], *bounds, places)
        return self._sought[key]

    def holds(self, cues: Cues) -> bool:
        """Return whether a word of `cues` stands anywhere in the document."""
        if cues not in self._held:
            texts = enumerate(self.document.texts)
            self._held[cues] = any(self.find_words(cues, field, (0, len(text))) for field, text in texts)
        return self._held[cues]

    def _find_places(self, cues: Cues, field: int) -> list[int] | None:
        """Return what `Cues.find_places` does, in code points of the field."""
        key = cues, field
        if key not in self._places:
            text, shape = self.document.texts[field], self.document.shape(field)
            places = cues.find_places(shape)
            if places and DOUBT in shape:
                places = None
            elif places and len(shape) != len(text):
                places = [place + 1 for place in find_origins(text, [end - 1 for end in places])]
            self._places[key] = places
        return self._places[key]

    def speaks_of_protein(self, candidate: Candidate) -> bool:
        """Return whether the words beside a name can only be said of a protein, where it may mean an illness.

        A name with a number is a gene's whichever is meant (RIG1), so that nothing follows.
        """
        if any(letter.isdigit() for letter in candidate.name.text):
            return False
        text = self.document.texts[candidate.field]
        before = text[max(0, candidate.start - _BEFORE) : candidate.start]
        return bool(_PROTEIN_BEFORE.search(before) or _PROTEIN_AFTER.match(text, candidate.end))

    def speaks_of_illness(self, candidate: Candidate) -> bool:
        """Return whether the words beside the name can only be said of an illness, and none of a protein."""
        text = self.document.texts[candidate.field]
        before = text[max(0, candidate.start - _BEFORE) : candidate.start]
        is_ill = _ILLNESS_BEFORE.search(before) or _ILLNESS_AFTER.match(text, candidate.end)
        return bool(is_ill) and not self.speaks_of_protein(candidate)

    def is_named_at_length(self, thing: Target | Agent) -> bool:
        """Return whether a long safe name of `thing` stands anywhere in the document."""
        return any(other.name.thing is thing for other in self._long)

    def is_spelt_out(self, thing: Target | Agent, field: int, bounds: Bounds) -> bool:
        """Return whether a long safe name of `thing` stands within `bounds` of the field."""
        key = id(thing), field, bounds
        if key not in self._spelt:
            self._spelt[key] = any(
                other.name.thing is thing
                and other.field == field
                and bounds[0] <= other.start
                and other.end <= bounds[1]
                for other in self._long
            )
        return self._spelt[key]

    def find_verdict(self, candidate: Candidate, rules: Rules) -> bool | None:
        """Return whether the document defines this abbreviation as its thing, as another, or (None) not at all."""
        if not self._definitions:
            return None
        key = id(candidate.name.thing), self.document.form(candidate)
        if key not in self._verdicts:
            places = self._definitions.get(key[1], ())
            resolved = {self._resolve(candidate, rules, *place) for place in places} - {None}
            self._verdicts[key] = resolved.pop() if len(resolved) == 1 else None  # where it is both, the sentence says
        return self._verdicts[key]

    def _resolve(self, candidate: Candidate, rules: Rules, field: int, definition: Definition) -> bool | None:
        bounds = definition.start, definition.end
        if self.is_spelt_out(candidate.name.thing, field, bounds):
            return True
        begin, _ = self.document.sentence(field, *bounds)
        if self.find_words(rules.blockers, field, (begin, definition.end)):
            return False
        if self.find_words(rules.cues, field, bounds):
            return True
        if candidate.name.grade != "safe":
            return False
        # A safe short name is given up only for words that make it letter by letter and share none with its long names.
        words = self.document.texts[field][definition.start : definition.end]
        is_other = is_acronym(definition.short, words) and not rules.words & find_content_words(words)
        return False if is_other else None


def _read_definitions(document: Document, found: list[Candidate]) -> dict[str, list[tuple[int, Definition]]]:
    """Return the definitions of the codes found with their fields, by the code's skeleton."""
    wanted = {document.form(candidate) for candidate in found if is_code(candidate.name.text)}
    known: dict[str, list[tuple[int, Definition]]] = {}
    for field, text in enumerate(document.texts) if wanted else ():
        for form, definition in find_definitions(text, wanted):
            known.setdefault(form, []).append((field, definition))
    return known
