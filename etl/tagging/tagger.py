"""From the fields of one document to its mentions: runs the pipeline, asks for sense and negation; reads no files."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate, islice

from etl.tagging.component import FACTORY, NameComponent, build_pipeline
from etl.tagging.document import Candidate, Document
from etl.tagging.negation import Negation
from etl.tagging.scan import Window
from etl.tagging.sense import Judged, Sense
from etl.tagging.tokens import hide_surrogates
from models.mention import Mention, Reading, TextField, Via
from models.vocabulary import ActionKind, Agent, Target, Vocabulary

# Isotopes that treat: a ligand that images and delivers is a drug with one of these, a tracer with any other or none.
_ISOTOPE = (
    r"(?:(?:177|161|90|131|225|211|212|213|188|186|67|153|227)[\s-]?(?:Lu|Tb|Y|I|Ac|At|Pb|Bi|Re|Cu|Sm|Th)(?![a-z])"
    r"|(?<![A-Za-z])(?:Lu|Tb|Y|I|Ac|At|Pb|Bi|Re|Cu|Sm|Th)[\s-]?(?:177|161|90|131|225|211|212|213|188|186|67|153|227))"
)
_TREATING = re.compile(_ISOTOPE)
_TREATING_BEFORE = re.compile(_ISOTOPE + r"[\]\s-]{0,2}(?:Lu|Y|Ac|I|Tb)?(?:[\s-]?labell?ed)?(?:[\s-]?DOTA\w*)?[\s-]?\Z")
_REACH = 32
_Link = tuple[str | None, Via, str | None]
_TOGETHER = 128  # documents that are searched at once
_LONGEST_SENTENCE = 2_000  # code points; text without an end is shown as far as it can serve a reader


class Tagger:
    """Finds targets and agents in documents. One is built per vocabulary; it may be used any number of times.

    `pipeline` is the spaCy pipeline inside it.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.pipeline = build_pipeline(vocabulary)
        component = self.pipeline.get_pipe(FACTORY)
        assert isinstance(component, NameComponent)  # noqa: S101  the pipeline has no other under this name
        self._component = component
        self._find_windows = component.scan.find_windows
        self._vocabulary = component.vocabulary  # a copy: the pipeline's own is what it finds the things of
        self._sense = Sense((*self._vocabulary.targets, *self._vocabulary.agents))
        self._negation = Negation()
        self._links: dict[int, tuple[list[_Link], list[_Link] | None]] = {}  # as a tracer, and as a drug if different

    def tag(self, fields: Sequence[TextField]) -> list[Mention]:
        """Return the mentions in the `fields` of one document, by order of fields, start and target.

        What one field says counts for the others: a definition in the abstract explains the title. Only where names
        may stand is a text cut into pieces and searched; `tag_whole` does that with all of it.
        """
        return next(self.pipe([fields]))

    def pipe(self, documents: Iterable[Sequence[TextField]]) -> Iterator[list[Mention]]:
        """Yield what `tag` returns of each document, in order: quicker, for many are read and searched at once."""
        waiting = iter(documents)
        while together := list(islice(waiting, _TOGETHER)):
            yield from self._tag_together(together)

    def tag_whole(self, fields: Sequence[TextField]) -> list[Mention]:
        """Return what `tag` returns, with every text put through the pipeline whole."""
        texts = [hide_surrogates(field.text) for field in fields]
        with self.pipeline.memory_zone():
            seen = [self._component.read(self.pipeline(text)) for text in texts]
        return self._judge(Document(fields, texts, seen))

    def explain(self, fields: Sequence[TextField]) -> list[Reading]:
        """Return what became of every spelling in the `fields` of one document, also of those that link to nothing.

        What links is what `tag` gives.
        """
        texts = [hide_surrogates(field.text) for field in fields]
        with self.pipeline.memory_zone():
            seen = [self._component.read(self.pipeline(text)) for text in texts]
        return [_tell(reading, fields) for reading in self._sense.explain(Document(fields, texts, seen))]

    def _tag_together(self, documents: Sequence[Sequence[TextField]]) -> list[list[Mention]]:
        windows = self._find_windows([field.text for fields in documents for field in fields])
        mentions: list[list[Mention]] = [[] for _ in documents]
        firsts = list(accumulate(map(len, documents), initial=0))
        for place in sorted({bisect_right(firsts, number) - 1 for number in windows}):
            fields = documents[place]
            mentions[place] = self._read(fields, [windows.get(firsts[place] + number) for number in range(len(fields))])
        return mentions

    def _read(self, fields: Sequence[TextField], windows: Sequence[Sequence[Window] | None]) -> list[Mention]:
        texts = [hide_surrogates(field.text) for field in fields]
        seen = [self._component.find(text, found) if found else [] for text, found in zip(texts, windows, strict=True)]
        return self._judge(Document(fields, texts, seen)) if any(seen) else []

    def _judge(self, document: Document) -> list[Mention]:
        mentions: list[Mention] = []
        for candidate in self._sense.settle(document):
            mentions.extend(self._build_mentions(document, candidate))
        return mentions

    def _build_mentions(self, document: Document, candidate: Candidate) -> Iterator[Mention]:
        place, start, end, _ = candidate
        field, text = document.fields[place], document.texts[place]
        first, last = _clip(document.sentence(place, start, end), candidate)
        sentence = text[first:last]
        is_denied = self._negation.is_negated(sentence, start - first, end - first)
        role, spelt, told = field.find_role(start), field.text[start:end], sentence.strip()
        for target, via, agent in self._find_links(candidate, text):
            yield Mention(field.path, role, start, end, spelt, told, target, via, agent, is_denied)

    def _find_links(self, candidate: Candidate, text: str) -> list[_Link]:
        """Return target, way and agent of every link, by target."""
        thing = candidate.name.thing
        if id(thing) not in self._links:  # the vocabulary keeps every thing alive, so that no id is used again
            tracing, treating = self._list_links(thing, is_drug=False), self._list_links(thing, is_drug=True)
            self._links[id(thing)] = tracing, treating if treating != tracing else None
        tracing, only_treating = self._links[id(thing)]
        return tracing if only_treating is None or not _is_drug(candidate, text) else only_treating

    def _list_links(self, thing: Target | Agent, *, is_drug: bool) -> list[_Link]:
        if isinstance(thing, Target):
            return [(thing.name, "name", None)]
        genes = {target.name: target.symbol for target in self._vocabulary.targets}
        found = sorted(self._vocabulary.targets_of(thing))
        actions = {name: {act.action for act in thing.actions if act.gene == genes[name]} for name in found}
        return [(name, _find_via(done, is_drug=is_drug), thing.name) for name, done in actions.items()] or [
            (None, "agent", thing.name)
        ]


def _tell(reading: Judged, fields: Sequence[TextField]) -> Reading:
    field, start, end, name = reading.candidate
    kind = "target" if isinstance(name.thing, Target) else "agent"
    spelt = fields[field].text[start:end]
    return Reading(fields[field].path, start, end, spelt, kind, name.thing.name, reading.is_linked, reading.why)


def _find_via(actions: Collection[ActionKind], *, is_drug: bool) -> Via:
    return "tracer" if "images" in actions and not (is_drug and len(actions) > 1) else "agent"


def _is_drug(candidate: Candidate, text: str) -> bool:
    """Return whether a ligand is named with an isotope that treats."""
    before = text[max(0, candidate.start - _REACH) : candidate.start]
    is_treating = _TREATING.search(text, candidate.start, candidate.end) or _TREATING_BEFORE.search(before)
    return is_treating is not None


def _clip(bounds: tuple[int, int], candidate: Candidate) -> tuple[int, int]:
    begin, end = bounds
    if end - begin <= _LONGEST_SENTENCE:
        return bounds
    aside = _LONGEST_SENTENCE // 2
    return max(begin, candidate.start - aside), min(end, candidate.end + aside)
