"""Asks PubMed whether it answers at all, with the smallest question there is. It reads no record."""

from __future__ import annotations

import httpx

from extractors.http import Answer, Client
from extractors.pubmed.envelope import find_error, find_search_flaw
from extractors.pubmed.guard import SOURCE
from extractors.pubmed.query import Credentials
from models.errors import SourceError

_QUESTION = {"db": "pubmed", "term": "1[uid]", "retmode": "json", "retmax": "0"}


def probe(client: Client, credentials: Credentials) -> None:
    """Search for one number.

    Raises:
        SourceError: PubMed does not answer, or refuses who asks.
    """

    def find_flaw(answer: Answer) -> str | None:
        return find_search_flaw(credentials.conceal(answer))

    answer = credentials.conceal(
        client.post("esearch.fcgi", {**_QUESTION, **credentials.build_form()}, find_flaw=find_flaw)
    )
    if answer.status != httpx.codes.OK:
        reason = find_error(answer.body) or "no reason given"
        raise SourceError(SOURCE, f"HTTP {answer.status}: {reason}", "look at base_url, and at the key")
