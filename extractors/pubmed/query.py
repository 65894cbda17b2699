"""The values of a PubMed search: who asks, for what, and what was found. Pure; it asks nothing itself."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from extractors.http import Answer
from extractors.pubmed.envelope import SearchEnvelope
from models.page import Page

# PubMed gives no more of one query, by id or by history: https://www.ncbi.nlm.nih.gov/books/NBK25499/ (2026-03)
MOST_RECORDS = 9_999
DateType = Literal["edat", "mdat"]


class Credentials(msgspec.Struct, frozen=True):
    """Who asks. `tool` and `email` NCBI wants on every call; `api_key` (optional) is shown nowhere, not even here."""

    tool: str = "trialwatch"
    email: str = ""
    api_key: str = ""

    def __repr__(self) -> str:
        return f"Credentials(tool={self.tool!r}, email={self.email!r}, api_key={'***' if self.api_key else ''!r})"

    def build_form(self) -> dict[str, str]:
        """Return the form fields that say who asks, empty ones left out."""
        return {name: value for name, value in msgspec.structs.asdict(self).items() if value}

    def conceal(self, answer: Answer) -> Answer:
        """Return an answer without the key, which NCBI repeats beside some errors.

        Before anyone reads it: whoever shortened it first could keep half of the key.
        """
        key = self.api_key.encode()
        if not key or (key not in answer.body and self.api_key not in answer.content_type + answer.url):
            return answer
        return msgspec.structs.replace(
            answer,
            body=answer.body.replace(key, b"***"),
            content_type=answer.content_type.replace(self.api_key, "***"),
            url=answer.url.replace(self.api_key, "***"),
        )


class Query(msgspec.Struct, frozen=True):
    """One search for one item: what entered (`edat`) or changed (`mdat`) from `since` to `until`, both included.

    `is_kept`: NCBI is asked to keep what it finds, for the fetch. The handle to it is another each time it is asked.
    """

    item: str
    term: str
    date_type: DateType
    since: dt.date
    until: dt.date
    is_kept: bool = True

    def __post_init__(self) -> None:
        if self.since > self.until:
            raise ValueError(f"{self.item}: a search from {self.since} to {self.until}")

    @property
    def params(self) -> dict[str, str]:
        """What esearch is asked, free of credentials. The ids come whole."""
        return {
            "db": "pubmed",
            "term": self.term,
            "datetype": self.date_type,
            "mindate": f"{self.since:%Y/%m/%d}",
            "maxdate": f"{self.until:%Y/%m/%d}",
            "retmode": "json",
            **({"usehistory": "y"} if self.is_kept else {}),
            "retstart": "0",
            "retmax": str(MOST_RECORDS),
        }

    def halve(self) -> tuple[Query, Query]:
        """Return the two halves of the window, which neither overlap nor leave a day out; two days at least."""
        middle = self.since + (self.until - self.since) // 2
        late = msgspec.structs.replace(self, since=middle + dt.timedelta(days=1))
        return msgspec.structs.replace(self, until=middle), late


class Window(msgspec.Struct, frozen=True):
    """A query small enough to be fetched whole, and its answer."""

    query: Query
    envelope: SearchEnvelope


class Search(msgspec.Struct, frozen=True):
    """A finished search. `count` is what PubMed said of the whole query, `pages` every answer on the way.

    `doubt` says why the windows do not add up to the whole; empty where they do.
    """

    query: Query
    count: int
    windows: tuple[Window, ...]
    pages: tuple[Page, ...]
    doubt: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether NCBI keeps what was found. The answers say so: those of a landing may be of an earlier release."""
        return all(window.envelope.webenv for window in self.windows)

    @property
    def pmids(self) -> tuple[str, ...]:
        """All ids found, each once, in order of the windows."""
        return tuple(dict.fromkeys(pmid for window in self.windows for pmid in window.envelope.ids))


def find_doubt(count: int, windows: tuple[Window, ...]) -> str:
    """Return why `windows` are not all of a query of `count` records; "" if they are, each listed once."""
    for window in windows:
        if window.envelope.count > MOST_RECORDS:
            held = f"{window.query.since} alone holds {window.envelope.count:,} records"
            return f"{held}, {MOST_RECORDS:,} can be had: narrow the item by a condition"
        # That a half holds nothing is borne out where the other adds up to the whole.
        if window.envelope.doubt and (window.envelope.count or not count):
            return window.envelope.doubt
    summed = sum(window.envelope.count for window in windows)
    if summed != count:
        return f"the windows hold {summed} of {count}"
    listed = [pmid for window in windows for pmid in window.envelope.ids]
    if len(listed) != count:
        return f"{len(listed)} of {count} ids listed"
    if len(set(listed)) != count:
        return f"{len(set(listed))} different ids of {count}"
    return ""
