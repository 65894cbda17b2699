"""Asking for the registry's own history of a record: its index, and one version. It interprets no study.

The endpoint is undocumented and may vanish or change (`/api/int`, as of 2026): whatever it answers that is not known
here is a SourceError whose reason begins with "history endpoint".
"""

from __future__ import annotations

import datetime as dt

import httpx
import msgspec

from extractors.clinicaltrials.envelope import find_spans, parse_id
from extractors.clinicaltrials.fetch import SOURCE
from extractors.clinicaltrials.history_index import HistoryEntry, choose_versions, has_links, parse_index
from extractors.http import Answer, Client, FindFlaw
from models.errors import ContractError, EndpointGoneError, SourceError
from models.page import Page, RecordSpan

__all__ = [
    "INDEX_ITEM",
    "TRIES",
    "VERSION_ITEM",
    "HistoryEntry",
    "HistoryIndex",
    "VersionPage",
    "choose_versions",
    "fetch_history",
    "fetch_version",
    "has_links",
]

TRIES = 2  # an endpoint that may be gone is not waited for
INDEX_ITEM, VERSION_ITEM = "history:", "history-version:"


class HistoryIndex(msgspec.Struct, frozen=True):
    """A record's index as it came, and its entries by number; `skipped` says what is wrong with the other lines."""

    page: Page
    entries: tuple[HistoryEntry, ...]
    skipped: tuple[str, ...] = ()


class VersionPage(msgspec.Struct, frozen=True):
    """One version as it came; `study` is its JSON, in the shape of API v2 with HTML where that has Markdown."""

    page: Page
    number: int
    study: bytes


class _Version(msgspec.Struct, rename="camel"):
    study_version: int
    study: msgspec.Raw


def fetch_history(client: Client, nct_id: str, fetched_at: dt.datetime) -> HistoryIndex | None:
    """Ask which versions of a record there are; None where the registry itself says that it has no such record.

    The page's item is "history:" and the number.

    Raises:
        SourceError: the endpoint does not answer as known; an EndpointGoneError where there is none.
    """
    answer = _fetch(client, f"studies/{nct_id}/history", nct_id, _find_index_flaw)
    if answer is None:
        return None
    entries, skipped = parse_index(answer.body)
    return HistoryIndex(_build_page(answer, f"{INDEX_ITEM}{nct_id}", 0, fetched_at), entries, skipped)


def fetch_version(client: Client, nct_id: str, number: int, fetched_at: dt.datetime) -> VersionPage | None:
    """Ask for one version; None where it is not found, though the index just answered.

    The page's item is "history-version:" and the record's number, its number that of the version; its one record is
    the study.

    Raises:
        SourceError: the endpoint does not answer as known.
        ContractError: the answer is another version, or another record.
    """
    answer = _fetch(client, f"studies/{nct_id}/history/{number}", "", _find_version_flaw)
    if answer is None:
        return None
    version = msgspec.json.decode(answer.body, type=_Version)
    study = bytes(version.study)
    _check_version(nct_id, number, version.study_version, study)
    spans = find_spans(answer.body, [study])
    return VersionPage(_build_page(answer, f"{VERSION_ITEM}{nct_id}", number, fetched_at, spans), number, study)


def _fetch(client: Client, path: str, named: str, find_flaw: FindFlaw) -> Answer | None:
    """Return the answer, or None for a 404 of the registry's own: one that names what was asked for."""
    try:
        answer = client.get(path, find_flaw=find_flaw)
    except SourceError as error:
        raise SourceError(SOURCE, f"history endpoint: {error.reason}", error.hint) from error
    if answer.status == httpx.codes.OK:
        return answer
    # Only the registry's own 404 names the number; one without it is the edge, or an endpoint that is gone.
    is_told = answer.content_type == "text/plain" or answer.content_type.endswith("json")
    is_own = not named or (is_told and named.encode() in answer.body.upper())
    if answer.status == httpx.codes.NOT_FOUND and is_own:
        return None
    kind = answer.content_type or "no type"
    raise EndpointGoneError(
        SOURCE,
        f"history endpoint: HTTP {answer.status} ({kind}) for {path}",
        "it is undocumented and may have moved: see history_url in [source.clinicaltrials]",
    )


def _check_version(nct_id: str, number: int, found: int, study: bytes) -> None:
    name = f"{nct_id} version {number}"
    if found != number:
        raise ContractError(SOURCE, name, "$.studyVersion", f"is {found}")
    record = parse_id(study)
    if nct_id not in (record.nct_id, *record.aliases):
        path = "$.study.protocolSection.identificationModule.nctId"
        raise ContractError(SOURCE, name, path, f"is {record.nct_id or 'not to be read'}")


def _build_page(
    answer: Answer, item: str, number: int, fetched_at: dt.datetime, spans: tuple[RecordSpan, ...] = ()
) -> Page:
    return Page(
        source=SOURCE,
        item=item,
        number=number,
        url=answer.url,
        request="{}",
        status=answer.status,
        content_type=answer.content_type,
        fetched_at=fetched_at,
        body=answer.body,
        records=spans,
    )


def _find_index_flaw(answer: Answer) -> str | None:
    try:
        parse_index(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return f"HTTP 200 but no index ({answer.content_type or 'no type'}: {error})"
    return None


def _find_version_flaw(answer: Answer) -> str | None:
    try:
        msgspec.json.decode(answer.body, type=_Version)
    except msgspec.DecodeError as error:
        return f"HTTP 200 but no version ({answer.content_type or 'no type'}: {error})"
    return None
