"""Reads a set of records that is shaped as NLM shapes it some records at a time, which costs least. It refuses nothing.

Without events libxml2 builds a tree undisturbed, and the reference lists need not be parsed. Whatever is otherwise is
left to the way that reads everything: records yielded until then are those that it would yield.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from extractors.pubmed.guard import CHUNK_BYTES, Guard

_HEAD = re.compile(
    rb"\s*(?:<\?xml[^<>]*\?>)?\s*(?:<!DOCTYPE[^<>\[\]]*>)?\s*"
    rb"(<(PubmedArticleSet|PubmedBookArticleSet|BookDocumentSet|MedlineCitationSet)(?:\s[^<>]*[^<>/])?>)"
)
_MOST_BATCH_BYTES = 4 << 20
_OPENING, _CLOSING = b"<ReferenceList>", b"</ReferenceList>"


class UnusualError(ValueError):
    """A document, from here on, that is to be read otherwise, or cannot be read."""


def read_batches(stream: Guard) -> Iterator[etree._Element]:
    """Yield the children of the root, in order.

    Raises:
        UnusualError: what follows is not of the usual shape, or no XML.
    """
    buffer = stream.read(CHUNK_BYTES)
    head = _HEAD.match(buffer)
    if head is None:
        raise UnusualError
    opening, root = head[1], head[2]
    record_end, root_end = b"</%s>" % root.removesuffix(b"Set"), b"</%s>" % root
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    buffer, place = buffer[head.end() :], 0
    while True:
        end = buffer.rfind(record_end, place) + len(record_end)
        if end >= len(record_end):
            yield from _parse(opening + _cut_references(buffer[:end]) + root_end, parser)
            stream.note_record()
            buffer = buffer[end:]
        place = max(len(buffer) - len(record_end), 0)  # an end may lie across two chunks
        chunk = stream.read(CHUNK_BYTES)
        if not chunk:
            break
        buffer += chunk
        if len(buffer) > _MOST_BATCH_BYTES:
            raise UnusualError
    yield from _parse(opening + buffer, parser)


def _parse(document: bytes, parser: etree.XMLParser[etree._Element]) -> etree._Element:
    try:
        return etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise UnusualError from error


def _cut_references(text: bytes) -> bytes:
    """Leave out the reference lists of whole records; not where a comment or CDATA could hold such a tag as text."""
    if b"!" in text and b"<!" in text:
        return text
    kept, place = [], 0
    while (end := text.find(_CLOSING, place)) >= 0:
        end += len(_CLOSING)
        start = text.rfind(_OPENING, place, end)  # the innermost pair: such lists may hold others
        kept.append(text[place : start if start >= 0 else end])
        place = end
    return b"".join([*kept, text[place:]]) if kept else text
