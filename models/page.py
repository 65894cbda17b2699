"""What one exchange with a source brought: bytes, where from, when, and where its records lie."""

from __future__ import annotations

import datetime as dt

import msgspec


class RecordSpan(msgspec.Struct, frozen=True):
    """Where one record lies in a page's body, as byte offsets.

    `stamp_start`/`stamp_end` delimit a value inside it that the source restamps on every release without an
    edit (the registry's `versionHolder`); both are -1 where there is none.
    """

    start: int
    end: int
    stamp_start: int = -1
    stamp_end: int = -1


class Page(msgspec.Struct, frozen=True):
    """One answer as it came, before anyone interprets it.

    `request` says what was asked, free of secrets. `records` may be empty (an index, an error, an unreadable body).
    """

    source: str
    item: str
    number: int
    url: str
    request: str
    status: int
    content_type: str
    fetched_at: dt.datetime
    body: bytes
    records: tuple[RecordSpan, ...] = ()


class Proof(msgspec.Struct, frozen=True):
    """Is one item's extraction complete? `expected` and `received` count unique records; `reason` says why not."""

    item: str
    is_proved: bool
    expected: int | None
    received: int
    reason: str = ""
