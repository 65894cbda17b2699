"""Spellings that lead to two things, and which of them stands, as the tagger itself settles it."""

from __future__ import annotations

import pytest

from dags.inputs import read_package_vocabulary
from etl.collisions import Collision, find_collisions
from etl.tagging import build_tagger
from models.mention import TextField
from models.vocabulary import Vocabulary, parse_vocabulary


def target(name: str, symbol: str, **lists: str) -> str:
    rest = "".join(f"{key} = [{value}]\n" for key, value in lists.items())
    return f'[[target]]\nname = "{name}"\nsymbol = "{symbol}"\nsource = "invented"\n{rest}'


def agent(name: str, role: str = "lead", gene: str = "", **lists: str) -> str:
    rest = "".join(f"{key} = [{value}]\n" for key, value in lists.items())
    acts = f'actions = [{{ gene = "{gene}", action = "blocks" }}]\n' if gene else ""
    return f'[[agent]]\nname = "{name}"\nrole = "{role}"\nsource = "invented"\n{acts}{rest}'


def read(*tables: str) -> Vocabulary:
    return parse_vocabulary({"x.toml": "".join(tables).encode()})


def find(*tables: str) -> list[Collision]:
    return find_collisions(read(*tables))


def test_the_vocabulary_of_the_package_has_none() -> None:
    assert find_collisions(read_package_vocabulary()) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ABC-12", "ABC12"),
        ("ABC 12", "abc12x"),
        ("QRS-I", "QRS-1"),
        ("QRST\u03b1", "QRST-alpha"),
        ("MK-46210", "mk46210"),
        ("anti tumor thing", "anti-tumor things"),
    ],
)
def test_generated_spellings_are_compared_too(one: str, other: str) -> None:
    found = find(agent("firstmab", synonyms=f'"{one}"'), agent("secondmab", synonyms=f'"{other}"'))
    assert len(found) == (0 if other == "abc12x" else 1)


@pytest.mark.parametrize(("one", "other"), [("ABC-12", "ABC-123"), ("ABC-NOT", "ABC"), ("CaFi", "CAFI")])
def test_names_that_no_text_confuses_do_not_collide(one: str, other: str) -> None:
    assert find(target("one", "ONE", synonyms=f'"{one}"'), target("two", "TWO", synonyms=f'"{other}"')) == []


@pytest.mark.parametrize(
    ("tables", "winner"),
    [
        ((agent("amab", synonyms='"ABCD-12"'), agent("bmab", synonyms='"ABCD12"')), "agent amab"),
        ((agent("amab", "backbone", synonyms='"ABCD-12"'), agent("bmab", synonyms='"ABCD12"')), "agent bmab"),
        ((target("ABCD-12", "ABCD12"), agent("bmab", synonyms='"ABCD12"')), "agent bmab"),
        ((target("ABCD-12", "ABCD12"), agent("bmab", never_alone='"ABCD-12"')), "target ABCD-12"),
        ((agent("amab", needs_context='"ABCD-12"'), agent("bmab", synonyms='"ABCD-12"')), "agent bmab"),
    ],
)
def test_the_winner_is_the_one_that_the_tagger_finds(tables: tuple[str, str], winner: str) -> None:
    (found,) = find(*tables)
    mentions = build_tagger(read(*tables)).tag([TextField("abstract", "abstract", "We gave ABCD-12 twice.")])
    (mention,) = mentions
    assert found.winner == winner
    assert (f"agent {mention.agent}" if mention.agent else f"target {mention.target}") == winner


def test_a_name_of_the_package_that_is_given_away_is_a_shadow() -> None:
    package, own = agent("amab", synonyms='"ABCD-12"'), agent("bmab", synonyms='"ABCD12"', never_alone='"XYZ"')
    (found,) = find_collisions(read(package, own), read(package))
    assert (found.kind, found.things) == ("shadow", ("agent amab", "agent bmab"))


def test_a_name_that_is_a_blocker_of_another_is_told() -> None:
    found = find(target("ABC-1", "ABC1"), target("ABC-3", "ABC3", blockers='"ABC-1", "weather"'))
    assert [(one.kind, one.spelling, one.things) for one in found] == [
        ("blocker", "ABC-1", ("target ABC-1", "target ABC-3"))
    ]


def test_a_name_that_is_its_own_blocker_is_told() -> None:
    (found,) = find(target("ABC-1", "ABC1", blockers='"ABC-1"'))
    assert (found.kind, found.things) == ("blocker", ("target ABC-1", "target ABC-1"))
