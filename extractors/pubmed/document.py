"""PubMed's XML as a stream of its records, without entities, network or unbounded memory. It reads no record."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from itertools import islice

from isal.igzip_lib import IsalError
from lxml import etree

from extractors.pubmed.batches import UnusualError, read_batches
from extractors.pubmed.guard import CHUNK_BYTES, REMEDY, SOURCE, ByteStream, Guard, UnreadableError
from extractors.pubmed.text import read_text
from models.errors import SourceError
from models.page import RecordSpan

__all__ = [
    "OPENING",
    "RECORD_TAGS",
    "SET_TAGS",
    "SOURCE",
    "ByteStream",
    "UnreadableError",
    "find_record_spans",
    "find_records",
]
DELETION_TAGS = ("DeleteCitation", "DeleteDocument")
RECORD_TAGS = ("PubmedArticle", "PubmedBookArticle", "MedlineCitation", "BookDocument", *DELETION_TAGS)
SET_TAGS = ("PubmedArticleSet", "PubmedBookArticleSet", "BookDocumentSet", "MedlineCitationSet")
_ROOT_TAGS = frozenset(SET_TAGS + RECORD_TAGS)
OPENING = re.compile(rb"<(" + "|".join(RECORD_TAGS).encode() + rb")[\s>]")
_HEAD_BYTES = 1 << 20


def find_records(body: bytes | ByteStream, source: str = SOURCE) -> Iterator[etree._Element]:
    """Yield the records of a document one by one, and whatever else stands among them; each is emptied afterwards.

    `body` is UTF-8, as all of PubMed is; a stream must be able to seek to its start. Depth, text and entity limits
    are libxml2's own. What is shaped as NLM shapes it is read some records at a time, without the reference lists,
    which are a good part of a file and none of ours; anything else by libxml2 alone, to the same records.

    Raises:
        UnreadableError: no XML, cut off, not UTF-8, nested too deep, a record too large.
        SourceError: with entities of its own, about something else, too large as a whole; a stream (a gzip file) that
            cannot be read. Records before the fault have been yielded by then.
    """
    stream = io.BytesIO(body) if isinstance(body, bytes) else body
    try:
        if _check_head(stream, source):
            yield from _read_either_way(stream, source)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(source, f"unreadable XML: {_explain(error)}", REMEDY) from error
    except (OSError, EOFError, zlib.error, IsalError) as error:  # type: ignore[misc]  # its stub errs
        raise SourceError(source, f"unreadable file: {error}", REMEDY) from error


def is_empty_list(error: str) -> bool:
    """Tell whether NCBI knows none of the ids asked for; it then answers 400 rather than an empty set."""
    return "id list is empty" in error.casefold()


def find_record_spans(body: bytes) -> tuple[RecordSpan, ...]:
    """Return where the records of a page lie, by their tags alone: in order, never overlapping.

    Works on any bytes; what is no page of records has none.
    """
    spans = []
    unclosed: set[bytes] = set()
    position = 0
    while (opening := OPENING.search(body, position)) is not None:
        closing = b"</" + opening[1] + b">"
        end = -1 if opening[1] in unclosed else body.find(closing, opening.end())
        if end < 0:
            unclosed.add(opening[1])  # looked for once: a body of opening tags only must not cost its square
            position = opening.end()
            continue
        position = end + len(closing)
        spans.append(RecordSpan(opening.start(), position))
    return tuple(spans)


def _explain(error: etree.XMLSyntaxError) -> str:
    """Return libxml2's words; of an entity that nobody declared its first error is told, not what comes of it."""
    last = error.error_log.last_error
    if last is not None and last.type == etree.ErrorTypes.ERR_UNDECLARED_ENTITY:
        return f"an entity that nobody declared: {last.message}"
    return str(error.msg)


def _check_head(stream: ByteStream, source: str) -> bool:
    """Tell whether the document is a set of records; False for NCBI's way of saying "none of these ids"."""
    parser = etree.XMLPullParser(
        events=("start",), encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    read = 0
    while read < _HEAD_BYTES:
        chunk = stream.read(CHUNK_BYTES)
        read += len(chunk)
        parser.feed(chunk)
        for _event, root in parser.read_events():
            return _check_root(root, source)
        if not chunk:
            break
    raise SourceError(source, "unreadable XML: no element at its beginning", REMEDY)


def _check_root(root: etree._Element, source: str) -> bool:
    definitions = root.getroottree().docinfo.internalDTD
    if definitions is not None and definitions.entities():
        raise SourceError(source, "XML that declares entities of its own is refused", REMEDY)
    if root.tag == "eFetchResult" and is_empty_list(read_text(root)):
        return False
    if root.tag not in _ROOT_TAGS:
        raise SourceError(source, f"<{root.tag!s}> is no set of PubMed records: {read_text(root)[:200]}", REMEDY)
    return True


def _read_either_way(stream: ByteStream, source: str) -> Iterator[etree._Element]:
    stream.seek(0)
    number = 0
    try:
        for element in read_batches(Guard(stream, source)):
            number += 1
            yield element
    except UnusualError:
        stream.seek(0)
        yield from islice(_stream_records(Guard(stream, source)), number, None)


def _stream_records(stream: Guard) -> Iterator[etree._Element]:
    context = etree.iterparse(
        stream, events=("end",), tag=RECORD_TAGS, encoding="utf-8", remove_comments=True, remove_pis=True,
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False,
    )  # fmt: skip
    for _, element in context:
        parent = element.getparent()
        if parent is not None and parent.tag not in SET_TAGS:
            continue  # the citation inside its article
        stream.note_record()
        yield from reversed([other for other in element.itersiblings(preceding=True) if other.tag not in RECORD_TAGS])
        yield element
        element.clear()
        while parent is not None and (done := element.getprevious()) is not None:
            parent.remove(done)
    root = context.root
    if root is not None and root.tag in SET_TAGS:
        yield from (other for other in root if other.tag not in RECORD_TAGS)
