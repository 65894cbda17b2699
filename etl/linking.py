"""From mentions to links: which target, by which basis, a trial or a paper belongs to. Pure, in polars."""

from __future__ import annotations

from typing import Any

import polars as pl

from etl.schemas import ARTICLE_TARGET, MENTION, TRIAL_PATHWAY, TRIAL_TARGET
from models.mention import Mention
from models.vocabulary import Vocabulary

# A trial's strongest reason first. A mention under exclusion criteria, or a negated one, makes no link.
_BASES = pl.Enum(["intervention", "title", "outcome", "description", "inclusion"])
_BASIS_OF = {
    "arm": "intervention",
    "title": "title",
    "outcome": "outcome",
    "description": "description",
    "inclusion": "inclusion",
}


def build_mention_row(doc_type: str, doc_id: str, mention: Mention, vocabulary_version: str) -> dict[str, Any]:
    """Return one mention as a `mention` row."""
    return {
        "doc_type": doc_type,
        "doc_id": doc_id,
        "field": mention.field,
        "start_char": mention.start,
        "end_char": mention.end,
        "text": mention.text,
        "sentence": mention.sentence,
        "target": mention.target,
        "via": mention.via,
        "agent": mention.agent,
        "is_negated": mention.is_negated,
        "role": mention.role,
        "vocabulary_version": vocabulary_version,
    }


def build_trial_targets(mentions: pl.DataFrame) -> pl.DataFrame:
    """Return `trial_target`: one row a trial and target, with the strongest basis and the agents that led there."""
    linked = (
        _select_linking(mentions, "trial")
        .with_columns(basis=pl.col("role").replace_strict(_BASIS_OF, default=None).cast(_BASES))
        .filter(pl.col("basis").is_not_null())
    )
    grouped = linked.group_by(pl.col("doc_id").alias("nct_id"), "target").agg(
        basis=pl.col("basis").min().cast(pl.String()),
        agents=pl.col("agent").drop_nulls().unique().sort(),
        mentions=pl.len().cast(pl.Int32()),
    )
    return grouped.select(TRIAL_TARGET.names()).cast(TRIAL_TARGET).sort("nct_id", "target")


def build_article_targets(mentions: pl.DataFrame) -> pl.DataFrame:
    """Return `article_target`: one row a paper and target; `via` is the plainest way it is named."""
    linked = _select_linking(mentions, "article").with_columns(
        via=pl.col("via").cast(pl.Enum(["name", "agent", "tracer"]))
    )
    grouped = linked.group_by(pl.col("doc_id").alias("pmid"), "target").agg(
        in_title=(pl.col("role") == "title").any(),
        via=pl.col("via").min().cast(pl.String()),
        mentions=pl.len().cast(pl.Int32()),
    )
    return grouped.select(ARTICLE_TARGET.names()).cast(ARTICLE_TARGET).sort("pmid", "target")


def build_trial_pathways(mentions: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    """Return `trial_pathway`: the pathways of what is given in a trial, by its lead agents and by its targets."""
    given = mentions.filter((pl.col("doc_type") == "trial") & (pl.col("role") == "arm") & ~pl.col("is_negated"))
    given = given.select(pl.col("doc_id").alias("nct_id"), "agent", "target")
    by_agent = [(one.name, name) for one in vocabulary.agents if one.role == "lead" for name in one.pathways]
    by_target = [(one.name, one.pathway) for one in vocabulary.targets if one.pathway]
    homes = pl.concat(
        given.join(pl.DataFrame(pairs, schema={key: pl.String(), "pathway": pl.String()}, orient="row"), on=key)
        for key, pairs in (("agent", by_agent), ("target", by_target))
    )
    grouped = homes.group_by("nct_id", "pathway").agg(agents=pl.col("agent").drop_nulls().unique().sort())
    return grouped.select(TRIAL_PATHWAY.names()).cast(TRIAL_PATHWAY).sort("nct_id", "pathway")


def _select_linking(mentions: pl.DataFrame, doc_type: str) -> pl.DataFrame:
    frame = mentions.select(MENTION.names()).cast(MENTION)
    return frame.filter((pl.col("doc_type") == doc_type) & pl.col("target").is_not_null() & ~pl.col("is_negated"))
