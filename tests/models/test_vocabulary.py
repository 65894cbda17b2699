"""The vocabulary's reader: grades decide what is searched, mistakes are named, equal content is one version."""

from __future__ import annotations

import pytest

from models.errors import ConfigurationError
from models.vocabulary import Vocabulary, parse_vocabulary

LAG3 = """
[[target]]
name = "LAG-3"
symbol = "LAG3"
source = "invented for the test"
pathway = "checkpoints"
synonyms = ["CD223", "LAG-3"]
needs_context = ["FDC"]
never_alone = ["CD22"]
unverified = ["LAG33"]
"""
AGENT = """
[[agent]]
name = "zelbarimab"
role = "lead"
source = "invented for the test"
pathways = ["checkpoints"]
actions = [
    { gene = "PDCD1", action = "blocks" },
    { gene = "TIGIT", action = "blocks", links = false },
    { gene = "LAG3", action = "blocks" },
    { gene = "LAG3", action = "images" },
]
"""
PATHWAY = '[[pathway]]\nname = "checkpoints"\n'
TIGIT = '[[target]]\nname = "TIGIT"\nsymbol = "TIGIT"\nsource = "invented"\n'


def read(*texts: str) -> Vocabulary:
    return parse_vocabulary({f"{place}.toml": text.encode() for place, text in enumerate(texts)})


def refuse(*texts: str) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        read(*texts)
    return caught.value


def test_every_name_comes_once_with_its_weakest_grade_the_primary_first() -> None:
    target = read(LAG3, PATHWAY).targets[0]
    assert list(target.graded()) == [
        ("LAG-3", "safe"), ("CD22", "never_alone"), ("FDC", "needs_context"), ("CD223", "safe"), ("LAG33", "safe"),
    ]  # fmt: skip


def test_only_safe_and_verified_names_are_searched() -> None:
    assert read(LAG3, PATHWAY).targets[0].search_terms() == ("LAG-3", "CD223")


def test_a_primary_name_that_needs_context_is_not_searched() -> None:
    target = read(LAG3.replace('["FDC"]', '["LAG-3"]'), PATHWAY).targets[0]
    assert target.search_terms() == ("CD223",)
    assert next(target.graded()) == ("LAG-3", "needs_context")


@pytest.mark.parametrize("name", ["LAG-3", "lag-3", "LAG3", "cd223", "Lag33"])
def test_a_target_is_found_by_name_symbol_and_safe_synonym_in_any_case(name: str) -> None:
    found = read(LAG3, PATHWAY).find_target(name)
    assert found is not None
    assert found.name == "LAG-3"


@pytest.mark.parametrize("name", ["FDC", "CD22", "LAG", ""])
def test_a_target_is_not_found_by_an_ambiguous_name(name: str) -> None:
    assert read(LAG3, PATHWAY).find_target(name) is None


def test_an_agent_is_found_by_its_name_whatever_its_grade() -> None:
    vocabulary = read(AGENT + 'never_alone = ["zelbarimab"]\n', PATHWAY)
    assert vocabulary.find_agent("ZELBARIMAB") is vocabulary.agents[0]


def test_a_things_own_name_goes_before_anothers_synonym() -> None:
    other = '[[target]]\nname = "AAA"\nsymbol = "AAA1"\nsource = "invented"\nsynonyms = ["TIGIT"]\n'
    found = read(other, TIGIT).find_target("TIGIT")
    assert found is not None
    assert found.name == "TIGIT"


def test_an_agent_leads_to_the_watched_targets_it_links_to_each_once() -> None:
    vocabulary = read(LAG3, TIGIT, AGENT, PATHWAY)
    assert vocabulary.targets_of(vocabulary.agents[0]) == ("LAG-3",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[target]\n", "0.toml"),
        ("[[target]]\nname = 'x'\nsymbol = 'X'", "source"),
        (LAG3 + "synonym = []", "synonym"),
        (LAG3 + "ncbi_gene = ['3902']", "ncbi_gene"),
        (AGENT.replace('"lead"', '"star"'), "role"),
        (AGENT.replace('"images"', '"hugs"'), "action"),
        ("[[agents]]\nname = 'x'", "agents"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_what_is_wrong(text: str, words: str) -> None:
    error = refuse(text)
    assert error.message.startswith("vocabulary 0.toml: ")
    assert words in error.message
    assert error.hint


def test_the_message_of_an_unknown_key_says_what_is_allowed_there() -> None:
    error = refuse(LAG3 + "synonym = []")
    assert "synonyms" in error.message + error.hint


def test_bytes_that_are_no_text_are_refused_with_the_files_name() -> None:
    with pytest.raises(ConfigurationError, match=r"vocabulary bad\.toml"):
        parse_vocabulary({"bad.toml": b"\xff\xfe"})


@pytest.mark.parametrize("text", [LAG3 + LAG3, AGENT + AGENT, PATHWAY + PATHWAY])
def test_a_thing_defined_twice_is_refused(text: str) -> None:
    assert "is defined twice" in refuse(text, PATHWAY if "pathway]]" not in text else "").message


def test_a_thing_defined_twice_across_files_in_another_case_is_refused() -> None:
    assert (
        '"lag-3" is defined twice' in refuse(LAG3, LAG3.replace('"LAG-3"\nsymbol', '"lag-3"\nsymbol'), PATHWAY).message
    )


def test_an_unknown_pathway_is_refused_with_those_known() -> None:
    error = refuse(LAG3, '[[pathway]]\nname = "innate"\n')
    assert '"LAG-3" belongs to an unknown pathway "checkpoints"' in error.message
    assert "innate" in error.hint


def test_a_message_about_a_thing_names_its_file_too() -> None:
    assert refuse(LAG3, AGENT, AGENT, PATHWAY).message.startswith("vocabulary 2.toml: ")
    assert "also in 1.toml" in refuse(LAG3, AGENT, AGENT, PATHWAY).message
    assert refuse(PATHWAY, LAG3.replace("checkpoints", "innate")).message.startswith("vocabulary 1.toml: ")


@pytest.mark.parametrize("blank", ["", " ", "-", "\u00ad"])
def test_a_name_without_a_letter_or_digit_is_refused(blank: str) -> None:
    error = refuse(LAG3.replace('"CD223"', f'"{blank}"'), PATHWAY)
    assert f'"LAG-3" has the name "{blank}"' in error.message


@pytest.mark.parametrize("gene", ["LAG-3", "lag3", "CD223"])
def test_a_targets_name_in_place_of_its_genes_symbol_is_refused_with_the_symbol(gene: str) -> None:
    error = refuse(LAG3, AGENT.replace('gene = "LAG3"', f'gene = "{gene}"'), PATHWAY)
    assert f'acts on the gene "{gene}"' in error.message
    assert 'write gene = "LAG3"' in error.hint


def test_a_gene_that_is_no_target_may_be_acted_on() -> None:
    assert read(LAG3, AGENT.replace('gene = "LAG3"', 'gene = "PDCD1"'), PATHWAY).agents[0].actions[0].gene == "PDCD1"


@pytest.mark.parametrize(
    ("old", "new", "allowed"),
    [('"lead"', '"star"', "role is one of lead, backbone"), ('"images"', '"hugs"', "derived_from, delivers, images")],
)
def test_the_message_of_a_wrong_word_says_which_there_are(old: str, new: str, allowed: str) -> None:
    assert allowed in refuse(LAG3, AGENT.replace(old, new), PATHWAY).hint


def test_equal_content_is_one_version_whatever_the_files() -> None:
    in_one = read(LAG3 + TIGIT + AGENT + PATHWAY)
    apart = parse_vocabulary(
        {name: text.encode() for name, text in (("z", PATHWAY), ("y", AGENT), ("x", TIGIT), ("w", LAG3))}
    )
    assert in_one == apart


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('["FDC"]', "[]"),
        ('["CD223", "LAG-3"]', '["CD223", "LAG-3", "LAG"]'),
        ('symbol = "LAG3"', 'symbol = "LAG4"'),
        ("links = false", "links = true"),
        ('"images"', '"depletes"'),
        ('role = "lead"', 'role = "backbone"'),
    ],
)
def test_any_difference_of_content_is_another_version(old: str, new: str) -> None:
    whole = LAG3 + TIGIT + AGENT + PATHWAY
    assert old in whole
    assert read(whole).version != read(whole.replace(old, new)).version


def test_no_file_is_an_empty_vocabulary() -> None:
    assert parse_vocabulary({}).targets == ()
