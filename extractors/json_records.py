"""Splits JSON of any size into the records it holds, a buffer at a time; it decodes none and judges none.

A record is an element of a list, of the list that a page holds under one key, or a value of its own (one in a file,
one a line, one behind the other). Where the text is damaged, reading goes on with the next record that can be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

import msgspec

BUFFER_BYTES = 4 << 20
MAX_RECORD_BYTES = 256 << 20
_TOO_LARGE = f"it is larger than {MAX_RECORD_BYTES >> 20} MiB"
_INSIDE_PAGE = 2  # brackets open just behind the one that opens a page's list
_IN_SIGHT = 256  # bytes by which it can be told whether a record begins, or which key a list stands under

_OPEN_TEXT = rb'"[^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+'
_TEXT = _OPEN_TEXT + rb'"'
_UP_TO_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|' + _TEXT + rb")*+")
_UNCLOSED = re.compile(_OPEN_TEXT)
_SCALAR = re.compile(_TEXT + rb'|[^\s,\[\]{}"]++|[\]}]')
_FIRST_KEY = re.compile(rb"\{\s*+" + _TEXT + rb"\s*+:")
_BETWEEN = re.compile(rb"[\s,]*+")


class Stream(Protocol):
    """Anything that gives bytes, b"" at its end."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes."""
        ...


class Record(NamedTuple):
    """A record as it stands; and what it was decoded as to see that it is one, None where that was seen otherwise."""

    body: bytes
    head: Any = None


class Gap(msgspec.Struct, frozen=True):
    """A record that cannot be told from what follows. `is_end`: nothing behind it could be read either."""

    reason: str
    is_end: bool = False


class Shape(msgspec.Struct, frozen=True):
    """What the records of a source look like from outside.

    `opening` is what they mostly begin with, and what stands nowhere inside one: behind damage, reading goes on there.
    `list_key` is the key under which a page holds its list. `head` is the type that a record is decoded as, in passing.
    """

    opening: re.Pattern[bytes]
    list_key: bytes
    head: Any = msgspec.Raw


def split_records(
    stream: Stream, shape: Shape, first: bytes = b"", buffer_bytes: int = BUFFER_BYTES
) -> Iterator[Record | Gap]:
    """Yield the records of a stream as they stand, and a gap where one is damaged.

    `first` was read from the stream before. A record has the outline of a JSON value, no more: whether it is one, its
    reader finds.
    """
    return _Splitter(_Window(stream, first, buffer_bytes), shape).split()


class _Window:
    """The part of a stream in sight. What lies before `at` is let go of when more is read."""

    def __init__(self, stream: Stream, first: bytes, buffer_bytes: int) -> None:
        self.data = first
        self.at = 0
        self._stream = stream
        self._buffer_bytes = buffer_bytes
        self._is_ended = False

    def fill(self) -> bool:
        """Bring more into sight; as much again as is there, so that a long record costs no more by the byte."""
        kept = self.data[self.at :]
        more = b"" if self._is_ended else self._stream.read(max(self._buffer_bytes, min(len(kept), MAX_RECORD_BYTES)))
        self._is_ended = not more
        self.data, self.at = kept + more, 0
        return bool(more)

    def see(self, size: int) -> None:
        """Have `size` bytes in sight, where the stream has them."""
        while len(self.data) - self.at < size and self.fill():
            pass


class _Splitter:
    """Walks over a window. Offsets count from its `at`, where the record at hand begins."""

    def __init__(self, window: _Window, shape: Shape) -> None:
        self._window = window
        self._opening = shape.opening
        self._decode = msgspec.json.Decoder(shape.head).decode
        self._list_key = b'"%s"' % shape.list_key
        self._list_start = re.compile(re.escape(self._list_key) + rb"\s*:\s*\Z")

    def split(self) -> Iterator[Record | Gap]:
        is_damaged = False
        while first := self._find_next():
            for record in self._split_value(first):
                is_damaged = is_damaged or isinstance(record, Gap)
                # Behind damage the rest of a broken page lies about, words and brackets that mean nothing now.
                if not is_damaged or isinstance(record, Gap) or record.body[:1] == b"{":
                    yield record

    def _split_value(self, first: bytes) -> Iterator[Record | Gap]:
        if first == b"[":
            self._window.at += 1
            yield from self._split_list()
        elif first == b"{":
            yield from self._split_object()
        else:
            yield self._take()

    def _split_list(self) -> Iterator[Record | Gap]:
        while first := self._find_next():
            if first == b"]":
                self._window.at += 1
                return
            record = self._take()
            yield record
            if isinstance(record, Gap) and record.is_end:
                return
        yield Gap("it ends before its list does", is_end=True)

    def _split_object(self) -> Iterator[Record | Gap]:
        """Split a page as it comes; anything else is one record."""
        record = self._take_quickly(but_for=self._list_key)
        if record is not None:
            yield record
            return
        offset, stop = self._find_end(is_page=True)
        is_page = stop == "["
        while stop == "[":
            self._window.at += offset
            yield from self._split_list()
            if not self._find_next():
                return
            offset, stop = self._find_end(depth=1, is_page=True)
        if stop:
            yield self._skip(stop)
        elif is_page:
            self._window.at += offset
        else:
            yield self._cut(offset)

    def _take(self) -> Record | Gap:
        """Return the value at hand and pass it."""
        record = self._take_quickly()
        if record is not None:
            return record
        is_container = self._window.data[self._window.at] in b"[{"
        offset, flaw = self._find_end() if is_container else self._find_scalar_end()
        return self._skip(flaw) if flaw else self._cut(offset)

    def _take_quickly(self, but_for: bytes | None = None) -> Record | None:
        """Take a record of a file in which all begin alike: it ends before the next beginning, and must be JSON.

        Ten times as fast as to walk from bracket to bracket. None where it does not turn out so, or holds `but_for`.
        """
        window = self._window
        window.see(len(window.data) // 2)
        first_key = _FIRST_KEY.match(window.data, window.at)
        following = window.data.find(first_key[0], first_key.end()) if first_key else -1
        if following < 0:
            return None
        record = window.data[window.at : following].rstrip(b" \t\r\n,")
        try:
            head = self._decode(record)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        if but_for and but_for in record:
            return None
        window.at += len(record)
        return Record(record, head)

    def _find_next(self) -> bytes:
        """Pass blanks and commas; return the byte behind them, b"" at the end."""
        window = self._window
        while True:
            between = _BETWEEN.match(window.data, window.at)
            window.at = between.end() if between else window.at
            if window.at < len(window.data):
                return window.data[window.at : window.at + 1]
            if not window.fill():
                return b""

    def _find_end(self, depth: int = 0, *, is_page: bool = False) -> tuple[int, str]:
        """Find where the list or object at hand ends, or from `depth` brackets inside it.

        Returns:
            The offset behind it and ""; behind the bracket that opens a page's list and "["; or 0 and the flaw.
        """
        window, offset = self._window, 0
        is_known = self._begins_record()
        bound = self._find_opening(1) if is_known else None
        while True:
            passed = _UP_TO_BRACKET.match(window.data, window.at + offset)
            offset = passed.end() - window.at if passed else offset
            if bound is not None and offset > bound:
                return 0, "another record begins inside it"
            bracket = window.data[window.at + offset : window.at + offset + 1]
            if bracket in {b"", b'"'}:
                seen = len(window.data) - window.at
                flaw = self._find_text_flaw(offset)
                if flaw:
                    return 0, flaw
                if is_known and bound is None:
                    bound = self._find_opening(max(1, seen - _IN_SIGHT))
                continue
            offset += 1
            depth += 1 if bracket in {b"[", b"{"} else -1
            if depth <= 0:
                return (0, _TOO_LARGE) if offset > MAX_RECORD_BYTES else (offset, "")
            if is_page and bracket == b"[" and depth == _INSIDE_PAGE and self._is_list(offset - 1):
                return offset, "["

    def _find_text_flaw(self, offset: int) -> str:
        """Bring the rest of a text or record into sight; return why there is none, "" where there is."""
        window = self._window
        unclosed = _UNCLOSED.match(window.data, window.at + offset)
        if unclosed and window.data[unclosed.end() : unclosed.end() + 2] not in {b"", b"\\"}:
            return "a line ends inside a text"
        if len(window.data) - window.at > MAX_RECORD_BYTES:
            return _TOO_LARGE
        return "" if window.fill() else "the file ends in the middle of it"

    def _find_scalar_end(self) -> tuple[int, str]:
        window = self._window
        while True:
            scalar = _SCALAR.match(window.data, window.at)
            if scalar and scalar.end() < len(window.data):
                return scalar.end() - window.at, ""
            flaw = self._find_text_flaw(0)
            if flaw:
                return (scalar.end() - window.at, "") if scalar else (0, flaw)

    def _begins_record(self) -> bool:
        self._window.see(_IN_SIGHT)
        return self._opening.match(self._window.data, self._window.at) is not None

    def _find_opening(self, start: int) -> int | None:
        opening = self._opening.search(self._window.data, self._window.at + start)
        return opening.start() - self._window.at if opening else None

    def _is_list(self, offset: int) -> bool:
        place = self._window.at + offset
        return self._list_start.search(self._window.data[max(self._window.at, place - _IN_SIGHT) : place]) is not None

    def _cut(self, offset: int) -> Record:
        window = self._window
        window.at += offset
        return Record(window.data[window.at - offset : window.at])

    def _skip(self, flaw: str) -> Gap:
        """Go on with the next record that begins behind the one at hand."""
        window, offset = self._window, 1
        while True:
            opening = self._opening.search(window.data, window.at + offset)
            if opening:
                window.at = opening.start()
                return Gap(flaw)
            window.at = max(window.at + offset, len(window.data) - _IN_SIGHT)
            offset = 0
            if not window.fill():
                window.at = len(window.data)
                return Gap(flaw, is_end=True)
