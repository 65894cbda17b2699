"""The children of every recorded study: each item of each list is a row, in whatever order the registry serves it."""

from __future__ import annotations

import gzip
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from etl.child_schemas import CHILD_SCHEMAS
from etl.children import CHILDREN
from etl.markup import fold_text
from etl.schemas import build_frame
from tests.etl.child_study import shuffle_lists

Json = dict[str, Any]


def _find_part(study: Json, path: str) -> Any:
    part: Any = study
    for key in path.split("."):
        part = part.get(key, {})
    return part or []


def _count_values(study: Json) -> Counter[tuple[str, ...]]:
    """Count the measurements of the primary outcomes by all they say, read as simply as can be."""
    return Counter(
        (fold_text(outcome["title"]), measured["groupId"], *(measured.get(key) or "" for key in _NUMBERS))
        for outcome in _find_part(study, "resultsSection.outcomeMeasuresModule.outcomeMeasures")
        if outcome["type"] == "PRIMARY"
        for part in outcome.get("classes", [])
        for category in part.get("categories", [])
        for measured in category["measurements"]
    )


_NUMBERS = ("value", "spread", "lowerLimit", "upperLimit")
LISTS: dict[str, Callable[[Json], int]] = {
    "trial_arm": lambda study: len(_find_part(study, "protocolSection.armsInterventionsModule.armGroups")),
    "trial_intervention": lambda study: len(_find_part(study, "protocolSection.armsInterventionsModule.interventions")),
    "trial_outcome": lambda study: sum(map(len, dict(_find_part(study, "protocolSection.outcomesModule")).values())),
    "trial_site": lambda study: len(_find_part(study, "protocolSection.contactsLocationsModule.locations")),
    "trial_reference": lambda study: len(
        {
            reference.get("pmid") or reference["citation"]
            for reference in _find_part(study, "protocolSection.referencesModule.references")
        }
    ),
    "trial_result_analysis": lambda study: sum(
        len(outcome.get("analyses", []))
        for outcome in _find_part(study, "resultsSection.outcomeMeasuresModule.outcomeMeasures")
        if outcome["type"] == "PRIMARY"
    ),
}


@pytest.fixture(scope="module")
def studies(shared: Path) -> list[Json]:
    """Every state of every recorded study, those of the record histories among them."""
    return list(_read_studies(shared / "recorded"))


def _read_studies(folder: Path) -> Iterator[Json]:
    for name in ("nightly", "trials"):
        with gzip.open(folder / f"{name}.jsonl.gz") as lines:
            yield from (msgspec.json.decode(line)["study"] for line in lines)
    with gzip.open(folder / "histories.jsonl.gz") as lines:
        for line in lines:
            yield from msgspec.json.decode(line)["studies"].values()


@pytest.mark.parametrize("table", CHILDREN)
def test_every_study_gives_rows_of_the_declared_shape_with_keys_of_their_own(studies: list[Json], table: str) -> None:
    key = list(CHILD_SCHEMAS[table])[1]
    rows = []
    for study in studies:
        found = CHILDREN[table](study)
        assert len({row[key] for row in found}) == len(found)
        rows += found
    assert build_frame(rows, CHILD_SCHEMAS[table]).height == len(rows) > 0


@pytest.mark.parametrize("table", LISTS)
def test_every_item_of_a_list_is_a_row(studies: list[Json], table: str) -> None:
    counts = [(len(CHILDREN[table](study)), LISTS[table](study)) for study in studies]
    assert [pair for pair in counts if pair[0] != pair[1]] == []
    assert sum(count for count, _ in counts) > 0


def test_every_other_number_of_a_study_is_a_row(studies: list[Json]) -> None:
    for study in studies:
        module = study["protocolSection"]["identificationModule"]
        entries = [module.get("orgStudyIdInfo", {}), *module.get("secondaryIdInfos", [])]
        written = {entry["id"] for entry in entries if entry.get("id")} | set(module.get("nctIdAliases", []))
        assert {row["id_text"] for row in CHILDREN["trial_secondary_id"](study)} == set(map(fold_text, written))


def test_what_the_registry_calls_an_eu_number_is_recognised_as_one(studies: list[Json]) -> None:
    rows = [row for study in studies for row in CHILDREN["trial_secondary_id"](study)]
    declared = [row for row in rows if row["id_type"] in ("EUDRACT_NUMBER", "CTIS")]
    assert len(declared) > 20
    assert {row["scheme"] for row in declared} == {"eudract", "ctis"}
    assert {row["scheme"] for row in rows if row["id_type"] == "NIH"} == {"nih"}


def test_every_measurement_of_every_primary_outcome_is_a_row_and_nothing_else_has_a_value(studies: list[Json]) -> None:
    total = 0
    for study in studies:
        rows = CHILDREN["trial_result"](study)
        held = Counter(
            (
                row["measure"],
                row["group_id"],
                *(row[name] or "" for name in ("value", "spread", "lower_limit", "upper_limit")),
            )
            for row in rows
            if row["value"] is not None
        )
        assert held == _count_values(study)
        total += held.total()
    assert total > 150


def test_every_arm_of_every_primary_outcome_is_told_of_with_how_many_were_analysed(studies: list[Json]) -> None:
    for study in studies:
        rows = CHILDREN["trial_result"](study)
        told = Counter({(row["outcome_key"], row["group_id"]) for row in rows})
        groups = sum(
            len(outcome["groups"])
            for outcome in _find_part(study, "resultsSection.outcomeMeasuresModule.outcomeMeasures")
            if outcome["type"] == "PRIMARY"
        )
        assert told.total() == groups
        assert [row for row in rows if row["arm_title"] is None or row["participants_analyzed"] is None] == []


def test_posted_numbers_are_numbers_but_for_what_could_not_be_estimated(studies: list[Json]) -> None:
    rows = [row for study in studies for row in CHILDREN["trial_result"](study)]
    for name in ("value", "spread", "lower_limit", "upper_limit"):
        assert {row[name] for row in rows if row[f"{name}_number"] is None} <= {None, "NA"}
    analyses = [row for study in studies for row in CHILDREN["trial_result_analysis"](study)]
    for name in ("p_value", "param_value", "ci_lower", "ci_upper"):
        assert [row for row in analyses if row[name] is not None and row[f"{name}_number"] is None] == []


@pytest.mark.parametrize("table", CHILDREN)
def test_shuffled_lists_give_the_same_rows(studies: list[Json], table: str) -> None:
    chance = random.Random(table)
    for study in studies[::3]:
        assert CHILDREN[table](shuffle_lists(study, chance)) == CHILDREN[table](study)
