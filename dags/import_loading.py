"""Loading one part of a file into the open transaction: pages are landed, loaded, and matched to their items."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from dags.first_building import join_records
from dags.first_loading import Days, FirstLoader
from dags.import_pages import TakenPage
from dags.run import Run
from dags.taking import Taken
from dags.trial_loading import TrialLoader
from dags.watching import add_dated_matches, write_aliases
from etl.matching import Found
from etl.trials import read_post_date, read_release_day
from extractors.clinicaltrials.fetch import SOURCE
from extractors.clinicaltrials.parse import parse_study
from models.errors import SourceError
from models.nct_set import NctSet
from models.page import Page

Pair = tuple[str, str]  # item and record


class Before:
    """What stood before a part: the matches known, item → numbers, and the numbers of the trials held."""

    def __init__(self, run: Run) -> None:
        """Read what stands now."""
        self.known: defaultdict[str, NctSet] = defaultdict(NctSet)
        items = [item.item_id for item in run.inputs.items]
        known = run.store.read("matches", source=SOURCE, items=items)
        for (item,), rows in known.partition_by("item", as_dict=True).items():
            self.known[item].update(rows.get_column("record"))
        self.held = NctSet(run.store.read("sighted_trials").get_column("nct_id"))

    def add(self, part: PartLoader) -> None:
        """Take in what a part that is committed brought."""
        for item, record in part.pairs:
            self.known[item].update([record])
        self.held.update(part.nct_ids)


class PartLoader:
    """Loads pages of taken studies. `pairs` are the matches it adds, `nct_ids` the studies loaded; once committed.

    Of matches known before only the last day moves, and only forward: a file may be old. A page of which no trial was
    held before is loaded without looking at what is held.
    """

    def __init__(self, run: Run, item: str, page_numbers: Iterator[int], before: Before) -> None:
        self.pairs: set[Pair] = set()
        self.nct_ids: set[str] = set()
        self.taken = 0
        self._run = run
        self._item = item
        self._page_numbers = page_numbers
        self._known = before.known
        self._waiting: dict[str, Taken] = {}  # those of first pages that are not written yet
        self._loader = TrialLoader(run, run.clock.date(), way="import")
        self._first = FirstLoader(run, self._loader)

    @property
    def older(self) -> int:
        """How many of the studies were older than what is held."""
        return self._loader.older

    @property
    def unreadable(self) -> int:
        """How many of the studies could not be read."""
        return len(self._loader.unreadable)

    def load(self, pages: Iterable[TakenPage]) -> None:
        """Land and load pages in their order."""
        try:
            for page in pages:
                self.taken += len(page.studies)
                self._load_page(page)
            self._finish_first()
        except RecursionError as error:
            raise SourceError(SOURCE, f"{self._item}: one is nested too deeply to be a study", "take it out") from error
        self._loader.finish()

    def _load_page(self, page: TakenPage) -> None:
        places = [one.study.place for one in page.studies.values()]
        landed = Page(
            source=SOURCE,
            item=self._item,
            number=next(self._page_numbers),
            url=self._item,
            request=f"{places[0]} to {places[-1]}",
            status=200,
            content_type="application/json",
            fetched_at=self._run.clock,
            body=b"",
        )
        if page.first and page.building:
            self._waiting |= page.studies
            first = msgspec.structs.replace(page.first, page=landed)
            for days in self._first.load(first, page.building):
                self._keep_first(days)
        else:
            self._finish_first()
            self._load_again(page, landed)

    def _load_again(self, page: TakenPage, landed: Page) -> None:
        """Load a page of which something is held."""
        body, spans = join_records([one.study.body for one in page.studies.values()])
        whole = msgspec.structs.replace(landed, body=body, records=spans)
        self._loader.load(whole, [one.study.record_id for one in page.studies.values()])
        read = [one for nct_id, one in page.studies.items() if nct_id not in self._loader.unreadable]
        self._write_matches([(one, self._find_day(one)) for one in read])

    def _finish_first(self) -> None:
        for days in self._first.finish():
            self._keep_first(days)
        self._waiting.clear()

    def _keep_first(self, days: Days) -> None:
        self._write_matches([(self._waiting.pop(nct_id), day) for nct_id, day in days.items()])

    def _write_matches(self, page: Sequence[tuple[Taken, dt.date]]) -> None:
        fresh: list[tuple[Pair, Found, dt.date]] = []
        again: list[tuple[str, str, dt.date]] = []
        aliases: dict[dt.date, dict[str, str]] = defaultdict(dict)
        for one, day in page:
            self.nct_ids.add(one.nct_id)
            for item, found in one.matches.items():
                pair = (item, one.nct_id)
                if one.nct_id in self._known[item] or pair in self.pairs:
                    again.append((*pair, day))
                else:
                    fresh.append((pair, found, day))
                if found[0] == "nctIdAliases" and found[1]:
                    aliases[day][found[1]] = one.nct_id
            self.pairs |= {(item, one.nct_id) for item in one.matches}
        self._advance(again)
        add_dated_matches(self._run, SOURCE, fresh)
        for day, names in aliases.items():
            write_aliases(self._run, SOURCE, names, day)

    def _advance(self, again: Sequence[tuple[str, str, dt.date]]) -> None:
        if again:
            items, records, days = map(list, zip(*again, strict=True))
            self._run.store.run("advance_matches", source=SOURCE, items=items, records=records, days=days)

    def _find_day(self, one: Taken) -> dt.date:
        """Return the source day a study is of, as the loader takes it."""
        if not one.matches:
            return self._run.clock.date()
        stamp = read_release_day(msgspec.json.decode(one.study.body))
        return stamp or read_post_date(parse_study(one.study.body, one.nct_id)) or self._run.clock.date()
