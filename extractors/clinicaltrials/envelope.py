"""The envelope of a page of studies: token, counts, the records' ids and where they lie. It reads no study."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

import msgspec

from models.page import RecordSpan

# The registry restamps this on every record each release; in JSON a quote inside text is escaped, so only the
# key itself can look like this.
_KEY = b'"versionHolder"'
_STAMP = re.compile(rb'"versionHolder"\s*:\s*"([^"\\]*)"')

# How the registry begins a study; with one number in it, decoding it would say no more.
_START = re.compile(rb'\{"protocolSection":\{"identificationModule":\{"nctId":"(NCT[0-9]{8})"[,}]')
_OWN, _ALIASES = b'"nctId"', b'"nctIdAliases"'


class _Identification(msgspec.Struct, rename="camel"):
    nct_id: Annotated[str, msgspec.Meta(pattern=r"^NCT[0-9]{8}\Z")]
    nct_id_aliases: list[str] = []


class _Protocol(msgspec.Struct, rename="camel"):
    identification_module: _Identification


class _Head(msgspec.Struct, rename="camel"):
    protocol_section: _Protocol


class _Body(msgspec.Struct, rename="camel"):
    studies: list[msgspec.Raw]
    total_count: int | None = None
    next_page_token: str | None = None


class RecordId(msgspec.Struct, frozen=True):
    """A record's own number and the other numbers it answers to; `nct_id` empty where the record has none to read."""

    nct_id: str
    aliases: tuple[str, ...] = ()


class Envelope(msgspec.Struct, frozen=True):
    """What one page says of itself."""

    total_count: int | None
    next_page_token: str | None
    ids: tuple[RecordId, ...]
    spans: tuple[RecordSpan, ...]


def parse_envelope(body: bytes) -> Envelope:
    """Read a page of `GET /studies`.

    Raises:
        msgspec.DecodeError: the body is no such page (cut off, HTML, other JSON).
    """
    page = msgspec.json.decode(body, type=_Body)
    raw = [bytes(record) for record in page.studies]
    ids = tuple(parse_id(record) for record in raw)
    return Envelope(page.total_count, page.next_page_token or None, ids, find_spans(body, raw))


def parse_id(record: bytes) -> RecordId:
    """Read the numbers of one study."""
    start = _START.match(record)
    if start and record.find(_OWN, start.end()) < 0 and _ALIASES not in record:
        return RecordId(start[1].decode())
    try:
        found = msgspec.json.decode(record, type=_Head).protocol_section.identification_module
    except (msgspec.DecodeError, UnicodeDecodeError):
        return RecordId("")
    return RecordId(found.nct_id, tuple(found.nct_id_aliases))


def find_spans(body: bytes, records: Sequence[bytes]) -> tuple[RecordSpan, ...]:
    """Return where records lie in a body that holds them in this order, and their release stamps."""
    spans = []
    position = 0
    for record in records:
        start = body.find(b"{", position)
        if not body.startswith(record, start):  # looking for it costs more than finding it where it should be
            start = body.index(record, position)
        position = start + len(record)
        stamp = find_stamp(record)
        spans.append(RecordSpan(start, position, *((start + stamp[0], start + stamp[1]) if stamp else ())))
    return tuple(spans)


def find_stamp(record: bytes) -> tuple[int, int] | None:
    """Return where a record's stamp lies; where there is not one and only one, the record is kept as it is."""
    last = record.rfind(_KEY)
    if last < 0:
        return None
    # Nearly always it stands once, and near the end; the word as a value makes it necessary to look at all.
    stands_once = record.find(_KEY, 0, last) < 0
    stamps = [*_STAMP.finditer(record, last if stands_once else 0)]
    return stamps[0].span(1) if len(stamps) == 1 else None
