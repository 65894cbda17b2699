"""Finds what trials give that the vocabulary has no agent for; pure, the tagger is an argument."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec

from etl.tagging.pieces import skeleton
from models.mention import Mention, TextField

Tag = Callable[[Sequence[TextField]], Sequence[Mention]]
# What an agent may stand under; procedures, devices, diets and behaviour are asked for by those who want all.
_TYPES = frozenset({"DRUG", "BIOLOGICAL", "GENETIC", "COMBINATION_PRODUCT"})
_NO_AGENT = re.compile(
    r"placebo|\bsham\b|\bvehicle\b|\bsaline\b|\bstandard[ -]of[ -]care\b|\bstandard (?:care|therapy|treatment)\b|"
    r"\bsupportive care\b|\bobservation\b|\bno (?:treatment|intervention)\b|\busual care\b|\bdummy\b|"
    r"\bsurg(?:ery|ical)\b|\bbiops|\bquestionnaires?\b|\bquality[ -]of[ -]life\b|\bradiotherapy\b|\bradiation\b|"
    r"\blaboratory biomarker|\bpharmacological stud|\bpharmacokinetic",
    re.IGNORECASE,
)


class Gap(msgspec.Struct, frozen=True):
    """An intervention that matches no agent, as most trials write it; `example` is the newest of them."""

    intervention: str
    type: str
    trials: int
    example: str


def find_gaps(rows: Iterable[Mapping[str, Any]], tag: Tag, *, is_all: bool = False) -> list[Gap]:
    """Return what no agent is found in, most trials first; spellings that differ in case and separators are one.

    `rows` are interventions with nct_id, intervention_type, name and other_names, those of a trial together. Without
    `is_all` what can be no agent is passed over: placebos, procedures, devices, behaviour.
    """
    trials: dict[str, set[str]] = defaultdict(set)
    names: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for nct_id, group in groupby(rows, key=lambda row: row["nct_id"]):
        for row in _find_unmatched([row for row in group if row["name"] and (is_all or _may_be_agent(row))], tag):
            key = skeleton(row["name"]).casefold() or row["name"]
            trials[key].add(nct_id)
            names[key][row["name"], row["intervention_type"] or ""] += 1
    found = []
    for key, ids in trials.items():
        (name, kind), _ = min(names[key].items(), key=lambda item: (-item[1], item[0]))
        found.append(Gap(name, kind, len(ids), max(ids)))
    return sorted(found, key=lambda gap: (-gap.trials, gap.intervention.casefold(), gap.intervention))


def _may_be_agent(row: Mapping[str, Any]) -> bool:
    return row["intervention_type"] in _TYPES and _NO_AGENT.search(row["name"]) is None


def _find_unmatched(rows: Sequence[Mapping[str, Any]], tag: Tag) -> Iterator[Mapping[str, Any]]:
    """Yield the interventions of one trial in whose names no agent is found; the names of one speak for the others'."""
    fields = [
        TextField(f"interventions[{place}].{path}", "arm", text)
        for place, row in enumerate(rows)
        for path, text in (("name", row["name"]), *_list_other_names(row))
    ]
    matched = {mention.field.partition(".")[0] for mention in (tag(fields) if fields else ()) if mention.agent}
    yield from (row for place, row in enumerate(rows) if f"interventions[{place}]" not in matched)


def _list_other_names(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for number, text in enumerate(row["other_names"] or ()):
        if text.strip():
            yield f"otherNames[{number}]", text
