"""Decides which spellings mean their thing in one document, by the names' grades and the evidence, and says why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from etl.tagging.casing import is_code
from etl.tagging.cues import Cues
from etl.tagging.document import Candidate, Document
from etl.tagging.evidence import Evidence, Rules, build_rules
from etl.tagging.overlap import choose_longest, drop_held
from models.vocabulary import Agent, Target

# A trial's own list of drugs: no short code there is anything but a drug.
_INTERVENTION = re.compile(r"interventions\[\d+\]\.(?:name|otherNames\[\d+\])")
_ENOUGH_CUES = 2  # in one sentence, where another one speaks against the thing
_LISTED = 2  # other targets in one sentence


class Judged(NamedTuple):
    """What became of one spelling: linked or not, and why in words for people."""

    candidate: Candidate
    is_linked: bool
    why: str


class Sense:
    """The judgement over documents, with the compiled words of all `things` that may be met in them."""

    def __init__(self, things: Iterable[Target | Agent] = ()) -> None:
        compile_cues = cache(Cues)  # agents of one class have the same words
        self._rules = {id(thing): build_rules(thing, compile_cues) for thing in things}

    def settle(self, document: Document) -> list[Candidate]:
        """Return the candidates that mean what they spell, the longest where they overlap, in order of place."""
        found = drop_held(document.candidates)
        return choose_longest(_Case(self, document, found).accept()) if found else []

    def explain(self, document: Document) -> list[Judged]:
        """Return what became of every spelling of `document`, those that link among them, in order of place."""
        found = drop_held(document.candidates)
        case = _Case(self, document, found)
        accepted = {candidate: case.find_reason(candidate) for candidate in case.accept()}
        linked = choose_longest(accepted)
        readings = []
        for candidate in document.candidates:
            if candidate in linked:
                readings.append(Judged(candidate, is_linked=True, why=accepted[candidate]))
            elif candidate.name.kind != "blocker":
                why = _find_longer(document, candidate) or case.refuse(candidate)
                readings.append(Judged(candidate, is_linked=False, why=why))
        return sorted(readings, key=lambda reading: reading.candidate[:3])

    def rules(self, thing: Target | Agent) -> Rules:
        """Return the compiled words of `thing`, which is one of the `things`."""
        return self._rules[id(thing)]


def _find_longer(document: Document, candidate: Candidate) -> str:
    field, start, end, _ = candidate
    over = [one for one in document.candidates if one.field == field and one.start <= start and end <= one.end]
    longest = max(over, key=lambda one: one.end - one.start)
    if longest.end - longest.start == end - start:
        return ""
    text = document.texts[field][longest.start : longest.end]
    meant = "something else" if longest.name.kind == "blocker" else longest.name.thing.name
    return f'it is part of "{text}", which is {meant}'


class _Case:
    """One document under judgement: what it names without doubt decides what else it may mean."""

    def __init__(self, sense: Sense, document: Document, found: list[Candidate]) -> None:
        self._sense = sense
        self._document = document
        self._evidence = Evidence(document, found)
        self._free = [candidate for candidate in found if not self._find_objection(candidate)]
        named = [candidate.name.thing for candidate in self._free if candidate.name.grade == "safe"]
        self._named = {id(thing) for thing in named}
        self._genes = {thing.symbol for thing in named if isinstance(thing, Target)}
        self._proven = {
            (id(candidate.name.thing), document.form(candidate))
            for candidate in self._free
            if candidate.name.grade == "needs_context" and self._evidence.speaks_of_protein(candidate)
        }
        self._imaged = {
            act.gene for thing in named if isinstance(thing, Agent) for act in thing.actions if act.action == "images"
        }
        self._acted_on = {act.gene for thing in named if isinstance(thing, Agent) for act in thing.actions}

    def accept(self) -> list[Candidate]:
        """Return the candidates that link: targets first, because a target found speaks for its agents."""
        targets = [one for one in self._free if one.name.kind == "target" and self.find_reason(one)]
        self._genes |= {thing.symbol for candidate in targets if isinstance(thing := candidate.name.thing, Target)}
        agents = [one for one in self._free if one.name.kind == "agent" and self.find_reason(one)]
        return [*targets, *agents]

    def refuse(self, candidate: Candidate) -> str:
        """Return why `candidate` does not link."""
        if objection := self._find_objection(candidate):
            return objection
        if candidate.name.grade == "never_alone":
            return "a name that counts only in a document that names the thing otherwise too"
        if self._evidence.speaks_of_illness(candidate):
            return "what stands beside it is said of an illness"
        if candidate.name.grade == "needs_context":
            return "a name that needs context: nothing here speaks for it"
        return "another name at this place was chosen"

    def _find_objection(self, candidate: Candidate) -> str:
        """Return why a short name is something else: by a definition or a blocker; long ones never are."""
        if not is_code(candidate.name.text):
            return ""
        thing, rules = candidate.name.thing, self._sense.rules(candidate.name.thing)
        verdict = self._evidence.find_verdict(candidate, rules)
        if verdict is not None:
            return "" if verdict else "the document defines it as something else"
        is_safe = candidate.name.grade == "safe"
        if is_safe and not self._evidence.holds(rules.blockers):
            return ""
        bounds = self._document.sentence(*candidate[:3])
        against = self._evidence.find_words(rules.blockers, candidate.field, bounds)
        if against:
            cues = self._evidence.find_words(rules.cues, candidate.field, bounds)
            is_outweighed = is_safe and len(cues) >= max(_ENOUGH_CUES, len(against) + 1)
            if is_outweighed or self._evidence.is_spelt_out(thing, candidate.field, bounds):
                return ""
            return f"its sentence speaks against it: {_list(against)}"
        return self._find_other_throughout(candidate, rules) if is_safe else ""

    def _find_other_throughout(self, candidate: Candidate, rules: Rules) -> str:
        """Say so if the document speaks of the other thing, and nowhere of this one: Ccr4 in a paper on yeast."""
        evidence = self._evidence
        if evidence.is_named_at_length(candidate.name.thing) or evidence.holds(rules.cues):
            return ""
        return "the document speaks of something else of that name, and nowhere of this"

    def find_reason(self, candidate: Candidate) -> str:
        """Return why `candidate` links, nothing if it does not."""
        name = candidate.name
        if name.grade == "safe":
            return "a name that is safe wherever it stands"
        if id(name.thing) in self._named:
            return "the document names it otherwise too"
        if self._is_listed_drug(candidate):
            return "it stands in the trial's list of drugs"
        if name.grade == "never_alone":
            is_kin = name.kind == "agent" and self._is_kin_of_tracers(candidate)
            return "the document names a tracer of its kind" if is_kin else ""
        return self._find_relation(name.thing) or self._find_context(candidate) or self._find_neighbour(candidate)

    def _is_listed_drug(self, candidate: Candidate) -> bool:
        """Return whether an agent's code, or the only kind of name it has, stands in a trial's list of drugs."""
        name = candidate.name
        if name.kind != "agent" or not _INTERVENTION.fullmatch(self._document.fields[candidate.field].path):
            return False
        return name.grade == "needs_context" or is_code(name.text) or name.thing.name in name.thing.never_alone

    def _find_neighbour(self, candidate: Candidate) -> str:
        """Say so if an agent's code stands in one sentence with another drug's sure name: M6223 plus avelumab."""
        name = candidate.name
        if name.kind != "agent" or not any(letter.isdigit() for letter in name.text):
            return ""
        begin, end = self._document.sentence(*candidate[:3])
        is_beside_drug = any(
            other.name.kind == "agent" and other.name.grade == "safe" and other.name.thing is not name.thing
            for other in self._free
            if other.field == candidate.field and begin <= other.start and other.end <= end
            if other.end <= candidate.start or candidate.end <= other.start
        )
        return "its sentence names another drug" if is_beside_drug else ""

    def _is_kin_of_tracers(self, candidate: Candidate) -> bool:
        """Return whether this is what the document calls a tracer by, which it defines or names by another's code."""
        thing = candidate.name.thing
        images = {act.gene for act in getattr(thing, "actions", ()) if act.action == "images"}
        verdict = images and self._evidence.find_verdict(candidate, self._sense.rules(thing))
        return bool(verdict) or bool(images & self._imaged)

    def _find_relation(self, thing: Target | Agent) -> str:
        """Say so if an agent of this target, or a target of this agent, is named in the document."""
        if isinstance(thing, Target):
            return "the document names an agent of it" if thing.symbol in self._acted_on else ""
        return "the document names its target" if any(act.gene in self._genes for act in thing.actions) else ""

    def _find_context(self, candidate: Candidate) -> str:
        """Return how a definition, the words beside the name, its sentence, or the document speak for it."""
        rules, evidence = self._sense.rules(candidate.name.thing), self._evidence
        if evidence.find_verdict(candidate, rules):
            return "the document defines it so"
        if evidence.speaks_of_protein(candidate):
            return "what stands beside it is said of a protein"
        return "" if evidence.speaks_of_illness(candidate) else self._find_cues(candidate, rules)

    def _find_cues(self, candidate: Candidate, rules: Rules) -> str:
        evidence = self._evidence
        cues = evidence.find_words(rules.cues, candidate.field, self._document.sentence(*candidate[:3]))
        spoken_for = f"its sentence speaks for it: {_list(cues)}"
        if evidence.holds(rules.blockers):
            return spoken_for if len(cues) >= _ENOUGH_CUES else ""
        if cues:
            return spoken_for
        if (id(candidate.name.thing), self._document.form(candidate)) in self._proven:
            return "elsewhere in the document it is said of a protein"
        if evidence.holds(rules.cues):
            return "the document speaks for it"
        return "it stands in a list of genes" if self._is_listed_gene(candidate) else ""

    def _is_listed_gene(self, candidate: Candidate) -> bool:
        """Return whether the sentence names two other targets without doubt, as lists of genes do."""
        bounds = self._document.sentence(*candidate[:3])
        others = {
            other.name.thing.name
            for other in self._free
            if other.name.kind == "target" and other.name.grade == "safe" and other.field == candidate.field
            if bounds[0] <= other.start and other.end <= bounds[1]
        }
        return candidate.name.kind == "target" and len(others - {candidate.name.thing.name}) >= _LISTED


def _list(words: frozenset[str]) -> str:
    return ", ".join(sorted(words))
