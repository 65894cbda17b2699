"""How alike two short texts are: folded keys, weighed words, a score from 0 to 1; pairs nothing and knows no field."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from math import fsum

from rapidfuzz.fuzz import ratio

# Signs that carry meaning: "PD-L1 < 50 %" is not "PD-L1 ≥ 50 %".
_SIGNS = "<>≤≥±+%="
_BETWEEN_DIGITS = re.compile(rf"(?<=\d)[^\w{_SIGNS}]+(?=\d)")
_NOTHING_SAID = re.compile(rf"[^\w{_SIGNS}·]+")
_HYPHEN = re.compile(r"(?<=\w)[-‐‑‒–^](?=\w)")
_VERSION = re.compile(r"\bv(?=\d)")  # "RECIST v1.1"
_WORD = re.compile(r"[^\W_]+(?:\.\d+)?")
_PLURAL = 4  # letters of the shortest word whose last s may be a plural's

# Said in so many items of a trial that they tell little, also where they stand in few.
_SMALL_WORDS = frozenset(
    {
        "a", "an", "and", "are", "as", "at", "be", "been", "by", "for", "from", "has", "have", "if", "in", "into", "is",
        "it", "its", "of", "on", "or", "per", "than", "that", "the", "their", "thi", "to", "was", "were", "which",
        "who", "will", "with", "within", "not", "no", "any", "all", "other", "each", "must", "may", "least", "most",
        "one", "against", "during", "after", "before", "through", "over", "patient", "participant", "subject", "known",
        "history", "defined", "according", "count", "level", "value", "number", "rate", "percentage", "proportion",
        "incidence", "occurrence", "frequency", "assessment", "evaluation",
    }
)  # fmt: skip
_UNITS = frozenset(
    {"mg", "kg", "g", "ml", "dl", "l", "mm", "mm3", "cm", "ul", "μl", "iu", "u", "uln", "lln", "x", "percent", "msec"}
)  # fmt: skip
# Little is said by a number, a unit or a small word: the platelets and the neutrophils may share the rest of the line.
_SMALL_WEIGHT, _NUMBER_WEIGHT = 0.1, 0.3

# A word spelt otherwise is the same word from here on; "cisplatin" and "carboplatin" are far below.
_SAME_SPELLING, _LONG_WORD, _MORE_LETTERS = 85.0, 6, 3
# Texts that share less than this of their words are not searched for respelt ones.
_WORTH_A_LOOK = 0.2


@lru_cache(maxsize=20_000)
def fold_key(text: str) -> str:
    """Return a text without case, accents, spaces and punctuation; numbers stay apart, comparing signs stay."""
    return _NOTHING_SAID.sub("", _BETWEEN_DIGITS.sub("·", _plain(text)))


@lru_cache(maxsize=20_000)
def find_words(text: str) -> frozenset[str]:
    """Return the words of a text, folded; a hyphenated one is one word, a plural its singular."""
    found = _WORD.findall(_VERSION.sub("", _HYPHEN.sub("", _plain(text))))
    return frozenset(word[:-1] if len(word) >= _PLURAL and word[-1] == "s" != word[-2] else word for word in found)


def find_telling_words(text: str) -> frozenset[str]:
    """Return the words of a text without small words, units and numbers."""
    return frozenset(word for word in find_words(text) if _weigh_alone(word) == 1.0)


class Weigher:
    """Scores texts of one list against another's; a word in many items of a list tells little about one of them.

    Sums are exact (`fsum`): a score does not depend on the order in which a process holds a set of words.
    """

    def __init__(self, *sides: Iterable[str]) -> None:
        counts = [Counter(word for text in side for word in find_words(text)) for side in sides]
        self._most = {word: max(count[word] for count in counts) for word in set().union(*counts)}
        self._weights: dict[str, float] = {}
        self._totals: dict[frozenset[str], float] = {}

    def score(self, old: str, new: str) -> float:
        """Return how alike two texts are: the weight of the words they share, of all their words, 0 to 1."""
        before, after = find_words(old), find_words(new)
        if before == after:
            return 1.0 if before else 0.0
        total = self._total(before) + self._total(after)
        shared = 2 * fsum(map(self._weigh, before & after))
        if shared < _WORTH_A_LOOK * total:
            return shared / total if total else 0.0
        respelt = _find_respelt(before - after, after - before)
        shared += 2 * fsum(min(self._weigh(one), self._weigh(other)) for one, other in respelt)
        return min(1.0, shared / total)

    def _total(self, words: frozenset[str]) -> float:
        if words not in self._totals:
            self._totals[words] = fsum(map(self._weigh, words))
        return self._totals[words]

    def _weigh(self, word: str) -> float:
        if word not in self._weights:
            self._weights[word] = _weigh_alone(word) / self._most.get(word, 1) ** 0.5
        return self._weights[word]


def _weigh_alone(word: str) -> float:
    if word in _SMALL_WORDS:
        return _SMALL_WEIGHT
    return _NUMBER_WEIGHT if word[0].isdigit() or len(word) == 1 or word in _UNITS else 1.0


def _find_respelt(lost: frozenset[str], won: frozenset[str]) -> list[tuple[str, str]]:
    """Return the pairs of long words without digits that are one word in two spellings, each word once."""
    found: list[tuple[str, str]] = []
    candidates = {word for word in won if len(word) >= _LONG_WORD and word.isalpha()}
    for word in sorted(lost):
        if len(word) >= _LONG_WORD and word.isalpha():
            other = next((other for other in sorted(candidates) if _is_respelt(word, other)), None)
            if other is not None:
                found.append((word, other))
                candidates.discard(other)
    return found


@lru_cache(maxsize=50_000)
def _is_respelt(one: str, other: str) -> bool:
    is_near = abs(len(one) - len(other)) <= _MORE_LETTERS
    return is_near and ratio(one, other, score_cutoff=_SAME_SPELLING) > 0


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))
