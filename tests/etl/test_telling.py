"""What a reader was told before, and what one does not follow: left out of their letter, counted, and said."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from etl.alert import build_alert, build_alert_subject, select_alert
from etl.digest import Facts
from etl.following import select_facts
from etl.render_slack import render_slack
from etl.render_text import render_text
from etl.telling import list_facts, mark_told, tell_retractions_once
from models.change import Weight
from models.digest import Told
from models.settings import Following
from tests.etl.facts import RICH, SINCE, UNTIL, change, feb, gather, move, older, paper, trial, write


def tell(facts: Facts, weight: Weight = "medium") -> str:
    return " ".join(render_text(write(facts, weight), weight).split())


def keys(facts: Facts, weight: Weight = "medium") -> list[str]:
    return [fact.key for fact in list_facts(facts, weight)]


def test_each_fact_that_a_letter_tells_has_one_key_and_what_it_counts_has_none() -> None:
    told = keys(RICH)
    assert len(told) == len(set(told))
    assert "trial:NCT99000140" in told
    assert "paper:99000007:retracted:99000040" in told
    assert "older:NCT99000101:2021-2023:2+1" in told
    assert not any("99000035" in key for key in told)  # of low weight: counted
    assert len(keys(RICH, "low")) > len(told) > len(keys(RICH, "top"))


def test_what_was_told_is_said_in_a_line_and_not_told_again() -> None:
    told = {key: Told(feb(13)) for key in keys(RICH)}
    text = tell(mark_told(RICH, told))
    trials = {row["nct_id"] for row in (*RICH.changes, *RICH.new_trials) if f"change:{row.get('change_id')}" in told}
    assert text.count("already told 13 Feb 2026") >= len(trials)
    assert "Slow accrual" not in text
    assert "PMID 99000031" not in text
    assert "7 papers already told" in text or "papers already told" in text
    assert not [key for key in keys(mark_told(RICH, told)) if key not in told]


def test_what_is_new_of_a_trial_is_told_with_the_way_it_went() -> None:
    first = move("NCT99000130", "RECRUITING", "SUSPENDED")
    back = move("NCT99000130", "SUSPENDED", "RECRUITING", source_submit_date=feb(12), source_post_date=feb(13))
    facts = gather(trials=[trial("NCT99000130")], changes=[first, back])
    text = tell(mark_told(facts, {f"change:{first['change_id']}": Told(feb(11))}))
    assert "Recruiting -> Suspended -> Recruiting, there and back" in text
    assert "part of it already told 11 Feb 2026" in text


def test_what_is_left_to_tell_says_how_the_trial_stands_that_was_told_of_before() -> None:
    stop = move("NCT99000130", "RECRUITING", "TERMINATED")
    sponsor = change("NCT99000130", "sponsor", "lead", "Old Inc", "New Inc")
    facts = gather(trials=[trial("NCT99000130", status="TERMINATED")], changes=[stop, sponsor])
    text = " ".join(tell(mark_told(facts, {f"change:{stop['change_id']}": Told(feb(11))})).split())
    assert "listed as terminated, part of it already told 11 Feb 2026" in text
    assert "Recruiting" not in text


def test_what_may_not_have_arrived_is_not_called_told() -> None:
    row = move("NCT99000130", "RECRUITING", "SUSPENDED")
    facts = gather(trials=[trial("NCT99000130")], changes=[row])
    text = tell(mark_told(facts, {f"change:{row['change_id']}": Told(feb(11), is_unsure=True)}))
    assert "sent 11 Feb 2026, not known whether it arrived" in text
    assert "already told" not in text


def test_a_paper_that_is_retracted_again_is_told_again() -> None:
    rows = [paper("99000031", kind="retracted", related_pmid="99000040", nth=nth) for nth in (1, 2)]
    first, second = (keys(gather(papers=[row])) for row in rows)
    assert (first, second) == (["paper:99000031:retracted:99000040"], ["paper:99000031:retracted:99000040:2"])
    assert keys(mark_told(gather(papers=rows), {first[0]: Told(feb(11))})) == second


# A retraction that a trial's record repeats after PubMed

MARKED = {
    **change("NCT99000150", "retraction", "added", None, "Notice", item="99000007", citation="Doe J."),
    "is_paper_told": True,
}
RETRACTION = paper("99000007", kind="retracted", nct_ids=["NCT99000150"])


def cite(**parts: Any) -> Facts:
    return gather(trials=[trial("NCT99000150"), trial("NCT99000151")], **parts)


def test_a_retraction_told_by_pubmed_and_by_a_record_in_one_week_stands_in_the_letter_once() -> None:
    other = change("NCT99000150", "retraction", "added", None, "Notice", item="99000008", citation="Roe R.")
    facts = tell_retractions_once(cite(changes=[MARKED, other], papers=[RETRACTION]))
    assert facts.changes == [other]
    text = tell(facts)
    assert text.count("99000007 ") == 1
    assert "Cited paper retracted" in text
    assert "1 retraction" in write(facts).summary[-1]


def test_a_record_that_says_so_weeks_later_tells_it_to_whom_pubmed_was_not_told_alone() -> None:
    facts = cite(changes=[MARKED])
    assert tell_retractions_once(facts).changes == []  # each letter is a file
    assert tell_retractions_once(facts, {"paper:99000007:retracted:99000040"}).changes == []
    assert tell_retractions_once(facts, {"paper:99000007:new", "paper:99000008:retracted"}).changes == [MARKED]


def test_a_retraction_that_pubmed_never_told_as_news_or_that_a_record_takes_back_is_told() -> None:
    rows = [{**MARKED, "is_paper_told": False}, {**MARKED, "action": "removed"}]
    assert tell_retractions_once(cite(changes=rows)).changes == rows


def test_a_trial_that_begins_to_cite_what_was_retracted_long_ago_is_news() -> None:
    fresh = change("NCT99000150", "reference", "added", None, "x", item="99000007", type="BACKGROUND")
    facts = cite(changes=[fresh, MARKED, {**MARKED, "nct_id": "NCT99000151"}])
    assert tell_retractions_once(facts).changes == [fresh, MARKED]


ROWS: dict[str, Any] = {
    "agents": ["zelbarimab"],
    "pathways": ["immune checkpoints"],
    "collaborators": ["Sample Institute"],
    "conditions": ["Lung Neoplasms"],
}
PAPER: dict[str, Any] = {"targets": ["LAG-3"], "agents": ["zelbarimab"], "pathways": ["immune checkpoints"], "mesh": []}


@pytest.mark.parametrize(
    ("following", "is_trial_told", "is_paper_told"),
    [
        (Following(targets=("LAG-3",)), True, True),
        (Following(targets=("TIGIT", "LAG-3")), True, True),
        (Following(targets=("TIGIT",)), False, False),
        (Following(agents=("zelbarimab",)), True, True),
        (Following(pathways=("cd40",)), False, False),
        (Following(phases=("PHASE2",)), True, False),
        (Following(phases=("PHASE3",)), False, False),
        (Following(sponsors=("fictional oncology",)), True, False),
        (Following(sponsors=("sample",)), True, False),
        (Following(sponsors=("onco",)), False, False),
        (Following(conditions=("lung",)), True, False),
        (Following(conditions=('"skin" OR "lung neoplasm"',)), True, False),
        (Following(targets=("LAG-3",), phases=("PHASE3",)), False, False),
    ],
)
def test_a_record_must_fit_every_list_that_is_set_and_any_entry_of_it(
    following: Following, is_trial_told: bool, is_paper_told: bool
) -> None:
    facts = gather(
        trials=[trial("NCT99000101", **ROWS)],
        changes=[move("NCT99000101", "RECRUITING", "TERMINATED")],
        papers=[paper("99000031", title="Zelbarimab in mice", **PAPER)],
        older=[older("NCT99000101", 1, 0, 2021, 2021)],
    )
    text = tell(select_facts(facts, following))
    assert ("NCT99000101" in text) == is_trial_told
    assert ("PMID 99000031" in text) == is_paper_told
    assert ("1 trial outside what you follow" in text) != is_trial_told
    assert ("1 paper outside what you follow" in text) != is_paper_told


def test_a_paper_fits_by_the_trial_it_is_linked_to() -> None:
    facts = gather(
        trials=[trial("NCT99000101", **ROWS)],
        papers=[paper("99000031", nct_ids=["NCT99000101"], **{**PAPER, "targets": None})],
    )
    assert "PMID 99000031" in tell(select_facts(facts, Following(sponsors=("Fictional Oncology BV",))))


def test_an_alert_tells_trials_with_something_of_top_weight_and_nothing_else() -> None:
    facts = select_alert(RICH, ())
    text = render_text(build_alert(facts, label="2026-02-13", since=SINCE, until=UNTIL), "top")
    assert "Slow accrual." in text
    assert "PMID" not in text
    assert "9 months later" not in text
    assert all(key.startswith("change:") for key in keys(facts, "top"))
    assert not select_alert(RICH, keys(facts, "top")).changes


def test_the_subject_of_an_alert_names_its_trials_in_sixty_signs() -> None:
    facts = select_alert(RICH, ())
    subject = build_alert_subject(build_alert(facts, label="2026-02-13", since=SINCE, until=UNTIL))
    assert subject.isascii()
    assert len(subject) <= 60
    assert subject == "3 trials: NCT99000101, NCT99000117, NCT99000130"
    alone = msgspec.structs.replace(facts, changes=[row for row in facts.changes if row["nct_id"] == "NCT99000101"])
    subject = build_alert_subject(build_alert(alone, label="2026-02-13", since=SINCE, until=UNTIL))
    assert subject == "Listed as terminated: NCT99000101 (LAG-3, phase 2)"


def test_slack_gets_one_text_in_which_nothing_from_outside_is_markup() -> None:
    hostile = "<!channel> *all* & <https://evil.example.org|here> http://evil.example.org `x`"
    facts = gather(
        trials=[trial("NCT99000101", title=hostile)], changes=[move("NCT99000101", "RECRUITING", "TERMINATED")]
    )
    body = msgspec.json.decode(render_slack(write(facts), "medium")[0].body)
    assert body.keys() == {"text"}
    assert "&lt;!channel&gt;" in body["text"]
    assert "<!" not in body["text"]
    assert "<https://evil" not in body["text"]
    assert "http://evil" not in body["text"]
    assert "<https://clinicaltrials.gov/study/NCT99000101|NCT99000101>" in body["text"]
    assert "*Recruiting → Terminated*" in body["text"]


def test_slack_gets_all_of_a_long_letter_in_numbered_texts_of_whole_lines() -> None:
    numbers = [f"NCT99{number:06d}" for number in range(400)]
    facts = gather(
        trials=[trial(number, title="long " * 50) for number in numbers],
        changes=[move(number, "RECRUITING", "TERMINATED") for number in numbers],
    )
    posts = render_slack(write(facts), "medium")
    texts = [msgspec.json.decode(post.body)["text"] for post in posts]
    assert len(texts) > 2
    assert max(map(len, texts)) < 40_000
    told = [re.findall(r"\|(NCT99\d{6})>", text) for text in texts]
    assert sorted(number for own in told for number in own) == numbers
    assert [set(own) for own in told] == [post.records for post in posts]
    for place, text in enumerate(texts, start=1):
        assert text.splitlines()[0].endswith(f"({place} of {len(texts)})*")
        assert ("A registry status is not a result." in text) == (place == len(texts))
