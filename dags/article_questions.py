"""What PubMed is to be asked tonight, planned from the watch items and the ledger. It asks nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import msgspec

from dags.run import Run
from dags.watching import hash_query
from extractors.pubmed.fetch import build_terms, build_trial_terms
from extractors.pubmed.parse import SOURCE
from models.watchlist import WatchItem

_TRIALS_PER_QUESTION = 90  # which make one query; a doubt about one of them is a doubt about all


class Question(msgspec.Struct, frozen=True):
    """What is asked for one item, or for a batch of trial items. `is_first`: never read whole before."""

    name: str
    items: tuple[WatchItem, ...]
    since: dt.date
    is_first: bool

    def build_terms(self) -> list[str]:
        """Return it in PubMed's query language: the queries whose finds together answer it."""
        if self.items[0].kind == "trial":
            return build_trial_terms(item.name for item in self.items)
        return build_terms(self.items[0].terms, self.items[0].condition)


def plan_questions(run: Run) -> list[Question]:
    """Return what is to be asked: each agent and target by itself, trials in batches that were last read alike.

    Items read before go first: what they find is news, though a new item finds it too.
    """
    return sorted(_plan(run), key=lambda question: question.is_first)


def _plan(run: Run) -> Iterator[Question]:
    settings = run.inputs.settings.source.pubmed
    states = {row["item"]: row for row in run.store.read("item_checks", source=SOURCE).to_dicts()}
    added = {row["item"]: row["added_at"] for row in run.store.read("items").to_dicts()}
    trials: dict[tuple[dt.date, bool], list[WatchItem]] = {}
    for item in run.inputs.items:
        state = states.get(item.item_id)
        # A changed question, or an item put back on the list, begins anew.
        is_known = state and state["query_hash"] == hash_query(item) and state["last_proved_at"]
        last = state["last_proved_day"] if state and is_known and is_known >= added[item.item_id] else None
        overlap = dt.timedelta(days=settings.overlap_days)
        since = min(max(settings.since, last - overlap) if last else settings.since, run.clock.date())
        if item.kind == "trial":
            trials.setdefault((since, last is None), []).append(item)
        else:
            yield Question(item.item_id, (item,), since, last is None)
    for (since, is_first), items in trials.items():
        for start in range(0, len(items), _TRIALS_PER_QUESTION):
            yield Question("trials", tuple(items[start : start + _TRIALS_PER_QUESTION]), since, is_first)
