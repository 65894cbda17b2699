"""The lines of a manifest: what was asked, what came, what was noted. They know no folder."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec


class Asked(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was asked for, free of secrets, in the order of asking; `location` and `answered_by` are the answer's."""

    number: int
    source: str
    method: str
    url: str
    content: str = ""
    location: str = ""
    answered_by: str = ""


class Failure(msgspec.Struct, frozen=True):
    """That a source did not answer: the kind of error, its reason, what to do."""

    kind: str
    reason: str
    hint: str


class LandedExchange(msgspec.Struct, frozen=True, tag="exchange", omit_defaults=True):
    """One question, and its answer where that became no page; or that there was none."""

    asked: Asked
    status: int = 0
    content_type: str = ""
    body: bytes = b""
    failure: Failure | None = None
    text: str = ""


class LandedPage(msgspec.Struct, frozen=True, tag="page", omit_defaults=True):
    """One page, with the stamps that were masked (one for all where they agree).

    A page that holds no records (an index, an error) stands in the line itself, as `body`; one kept as a whole under
    its hash is named by `whole`. `asked` is the question that it answers; a page out of a file answers none.
    """

    source: str
    item: str
    number: int
    url: str
    request: str
    status: int
    content_type: str
    fetched_at: str
    stamps: list[str | None]
    skeleton: str = ""
    body: bytes = b""
    asked: Asked | None = None
    text: str = ""
    whole: str = ""


class LandedNote(msgspec.Struct, frozen=True, tag="note"):
    """What is no page: the run's settings and clock, a release, a probe, a failure."""

    kind: str
    content: dict[str, Any]


Line = LandedPage | LandedExchange | LandedNote


def write_line(line: Line) -> bytes:
    """Return a line as it is stored. A body that is text stands there as `text`: two that are alike look alike then."""
    if not isinstance(line, LandedNote) and line.body:
        with contextlib.suppress(UnicodeDecodeError):  # else it stands there in base 64
            line = msgspec.structs.replace(line, body=b"", text=line.body.decode())
    return msgspec.json.encode(line) + b"\n"


def read_line(stored: bytes) -> Line:
    """Return a stored line, its answer in `body`.

    Raises:
        msgspec.DecodeError: it is none.
    """
    line: Line = msgspec.json.decode(stored, type=Line)
    if isinstance(line, LandedNote) or not line.text:
        return line
    return msgspec.structs.replace(line, body=line.text.encode(), text="")
