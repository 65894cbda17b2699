"""Candidates among real records, with what the registry declares hidden: most of what is guessed is declared.

The papers are those that real trials cite, by the title in the citation alone; a paper's abstract would say more.
"""

from __future__ import annotations

import datetime as dt
import gzip
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from etl.names import build_name_finder
from etl.trial_articles import CandidateFinder, Paper, Trial
from models.article_candidates import read_candidate_rules
from models.vocabulary import Vocabulary, parse_vocabulary

_DRUGS = {"DRUG", "BIOLOGICAL", "COMBINATION_PRODUCT", "GENETIC", "DIETARY_SUPPLEMENT"}
_VOCABULARY = Path(__file__).parents[2] / "models" / "vocabulary"
Pair = tuple[str, str]


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return parse_vocabulary({path.name: path.read_bytes() for path in sorted(_VOCABULARY.glob("*.toml"))})


@pytest.fixture(scope="module")
def protocols(shared: Path) -> dict[str, dict[str, Any]]:
    """The newest protocol section of each recorded trial."""
    newest: dict[str, tuple[str, dict[str, Any]]] = {}
    for name in ("nightly", "trials"):
        for line in gzip.decompress((shared / "recorded" / f"{name}.jsonl.gz").read_bytes()).splitlines():
            read = msgspec.json.decode(line)
            protocol = read["study"]["protocolSection"]
            nct_id = protocol["identificationModule"]["nctId"]
            newest[nct_id] = max((read["day"], protocol), newest.get(nct_id, ("", {})), key=lambda pair: pair[0])
    return {nct_id: protocol for nct_id, (_, protocol) in newest.items()}


def build_trial(nct_id: str, protocol: dict[str, Any], vocabulary: Vocabulary) -> Trial:
    identity, arms = protocol["identificationModule"], protocol.get("armsInterventionsModule", {})
    drugs = [one for one in arms.get("interventions", []) if one.get("type") in _DRUGS]
    names = [name for one in drugs for name in (one["name"], *one.get("otherNames", []))]
    backbones = {text.casefold() for one in vocabulary.agents if one.role == "backbone" for text, _ in one.graded()}
    leads = {one.name for one in vocabulary.agents if one.role == "lead"}
    start = protocol["statusModule"].get("startDateStruct", {}).get("date")
    sponsors = protocol["sponsorCollaboratorsModule"]
    return Trial(
        nct_id=nct_id,
        acronym=identity.get("acronym", ""),
        titles=tuple(filter(None, (identity["briefTitle"], identity.get("officialTitle")))),
        numbers=(
            identity["orgStudyIdInfo"].get("id", ""),
            *(one["id"] for one in identity.get("secondaryIdInfos", [])),
        ),
        agents=frozenset(leads.intersection(build_name_finder(vocabulary)(" | ".join(names)))),
        interventions=tuple(name for name in names if name.casefold() not in backbones),
        sponsors=(sponsors["leadSponsor"]["name"], *(one["name"] for one in sponsors.get("collaborators", []))),
        conditions=tuple(protocol.get("conditionsModule", {}).get("conditions", [])),
        phases=tuple(protocol.get("designModule", {}).get("phases", [])),
        start_date=dt.date.fromisoformat(f"{start}-01"[:10]) if start else None,
    )


def build_paper(pmid: str, citation: str, vocabulary: Vocabulary) -> Paper:
    parts, year = citation.split(". "), re.search(r"\b(?:19|20)\d\d\b", citation)
    title = parts[1] if len(parts) > 1 else citation
    agents = frozenset(build_name_finder(vocabulary)(title)) & {
        one.name for one in vocabulary.agents if one.role == "lead"
    }
    entered = dt.date(int(year[0]), 12, 31) if year else None
    return Paper(pmid=pmid, title=title, agents=agents, title_agents=agents, entrez_date=entered)


def test_most_of_what_is_guessed_from_titles_is_declared(
    protocols: dict[str, dict[str, Any]], vocabulary: Vocabulary
) -> None:
    citations = {
        (nct_id, one["pmid"]): one
        for nct_id, protocol in protocols.items()
        for one in protocol.get("referencesModule", {}).get("references", [])
        if one.get("pmid")
    }
    trials = [build_trial(nct_id, protocol, vocabulary) for nct_id, protocol in protocols.items()]
    finder = CandidateFinder(trials, read_candidate_rules())
    papers = {pmid: build_paper(pmid, one["citation"], vocabulary) for (_, pmid), one in citations.items()}
    guessed = {(one.nct_id, one.pmid) for paper in papers.values() for one in finder.find(paper)}
    declared: set[Pair] = {pair for pair, one in citations.items() if one.get("type") in ("RESULT", "DERIVED")}
    found_by_number: set[Pair] = {pair for pair, one in citations.items() if one.get("type") == "DERIVED"}
    assert len(papers) > 200
    assert len(guessed & declared) >= 14
    assert len(guessed & declared) / len(guessed) >= 0.85
    assert len(guessed & found_by_number) / len(found_by_number) >= 0.2
