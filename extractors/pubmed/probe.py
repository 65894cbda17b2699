"""Asks PubMed whether it answers at all, with a small question of the kind that nights ask. It reads no record."""

from __future__ import annotations

import datetime as dt

import httpx

from extractors.http import Answer, Client
from extractors.pubmed.envelope import find_error, find_search_flaw
from extractors.pubmed.guard import SOURCE
from extractors.pubmed.query import Credentials, Query
from models.errors import SourceError

_DAY = dt.date(2026, 1, 5)  # any; the words are rare enough for a short answer
_QUESTION = Query("check", '"immune checkpoint inhibitor resistance"[tiab]', "edat", _DAY, _DAY)


def probe(client: Client, credentials: Credentials) -> None:
    """Search for a phrase on one day.

    Raises:
        SourceError: PubMed does not answer, or refuses who asks.
    """

    def find_flaw(answer: Answer) -> str | None:
        return find_search_flaw(credentials.conceal(answer))

    answer = credentials.conceal(
        client.post("esearch.fcgi", {**_QUESTION.params, **credentials.build_form()}, find_flaw=find_flaw)
    )
    if answer.status != httpx.codes.OK:
        reason = find_error(answer.body) or "no reason given"
        raise SourceError(SOURCE, f"HTTP {answer.status}: {reason}", "look at base_url, and at the key")
