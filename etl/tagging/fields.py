"""Lays out what a trial or an article says as fields to be tagged, each with its path and role; tags nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from etl.tagging.eligibility import split_eligibility
from models.mention import Role, TextField

_OUTCOMES = ("primaryOutcomes", "secondaryOutcomes", "otherOutcomes")


# What an abstract says of others before it says its own; NLM's category is the same for all of them.
_BACKGROUND = re.compile(r"(?i)\s*(?:background|introduction|context|rationale|importance)\b")
# Headings that stand in the text itself: "BACKGROUND: …  METHODS: …".
_HEADING = re.compile(r"(?:\A\s*|(?<=[.?!)])\s+|\n\s*)(?P<label>[A-Z][A-Za-z]*(?:[ /&,-]+[A-Za-z]+){0,4}):\s")


def build_article_fields(title: str, abstract: str, sections: Sequence[Mapping[str, str]] = ()) -> list[TextField]:
    """Return the fields of an article; an empty title or abstract is left out.

    `sections` are those of the abstract (`text`, `label`, `nlm_category`), which say what in it is background; without
    them the headings inside the text do.
    """
    background = tuple(_find_sections(abstract, sections) if len(sections) > 1 else _find_headed(abstract))
    fields = [TextField("title", "title", title), TextField("abstract", "abstract", abstract, background)]
    return [field for field in fields if field.text.strip()]


def _find_sections(abstract: str, sections: Sequence[Mapping[str, str]]) -> Iterator[tuple[int, int]]:
    place = 0
    for section in sections:
        start = abstract.find(section["text"], place)
        if start < 0:
            continue
        place = start + len(section["text"])
        if section["nlm_category"] == "BACKGROUND" or _BACKGROUND.match(section["label"]):
            yield start, place


def _find_headed(abstract: str) -> Iterator[tuple[int, int]]:
    if ":" not in abstract:  # most abstracts have no headings
        return
    headings = list(_HEADING.finditer(abstract))
    ends = [*(heading.start("label") for heading in headings[1:]), len(abstract)]
    for heading, end in zip(headings, ends, strict=False):
        if len(headings) > 1 and _BACKGROUND.match(heading["label"]):
            yield heading.end(), end


def build_trial_fields(study: dict[str, Any]) -> list[TextField]:
    """Return the fields of a decoded v2 study object: titles, arms and interventions, outcomes, descriptions, criteria.

    Paths name the module's own key with the item's place: `interventions[0].name`, `eligibility.exclusion`. What is
    missing, null or not of its promised type is left out: the record itself is judged elsewhere.
    """
    protocol = _object(study, "protocolSection")
    found = (
        *_identification(_object(protocol, "identificationModule")),
        *_arms(_object(protocol, "armsInterventionsModule")),
        *_outcomes(_object(protocol, "outcomesModule")),
        *_strings(_object(protocol, "conditionsModule"), "keywords", "keywords", "description"),
        *_texts(_object(protocol, "descriptionModule"), "", "description", "briefSummary", "detailedDescription"),
        *_eligibility(_object(protocol, "eligibilityModule")),
    )
    return list(found)


def _identification(module: dict[str, Any]) -> Iterator[TextField]:
    yield from _texts(module, "", "title", "briefTitle", "officialTitle", "acronym")


def _arms(module: dict[str, Any]) -> Iterator[TextField]:
    for place, item in _items(module, "interventions"):
        yield from _texts(item, f"{place}.", "arm", "name")
        yield from _strings(item, "otherNames", f"{place}.otherNames", "arm")
        yield from _texts(item, f"{place}.", "arm", "description")
    for place, item in _items(module, "armGroups"):
        yield from _texts(item, f"{place}.", "arm", "label", "description")


def _outcomes(module: dict[str, Any]) -> Iterator[TextField]:
    for key in _OUTCOMES:
        for place, item in _items(module, key):
            yield from _texts(item, f"{place}.", "outcome", "measure", "description")


def _eligibility(module: dict[str, Any]) -> Iterator[TextField]:
    criteria = module.get("eligibilityCriteria")
    parts = split_eligibility(criteria) if isinstance(criteria, str) else []
    sides = [part.side for part in parts]
    for number, part in enumerate(parts):
        place = f"[{sides[:number].count(part.side)}]" if sides.count(part.side) > 1 else ""
        yield TextField(f"eligibility.{part.side}{place}", part.side, part.text)


def _object(holder: dict[str, Any], key: str) -> dict[str, Any]:
    value = holder.get(key)
    return value if isinstance(value, dict) else {}


def _items(module: dict[str, Any], key: str) -> Iterator[tuple[str, dict[str, Any]]]:
    value = module.get(key)
    for place, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, dict):
            yield f"{key}[{place}]", item


def _strings(module: dict[str, Any], key: str, path: str, role: Role) -> Iterator[TextField]:
    value = module.get(key)
    for place, text in enumerate(value if isinstance(value, list) else ()):
        if isinstance(text, str) and text.strip():
            yield TextField(f"{path}[{place}]", role, text)


def _texts(holder: dict[str, Any], prefix: str, role: Role, *keys: str) -> Iterator[TextField]:
    for key in keys:
        text = holder.get(key)
        if isinstance(text, str) and text.strip():
            yield TextField(f"{prefix}{key}", role, text)
