"""Asking PubMed: searches split until each can be had whole, and their records as pages. It concludes nothing."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping

import httpx
import msgspec
import structlog

from extractors.http import Answer, Client
from extractors.pubmed.document import SOURCE, find_record_spans, is_empty_list
from extractors.pubmed.envelope import (
    find_error,
    find_fetch_flaw,
    find_refusal,
    find_search_flaw,
    parse_search,
)
from extractors.pubmed.prove import prove
from extractors.pubmed.query import MOST_RECORDS, Credentials, Query, Search, Window, find_doubt
from extractors.pubmed.terms import build_terms, build_trial_terms
from models.errors import SourceError
from models.page import Page, RecordSpan

__all__ = [
    "RECORDS_PER_PAGE", "Credentials", "Query", "Search", "build_terms", "build_trial_terms", "fetch_by_id",
    "fetch_found", "find_returned", "prove", "search",
]  # fmt: skip
RECORDS_PER_PAGE = 200
_PMID = re.compile(r"[1-9][0-9]{0,9}")
_OWN_PMID = re.compile(rb"<(?:MedlineCitation|BookDocument)\b[^>]*>\s*<PMID[^>]*>\s*(\d+)\s*</PMID>")
_SHOWN_WARNINGS = 3
_MOST_SEARCHES = 3  # of one window, where the answers are not to be believed
_FETCH = {"db": "pubmed", "retmode": "xml"}
_log = structlog.get_logger(__name__)


def search(client: Client, query: Query, credentials: Credentials, fetched_at: dt.datetime) -> Search:
    """Search, and where more is found than PubMed gives of one query, search halves of the window, down to a day.

    A single day that holds too much is in doubt; what it lists can be fetched.

    Raises:
        SourceError: PubMed does not answer or refuses the query.
    """
    asker = _Asker(client, query.item, credentials, fetched_at)
    pages: list[Page] = []
    whole = asker.ask_window(query, pages)
    windows = tuple(_split(asker, whole, pages))
    count = whole.envelope.count
    return Search(query, count, windows, tuple(pages), find_doubt(count, windows))


def fetch_found(
    client: Client,
    search: Search,
    credentials: Credentials,
    fetched_at: dt.datetime,
    *,
    records_per_page: int = RECORDS_PER_PAGE,
) -> Iterator[Page]:
    """Yield the records a search found, by the history NCBI keeps of it; page numbers follow those of the search.

    A history that is gone is made again by the same search, once a window; the window's records then come again, by
    number if the search lists others by now.

    Raises:
        SourceError: PubMed does not answer, or the history is gone a second time.
    """
    asker = _Asker(client, search.query.item, credentials, fetched_at, len(search.pages) + 1)
    for window in search.windows:
        yield from _fetch_window(asker, window, records_per_page)


def fetch_by_id(
    client: Client,
    item: str,
    pmids: Iterable[str],
    credentials: Credentials,
    fetched_at: dt.datetime,
    *,
    first_number: int = 1,
) -> Iterator[Page]:
    """Yield records by PMID, 200 a page. Unknown ids are simply not among them, nor is what is no PMID.

    Raises:
        SourceError: PubMed does not answer, or refuses a batch twice.
    """
    yield from _fetch_batches(_Asker(client, item, credentials, fetched_at, first_number), pmids)


def find_returned(page: Page) -> set[str]:
    """Return the PMIDs of the records of a page, of those too that cannot be read."""
    return {pmid.decode() for pmid in _OWN_PMID.findall(page.body)}


class _Asker:
    """The questions of one item: every request carries the credentials, no page, error or log does."""

    def __init__(
        self, client: Client, item: str, credentials: Credentials, fetched_at: dt.datetime, first_number: int = 1
    ) -> None:
        self.item = item
        self._client = client
        self._credentials = credentials
        self._fetched_at = fetched_at
        self._numbers = itertools.count(first_number)

    def ask(self, path: str, params: Mapping[str, str], find_flaw: Callable[[Answer], str | None]) -> Answer:
        conceal = self._credentials.conceal
        return self._client.post(
            path,
            params,
            find_flaw=lambda answer: find_flaw(conceal(answer)),
            hidden=self._credentials.build_form(),
            conceal=conceal,
        )

    def ask_window(self, query: Query, pages: list[Page] | None = None) -> Window:
        """Search one window, adding every answer to `pages` if there are any; one in doubt is asked for again."""
        window = self._search(query, pages)
        for _ in range(1, _MOST_SEARCHES):
            if not window.envelope.doubt:
                break
            _log.warning("search in doubt, searched again", item=self.item, reason=window.envelope.doubt)
            window = self._search(query, pages)
        return window

    def _search(self, query: Query, pages: list[Page] | None) -> Window:
        answer = self.ask("esearch.fcgi", query.params, find_search_flaw)
        if answer.status != httpx.codes.OK:
            raise self.build_error(f"HTTP {answer.status}: {find_error(answer.body) or 'no reason given'}")
        envelope = parse_search(answer.body)
        if envelope.warnings:  # of a trial that no paper names, each night: a line of the log for all together
            said = "; ".join(envelope.warnings[:_SHOWN_WARNINGS])
            _log.info("pubmed warns", item=self.item, said=said, more=max(0, len(envelope.warnings) - _SHOWN_WARNINGS))
        if pages is not None:
            pages.append(self.build_page(answer, query.params))
        return Window(query, envelope)

    def build_page(self, answer: Answer, params: Mapping[str, str], spans: tuple[RecordSpan, ...] = ()) -> Page:
        return Page(
            source=SOURCE,
            item=self.item,
            number=next(self._numbers),
            url=answer.url,
            request=msgspec.json.encode(params).decode(),
            status=answer.status,
            content_type=answer.content_type,
            fetched_at=self._fetched_at,
            body=answer.body,
            records=spans,
        )

    def build_error(self, reason: str) -> SourceError:
        return SourceError(SOURCE, f"{self.item}: {reason}", "it is asked again next run")


def _split(asker: _Asker, window: Window, pages: list[Page]) -> Iterator[Window]:
    query = window.query
    if window.envelope.count <= MOST_RECORDS or query.since == query.until:
        yield window
        return
    for half in query.halve():
        yield from _split(asker, asker.ask_window(half, pages), pages)


def _fetch_window(asker: _Asker, window: Window, records_per_page: int) -> Iterator[Page]:
    refusal = yield from _fetch_pages(asker, window, records_per_page)
    if refusal:
        _log.warning("search history gone, searched again", item=asker.item, reason=refusal)
        # The new answer only renews the handle: what counts as found stays what the landed search said, and where the
        # new one says otherwise, that is fetched by number.
        renewed = asker.ask_window(window.query)
        if set(renewed.envelope.ids) != set(window.envelope.ids):
            yield from _fetch_batches(asker, window.envelope.ids)
            return
        refusal = yield from _fetch_pages(asker, renewed, records_per_page)
    if refusal:
        raise asker.build_error(f"{refusal}, also after searching again")


def _fetch_pages(asker: _Asker, window: Window, records_per_page: int) -> Generator[Page, None, str]:
    """Yield a window's pages up to the first refusal, and return that; "" at the end."""
    handle = {"WebEnv": window.envelope.webenv, "query_key": window.envelope.query_key}
    available = min(window.envelope.count, MOST_RECORDS)
    for start in range(0, available, records_per_page):
        size = min(records_per_page, available - start)
        params = {**_FETCH, **handle, "retstart": str(start), "retmax": str(size)}
        answer = asker.ask("efetch.fcgi", params, find_fetch_flaw)
        refusal = find_refusal(answer)
        if refusal:
            return refusal
        yield asker.build_page(answer, params, find_record_spans(answer.body))
    return ""


def _fetch_batches(asker: _Asker, pmids: Iterable[str]) -> Iterator[Page]:
    wanted = [pmid for pmid in dict.fromkeys(pmids) if _PMID.fullmatch(pmid)]
    for start in range(0, len(wanted), RECORDS_PER_PAGE):
        yield _fetch_batch(asker, wanted[start : start + RECORDS_PER_PAGE])


def _fetch_batch(asker: _Asker, pmids: list[str]) -> Page:
    params = {**_FETCH, "id": ",".join(pmids)}
    refusal = ""
    for _ in range(2):  # NCBI relays faults of its own backend as 400, which a second try mends
        answer = asker.ask("efetch.fcgi", params, find_fetch_flaw)
        refusal = find_refusal(answer)
        if not refusal or is_empty_list(refusal):
            return asker.build_page(answer, params, find_record_spans(answer.body))
    raise asker.build_error(refusal)
