"""The links that a user decides: what is read, and what is refused with its place."""

from __future__ import annotations

import pytest

from models.errors import ConfigurationError
from models.overrides import Override, parse_overrides
from models.vocabulary import Vocabulary, parse_vocabulary


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    body = b"""
[[target]]
name = "LAG-3"
symbol = "LAG3"
synonyms = ["CD223"]
source = "invented"
[[target]]
name = "FAP"
symbol = "FAP"
source = "invented"
"""
    return parse_vocabulary({"x.toml": body})


def entry(verdict: str = "force", **parts: str | int) -> str:
    values = {"trial": "NCT99000101", "target": "LAG-3", "reason": "The sponsor says so.", **parts}
    lines = [f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}" for key, value in values.items()]
    return "\n".join([f"[[{verdict}]]", *(line for line in lines if not line.endswith('= "-"'))]) + "\n"


def read(text: str, vocabulary: Vocabulary) -> tuple[Override, ...]:
    return parse_overrides(text.encode(), "vocabulary/overrides.toml", vocabulary)


def test_trials_and_papers_are_forced_and_denied(vocabulary: Vocabulary) -> None:
    text = entry() + entry("deny", trial="-", article="99000031", target="FAP", reason="The polyposis.")
    assert read(text, vocabulary) == (
        Override("article", "99000031", "FAP", "deny", "The polyposis."),
        Override("trial", "NCT99000101", "LAG-3", "force", "The sponsor says so."),
    )


def test_a_file_without_tables_decides_nothing(vocabulary: Vocabulary) -> None:
    assert read("# nothing yet\n", vocabulary) == ()


def test_numbers_and_names_are_brought_to_their_one_form(vocabulary: Vocabulary) -> None:
    text = entry(trial="nct99000101", target="cd223", reason="  a\\n b ") + entry(trial="-", article=99000031)
    assert [(one.doc_id, one.target, one.reason) for one in read(text, vocabulary)] == [
        ("99000031", "LAG-3", "The sponsor says so."),
        ("NCT99000101", "LAG-3", "a b"),
    ]


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        (entry(target="LAG-4"), 'force[0].target: "LAG-4" is no target'),
        (entry() + entry(target="relatlimab"), 'force[1].target: "relatlimab" is no target'),
        (entry("deny", trial="NCT9900010"), 'deny[0].trial: "NCT9900010" has 7 digits'),
        (entry(trial="-", article="PMC 1"), 'force[0].article: "PMC 1" is no PMID'),
        (entry(trial="-", article="0123"), 'force[0].article: "0123" is no PMID'),
        (entry(trial="-"), "force[0]: it needs either trial or article"),
        (entry(article="99000031"), "force[0]: it needs either trial or article"),
        (entry(reason=" "), "force[0].reason: it is empty"),
        (entry(reason="-"), "missing required field `reason`"),
        (entry(why="x"), "unknown field `why`"),
        (entry("forbid"), "unknown field `forbid`"),
        (entry() + entry("deny", trial="nct99000101", target="CD223"), "both forced and denied (force[0])"),
        (entry() + entry(), "is said already (force[0])"),
        ("[[force]\n", "overrides.toml"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_place(text: str, flaw: str, vocabulary: Vocabulary) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(text, vocabulary)
    assert caught.value.message.startswith("vocabulary/overrides.toml: ")
    assert flaw in caught.value.message
    assert caught.value.hint
