"""Which watch items a study matches, decided over its record alone, where the registry is not there to be asked.

Searched are the areas that the registry's own search looks into, hyphens, spaces and case alike. What the registry
knows of related words beyond the vocabulary stays its own: by a condition, an import may find less than a night does.
Source of the areas: https://clinicaltrials.gov/data-api/about-api/search-areas (InterventionSearch, ConditionSearch),
as of 2026.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from etl.matching import FoldedFields, Found, fold_name
from etl.prescan import NameIndex, RecordScan, find_runs, find_unsure
from etl.tagging.fields import build_trial_fields
from models.expression import Expression, matches, parse_condition
from models.mention import TextField
from models.watchlist import WatchItem

_INTERVENTION = ("briefTitle", "officialTitle", "interventions[", "armGroups[", "keywords[")
_CONDITION = ("briefTitle", "officialTitle", "keywords[")
_SPELLINGS = (("tumour", "tumor"), ("leukaemia", "leukemia"), ("haemato", "hemato"), ("oesophag", "esophag"))
_SHORTEST_PLURAL = 4
_ESCAPE = re.compile(r"\\(?:u[0-9a-f]{4}|.)")


class _NarrowProtocol(msgspec.Struct, rename="camel"):
    identification_module: Any = None


class _Narrow(msgspec.Struct, rename="camel"):
    """The part of a study that holds its numbers; the rest, nearly all of it, is not decoded."""

    protocol_section: _NarrowProtocol


class Areas:
    """The fields of a decoded study by the area of the registry's search they belong to; built when asked for."""

    def __init__(self, study: dict[str, Any]) -> None:
        self.study = study

    @functools.cached_property
    def intervention(self) -> list[TextField]:
        """Titles, interventions, arms, keywords, MeSH terms of the interventions."""
        named = [field for field in self.named if field.path.startswith(_INTERVENTION)]
        return [*named, *_find_mesh(self.study, "interventionBrowseModule")]

    @functools.cached_property
    def condition(self) -> list[TextField]:
        """Titles, conditions, keywords, MeSH terms of the conditions."""
        named = [field for field in self.named if field.path.startswith(_CONDITION)]
        module = _find_object(_find_object(self.study, "protocolSection"), "conditionsModule")
        conditions = _find_texts(module.get("conditions"), "conditions")
        return [*named, *conditions, *_find_mesh(self.study, "conditionBrowseModule")]

    @functools.cached_property
    def folded_intervention(self) -> FoldedFields:
        """The intervention area, as names are looked for in it."""
        return FoldedFields(self.intervention)

    @functools.cached_property
    def folded_named(self) -> FoldedFields:
        """The texts that are tagged, likewise."""
        return FoldedFields(self.named)

    @functools.cached_property
    def folded_whole(self) -> FoldedFields:
        """Every text, likewise."""
        return FoldedFields(self.whole)

    @functools.cached_property
    def named(self) -> list[TextField]:
        """The texts that are tagged, under the names they have there."""
        return build_trial_fields(self.study)

    @functools.cached_property
    def whole(self) -> list[TextField]:
        """Every text, by its path in the record."""
        return _find_texts(self.study, "")


def find_match(item: WatchItem, areas: Areas) -> Found | None:
    """Return the field and the synonym by which a study matches an item, None where it does not.

    An agent must stand in the area of interventions, a target anywhere; a trial is the study of that number or alias.
    """
    if item.kind == "trial":
        return _find_number(item.name, areas.study)
    field, synonym = _find_named(item, areas)
    return (field, synonym) if synonym and meets(item.condition, areas) else None


def _find_named(item: WatchItem, areas: Areas) -> Found:
    if item.kind == "agent":
        return areas.folded_intervention.find_synonym(item.terms)
    found = areas.folded_named.find_synonym(item.terms)
    return found if found[1] else areas.folded_whole.find_synonym(item.terms)


def meets(condition: str, areas: Areas) -> bool:
    """Say whether a study meets a watch item's condition; an empty one is met by all.

    Words are compared in the singular, British spellings as American ones.
    """
    return not condition or meets_in(condition, areas.condition)


def meets_in(condition: str, fields: Sequence[TextField]) -> bool:
    """Say whether some fields meet a condition, likewise."""
    texts = [_fold_words(field.text) for field in fields]
    return matches(_read_condition(condition), lambda term: any(_bound(term.text).search(text) for text in texts))


class Selector:
    """Finds the items that studies match: what `find_match` says of each item and study, but fast."""

    def __init__(self, items: Sequence[WatchItem]) -> None:
        self._items = {item.item_id: item for item in items}
        self._trials = {item.name: item.item_id for item in items if item.kind == "trial"}
        self._named = {one.item_id: one.terms for one in items if one.kind in ("agent", "target")}
        self._index = NameIndex(self._named)
        self._scan = RecordScan(term for own in self._named.values() for term in own)

    def find_matches(
        self, records: Sequence[bytes], numbers: Sequence[Sequence[str]] | None = None
    ) -> list[dict[str, Found] | None]:
        """Return, for each study as it stands, the ids of the items it matches and why; None where it is unreadable.

        `numbers` are each study's own and its aliases, where they are known: it need not be decoded for them.
        """
        wanted = self._find_wanted(records)
        known: Sequence[Sequence[str] | None] = numbers or [None] * len(records)
        return [self._find(*each) for each in zip(records, wanted, known, strict=True)]

    def _find_wanted(self, records: Sequence[bytes]) -> list[set[str] | None]:
        """Return for each record the items that it may name; None where its text as it stands does not tell."""
        wanted: list[set[str] | None] = [set() for _ in records]
        suspects = [place for place, one in enumerate(self._scan.find_suspects(records)) if one]
        unsure = find_unsure([records[place] for place in suspects])
        sure = [place for place, is_unsure in zip(suspects, unsure, strict=True) if not is_unsure]
        found = self._index.find_suspects_in([records[place].decode("utf-8", "replace") for place in sure])
        for place, own in zip(sure, found, strict=True):
            wanted[place] = own
        for place in set(suspects).difference(sure):
            wanted[place] = None
        return wanted

    def _find(self, record: bytes, wanted: set[str] | None, numbers: Sequence[str] | None) -> dict[str, Found] | None:
        try:
            if wanted == set():
                if numbers is not None and self._trials.keys().isdisjoint(numbers):
                    return {}
                return self._find_in(Areas(_decode_narrow(record)), wanted)
            areas = Areas(msgspec.json.decode(record))
            if wanted is None:
                text = msgspec.json.encode(areas.study).decode("utf-8")
                wanted = self._index.find_suspects(find_runs(_ESCAPE.sub(" ", text)))
            return self._find_in(areas, wanted)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None

    def _find_in(self, areas: Areas, wanted: set[str]) -> dict[str, Found]:
        numbers = {self._trials[number] for number in _find_numbers(areas.study) if number in self._trials}
        wanted = wanted | numbers
        found = {item_id: find_match(self._items[item_id], areas) for item_id in sorted(wanted)}
        return {item_id: match for item_id, match in found.items() if match}


def _decode_narrow(record: bytes) -> dict[str, Any]:
    study: dict[str, Any] = msgspec.to_builtins(msgspec.json.decode(record, type=_Narrow))
    return study


def _find_number(name: str, study: dict[str, Any]) -> Found | None:
    numbers = _find_numbers(study)
    if name not in numbers:
        return None
    return "nctId" if name == numbers[0] else "nctIdAliases", name


def _find_numbers(study: dict[str, Any]) -> list[Any]:
    """Return a study's number and its aliases."""
    module = _find_object(_find_object(study, "protocolSection"), "identificationModule")
    aliases = module.get("nctIdAliases")
    return [module.get("nctId"), *(aliases if isinstance(aliases, list) else ())]


@functools.cache
def _read_condition(condition: str) -> Expression:
    return parse_condition(condition)


@functools.cache
def _bound(phrase: str) -> re.Pattern[str]:
    words = [_build_word(word) for word in _fold_words(phrase).split()]
    return re.compile(rf"(?<!\w){' '.join(words)}(?!\w)")


def _build_word(word: str) -> str:
    if not word.isalpha() or len(word) < _SHORTEST_PLURAL:
        return re.escape(word)
    stem = word.removesuffix("s") if not word.endswith("ss") else word
    return rf"{stem}(?:e?s)?"


def _fold_words(text: str) -> str:
    folded = fold_name(text)
    for british, american in _SPELLINGS:
        folded = folded.replace(british, american)
    return folded


def _find_mesh(study: dict[str, Any], module: str) -> list[TextField]:
    terms = _find_object(_find_object(study, "derivedSection"), module)
    return [field for field in _find_texts(terms, module) if field.path.endswith("].term")]


def _find_texts(value: Any, path: str) -> list[TextField]:
    """Return every text of a decoded value with its path."""
    found: list[TextField] = []
    _gather_texts(value, path, found)
    return found


def _gather_texts(value: Any, path: str, found: list[TextField]) -> None:
    # A record has thousands of values: a list filled in passing takes a fifth of the time of nested generators.
    if isinstance(value, str):
        found.append(TextField(path, "description", value))
    elif isinstance(value, dict):
        for key, part in value.items():
            _gather_texts(part, f"{path}.{key}" if path else key, found)
    elif isinstance(value, list):
        for place, part in enumerate(value):
            _gather_texts(part, f"{path}[{place}]", found)


def _find_object(holder: dict[str, Any], key: str) -> dict[str, Any]:
    value = holder.get(key)
    return value if isinstance(value, dict) else {}
