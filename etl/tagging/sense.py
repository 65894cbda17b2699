"""Decides which spellings mean their thing in one document, by the grades of the names and the evidence."""

from __future__ import annotations

import re

from etl.tagging.casing import is_code
from etl.tagging.document import Candidate, Document
from etl.tagging.evidence import Evidence, Rules, build_rules
from etl.tagging.overlap import choose_longest, drop_held
from models.vocabulary import Agent, Target

# A trial's own list of drugs: no short code there is anything but a drug.
_INTERVENTION = re.compile(r"interventions\[\d+\]\.(?:name|otherNames\[\d+\])")
_ENOUGH_CUES = 2  # in one sentence, where another one speaks against the thing
_LISTED = 2  # other targets in one sentence


class Sense:
    """The judgement over documents. It keeps the compiled words of the things it has met."""

    def __init__(self) -> None:
        self._rules: dict[int, Rules] = {}

    def settle(self, document: Document) -> list[Candidate]:
        """Return the candidates that mean what they spell, the longest where they overlap, in order of place."""
        found = drop_held(document.candidates)
        return choose_longest(_Case(self, document, found).accept()) if found else []

    def rules(self, thing: Target | Agent) -> Rules:
        """Return the compiled words of `thing`."""
        if id(thing) not in self._rules:  # the lexicon keeps every thing alive, so that no id is used again
            self._rules[id(thing)] = build_rules(thing)
        return self._rules[id(thing)]


class _Case:
    """One document under judgement: what it names without doubt decides what else it may mean."""

    def __init__(self, sense: Sense, document: Document, found: list[Candidate]) -> None:
        self._sense = sense
        self._document = document
        self._evidence = Evidence(document, found)
        self._free = [candidate for candidate in found if not self._is_blocked(candidate)]
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
        targets = [candidate for candidate in self._free if candidate.name.kind == "target" and self._links(candidate)]
        self._genes |= {thing.symbol for candidate in targets if isinstance(thing := candidate.name.thing, Target)}
        agents = [candidate for candidate in self._free if candidate.name.kind == "agent" and self._links(candidate)]
        return [*targets, *agents]

    def _is_blocked(self, candidate: Candidate) -> bool:
        """Return whether a short name is defined as something else or stands beside a blocker; long ones never do."""
        if not is_code(candidate.name.text):
            return False
        thing, rules = candidate.name.thing, self._sense.rules(candidate.name.thing)
        verdict = self._evidence.find_verdict(candidate, rules)
        if verdict is not None:
            return not verdict
        bounds = self._document.sentence(*candidate[:3])
        against = self._evidence.find_words(rules.blockers, candidate.field, bounds)
        if against:
            cues = self._evidence.find_words(rules.cues, candidate.field, bounds)
            is_outweighed = candidate.name.grade == "safe" and len(cues) >= max(_ENOUGH_CUES, len(against) + 1)
            return not (is_outweighed or self._evidence.is_spelt_out(thing, candidate.field, bounds))
        return self._is_other_throughout(candidate, rules)

    def _is_other_throughout(self, candidate: Candidate, rules: Rules) -> bool:
        """Return whether the document speaks of the other thing, and nowhere of this one: Ccr4 in a paper on yeast."""
        evidence = self._evidence
        if candidate.name.grade != "safe" or not evidence.holds(rules.blockers):
            return False
        return not (evidence.is_named_at_length(candidate.name.thing) or evidence.holds(rules.cues))

    def _links(self, candidate: Candidate) -> bool:
        name = candidate.name
        if name.grade == "safe" or id(name.thing) in self._named or self._is_listed_drug(candidate):
            return True
        if name.grade == "never_alone":
            return name.kind == "agent" and self._is_kin_of_tracers(candidate)
        return self._is_related(name.thing) or self._is_in_context(candidate) or self._is_beside_drug(candidate)

    def _is_listed_drug(self, candidate: Candidate) -> bool:
        """Return whether an agent's code, or the only kind of name it has, stands in a trial's list of drugs."""
        name = candidate.name
        if name.kind != "agent" or not _INTERVENTION.fullmatch(self._document.fields[candidate.field].path):
            return False
        return name.grade == "needs_context" or is_code(name.text) or name.thing.name in name.thing.never_alone

    def _is_beside_drug(self, candidate: Candidate) -> bool:
        """Return whether an agent's code stands in one sentence with another drug's sure name: M6223 plus avelumab."""
        name = candidate.name
        if name.kind != "agent" or not any(letter.isdigit() for letter in name.text):
            return False
        begin, end = self._document.sentence(*candidate[:3])
        return any(
            other.name.kind == "agent" and other.name.grade == "safe" and other.name.thing is not name.thing
            for other in self._free
            if other.field == candidate.field and begin <= other.start and other.end <= end
            if other.end <= candidate.start or candidate.end <= other.start
        )

    def _is_kin_of_tracers(self, candidate: Candidate) -> bool:
        """Return whether this is what the document calls a tracer by, which it defines or names by another's code."""
        thing = candidate.name.thing
        images = {act.gene for act in getattr(thing, "actions", ()) if act.action == "images"}
        verdict = images and self._evidence.find_verdict(candidate, self._sense.rules(thing))
        return bool(verdict) or bool(images & self._imaged)

    def _is_related(self, thing: Target | Agent) -> bool:
        """Return whether an agent of this target, or a target of this agent, is named in the document."""
        if isinstance(thing, Target):
            return thing.symbol in self._acted_on
        return any(act.gene in self._genes for act in thing.actions)

    def _is_in_context(self, candidate: Candidate) -> bool:
        """Return whether a definition, the words beside the name, its sentence, or the document speak for it."""
        rules, evidence = self._sense.rules(candidate.name.thing), self._evidence
        if evidence.find_verdict(candidate, rules) or evidence.speaks_of_protein(candidate):
            return True
        if evidence.speaks_of_illness(candidate):
            return False
        cues = evidence.find_words(rules.cues, candidate.field, self._document.sentence(*candidate[:3]))
        if evidence.holds(rules.blockers):
            return len(cues) >= _ENOUGH_CUES
        is_proven = (id(candidate.name.thing), self._document.form(candidate)) in self._proven
        return bool(cues) or is_proven or evidence.holds(rules.cues) or self._is_listed_gene(candidate)

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
