"""Splits a file of PubMed, however large, into its citations as they stand, without parsing them. It reads no text.

Of each citation it also finds the part in which a name or a trial's number can stand: from the title to the authors,
and the data banks. Whether one does is decided elsewhere, and a citation that is not of the usual shape has no
such part: it is to be parsed. What a parser would refuse of the file as a whole is refused here too.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

import msgspec

from extractors.containers import Part
from extractors.pubmed.document import OPENING, SET_TAGS, SOURCE, find_records
from models.errors import SourceError

CHUNK_BYTES = 4 << 20
MOST_RECORD_BYTES = 32 << 20  # the largest citations, of thousands of authors, take a quarter of it
_HEAD_BYTES = 1 << 20
_MOST_TAGS = 400  # in titles, abstracts and what follows; more is formulas, or nesting that libxml2 is to judge
# A paper of a further version goes to the parser, which reads its number.
_PMID = re.compile(
    rb"(?:<PubmedArticle(?:\s[^<>]*)?>\s*)?<MedlineCitation(?:\s[^<>]*)?>"
    rb'\s*<PMID(?: Version="1")?>([1-9][0-9]{0,9})</PMID>'
)
_NOTHING = re.compile(rb"(?:\s|<!--[^<>]*-->|<\?[^<>]*\?>)*")
_ROOT = re.compile(rb"<(" + "|".join(SET_TAGS).encode() + rb")(?:\s[^<>]*)?>")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"<\0", b"\0<")
_AGAIN = "download it again"


class Citation(msgspec.Struct, frozen=True):
    """One record of a file as it stands, or what stands between two and is none.

    `pmid` is "" where it does not stand in its usual place, or has a version beyond the first. `text` holds title,
    abstract and trial numbers, with their tags; it is None where only a parser can tell what they are.
    """

    pmid: str
    text: str | None
    buffer: bytes
    start: int
    end: int

    @property
    def body(self) -> bytes:
        """The record. It is cut out when asked for: of most nobody asks."""
        return self.buffer[self.start : self.end]

    @property
    def is_usual(self) -> bool:
        """Whether it is a citation of a paper, and of the usual shape."""
        return bool(self.pmid) and self.text is not None


def read_citations(part: Part, source: str = SOURCE) -> Iterator[list[Citation]]:
    """Yield the citations of a stream in order, some megabytes at a time.

    Raises:
        SourceError: no set of PubMed records, with entities of its own, not UTF-8, damaged, cut off, or with a record
            beyond all measure. Citations before the fault have been yielded by then.
    """
    head, buffer = _read_head(part, source)
    root, gap = _check_head(head, buffer, source)
    if gap:
        yield [Citation("", None, gap, 0, len(gap))]
    while True:
        citations, buffer = _split(buffer, source)
        if citations:
            yield citations
        if len(buffer) > MOST_RECORD_BYTES:
            reason = f"it has a record of more than {MOST_RECORD_BYTES >> 20} MB"
            raise SourceError(source, reason, "it was not read on")
        more = part.read(CHUNK_BYTES)
        if not more:
            break
        buffer += more
    if part.fault:
        raise SourceError(source, part.fault.reason, part.fault.remedy)
    _check_tail(buffer, root, source)


def wrap(bodies: list[bytes]) -> bytes:
    """Return some records as one document."""
    return b"<PubmedArticleSet>\n%s\n</PubmedArticleSet>" % b"\n".join(bodies)


def _read_head(part: Part, source: str) -> tuple[bytes, bytes]:
    """Return what stands before the first record, and the rest of what was read."""
    read = part.read(_HEAD_BYTES)
    if part.fault and not read:
        raise SourceError(source, part.fault.reason, part.fault.remedy)
    if read.startswith(_UTF_16):
        raise SourceError(source, "it is text in UTF-16; PubMed's files are in UTF-8", _AGAIN)
    read = read.removeprefix(codecs.BOM_UTF8)
    first = OPENING.search(read)
    place = first.start() if first else len(read)
    return read[:place], read[place:]


def _check_head(head: bytes, rest: bytes, source: str) -> tuple[bytes, bytes]:
    """Refuse what is no set of records, or declares entities.

    Return the tag that is to be closed at the end, and what stands between it and the first record, if that is more
    than space.
    """
    root = _ROOT.search(head)
    closing = b"</%s>" % root[1] if root and rest else rest[:_HEAD_BYTES]
    # libxml2 reads the head, closed as if there were no record; it knows every way of declaring an entity.
    for _ in find_records(head + closing, source):
        break
    gap = head[root.end() :] if root and rest else b""
    return (root[1] if root and rest else b""), b"" if _NOTHING.fullmatch(gap) else gap


def _split(buffer: bytes, source: str) -> tuple[list[Citation], bytes]:
    """Return the records that a buffer holds whole, and what is left of it."""
    citations: list[Citation] = []
    place = 0
    while (opening := OPENING.search(buffer, place)) is not None:
        closing = b"</%s>" % opening[1]
        end = buffer.find(closing, opening.end())
        if end < 0:
            break
        end += len(closing)
        if opening.start() > place and not _NOTHING.fullmatch(buffer, place, opening.start()):
            citations.append(Citation("", None, buffer, place, opening.start()))
        citations.append(_build_citation(buffer, opening.start(), end, source))
        place = end
    return citations, buffer[place:]


def _build_citation(buffer: bytes, start: int, end: int, source: str) -> Citation:
    found = _PMID.match(buffer, start, end)
    pmid = found[1].decode() if found else ""
    try:
        str(memoryview(buffer)[start:end], "utf-8")
        text = _find_text(buffer, start, end)
        return Citation(pmid, text.decode("utf-8") if text is not None else None, buffer, start, end)
    except UnicodeDecodeError as error:
        place = f"PMID {pmid}" if pmid else "a record"
        raise SourceError(source, f"it is not UTF-8, in {place}: {error.reason}", _AGAIN) from error


def _find_text(buffer: bytes, start: int, end: int) -> bytes | None:
    """Return title, abstract and data banks; None where they are not where they always are, or are mostly markup."""
    title = buffer.find(b"<ArticleTitle", start, end)
    authors = buffer.find(b"<AuthorList", title, end)
    after = buffer.find(b"</AuthorList>", authors, end) if authors >= 0 else title
    closing = buffer.find(b"</Article>", after, end)
    if min(title, after, closing) < 0:
        return None
    if authors < 0:
        text = buffer[title:closing]
    else:
        banks = buffer.find(b"<DataBankList", after, closing)
        text = buffer[title:authors] + (buffer[banks:closing] if banks >= 0 else b"")
    return text if text.count(b"<") <= _MOST_TAGS else None


def _check_tail(rest: bytes, root: bytes, source: str) -> None:
    closing = re.compile(rb"</%s\s*>" % root if root else rb"")
    rest = rest[match.end() :] if (match := _NOTHING.match(rest)) else rest
    closed = closing.match(rest)
    if closed is None or not _NOTHING.fullmatch(rest[closed.end() :]):
        what = "in the middle of a record" if OPENING.match(rest) else "without its end"
        reason = f"it ends {what}" if closed is None else "something stands behind its end"
        raise SourceError(source, reason, _AGAIN)
