"""What a letter says of one change, or of several of one kind: in few words, exact, and never more than is known."""

from __future__ import annotations

from typing import Any

import pytest

from etl.letter import build_lines, show_reason
from etl.letter.fields import show_field, show_value
from models.digest import ChangeLine
from models.registry_fields import SECTIONS, read_fields
from models.stop_reasons import list_stop_classes
from tests.etl.facts import Row, change

NCT = "NCT99000101"
STATUS = "protocolSection.statusModule"


def tell(*rows: Row) -> ChangeLine:
    (line,) = build_lines(rows)
    return line


def say(*rows: Row) -> str:
    line = tell(*rows)
    return ", ".join((line.told, *line.notes))


def test_a_date_that_moved_twice_is_one_chain_from_the_first_to_the_last() -> None:
    kind = "primary_completion_date"
    rows = [change(NCT, kind, "slipped", "2026-06", "2026-12"), change(NCT, kind, "slipped", "2026-12", "2027-03")]
    assert say(*rows) == "Primary completion Jun 2026 → Dec 2026 → Mar 2027, 9 months later"


def test_moves_between_which_something_was_told_before_are_not_one_chain() -> None:
    kind = "primary_completion_date"
    rows = [change(NCT, kind, "slipped", "2026-06", "2026-12"), change(NCT, kind, "slipped", "2027-01", "2027-03")]
    assert tell(*rows).told == "Primary completion Jun 2026 → Dec 2026 … Jan 2027 → Mar 2027"


def test_a_value_that_came_back_says_so() -> None:
    rows = [change(NCT, "enrollment", "raised", "40", "60"), change(NCT, "enrollment", "cut", "60", "40")]
    assert say(*rows) == "Enrollment 40 → 60 → 40, there and back"


def test_a_leap_that_is_hard_to_believe_is_flagged() -> None:
    row = change(NCT, "completion_date", "slipped", "2026-06", "2036-06", implausible=True)
    assert say(row) == "Completion Jun 2026 → Jun 2036, 120 months later, more than 5 years: check the record"


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        ("142", "61", "−57 %"),
        ("40", "60", "+50 %"),
        ("0", "60", ""),
        ("40", "40", ""),
        (None, "40", ""),
        ("1000", "1001", ""),
    ],
)
def test_enrollment_says_what_it_gained_or_lost_where_that_can_be_said(
    old: str | None, new: str | None, note: str
) -> None:
    assert tell(change(NCT, "enrollment", "set", old, new)).notes == ((note,) if note else ())


@pytest.mark.parametrize("stop_class", list_stop_classes())
def test_the_class_of_a_reason_is_a_short_word_beside_it(stop_class: str) -> None:
    said = show_reason("Slow.", stop_class)
    assert said.startswith("“Slow.”")
    assert "_" not in said
    assert (said == "“Slow.”") == (stop_class == "other")


def test_an_arm_that_closed_is_told_with_the_words_that_say_so() -> None:
    row = change(NCT, "arm", "closed", "Text.", "Text. Closed to accrual.", item="Arm B", says="Closed to accrual")
    assert tell(row).head == "Arm closed"
    assert say(row) == "Arm closed: “Arm B”, now says “Closed to accrual”"


def test_arms_that_were_closed_and_added_are_one_line_each_with_its_own_notes() -> None:
    closed = change(NCT, "arm", "closed", "Text.", "Closed.", item="Arm B", says="Closed.")
    added = change(NCT, "arm", "added", None, "Arm C", item="Arm C", content={"label": "Arm C"}, agents=["zelbarimab"])
    line = tell(closed, added)
    assert line.head == "Arms changed, naming zelbarimab"
    assert line.is_marked
    assert line.told == f"{line.head}: closed “Arm B” (now says “Closed.”); added “Arm C”, naming zelbarimab"


def test_an_arm_that_is_open_again_says_what_it_no_longer_says() -> None:
    row = change(NCT, "arm", "changed", "Closed.", "Text.", item="Arm B", no_longer_says="Closed.")
    assert say(row) == "Arm changed: “Arm B”, no longer says “Closed.”"


def test_nothing_is_marked_where_nothing_watched_is_named() -> None:
    assert not tell(change(NCT, "intervention", "added", None, "Docetaxel", item="Docetaxel")).is_marked


def test_outcomes_changed_in_one_and_the_same_way_are_told_together() -> None:
    field = "protocolSection.outcomesModule.primaryOutcomes.timeFrame"
    rows = [
        change(NCT, "primary_outcome", "time_frame", "59 months", "58 months", item=name, field=field)
        for name in ("AEs", "ORR")
    ]
    assert say(*rows) == "Primary outcomes given another time frame: “AEs”, “ORR” (each “59 months” → “58 months”)"


def test_a_change_after_primary_completion_says_so_for_all_or_for_its_own() -> None:
    late = change(NCT, "primary_outcome", "added", None, "OS", item="OS", after_completion=True)
    early = change(NCT, "primary_outcome", "dropped", "ORR", None, item="ORR", after_completion=False)
    assert say(late) == "Primary outcome added: “OS”, after primary completion"
    assert say(late, early) == "Primary outcomes changed: added “OS” (after primary completion); dropped “ORR”"


def test_many_items_are_cut_and_counted() -> None:
    rows = [change(NCT, "secondary_outcome", "added", None, name, item=name) for name in "ABCDEFGH"]
    assert say(*rows) == "Secondary outcomes added: “A”, “B”, “C”, “D”, “E”; … 3 more"


def test_a_criterion_says_its_side_and_its_numbers() -> None:
    numbers: dict[str, Any] = {"old": ["≥ 18 years"], "new": ["≥ 21 years"]}
    row = change(NCT, "eligibility", "changed", "Age ≥ 18", "Age ≥ 21", item="inclusion", numbers=numbers)
    assert say(row) == "Eligibility changed: inclusion criterion changed “Age ≥ 21” (≥ 18 years → ≥ 21 years)"


def test_a_criterion_that_changed_sides_stands_on_the_new_one() -> None:
    row = change(NCT, "eligibility", "changed", "HIV", "HIV 1", item="inclusion", side="exclusion")
    assert say(row) == "Eligibility changed: exclusion criterion changed “HIV” → “HIV 1”"


def test_a_limit_is_told_as_the_registry_measures_it() -> None:
    row = change(
        NCT, "eligibility", "limits", "18 Years", None, field="protocolSection.eligibilityModule.maximumAge"
    )  # fmt: skip
    assert say(row) == "Eligibility changed: maximum age 18 years → not stated"


def test_countries_are_one_line_of_what_came_and_what_went() -> None:
    rows = [
        *(change(NCT, "country", "added", None, name, item=name) for name in ("Spain", "Italy")),
        change(NCT, "country", "removed", "France", None, item="France"),
    ]
    assert say(*rows) == "Countries: + Italy, Spain; − France"


def test_a_country_that_came_and_went_did_neither() -> None:
    rows = [
        change(NCT, "country", "added", None, "Spain", item="Spain"),
        change(NCT, "country", "removed", "Spain", None, item="Spain"),
    ]
    assert say(*rows) == "Countries: Spain there and back"


def test_sites_say_their_number_and_where_they_came_and_went() -> None:
    row = change(NCT, "site", "count", "12", "18", added={"Spain": 2, "Italy": 5}, removed={"France": 1})
    assert say(row) == "Sites: 12 → 18 (+ 5 Italy, 2 Spain; − 1 France)"


def test_results_that_are_posted_need_no_word_of_their_submission() -> None:
    rows = [
        change(NCT, "results", "submitted", None, "2026-01-05", event="RELEASE", date="2026-01-05"),
        change(NCT, "results", "posted", "false", "true", first_posted="2026-02-11"),
    ]
    assert say(*rows) == "Results posted, dated 11 Feb 2026"


def test_a_submission_taken_back_is_not_called_results_taken_back() -> None:
    row = change(NCT, "results", "withdrawn", None, "2026-01-05", event="UNRELEASE", date="2026-01-05")
    assert say(row) == "Submission of results withdrawn, dated 5 Jan 2026"


def test_overdue_results_say_since_when() -> None:
    row = change(NCT, "results", "overdue", None, "2025-01-31", months=12, primary_completion_type="ESTIMATED")
    assert say(row) == "No results 12 months after primary completion (31 Jan 2025, estimated)"


def test_a_paper_is_told_by_its_number_and_its_citation_with_the_names_of_its_authors_cut() -> None:
    citation = "Doe J, Roe R, Poe P, Moe M. Zelbarimab in NSCLC. J Fict Oncol. 2026."
    row = change(NCT, "reference", "added", None, "x", item="99000051", type="RESULT", content={"citation": citation})
    assert (
        say(row)
        == "Paper linked: PMID 99000051 “Doe J, … Zelbarimab in NSCLC. J Fict Oncol. 2026.” (newly cited as a result)"
    )
    assert tell(row).pmids == ("99000051",)
    assert say({**row, "is_paper_retracted": True}).endswith("(newly cited as a result; retracted)")


def test_a_sponsor_is_told_by_name_and_its_class_only_where_that_alone_moved() -> None:
    field = "protocolSection.sponsorCollaboratorsModule.leadSponsor"
    old, new = {"name": "A", "class": "OTHER"}, {"name": "B", "class": "INDUSTRY"}
    moved = change(NCT, "sponsor", "changed", "A (OTHER)", "B (INDUSTRY)", field=field, old=old, new=new)
    assert say(moved) == "Lead sponsor: “A” → “B”"
    regraded = change(NCT, "sponsor", "changed", "", "", field=field, old=old, new=old | {"class": "INDUSTRY"})
    assert say(regraded) == "Lead sponsor: class other → industry"


def test_a_phase_is_told_as_people_write_it() -> None:
    assert say(change(NCT, "phase", "changed", "PHASE1", "PHASE2")) == "Phase 1 → Phase 2"
    assert say(change(NCT, "phase", "changed", "NA", "PHASE1; PHASE2")) == "no phase → Phase 1/2"
    assert say(change(NCT, "phase", "removed", "PHASE4", None)) == "Phase 4 → not stated"


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("protocolSection.designModule.designInfo.allocation", "NON_RANDOMIZED", "non-randomized"),
        ("protocolSection.oversightModule.oversightHasDmc", "true", "yes"),
        ("protocolSection.identificationModule.acronym", "KEYNOTE-001", "“KEYNOTE-001”"),
        ("protocolSection.eligibilityModule.minimumAge", "18 Years", "18 years"),
        ("protocolSection.outcomesModule.primaryOutcomes.timeFrame", "18 Years", "“18 Years”"),
        (f"{STATUS}.dispFirstSubmitDate", "2026-02-01", "1 Feb 2026"),
        (f"{STATUS}.dispFirstSubmitDate", None, "not stated"),
    ],
)
def test_a_value_is_told_as_its_field_means_it(field: str, value: str | None, shown: str) -> None:
    assert show_value(field, value, 120) == shown


def test_every_field_of_the_record_has_a_name_that_reads_as_words() -> None:
    paths = []
    left = [read_fields().fields[name] for name in SECTIONS]
    while left:
        field = left.pop()
        paths.append(field.path)
        left += field.fields.values()
    assert len(paths) > 300
    for path in paths:
        name = show_field(path)
        assert name[0].isupper() or name[0].isdigit(), path
        assert "_" not in name or path.endswith(("locations_nested", "id_str")), path
