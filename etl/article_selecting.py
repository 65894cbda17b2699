"""Which watch items a paper matches, decided over the paper alone, where PubMed is not there to be asked.

Searched are title and abstract, hyphens, spaces and case alike. PubMed's own search looks into keywords and abstracts
in other languages too: of an agent or target an import may find less than a night does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from etl.matching import Found, find_synonym
from etl.prescan import NameIndex, find_name_runs, find_runs
from etl.selecting import meets_in
from etl.tagging.fields import build_article_fields
from models.article import Article
from models.watchlist import BY_NUMBER, WatchItem


class ArticleSelector:
    """Finds the items that papers match. `tracked`: trial → the items by which it is tracked."""

    def __init__(self, items: Sequence[WatchItem], tracked: Mapping[str, Sequence[str]]) -> None:
        self._named = {item.item_id: item for item in items if item.kind not in BY_NUMBER}
        self._articles = {item.name: item.item_id for item in items if item.kind == "article"}
        self._trials: dict[str, list[str]] = {nct_id: list(owners) for nct_id, owners in tracked.items()}
        for item in items:
            if item.kind == "trial" and item.item_id not in self._trials.setdefault(item.name, []):
                self._trials[item.name].append(item.item_id)
        self._index = NameIndex({item_id: item.paper_terms for item_id, item in self._named.items()})

    @property
    def names(self) -> list[str]:
        """Every name that is searched for."""
        return sorted({term for item in self._named.values() for term in item.paper_terms})

    @property
    def nct_ids(self) -> list[str]:
        """Every trial whose number is searched for."""
        return sorted(self._trials)

    def find_matches(self, article: Article) -> dict[str, Found]:
        """Return the items that a paper matches, with the field and the name or number that each is found by.

        A name goes before the number of a trial that the item tracks: it says more of why the paper is here.
        """
        found: dict[str, Found] = {}
        if article.pmid in self._articles:
            found[self._articles[article.pmid]] = ("pmid", article.pmid)
        for field, numbers in (("databank", article.databank_nct_ids), ("abstract", article.text_nct_ids)):
            for number in numbers:
                for item_id in self._trials.get(number, ()):
                    found.setdefault(item_id, (field, number))
        return found | self._find_named(article)

    def _find_named(self, article: Article) -> dict[str, Found]:
        fields = build_article_fields(article.title, article.abstract)
        runs = find_runs("\n".join(field.text for field in fields))
        found: dict[str, Found] = {}
        for item_id in sorted(self._index.find_suspects(runs)):
            item = self._named[item_id]
            match = find_synonym(fields, [term for term in item.paper_terms if find_name_runs(term) <= runs])
            if match[1] and (not item.condition or meets_in(item.condition, fields)):
                found[item_id] = match
        return found
