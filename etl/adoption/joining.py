"""Lines to paragraphs: a hyphen at a line's end goes where it parts a word, and stays where a name has it. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from etl.adoption.characters import SOFT_HYPHEN, Chars, join
from etl.adoption.numbers import goes_on
from etl.adoption.pages import is_row
from models.adoption_rules import read_adoption_rules
from models.vocabulary import Vocabulary

_WORD = re.compile(r"[^\W_]+(?:[-/][^\W_]+)*")
_TAIL = re.compile(r"[^\W_]+(?:[-/][^\W_]+)*\Z")
_BROKEN = re.compile(rf"([^\W_]+(?:[-/][^\W_]+)*)[-{SOFT_HYPHEN}]\Z")
_BROKEN_NUMBER = re.compile(r"(?<![A-Za-z0-9])(?:N-?\Z|NC-?\Z)")
_NUMBER_GOES_ON = {"N": re.compile(r"CT[\s:#-]{0,2}\d{8}(?!\d)"), "NC": re.compile(r"T[\s:#-]{0,2}\d{8}(?!\d)")}
_TRIAL_NUMBER = re.compile(r"NCT[\s:#-]{0,2}\d{0,7}-?\Z", re.IGNORECASE)
_SHORTEST_NAME = 6
_HEADING = re.compile(r"#{1,6}\s|\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+[A-Z][^.!?;]{2,90}\Z")
_BULLET = re.compile(r"\s*(?:[-*+\u2022\u25cf\u25aa\u25e6\u00b7]|\(?\d{1,2}[.)])\s+\S")
_ENDED = re.compile(r"[.!?:]['\")\]\u201d\u2019]*\Z")
_INSIDE = re.compile(r"(?<![^\W_])([^\W\d_]{2,})-([a-z]{2,})(?![^\W_])")


# As a copied page leaves it: oleclu- mab.
_SPACED = re.compile(r"(?<![^\W_])([^\W_]{2,}(?:-[^\W_]+)*)- ([^\W_]{2,})(?![^\W_])")


class Lexicon:
    """What decides over a hyphen: the names of the vocabulary, and the words that the text writes inside its lines."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        things = (*vocabulary.targets, *vocabulary.agents)
        self.names = {text.casefold() for thing in things for text, _ in thing.graded()}
        self.seen: Counter[str] = Counter()

    def see(self, lines: Iterable[str]) -> None:
        """Count the words that stand inside lines; at their ends they may be broken."""
        for line in lines:
            words = [word[0].casefold() for word in _WORD.finditer(line)]
            self.seen.update(words[1:-1])

    def drops_hyphen(self, before: str, after: str) -> bool:
        """Return whether `before`-`after`, broken at a line's end, is one word without its hyphen."""
        joined, kept = f"{before}{after}".casefold(), f"{before}-{after}".casefold()
        if (joined in self.names) != (kept in self.names):
            return joined in self.names
        if self.seen[joined] != self.seen[kept]:
            return self.seen[joined] > self.seen[kept]
        last = re.split(r"[-/]", before)[-1]
        first = re.split(r"[-/]", after)[0]
        if f"{last}{first}".casefold() in read_adoption_rules().trial_families:
            return True
        # A name's parts begin with a capital or a digit, or are one sign.
        if not (last.isalpha() and first.isalpha() and first.islower()) or len(last) == 1 or len(first) == 1:
            return False
        return last.casefold() not in read_adoption_rules().hyphen_prefixes

    def joins_bare(self, before: str, after: str) -> bool:
        """Return whether two pieces that a line's end parts without a hyphen are one name."""
        joined = f"{before}{after}".casefold()
        return len(joined) >= _SHORTEST_NAME and joined in self.names and after.casefold() not in self.names


def join_lines(lines: Sequence[Chars], lexicon: Lexicon) -> Chars:
    """Return lines as paragraphs, each in one line, with an empty line between; a table's rows stay lines."""
    parts: list[Chars] = []
    is_apart = True
    for raw in lines:
        line = raw.strip()
        if not line.text:
            is_apart = True
            continue
        if parts:
            is_block = is_apart or _begins(parts[-1].text, line.text, raw.text)
            parts[-1], glue = glue_lines(parts[-1], line, lexicon, is_block=is_block)
            if glue is not None:
                parts[-1] = join([parts[-1], glue, line]) if len(glue) else join([parts[-1], line])
                is_apart = False
                continue
        parts.append(line)
        is_apart = False
    ends = [Chars("\n\n", (part.origins[-1],) * 2) for part in parts]
    return mend_words(join([piece for pair in zip(parts, ends, strict=True) for piece in pair]), lexicon)


def glue_lines(before: Chars, after: Chars, lexicon: Lexicon, *, is_block: bool = False) -> tuple[Chars, Chars | None]:
    """Return the first of two lines, without a hyphen that goes, and what stands between them; None: they are apart.

    `is_block`: something parts them, so only what is broken in the middle goes on.
    """
    head = _WORD.match(after.text)
    nothing, space = Chars("", ()), Chars(" ", (before.origins[-1],))
    if goes_on(before.text, after.text):
        return _drop_hyphen(before), nothing
    broken_number = _BROKEN_NUMBER.search(before.text)
    if broken_number and _NUMBER_GOES_ON[broken_number[0].rstrip("-")].match(after.text):
        return _drop_hyphen(before), nothing
    broken = _BROKEN.search(before.text)
    if broken and head and not _TRIAL_NUMBER.search(before.text):
        if before.text.endswith(SOFT_HYPHEN) or lexicon.drops_hyphen(broken[1], head[0]):
            return _drop_hyphen(before), nothing
        return before, nothing
    tail = _TAIL.search(before.text)
    if tail and head and lexicon.joins_bare(tail[0], head[0]):
        return before, nothing
    return before, None if is_block and not _runs_on(before.text, after.text) else space


def _drop_hyphen(line: Chars) -> Chars:
    return line.cut(0, len(line.text.rstrip(f"-{SOFT_HYPHEN}")))


def _begins(before: str, line: str, raw: str) -> bool:
    """Whether a line begins something of its own."""
    last = before.rpartition("\n")[2]
    return bool(_HEADING.match(line) or _BULLET.match(raw) or is_row(line) or is_row(last) or _HEADING.match(last))


def _runs_on(before: str, after: str) -> bool:
    """Whether a sentence goes on behind a page's end."""
    is_prose = not (is_row(before) or is_row(after) or _HEADING.match(before) or _BULLET.match(after))
    return is_prose and not _ENDED.search(before) and after[:1].islower()


def mend_words(text: Chars, lexicon: Lexicon) -> Chars:
    """Return a text without hyphens that a former line's end left in a name (oleclu-mab), and without soft ones."""
    gone = [match.end(1) for match in _INSIDE.finditer(text.text) if _is_split_name(match, lexicon)]
    for match in _SPACED.finditer(text.text):
        if f"{match[1]}{match[2]}".casefold() in lexicon.names:
            gone += [match.end(1), match.end(1) + 1]
        elif f"{match[1]}-{match[2]}".casefold() in lexicon.names:
            gone.append(match.end(1) + 1)
    gone += [place for place, sign in enumerate(text.text) if sign == SOFT_HYPHEN]
    bounds = [-1, *sorted(gone), len(text)]
    return join(text.cut(start + 1, end) for start, end in pairwise(bounds))


def _is_split_name(match: re.Match[str], lexicon: Lexicon) -> bool:
    joined = f"{match[1]}{match[2]}".casefold()
    return len(joined) >= _SHORTEST_NAME and joined in lexicon.names and match[0].casefold() not in lexicon.names
