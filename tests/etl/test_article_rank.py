"""What papers weigh: linked ones first, reports, oncology; virology of RIG-I and markers of stem cells are counted."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from etl.article_rank import RankedPaper, rank_article
from etl.link_schemas import ARTICLE_RANK
from etl.schemas import build_frame
from models.article_rank import parse_rank_rules, read_rank_rules

RULES = read_rank_rules()


def rank(title: str, abstract: str = "", target: str = "LAG-3", **parts: Any) -> tuple[str, str]:
    named: dict[str, tuple[str, ...]] = {target: (abstract or title,)} if target else {}
    paper = RankedPaper(pmid="99000031", title=title, abstract=abstract, named=named)
    row = rank_article(msgspec.structs.replace(paper, **parts), RULES)
    assert build_frame([row], ARTICLE_RANK).height == 1
    assert RULES.rules[row["rank"] - 1].name == row["rule"]
    return row["rule"], row["weight"]


@pytest.mark.parametrize(
    ("told", "rule", "weight"),
    [
        ({"title": "A dull title.", "nct_ids": ("NCT99000101",)}, "linked", "high"),
        ({"title": "LAG-3 in colitis.", "publication_types": ("Clinical Trial, Phase II",)}, "trial_report", "high"),
        ({"title": "LAG-3 in a randomised, controlled trial."}, "trial_report", "high"),
        ({"title": "LAG-3 in lung cancer."}, "context", "medium"),
        ({"title": "LAG-3 in tissue.", "subjects": ("Carcinoma, Non-Small-Cell Lung",)}, "context", "medium"),
        ({"title": "LAG-3 beside PD-1 on T cells."}, "context", "medium"),
        ({"title": "LAG-3.", "abstract": "LAG-3 of tumours and of metastases."}, "context", "medium"),
        ({"title": "LAG-3.", "abstract": "LAG-3 of a tumour."}, "rest", "low"),
        ({"title": "LAG-3 in sepsis."}, "rest", "low"),
        ({"title": "The CCR4-NOT complex of cancer cells.", "target": ""}, "unnamed", "low"),
        ({"title": "A review of randomized trials.", "publication_types": ("Review",)}, "rest", "low"),
    ],
)
def test_the_first_rule_that_fits_gives_the_weight(told: dict[str, Any], rule: str, weight: str) -> None:
    assert rank(**told) == (rule, weight)


@pytest.mark.parametrize(
    ("told", "rule"),
    [
        ({"title": "RIG-I senses influenza virus."}, "aside"),
        ({"title": "RIG-I and viral RNA in melanoma cells."}, "context"),
        ({"title": "RIG-I senses a virus.", "agents": ("a RIG-I agonist",)}, "rest"),
        ({"title": "RIG-I senses a virus.", "agents": ("a RIG-I agonist",), "leads": ("a RIG-I agonist",)}, "rest"),
        ({"title": "RIG-I in the gut.", "agents": ("a RIG-I agonist",), "leads": ("a RIG-I agonist",)}, "agent"),
        ({"title": "RIG-I senses a virus.", "nct_ids": ("NCT99000101",)}, "linked"),
        ({"title": "RIG-I in the gut."}, "rest"),
        ({"title": "RIG-I senses a virus.", "abstract": "RIG-I of a tumor cell, a cancer cell."}, "aside"),
    ],
)
def test_virology_of_rig_i_is_set_aside_unless_it_is_about_tumors(told: dict[str, Any], rule: str) -> None:
    assert rank(target="RIG-I", **told)[0] == rule


@pytest.mark.parametrize(
    ("sentences", "rule"),
    [
        (("Cells were positive for CD73, CD90 and CD105.",), "aside"),
        (("MSCs expressed CD73.", "They were CD73+CD34-."), "aside"),
        (("Cells were positive for CD73, CD90 and CD105.", "CD73 makes adenosine in the tumor."), "context"),
        (("CD73 makes adenosine.",), "context"),
    ],
)
def test_cd73_is_a_marker_only_where_every_sentence_has_it_as_one(sentences: tuple[str, ...], rule: str) -> None:
    told = rank("Mesenchymal stem cells and breast cancer.", " ".join(sentences), named={"CD73": sentences})
    assert told[0] == rule


def test_a_title_alone_that_names_a_lead_agent_is_told() -> None:
    title = "Relatlimab and TIGIT."
    named = {"LAG-3": (title,), "TIGIT": (title,)}
    assert rank(title, named=named, agents=("relatlimab",), leads=("relatlimab",)) == ("agent", "medium")
    assert rank(title, named=named, agents=("pembrolizumab",)) == ("rest", "low")


def test_an_agent_beside_cd73_as_a_marker_does_not_make_a_paper_of_interest() -> None:
    sentence = "Cells were positive for CD73, CD90 and CD105."
    told: dict[str, Any] = {"named": {"CD73": (sentence,)}, "agents": ("APCP",), "leads": ("APCP",)}
    assert rank("Mesenchymal stem cells.", sentence, **told) == ("rest", "low")


def test_a_paper_that_names_another_target_is_not_set_aside() -> None:
    named = {"RIG-I": ("RIG-I senses a virus.",), "LAG-3": ("LAG-3 falls.",)}
    assert rank("RIG-I senses a virus.", named=named)[0] == "rest"


def test_a_reason_says_what_is_counted_and_what_was_seen() -> None:
    paper = RankedPaper(pmid="99000031", title="RIG-I senses influenza virus.", named={"RIG-I": ("RIG-I.",)})
    row = rank_article(paper, RULES)
    assert (row["reason"], row["detail"]) == ("on the virology of RIG-I", "influenza, virus")


def test_rules_that_fit_no_paper_or_hold_an_unknown_word_are_refused() -> None:
    head = '[[rule]]\nname = "x"\nwhen = "linked"\nweight = "high"\nreason = "x"\n'
    tail = '[reports]\ntypes = []\ntitles = ""\nnot_types = []\n'
    tail += '[context]\nwords = ""\nin_abstract = 1\noutweighing = 1\n[[aside]]\n'
    aside = 'target = "A"\nreason = "r"\nunless_context = true\n'
    with pytest.raises(msgspec.ValidationError, match="must fit any paper"):
        parse_rank_rules(head + tail + aside)
    with pytest.raises(msgspec.ValidationError, match="colour"):
        parse_rank_rules(head + tail + aside + 'colour = "red"\n')
