"""Candidates: a paper is tied to a trial it does not give the number of only for reasons that a reader would accept."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from etl.trial_articles import Candidate, CandidateFinder, Paper, Trial, build_candidate_rows, find_phases
from models.article_candidates import CandidateRules, read_candidate_rules

RULES = read_candidate_rules()
TRIAL = Trial(
    nct_id="NCT99000101",
    acronym="ZELDA-1",
    titles=("Zelbarimab in Treated Non-small Cell Lung Cancer",),
    numbers=("FO-2023-117",),
    agents=frozenset({"zelbarimab"}),
    interventions=("Zelbarimab", "Docetaxel"),
    sponsors=("Fictional Oncology BV",),
    conditions=("Non-small Cell Lung Cancer",),
    phases=("PHASE2",),
    start_date=dt.date(2023, 5, 1),
)
PAPER = Paper(
    pmid="99000031",
    title="Zelbarimab in NSCLC: a phase 2 trial.",
    abstract="We gave zelbarimab.",
    agents=frozenset({"zelbarimab"}),
    title_agents=frozenset({"zelbarimab"}),
    entrez_date=dt.date(2026, 2, 10),
)


def find(*trials: Trial, rules: CandidateRules = RULES, **parts: Any) -> list[Candidate]:
    return CandidateFinder(trials or (TRIAL,), rules).find(msgspec.structs.replace(PAPER, **parts))


def bare(**parts: Any) -> Trial:
    return msgspec.structs.replace(Trial(nct_id="NCT99000102"), **parts)


def test_agent_condition_phase_and_a_report_make_a_candidate_and_say_so() -> None:
    (found,) = find()
    assert found == Candidate(
        "NCT99000101",
        "99000031",
        0.8,
        "names zelbarimab in the title; both are about Non-small Cell Lung Cancer; both are of phase 2; "
        "it reports on a trial",
    )


@pytest.mark.parametrize(
    "parts",
    [
        {"title": "Zelbarimab in melanoma: a phase 2 trial."},
        {"title": "Zelbarimab in NSCLC: how it binds."},
        {"title": "Zelbarimab in NSCLC: a phase 3 trial."},
        {"title": "LAG-3 in NSCLC: a phase 2 trial.", "abstract": "We blocked LAG-3.", "agents": frozenset()},
        {"entrez_date": dt.date(2022, 2, 10)},
        {"publication_types": ("Journal Article", "Review")},
        {"publication_types": ("Retraction of Publication",)},
        {"title": "Zelbarimab in NSCLC: a systematic review of phase 2 trials."},
        {"nct_ids": ("NCT99000199",)},
    ],
)
def test_what_does_not_agree_makes_none(parts: dict[str, Any]) -> None:
    if "title_agents" not in parts and not parts.get("agents", True):
        parts["title_agents"] = frozenset()
    assert find(**parts) == []


def test_a_common_target_is_no_reason() -> None:
    trial = bare(interventions=("anti-LAG-3 antibody",), conditions=("NSCLC",), phases=("PHASE2",))
    text = "Anti-LAG-3 antibody in NSCLC: a phase 2 trial."
    assert find(trial, title=text, agents=frozenset(), title_agents=frozenset()) == []


def test_a_study_name_needs_one_thing_beside_it() -> None:
    plain: dict[str, Any] = {"agents": frozenset(), "title_agents": frozenset(), "abstract": ""}
    assert find(title="Quality of life in the ZELDA-1 study.", **plain) == []
    (found,) = find(title="Quality of life in lung cancer: the ZELDA-1 study", **plain)
    assert found.score >= RULES.threshold
    assert found.reasons.startswith("is called ZELDA-1")
    (found,) = find(title="The ZELDA-1 trial.", **{**plain, "bodies": ("Fictional Oncology, Leiden",)})
    assert "the sponsor Fictional Oncology BV is named" in found.reasons


def test_a_word_of_the_same_letters_is_no_study_name() -> None:
    trial = bare(acronym="RISE", conditions=("Melanoma",))
    plain: dict[str, Any] = {"agents": frozenset(), "title_agents": frozenset(), "abstract": ""}
    assert find(trial, title="A rise of melanoma in a trial.", **plain) == []
    assert find(trial, title="Melanoma: the RISE trial.", **plain) != []


def test_a_study_name_that_stands_in_a_title_alone_counts_too() -> None:
    trial = bare(titles=("A Study of Zelbarimab (SAMPLENOTE-123)",), conditions=("Melanoma",))
    (found,) = find(trial, title="Melanoma in SAMPLENOTE 123", agents=frozenset(), abstract="")
    assert "is called SAMPLENOTE 123" in found.reasons


def test_the_sponsors_number_needs_one_thing_beside_it() -> None:
    plain: dict[str, Any] = {"title": "A trial in healthy people.", "agents": frozenset(), "title_agents": frozenset()}
    assert find(abstract="Protocol FO-2023-117.", **plain) == []
    (found,) = find(abstract="Protocol FO-2023-117 in lung cancer.", **plain)
    assert found.reasons.startswith("gives the trial's number FO-2023-117")


@pytest.mark.parametrize("number", ["2023", "2023-2024", "12-345", "A-1"])
def test_a_number_that_may_be_anything_is_not_looked_for(number: str) -> None:
    trial = bare(numbers=(number,), conditions=("NSCLC",))
    assert find(trial, abstract=f"In {number} of NSCLC.", agents=frozenset(), title_agents=frozenset()) == []


def test_a_name_that_is_given_by_many_trials_tells_none() -> None:
    many = [msgspec.structs.replace(TRIAL, nct_id=f"NCT99{number:06}") for number in range(RULES.common_agent + 1)]
    assert find(*many) == []


def test_trials_that_cannot_be_told_apart_are_none() -> None:
    twins = [
        msgspec.structs.replace(TRIAL, nct_id=f"NCT99{number:06}", acronym="")
        for number in range(RULES.most_trials + 1)
    ]
    assert find(*twins) == []
    assert len(find(*twins[:-1])) == RULES.most_trials
    assert next(iter(find(*twins, TRIAL, abstract="ZELDA-1."))).nct_id == TRIAL.nct_id


def test_the_threshold_and_the_weights_are_data() -> None:
    assert find(rules=msgspec.structs.replace(RULES, threshold=0.81)) == []
    assert find(rules=msgspec.structs.replace(RULES, weights={**RULES.weights, "phase": 0.2}))[0].score == 0.9


def test_a_declared_pair_is_no_candidate_and_one_known_before_keeps_its_first_instant() -> None:
    now, before = (dt.datetime.combine(dt.date(2026, 2, day), dt.time(14)) for day in (12, 10))
    guesses = [Candidate("NCT99000101", pmid, 0.7, "x") for pmid in ("99000031", "99000032", "99000033")]
    known = {("NCT99000101", "99000032"): before}
    rows = build_candidate_rows(guesses, {("NCT99000101", "99000031")}, known, now)
    assert [(row["pmid"], row["first_seen_at"]) for row in rows] == [("99000032", before), ("99000033", now)]


@pytest.mark.parametrize(
    ("text", "phases"),
    [
        ("a phase 2 trial", {2}),
        ("Phase 1b/2 study", {1, 2}),
        ("Phase I/II", {1, 2}),
        ("Clinical Trial, Phase III", {3}),
        ("phase IV", {4}),
        ("three phases", set()),
        ("phase change", set()),
    ],
)
def test_phases_are_read_in_either_numerals(text: str, phases: set[int]) -> None:
    assert find_phases(text) == phases


def test_every_weight_that_is_summed_is_given() -> None:
    kinds = {"number", "name", "agent", "agent_in_title", "all_agents", "sponsor", "population", "phase", "report"}
    assert RULES.weights.keys() == kinds
    assert RULES.needs.beside_agent | RULES.needs.beside_name <= kinds
