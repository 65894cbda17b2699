"""Why a trial or paper is in a letter: said of each, on request, and in every form."""

from __future__ import annotations

from typing import Any

import pytest

from etl.letter.reasons import describe_reason, explain_digest, list_records
from etl.render_markdown import render_markdown
from tests.etl.facts import RICH, Row, write
from tests.etl.hostile import HOSTILE

NCT = "NCT99000101"


def reason(**parts: Any) -> Row:
    plain = {
        "source": "clinicaltrials", "record": NCT, "kind": "target", "name": "LAG-3", "field": "briefTitle",
        "synonym": "zelbarimab", "acts": ["blocks LAG-3"],
    }  # fmt: skip
    return {**plain, **parts}


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({}, "“zelbarimab” (blocks LAG-3) in brief title, target LAG-3 is watched"),
        ({"acts": None, "synonym": "LAG3"}, "“LAG3” in brief title, target LAG-3 is watched"),
        ({"acts": ["blocks LAG-3", "derived_from FAP"]}, "(blocks LAG-3 and derived from FAP)"),
        ({"field": "interventions[0].description"}, "in intervention 1, description"),
        ({"field": "armGroups[11].label"}, "in arm 12, label"),
        ({"field": "eligibility.exclusion"}, "in the exclusion criteria"),
        ({"field": None}, "in its record"),
        ({"synonym": None}, "target LAG-3 is watched, and the registry's own search found it"),
        ({"kind": "trial", "name": NCT}, "watched by its number"),
        ({"kind": "trial", "name": NCT, "record": "99000031", "source": "pubmed"}, f"it names {NCT}, which is watched"),
    ],
)
def test_a_reason_names_the_words_the_place_and_the_item(parts: dict[str, Any], said: str) -> None:
    assert said in describe_reason(reason(**parts))


def test_each_trial_and_paper_of_a_letter_says_why_and_none_does_unasked() -> None:
    digest = write(RICH)
    trials, papers = list_records(digest)
    assert (len(trials), len(papers)) == (8, 6)
    rows = [reason(record=nct_id) for nct_id in trials]
    text = render_markdown(explain_digest(digest, rows), "medium")
    assert text.count("Here because: “zelbarimab”") == 8
    # Of a paper the rank is known, whether or not an item still finds it.
    assert text.count("Here because: no item finds it any more; ") == 6
    assert "Here because" not in render_markdown(digest, "medium")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_text_of_a_record_or_a_watchlist_harms_a_reason(text: str) -> None:
    harmless, hostile = (
        render_markdown(explain_digest(write(RICH), [reason(synonym=one or "x", name=one)]), "medium")
        for one in ("x", text)
    )
    assert harmless.count("\n") == hostile.count("\n")
    assert "<script" not in hostile.replace("\\<", "")
