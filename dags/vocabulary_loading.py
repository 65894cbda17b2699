"""Puts the vocabulary into the warehouse's tables, and keeps all of it to compare the next one with; tags nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from dags.run import Run
from etl.link_schemas import AGENT, AGENT_ACTION, PATHWAY, SYNONYM, TARGET
from etl.schemas import build_frame
from models.vocabulary import Vocabulary


def write_vocabulary(run: Run) -> None:
    """Put the vocabulary into the warehouse, where it differs from the one there. Texts are tagged with it later."""
    vocabulary = run.inputs.vocabulary
    newest = run.store.read("known_vocabularies").row(0, named=True)
    content = msgspec.json.encode(vocabulary).decode()
    if newest["version"] == vocabulary.version:
        if not newest["is_kept"]:
            run.store.run("keep_vocabulary", version=vocabulary.version, content=content)
        return
    run.store.refill("target", build_frame(_build_targets(vocabulary), TARGET))
    run.store.refill("agent", build_frame(_build_agents(vocabulary), AGENT))
    run.store.refill("agent_action", build_frame(_build_actions(vocabulary), AGENT_ACTION))
    run.store.refill("synonym", build_frame(_build_synonyms(vocabulary), SYNONYM))
    pathways = [{"pathway": one.name, "description": one.description} for one in vocabulary.pathways]
    run.store.refill("pathway", build_frame(pathways, PATHWAY))
    run.store.run("add_vocabulary", version=vocabulary.version, clock=run.clock, content=content)


def _build_targets(vocabulary: Vocabulary) -> Iterable[dict[str, Any]]:
    for one in vocabulary.targets:
        yield {
            "target": one.name,
            "symbol": one.symbol,
            "hgnc_id": one.hgnc_id,
            "ncbi_gene": list(one.ncbi_gene),
            "uniprot": one.uniprot,
            "pathway": one.pathway,
            "source": one.source,
        }


def _build_agents(vocabulary: Vocabulary) -> Iterable[dict[str, Any]]:
    for one in vocabulary.agents:
        yield {
            "agent": one.name,
            "role": one.role,
            "modality": one.modality,
            "pathways": list(one.pathways),
            "source": one.source,
        }


def _build_actions(vocabulary: Vocabulary) -> Iterable[dict[str, Any]]:
    by_symbol = {target.symbol: target.name for target in vocabulary.targets}
    for agent in vocabulary.agents:
        for action in agent.actions:
            yield {
                "agent": agent.name,
                "gene": action.gene,
                "action": action.action,
                "target": by_symbol.get(action.gene),
                "makes_link": action.links,
            }


def _build_synonyms(vocabulary: Vocabulary) -> Iterable[dict[str, Any]]:
    for kind, things in (("target", vocabulary.targets), ("agent", vocabulary.agents)):
        for thing in things:
            searched = thing.search_terms() if kind == "target" or getattr(thing, "role", "") == "lead" else ()
            for text, grade in thing.graded():
                yield {
                    "name": thing.name,
                    "kind": kind,
                    "synonym": text,
                    "grade": grade,
                    "is_searched": text in searched,
                }
