"""What workers and the one who asks them say to each other of a file of PubMed. It reads none."""

from __future__ import annotations

import msgspec

from extractors.pubmed.scan import Citation
from models.article import Article, Deletion
from models.errors import ContractError

Record = Article | Deletion | ContractError


class Fault(msgspec.Struct, frozen=True):
    """Why a file could not be read on, in the words of who found it."""

    reason: str
    remedy: str


class Identity(msgspec.Struct, frozen=True):
    """A file's size and MD5; or the fault for which it is refused."""

    size: int
    md5: str
    fault: Fault | None = None


class Reading(msgspec.Struct, frozen=True):
    """What was read of a file: where its rows lie, how many usual citations it has, and the numbers of those left out.

    The rows are those before the fault of its identity, where there is one.
    """

    identity: Identity
    rows: str = ""
    citations: int = 0
    left_out: list[int] = []


class ReadRecord(msgspec.Struct, frozen=True):
    """One record of a file, as `FileLoading` takes it, with its tags: of an article, None else.

    `batch` is which of the pieces it stood in that `read_citations` gives.
    """

    batch: int
    citation: Citation
    record: Record
    is_suspect: bool
    content_hash: str | None
    mentions: bytes | None
