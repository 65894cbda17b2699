"""The link step, across sources: tag what can be read otherwise, then targets, pathways and the papers of trials."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import tee
from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl
import structlog

from dags.article_linking import link_articles
from dags.retagging import BATCH, find_due, list_ids, read_documents
from dags.run import Run
from dags.tagging_rules import find_rules_version
from etl.article_events import Finding, build_event_row
from etl.article_schemas import ARTICLE_EVENT
from etl.link_schemas import LINK_MOVE, LINK_OVERRIDE, MENTION
from etl.linking import (
    Move,
    build_article_targets,
    build_mention_row,
    build_trial_pathways,
    build_trial_targets,
    find_moves,
)
from etl.schemas import build_frame
from etl.wording import count
from models.mention import Mention
from models.overrides import Override
from models.vocabulary import Vocabulary

if TYPE_CHECKING:
    from etl.tagging import Tagger

_Link = tuple[str, str]  # document and target
_log = structlog.get_logger(__name__)
_CAUSES = {
    "vocabulary": "by the changed vocabulary",
    "rules": "by this release's rules",
    "override": "by overrides",
}


def link_records(run: Run) -> str:
    """Tag the documents that are new, revised, or may be read otherwise by now; then derive their links."""
    due = find_due(run)
    decided = _find_decided(run)
    moves = _tag(run, due, decided)
    moves += _apply_overrides(run, due, decided)
    run.store.run("advance_tagged", version=run.inputs.vocabulary.version)
    run.store.run("advance_mentions", version=run.inputs.vocabulary.version)
    _write_moves(run, moves)
    _note_new_mentions(run, moves)
    link_articles(run, list_ids(due, "article"))
    told = describe_moves(moves)
    if told:
        _log.info("links moved", moves=told)
    return "; ".join([f"{count(due.height, 'document')} tagged", *told])


def describe_moves(moves: Iterable[Move]) -> list[str]:
    """Return which links came and went though no record changed, a line a cause: `by overrides: TIGIT +2 −1`."""
    counted: dict[str, Counter[tuple[str, str]]] = {}
    for move in moves:
        counted.setdefault(move.cause, Counter())[move.target, move.move] += 1
    lines = []
    for cause, words in _CAUSES.items():
        targets = sorted({target for target, _ in counted.get(cause, ())})
        told = [_describe_target(target, counted[cause]) for target in targets]
        lines += [f"{words}: {', '.join(told)}"] if told else []
    return lines


def _describe_target(target: str, counted: Counter[tuple[str, str]]) -> str:
    parts = [
        f"{sign}{counted[target, move]}" for move, sign in (("gained", "+"), ("lost", "−")) if counted[target, move]
    ]
    return f"{target} {' '.join(parts)}"


def _tag(run: Run, due: pl.DataFrame, decided: frozenset[_Link]) -> list[Move]:
    """Tag what is due, and link it."""
    if due.is_empty():
        return []
    version = run.inputs.vocabulary.version
    moves: list[Move] = []
    run.store.run("prepare_tags")
    for start in range(0, due.height, BATCH):
        batch = due.slice(start, BATCH)
        mentions = build_frame(_find_mentions(run, batch, version), MENTION)
        held = batch.filter(pl.col("cause") != "new").get_column("doc_id").to_list()
        if held:
            run.store.run("remove_mentions", doc_ids=held)
            run.store.run("remove_tagged", doc_ids=held)
        run.store.append("mention", mentions)
        known = {"vocabulary_version": pl.lit(version), "rules_version": pl.lit(find_rules_version())}
        run.store.append("tagged_document", batch.drop("cause").with_columns(**known))
        moves += _link(run, batch, mentions, decided)
    return moves


def _find_mentions(run: Run, batch: pl.DataFrame, version: str) -> Iterator[dict[str, Any]]:
    """Yield the mentions in some documents: those that the worker found who read one, or found here and now."""
    prepared = run.store.read("prepared_tags", doc_ids=batch.get_column("doc_id").to_list())
    ready = batch.join(prepared.unique("doc_id", keep="last", maintain_order=True), on=["doc_id", "content_hash"])
    unread = batch.filter(~pl.col("doc_id").is_in(ready.get_column("doc_id").to_list()))
    if not unread.is_empty():
        named, texts = tee(read_documents(run, unread))
        found = _build_tagger(run.inputs.vocabulary).pipe(fields for *_, fields in texts)
        for (doc_type, doc_id, _), mentions in zip(named, found, strict=True):
            for one in mentions:
                yield build_mention_row(doc_type, doc_id, one, version)
    for doc_type, doc_id, found in ready.select("doc_type", "doc_id", "mentions").iter_rows():
        for one in msgspec.json.decode(found, type=list[Mention]):
            yield build_mention_row(doc_type, doc_id, one, version)


@functools.lru_cache(maxsize=1)  # a service keeps one vocabulary for months
def _build_tagger(vocabulary: Vocabulary) -> Tagger:
    # spaCy takes seconds to import; a night on which nothing changed does without it.
    from etl.tagging import build_tagger  # noqa: PLC0415

    return build_tagger(vocabulary)


def _link(run: Run, documents: pl.DataFrame, mentions: pl.DataFrame, decided: frozenset[_Link]) -> list[Move]:
    """Put the links that follow from some documents' mentions in the place of theirs; return what moved.

    The links of a document hang on its own mentions and overrides alone, so that no other's need be looked at.
    """
    ids = {doc_type: list_ids(documents, doc_type) for doc_type in ("trial", "article")}
    chosen = {*ids["trial"], *ids["article"]}
    overrides = [one for one in run.inputs.overrides if one.doc_id in chosen]
    causes = dict(documents.filter(pl.col("cause") != "new").select("doc_id", "cause").iter_rows())
    before = run.store.read("held_links", doc_ids=list(causes)) if causes else None
    frames = (
        ("trial_target", "nct_id", build_trial_targets(mentions, overrides)),
        ("trial_pathway", "nct_id", build_trial_pathways(mentions, run.inputs.vocabulary, overrides)),
        ("article_target", "pmid", build_article_targets(mentions, overrides)),
    )
    for table, key, frame in frames:
        held = [doc_id for doc_id in ids["trial" if key == "nct_id" else "article"] if doc_id in causes]
        run.store.remove(table, held, key)
        run.store.append(table, frame)
    if before is None:
        return []
    return find_moves(before, run.store.read("held_links", doc_ids=list(causes)), causes, decided)


def _find_decided(run: Run) -> frozenset[_Link]:
    """Return the links of which the user decides something else than when links were last made, or nothing more."""
    held = {Override(*row) for row in run.store.read("held_overrides").iter_rows()}
    return frozenset((one.doc_id, one.target) for one in held ^ set(run.inputs.overrides))


def _apply_overrides(run: Run, due: pl.DataFrame, decided: frozenset[_Link]) -> list[Move]:
    """Link the documents anew that `decided` is about, where they are held and were not linked yet in this run."""
    if not decided:
        return []
    asked = sorted({doc_id for doc_id, _ in decided} - set(due.get_column("doc_id")))
    documents = run.store.read("tagged_among", doc_ids=asked).with_columns(cause=pl.lit("override"))
    moves = _link(run, documents, run.store.read("document_mentions", doc_ids=asked), decided)
    rows = [msgspec.structs.asdict(one) for one in run.inputs.overrides]
    run.store.refill("link_override", build_frame(rows, LINK_OVERRIDE))
    return moves


def _write_moves(run: Run, moves: Sequence[Move]) -> None:
    said = {"vocabulary_version": run.inputs.vocabulary.version, "observed_at": run.clock, "run_id": run.run_id}
    rows = [msgspec.structs.asdict(move) | said for move in moves]
    run.store.append("link_move", build_frame(rows, LINK_MOVE))


def _note_new_mentions(run: Run, moves: Iterable[Move]) -> None:
    """Note which targets papers name since a revision that their text of before, read with the same names, did not."""
    found = [move for move in moves if (move.doc_type, move.move, move.cause) == ("article", "gained", "record")]
    if found:
        pmids = sorted({move.doc_id for move in found})
        revised = dict(run.store.read("article_revisions", pmids=pmids).iter_rows())
        events = [
            build_event_row(
                move.doc_id,
                Finding("now_mentions", move.target),
                revised[move.doc_id],
                run.clock,
                origin="live",
                run_id=run.run_id,
            )
            for move in found
        ]
        run.store.append("article_event", build_frame(events, ARTICLE_EVENT))
    run.store.run("name_late_targets", run_id=run.run_id)
