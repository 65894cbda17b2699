"""From the fields of one document to its mentions: runs the pipeline, asks for sense and negation; reads no files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from etl.tagging.component import FACTORY, NameComponent, build_pipeline
from etl.tagging.document import Candidate, Document
from etl.tagging.negation import is_negated
from etl.tagging.sense import Sense
from etl.tagging.tokens import hide_surrogates
from models.mention import Mention, TextField, Via
from models.vocabulary import Agent, Target, Vocabulary

# Isotopes that treat: a ligand that images and delivers is a drug with one of these, a tracer with any other or none.
_ISOTOPE = (
    r"(?:(?:177|161|90|131|225|211|212|213|188|186|67|153|227)[\s-]?(?:Lu|Tb|Y|I|Ac|At|Pb|Bi|Re|Cu|Sm|Th)(?![a-z])"
    r"|(?<![A-Za-z])(?:Lu|Tb|Y|I|Ac|At|Pb|Bi|Re|Cu|Sm|Th)[\s-]?(?:177|161|90|131|225|211|212|213|188|186|67|153|227))"
)
_TREATING = re.compile(_ISOTOPE)
_TREATING_BEFORE = re.compile(_ISOTOPE + r"[\]\s-]{0,2}(?:Lu|Y|Ac|I|Tb)?(?:[\s-]?labell?ed)?(?:[\s-]?DOTA\w*)?[\s-]?\Z")
_REACH = 32
_LONGEST_SENTENCE = 2_000  # code points; text without an end is shown as far as it can serve a reader


class Tagger:
    """Finds targets and agents in documents. One is built per vocabulary; it may be used any number of times.

    `pipeline` is the spaCy pipeline inside it.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.pipeline = build_pipeline(vocabulary)
        component = self.pipeline.get_pipe(FACTORY)
        assert isinstance(component, NameComponent)  # noqa: S101  the pipeline has no other under this name
        self._component = component
        self._sense = Sense()

    def tag(self, fields: Sequence[TextField]) -> list[Mention]:
        """Return the mentions in the `fields` of one document, by order of fields, start and target.

        What one field says counts for the others: a definition in the abstract explains the title.
        """
        texts = [hide_surrogates(field.text) for field in fields]
        with self.pipeline.memory_zone():  # words met in texts are forgotten again: a long run does not grow
            seen = [self._component.read(self.pipeline(text)) for text in texts]
        document = Document(fields, texts, seen)
        settled = self._sense.settle(document)
        return [mention for candidate in settled for mention in self._build_mentions(document, candidate)]

    def _build_mentions(self, document: Document, candidate: Candidate) -> Iterator[Mention]:
        field, text = document.fields[candidate.field], document.texts[candidate.field]
        begin, end = _clip(document.sentence(*candidate[:3]), candidate)
        sentence = text[begin:end]
        is_denied = is_negated(sentence, candidate.start - begin, candidate.end - begin)
        for target, via, agent in sorted(self._find_links(candidate, text), key=lambda link: link[0] or ""):
            yield Mention(
                field.path,
                field.find_role(candidate.start),
                candidate.start,
                candidate.end,
                field.text[candidate.start : candidate.end],
                sentence.strip(),
                target,
                via,
                agent,
                is_denied,
            )

    def _find_links(self, candidate: Candidate, text: str) -> Iterator[tuple[str | None, Via, str | None]]:
        thing = candidate.name.thing
        if isinstance(thing, Target):
            yield thing.name, "name", None
            return
        targets = self._vocabulary.targets_of(thing)
        for target in targets or (None,):
            yield target, self._find_via(thing, target, candidate, text), thing.name

    def _find_via(self, agent: Agent, target: str | None, candidate: Candidate, text: str) -> Via:
        symbols = {known.symbol for known in self._vocabulary.targets if known.name == target}
        actions = {act.action for act in agent.actions if act.gene in symbols}
        if "images" not in actions:
            return "agent"
        before = text[max(0, candidate.start - _REACH) : candidate.start]
        is_drug = _TREATING.search(text, candidate.start, candidate.end) or _TREATING_BEFORE.search(before)
        return "agent" if is_drug and len(actions) > 1 else "tracer"


def _clip(bounds: tuple[int, int], candidate: Candidate) -> tuple[int, int]:
    begin, end = bounds
    if end - begin <= _LONGEST_SENTENCE:
        return bounds
    aside = _LONGEST_SENTENCE // 2
    return max(begin, candidate.start - aside), min(end, candidate.end + aside)
