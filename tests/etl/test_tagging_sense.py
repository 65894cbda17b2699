from __future__ import annotations

import pytest

from etl.tagging import Tagger
from models.mention import TextField
from tests.etl.tagging_vocabulary import build_small_tagger, tag


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return build_small_tagger()


def test_an_ambiguous_name_alone_is_no_mention(tagger: Tagger) -> None:
    assert tag(tagger, "FAP was studied in twelve families.") == []


def test_a_cue_in_the_sentence_decides_for_the_target(tagger: Tagger) -> None:
    (mention,) = tag(tagger, "In the stroma FAP was found.")
    assert (mention.start, mention.end, mention.target, mention.via) == (14, 17, "FAP", "name")


def test_a_cue_elsewhere_counts_unless_the_document_holds_a_blocker(tagger: Tagger) -> None:
    assert len(tag(tagger, "FAP was found.", "Its place is the stroma.")) == 1
    assert tag(tagger, "FAP was found.", "Its place is the stroma.", "Not polyposis.") == []


def test_beside_a_blocker_elsewhere_one_cue_is_too_little(tagger: Tagger) -> None:
    polyposis = "Not polyposis."
    assert tag(tagger, "FAP in the stroma.", polyposis) == []
    assert len(tag(tagger, "FAP in the stroma by PET.", polyposis)) == 1
    assert len(tag(tagger, "An anti-FAP antibody.", polyposis)) == 1


def test_a_safe_name_in_another_field_explains_the_ambiguous_one(tagger: Tagger) -> None:
    found = tag(tagger, "FAP as a marker", "Fibroblast activation protein was measured.")
    assert [(mention.text, mention.target) for mention in found] == [
        ("FAP", "FAP"),
        ("Fibroblast activation protein", "FAP"),
    ]


def test_a_blocker_in_the_sentence_outweighs_a_cue(tagger: Tagger) -> None:
    assert tag(tagger, "FAP polyposis in the stroma by PET.") == []


def test_a_blocker_that_holds_the_name_blocks_only_itself(tagger: Tagger) -> None:
    found = tag(tagger, "In the stroma FAP is not FAP-1.")
    assert [mention.start for mention in found] == [14]


def test_a_long_name_is_not_blocked(tagger: Tagger) -> None:
    found = tag(tagger, "Fibroblast activation protein (FAP) has nothing to do with polyposis.")
    assert [mention.text for mention in found] == ["Fibroblast activation protein", "FAP"]


def test_a_definition_as_something_else_blocks_the_whole_document(tagger: Tagger) -> None:
    assert tag(tagger, "Frequent atrial pacing (FAP) was set.", "FAP in the stroma.") == []
    assert tag(tagger, "FAP (frequent atrial pacing) was set.", "FAP in the stroma.") == []


def test_a_definition_as_the_thing_itself_frees_the_abbreviation(tagger: Tagger) -> None:
    found = tag(tagger, "FAP (fibroblast activation protein) rose. Later FAP fell.")
    assert [mention.start for mention in found] == [0, 5, 48]


def test_what_is_never_alone_needs_a_safe_name_in_the_document(tagger: Tagger) -> None:
    assert tag(tagger, "SIMP in the stroma.") == []
    assert [mention.text for mention in tag(tagger, "SIMP in the stroma.", "Seprase.")] == ["SIMP", "Seprase"]


def test_an_agent_speaks_for_its_target_and_a_target_for_its_agent(tagger: Tagger) -> None:
    assert [mention.target for mention in tag(tagger, "FAP was imaged.", "Stromatrace was used.")] == ["FAP", "FAP"]
    assert [mention.agent for mention in tag(tagger, "TWX1 binds TIGIT.")] == ["twinmab", "twinmab", None]
    assert tag(tagger, "TWX1 is a road.") == []


def test_a_short_code_in_the_list_of_interventions_is_a_drug(tagger: Tagger) -> None:
    assert [mention.agent for mention in tag(tagger, "SDM77", path="interventions[0].name")] == ["sidemab"]
    assert tag(tagger, "SDM77", path="interventions[0].description") == []


def test_a_grade_belongs_to_one_spelling(tagger: Tagger) -> None:
    assert [mention.text for mention in tag(tagger, "IMP701 was given.")] == ["IMP701"]
    assert tag(tagger, "IMP-701 was given.") == []
    assert tag(tagger, "IMP\u2011701 was given.") == []
    assert [mention.text for mention in tag(tagger, "The checkpoint drug IMP-701.")] == ["IMP-701"]


def test_an_agent_of_two_targets_makes_two_mentions_of_one_span(tagger: Tagger) -> None:
    found = tag(tagger, "Tw-1000 was given.")
    assert [(mention.start, mention.end, mention.target, mention.via, mention.agent) for mention in found] == [
        (0, 7, "LAG-3", "agent", "twinmab"),
        (0, 7, "TIGIT", "agent", "twinmab"),
    ]


def test_an_agent_that_links_to_no_target_is_still_a_mention(tagger: Tagger) -> None:
    (mention,) = tag(tagger, "Sidemab was given.")
    assert (mention.target, mention.agent, mention.via) == (None, "sidemab", "agent")


def test_a_ligand_is_a_tracer_unless_its_isotope_treats(tagger: Tagger) -> None:
    assert [mention.via for mention in tag(tagger, "68Ga-stromatrace PET")] == ["tracer"]
    assert [mention.via for mention in tag(tagger, "177Lu-stromatrace therapy")] == ["agent"]
    assert [mention.via for mention in tag(tagger, "[177Lu]Lu-stromatrace therapy")] == ["agent"]


def test_mentions_come_in_order_of_fields_and_places_with_their_role(tagger: Tagger) -> None:
    fields = [TextField("briefTitle", "title", "TIGIT and LAG-3"), TextField("acronym", "exclusion", "LAG3")]
    found = tagger.tag(fields)
    assert [(mention.field, mention.role, mention.start) for mention in found] == [
        ("briefTitle", "title", 0),
        ("briefTitle", "title", 10),
        ("acronym", "exclusion", 0),
    ]


def test_a_mention_carries_its_sentence(tagger: Tagger) -> None:
    text = "It was late, e.g. LAG-3 vs. TIGIT (Fig. 2). We saw LAG-3. (More)\n* TIGIT in a list\nend"
    assert [mention.sentence for mention in tag(tagger, text)] == [
        "It was late, e.g. LAG-3 vs. TIGIT (Fig. 2).",
        "It was late, e.g. LAG-3 vs. TIGIT (Fig. 2).",
        "We saw LAG-3.",
        "* TIGIT in a list",
    ]


def test_text_without_an_end_is_cut_around_the_mention(tagger: Tagger) -> None:
    (mention,) = tag(tagger, "word " * 2_000 + "TIGIT" + " word" * 2_000)
    assert "TIGIT" in mention.sentence
    assert len(mention.sentence) <= 2_005


def test_no_fields_have_no_mentions(tagger: Tagger) -> None:
    assert tagger.tag([]) == []
    assert tag(tagger, "") == []
