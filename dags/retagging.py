"""Which documents are to be tagged in a run, and why: no more of those held than can be read otherwise than before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import polars as pl

from dags.run import Run
from dags.tagging_rules import find_rules_version
from etl.retagging import Spotter, find_changed
from etl.tagging.fields import build_article_fields, build_trial_fields
from models.mention import TextField
from models.vocabulary import Vocabulary

BATCH = 500  # documents whose text is in memory at a time
Document = tuple[str, str, list[TextField]]


def find_due(run: Run) -> pl.DataFrame:
    """Return the documents to tag: doc_type, doc_id, content_hash, and as `cause` new, record, rules or vocabulary.

    What a revised text gained is news (record) where the vocabulary is the same, or differs in nothing that it spells;
    all else that a document held gains or loses is not.
    """
    version = run.inputs.vocabulary.version
    listed = run.store.read("documents_to_tag", version=version, rules=find_rules_version())
    is_open = pl.col("is_same_rules") & (pl.col("old_version") != version) & (pl.col("reason") != "new")
    is_open = is_open.fill_null(value=False)
    settled = listed.filter(~is_open).with_columns(
        cause=pl.when((pl.col("reason") == "record") & ~pl.col("is_same_rules"))
        .then(pl.lit("rules"))
        .otherwise(pl.col("reason"))
    )
    parts = [settled]
    for (old_version,), group in listed.filter(is_open).partition_by("old_version", as_dict=True).items():
        spotted = _spot(run, str(old_version), group)
        is_spotted = pl.col("doc_id").is_in(spotted)
        revised = pl.col("reason") == "record"
        cause = pl.when(is_spotted).then(pl.lit("vocabulary")).otherwise(pl.col("reason"))
        parts.append(group.filter(is_spotted | revised).with_columns(cause=cause))
    return pl.concat(parts).select("doc_type", "doc_id", "content_hash", "cause").sort("doc_type", "doc_id")


def _spot(run: Run, old_version: str, documents: pl.DataFrame) -> Sequence[str]:
    """Return the ids of the documents that spell what differs between the vocabulary of then and that of now."""
    old = _read_vocabulary(run, old_version)
    if old is None:
        return documents.get_column("doc_id").to_list()
    spotter = Spotter(find_changed(old, run.inputs.vocabulary))
    found: list[str] = []
    for start in range(0, documents.height if spotter.is_looking else 0, BATCH):
        found += _spot_batch(run, spotter, documents.slice(start, BATCH))
    return found


def _spot_batch(run: Run, spotter: Spotter, batch: pl.DataFrame) -> Iterator[str]:
    for nct_id, payload in run.store.read("trial_texts", nct_ids=list_ids(batch, "trial")).iter_rows():
        if spotter.may_hold(payload):
            fields = build_trial_fields(msgspec.json.decode(payload))
            if spotter.holds(field.text for field in fields):
                yield nct_id
    for pmid, title, abstract, _ in run.store.read("article_texts", pmids=list_ids(batch, "article")).iter_rows():
        if spotter.holds((title, abstract)):
            yield pmid


def _read_vocabulary(run: Run, version: str) -> Vocabulary | None:
    """Return a vocabulary of before; None where it is not kept, or not in a form that this release reads."""
    held = run.store.read("vocabulary_content", version=version)
    if held.is_empty():
        return None
    try:
        return msgspec.json.decode(held.item(), type=Vocabulary)
    except msgspec.DecodeError:
        return None


def read_documents(run: Run, batch: pl.DataFrame) -> Iterator[Document]:
    """Yield the documents of a batch with their fields."""
    for nct_id, payload in run.store.read("trial_texts", nct_ids=list_ids(batch, "trial")).iter_rows():
        yield "trial", nct_id, build_trial_fields(msgspec.json.decode(payload))
    for pmid, *texts in run.store.read("article_texts", pmids=list_ids(batch, "article")).iter_rows():
        yield "article", pmid, build_article_fields(*texts)


def list_ids(batch: pl.DataFrame, doc_type: str) -> list[str]:
    """Return the ids of the trials or articles of a batch."""
    return batch.filter(pl.col("doc_type") == doc_type).get_column("doc_id").to_list()
