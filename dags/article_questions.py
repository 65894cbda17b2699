"""What PubMed is to be asked tonight, planned from the watch items and the ledger. It asks nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from dags.run import Run
from dags.watching import hash_query
from extractors.pubmed.fetch import build_terms, build_trial_terms
from extractors.pubmed.parse import SOURCE
from models.watchlist import WatchItem

TRACKED = "tracked"  # the papers that declare a trial which an item found, rather than one watched by its number
_TRIALS_PER_QUESTION = 90  # which make one query; a doubt about one of them is a doubt about all


class Question(msgspec.Struct, frozen=True):
    """What is asked for one item, or for a batch of trial items. `is_first`: never read whole before.

    Of what is asked for no item itself, `owners` names the items that want it: by the number of a trial that they
    track, or by PMID.
    """

    name: str
    items: tuple[WatchItem, ...]
    since: dt.date
    is_first: bool
    owners: Mapping[str, tuple[str, ...]] = {}

    def build_terms(self) -> list[str]:
        """Return it in PubMed's query language: the queries whose finds together answer it."""
        if self.owners:
            return build_trial_terms(self.owners)
        if self.items[0].kind == "trial":
            return build_trial_terms(item.name for item in self.items)
        return build_terms(self.items[0].paper_terms, self.items[0].condition)


def plan_questions(run: Run) -> list[Question]:
    """Return what is to be asked: each agent and target by itself, trials in batches that were last read alike.

    Trials that items found are asked for too, one question in parts (`TRACKED`): since it was answered whole, and
    from the beginning for those tracked only since then. What was read before goes first: what it finds is news, though
    a new item finds it too.
    """
    states = {row["item"]: row for row in run.store.read_rows("item_checks", source=SOURCE)}
    questions = [*_plan_items(run, states), *_plan_tracked(run, states.get(TRACKED))]
    return sorted(questions, key=lambda question: question.is_first)


def _plan_items(run: Run, states: Mapping[str, dict[str, Any]]) -> Iterator[Question]:
    proved = find_proved(run, states)
    trials: dict[tuple[dt.date, bool], list[WatchItem]] = {}
    for item in run.inputs.items:
        if item.kind == "article":
            continue  # by its number, every night: dags/watched_articles.py
        last = proved.get(item.item_id)
        since = _find_since(run, last)
        if item.kind == "trial":
            trials.setdefault((since, last is None), []).append(item)
        else:
            yield Question(item.item_id, (item,), since, last is None)
    for (since, is_first), items in trials.items():
        for start in range(0, len(items), _TRIALS_PER_QUESTION):
            yield Question("trials", tuple(items[start : start + _TRIALS_PER_QUESTION]), since, is_first)


def find_proved(run: Run, states: Mapping[str, dict[str, Any]]) -> dict[str, dt.date]:
    """Return the day on which each item was last read whole; a changed question, or an item put back, begins anew."""
    added = {row["item"]: row["added_at"] for row in run.store.read_rows("items")}
    days: dict[str, dt.date] = {}
    for item in run.inputs.items:
        state = states.get(item.item_id)
        is_known = state and state["query_hash"] == hash_query(item) and state["last_proved_at"]
        if state and is_known and is_known >= added[item.item_id]:
            days[item.item_id] = state["last_proved_day"]
    return days


def _plan_tracked(run: Run, state: Mapping[str, Any] | None) -> Iterator[Question]:
    read_at = state["last_proved_at"] if state else None
    last = state["last_proved_day"] if state else None
    parts: dict[bool, list[tuple[str, tuple[str, ...]]]] = {False: [], True: []}
    for row in run.store.read_rows("tracked_numbers"):
        is_first = read_at is None or row["tracked_at"] > read_at
        parts[is_first].append((row["number"], tuple(row["items"])))
    for is_first, numbers in parts.items():
        since = _find_since(run, None if is_first else last)
        for start in range(0, len(numbers), _TRIALS_PER_QUESTION):
            yield Question(TRACKED, (), since, is_first, dict(numbers[start : start + _TRIALS_PER_QUESTION]))


def _find_since(run: Run, last: dt.date | None) -> dt.date:
    """Return where a window begins: some days before the last complete reading, or where the user chose to begin."""
    settings = run.inputs.settings.source.pubmed
    start = max(settings.since, last - dt.timedelta(days=settings.overlap_days)) if last else settings.since
    return min(start, run.clock.date())
