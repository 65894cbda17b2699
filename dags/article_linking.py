"""The links of papers: who ties them to trials, which trials they may be about, and what they weigh in a letter."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import msgspec

from dags.run import Run
from etl.article_rank import RankedPaper, rank_article
from etl.link_schemas import ARTICLE_RANK, LINK_BASIS, TRIAL_ARTICLE
from etl.schemas import build_frame
from etl.trial_articles import Candidate, CandidateFinder, Paper, Trial, build_candidate_rows
from models.article_candidates import read_candidate_rules
from models.article_rank import read_rank_rules

_BATCH = 1000  # papers whose text is in memory at a time
_Pair = tuple[str, str]


def link_articles(run: Run, retagged: Collection[str]) -> None:
    """Write `trial_article` and `article_rank`, and their logs; `retagged` are the papers whose text was read anew.

    Where nothing that counts has moved, neither has a row.
    """
    stated = run.store.read("stated_trial_articles", clock=run.clock)
    declared = set(stated.select("nct_id", "pmid").iter_rows())
    guessed = _find_candidates(run, retagged, declared)
    run.store.refill("trial_article", stated)
    run.store.append("trial_article", build_frame(guessed, TRIAL_ARTICLE))
    run.store.run("end_trial_articles", clock=run.clock)
    run.store.run("begin_trial_articles", clock=run.clock)
    _rank(run, retagged)


def _find_candidates(run: Run, retagged: Collection[str], declared: set[_Pair]) -> list[dict[str, Any]]:
    rules = read_candidate_rules()
    trials = [msgspec.convert(row, Trial) for row in run.store.read_rows("candidate_trials")]
    rows = run.store.read_rows("guessed_trial_articles")
    known: dict[_Pair, dt.datetime] = {(row["nct_id"], row["pmid"]): row["first_seen_at"] for row in rows}
    pmids = run.store.read("candidate_pmids").get_column("pmid").to_list()
    is_moved = _note_basis(run, "candidate", [rules, trials])
    due = pmids if is_moved else sorted(set(pmids) & set(retagged))
    finder = CandidateFinder(trials, rules) if due else None
    found = [
        candidate
        for row in (_read_batches(run, "candidate_papers", due) if finder else ())
        for candidate in (finder.find(msgspec.convert(row, Paper)) if finder else ())
    ]
    # What was judged anew, or names its trials by now, or is gone, is not kept as it was judged before.
    kept = set(pmids) - set(due)
    held = [
        Candidate(row["nct_id"], row["pmid"], row["score"], row["reasons"])
        for row in rows
        if row["score"] is not None and row["pmid"] in kept
    ]
    return build_candidate_rows([*held, *found], declared, known, run.clock)


def _rank(run: Run, retagged: Collection[str]) -> None:
    rules = read_rank_rules()
    is_moved = _note_basis(run, "rank", [rules])
    due = run.store.read("articles_to_rank", pmids=sorted(retagged), clock=run.clock, is_all=is_moved)
    pmids = due.get_column("pmid").to_list()
    if not pmids:
        return
    ranks = [rank_article(_build_ranked(row), rules) for row in _read_batches(run, "rankable_articles", pmids)]
    run.store.replace("article_rank", build_frame(ranks, ARTICLE_RANK), "pmid")
    run.store.run("end_article_ranks", clock=run.clock)
    run.store.run("begin_article_ranks", clock=run.clock)


def _build_ranked(row: dict[str, Any]) -> RankedPaper:
    named: dict[str, list[str]] = {}
    for one in row["named"] or ():
        named.setdefault(one["target"], []).append(one["sentence"])
    return msgspec.convert({**row, "agents": row["agents"] or (), "named": named}, RankedPaper)


def _read_batches(run: Run, statement: str, pmids: Sequence[str]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(pmids), _BATCH):
        yield from run.store.read_rows(statement, pmids=pmids[start : start + _BATCH])


def _note_basis(run: Run, step: str, basis: Any) -> bool:
    """Note by what papers are judged now; return whether it is something else than last time."""
    encoded = msgspec.json.encode(basis, order="deterministic")
    digest = hashlib.blake2b(encoded, digest_size=16).hexdigest()
    held = run.store.read("link_basis", step=step)
    if not held.is_empty() and held.item() == digest:
        return False
    row = {"step": step, "basis": digest, "applied_at": run.clock}
    run.store.replace("link_basis", build_frame([row], LINK_BASIS), "step")
    return True
