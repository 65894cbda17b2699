"""Outcomes: what an end point became across the three lists, and what is not the same end point."""

from __future__ import annotations

import pytest

from etl.diff.endpoints import find_end_points
from etl.diff.outcomes import compare_outcomes
from models.change import Change
from tests.etl.listed_study import CONTEXT, build_outcomes, merge
from tests.etl.studies import Json

OS = ("Overall survival (OS)", "24 months", "Time from randomisation to death of any cause.")
PFS = ("Progression-free survival (PFS)", "24 months", "Time from randomisation to progression or death.")
ORR = ("Objective response rate", "12 months")


def compare(old: Json, new: Json) -> list[Change]:
    return list(compare_outcomes(old, new, CONTEXT))


def tell(old: Json, new: Json) -> list[tuple[str, str, str]]:
    return [(one.kind, one.action, one.item) for one in compare(old, new)]


def test_an_outcome_that_becomes_primary_is_promoted_and_back_demoted() -> None:
    old, new = build_outcomes([OS], [PFS, ORR]), build_outcomes([OS, PFS], [ORR])
    (up,), (down,) = compare(old, new), compare(new, old)
    assert (up.kind, up.action, up.item) == ("primary_outcome", "promoted", PFS[0])
    assert (up.old_value, up.new_value) == ("secondary", "primary")
    assert up.field == "protocolSection.outcomesModule.primaryOutcomes"
    assert (down.kind, down.action, down.item) == ("primary_outcome", "demoted", PFS[0])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (build_outcomes([OS], [], [ORR]), build_outcomes([OS], [ORR]), ("secondary_outcome", "promoted")),
        (build_outcomes([OS], [ORR]), build_outcomes([OS], [], [ORR]), ("secondary_outcome", "demoted")),
        (build_outcomes([OS], [], [ORR]), build_outcomes([OS, ORR]), ("primary_outcome", "promoted")),
        (build_outcomes([OS, ORR]), build_outcomes([OS], [], [ORR]), ("primary_outcome", "demoted")),
    ],
)
def test_a_move_is_told_under_the_higher_list(old: Json, new: Json, told: tuple[str, str]) -> None:
    assert tell(old, new) == [(*told, ORR[0])]


def test_two_outcomes_that_change_places_are_a_promotion_and_a_demotion() -> None:
    assert sorted(tell(build_outcomes([OS], [PFS]), build_outcomes([PFS], [OS]))) == [
        ("primary_outcome", "demoted", OS[0]),
        ("primary_outcome", "promoted", PFS[0]),
    ]


def test_a_promoted_outcome_that_was_reworded_has_both_rows() -> None:
    changed = ("Progression-free survival by blinded review (PFS)", *PFS[1:])
    moved, reworded = compare(build_outcomes([OS], [PFS]), build_outcomes([OS, changed]))
    assert (moved.action, reworded.kind, reworded.action) == ("promoted", "primary_outcome", "reworded")
    assert reworded.field == "protocolSection.outcomesModule.primaryOutcomes.measure"
    assert (reworded.item, reworded.new_value, reworded.detail["from"]) == (PFS[0], changed[0], "secondary")


def test_another_end_point_in_its_place_is_dropped_and_added() -> None:
    old, new = build_outcomes([PFS]), build_outcomes([(OS[0], PFS[1], PFS[2])])
    assert tell(old, new) == [("primary_outcome", "dropped", PFS[0]), ("primary_outcome", "added", OS[0])]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ORR", "Objective Response Rate per RECIST 1.1"),
        ("Disease Free Survival", "Disease Free Survival (DFS)"),
        ("Incidence of treatment-emergent adverse events", "Number of participants with AEs"),
        ("Number of implant related adverse events", "Number of implant related serious adverse events"),
        ("% burnt skin closed at the first dressing", "Percent of skin closed (by area) at first dressing"),
        ("Change in HbA1c from baseline", "Mean change from baseline in HbA1c (%)"),
        ("Phase 2: PFS", "Progression-free survival"),
    ],
)
def test_other_words_for_a_measure_are_a_rewording(old: str, new: str) -> None:
    assert tell(build_outcomes([old]), build_outcomes([new])) == [("primary_outcome", "reworded", old)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Area under the curve of zelbarimab", "Maximum concentration of zelbarimab"),
        ("Anti-drug antibodies against zelbarimab", "Anti-drug antibodies against docetaxel"),
        ("ORR in Cohort A", "ORR in Cohort B"),
        ("Change in body weight", "Change in blood pressure"),
        ("Event-free survival", "Overall survival"),
        ("Duration of response", "Objective response"),
    ],
)
def test_another_measure_is_no_rewording(old: str, new: str) -> None:
    same = ("12 months", "Measured in blood samples taken at each visit.")
    old_lists = build_outcomes([OS], [(old, *same), ("Anti-drug antibodies against others", *same)])
    new_lists = build_outcomes([OS], [(new, *same), ("Anti-drug antibodies against others", *same)])
    assert tell(old_lists, new_lists) == [("secondary_outcome", "dropped", old), ("secondary_outcome", "added", new)]


def test_one_measure_at_several_times_is_told_apart_by_its_time() -> None:
    at = [("Overall survival", f"{months} months") for months in (12, 24, 36)]
    (found,) = compare(build_outcomes(at), build_outcomes([*at[:2], ("Overall survival", "60 months")]))
    assert (found.action, found.old_value, found.new_value) == ("time_frame", "36 months", "60 months")
    assert found.field == "protocolSection.outcomesModule.primaryOutcomes.timeFrame"
    assert "place" in found.detail
    dropped, *rest = compare(build_outcomes(at), build_outcomes(at[1:]))
    assert (dropped.action, dropped.old_value, rest) == ("dropped", "Overall survival [12 months]", [])


def test_a_text_that_changed_is_a_rewording_of_its_field() -> None:
    (found,) = compare(build_outcomes([PFS]), build_outcomes([(*PFS[:2], "By investigator.")]))
    assert (found.action, found.item) == ("reworded", PFS[0])
    assert found.field == "protocolSection.outcomesModule.primaryOutcomes.description"
    assert (found.old_value, found.new_value) == (PFS[2], "By investigator.")


def test_a_measure_without_words_in_common_is_known_by_its_text() -> None:
    text = "The share of participants whose tumour shrank by at least 30 percent on imaging."
    old, new = build_outcomes([("Efficacy", "1 year", text)]), build_outcomes([("Response", "1 year", text)])
    assert tell(old, new) == [("primary_outcome", "reworded", "Efficacy")]


def test_a_time_frame_spelt_otherwise_weighs_little() -> None:
    (found,) = compare(build_outcomes([("OS", "3 months")]), build_outcomes([("OS", "3 Months")]))
    assert (found.action, found.weight) == ("time_frame", "low")


def test_twins_in_one_list_are_counted() -> None:
    assert tell(build_outcomes([OS, OS]), build_outcomes([OS])) == [("primary_outcome", "dropped", OS[0])]
    assert tell(build_outcomes([OS]), build_outcomes([OS, OS])) == [("primary_outcome", "added", OS[0])]


@pytest.mark.parametrize(
    ("date", "kind", "is_after"),
    [("2026-01-05", "ACTUAL", True), ("2026-01-05", "ESTIMATED", False), ("2026-09", "ACTUAL", False)],
)
def test_a_change_says_whether_it_came_after_the_actual_primary_completion(
    date: str, kind: str, *, is_after: bool
) -> None:
    status = {"primaryCompletionDateStruct": {"date": date, "type": kind}, "lastUpdateSubmitDate": "2026-03-02"}
    dated: Json = {"protocolSection": {"statusModule": status}}
    changes = compare(merge(build_outcomes([OS]), dated), merge(build_outcomes([], [OS, ORR]), dated))
    assert [one.detail["after_completion"] for one in changes] == [is_after] * 2


def test_a_hundred_outcomes_that_all_moved_are_compared_at_once() -> None:
    old = [(f"Score of item {n} of the questionnaire", "12 weeks", f"Text {n}.") for n in range(120)]
    new = [(f"Total score of item {n} of the questionnaire", "16 weeks", f"Text {n}.") for n in range(120)]
    changes = compare(build_outcomes([OS], old), build_outcomes([OS], new))
    assert len(changes) == 240
    assert {one.action for one in changes} == {"reworded", "time_frame"}


@pytest.mark.parametrize(
    ("measure", "names"),
    [
        ("PFS2", {"pfs2"}),
        ("Progression-free survival on next therapy (PFS-2)", {"pfs2"}),
        ("Duration of Response (DoR)", {"duration of response"}),
        ("Pathological complete response (pCR)", {"pathological complete response"}),
        ("Dose-limiting toxicities (DLTs)", {"dose-limiting toxicity"}),
        ("Cmax of zelbarimab", {"maximum concentration"}),
        ("Time to response", {"time to response"}),
        ("Pain at rest", set()),
    ],
)
def test_a_measure_names_its_end_points(measure: str, names: set[str]) -> None:
    assert find_end_points(measure)[0] == names
