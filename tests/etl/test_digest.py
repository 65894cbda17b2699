"""From facts to a letter's content: each trial once, under its strongest target, nothing lost or overclaimed."""

from __future__ import annotations

import datetime as dt

import pytest

from etl.digest import OTHER_PAPERS
from etl.letter import KINDS
from etl.letter.summary import REST
from etl.letter.trials import MOST_WHOLE
from models.change import WEIGHT_OF, WEIGHTS
from models.digest import Digest, Section, TrialItem
from tests.etl.every_change import EVERY, OTHERS, STATUSES, gather_every
from tests.etl.facts import (
    DEAD_SOURCE,
    QUIET,
    RICH,
    SINCE,
    Row,
    change,
    check,
    feb,
    gather,
    move,
    older,
    paper,
    trial,
    write,
)

NCT = "NCT99000101"
GROUPS = ("stopped", "moved", "reported", "designed", "dated", "edited", "fresh")


def items(digest: Digest) -> list[tuple[str, str, TrialItem]]:
    return [
        (section.name, group, item)
        for section in digest.sections
        for group in GROUPS
        for item in getattr(section, group)
    ]


def section(digest: Digest, name: str) -> Section:
    return next(one for one in digest.sections if one.name == name)


def test_every_trial_told_stands_once_in_one_group_under_its_home() -> None:
    places = {item.nct_id: (name, group) for name, group, item in items(write(RICH))}
    assert places == {
        "NCT99000101": ("LAG-3", "stopped"),
        "NCT99000117": ("LAG-3", "stopped"),
        "NCT99000122": ("TIGIT", "dated"),
        "NCT99000130": ("TIGIT", "moved"),
        "NCT99000131": ("myeloid", "moved"),
        "NCT99000132": (REST, "moved"),
        "NCT99000133": ("TIGIT", "moved"),
        "NCT99000140": ("TIM-3", "fresh"),
    }
    assert len(items(write(RICH))) == len(places)


def test_sections_come_targets_first_then_pathways_then_the_rest() -> None:
    assert [one.name for one in write(RICH).sections] == ["LAG-3", "TIGIT", "TIM-3", "myeloid", REST, OTHER_PAPERS]


@pytest.mark.parametrize("row", [*EVERY, *OTHERS], ids=lambda row: f"{row['kind']}-{row['action']}")
def test_no_change_of_the_minimum_weight_is_lost(row: Row) -> None:
    digest = write(gather_every([row | {"weight": "medium"}]))
    if row["kind"] == "reference" and row["detail"]["type"] == "BACKGROUND":
        assert (items(digest), digest.left_out) == ([], ("1 medium-weight change",))
        return
    ((_, _, item),) = items(digest)
    assert item.moves or [(line.kind, line.actions) for line in item.lines] == [(row["kind"], (row["action"],))]
    assert digest.left_out == ()


def test_the_examples_hold_every_kind_there_is_and_the_letter_has_a_word_for_each() -> None:
    assert {row["kind"] for row in EVERY} == {kind for kind, _ in WEIGHT_OF} == {"status", *KINDS}


def test_what_weighs_less_is_counted_and_not_told() -> None:
    row = change(NCT, "completion_date", "refined", "2026", "2026-06")
    digest = write(gather(trials=[trial(NCT)], changes=[row]))
    assert digest.is_quiet
    assert digest.left_out == ("1 low-weight change",)


def test_the_minimum_weight_is_the_readers() -> None:
    facts = gather(
        trials=[trial(NCT), trial("NCT99000102")],
        changes=[
            change(NCT, "start_date", "slipped", "2026-06", "2027-03"),
            move("NCT99000102", "ACTIVE_NOT_RECRUITING", "COMPLETED"),
        ],
    )
    told = {
        weight: [item.nct_id for _, _, item in items(write(facts, weight))]
        for weight in ("top", "high", "medium", "low")
    }
    assert told == {"top": [], "high": ["NCT99000102"], "medium": ["NCT99000102", NCT], "low": ["NCT99000102", NCT]}


def test_the_enrollment_a_stopped_trial_came_to_is_told_with_the_stop() -> None:
    item = section(write(RICH), "LAG-3").stopped[0]
    assert [line.kind for line in item.lines] == ["enrollment"]
    assert write(RICH).left_out == (
        "1 low-weight change", "31 administrative edits", "1 paper on the virology of RIG-I"
    )  # fmt: skip


def test_the_enrollment_of_another_trial_stays_where_its_weight_puts_it() -> None:
    row = change(NCT, "enrollment", "actual", "142", "61")
    assert write(gather(trials=[trial(NCT)], changes=[row])).is_quiet


def test_moves_of_one_trial_stay_together_in_their_order() -> None:
    item = next(item for _, _, item in items(write(RICH)) if item.nct_id == "NCT99000130")
    assert [(one.old_status, one.new_status) for one in item.moves] == [
        ("RECRUITING", "SUSPENDED"), ("SUSPENDED", "RECRUITING"),
    ]  # fmt: skip


def test_a_trial_that_was_paused_and_resumed_is_not_summed_up_as_stopped_or_paused() -> None:
    moves = [move(NCT, "RECRUITING", "SUSPENDED"), move(NCT, "SUSPENDED", "RECRUITING")]
    text = " ".join(write(gather(trials=[trial(NCT)], changes=moves)).summary)
    assert "listed as suspended" not in text
    assert "listed as recruiting" not in text


def test_a_trial_that_came_back_to_where_it_was_has_moved_and_is_told_once() -> None:
    moves = [move(NCT, "TERMINATED", "RECRUITING"), move(NCT, "RECRUITING", "TERMINATED")]
    ((_, group, item),) = items(write(gather(trials=[trial(NCT)], changes=moves)))
    assert (group, item.is_reversed) == ("moved", True)
    assert item.chains == (("TERMINATED", "RECRUITING", "TERMINATED"),)


def test_all_moves_of_a_status_are_told_where_one_weighs_enough() -> None:
    moves = [move(NCT, "RECRUITING", "ACTIVE_NOT_RECRUITING"), move(NCT, "ACTIVE_NOT_RECRUITING", "TERMINATED")]
    ((_, group, item),) = items(write(gather(trials=[trial(NCT)], changes=moves), "top"))
    assert group == "stopped"
    assert item.chains == (("RECRUITING", "ACTIVE_NOT_RECRUITING", "TERMINATED"),)


def test_moves_between_which_something_was_told_before_are_two_chains() -> None:
    moves = [move(NCT, "RECRUITING", "SUSPENDED", origin="gap"), move(NCT, "TERMINATED", "RECRUITING")]
    ((_, group, item),) = items(write(gather(trials=[trial(NCT)], changes=moves)))
    assert (group, item.is_reversed) == ("moved", False)
    assert item.chains == (("RECRUITING", "SUSPENDED"), ("TERMINATED", "RECRUITING"))


def test_what_was_missed_between_two_nights_is_news_like_the_rest() -> None:
    seen, missed = (
        write(gather(trials=[trial(NCT)], changes=[move(NCT, "RECRUITING", "TERMINATED", origin=origin)]))
        for origin in ("live", "gap")
    )
    assert [group for _, group, _ in items(missed)] == [group for _, group, _ in items(seen)] == ["stopped"]
    assert [update.is_gap for _, _, item in items(missed) for update in item.updates] == [True]


def test_the_lines_of_a_trial_come_by_weight_then_by_kind_and_each_kind_once() -> None:
    digest = write(gather_every([row | {"nct_id": NCT} for row in EVERY if row["kind"] != "status"]), "low")
    ((_, _, item),) = items(digest)
    kinds = [line.kind for line in item.lines]
    assert len(kinds) == len(set(kinds)) == len(KINDS)
    places = [(WEIGHTS.index(line.weight), list(KINDS).index(line.kind)) for line in item.lines]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("kind", "group"),
    [
        ("results", "reported"), ("retraction", "reported"), ("arm", "designed"), ("primary_outcome", "designed"),
        ("eligibility", "designed"), ("enrollment", "dated"), ("country", "dated"), ("title", "edited"),
        ("why_stopped", "moved"), ("registry_state", "moved"),
    ],
)  # fmt: skip
def test_a_trial_stands_in_the_group_of_its_gravest_change(kind: str, group: str) -> None:
    row = next(row for row in EVERY if row["kind"] == kind) | {"nct_id": NCT, "weight": "high"}
    lighter = [one | {"nct_id": NCT, "weight": "medium"} for one in EVERY if one["kind"] in ("title", "site", "phase")]
    ((_, found, _),) = items(write(gather_every([*lighter, row])))
    assert found == group


def test_the_heaviest_trials_of_a_group_come_first() -> None:
    rows = [row for row in EVERY if row["kind"] in ("primary_outcome", "secondary_outcome", "phase")]
    weights = [item.weight for item in section(write(gather_every(rows)), "LAG-3").designed]
    assert weights == sorted(weights, key=WEIGHTS.index)
    assert len(set(weights)) > 1


def test_past_so_many_trials_those_of_medium_weight_are_told_in_one_line() -> None:
    ids = [f"NCT990003{number}" for number in range(10, 10 + MOST_WHOLE + 1)]
    rows = [change(nct_id, "start_date", "slipped", "2026-06", "2027-03") for nct_id in ids[1:]]
    rows.append(move(ids[0], "RECRUITING", "TERMINATED"))
    assert [item.is_brief for _, _, item in items(write(gather_every(rows)))] == [False, *([True] * MOST_WHOLE)]
    assert not any(item.is_brief for _, _, item in items(write(gather_every(rows[1:]))))


def test_a_summary_of_much_stays_three_lines_of_few_parts() -> None:
    summary = write(gather_every(EVERY), "low").summary
    assert len(summary) == 1
    assert summary[0].count("trial") <= 6
    assert summary[0].endswith("with other changes.")


def test_every_class_of_move_is_told() -> None:
    assert {move.transition for _, _, item in items(write(gather_every(STATUSES))) for move in item.moves} == {
        "stop", "resume", "reversal", "progress", "end", "registry",
    }  # fmt: skip


def test_a_new_trial_that_moved_too_is_told_once_and_still_called_new() -> None:
    facts = gather(
        trials=[trial(NCT, first_post_date=feb(10))],
        changes=[move(NCT, "NOT_YET_RECRUITING", "RECRUITING")],
        new_trials=[{"nct_id": NCT}],
    )
    assert len(items(write(facts))) == 1
    assert "1 new trial" in " ".join(write(facts).summary)


def test_the_others_of_a_trials_targets_are_named_beside_it() -> None:
    assert section(write(RICH), "LAG-3").stopped[0].targets == ("PD-1",)


def test_the_summary_says_to_which_status_trials_came_and_what_went_back_apart() -> None:
    back = [move("NCT99000103", "RECRUITING", "SUSPENDED"), move("NCT99000103", "SUSPENDED", "RECRUITING")]
    ends = [move(number, "RECRUITING", "COMPLETED") for number in ("NCT99000101", "NCT99000102")]
    numbers = ("NCT99000101", "NCT99000102", "NCT99000103")
    (line,) = write(gather(trials=[trial(number) for number in numbers], changes=[*ends, *back])).summary
    assert line == "LAG-3: 2 trials listed as completed and 1 trial there and back."


def test_the_summary_says_how_far_the_one_date_moved_and_counts_where_it_is_several() -> None:
    def slip(number: str) -> Row:
        return change(number, "primary_completion_date", "slipped", "2026-06", "2027-03")

    (one,) = write(gather(trials=[trial("NCT99000101")], changes=[slip("NCT99000101")])).summary
    assert one == "LAG-3: 1 trial with primary completion 9 months later."
    numbers = ("NCT99000101", "NCT99000102")
    (both,) = write(gather(trials=[trial(one) for one in numbers], changes=[slip(one) for one in numbers])).summary
    assert both == "LAG-3: 2 trials with primary completion moved."


def test_the_summary_is_three_lines_with_the_gravest_first() -> None:
    summary = write(RICH).summary
    assert len(summary) == 3
    assert summary[0].startswith("LAG-3: 1 trial listed as suspended and 1 listed as terminated")
    assert "4 new papers" in summary[-1]
    assert "1 retraction" in summary[-1]


def test_papers_and_notices_stand_apart() -> None:
    lag3 = section(write(RICH), "LAG-3")
    assert [one.pmid for one in lag3.papers] == ["99000034", "99000031"]
    assert [(one.pmid, one.event, one.related_pmid) for one in lag3.notices] == [
        ("99000007", "retracted", "99000040"), ("99000008", "concern", None),
    ]  # fmt: skip


def test_a_quiet_week_is_quiet_and_counts_what_it_left_out() -> None:
    digest = write(QUIET)
    assert digest.is_quiet
    assert (digest.nights, digest.items, digest.tracked, digest.incomplete) == (7, 12, 312, "")
    assert digest.left_out == ("4 administrative edits",)
    assert digest.health == ()


def test_history_learnt_late_is_told_apart_and_makes_no_news() -> None:
    digest = write(gather(older=[older(NCT, 1, 0, 2021, 2021), older("NCT99000102", 0, 2, 2019, 2020)]))
    assert digest.older == (f"1 status change of 2021, {NCT}", "2 other changes of 2019–2020, NCT99000102")
    assert items(digest) == []
    assert digest.is_quiet


def test_the_history_of_many_trials_is_one_line() -> None:
    rows = [older(f"NCT990002{number}", 2, 30, 2000 + number, 2010 + number) for number in range(10, 21)]
    assert write(gather(older=rows[:10])).older == tuple(
        f"2 status changes and 30 other changes of {row['first_year']}–{row['last_year']}, {row['nct_id']}"
        for row in rows[:10]
    )
    assert write(gather(older=rows)).older == ("22 status changes and 330 other changes of 2010–2030, in 11 trials",)


def test_a_first_night_is_one_line_and_not_a_thousand_news() -> None:
    digest = write(gather(counts={"trials_now_tracked": 1000, "papers_now_tracked": 1}))
    assert digest.is_quiet
    assert digest.left_out == ("1000 trials now tracked", "1 paper now tracked")


def test_a_dead_source_is_named_with_its_days() -> None:
    digest = write(DEAD_SOURCE)
    assert digest.incomplete.startswith("PubMed was not read on 13, 14 and 15 Feb 2026")
    assert "PubMed stale since 12 Feb 2026." in digest.health
    assert "1 of 12 items unproved at ClinicalTrials.gov: FAP." in digest.health


def test_a_source_that_came_back_is_not_called_stale_and_its_bad_nights_are_named() -> None:
    digest = write(gather(checks=[check("pubmed", failed_nights=[feb(13)])]))
    assert digest.incomplete == ""
    assert digest.health == ("PubMed was not read on 13 Feb 2026; that was caught up.",)


def test_a_source_never_read_is_stale_from_the_start() -> None:
    digest = write(gather(checks=[check("pubmed", last_read_on=None, failed_nights=[feb(13)])]))
    assert "PubMed stale from the start." in digest.health


def test_a_source_that_failed_in_the_weeks_before_and_was_not_tried_since_is_still_stale() -> None:
    nights = [{"night": feb(number), "first_night": dt.date(2026, 1, 1)} for number in range(9, 16)]
    digest = write(
        gather(nights=nights, checks=[check("clinicaltrials"), check("pubmed", last_read_on=dt.date(2026, 1, 20))])
    )
    assert any("PubMed" in line for line in digest.health)


def test_nights_without_a_run_are_counted_from_the_first_run_on() -> None:
    nights = [{"night": feb(number), "first_night": feb(11)} for number in (11, 13, 15)]
    assert write(gather(nights=nights)).health == ("2 nights without a run: 12 and 14 Feb 2026.",)
    assert write(gather(nights=[])).health == ("No nightly run in this span.",)


def test_of_many_nights_without_a_run_the_first_and_the_last_are_named() -> None:
    nights = [{"night": feb(9), "first_night": feb(1)}]
    digest = write(gather(nights=nights), until=dt.datetime.combine(feb(20), dt.time()))
    assert digest.health == ("10 nights without a run: 10 days from 10 Feb 2026 to 19 Feb 2026.",)


def test_two_runs_of_one_night_are_one_night() -> None:
    nights = [{"night": feb(number), "first_night": SINCE.date()} for number in (9, 9, 10, 11, 12, 13, 14, 15)]
    digest = write(gather(nights=nights))
    assert (digest.nights, digest.health) == (7, ())


def test_the_same_facts_make_the_same_letter() -> None:
    assert write(RICH) == write(RICH)


def test_a_paper_without_a_home_stands_among_the_other_papers() -> None:
    digest = write(gather(papers=[paper("99000033", home=None, title=None)]))
    assert [one.name for one in digest.sections] == [OTHER_PAPERS]
    assert digest.sections[0].papers[0].title == "(no title)"


def papers_of(digest: Digest) -> list[str]:
    return [one.pmid for part in digest.sections for one in part.papers]


def test_papers_are_told_by_rank_and_those_that_weigh_less_are_counted_by_reason() -> None:
    rows = [
        paper("99000031"),
        paper("99000032", rank=4, weight="high", reason="reporting on a clinical trial"),
        paper("99000033", rank=1, weight="high", reason="linked to a tracked trial"),
        *(paper(f"9900004{number}", rank=3, weight="low", reason="on the virology of RIG-I") for number in range(2)),
        paper("99000050", rank=6, weight="low", reason="without oncology context"),
    ]
    digest = write(gather(papers=rows))
    assert papers_of(digest) == ["99000033", "99000032", "99000031"]
    assert digest.left_out == ("2 papers on the virology of RIG-I", "1 paper without oncology context")
    assert papers_of(write(gather(papers=rows), "high")) == ["99000033", "99000032"]
    assert len(papers_of(write(gather(papers=rows), "low"))) == 6


def test_a_paper_that_was_never_weighed_is_told() -> None:
    assert papers_of(write(gather(papers=[paper("99000031", rank=None, weight=None, reason=None)]))) == ["99000031"]


def test_of_many_papers_those_that_weigh_most_are_told_and_the_rest_is_a_line() -> None:
    heavy = [paper(f"991000{number}", rank=1, weight="high", reason="linked") for number in range(10, 22)]
    light = [paper(f"992000{number}") for number in range(10, 15)]
    (part,) = write(gather(papers=[*light, *heavy])).sections
    assert len(part.papers) == 12
    assert part.more_papers == ("5 more with oncology or checkpoint context",)
    (part,) = write(gather(papers=light)).sections
    assert (len(part.papers), part.more_papers) == (5, ())


def test_a_paper_stands_once_whatever_it_names_since() -> None:
    late = [paper("99000031", kind="now_mentions", detail=target) for target in ("TIGIT", "TIM-3")]
    (part,) = write(gather(papers=late)).sections
    assert [(one.pmid, one.event, one.names) for one in part.papers] == [
        ("99000031", "now_mentions", ("TIGIT", "TIM-3"))
    ]
    (part,) = write(gather(papers=[*late, paper("99000031")])).sections
    assert [(one.pmid, one.event, one.names) for one in part.papers] == [("99000031", "new", ())]


@pytest.mark.parametrize(
    ("papers", "summary"),
    [
        ([paper("99000031", kind="now_mentions", detail="TIGIT")], "1 paper now names TIGIT."),
        (
            [
                paper("99000031"),
                *(paper(pmid, kind="now_mentions", detail="TIGIT") for pmid in ("99000032", "99000033")),
            ],
            "1 new paper, 2 papers now name TIGIT.",
        ),
        ([paper("99000031", kind="now_mentions", detail=name) for name in ("TIGIT", "TIM-3")],
         "1 paper now names TIGIT and TIM-3."),
        ([paper("99000031", kind="now_mentions", detail="TIGIT"), paper("99000032", kind="now_mentions")],
         "2 papers now name a watched target."),
    ],
)  # fmt: skip
def test_a_paper_told_for_what_it_names_since_is_not_counted_as_new(papers: list[Row], summary: str) -> None:
    assert write(gather(papers=papers)).summary == (summary,)


def test_a_retraction_is_told_with_every_trial_that_is_tied_to_the_paper_whatever_the_paper_weighs() -> None:
    row = paper("99000007", kind="retracted", weight="low", nct_ids=["NCT99000150"], background_ids=["NCT99000151"])
    digest = write(gather(papers=[row], trials=[trial("NCT99000150", title="One", status="COMPLETED")]))
    (notice,) = digest.sections[0].notices
    assert [(one.nct_id, one.title, one.status, one.is_background) for one in notice.trials] == [
        ("NCT99000150", "One", "COMPLETED", False),
        ("NCT99000151", "", "", True),
    ]


@pytest.mark.parametrize("kind", ["retracted", "retraction_withdrawn", "concern", "corrected"])
def test_a_link_that_is_stated_no_more_is_told_as_such(kind: str) -> None:
    row = paper("99000007", kind=kind, former_ids=["NCT99000150"])
    ((trial_,),) = (one.trials for one in write(gather(papers=[row])).sections[0].notices)
    assert (trial_.nct_id, trial_.is_former, trial_.is_background) == ("NCT99000150", True, False)


def test_a_link_that_is_stated_no_more_ties_no_paper_that_is_news_or_gone() -> None:
    rows = [
        paper("99000007", former_ids=["NCT99000150"]),
        paper("99000008", kind="deleted", former_ids=["NCT99000150"]),
    ]
    digest = write(gather(papers=rows))
    assert [one.trials for one in digest.sections[0].papers] == [()]
    assert digest.left_out == ("1 paper no longer in PubMed",)


def test_a_paper_that_is_retracted_when_it_comes_is_told_as_retracted_alone() -> None:
    (part,) = write(gather(papers=[paper("99000031"), paper("99000031", kind="retracted")])).sections
    assert (part.papers, [one.event for one in part.notices]) == ((), ["retracted"])


def test_a_retraction_taken_back_is_told_after_it_and_the_paper_may_be_news() -> None:
    kinds = ("new", "retracted", "retraction_withdrawn")
    digest = write(gather(papers=[paper("99000031", kind=kind) for kind in kinds]))
    (part,) = digest.sections
    assert [one.event for one in part.notices] == ["retracted", "retraction_withdrawn"]
    assert [one.pmid for one in part.papers] == ["99000031"]
    assert digest.summary == ("1 new paper, 1 retraction, 1 retraction withdrawn.",)
    (part,) = write(gather(papers=[paper("99000031", kind=kind) for kind in (*kinds, "retracted")])).sections
    assert (part.papers, len(part.notices)) == ((), 3)


def test_what_became_of_papers_that_no_trial_is_tied_to_is_counted() -> None:
    rows = [
        paper("99000031", kind="corrected", nct_ids=["NCT99000150"]),
        paper("99000032", kind="corrected"),
        paper("99000033", kind="deleted"),
        paper("99000034", kind="merged", related_pmid="99000035"),
        paper("99000036", kind="restored"),
        *(paper("99000037", kind=kind) for kind in ("deleted", "restored", "deleted")),
    ]
    digest = write(gather(papers=rows, counts={"papers_revised": 3}))
    assert [one.pmid for part in digest.sections for one in part.notices] == ["99000031"]
    assert digest.left_out == (
        "1 paper corrected", "3 papers no longer in PubMed", "1 paper in PubMed again", "3 papers revised"
    )  # fmt: skip
