"""What a study must hold for an item of each kind, and that the fast way finds what the plain one does."""

from __future__ import annotations

import copy
import gzip
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dags.inputs import read_vocabulary
from etl.matching import Found
from etl.selecting import Areas, Selector, find_match, meets
from models.settings import NamedItem, Settings, WatchSettings
from models.watchlist import WatchItem, build_watch_items
from tests.etl.studies import STUDY, Json, change

AGENT = WatchItem("agent", "zelbarimab", ("zelbarimab", "ZLB-201"))
TARGET = WatchItem("target", "LAG-3", ("LAG-3", "CD223"))
PROTOCOL = "protocolSection."
PLACES = {
    "briefTitle": PROTOCOL + "identificationModule.briefTitle",
    "officialTitle": PROTOCOL + "identificationModule.officialTitle",
    "briefSummary": PROTOCOL + "descriptionModule.briefSummary",
    "eligibility.inclusion": PROTOCOL + "eligibilityModule.eligibilityCriteria",
}


def find(item: WatchItem, study: Json) -> Found | None:
    return find_match(item, Areas(study))


def put(path: str, value: Any) -> Json:
    return change(path, value, change(PROTOCOL + "identificationModule.briefTitle", "A study"))


BARE = change(
    PROTOCOL + "armsInterventionsModule",
    {"interventions": [{"name": "Placebo"}]},
    put(PROTOCOL + "descriptionModule.briefSummary", "About nothing."),
)


def hold(path: str, value: Any) -> Json:
    """Return a study that names nothing watched but at one place."""
    return change(path, value, BARE)


def test_a_trial_is_the_study_of_its_number_or_of_an_alias() -> None:
    study = change(PROTOCOL + "identificationModule.nctIdAliases", ["NCT99000199"])
    assert find(WatchItem("trial", "NCT99000101", ("NCT99000101",)), study) == ("nctId", "NCT99000101")
    assert find(WatchItem("trial", "NCT99000199", ("NCT99000199",)), study) == ("nctIdAliases", "NCT99000199")
    assert find(WatchItem("trial", "NCT99000102", ("NCT99000102",)), study) is None


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("identificationModule.briefTitle", "Zelbarimab in NSCLC", "briefTitle"),
        ("identificationModule.officialTitle", "A trial of ZLB 201", "officialTitle"),
        ("armsInterventionsModule.interventions", [{"name": "zelbarimab"}], "interventions[0].name"),
        ("armsInterventionsModule.interventions", [{"otherNames": ["ZLB‑201"]}], "interventions[0].otherNames[0]"),
        ("armsInterventionsModule.interventions", [{"description": "Zelbarimab 3 mg"}], "interventions[0].description"),
        ("armsInterventionsModule.armGroups", [{"label": "Arm A: zelbarimab"}], "armGroups[0].label"),
        ("armsInterventionsModule.armGroups", [{"description": "ZLB-201 weekly"}], "armGroups[0].description"),
        ("conditionsModule.keywords", ["NSCLC", "zelbarimab"], "keywords[1]"),
    ],
)
def test_an_agent_is_looked_for_where_the_registry_looks_for_interventions(path: str, value: Any, field: str) -> None:
    found = find(AGENT, hold(PROTOCOL + path, value))
    assert found is not None
    assert found[0] == field


def test_an_agent_is_found_by_the_mesh_terms_of_the_interventions() -> None:
    study = hold("derivedSection.interventionBrowseModule", {"meshes": [{"id": "D1", "term": "Zelbarimab"}]})
    assert find(AGENT, study) == ("interventionBrowseModule.meshes[0].term", "zelbarimab")


@pytest.mark.parametrize(
    "path", ["descriptionModule.briefSummary", "eligibilityModule.eligibilityCriteria", "identificationModule.acronym"]
)
def test_an_agent_that_is_only_spoken_of_is_not_given(path: str) -> None:
    assert find(AGENT, hold(PROTOCOL + path, "no zelbarimab before")) is None


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("identificationModule.briefTitle", "Anti-LAG-3 in NSCLC", "briefTitle"),
        ("eligibilityModule.eligibilityCriteria", "Inclusion Criteria:\n\n* CD223 positive", "eligibility.inclusion"),
        (
            "referencesModule.references",
            [{"citation": "LAG-3 reviewed"}],
            "protocolSection.referencesModule.references[0].citation",
        ),
    ],
)
def test_a_target_is_looked_for_anywhere_and_the_place_is_named(path: str, value: Any, field: str) -> None:
    found = find(TARGET, hold(PROTOCOL + path, value))
    assert found is not None
    assert found[0] == field


def test_a_study_that_names_no_term_matches_nothing() -> None:
    assert find(AGENT, BARE) is None
    assert find(TARGET, BARE) is None


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("", True),
        ("lung", True),
        ("NSCLC", True),
        ("lung cancers", True),
        ("melanoma", False),
        ("lun", False),
        ('"melanoma" OR "lung"', True),
        ('"melanoma" AND "lung"', False),
        ('"nsclc" and ("melanoma" or "lung cancer")', True),
        ('"invented"', True),
    ],
)
def test_a_condition_narrows_by_conditions_keywords_titles_and_mesh_terms(condition: str, expected: bool) -> None:
    assert meets(condition, Areas(STUDY)) is expected
    study = hold(PROTOCOL + "identificationModule.briefTitle", "Anti-LAG-3")
    narrowed = msgspec.structs.replace(TARGET, condition=condition)
    assert (find(narrowed, study) is not None) is expected


@pytest.mark.parametrize(
    ("stated", "asked"),
    [
        ("Advanced Solid Tumours", "solid tumor"),
        ("Advanced solid tumor", '"solid tumors"'),
        ("Non-small Cell Lung Cancer", "non small cell"),
        ("Leukaemia, Myeloid", "leukemia"),
        ("Relapse", "relapses"),
    ],
)
def test_a_condition_is_met_in_the_other_number_and_spelling(stated: str, asked: str) -> None:
    assert meets(asked, Areas(change(PROTOCOL + "conditionsModule.conditions", [stated])))


def test_a_condition_spoken_of_elsewhere_is_not_the_studys() -> None:
    assert not meets("melanoma", Areas(hold(PROTOCOL + "descriptionModule.briefSummary", "Unlike melanoma.")))


@pytest.mark.parametrize("path", ["", "protocolSection", "protocolSection.armsInterventionsModule", "derivedSection"])
@pytest.mark.parametrize("value", ["x", 3, [None]])
def test_a_part_of_another_kind_than_promised_is_no_match_and_no_error(path: str, value: Any) -> None:
    study = copy.deepcopy(BARE)
    if path:
        study = change(path, value, study)
    items = [AGENT, TARGET, WatchItem("trial", "NCT99000102", ("NCT99000102",), "")]
    assert all(find(item, study) is None for item in items)
    assert not any(Selector(items).find_matches([msgspec.json.encode(study)]))


def test_what_is_no_text_or_no_json_is_neither_matched_nor_passed_over() -> None:
    broken = msgspec.json.encode(hold(PROTOCOL + "descriptionModule.briefSummary", "LAG-3 @")).replace(b"@", b"\xff")
    assert Selector([TARGET]).find_matches([broken, b'{"a"']) == [None, None]


ITEMS = (
    AGENT,
    TARGET,
    WatchItem("agent", "CD8 boost", ("CD8+", "boost-8"), '"lung" OR "melanoma"'),
    WatchItem("target", "FAP", ("FAPα", "seprase"), "melanoma"),
    WatchItem("trial", "NCT99000101", ("NCT99000101",)),
)
WORDS = st.sampled_from(["zelbarimab", "ZLB\u2011201", "LAG 3", "CD8+", "boost", "8", "FAPα", "seprase", "lung", "x"])
TEXTS = st.lists(WORDS, max_size=4).map(" ".join)


@given(st.dictionaries(st.sampled_from(sorted(PLACES)), TEXTS), st.lists(TEXTS, max_size=2))
def test_the_fast_way_finds_what_the_plain_way_does(texts: dict[str, str], conditions: list[str]) -> None:
    study = change(PROTOCOL + "conditionsModule.conditions", conditions, BARE)
    for place, text in texts.items():
        study = change(PLACES[place], text, study)
    plain = {item.item_id: found for item in ITEMS if (found := find(item, study))}
    assert Selector(ITEMS).find_matches([msgspec.json.encode(study)]) == [plain]


def test_on_real_records_the_fast_way_finds_what_the_plain_way_does(shared: Path) -> None:
    vocabulary = read_vocabulary(Path("watchlist.toml"), Settings())
    leads = [agent.name for agent in vocabulary.agents if agent.role == "lead" and agent.search_terms()]
    watch = WatchSettings(
        agents=tuple(NamedItem(name, "cancer" if place % 3 else "") for place, name in enumerate(leads[::10])),
        targets=tuple(target.name for target in vocabulary.targets),
    )
    items = build_watch_items(watch, vocabulary, "watchlist.toml")
    with gzip.open(shared / "recorded" / "trials.jsonl.gz") as file:
        studies = [msgspec.json.decode(line)["study"] for line in list(file)[::6]]
    plain = [{item.item_id: found for item in items if (found := find(item, study))} for study in studies]
    assert Selector(items).find_matches([msgspec.json.encode(study) for study in studies]) == plain
    assert sum(map(bool, plain)) > len(studies) // 5
