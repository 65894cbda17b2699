"""On real trials: a named agent among the interventions makes the link, exclusion criteria alone never do.

Which trials give which agent is found here without the tagger or its vocabulary: by the names of the facts, folded.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dags.inputs import read_package_vocabulary
from etl.link_schemas import MENTION
from etl.linking import build_mention_row, build_trial_pathways, build_trial_targets
from etl.schemas import build_frame
from etl.tagging import build_tagger
from etl.tagging.fields import build_trial_fields

# Off-targets, homing receptors, activated prodrugs: the facts' own words for an agent that is named and makes no link.
_NO_LINK = re.compile(r"never link|must not link|do not link|activating protease|mainly MDA5|binds CCR1")
_NEVER_ALONE = re.compile(r"never alone(?: as substring)?: ([^;(]+)")
_SHORTEST = 5


def _read_facts(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "facts" / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def _find_names(shared: Path) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    """Yield agent, target and a pattern for every name of an agent that makes a link."""
    target_of = {row["hgnc_symbol"]: row["target"] for row in _read_facts(shared, "targets.tsv")}
    added = {row["agent"]: row["new_synonyms"].split("|") for row in _read_facts(shared, "agents_additions.tsv")}
    for row in (*_read_facts(shared, "agents.tsv"), *_read_facts(shared, "agents_more.tsv")):
        if _NO_LINK.search(row["note"] or ""):
            continue
        weak = {name.strip() for found in _NEVER_ALONE.findall(row["note"] or "") for name in found.split(",")}
        names = {row["agent"], *row["synonyms"].split("|"), *added.get(row["agent"], [])} - weak - {""}
        for symbol in set(re.findall(r"[A-Z0-9]+", row["target_genes"])) & target_of.keys():
            for name in names:
                if sum(map(str.isalnum, name)) >= _SHORTEST:
                    yield row["agent"], target_of[symbol], _fold(name)


@cache
def _fold(name: str) -> re.Pattern[str]:
    spelt = r"[\W_]*".join(map(re.escape, re.findall(r"[^\W_]+", name)))
    return re.compile(rf"(?<![^\W_]){spelt}(?![^\W_])", re.IGNORECASE)


@pytest.fixture(scope="module")
def studies(shared: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name in ("trials", "nightly"):
        with gzip.open(shared / "recorded" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                study = json.loads(line)["study"]
                found[study["protocolSection"]["identificationModule"]["nctId"]] = study
    return found


@pytest.fixture(scope="module")
def mentions(studies: dict[str, dict[str, Any]]) -> pl.DataFrame:
    tagger = build_tagger(read_package_vocabulary())
    rows = [
        build_mention_row("trial", nct_id, one, "v")
        for nct_id, study in studies.items()
        for one in tagger.tag(build_trial_fields(study))
    ]
    return build_frame(rows, MENTION)


@pytest.fixture(scope="module")
def links(mentions: pl.DataFrame) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["nct_id"], row["target"]): row for row in build_trial_targets(mentions).to_dicts()}


def _list_interventions(study: dict[str, Any]) -> list[str]:
    items = study["protocolSection"].get("armsInterventionsModule", {}).get("interventions", [])
    return [text for item in items for text in (item.get("name", ""), *item.get("otherNames", []))]


def test_every_trial_that_gives_a_named_agent_of_a_target_is_linked_by_it(
    shared: Path, studies: dict[str, dict[str, Any]], links: dict[tuple[str, str], dict[str, Any]]
) -> None:
    names = list(_find_names(shared))
    wanted = {
        (nct_id, target, agent)
        for nct_id, study in studies.items()
        for text in _list_interventions(study)
        for agent, target, pattern in names
        if pattern.search(text)
    }
    assert len({nct_id for nct_id, *_ in wanted}) >= 20
    missed = [one for one in sorted(wanted) if links.get(one[:2], {}).get("basis") != "intervention"]
    assert missed == []


def test_no_trial_is_linked_by_its_exclusion_criteria_alone(
    studies: dict[str, dict[str, Any]],
    mentions: pl.DataFrame,
    links: dict[tuple[str, str], dict[str, Any]],
) -> None:
    of_targets = mentions.filter(pl.col("target").is_not_null())
    pairs = of_targets.group_by("doc_id", "target").agg(is_excluded=(pl.col("role") == "exclusion").all())
    alone = set(pairs.filter("is_excluded").select("doc_id", "target").iter_rows())
    assert alone
    assert not alone & links.keys()
    for (nct_id, target), row in links.items():
        evidence = row["evidence"]
        criteria = studies[nct_id]["protocolSection"].get("eligibilityModule", {}).get("eligibilityCriteria", "")
        before, heading, _ = criteria.partition("xclusion Criteria")
        study = json.loads(json.dumps(studies[nct_id]["protocolSection"]))
        study.get("eligibilityModule", {})["eligibilityCriteria"] = before if heading else criteria
        held = " ".join(_list_texts(study))
        assert evidence in held, (nct_id, target)


def _list_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _list_texts(item)


def test_every_trial_that_gives_a_lead_agent_has_a_home(mentions: pl.DataFrame) -> None:
    vocabulary = read_package_vocabulary()
    homes = build_trial_pathways(mentions, vocabulary)
    lead = [one.name for one in vocabulary.agents if one.role == "lead" and one.pathways]
    giving = mentions.filter((pl.col("role") == "arm") & pl.col("agent").is_in(lead) & ~pl.col("is_negated"))
    assert set(giving.get_column("doc_id")) - set(homes.get_column("nct_id")) == set()


def _tag(drug: str) -> pl.DataFrame:
    study = {
        "protocolSection": {
            "identificationModule": {"briefTitle": "A Study in Solid Tumors"},
            "armsInterventionsModule": {"interventions": [{"name": drug, "description": "Given once."}]},
        }
    }
    tagger = build_tagger(read_package_vocabulary())
    rows = [build_mention_row("trial", "NCT99000101", one, "v") for one in tagger.tag(build_trial_fields(study))]
    return build_frame(rows, MENTION)


@pytest.mark.parametrize(
    ("drug", "targets"),
    [
        ("BMS-986016", ["LAG-3"]),
        ("Relatlimab", ["LAG-3"]),
        ("Eftilagimod alpha", ["LAG-3"]),
        ("MK-7684A", ["TIGIT"]),
        ("Ciforadenant", []),
        ("AZD4635", []),
        ("AVA6000", []),
        ("Nintedanib", []),
        ("Nivolumab", []),
        ("68Ga-FAPI-46", ["FAP"]),
    ],
)
def test_an_agent_makes_the_links_of_the_table_without_the_word(drug: str, targets: list[str]) -> None:
    rows = build_trial_targets(_tag(drug)).to_dicts()
    assert [(row["target"], row["basis"]) for row in rows] == [(target, "intervention") for target in targets]


@pytest.mark.parametrize(
    ("drug", "pathways"),
    [
        ("Olaparib", ["dna damage response"]),
        ("Epacadostat", ["ido"]),
        ("Ciforadenant", ["adenosine"]),
        ("Nivolumab", []),
    ],
)
def test_a_trial_without_one_of_the_targets_has_a_home_by_its_lead_agent(drug: str, pathways: list[str]) -> None:
    found = _tag(drug)
    assert build_trial_targets(found).is_empty()
    homes = build_trial_pathways(found, read_package_vocabulary())
    assert homes.get_column("pathway").to_list() == pathways
