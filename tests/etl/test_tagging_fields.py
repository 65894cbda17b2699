from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.tagging import build_article_fields, build_trial_fields
from etl.tagging.eligibility import split_eligibility
from tests.etl.tagging_vocabulary import build_small_tagger

STUDY: dict[str, Any] = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT99000001",
            "briefTitle": "A brief title",
            "officialTitle": None,
            "acronym": "ACRO",
        },
        "armsInterventionsModule": {
            "armGroups": [{"label": "Arm A", "description": "given first"}, {"label": "Arm B"}],
            "interventions": [
                {"name": "twinmab", "otherNames": ["TW-1000", ""], "description": "an antibody"},
                {"name": "placebo"},
            ],
        },
        "outcomesModule": {
            "primaryOutcomes": [{"measure": "Response", "description": "by scan", "timeFrame": "2 years"}],
            "secondaryOutcomes": [{"measure": "Survival"}],
            "otherOutcomes": [{"measure": "Marker", "description": "in blood"}],
        },
        "conditionsModule": {"conditions": ["Melanoma"], "keywords": ["LAG-3", "TIGIT"]},
        "descriptionModule": {"briefSummary": "In short.", "detailedDescription": "At length."},
        "eligibilityModule": {
            "eligibilityCriteria": "Inclusion Criteria:\n\n* adult\n\nExclusion Criteria:\n\n* pregnant"
        },
    }
}


def test_a_trial_is_laid_out_by_path_and_role() -> None:
    assert [(field.path, field.role, field.text) for field in build_trial_fields(STUDY)] == [
        ("briefTitle", "title", "A brief title"),
        ("acronym", "title", "ACRO"),
        ("interventions[0].name", "arm", "twinmab"),
        ("interventions[0].otherNames[0]", "arm", "TW-1000"),
        ("interventions[0].description", "arm", "an antibody"),
        ("interventions[1].name", "arm", "placebo"),
        ("armGroups[0].label", "arm", "Arm A"),
        ("armGroups[0].description", "arm", "given first"),
        ("armGroups[1].label", "arm", "Arm B"),
        ("primaryOutcomes[0].measure", "outcome", "Response"),
        ("primaryOutcomes[0].description", "outcome", "by scan"),
        ("secondaryOutcomes[0].measure", "outcome", "Survival"),
        ("otherOutcomes[0].measure", "outcome", "Marker"),
        ("otherOutcomes[0].description", "outcome", "in blood"),
        ("keywords[0]", "description", "LAG-3"),
        ("keywords[1]", "description", "TIGIT"),
        ("briefSummary", "description", "In short."),
        ("detailedDescription", "description", "At length."),
        ("eligibility.inclusion", "inclusion", "* adult"),
        ("eligibility.exclusion", "exclusion", "* pregnant"),
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
MODULES = list(STUDY["protocolSection"])
KEYS = sorted({key for module in STUDY["protocolSection"].values() for key in module})


@given(st.dictionaries(st.sampled_from(MODULES), JSON | st.dictionaries(st.sampled_from(KEYS), JSON)))
def test_a_study_of_any_shape_is_laid_out_without_empty_fields_or_a_path_twice(protocol: dict[str, Any]) -> None:
    fields = build_trial_fields({"protocolSection": protocol})
    assert all(field.text.strip() for field in fields)
    assert len({field.path for field in fields}) == len(fields)


def test_a_study_without_anything_has_no_fields() -> None:
    assert build_trial_fields({}) == []


def test_an_article_without_abstract_has_its_title_alone() -> None:
    assert [(field.path, field.role) for field in build_article_fields("A title", "")] == [("title", "title")]
    assert [(field.path, field.role) for field in build_article_fields("T", "A")] == [
        ("title", "title"),
        ("abstract", "abstract"),
    ]


@pytest.mark.parametrize(
    ("criteria", "parts"),
    [
        ("Inclusion Criteria:\na\nExclusion Criteria:\nb", [("inclusion", "a"), ("exclusion", "b")]),
        ("a\nKEY EXCLUSION CRITERIA\nb", [("inclusion", "a"), ("exclusion", "b")]),
        (
            "**Inclusion Criteria:**\n* a\n\n* **Exclusion Criteria:**\n* b",
            [("inclusion", "* a"), ("exclusion", "* b")],
        ),
        ("# Inclusion\na\n# Exclusion\nb", [("inclusion", "a"), ("exclusion", "b")]),
        ("1. Inclusion Criteria\na\n2. Exclusion Criteria\nb", [("inclusion", "a"), ("exclusion", "b")]),
        ("Inclusion Criteria: a\nExclusion Criteria: b", [("inclusion", "a"), ("exclusion", "b")]),
        ("Adults. Exclusion Criteria: pregnancy.", [("inclusion", "Adults."), ("exclusion", "pregnancy.")]),
        ("Non-inclusion criteria:\nb", [("exclusion", "b")]),
        ("Criteria for Exclusion:\nb", [("exclusion", "b")]),
        ("Additional Exclusion Criteria for Arm B (with twinmab)\nb", [("exclusion", "b")]),
        ("Subjects meeting any of these exclusion criteria are not eligible:\nb", [("exclusion", "b")]),
        ("Patients will be excluded if they:\nb", [("exclusion", "b")]),
        (
            "Inclusion Criteria - Part A:\na\nInclusion Criteria - Part B:\nb\nExclusion Criteria:\nc",
            [("inclusion", "a"), ("inclusion", "b"), ("exclusion", "c")],
        ),
        ("a", [("inclusion", "a")]),
        ("", []),
    ],
)
def test_criteria_are_cut_at_their_headings(criteria: str, parts: list[tuple[str, str]]) -> None:
    assert [tuple(part) for part in split_eligibility(criteria)] == parts


@pytest.mark.parametrize(
    "line",
    [
        "* Other protocol defined exclusion criteria may apply",
        "NOTE: Other Inclusion/Exclusion criteria may apply.",
        "Inclusion and Exclusion Criteria:",
        "* Pregnant women are excluded",
        "* Exclusion of pregnancy by a test",
        "* Patients who were excluded from an earlier trial for these reasons: cost",
    ],
)
def test_a_criterion_that_speaks_of_criteria_is_no_heading(line: str) -> None:
    assert [part.side for part in split_eligibility(f"Inclusion Criteria:\na\n{line}\nb")] == ["inclusion"]


def test_several_blocks_of_one_side_are_numbered() -> None:
    criteria = "Inclusion Criteria A:\na\nExclusion Criteria:\nb\nInclusion Criteria B:\nc"
    study = {"protocolSection": {"eligibilityModule": {"eligibilityCriteria": criteria}}}
    assert [(field.path, field.role, field.text) for field in build_trial_fields(study)] == [
        ("eligibility.inclusion[0]", "inclusion", "a"),
        ("eligibility.exclusion", "exclusion", "b"),
        ("eligibility.inclusion[1]", "inclusion", "c"),
    ]


def test_what_an_abstract_says_as_background_has_that_role() -> None:
    texts = ["TIGIT is a receptor.", "TIGIT was stained.", "Known is TIGIT.", "TIGIT rose."]
    marks = [("BACKGROUND", "INTRO"), ("METHODS", "METHODS"), ("", "Context"), ("UNASSIGNED", "RESULTS")]
    sections = [
        {"text": text, "nlm_category": category, "label": label}
        for text, (category, label) in zip(texts, marks, strict=True)
    ]
    found = build_small_tagger().tag(build_article_fields("TIGIT", " ".join(texts), sections))
    assert [mention.role for mention in found] == ["title", "background", "abstract", "background", "abstract"]
    assert {mention.field for mention in found} == {"title", "abstract"}


def test_headings_inside_an_abstract_tell_its_background() -> None:
    tagger = build_small_tagger()
    text = (
        "Background: TIGIT is known. Methods and results: TIGIT was stained (anti-TIGIT: clone 1). CONCLUSION: TIGIT."
    )
    roles = [mention.role for mention in tagger.tag(build_article_fields("", text))]
    assert roles == ["background", "abstract", "abstract", "abstract"]
    assert [one.role for one in tagger.tag(build_article_fields("", "Introduction: TIGIT."))] == ["abstract"]


def test_an_abstract_of_one_section_has_no_background() -> None:
    sections = [{"text": "TIGIT.", "nlm_category": "", "label": ""}]
    assert [field.background for field in build_article_fields("", "TIGIT.", sections)] == [()]
