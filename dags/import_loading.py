"""Loading one part of a file into the open transaction: pages are landed, loaded, and matched to their items."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

import msgspec

from dags.run import Run
from dags.taking import Taken
from dags.trial_loading import TrialLoader, find_stamp
from dags.watching import Found, add_matches, write_aliases
from etl.trials import read_post_date
from extractors.clinicaltrials.envelope import parse_envelope
from extractors.clinicaltrials.fetch import SOURCE
from extractors.clinicaltrials.parse import parse_study
from models.errors import SourceError
from models.page import Page

_PAGE_RECORDS, _PAGE_BYTES = 300, 64 << 20
Pair = tuple[str, str]  # item and record


class PartLoader:
    """Loads taken studies. `pairs` are the matches it adds, `nct_ids` the studies loaded; both stand once committed.

    Of matches known before (`known`) only the last day moves, and only forward: a file may be old.
    """

    def __init__(self, run: Run, item: str, page_numbers: Iterator[int], known: AbstractSet[Pair]) -> None:
        self.pairs: set[Pair] = set()
        self.nct_ids: set[str] = set()
        self.taken = 0
        self._run = run
        self._item = item
        self._page_numbers = page_numbers
        self._known = known
        self._loader = TrialLoader(run, run.clock.date(), way="import")

    @property
    def older(self) -> int:
        """How many of the studies were older than what is held."""
        return self._loader.older

    @property
    def unreadable(self) -> int:
        """How many of the studies could not be read."""
        return len(self._loader.unreadable)

    def load(self, taken: Iterable[Taken]) -> None:
        """Land and load studies in pages; of a number that stands twice, both are loaded in their order."""
        page: dict[str, Taken] = {}
        size = 0
        for one in taken:
            if one.nct_id in page or len(page) == _PAGE_RECORDS or size > _PAGE_BYTES:
                self._load_page(page)
                page, size = {}, 0
            page[one.nct_id] = one
            size += len(one.study.body)
            self.taken += 1
        if page:
            self._load_page(page)
        self._loader.finish()

    def _load_page(self, page: dict[str, Taken]) -> None:
        body = b'{"studies":[%s]}' % b",".join(one.study.body for one in page.values())
        envelope = parse_envelope(body)
        places = [one.study.place for one in page.values()]
        landed = Page(
            source=SOURCE,
            item=self._item,
            number=next(self._page_numbers),
            url=self._item,
            request=f"{places[0]} to {places[-1]}",
            status=200,
            content_type="application/json",
            fetched_at=self._run.clock,
            body=body,
            records=envelope.spans,
        )
        try:
            self._loader.load(landed, envelope.ids)
        except RecursionError as error:
            raise SourceError(
                SOURCE, f"{landed.request}: one is nested too deeply to be a study", "take it out"
            ) from error
        self.nct_ids |= page.keys()
        self._write_matches([one for nct_id, one in page.items() if nct_id not in self._loader.unreadable])

    def _write_matches(self, page: Iterable[Taken]) -> None:
        fresh: dict[dt.date, dict[Pair, Found]] = defaultdict(dict)
        again: list[tuple[str, str, dt.date]] = []
        aliases: dict[dt.date, dict[str, str]] = defaultdict(dict)
        for one in page:
            day = self._find_day(one) if one.matches else self._run.clock.date()
            for item, found in one.matches.items():
                pair = (item, one.nct_id)
                if pair in self._known or pair in self.pairs:
                    again.append((*pair, day))
                else:
                    fresh[day][pair] = found
                if found[0] == "nctIdAliases" and found[1]:
                    aliases[day][found[1]] = one.nct_id
            self.pairs |= {(item, one.nct_id) for item in one.matches}
        self._advance(again)
        for day, pairs in fresh.items():
            add_matches(self._run, SOURCE, pairs, day)
        for day, names in aliases.items():
            write_aliases(self._run, SOURCE, names, day)

    def _advance(self, again: Sequence[tuple[str, str, dt.date]]) -> None:
        if again:
            items, records, days = map(list, zip(*again, strict=True))
            self._run.store.run("advance_matches", source=SOURCE, items=items, records=records, days=days)

    def _find_day(self, one: Taken) -> dt.date:
        """Return the source day a study is of, as the loader takes it."""
        stamp = find_stamp(msgspec.json.decode(one.study.body))
        return stamp or read_post_date(parse_study(one.study.body, one.nct_id)) or self._run.clock.date()
