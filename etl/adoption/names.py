"""What a text names and the vocabulary does not: acronyms of trials, words and codes that look like drugs. Pure."""

from __future__ import annotations

import difflib
import functools
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

import msgspec

from models.adoption_rules import read_adoption_rules

# Sponsors' codes: letters and three digits or more (AB154, BMS-986016), or a hyphen and two (OATD-02, ADU-S100).
_CODE = re.compile(
    r"(?<![A-Za-z0-9/-])"
    r"(?:[A-Z]{2,6}[ -]?\d{3,9}[A-Z]?|[A-Z]{2,5}-[A-Z]{0,3}\d{2,9}[A-Z]?)"
    r"(?![A-Za-z0-9]|[-\u2013]\d|\.\d)"
)
_FAMILY = re.compile(
    r"(?<![A-Za-z0-9-])(?P<name>[A-Za-z]*[A-Z]{2,}[A-Za-z]*|CheckMate|Checkmate|[A-Z][a-z]{4,}(?=-?\d{2}))[ -]?"
    r"(?P<number>\d{1,4}[A-Z]{0,2})"
    r"(?![A-Za-z0-9]|-\d|\.\d|\s?%)"
)
# Words of capitals that stand straight before or behind what is said of trials alone.
_CAPITALS = r"(?:[A-Z][a-z]{1,3})?[A-Z]{4,}(?:-[A-Z]{2,})?(?:[ -]\d{1,3})?"
_BEFORE_TRIAL = re.compile(
    rf"(?<![A-Za-z0-9-])(?P<name>{_CAPITALS})(?=,?\s+(?:(?:phase\s+\S+|umbrella|platform|basket|randomi[sz]ed|pivotal)\s+)?"
    r"(?:trials?|study|studies)\b)"
)
_BEHIND_TRIAL = re.compile(
    rf"\b(?:trials?|study|studies)\s*(?:,\s*|\(\s*|called\s+|named\s+|:\s*)(?:the\s+)?(?P<name>{_CAPITALS})(?![A-Za-z0-9-])"
)
_BESIDE_NUMBER = re.compile(
    rf"(?<![A-Za-z0-9-])(?P<name>{_CAPITALS})(?=\)?\s*[(,;:|\[]*\s*(?i:clinicaltrials\.gov\s*:?\s*)?NCT\d{{8}})"
)
_BEHIND_NUMBER = re.compile(rf"NCT\d{{8}}\s*[(,;:|\[]+\s*(?P<name>{_CAPITALS})(?![A-Za-z0-9-])")
_LONG_WORD = re.compile(r"(?<![^\W_])[A-Za-z][a-z]{5,}(?![^\W_])")
_MISSPELT = 0.86
_SHORTEST_MISSPELT = 9
_LENGTHS_APART = 3


@functools.cache
def _read_patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Return what is a drug by its stem, what is no code, and what is a trial by its word alone."""
    rules = read_adoption_rules()
    drug = rf"[A-Za-z][a-z]{{2,}}(?:{_build_choice(rules.drug_stems)})"
    no_code = rf"(?:{_build_choice(rules.no_codes)})[ -]?\d.*"
    single = rf"(?<![A-Za-z0-9-])(?P<name>{_build_choice(rules.trial_words)})(?![A-Za-z0-9-])"
    return re.compile(drug), re.compile(no_code), re.compile(single)


def _build_choice(words: Collection[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


class Unknown(msgspec.Struct, frozen=True):
    """One name that nobody resolved: how it is written first, where, and how often."""

    text: str
    start: int
    times: int
    advice: str = ""


def find_acronyms(text: str, known: Collection[str]) -> list[Unknown]:
    """Return the names that stand for trials, in the order of the text; `known` are names that are something else."""
    found = [(match.start(), match[0]) for match in _FAMILY.finditer(text) if _is_family(match)]
    for pattern in (_read_patterns()[2], _BEFORE_TRIAL, _BEHIND_TRIAL, _BESIDE_NUMBER, _BEHIND_NUMBER):
        found += [
            (match.start("name"), match["name"]) for match in pattern.finditer(text) if _is_acronym(match["name"])
        ]
    folded = {_fold(name) for name in known}
    return _count([one for one in found if _fold(one[1]) not in folded])


def find_unknown_drugs(text: str, known: Collection[str]) -> list[Unknown]:
    """Return the words and codes that look like drugs' names, in the order of the text; `text` holds no known names.

    A word much like one of the `known` names is probably a slip of the print.
    """
    by_fold = {name.casefold(): name for name in known}
    written = {match[0] for match in _LONG_WORD.finditer(text)}
    drugs = {word for word in written if _is_drug(word) or _find_near(word, by_fold)}
    words = [(match.start(), match[0]) for match in _LONG_WORD.finditer(text) if match[0] in drugs]
    codes = [
        (match.start(), match[0])
        for match in _CODE.finditer(text)
        if not _read_patterns()[1].fullmatch(match[0]) and not _is_family_name(match[0])
    ]
    return [_advise(one, by_fold) for one in _count([*words, *codes])]


def _is_drug(word: str) -> bool:
    return _read_patterns()[0].fullmatch(word) is not None and word.casefold() not in read_adoption_rules().no_drugs


def _advise(one: Unknown, known: Mapping[str, str]) -> Unknown:
    near = _find_near(one.text, known)
    return msgspec.structs.replace(one, advice=f"misspelt for {near}?") if near else one


def _find_near(word: str, known: Mapping[str, str]) -> str:
    """Return the known name that a word is much like and not, "" for none."""
    folded = word.casefold()
    if len(word) < _SHORTEST_MISSPELT or folded in known:
        return ""
    alike = [name for name in known if name[0] == folded[0] and abs(len(name) - len(folded)) < _LENGTHS_APART]
    near = difflib.get_close_matches(folded, alike, n=1, cutoff=_MISSPELT)
    return known[near[0]] if near else ""


def _count(found: Collection[tuple[int, str]]) -> list[Unknown]:
    """Return each name once, where it stands first; hyphens, spaces and case alike."""
    places = sorted(set(found))
    times = Counter(_fold(text) for _, text in places)
    first: dict[str, tuple[int, str]] = {}
    for start, text in places:
        first.setdefault(_fold(text), (start, text))
    return [Unknown(text, start, times[fold]) for fold, (start, text) in first.items()]


def _is_family(match: re.Match[str]) -> bool:
    """Whether a word and a number name a trial: of a known family, or a long word in capitals before three digits."""
    return match["name"].casefold() in read_adoption_rules().trial_families or (
        "-" in match[0] and match["name"].isupper() and len(match["name"]) > 4 and len(match["number"]) > 1  # noqa: PLR2004  shorter ones are codes
    )


def _is_family_name(text: str) -> bool:
    match = _FAMILY.fullmatch(text)
    return match is not None and _is_family(match)


def _is_acronym(name: str) -> bool:
    return read_adoption_rules().no_acronyms.isdisjoint({name.upper(), re.split(r"[ -]", name.upper(), maxsplit=1)[0]})


def _fold(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()


def iterate_blanked(text: str, spans: Collection[tuple[int, int]]) -> Iterator[str]:
    """Yield the parts of a text with what stands in the spans as spaces, so that all else keeps its place."""
    done = 0
    for start, end in sorted(spans):
        if end > done:
            yield text[done : max(done, start)]
            yield " " * (end - max(done, start))
            done = end
    yield text[done:]
