"""One text read: its trials, agents, targets and papers with their places, and what is left to a person. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from etl.adoption.characters import Chars, join
from etl.adoption.joining import Lexicon, glue_lines, join_lines
from etl.adoption.markup import is_markup, read_markup, read_plain
from etl.adoption.names import find_acronyms, find_unknown_drugs, iterate_blanked
from etl.adoption.numbers import FoundNumber, OddNumber, find_numbers
from etl.adoption.pages import find_layout, is_row
from etl.children.registry_numbers import find_numbers as find_registry_numbers
from etl.tagging.sentences import Sentences
from models.adoption import Adoption, NamedThing, OpenPoint, Place, TrialCitation
from models.mention import Mention, TextField
from models.vocabulary import Agent, Target, Vocabulary

Tag = Callable[[Sequence[TextField]], list[Mention]]
_AROUND = 45  # code points on each side of what is quoted
_HEADING = re.compile(
    r"(?m)^(?:#{1,6}\s+(?P<marked>\S.*)|(?P<numbered>\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+[A-Z][^.!?;\n]{2,90}))$"
)
_PMID = re.compile(
    # An address that a line's end broke goes on to its slash.
    r"(?:pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/)(?P<linked>[1-9]\d{0,7}(?:\s\d{1,7}(?=/))?)(?!\d)"
    # Several behind one word have all their digits; one alone may be old and short.
    r"|\bPMIDs?\s*[:#]?\s*(?P<listed>[1-9]\d{0,7}(?!\d)(?:(?:\s*[,;]\s*|\s+and\s+|\s*,\s*and\s+)[1-9]\d{6,7}(?!\d))*)",
    re.IGNORECASE,
)
# One pattern for each, because a row of digits is a number only with its registry's name or in its own shape.
_REGISTRY = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:ISRCTN|ChiCTR|jRCT|UMIN|ACTRN|DRKS|CTRI|KCT|NTR|JapicCTI|PACTR|IRCT|TCTR|RBR|SLCTR|SNCTP|"
    r"NL-OMON)[\s:#-]{0,2}[A-Z]{0,6}-?\d[\dA-Za-z/-]*|20\d\d-\d{6}-\d\d(?:-\d\d)?)(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_SCHEMES = {
    "ctis": "EU CT number (CTIS)", "eudract": "EudraCT", "isrctn": "ISRCTN", "chictr": "ChiCTR", "jrct": "jRCT",
    "umin": "UMIN", "actrn": "ANZCTR", "drks": "DRKS", "ctri": "CTRI", "kct": "CRIS (Korea)", "ntr": "NTR",
}  # fmt: skip
_CAPTION = re.compile(r"(?m)^(?P<caption>(?:Supplementary |Extended Data )?Table S?\d+\b[^\n]{0,150})$")
NUMBERS, REGISTRIES, ACRONYMS, NAMES, TWICE, JOINED, UNSEARCHED = (
    "Numbers that are none",
    "Numbers of other registries",
    "Names of trials, not resolved",
    "Perhaps drugs, not in the vocabulary",
    "Trials cited more than once",
    "Numbers put together",
    "Agents that cannot be watched",
)


def read_text(raw: str, source: str, vocabulary: Vocabulary, tag: Tag) -> Adoption:
    """Return what a text names; `source` is what it is called, `tag` finds the vocabulary's names in texts."""
    original = read_markup(raw) if is_markup(raw) else read_plain(raw)
    lexicon = Lexicon(vocabulary)
    layout = find_layout(original, lexicon.names)
    lexicon.see(line.text for line in layout.lines)
    text = join_lines(layout.lines, lexicon)
    patches = [patch for chain in layout.chains for patch in _find_patches(chain, lexicon)]
    return _Reader(raw, source, vocabulary, text, patches).build(tag)


def _find_patches(chain: Sequence[Chars], lexicon: Lexicon) -> Iterator[Chars]:
    """Yield what a column of a table breaks between two of its cells: the two, put together."""
    for above, below in pairwise(chain):
        if " " in below.text[:1] or not above.text:
            continue
        first, glue = glue_lines(above, below, lexicon, is_block=True)
        if glue is not None and not len(glue):
            yield join([first, below])


class _Reader:
    """Puts together what is found in one text and in the broken cells of its tables (`patches`)."""

    def __init__(self, raw: str, source: str, vocabulary: Vocabulary, text: Chars, patches: Sequence[Chars]) -> None:
        self._source = source
        self._vocabulary = vocabulary
        self._text = text
        self._patches = patches
        self._lines = [0, *(found.end() for found in re.finditer(r"\r\n?|\n", raw))]
        self._sentences = Sentences(text.text)
        self._headings = [
            (one.start(), (one["marked"] or one["numbered"]).strip()) for one in _HEADING.finditer(text.text)
        ]

    def build(self, tag: Tag) -> Adoption:
        """Return all that was found."""
        mentions = tag([TextField("text", "abstract", self._text.text)])
        mended = [one for one in self._patches if tag([TextField("text", "abstract", one.text)])]
        extra = [(patch, one) for patch in mended for one in tag([TextField("text", "abstract", patch.text)])]
        found, odd = self._find_numbers()
        trials = tuple(self._cite(*one, mentions) for one in found)
        agents = list(self._gather(mentions, extra, is_agent=True))
        known = {one.name: self._vocabulary.find_agent(one.name) for one in agents}
        watchable = tuple(one for one in agents if _is_watchable(known[one.name]))
        return Adoption(
            source=self._source,
            trials=trials,
            agents=watchable,
            backbones=tuple(one for one in agents if one not in watchable),
            targets=tuple(self._gather(mentions, extra, is_agent=False)),
            articles=tuple(self._find_articles()),
            points=tuple(self._find_points(trials, odd, mentions, agents)),
        )

    def _find_numbers(self) -> tuple[list[tuple[Chars, FoundNumber]], list[OddNumber]]:
        """Return the numbers in the order of the text, each with the text it stands in, and those that are none."""
        found, odd = find_numbers(self._text.text)
        placed = {self._text.origins[one.start]: (self._text, one) for one in found}
        for patch in self._patches:
            for one in find_numbers(patch.text)[0]:
                # Only what lies in both cells was not seen in the text itself.
                if _has_gap(patch, one.start, one.end):
                    placed.setdefault(patch.origins[one.start], (patch, one))
        kept = [one for one in odd if self._text.origins[one.start] not in placed]
        return [placed[origin] for origin in sorted(placed)], kept

    def _cite(self, text: Chars, one: FoundNumber, mentions: Sequence[Mention]) -> TrialCitation:
        start = self._locate(text, one.start)
        begin, end = self._sentences.bounds(start, start + 1)
        inside = [each for each in mentions if begin <= each.start < end]
        is_joined = one.is_joined or text is not self._text or _has_gap(text, one.start, one.end)
        return TrialCitation(
            nct_id=one.nct_id,
            place=self._place(start, start + (one.end - one.start if text is self._text else 3)),
            sentence=" ".join(self._text.text[begin:end].split()),
            section=self._find_section(start),
            is_joined=is_joined,
            agents=tuple(dict.fromkeys(each.agent for each in inside if each.agent)),
            targets=tuple(dict.fromkeys(each.target for each in inside if each.target and each.via == "name")),
        )

    def _gather(
        self, mentions: Sequence[Mention], extra: Sequence[tuple[Chars, Mention]], *, is_agent: bool
    ) -> Iterator[NamedThing]:
        """Yield the agents or the targets named, in the order of the text."""
        spans: dict[str, dict[tuple[int, int], str]] = {}
        own = [(one.start, one.end, one) for one in mentions]
        # What a table's cells break is seen in their patch alone; in a line's own words it was seen before.
        taken = {(one.agent, place) for one in mentions for place in (one.start, one.end - 1)}
        own += [
            (start, -1, one)
            for patch, one in extra
            if _has_gap(patch, one.start, one.end) and (one.agent, start := self._locate(patch, one.start)) not in taken
        ]
        for start, end, one in sorted(own, key=lambda each: each[0]):
            name = one.agent if is_agent else (one.target if one.via == "name" else None)
            if name is not None:
                spans.setdefault(name, {})[start, end] = one.text
        for name, places in spans.items():
            (start, end), *_ = places
            yield NamedThing(
                name=name,
                mentions=len(places),
                spellings=tuple(dict.fromkeys(places.values())),
                place=self._place(start, max(start, end)),
            )

    def _find_articles(self) -> Iterator[tuple[str, Place]]:
        found: dict[str, Place] = {}
        for match in _PMID.finditer(self._text.text):
            numbers = re.findall(r"\d+", match["listed"]) if match["listed"] else [re.sub(r"\s", "", match["linked"])]
            for pmid in numbers:
                found.setdefault(pmid, self._place(*match.span()))
        yield from found.items()

    def _find_points(
        self,
        trials: Sequence[TrialCitation],
        odd: Sequence[OddNumber],
        mentions: Sequence[Mention],
        agents: Sequence[NamedThing],
    ) -> Iterator[OpenPoint]:
        for number in odd:
            yield OpenPoint(
                kind=NUMBERS, text=number.text, place=self._place(number.start, number.end), advice=number.advice
            )
        yield from self._find_other_registries()
        yield from self._find_unknown(trials, odd, mentions)
        for agent in agents:
            thing = self._vocabulary.find_agent(agent.name)
            if thing and thing.role == "lead" and not _is_watchable(thing):
                advice = "no verified name to search with; watch its trials by number"
                yield OpenPoint(kind=UNSEARCHED, text=agent.name, place=agent.place, advice=advice)
        times = Counter(one.nct_id for one in trials)
        for nct_id in (one for one, number in times.items() if number > 1):
            places = [one.place for one in trials if one.nct_id == nct_id]
            advice = f"{len(places)} times, lines {', '.join(str(one.line) for one in places)}: one trial, or a slip?"
            yield OpenPoint(kind=TWICE, text=nct_id, place=places[0], advice=advice)
        for one in trials:
            if one.is_joined:
                yield OpenPoint(kind=JOINED, text=one.nct_id, place=one.place, advice="broken in the text; compare it")

    def _find_other_registries(self) -> Iterator[OpenPoint]:
        seen: set[str] = set()
        for match in _REGISTRY.finditer(self._text.text):
            for scheme, number in find_registry_numbers(match[0]):
                if scheme != "nct" and number not in seen:
                    seen.add(number)
                    advice = f"{_SCHEMES.get(scheme, scheme)}: not read here; look for its NCT number"
                    yield OpenPoint(kind=REGISTRIES, text=number, place=self._place(*match.span()), advice=advice)

    def _find_unknown(
        self, trials: Sequence[TrialCitation], odd: Sequence[OddNumber], mentions: Sequence[Mention]
    ) -> Iterator[OpenPoint]:
        names = _list_names(self._vocabulary)
        text = self._text.text
        known = [(one.start, one.end) for one in mentions]
        other = [one.span() for one in _REGISTRY.finditer(text)] + [(one.start, one.end) for one in odd]
        blanked = "".join(iterate_blanked(text, [*known, *other]))
        beside = _pair_acronyms(trials)
        for one in find_acronyms(text, names):
            advice = (
                f"the text prints {beside[one.text]} beside it: the same trial?"
                if one.text in beside
                else "look up its number"
            )
            yield self._point(ACRONYMS, one.text, one.start, one.times, advice)
        for one in find_unknown_drugs(blanked, [name for name in names if name.isalpha()]):
            yield self._point(NAMES, one.text, one.start, one.times, one.advice)

    def _point(self, kind: str, text: str, start: int, times: int, advice: str) -> OpenPoint:
        often = f"{times} times" if times > 1 else ""
        said = "; ".join(filter(None, (often, advice)))
        return OpenPoint(kind=kind, text=text, place=self._place(start, start + len(text)), advice=said)

    def _find_section(self, start: int) -> str:
        """Return the heading above; of what stands in a table's row, its caption."""
        text = self._text.text
        line = text[text.rfind("\n", 0, start) + 1 : text.find("\n", start)]
        captions = [one["caption"] for one in _CAPTION.finditer(text, 0, start)] if is_row(line) else []
        if captions:
            return captions[-1].strip()
        place = bisect_right(self._headings, start, key=lambda one: one[0])
        return self._headings[place - 1][1] if place else ""

    def _locate(self, text: Chars, start: int) -> int:
        """Return where what stands in a patch stands in the text itself."""
        if text is self._text:
            return start
        origin = text.origins[start]
        return min(range(len(self._text)), key=lambda place: abs(self._text.origins[place] - origin))

    def _place(self, start: int, end: int) -> Place:
        origin = self._text.origins[start]
        text = self._text.text
        first = max(text.rfind("\n", 0, start) + 1, start - _AROUND)
        line_end = text.find("\n", end)
        last = min(line_end if line_end >= 0 else len(text), end + _AROUND)
        # Whole words: a cut one says something else.
        while first < start and first > 0 and not text[first - 1].isspace():
            first += 1
        while last > end and last < len(text) and not text[last].isspace():
            last -= 1
        return Place(bisect_right(self._lines, origin), " ".join(text[first:last].split()))


def _pair_acronyms(trials: Sequence[TrialCitation]) -> dict[str, str]:
    """Return the acronyms that stand in the sentence of one trial alone, straight beside its number."""
    pairs: dict[str, str] = {}
    for one in trials:
        for near in find_acronyms(one.sentence, ()):
            gap = re.search(
                rf"{re.escape(near.text)}\W{{1,3}}(?:clinicaltrials\.gov\W{{0,2}})?{one.nct_id}"
                rf"|{one.nct_id}[\s,;:|(\[]{{1,3}}{re.escape(near.text)}(?!\W{{1,3}}NCT)",
                one.sentence,
                re.IGNORECASE,
            )
            if gap:
                pairs.setdefault(near.text, one.nct_id)
    return pairs


def _has_gap(text: Chars, start: int, end: int) -> bool:
    """Whether the signs of a part did not follow each other in the original."""
    return text.origins[end - 1] - text.origins[start] != end - 1 - start


def _is_watchable(agent: Agent | None) -> bool:
    return agent is not None and agent.role == "lead" and bool(agent.search_terms())


def _list_names(vocabulary: Vocabulary) -> list[str]:
    things: tuple[Agent | Target, ...] = (*vocabulary.targets, *vocabulary.agents)
    return [text for thing in things for text, _ in thing.graded()]
