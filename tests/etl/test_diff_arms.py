"""Arms and interventions: a rename is a rename, a closed arm is closed, what follows from one row has no other."""

from __future__ import annotations

from typing import Any

import pytest

from etl.diff.arms import compare_arms, compare_interventions
from etl.diff.closing import find_closing
from etl.diff.context import DiffContext
from models.change import Change
from tests.etl.listed_study import CONTEXT, build_arms
from tests.etl.studies import Json

ZELBARIMAB: Json = {"name": "Zelbarimab", "type": "DRUG", "description": "200 mg intravenously every 3 weeks."}
DOCETAXEL: Json = {"name": "Docetaxel", "type": "DRUG"}
NAMES = {"zelbarimab": ["zelbarimab", "LAG-3"], "docetaxel": ["docetaxel"], "ZB-101": ["zelbarimab", "LAG-3"]}
WATCHING = DiffContext(
    find_names=lambda text: [name for word, names in NAMES.items() if word.lower() in text.lower() for name in names],
    watched=frozenset({"zelbarimab"}),
)


def arm(label: str, *names: str, **fields: Any) -> Json:
    return {"label": label, "type": "EXPERIMENTAL", "interventionNames": [f"Drug: {name}" for name in names]} | fields


def tell(old: Json, new: Json, context: DiffContext = CONTEXT) -> list[tuple[str, str, str]]:
    return [(one.kind, one.action, one.item) for one in compare_both(old, new, context)]


def compare_both(old: Json, new: Json, context: DiffContext = CONTEXT) -> list[Change]:
    return [*compare_arms(old, new, context), *compare_interventions(old, new, context)]


def test_a_new_label_is_a_rename_and_what_names_the_arm_follows_it() -> None:
    old = build_arms(arm("Marker positive patients - Arm A", "Zelbarimab"), interventions=(ZELBARIMAB,))
    new = build_arms(arm("Marker positive or relapsed patients", "Zelbarimab"), interventions=(ZELBARIMAB,))
    (found,) = compare_both(old, new)
    assert (found.kind, found.action, found.item) == ("arm", "renamed", "Marker positive patients - Arm A")
    assert (found.old_value, found.new_value) == (
        "Marker positive patients - Arm A",
        "Marker positive or relapsed patients",
    )
    assert found.field == "protocolSection.armsInterventionsModule.armGroups.label"


def test_a_new_name_of_an_intervention_is_a_rename_and_its_arms_follow_it() -> None:
    newer = {**ZELBARIMAB, "name": "Zelbarimab (ZB-101)"}
    old = build_arms(arm("Arm A", "Zelbarimab"), arm("Arm B", "Docetaxel"), interventions=(ZELBARIMAB, DOCETAXEL))
    new = build_arms(arm("Arm A", "Zelbarimab (ZB-101)"), arm("Arm B", "Docetaxel"), interventions=(newer, DOCETAXEL))
    assert tell(old, new) == [("intervention", "renamed", "Zelbarimab")]


def test_another_type_of_an_intervention_is_one_row() -> None:
    old = build_arms(arm("Arm A", "Zelbarimab"), interventions=(ZELBARIMAB,))
    biological = {**arm("Arm A"), "interventionNames": ["Biological: Zelbarimab"]}
    new = build_arms(biological, interventions=({**ZELBARIMAB, "type": "BIOLOGICAL"},))
    (found,) = compare_both(old, new)
    assert (found.action, found.old_value, found.new_value) == ("changed", "DRUG", "BIOLOGICAL")


def test_the_code_and_the_name_of_a_drug_are_one_by_its_other_names_or_the_vocabulary() -> None:
    named: Json = {"name": "ZB-101", "type": "DRUG"}
    old = build_arms(arm("Arm A", "ZB-101"), interventions=(named,))
    listed = build_arms(arm("Arm A", "Zelbarimab"), interventions=({**ZELBARIMAB, "otherNames": ["ZB101"]},))
    plain = build_arms(arm("Arm A", "Zelbarimab"), interventions=({"name": "Zelbarimab", "type": "DRUG"},))
    assert ("intervention", "renamed", "ZB-101") in tell(old, listed)
    assert tell(old, plain, WATCHING) == [("intervention", "renamed", "ZB-101")]


@pytest.mark.parametrize(
    ("old", "new"),
    [("Zelbarimab", "Zelbarimab-B"), ("Zelbarimb", "Zelbarimab"), ("ZB-101", "ZB-101a")],
)
def test_a_name_spelt_a_little_otherwise_is_a_rename(old: str, new: str) -> None:
    before = build_arms(arm("Arm A", old), interventions=({"name": old, "type": "DRUG"},))
    after = build_arms(arm("Arm A", new), interventions=({"name": new, "type": "DRUG"},))
    assert tell(before, after) == [("intervention", "renamed", old)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ZB-101", "ZB-102"),
        ("Cisplatin", "Carboplatin"),
        ("Nivolumab", "Pembrolizumab"),
        ("Paclitaxel", "Nab-paclitaxel"),
        ("Placebo", "Drug X"),
    ],
)
def test_another_drug_in_its_place_is_no_rename(old: str, new: str) -> None:
    text = "Given intravenously on day 1 of every cycle."
    before = build_arms(arm("Arm A", old), interventions=({"name": old, "type": "DRUG", "description": text},))
    after = build_arms(arm("Arm A", new), interventions=({"name": new, "type": "DRUG", "description": text},))
    assert tell(before, after) == [
        ("arm", "changed", "Arm A"),
        ("intervention", "removed", old),
        ("intervention", "added", new),
    ]


def test_a_code_that_became_a_name_is_a_rename_where_the_text_stayed() -> None:
    old: Json = {"name": "ZB-101", "type": "DRUG", "description": "300 mg of ZB-101 by mouth once a day."}
    new: Json = {"name": "Zelbarimab", "type": "DRUG", "description": "300 mg by mouth once a day."}
    told: Json = {"name": "Zelbarimab", "type": "DRUG", "description": "Formerly ZB101."}
    for named in (new, told):
        before = build_arms(arm("Arm A", "ZB-101"), interventions=(old,))
        after = build_arms(arm("Arm A", "Zelbarimab"), interventions=(named,))
        assert tell(before, after)[0] == ("intervention", "renamed", "ZB-101")


def test_names_that_the_vocabulary_knows_apart_are_never_one() -> None:
    old = build_arms(
        arm("Arm A", "Zelbarimab arm drug"), interventions=({"name": "Zelbarimab arm drug", "type": "DRUG"},)
    )
    new = build_arms(
        arm("Arm A", "Docetaxel arm drug"), interventions=({"name": "Docetaxel arm drug", "type": "DRUG"},)
    )
    assert ("intervention", "removed", "Zelbarimab arm drug") in tell(old, new, WATCHING)


def test_arms_that_came_and_went_carry_their_content_and_a_readable_line() -> None:
    old = build_arms(arm("Arm A", "Zelbarimab"), interventions=(ZELBARIMAB,))
    new = build_arms(
        arm("Arm A", "Zelbarimab"),
        arm("Observation", type="NO_INTERVENTION", description="None."),
        interventions=(ZELBARIMAB,),
    )
    (added,) = compare_both(old, new)
    assert (added.action, added.old_value, added.new_value) == ("added", None, "Observation (NO_INTERVENTION): None.")
    assert added.detail["content"] == {"label": "Observation", "type": "NO_INTERVENTION", "description": "None."}
    (removed,) = compare_both(new, old)
    assert (removed.action, removed.old_value, removed.new_value) == ("removed", added.new_value, None)


def test_a_dose_level_in_place_of_another_is_another_arm() -> None:
    text = {"description": "Participants receive zelbarimab at this dose level."}
    old = build_arms(
        arm("Cohort 1: 10 mg", "Zelbarimab", **text), arm("Cohort 2: 30 mg", "Zelbarimab"), interventions=(ZELBARIMAB,)
    )
    new = build_arms(
        arm("Cohort 2: 30 mg", "Zelbarimab"), arm("Cohort 5: 900 mg", "Zelbarimab"), interventions=(ZELBARIMAB,)
    )
    assert tell(old, new) == [("arm", "removed", "Cohort 1: 10 mg"), ("arm", "added", "Cohort 5: 900 mg")]


def test_arms_relabelled_all_at_once_are_known_by_what_they_receive() -> None:
    old = build_arms(arm("Arm A", "Zelbarimab"), arm("Arm B", "Docetaxel"), interventions=(ZELBARIMAB, DOCETAXEL))
    new = build_arms(
        arm("Zelbarimab", "Zelbarimab"), arm("Docetaxel", "Docetaxel"), interventions=(ZELBARIMAB, DOCETAXEL)
    )
    renames = {one.item: one.new_value for one in compare_both(old, new)}
    assert renames == {"Arm A": "Zelbarimab", "Arm B": "Docetaxel"}


def test_another_text_and_another_company_are_rows_of_their_fields() -> None:
    old = build_arms(arm("Arm A", "Zelbarimab", description="Old."), interventions=(ZELBARIMAB, DOCETAXEL))
    new = build_arms(arm("Arm A", "Zelbarimab", "Docetaxel", description="New."), interventions=(ZELBARIMAB, DOCETAXEL))
    text, company = compare_both(old, new)
    assert (text.action, text.old_value, text.new_value) == ("changed", "Old.", "New.")
    assert (company.old_value, company.new_value) == ("Drug: Zelbarimab", "Drug: Docetaxel; Drug: Zelbarimab")
    assert (company.detail["added"], company.detail["removed"]) == (["Drug: Docetaxel"], [])


def test_a_label_spelt_otherwise_is_a_light_rename() -> None:
    context = DiffContext(weights={("arm", "renamed"): "high"})
    old, new = build_arms(arm("Arm A - zelbarimab")), build_arms(arm("ARM A: Zelbarimab"))
    (found,) = compare_both(old, new, context)
    assert (found.action, found.weight) == ("renamed", "low")


def test_of_two_arms_with_one_label_the_changed_one_is_found_by_its_place() -> None:
    old = build_arms(arm("Cohort", description="First."), arm("Cohort", description="Second."))
    new = build_arms(arm("Cohort", description="First."), arm("Cohort", description="Second and last."))
    (found,) = compare_both(old, new)
    assert (found.item, found.old_value, found.detail["place"]) == ("Cohort", "Second.", 1)


@pytest.mark.parametrize("field", ["label", "description"])
def test_an_arm_whose_text_newly_says_closed_is_closed_and_weighs_high(field: str) -> None:
    words = {"label": "Arm A", "description": "Zelbarimab weekly."}
    closed = words | {field: f"{words[field]} (closed to accrual 03/2026)"}
    (found,) = compare_both(build_arms(words), build_arms(closed))
    assert (found.action, found.weight, found.item) == ("closed", "high", "Arm A")
    assert (found.old_value, found.new_value) == (words[field], closed[field])
    assert found.detail["says"] == "closed to accrual 03/2026"
    (opened,) = compare_both(build_arms(closed), build_arms(words))
    assert (opened.action, opened.detail["no_longer_says"]) != ("closed", "")
    assert opened.action in ("renamed", "changed")


def test_an_arm_that_said_closed_before_is_not_closed_again() -> None:
    old = build_arms(arm("Arm A (closed)", description="Weekly."))
    new = build_arms(arm("Arm A (closed)", description="Closed to accrual. Was given weekly."))
    assert [one.action for one in compare_both(old, new)] == ["changed"]


def test_an_arm_closed_in_label_and_text_is_closed_once() -> None:
    old, new = (
        build_arms(arm("Arm A", description="Weekly.")),
        build_arms(arm("Arm A: closed", description="Enrollment closed.")),
    )
    assert [one.action for one in compare_both(old, new)] == ["closed", "changed"]


def test_a_watched_agent_newly_named_outranks_other_edits() -> None:
    old = build_arms(arm("Arm A", "Docetaxel", description="Docetaxel."), interventions=(DOCETAXEL,))
    new = build_arms(
        arm("Arm A", "Docetaxel", "Zelbarimab", description="Docetaxel and zelbarimab."),
        interventions=(DOCETAXEL, ZELBARIMAB),
    )
    for found in compare_both(old, new, WATCHING):
        assert (found.weight, found.detail["agents"]) == ("high", ["zelbarimab"])


def test_a_watched_agent_that_was_named_before_is_no_news() -> None:
    old = build_arms(arm("Arm A", "Zelbarimab", description="Weekly."), interventions=(ZELBARIMAB,))
    new = build_arms(arm("Arm A", "Zelbarimab", description="Zelbarimab weekly."), interventions=(ZELBARIMAB,))
    (found,) = compare_both(old, new, WATCHING)
    assert "agents" not in found.detail


def test_a_new_arm_of_a_watched_agent_names_it() -> None:
    old = build_arms(arm("Arm A", "Docetaxel"), interventions=(DOCETAXEL, ZELBARIMAB))
    new = build_arms(arm("Arm A", "Docetaxel"), arm("Arm B", "Zelbarimab"), interventions=(DOCETAXEL, ZELBARIMAB))
    (found,) = compare_both(old, new, WATCHING)
    assert (found.action, found.weight, found.detail["agents"]) == ("added", "high", ["zelbarimab"])


CLOSED = """
Arm B (CLOSED)
Arm B [Closed to accrual]
Arm A (closed to accrual as of 12/19/2000)
CLOSED: Cohort 3
Cohort 3 - CLOSED
Cohort B closed 03/15/2023
Closed to Enrollment: Cohort A
Patients receive drug X twice a day. THIS ARM HAS BEEN CLOSED TO ACCRUAL.
Arm III (closed as of Amendment 5)
Enrollment to this arm has been discontinued.
Enrollment in Cohort 2 is complete.
Accrual to Arm B was terminated early.
Part B was terminated.
Arm C was discontinued following the interim analysis.
This cohort is no longer enrolling.
No further participants will be enrolled in this cohort.
Arm D (Discontinued)
Dose level 3 closed.
Arm B (temporarily closed to accrual)
Arm suspended pending safety review
"""
OPEN = """
Closed-label treatment with drug X
Closed-loop insulin delivery
Arm closed-loop pacing
Closed reduction of the fracture
Cohort A: closed fracture
Group with wound closed by suture
Group 1: Skin closed with staples
Eyes closed condition
Drug X until disease progression or treatment is discontinued
Participants in this arm discontinued treatment upon progression
This arm will be closed if more than two events occur
The cohort may be closed to enrollment after interim analysis
Arm A is not closed to enrollment
The arm wasn't closed
Once Cohort 1 is closed, Cohort 2 opens
If the arm is terminated, participants roll over
After enrollment is complete, participants are followed
Participants will continue until enrollment is complete
Arm B: discontinued statin
Not yet open to enrollment
"""


@pytest.mark.parametrize("text", CLOSED.strip().splitlines())
def test_these_words_close_an_arm(text: str) -> None:
    assert find_closing(text)


@pytest.mark.parametrize("text", OPEN.strip().splitlines())
def test_these_words_close_none(text: str) -> None:
    assert find_closing(text) == ""
