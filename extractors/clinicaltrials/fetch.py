"""Asking the registry: its release, chains of pages, and one study by number. It concludes nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Literal

import httpx
import msgspec
import structlog

from extractors.clinicaltrials.envelope import Envelope, parse_envelope
from extractors.clinicaltrials.query import StudyQuery
from extractors.http import Answer, Client
from models.errors import RefusedQueryError, SourceError
from models.page import Page
from models.trial import Release

SOURCE = "clinicaltrials"
_RESTARTS = 2
Probe = Literal["listed", "alias", "not_found", "unclear"]
_STUDY_ADDRESS = re.compile(r"/studies/(NCT[0-9]{8})(?![0-9])")
_log = structlog.get_logger(__name__)


def fetch_release(client: Client) -> Release:
    """Ask `/version`: which day's data the registry serves now.

    Raises:
        SourceError: the registry does not say so.
    """
    answer = client.get("version", find_flaw=_find_release_flaw)
    if answer.status != httpx.codes.OK:
        raise SourceError(SOURCE, f"HTTP {answer.status} on version: {_excerpt(answer)}", "is its base_url right?")
    return msgspec.json.decode(answer.body, type=Release)


class Chain:
    """One query's pages from first to last. `envelopes` holds those of the run of pages that counts, without spans."""

    def __init__(self, client: Client, query: StudyQuery, fetched_at: dt.datetime) -> None:
        self.query = query
        self.envelopes: list[Envelope] = []
        self._client = client
        self._fetched_at = fetched_at

    def fetch(self) -> Iterator[Page]:
        """Yield the pages as they come.

        A token the registry no longer knows (400) starts the chain again from page one, where records seen
        before come again; twice at most.

        Raises:
            SourceError: the registry does not answer; a RefusedQueryError where it refuses the query itself (400).
        """
        for _ in range(_RESTARTS + 1):
            self.envelopes = []
            yield from self._fetch_once()
            if self.envelopes and self.envelopes[-1].next_page_token is None:
                return
            _log.warning("page token refused, chain started again", item=self.query.item)

    def _fetch_once(self) -> Iterator[Page]:
        token: str | None = ""
        seen_tokens: set[str] = set()
        while token is not None:
            params = dict(self.query.params) | ({"pageToken": token} if token else {})
            answer = self._client.get("studies", params, find_flaw=_find_page_flaw)
            if answer.status != httpx.codes.OK:
                if answer.status == httpx.codes.BAD_REQUEST and token:
                    return
                reason = f"HTTP {answer.status} on {self.query.item}: {_excerpt(answer)}"
                if answer.status == httpx.codes.BAD_REQUEST:
                    raise RefusedQueryError(SOURCE, reason)
                raise SourceError(SOURCE, reason, "is its base_url right?")
            envelope = parse_envelope(answer.body)
            # Hundreds of pages may come: where the records lay is kept of none.
            self.envelopes.append(msgspec.structs.replace(envelope, spans=()))
            yield self._build_page(answer, params, envelope)
            token = envelope.next_page_token
            if token in seen_tokens:
                raise SourceError(SOURCE, f"{self.query.item}: the pages run in a circle", "it is asked again tomorrow")
            if token:
                seen_tokens.add(token)

    def _build_page(self, answer: Answer, params: dict[str, str], envelope: Envelope) -> Page:
        return Page(
            source=SOURCE,
            item=self.query.item,
            number=len(self.envelopes),
            url=f"{self._client.base_url}/studies",
            request=msgspec.json.encode(params).decode(),
            status=answer.status,
            content_type=answer.content_type,
            fetched_at=self._fetched_at,
            body=answer.body,
            records=envelope.spans,
        )


def fetch_probe(client: Client, nct_id: str) -> Probe:
    """Ask for one study by number: it is there, under another number, proved not to be, or none of these is sure.

    Only a 404 in text/plain is the registry's own; one with HTML or no body is the edge failing ("unclear").
    """
    answer = client.get(f"studies/{nct_id}")
    if answer.status == httpx.codes.OK:
        is_record = answer.content_type == "application/json" and nct_id.encode() in answer.body
        return "listed" if is_record else "unclear"
    if httpx.codes.is_redirect(answer.status):
        other = _STUDY_ADDRESS.search(answer.location)
        return "alias" if other and other[1] != nct_id else "unclear"
    is_plain = answer.status == httpx.codes.NOT_FOUND and answer.content_type == "text/plain"
    return "not_found" if is_plain and nct_id.encode() in answer.body else "unclear"


def _find_page_flaw(answer: Answer) -> str | None:
    try:
        parse_envelope(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return f"HTTP 200 but no page of studies ({answer.content_type or 'no type'}: {error})"
    return None


def _find_release_flaw(answer: Answer) -> str | None:
    try:
        release = msgspec.json.decode(answer.body, type=Release)
        dt.datetime.fromisoformat(release.data_timestamp)
    except (msgspec.DecodeError, ValueError) as error:
        return f"HTTP 200 but no version ({error})"
    return None


def _excerpt(answer: Answer) -> str:
    return " ".join(answer.body[:200].decode("utf-8", "replace").split()) or answer.location or "no body"
