"""The link step, across sources: tag what changed, then targets, pathways and the papers of trials."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from dags.article_linking import link_articles
from dags.run import Run
from etl.article_events import build_event_row, find_new_mentions
from etl.linking import (
    build_article_targets,
    build_mention_row,
    build_trial_pathways,
    build_trial_targets,
)
from etl.schemas import (
    AGENT,
    AGENT_ACTION,
    ARTICLE_EVENT,
    MENTION,
    PATHWAY,
    SYNONYM,
    TARGET,
    build_frame,
)
from etl.tagging.fields import build_article_fields, build_trial_fields
from models.mention import TextField
from models.vocabulary import Vocabulary

if TYPE_CHECKING:
    from etl.tagging import Tagger

_BATCH = 500  # documents whose text is in memory at a time
_Document = tuple[str, str, list[TextField]]


def write_vocabulary(run: Run) -> None:
    """Put the vocabulary into the warehouse, where it differs from the one there. Texts are tagged with it later."""
    vocabulary = run.inputs.vocabulary
    if run.store.read("known_vocabularies").item() == vocabulary.version:
        return
    run.store.refill("target", build_frame(_build_targets(vocabulary), TARGET))
    run.store.refill("agent", build_frame(_build_agents(vocabulary), AGENT))
    run.store.refill("agent_action", build_frame(_build_actions(vocabulary), AGENT_ACTION))
    run.store.refill("synonym", build_frame(_build_synonyms(vocabulary), SYNONYM))
    pathways = [{"pathway": one.name, "description": one.description} for one in vocabulary.pathways]
    run.store.refill("pathway", build_frame(pathways, PATHWAY))
    run.store.run("add_vocabulary", version=vocabulary.version, clock=run.clock)


def link_records(run: Run) -> str:
    """Tag every document that is new, changed, or tagged with another vocabulary; then derive the links."""
    before = run.store.read("retagged_targets", version=run.inputs.vocabulary.version)
    due = _tag_documents(run)
    if due.height:
        mentions = run.store.read("mentions")
        run.store.refill("trial_target", build_trial_targets(mentions))
        run.store.refill("article_target", build_article_targets(mentions))
        run.store.refill("trial_pathway", build_trial_pathways(mentions, run.inputs.vocabulary))
    _note_new_mentions(run, before)
    link_articles(run, _ids(due, "article"))
    return f"{due.height} documents tagged"


def _note_new_mentions(run: Run, before: pl.DataFrame) -> None:
    """Note which targets papers name since a revision that their text of before, read with the same names, did not."""
    pmids = before.get_column("pmid").unique().sort().to_list()
    if pmids:
        after = run.store.read("article_targets", pmids=pmids)
        found = find_new_mentions(before.drop_nulls().iter_rows(), after.iter_rows())
        revised = dict(run.store.read("article_revisions", pmids=pmids).iter_rows())
        events = [
            build_event_row(pmid, finding, revised[pmid], run.clock, origin="live", run_id=run.run_id)
            for pmid, finding in found
        ]
        run.store.append("article_event", build_frame(events, ARTICLE_EVENT))
    run.store.run("name_late_targets", run_id=run.run_id)


def _tag_documents(run: Run) -> pl.DataFrame:
    """Tag what is due; return which documents that were."""
    version = run.inputs.vocabulary.version
    due = run.store.read("documents_to_tag", version=version)
    if due.is_empty():
        return due
    tagger = _build_tagger(run.inputs.vocabulary)
    for start in range(0, due.height, _BATCH):
        batch = due.slice(start, _BATCH)
        rows: list[dict[str, Any]] = []
        for doc_type, doc_id, fields in _read_documents(run, batch):
            rows += (build_mention_row(doc_type, doc_id, one, version) for one in tagger.tag(fields))
        for doc_type in ("trial", "article"):
            run.store.run("remove_mentions", doc_type=doc_type, doc_ids=_ids(batch, doc_type))
        run.store.append("mention", build_frame(rows, MENTION))
        run.store.run("remove_tagged", doc_ids=batch.get_column("doc_id").to_list())
        run.store.append("tagged_document", batch.with_columns(vocabulary_version=pl.lit(version)))
    return due


@functools.lru_cache(maxsize=1)  # a service keeps one vocabulary for months
def _build_tagger(vocabulary: Vocabulary) -> Tagger:
    # spaCy takes seconds to import; a night on which nothing changed does without it.
    from etl.tagging import build_tagger  # noqa: PLC0415

    return build_tagger(vocabulary)


def _read_documents(run: Run, batch: pl.DataFrame) -> Iterator[_Document]:
    ids = {kind: _ids(batch, kind) for kind in ("trial", "article")}
    for row in run.store.read("trial_texts", nct_ids=ids["trial"]).to_dicts():
        yield "trial", row["nct_id"], build_trial_fields(msgspec.json.decode(row["payload"]))
    for row in run.store.read("article_texts", pmids=ids["article"]).to_dicts():
        yield "article", row["pmid"], build_article_fields(row["title"], row["abstract"], row["abstract_sections"])


def _ids(batch: pl.DataFrame, doc_type: str) -> list[str]:
    return batch.filter(pl.col("doc_type") == doc_type).get_column("doc_id").to_list()


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
