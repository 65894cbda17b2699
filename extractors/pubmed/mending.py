"""A page with records that are no XML, and the same page without them. It mends nothing inside a record."""

from __future__ import annotations

import re

import msgspec

from extractors.pubmed.document import find_record_spans, find_records
from models.errors import ContractError, SourceError
from models.page import RecordSpan

_PMID = re.compile(rb"<PMID[^<>]*>\s*([0-9]{1,10})\s*</PMID>")
_TAG = re.compile(rb"<(\w+)")
# What an undeclared entity is, depends on whether a DTD is named; it is never loaded.
_DOCTYPE = b'<!DOCTYPE PubmedArticleSet SYSTEM "pubmed.dtd">'


class Flaw(msgspec.Struct, frozen=True):
    """A record that cannot be read by itself either, and where it lies in the page."""

    span: RecordSpan
    error: ContractError


def find_unreadable(body: bytes, source: str) -> tuple[Flaw, ...]:
    """Return the records that make a page unreadable; () if they can all be read.

    So too if several cannot and none can: then it is the page that is no text, in another encoding for one.
    """
    spans = find_record_spans(body)
    has_doctype = bool(spans) and b"<!DOCTYPE" in body[: spans[0].start]
    flaws = []
    for number, span in enumerate(spans, 1):
        record = body[span.start : span.end]
        try:
            for _ in find_records(_DOCTYPE + record if has_doctype else record, source):
                pass
        except SourceError as error:
            flaws.append(Flaw(span, _name(record, number, error)))
    return tuple(flaws) if len(flaws) < len(spans) or len(spans) == 1 else ()


def leave_out(body: bytes, flaws: tuple[Flaw, ...]) -> bytes:
    """Return the page without those records, its lines where they were."""
    kept, place = [], 0
    for flaw in flaws:
        start, end = flaw.span.start, flaw.span.end
        kept += [body[place:start], b"\n" * body.count(b"\n", start, end)]
        place = end
    return b"".join([*kept, body[place:]])


def _name(record: bytes, number: int, error: SourceError) -> ContractError:
    pmid, tag = _PMID.search(record), _TAG.match(record)
    place = f"PMID {pmid[1].decode()}" if pmid else f"record {number}"
    return ContractError(error.source, place, tag[1].decode() if tag else "", error.reason)
