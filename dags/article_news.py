"""Is a paper never held before news, or history? By when it entered, against the first reading of what finds it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from dags.run import Run
from dags.watching import hash_query
from models.article import Article


class Baselines:
    """The day from which on a paper that enters is news to an item; items never read whole before have none."""

    def __init__(self, run: Run) -> None:
        questions = {item.item_id: hash_query(item) for item in run.inputs.items}
        self._days: dict[str, dt.date] = {
            row["item"]: row["first_proved_at"].date()
            for row in run.store.read_rows("article_baselines")
            if questions.get(row["item"]) == row["query_hash"]
        }

    def is_news(self, article: Article, items: Iterable[str]) -> bool:
        """Tell whether a paper entered PubMed after one of the items that find it had first been read whole there."""
        entered = article.entrez_date
        starts = [self._days[item] for item in items if item in self._days]
        return entered is not None and any(start < entered for start in starts)
