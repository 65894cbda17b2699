"""The plain parts of a record: one row a fact, said as people would say it, weighed as they would weigh it."""

from __future__ import annotations

from typing import Any

import pytest

from etl.canonical import build_canonical
from etl.diff import DiffContext, find_changes, list_administrative
from models.change import Change
from tests.etl.explaining import list_unexplained
from tests.etl.studies import STUDY, Json, change

P = "protocolSection"
STATUS = f"{P}.statusModule"
DESIGN = f"{P}.designModule"
SPONSORS = f"{P}.sponsorCollaboratorsModule"
IDENTITY = f"{P}.identificationModule"
REFERENCES = f"{P}.referencesModule.references"
UNPOSTED = "annotationSection.annotationModule.unpostedAnnotation"
TRACKING = "derivedSection.miscInfoModule.submissionTracking"


def put(values: dict[str, Any]) -> Json:
    study = STUDY
    for path, value in values.items():
        study = change(path, value, study)
    return study


def compare(old: dict[str, Any], new: dict[str, Any], **context: Any) -> list[Change]:
    before, after = build_canonical(put(old)), build_canonical(put(new))
    found = list(find_changes(before, after, DiffContext(**context)))
    if not context:
        assert list_unexplained(before, after, found) == []
    return found


def one(path: str, old: Any, new: Any) -> Change:
    (found,) = compare({path: old}, {path: new})
    return found


@pytest.mark.parametrize(
    ("old", "new", "action", "weight"),
    [
        (["PHASE1"], ["PHASE1", "PHASE2"], "changed", "high"),
        (["PHASE1", "PHASE2"], ["PHASE2"], "changed", "high"),
        (None, ["PHASE2"], "added", "medium"),
        (["PHASE2"], None, "removed", "medium"),
    ],
)
def test_a_phase_moves_in_one_row(old: Any, new: Any, action: str, weight: str) -> None:
    found = one(f"{DESIGN}.phases", old, new)
    assert (found.kind, found.action, found.weight, found.field) == ("phase", action, weight, f"{DESIGN}.phases")
    assert (found.old_value, found.new_value) == ("; ".join(old) if old else None, "; ".join(new) if new else None)
    assert (found.detail["old"], found.detail["new"]) == (old, new)


@pytest.mark.parametrize(
    ("path", "old", "new", "told"),
    [
        (f"{DESIGN}.studyType", "INTERVENTIONAL", "OBSERVATIONAL", ("study_type", "changed", "high")),
        (f"{DESIGN}.designInfo.allocation", "RANDOMIZED", "NON_RANDOMIZED", ("design", "changed", "medium")),
        (f"{DESIGN}.designInfo.allocation", None, "RANDOMIZED", ("design", "added", "low")),
        (f"{DESIGN}.designInfo.maskingInfo.masking", "NONE", "DOUBLE", ("design", "changed", "medium")),
        (
            f"{DESIGN}.designInfo.maskingInfo.whoMasked",
            ["PARTICIPANT"],
            ["INVESTIGATOR"],
            ("design", "changed", "medium"),
        ),
        (f"{DESIGN}.designInfo.interventionModelDescription", "One.", "Two.", ("design", "changed", "low")),
        (f"{DESIGN}.patientRegistry", False, True, ("design", "changed", "medium")),
        (f"{IDENTITY}.briefTitle", "A study", "Another study", ("title", "changed", "medium")),
        (f"{IDENTITY}.briefTitle", "A study", "A Study", ("title", "changed", "low")),
        (f"{IDENTITY}.acronym", None, "ZELDA", ("title", "added", "low")),
        (f"{IDENTITY}.nctId", "NCT99000101", "NCT99000102", ("identity", "changed", "medium")),
        (f"{IDENTITY}.orgStudyIdInfo", {"id": "A-1"}, {"id": "A-2", "type": "NIH"}, ("identity", "changed", "low")),
        (
            f"{SPONSORS}.leadSponsor",
            {"name": "A", "class": "OTHER"},
            {"name": "B", "class": "INDUSTRY"},
            ("sponsor", "changed", "high"),
        ),
        (
            f"{SPONSORS}.leadSponsor",
            {"name": "A-B Inc", "class": "OTHER"},
            {"name": "A B Inc", "class": "OTHER"},
            ("sponsor", "changed", "low"),
        ),
        (
            f"{SPONSORS}.leadSponsor",
            {"name": "A", "class": "OTHER"},
            {"name": "A", "class": "INDUSTRY"},
            ("sponsor", "changed", "low"),
        ),
        (
            f"{SPONSORS}.responsibleParty",
            {"type": "SPONSOR"},
            {"type": "SPONSOR_INVESTIGATOR", "investigatorFullName": "X. Person"},
            ("responsible_party", "changed", "low"),
        ),
        (f"{P}.oversightModule.oversightHasDmc", None, True, ("oversight", "added", "low")),
        (f"{P}.descriptionModule.detailedDescription", "One.", "Two.", ("description", "changed", "low")),
        (
            f"{STATUS}.expandedAccessInfo",
            {"hasExpandedAccess": False},
            {"hasExpandedAccess": True},
            ("expanded_access", "changed", "medium"),
        ),
        (f"{STATUS}.expandedAccessInfo", {"hasExpandedAccess": False}, None, ("expanded_access", "removed", "low")),
        (f"{STATUS}.delayedPosting", None, True, ("disposition", "added", "medium")),
        ("documentSection.largeDocumentModule.noSap", None, True, ("document", "added", "medium")),
    ],
)
def test_a_plain_field_is_told_as_it_stands(path: str, old: Any, new: Any, told: tuple[str, str, str]) -> None:
    found = one(path, old, new)
    assert (found.kind, found.action, found.weight) == told
    assert (found.field, found.item) == (path, "")


def test_the_days_of_a_certificate_that_delays_results_are_one_row() -> None:
    (found,) = compare(
        {},
        {
            f"{STATUS}.dispFirstSubmitDate": "2026-02-01",
            f"{STATUS}.dispFirstPostDateStruct": {"date": "2026-02-03", "type": "ACTUAL"},
        },
    )
    assert (found.kind, found.action, found.weight) == ("disposition", "added", "medium")
    assert found.new_value == "submitted 2026-02-01, posted 2026-02-03"


def tell_list(path: str, old: list[Any], new: list[Any]) -> list[tuple[str, str, str]]:
    return [(found.action, found.item, found.weight) for found in compare({path: old}, {path: new})]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (["Melanoma"], ["Melanoma", "Lung Cancer"], [("added", "Lung Cancer", "medium")]),
        (["Melanoma", "Lung Cancer"], ["Melanoma"], [("removed", "Lung Cancer", "medium")]),
        (["Lung cancer"], ["Lung Cancer"], [("changed", "Lung cancer", "low")]),
        (["NSCLC"], ["Non-Small Cell Lung Cancer"], [("changed", "NSCLC", "low")]),
        (
            ["Non-small Cell Lung Cancer"],
            ["Non-small Cell Lung Cancer (NSCLC)"],
            [("changed", "Non-small Cell Lung Cancer", "low")],
        ),
        (
            ["Stage II Melanoma"],
            ["Stage III Melanoma"],
            [("removed", "Stage II Melanoma", "medium"), ("added", "Stage III Melanoma", "medium")],
        ),
        (["Melanoma"], ["Glioblastoma"], [("removed", "Melanoma", "medium"), ("added", "Glioblastoma", "medium")]),
        (["A", "B"], ["B", "A"], []),
    ],
)
def test_conditions_come_and_go_and_are_spelt_otherwise(
    old: list[str], new: list[str], told: list[tuple[str, str, str]]
) -> None:
    assert tell_list(f"{P}.conditionsModule.conditions", old, new) == told


def test_collaborators_are_told_by_name() -> None:
    path = f"{SPONSORS}.collaborators"
    first, second = {"name": "Sample Hospital", "class": "OTHER"}, {"name": "Invented Fund", "class": "OTHER"}
    assert tell_list(path, [first], [first, second]) == [("added", "Invented Fund", "medium")]
    assert tell_list(path, [first, second], [second]) == [("removed", "Sample Hospital", "medium")]
    assert tell_list(path, [first], [first | {"class": "INDUSTRY"}]) == [("changed", "Sample Hospital", "low")]
    assert tell_list(path, [first], [first | {"name": "Sample Hospitals"}]) == [("changed", "Sample Hospital", "low")]


def test_a_document_is_told_by_what_it_is() -> None:
    path = "documentSection.largeDocumentModule.largeDocs"
    protocol = {"typeAbbrev": "Prot", "label": "Study Protocol", "date": "2025-01-02", "filename": "Prot_000.pdf"}
    plan = {"typeAbbrev": "SAP", "label": "Statistical Analysis Plan", "date": "2025-01-02", "filename": "SAP_001.pdf"}
    (added,) = compare({path: [protocol]}, {path: [protocol, plan]})
    assert (added.kind, added.action, added.item, added.weight) == ("document", "added", "SAP_001.pdf", "medium")
    assert added.detail["content"] == plan
    (renewed,) = compare({path: [protocol, plan]}, {path: [protocol | {"date": "2026-01-02", "size": 9}, plan]})
    assert (renewed.action, renewed.item, renewed.weight) == ("changed", "Prot_000.pdf", "low")
    (replaced,) = compare({path: [protocol]}, {path: [protocol | {"filename": "Prot_002.pdf"}]})
    assert replaced.action == "changed"


def test_numbers_of_other_registers_are_told_and_never_taken_for_one_another() -> None:
    path = f"{IDENTITY}.secondaryIdInfos"
    first, second = (
        {"id": "2022-999901-12", "type": "EUDRACT_NUMBER"},
        {"id": "2022-999902-12", "type": "EUDRACT_NUMBER"},
    )
    assert tell_list(path, [first], [second]) == [("removed", first["id"], "low"), ("added", second["id"], "low")]
    assert tell_list(path, [first], [first | {"type": "REGISTRY"}]) == [("changed", first["id"], "low")]


def test_a_notice_of_non_compliance_weighs_high() -> None:
    path = "annotationSection.annotationModule.violationAnnotation.violationEvents"
    (found,) = compare(
        {}, {path: [{"type": "VIOLATION_IDENTIFIED", "issuedDate": "2026-01-01", "description": "Late."}]}
    )
    assert (found.kind, found.action, found.weight, found.item) == (
        "oversight",
        "added",
        "high",
        "VIOLATION_IDENTIFIED",
    )


CITED: Json = {"pmid": "99000011", "type": "DERIVED", "citation": "A. Person. A paper. J Invent 2025."}


@pytest.mark.parametrize(
    ("new", "weight"), [("DERIVED", "medium"), ("RESULT", "medium"), ("BACKGROUND", "low"), (None, "low")]
)
def test_a_new_paper_weighs_by_what_it_is_to_the_trial(new: str | None, weight: str) -> None:
    (found,) = compare({}, {REFERENCES: [{**CITED, "type": new}]})
    assert (found.kind, found.action, found.item, found.weight) == ("reference", "added", "99000011", weight)
    assert found.detail["type"] == new


def test_a_paper_stays_itself_by_its_number_or_by_what_is_cited() -> None:
    result = {**CITED, "type": "RESULT"}
    assert [(one.action, one.item) for one in compare({REFERENCES: [CITED]}, {REFERENCES: [result]})] == [
        ("changed", "99000011")
    ]
    bare = {key: value for key, value in CITED.items() if key != "pmid"}
    assert [one.action for one in compare({REFERENCES: [bare]}, {REFERENCES: [CITED]})] == ["changed"]
    other = {"type": "DERIVED", "citation": "B. Person. Another."}
    assert [one.action for one in compare({REFERENCES: [bare]}, {REFERENCES: [other]})] == ["removed", "added"]
    assert [one.action for one in compare({REFERENCES: [CITED]}, {REFERENCES: [CITED, result]})] == ["added"]


def test_a_retraction_of_a_cited_paper_weighs_high_and_has_a_row_of_its_own() -> None:
    retracted = {**CITED, "retractions": [{"pmid": "99000012", "source": "Retraction in: J Invent 2026."}]}
    (found,) = compare({REFERENCES: [CITED]}, {REFERENCES: [retracted]})
    assert (found.kind, found.action, found.weight, found.item) == ("retraction", "added", "high", "99000011")
    assert found.new_value == "Retraction in: J Invent 2026.; 99000012"
    assert [(one.kind, one.action) for one in compare({}, {REFERENCES: [retracted]})] == [
        ("reference", "added"),
        ("retraction", "added"),
    ]


def test_references_of_a_version_fetched_later_are_not_compared() -> None:
    assert compare({}, {REFERENCES: [CITED]}, with_references=False) == []


def test_results_that_were_submitted_come_before_they_are_posted() -> None:
    event = {"type": "RELEASE", "date": "2026-01-20"}
    (found,) = compare(
        {},
        {UNPOSTED: {"unpostedEvents": [event]}, TRACKING: {"submissionInfos": [{"releaseDate": "2026-01-20"}]}},
    )
    assert (found.kind, found.action, found.weight, found.item) == (
        "results",
        "submitted",
        "medium",
        "RELEASE 2026-01-20",
    )
    assert found.new_value == "2026-01-20"
    assert found.detail["also"] == [f"{TRACKING}.submissionInfos"]


@pytest.mark.parametrize(
    ("event", "action"),
    [
        ({"type": "UNRELEASE", "date": "2026-01-25"}, "withdrawn"),
        ({"type": "UNRELEASE", "dateUnknown": True}, "withdrawn"),
        ({"type": "RESET", "date": "2026-01-25"}, "updated"),
    ],
)
def test_a_submission_may_be_taken_back_or_sent_back(event: Json, action: str) -> None:
    release = {"type": "RELEASE", "date": "2026-01-20"}
    path = f"{UNPOSTED}.unpostedEvents"
    (found,) = compare({path: [release]}, {path: [release, event]})
    assert (found.action, found.detail["event"]) == (action, event["type"])


RESULTS: Json = {
    "outcomeMeasuresModule": {
        "outcomeMeasures": [
            {"type": "PRIMARY", "title": "Response", "groups": [{"id": "OG000", "title": "A"}]},
            {"type": "SECONDARY", "title": "Survival"},
        ]
    },
    "moreInfoModule": {"pointOfContact": {"email": "f@example.org"}, "certainAgreement": {"piSponsorEmployee": True}},
}


def test_posted_results_are_one_row_whatever_moved_with_them() -> None:
    before = {UNPOSTED: {"unpostedEvents": [{"type": "RELEASE", "date": "2026-01-20"}]}}
    after = {
        "hasResults": True,
        "resultsSection": RESULTS,
        f"{STATUS}.resultsFirstSubmitDate": "2026-01-20",
        f"{STATUS}.resultsFirstPostDateStruct": {"date": "2026-02-10", "type": "ACTUAL"},
    }
    (posted,) = compare(before, after)
    assert (posted.kind, posted.action, posted.weight, posted.field) == ("results", "posted", "high", "hasResults")
    assert (posted.old_value, posted.new_value) == ("false", "true")
    assert posted.detail["first_posted"] == "2026-02-10"
    (withdrawn,) = compare(after, before)
    assert (withdrawn.action, withdrawn.weight) == ("withdrawn", "high")


def test_results_that_moved_are_told_by_their_module_and_measure() -> None:
    base = {"hasResults": True, "resultsSection": RESULTS}
    measures = "resultsSection.outcomeMeasuresModule.outcomeMeasures"
    (found,) = compare(base, base | {f"{measures}.0.groups.0.title": "B", f"{measures}.1.title": "Overall survival"})
    assert (found.kind, found.action, found.weight) == ("results", "updated", "low")
    assert found.field == "resultsSection.outcomeMeasuresModule"
    assert found.detail["measures"] == {
        "added": ["Overall survival"],
        "removed": ["Survival"],
        "changed": ["Response"],
    }
    assert found.detail["paths"] == [f"{measures}.groups.title", f"{measures}.title"]


def test_whom_to_ask_and_who_may_publish_is_no_result() -> None:
    base = {"hasResults": True, "resultsSection": RESULTS}
    more = "resultsSection.moreInfoModule"
    moved = base | {
        f"{more}.pointOfContact": {"email": "g@example.org"},
        f"{more}.certainAgreement.piSponsorEmployee": False,
    }
    assert compare(base, moved) == []
    assert list_administrative(build_canonical(put(base)), build_canonical(put(moved))) == [
        f"{more}.certainAgreement.piSponsorEmployee"
    ]


def test_a_sponsor_is_shown_by_its_name_with_its_class_behind_it() -> None:
    found = one(f"{SPONSORS}.leadSponsor", {"name": "A", "class": "OTHER"}, {"name": "B", "class": "INDUSTRY"})
    assert (found.old_value, found.new_value) == ("A (OTHER)", "B (INDUSTRY)")
    assert one(f"{SPONSORS}.leadSponsor", {"name": "A"}, {"name": "B"}).new_value == "B"
