"""A stream of XML as a parser gets it: nothing without end. It looks at no content."""

from __future__ import annotations

from typing import Protocol

from models.errors import SourceError

SOURCE = "pubmed"
CHUNK_BYTES = 1 << 16
REMEDY = "it is asked for again on the next run; a file: fetch it again"
# The largest files of NLM unpack to some 300 MB, the largest record (15,000 collaborators) to some 10 MB.
_MOST_BYTES = 1 << 30
_MOST_RECORD_BYTES = 16 << 20
_LARGE_RECORD_BYTES = 1 << 20  # from here on its parts are counted
_MOST_RECORD_PARTS = 1 << 20  # tags and attributes: one of four bytes costs two hundred of memory


class ByteStream(Protocol):
    """An open binary file, plain or compressed."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes."""
        ...

    def seek(self, offset: int, /) -> int:
        """Go to a place in the file."""
        ...


class UnreadableError(SourceError):
    """A document that is no well-formed XML, or has a record without measure."""


class Guard:
    """Reads a stream up to the measure of the largest file and, between two records, of the largest record."""

    def __init__(self, stream: ByteStream, source: str) -> None:
        self._stream = stream
        self._source = source
        self._total = self._bytes = self._parts = 0

    def read(self, size: int = CHUNK_BYTES, /) -> bytes:
        """Return up to `size` bytes, b"" at the end.

        Raises:
            UnreadableError: a record is beyond all measure.
            SourceError: the whole is.
        """
        chunk = self._stream.read(size)
        self._total += len(chunk)
        self._bytes += len(chunk)
        if self._bytes > _LARGE_RECORD_BYTES:
            self._parts += chunk.count(b"<") + chunk.count(b"=")
        if self._total > _MOST_BYTES:
            reason = f"more than {_MOST_BYTES >> 20:,} MB unpacked, which no file of PubMed is"
            raise SourceError(self._source, reason, REMEDY)
        if self._bytes > _MOST_RECORD_BYTES or self._parts > _MOST_RECORD_PARTS:
            most = f"{_MOST_RECORD_BYTES >> 20} MB or {_MOST_RECORD_PARTS:,} tags and attributes"
            raise UnreadableError(self._source, f"a record of more than {most}", REMEDY)
        return chunk

    def note_record(self) -> None:
        """Take note that a record ended about here."""
        self._bytes = self._parts = 0
