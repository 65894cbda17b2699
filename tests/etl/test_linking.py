"""From mentions to links: the strongest basis wins; excluded and negated mentions make none."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.link_schemas import MENTION
from etl.linking import build_article_targets, build_mention_row, build_trial_pathways, build_trial_targets
from etl.schemas import build_frame
from models.mention import Mention
from models.overrides import Override
from models.vocabulary import Vocabulary, parse_vocabulary

BASES = {
    "arm": "intervention",
    "title": "title",
    "outcome": "outcome",
    "description": "description",
    "inclusion": "inclusion",
}
VOCABULARY = b"""
[[pathway]]
name = "checkpoints"
[[pathway]]
name = "myeloid"
[[target]]
name = "LAG-3"
symbol = "LAG3"
source = "invented"
pathway = "checkpoints"
[[agent]]
name = "zelbarimab"
role = "lead"
source = "invented"
pathways = ["myeloid"]
[[agent]]
name = "docetaxel"
role = "backbone"
source = "invented"
pathways = ["checkpoints"]
"""


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return parse_vocabulary({"x.toml": VOCABULARY})


def mention(role: str = "arm", target: str | None = "LAG-3", **parts: Any) -> dict[str, Any]:
    doc_type, doc_id = parts.pop("doc", ("trial", "NCT99000101"))
    field, sentence = parts.pop("field", "f"), parts.pop("sentence", "LAG-3.")
    values: dict[str, Any] = {"via": "name", "agent": None, "is_negated": False, **parts}
    one = Mention(field, role, 0, 5, "LAG-3", sentence, target, **values)  # type: ignore[arg-type]
    return build_mention_row(doc_type, doc_id, one, "v1")


def link(*rows: dict[str, Any], overrides: Sequence[Override] = ()) -> list[dict[str, Any]]:
    return build_trial_targets(build_frame(rows, MENTION), overrides).to_dicts()


def say(verdict: str, target: str = "LAG-3", *, doc: tuple[str, str] = ("trial", "NCT99000101")) -> Override:
    return Override(*doc, target, verdict, "As the sponsor says.")  # type: ignore[arg-type]


def test_no_mention_is_no_link() -> None:
    assert link() == []


@pytest.mark.parametrize("role", ["exclusion", "abstract", "background"])
def test_a_target_named_only_where_it_does_not_count_makes_no_link(role: str) -> None:
    assert link(mention(role), mention(role)) == []


@pytest.mark.parametrize("role", BASES)
def test_a_negated_mention_makes_no_link(role: str) -> None:
    assert link(mention(role, is_negated=True)) == []


def test_an_agent_without_a_watched_target_makes_no_link() -> None:
    assert link(mention(target=None, via="agent", agent="docetaxel")) == []


def test_a_mention_in_a_paper_makes_no_link_of_a_trial() -> None:
    assert link(mention("title", doc=("article", "99000031"))) == []


@settings(max_examples=40)
@given(st.lists(st.sampled_from([*BASES, "exclusion"]), min_size=1, max_size=6))
def test_the_strongest_basis_wins(roles: list[str]) -> None:
    rows = link(*(mention(role) for role in roles))
    strongest = [basis for role, basis in BASES.items() if role in roles]
    assert [row["basis"] for row in rows] == strongest[:1]
    assert [row["mentions"] for row in rows] == [len(roles) - roles.count("exclusion")][: len(rows)]


def test_the_agents_that_led_there_are_named_once_in_order() -> None:
    rows = link(
        mention(via="agent", agent="zelbarimab"),
        mention("title", via="agent", agent="zelbarimab"),
        mention("inclusion", via="agent", agent="alphamab"),
        mention("exclusion", via="agent", agent="excludumab"),
        mention(via="agent", agent="negatumab", is_negated=True),
        mention("title"),
    )
    assert rows[0]["agents"] == ["alphamab", "zelbarimab"]
    assert rows[0]["mentions"] == 4


def test_every_trial_and_target_is_one_row_in_order() -> None:
    places = itertools.product(("NCT99000102", "NCT99000101"), ("TIGIT", "LAG-3"))
    rows = link(*(mention(target=target, doc=("trial", nct_id)) for nct_id, target in places))
    assert [(row["nct_id"], row["target"]) for row in rows] == [
        ("NCT99000101", "LAG-3"), ("NCT99000101", "TIGIT"), ("NCT99000102", "LAG-3"), ("NCT99000102", "TIGIT"),
    ]  # fmt: skip


def test_the_evidence_is_the_sentence_that_shows_the_basis_best() -> None:
    drug = {"via": "agent", "agent": "zelbarimab"}
    rows = link(
        mention("inclusion", sentence="LAG-3 positive tumours."),
        mention("arm", field="armGroups[0].description", sentence="Zelbarimab blocks.", **drug),
        mention("arm", field="interventions[0].description", sentence="It is zelbarimab.", **drug),
        mention("arm", field="interventions[0].name", sentence="Zelbarimab", **drug),
        mention("title", sentence="A title on LAG-3."),
    )
    assert [(row["basis"], row["evidence"], row["evidence_field"]) for row in rows] == [
        ("intervention", "Zelbarimab", "interventions[0].name")
    ]


@pytest.mark.parametrize("seed", range(4))
def test_the_evidence_does_not_hang_on_the_order_of_the_mentions(seed: int) -> None:
    rows = [
        mention(role, field=f"{role}[{number}]", sentence=f"{role} {number}")
        for role in ("title", "arm", "outcome")
        for number in range(12)
    ]
    shuffled = random.Random(seed).sample(rows, len(rows))
    assert link(*shuffled) == link(*rows)


def test_a_link_that_is_forced_stands_without_a_mention() -> None:
    assert link(overrides=[say("force")]) == [
        {
            "nct_id": "NCT99000101",
            "target": "LAG-3",
            "basis": "override",
            "agents": [],
            "mentions": 0,
            "evidence": "As the sponsor says.",
            "evidence_field": None,
        }
    ]


def test_a_link_that_is_forced_keeps_what_was_found_of_it() -> None:
    rows = link(mention(via="agent", agent="zelbarimab"), overrides=[say("force")])
    assert [(row["basis"], row["agents"], row["mentions"]) for row in rows] == [("override", ["zelbarimab"], 1)]
    assert rows[0]["evidence"] == "As the sponsor says."


def test_a_link_that_is_denied_does_not_stand_and_its_neighbours_do() -> None:
    other = ("trial", "NCT99000102")
    rows = link(mention(), mention(target="TIGIT"), mention(doc=other), overrides=[say("deny")])
    assert [(row["nct_id"], row["target"]) for row in rows] == [("NCT99000101", "TIGIT"), ("NCT99000102", "LAG-3")]


def test_an_override_of_a_paper_says_nothing_of_a_trial() -> None:
    paper = ("article", "99000031")
    assert link(mention(), overrides=[say("deny", doc=paper)]) == link(mention())


def test_papers_are_forced_and_denied_likewise() -> None:
    paper = ("article", "99000031")
    frame = build_frame([mention("title", doc=paper), mention("abstract", target="FAP", doc=paper)], MENTION)
    rows = build_article_targets(frame, [say("deny", doc=paper), say("force", "TIGIT", doc=paper)]).to_dicts()
    assert [(row["target"], row["basis"], row["via"], row["mentions"]) for row in rows] == [
        ("FAP", "abstract", "name", 1),
        ("TIGIT", "override", "override", 0),
    ]


def papers(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return build_article_targets(build_frame(rows, MENTION)).to_dicts()


def test_a_paper_is_linked_with_the_plainest_way_it_names_the_target() -> None:
    paper = ("article", "99000031")
    rows = papers(
        mention("abstract", via="tracer", agent="t", doc=paper),
        mention("abstract", via="agent", agent="a", doc=paper),
        mention("abstract", doc=paper),
        mention("title", via="agent", agent="a", doc=paper),
        mention("title", doc=paper, is_negated=True),
    )
    shown = {"basis": "title", "evidence": "LAG-3.", "evidence_field": "f"}
    assert rows == [{"pmid": "99000031", "target": "LAG-3", "in_title": True, "via": "name", "mentions": 4, **shown}]


def test_a_paper_that_only_negates_a_target_is_not_linked() -> None:
    assert papers(mention("abstract", doc=("article", "99000031"), is_negated=True)) == []


def test_the_title_counts_only_where_a_linking_mention_stands_in_it() -> None:
    paper = ("article", "99000031")
    assert papers(mention("abstract", doc=paper))[0]["in_title"] is False
    assert papers(mention("abstract", doc=paper), mention("title", doc=paper, is_negated=True))[0]["in_title"] is False


def pathways(vocabulary: Vocabulary, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    frame: pl.DataFrame = build_trial_pathways(build_frame(rows, MENTION), vocabulary)
    return frame.to_dicts()


def test_the_lead_agents_given_bring_their_pathways(vocabulary: Vocabulary) -> None:
    rows = pathways(
        vocabulary,
        mention(target=None, via="agent", agent="zelbarimab"),
        mention(target=None, via="agent", agent="zelbarimab"),
        mention(target=None, via="agent", agent="docetaxel"),
    )
    assert rows == [{"nct_id": "NCT99000101", "pathway": "myeloid", "agents": ["zelbarimab"]}]


@pytest.mark.parametrize("parts", [{"role": "title"}, {"role": "exclusion"}, {"is_negated": True}])
def test_an_agent_that_is_not_given_brings_no_pathway(vocabulary: Vocabulary, parts: dict[str, Any]) -> None:
    assert pathways(vocabulary, mention(**{"target": None, "via": "agent", "agent": "zelbarimab", **parts})) == []


def test_a_target_given_brings_its_own_pathway(vocabulary: Vocabulary) -> None:
    assert pathways(vocabulary, mention()) == [{"nct_id": "NCT99000101", "pathway": "checkpoints", "agents": []}]


def test_a_denied_target_brings_no_pathway_and_a_forced_one_does(vocabulary: Vocabulary) -> None:
    frame = build_frame([mention()], MENTION)
    assert build_trial_pathways(frame, vocabulary, [say("deny")]).is_empty()
    forced = build_trial_pathways(frame.clear(), vocabulary, [say("force")])
    assert forced.get_column("pathway").to_list() == ["checkpoints"]
