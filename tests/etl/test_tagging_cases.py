from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from etl.tagging import Tagger, build_article_fields, build_tagger
from models.mention import TextField
from models.vocabulary import Agent, Target
from tests.etl.tagging_vocabulary import read_vocabulary

CASES: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "tag_cases.toml").read_text("utf-8"))["case"]


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return build_tagger(read_vocabulary())


@pytest.mark.parametrize("case", CASES, ids=[f"{case['why']}: {case['text'][:50]!r}" for case in CASES])
def test_a_sentence_is_tagged_as_a_reader_would(tagger: Tagger, case: dict[str, Any]) -> None:
    found = [
        (mention.start, mention.text, mention.target, mention.agent, mention.via == "tracer", mention.is_negated)
        for mention in tagger.tag(build_article_fields("", case["text"]))
    ]
    expected = [
        (
            span["start"],
            span["text"],
            span.get("target"),
            span.get("agent"),
            span.get("via") == "tracer",
            span.get("negated", False),
        )
        for span in case["spans"]
    ]
    assert found == expected


def test_the_cases_name_their_own_text() -> None:
    spans = [(case["text"], span) for case in CASES for span in case["spans"]]
    assert all(text[span["start"] :].startswith(span["text"]) for text, span in spans)


def test_every_name_of_the_vocabulary_is_found_as_its_own_thing(tagger: Tagger) -> None:
    vocabulary = read_vocabulary()
    things: list[Target | Agent] = [*vocabulary.targets, *vocabulary.agents]
    missed = [(thing.name, name) for thing in things for name in find_unrecognised(tagger, thing)]
    assert missed == []


def find_unrecognised(tagger: Tagger, thing: Target | Agent) -> list[str]:
    """Return the names of `thing` that are not found as it beside its cues and its safe names."""
    safe = [name for name, grade in thing.graded() if grade == "safe"]
    names = [name for name, grade in thing.graded() if safe or grade == "needs_context"]
    context = TextField("context", "arm", ", ".join((*thing.cues, *safe)))
    return [
        name
        for name in names
        if (name, thing.name)
        not in {
            (found.text, found.target if isinstance(thing, Target) else found.agent)
            for found in tagger.tag([TextField("interventions[0].name", "arm", name), context])
            if found.field != context.path
        }
    ]


def test_every_target_has_cases_for_and_against() -> None:
    known = {target.name for target in read_vocabulary().targets}
    assert {span.get("target") for case in CASES for span in case["spans"]} >= known
    assert sum(not case["spans"] for case in CASES) > 30
