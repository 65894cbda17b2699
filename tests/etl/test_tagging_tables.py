"""The vocabulary against the tables of facts, name by name: what a trial's list of drugs says is recognised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.tagging import Tagger, build_tagger
from models.mention import TextField
from models.vocabulary import Agent, Vocabulary, parse_vocabulary
from tests.etl.tagging_vocabulary import read_vocabulary, tag

TABLES = ("agents.tsv", "agents_additions.tsv", "agents_more.tsv")
COLUMNS = ("agent", "synonyms", "unverified_synonyms", "new_synonyms", "spelling_variants")
# Listed names that are not taken up, and why.
LEFT_OUT = {
    "formula": r"-yl|-triazin-|benzamide|benzimidazol|ester\Z|platinum II",
    "class": (
        r"(?i)(?:anti|HER2|erb|humanized|chimeric).*(?:antibody|MoAb|rhuMAb|HER2|erbB?-?2)\Z|MoAb HER2|anti-VEGF\Z"
        r"|(?:antibody|bifunctional molecule|solution for injection|against TIGIT)\Z"
    ),
    "another product": r"(?i)nanopartic|protein-bound particles",
    "misprint": r"T- DXd|PLX7 3086|b enzamide",
    "never alone": r"(?i)ppp-RNA\Z|triphosphate RNA\Z|FAP-TAc\Z",
}
# Aliases of targets that mean another thing, or never stand for this one alone.
NOT_ALONE = {("FAP", "DPPIV"), ("FAP", "SIMP")}


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return read_vocabulary()


@pytest.fixture(scope="module")
def tagger(vocabulary: Vocabulary) -> Tagger:
    return build_tagger(vocabulary)


def read_rows(shared: Path, table: str) -> Iterator[dict[str, str]]:
    header, *lines = (shared / "facts" / table).read_text("utf-8").rstrip("\n").split("\n")
    names = header.split("\t")
    for line in lines:
        yield dict(zip(names, [*line.split("\t"), *[""] * len(names)], strict=False))


def read_names(row: dict[str, str]) -> list[str]:
    return [name.strip() for column in COLUMNS for name in row.get(column, "").split("|") if name.strip()]


def find_listed(tagger: Tagger, name: str) -> set[str | None]:
    return {mention.agent for mention in tagger.tag([TextField("interventions[0].name", "arm", name)])}


def find_agent(vocabulary: Vocabulary, name: str) -> Agent:
    return next(agent for agent in vocabulary.agents if agent.name.casefold() == name.casefold())


@pytest.mark.parametrize("table", TABLES)
def test_every_listed_name_of_an_agent_is_recognised_in_a_list_of_drugs(
    shared: Path, tagger: Tagger, vocabulary: Vocabulary, table: str
) -> None:
    missed = [
        (row["agent"], name)
        for row in read_rows(shared, table)
        for name in read_names(row)
        if find_agent(vocabulary, row["agent"]).name not in find_listed(tagger, name)
        if not any(re.search(reason, name) for reason in LEFT_OUT.values())
    ]
    assert missed == []


def test_no_reason_to_leave_a_name_out_is_idle(shared: Path, tagger: Tagger, vocabulary: Vocabulary) -> None:
    left = [
        name
        for table in TABLES
        for row in read_rows(shared, table)
        for name in read_names(row)
        if find_agent(vocabulary, row["agent"]).name not in find_listed(tagger, name)
    ]
    assert [why for why, reason in LEFT_OUT.items() if not any(re.search(reason, name) for name in left)] == []


def test_names_the_tables_call_never_alone_are_no_safe_names(shared: Path, vocabulary: Vocabulary) -> None:
    checked = 0
    for row in read_rows(shared, "agents_more.tsv"):
        grades = dict(find_agent(vocabulary, row["agent"]).graded())
        for note in re.findall(r"never alone: ([^;(]+)", row["note"]):
            for name in {part.strip() for part in note.split(",")} & grades.keys():
                checked += 1
                assert grades[name] != "safe", (row["agent"], name)
    assert checked > 30


def test_agents_link_to_the_targets_of_their_rows_unless_the_row_says_no(shared: Path, vocabulary: Vocabulary) -> None:
    names = {target.symbol: target.name for target in vocabulary.targets}
    refused = re.compile(
        r"off-target|do not link|must not link|not CSF1R|ligand CSF1|homing|mainly|own knowledge|activating protease"
        r"|LIGAND|no target source",
        re.IGNORECASE,
    )
    for table in ("agents.tsv", "agents_more.tsv"):
        for row in read_rows(shared, table):
            genes = {part.split(" ")[0] for part in row["target_genes"].split("|")}
            linked = set(vocabulary.targets_of(find_agent(vocabulary, row["agent"])))
            stated = {names[gene] for gene in genes & names.keys()}
            assert linked <= stated | ({"RIG-I"} if "RIG-I" in genes else set()), row["agent"]
            assert linked == stated or refused.search(row["note"]), row["agent"]


def test_every_listed_name_of_a_target_is_recognised_beside_its_cues(
    shared: Path, tagger: Tagger, vocabulary: Vocabulary
) -> None:
    missed = []
    for row in read_rows(shared, "targets.tsv"):
        target = next(each for each in vocabulary.targets if each.name == row["target"])
        for name in {*row["synonyms"].split("|"), *row["hgnc_aliases_verbatim"].split("|")} - {""}:
            # All that a document can say for it, in the next sentence.
            context = f". {target.name}, {', '.join((*target.synonyms, *target.cues))}"
            found = {each.target for each in tag(tagger, name + context) if each.start < len(name)}
            if target.name not in found and (target.name, name) not in NOT_ALONE:
                missed.append((target.name, name))
    assert missed == []


def test_an_agent_all_of_whose_names_are_doubtful_is_tagged_where_a_trial_lists_it(
    tagger: Tagger, vocabulary: Vocabulary
) -> None:
    doubtful = [agent.name for agent in vocabulary.agents if {grade for _, grade in agent.graded()} == {"never_alone"}]
    assert len(doubtful) > 5
    for name in doubtful:
        assert find_listed(tagger, name) == {name}
        assert tag(tagger, f"The number {name} was read.") == []


def test_a_description_of_many_drugs_is_no_name_of_one_even_in_a_list() -> None:
    small = b"""
[[agent]]
name = "onemab"
role = "lead"
source = "written for the tests"
never_alone = ["recombinant humanized antibody", "ON1"]
"""
    tagger = build_tagger(parse_vocabulary({"small.toml": small}))
    path = "interventions[0].name"
    assert tag(tagger, "Recombinant humanized antibody", path=path) == []
    assert [mention.text for mention in tag(tagger, "ON1 10 mg", path=path)] == ["ON1"]
    assert tag(tagger, "ON1 10 mg", path="interventions[0].description") == []


def test_what_a_document_defines_as_a_tracer_is_one() -> None:
    small = b"""
[[target]]
name = "FAP"
symbol = "FAP"
source = "written for the tests"
synonyms = ["fibroblast activation protein"]

[[agent]]
name = "any FAPI"
role = "lead"
source = "written for the tests"
never_alone = ["FAPI", "any FAPI"]
cues = ["fibroblast activation protein"]
actions = [{ gene = "FAP", action = "images" }]

[[agent]]
name = "FAPI-46"
role = "lead"
source = "written for the tests"
actions = [{ gene = "FAP", action = "images" }]
"""
    tagger = build_tagger(parse_vocabulary({"small.toml": small}))
    assert tag(tagger, "FAPI was given.") == []
    for text in ("FAPI-46 was given; FAPI uptake rose.", "Fibroblast activation protein inhibitors (FAPI) were given."):
        assert [mention.via for mention in tag(tagger, text) if mention.text == "FAPI"] == ["tracer"]
