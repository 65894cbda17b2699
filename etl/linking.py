"""From mentions to links: which target, by which basis, a trial or a paper belongs to. Pure, in polars."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec
import polars as pl

from etl.link_schemas import ARTICLE_TARGET, LINK_OVERRIDE, MENTION, TRIAL_PATHWAY, TRIAL_TARGET
from etl.schemas import build_frame
from models.mention import Mention
from models.overrides import Override
from models.vocabulary import Vocabulary

# A document's strongest reason first. A mention under exclusion criteria, or a negated one, makes no link.
_BASES = {
    "trial": pl.Enum(["override", "intervention", "title", "outcome", "description", "inclusion"]),
    "article": pl.Enum(["override", "title", "abstract", "background"]),
}
_BASIS_OF = {
    "trial": {
        "arm": "intervention",
        "title": "title",
        "outcome": "outcome",
        "description": "description",
        "inclusion": "inclusion",
    },
    "article": {"title": "title", "abstract": "abstract", "background": "background"},
}
_VIA = pl.Enum(["name", "agent", "tracer"])
_DRUG_LIST = "interventions["


class Move(msgspec.Struct, frozen=True):
    """A link of a document held before that came (`move` gained) or went (lost); `basis` and `mentions` are the link's.

    `cause`: record, vocabulary, rules or override.
    """

    doc_type: str
    doc_id: str
    target: str
    move: str
    cause: str
    basis: str
    mentions: int


def find_moves(
    before: pl.DataFrame, after: pl.DataFrame, causes: Mapping[str, str], decided: Collection[tuple[str, str]] = ()
) -> list[Move]:
    """Return which links came and went, in the order of documents and targets; `causes` are by document.

    Both frames hold doc_type, doc_id, target, basis and mentions. `decided` are the documents and targets of overrides
    that are new or gone: those links are moved by that, whatever else happened to the document.
    """
    links = [{row[:3]: row[3:] for row in frame.iter_rows()} for frame in (before, after)]
    moves = []
    for key in sorted(links[0].keys() ^ links[1].keys()):
        move, held = ("lost", links[0]) if key in links[0] else ("gained", links[1])
        basis, mentions = held[key]
        cause = "override" if key[1:] in decided else causes[key[1]]
        moves.append(Move(key[0], key[1], key[2], move, cause, basis, mentions))
    return moves


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


def build_trial_targets(mentions: pl.DataFrame, overrides: Iterable[Override] = ()) -> pl.DataFrame:
    """Return `trial_target`: one row a trial and target, with the strongest basis and the agents that led there.

    `overrides` are those of the trials in question: they have the last word.
    """
    grouped = _select_linking(mentions, "trial").group_by(
        pl.col("doc_id").alias("nct_id"), "target", maintain_order=True
    )
    linked = grouped.agg(
        pl.col("basis").first().cast(pl.String()),
        agents=pl.col("agent").drop_nulls().unique().sort(),
        mentions=pl.len().cast(pl.Int32()),
        evidence=pl.col("sentence").first(),
        evidence_field=pl.col("field").first(),
    )
    linked = linked.select(TRIAL_TARGET.names()).cast(TRIAL_TARGET)
    fresh = {"agents": pl.lit([], TRIAL_TARGET["agents"]), "mentions": pl.lit(0, pl.Int32())}
    return _override(linked, overrides, "trial", fresh)


def build_article_targets(mentions: pl.DataFrame, overrides: Iterable[Override] = ()) -> pl.DataFrame:
    """Return `article_target`: one row a paper and target; `via` is the plainest way it is named.

    `overrides` are those of the papers in question: they have the last word.
    """
    grouped = _select_linking(mentions, "article").group_by(
        pl.col("doc_id").alias("pmid"), "target", maintain_order=True
    )
    linked = grouped.agg(
        pl.col("basis").first().cast(pl.String()),
        in_title=(pl.col("role") == "title").any(),
        via=pl.col("via").min().cast(pl.String()),
        mentions=pl.len().cast(pl.Int32()),
        evidence=pl.col("sentence").first(),
        evidence_field=pl.col("field").first(),
    )
    linked = linked.select(ARTICLE_TARGET.names()).cast(ARTICLE_TARGET)
    fresh = {"in_title": pl.lit(False), "via": pl.lit("override"), "mentions": pl.lit(0, pl.Int32())}  # noqa: FBT003  a value
    return _override(linked, overrides, "article", fresh)


def build_trial_pathways(
    mentions: pl.DataFrame, vocabulary: Vocabulary, overrides: Iterable[Override] = ()
) -> pl.DataFrame:
    """Return `trial_pathway`: the pathways of what is given in a trial, by its lead agents and by its targets.

    `overrides` are those of the trials in question: a target forced counts as given, one denied does not.
    """
    given = mentions.filter((pl.col("doc_type") == "trial") & (pl.col("role") == "arm") & ~pl.col("is_negated"))
    given = given.select(pl.col("doc_id").alias("nct_id"), "agent", "target")
    said = _read_overrides(overrides, "trial", "nct_id")
    denied = said.filter(pl.col("verdict") == "deny").select("nct_id", "target")
    forced = said.filter(pl.col("verdict") == "force").select(
        "nct_id", pl.lit(None, pl.String()).alias("agent"), "target"
    )
    by_agent = [(one.name, name) for one in vocabulary.agents if one.role == "lead" for name in one.pathways]
    by_target = [(one.name, one.pathway) for one in vocabulary.targets if one.pathway]
    of_targets = pl.concat([given, forced]).join(denied, on=["nct_id", "target"], how="anti")
    homes = pl.concat(
        frame.join(pl.DataFrame(pairs, schema={key: pl.String(), "pathway": pl.String()}, orient="row"), on=key)
        for frame, key, pairs in ((given, "agent", by_agent), (of_targets, "target", by_target))
    )
    grouped = homes.group_by("nct_id", "pathway").agg(agents=pl.col("agent").drop_nulls().unique().sort())
    return grouped.select(TRIAL_PATHWAY.names()).cast(TRIAL_PATHWAY).sort("nct_id", "pathway")


def _select_linking(mentions: pl.DataFrame, doc_type: str) -> pl.DataFrame:
    """Return the mentions that make a link, the one that shows it best first: by basis, then the plainest name."""
    frame = mentions.select(MENTION.names()).cast(MENTION)
    basis = pl.col("role").replace_strict(_BASIS_OF[doc_type], default=None, return_dtype=_BASES[doc_type])
    linking = frame.filter(
        (pl.col("doc_type") == doc_type) & pl.col("target").is_not_null() & ~pl.col("is_negated")
    ).with_columns(basis=basis, via=pl.col("via").cast(_VIA))
    field = pl.col("field")
    return linking.filter(pl.col("basis").is_not_null()).sort(
        "basis", "via", ~field.str.starts_with(_DRUG_LIST), field.str.len_chars(), field, "start_char", "agent"
    )


def _override(
    linked: pl.DataFrame, overrides: Iterable[Override], doc_type: str, fresh: dict[str, pl.Expr]
) -> pl.DataFrame:
    """Return the links without those denied, and with those forced; `fresh` fills the columns of one not found."""
    key = linked.columns[0]
    said = _read_overrides(overrides, doc_type, key)
    kept = linked.join(said, on=[key, "target"], how="anti")
    forced = said.filter(pl.col("verdict") == "force").join(linked, on=[key, "target"], how="left")
    forced = forced.with_columns(
        *(pl.col(name).fill_null(value) for name, value in fresh.items()),
        basis=pl.lit("override"),
        evidence=pl.col("reason"),
        evidence_field=pl.lit(None, pl.String()),
    )
    return pl.concat([kept, forced.select(linked.columns).cast(linked.schema)]).sort(key, "target")


def _read_overrides(overrides: Iterable[Override], doc_type: str, key: str) -> pl.DataFrame:
    rows = [msgspec.structs.asdict(one) for one in overrides if one.doc_type == doc_type]
    return build_frame(rows, LINK_OVERRIDE).rename({"doc_id": key})
