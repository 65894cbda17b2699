from __future__ import annotations

import pytest

from etl.tagging import build_tagger
from etl.tagging.casing import is_code
from etl.tagging.negation import Negation
from etl.tagging.variants import build_patterns
from models.vocabulary import Agent, Vocabulary, parse_vocabulary
from tests.etl.tagging_vocabulary import SMALL, tag

is_negated = Negation().is_negated


def keys(name: str) -> set[str]:
    return {" ".join(pattern.key) for pattern in build_patterns(name, "target")}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("RIG-I", "rig 1"),
        ("RIG-I", "rigi"),
        ("retinoic acid-inducible gene I", "retinoic acid inducible gene 1"),
        ("FAPα", "fap alpha"),
        ("FAPα", "fapalpha"),
        ("CSF-1 receptor", "csf 1 receptors"),
        ("TIM-3", "stim 3"),
    ],
)
def test_a_name_has_the_spellings_its_form_allows(name: str, key: str) -> None:
    assert key in keys(name)


@pytest.mark.parametrize(
    ("name", "key"),
    [("CD73", "cd 1"), ("RIGI", "rig 1"), ("TIGIT", "tigits"), ("fibroblast protein", "fibroblastprotein")],
)
def test_a_name_has_no_spelling_of_another_form(name: str, key: str) -> None:
    assert key not in keys(name)


@pytest.mark.parametrize("name", ["LAG-3", "efti", "BI 754111", "c-fms", "DDX58", "FAPα"])
def test_symbols_and_codes_keep_their_case(name: str) -> None:
    assert is_code(name)


@pytest.mark.parametrize("name", ["lymphocyte activation gene 3", "relatlimab", "CSF-1 receptor", "seprase"])
def test_words_may_be_written_in_any_case(name: str) -> None:
    assert not is_code(name)


def test_a_symbol_in_small_letters_is_another_word() -> None:
    (pattern, *_) = build_patterns("LAG-3", "target")
    assert pattern.forms == frozenset({"LAG3", "Lag3"})


def agents(count: int) -> tuple[Agent, ...]:
    names = [f"made{number:03}mab" for number in range(count)]
    return tuple(
        Agent(name=name, source="made", role="lead", synonyms=(f"XYZ-{place:04}", f"anti-ABC {name} XYZ{place:04}"))
        for place, name in enumerate(names)
    )


def test_three_hundred_agents_are_all_found() -> None:
    small = parse_vocabulary({"small.toml": SMALL})
    vocabulary = Vocabulary("large", small.targets, agents(300), ())
    tagger = build_tagger(vocabulary)
    text = " and ".join(f"XYZ {place:04}" for place in range(300))
    assert [mention.agent for mention in tag(tagger, text)] == [agent.name for agent in vocabulary.agents]


NEGATED = [
    "There was no [TIGIT] expression.",
    "Cells lacking [LAG-3] grew.",
    "No prior treatment with an anti-PD-1, anti-PD-L1, anti-CTLA-4, anti-LAG-3 or anti-[TIGIT] antibody",
    "Neither [LAG-3] nor PD-1 was expressed.",
    "No evidence of [LAG-3] was seen.",
    "[TIGIT] protein was not detected.",
    "[LAG-3] could not be detected.",
    "[CD73]neg cells",
    "[CD73]\u207b cells",
    "CD24+ [CD73]- gdT17 cells",
    "non-[TIGIT] therapy",
    "TIM-1 but not [TIM-3]",
]
ASSERTED = [
    "no significant difference in [LAG-3] expression",
    "Combined with or without [TIGIT] antibody",
    "the [LAG-3] negative regulator",
    "[LAG-3] was not associated with survival.",
    "[CD73]-/- mice",
    "[LAG-3]- and TIM-3-expressing cells",
    "NO production by [LAG-3] cells",
    "No. 3 [LAG-3]",
    "Without treatment, [LAG-3] rises.",
    "No toxicities were seen with the [LAG-3] antibody.",
    "No hypersensitivity to the [TIGIT] antibody",
    "It cannot be given; [TIGIT] can.",
]


def find_bracketed(text: str) -> tuple[str, int, int]:
    start, end = text.index("["), text.index("]") - 1
    return text.replace("[", "").replace("]", ""), start, end


@pytest.mark.parametrize("text", NEGATED)
def test_a_denied_thing_is_negated(text: str) -> None:
    assert is_negated(*find_bracketed(text))


@pytest.mark.parametrize("text", ASSERTED)
def test_a_denied_something_else_is_no_negation(text: str) -> None:
    assert not is_negated(*find_bracketed(text))
