"""Who is told what: each name checked against the vocabulary, each mistake named with its place and what was meant."""

from __future__ import annotations

import pytest

from models.errors import ConfigurationError
from models.following import resolve_digest
from models.settings import parse_settings
from models.vocabulary import Vocabulary, parse_vocabulary

WORDS = b"""
[[pathway]]
name = "immune checkpoints"
description = "invented"
[[target]]
name = "TIM-3"
symbol = "HAVCR2"
pathway = "immune checkpoints"
synonyms = ["TIM3"]
source = "invented"
[[agent]]
name = "zelbarimab"
role = "backbone"
synonyms = ["ZLB-201"]
source = "invented"
"""


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return parse_vocabulary({"words.toml": WORDS})


def read(lines: str, vocabulary: Vocabulary, table: str = "[digest.recipient]") -> object:
    head = "[[digest.recipient]]\naddress = 'ann@example.org'" if table == "[digest.recipient]" else table
    settings = parse_settings(f"{head}\n{lines}\n".encode(), "watchlist.toml")
    resolved = resolve_digest(settings.digest, vocabulary, "watchlist.toml")
    return resolved.recipient[0] if resolved.recipient else resolved.webhook


@pytest.mark.parametrize("table", ["[digest.recipient]", "[digest.webhook]"])
@pytest.mark.parametrize(
    ("line", "name", "resolved"),
    [
        ('targets = ["havcr2", "TIM3"]', "targets", ("TIM-3",)),
        ('agents = ["zlb-201"]', "agents", ("zelbarimab",)),
        ('pathways = ["Immune Checkpoints"]', "pathways", ("immune checkpoints",)),
        ('phases = ["2", "Phase 1/2", "early phase 1"]', "phases", ("PHASE2", "PHASE1", "EARLY_PHASE1")),
    ],
)
def test_names_are_understood_as_people_write_them(
    table: str, line: str, name: str, resolved: tuple[str, ...], vocabulary: Vocabulary
) -> None:
    assert getattr(read(line, vocabulary, table), name) == resolved


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ('targets = ["TIM-3", "TIM-33"]', 'targets[1]: "TIM-33" is no target of the vocabulary', 'mean "TIM-3"?'),
        ('agents = ["qqqqqq"]', 'agents[0]: "qqqqqq" is no agent of the vocabulary', "known are zelbarimab"),
        ('pathways = ["immune"]', 'pathways[0]: "immune" is no pathway of the vocabulary', "immune checkpoints"),
        ('phases = ["5"]', 'phases[0]: "5" is no phase', "PHASE4"),
        ('sponsors = [" "]', "sponsors[0]: it is empty", "leave it out"),
        ("conditions = ['\"lung']", "conditions[0]: a quote does not close", "AND, OR"),
    ],
)
def test_what_is_unknown_is_refused_with_its_place_and_a_remedy(
    line: str, message: str, hint: str, vocabulary: Vocabulary
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(line, vocabulary)
    assert caught.value.message.startswith(f"watchlist.toml: digest.recipient[0].{message}")
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    "address",
    ["ann", "Ann <ann@example.org>", "ann@example.org, bob@example.org", "ann@example.org\\nBcc: b@example.org",
     "@example.org", "ann@", "ann@exa mple.org", "änn@example.org", "-ann..b@example.org"],
)  # fmt: skip
def test_what_is_no_bare_address_is_refused_with_its_place(address: str) -> None:
    for place, text in (
        ("digest.recipient[0].address", f'[[digest.recipient]]\naddress = "{address}"'),
        ("mail.from", f'[mail]\nfrom = "{address}"'),
    ):
        with pytest.raises(ConfigurationError) as caught:
            parse_settings(text.encode(), "watchlist.toml")
        assert caught.value.message.startswith(f"watchlist.toml: {place}: ")
        assert caught.value.message.endswith("is no mail address")
        assert "\n" not in caught.value.message


def test_an_address_that_stands_twice_is_refused() -> None:
    text = '[[digest.recipient]]\naddress = "ann@example.org"\n[[digest.recipient]]\naddress = "Ann@Example.org"'
    with pytest.raises(ConfigurationError, match=r'digest\.recipient\[1\]\.address: "Ann@Example\.org" stands there'):
        parse_settings(text.encode(), "watchlist.toml")
