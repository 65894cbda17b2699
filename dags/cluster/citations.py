"""What a worker makes of a file of PubMed: a Parquet file of its parsed and tagged citations. It knows no warehouse.

Pure but for the files: the same file and question give the same rows. Of the citations in which nothing watched can
stand only the numbers are told. What is wrong with the file is told, not raised: to read it again would not mend it.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import fsspec
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from dags.cluster.question import Reader, read_question
from dags.cluster.rows import Fault, Identity, Reading, ReadRecord, Record
from dags.cluster.staging import name_rows
from etl.articles import build_article_row
from etl.tagging.fields import build_article_fields
from extractors.containers import ClosedPart, DamagedError, open_parts
from extractors.pubmed.chosen import parse_citations
from extractors.pubmed.document import SOURCE
from extractors.pubmed.files import check_md5
from extractors.pubmed.scan import Citation, read_citations
from models.article import Article, Deletion
from models.errors import ContractError, SourceError
from models.mention import Mention

SCHEMA = pa.schema(
    {
        "batch": pa.int64(),
        "pmid": pa.string(),  # where the citation is of the usual shape, else ""
        "is_suspect": pa.bool_(),
        "body": pa.binary(),
        "kind": pa.string(),  # article, deletion, error
        "record": pa.binary(),
        "content_hash": pa.string(),
        "mentions": pa.binary(),
    }
)


def identify(url: str) -> Identity:
    """Return what tells a file from others; its checksum is compared, where one lies beside it.

    Raises:
        OSError: the file cannot be reached; another try may help.
    """
    with _fetch(url) as path:
        return _identify(path)


def read_file(url: str, question_url: str, folder: str, also: Sequence[str] = ()) -> Reading:
    """Read a file and write its rows into `folder`; `also` are papers taken besides those of the question.

    Raises:
        OSError: the file cannot be reached, or the rows cannot be written; another try may help.
    """
    reader = read_question(question_url)
    rows = name_rows(folder)
    choosing = _Choosing(reader, frozenset(also))
    with _fetch(url) as path:
        identity = _identify(path)
        if identity.fault:
            return Reading(identity)
        with fsspec.open(rows, "wb") as sink, pq.ParquetWriter(sink, SCHEMA) as writer:
            fault = _read_into(writer, path, choosing, reader)
    told = msgspec.structs.replace(identity, fault=fault)
    return Reading(told, rows, choosing.citations, sorted(choosing.left_out))


def _identify(path: Path) -> Identity:
    try:
        return Identity(path.stat().st_size, check_md5(path))
    except DamagedError as error:
        return Identity(path.stat().st_size, "", Fault(error.reason, error.remedy))


def _read_into(writer: pq.ParquetWriter, path: Path, choosing: _Choosing, reader: Reader) -> Fault | None:
    try:
        for number, batch in enumerate(_read_batches(path)):
            _write(writer, number, choosing.choose(batch), reader)
    except SourceError as error:
        return Fault(error.reason, error.hint)
    except DamagedError as error:
        return Fault(error.reason, error.remedy)
    return None


def _write(
    writer: pq.ParquetWriter, number: int, found: Iterator[tuple[Citation, Record, bool]], reader: Reader
) -> None:
    """Write the rows of a batch; those before a fault are written too."""
    rows: list[dict[str, Any]] = []
    try:
        rows.extend(_build_row(one, reader) | {"batch": number} for one in found)
    finally:
        if rows:
            writer.write_table(pa.Table.from_pylist(rows, schema=SCHEMA))


def read_rows(url: str) -> Iterator[ReadRecord]:
    """Yield the rows of a reading, in the order of the file."""
    with fsspec.open(url, "rb") as file:
        for batch in pq.ParquetFile(file).iter_batches(batch_size=1000):
            for row in batch.to_pylist():
                body = row["body"]
                text = "" if row["pmid"] else None
                citation = Citation(row["pmid"], text, body, 0, len(body))
                tags = (row["content_hash"], row["mentions"])
                yield ReadRecord(row["batch"], citation, _read_record(row), row["is_suspect"], *tags)


class _Choosing:
    """Chooses what is worth parsing, as `FileLoading` does; it may choose more, never less."""

    def __init__(self, reader: Reader, also: frozenset[str]) -> None:
        self.citations = 0
        self.left_out: set[int] = set()
        self._reader = reader
        self._also = also
        self._suspects: set[str] = set()

    def choose(self, batch: Sequence[Citation]) -> Iterator[tuple[Citation, Record, bool]]:
        """Yield the records chosen, each with its citation and whether something watched may stand under its number."""
        suspects = self._reader.scan.find_suspects([citation.text or "" for citation in batch])
        own = {citation.pmid for citation, is_suspect in zip(batch, suspects, strict=True) if is_suspect}
        self._suspects |= own
        chosen = []
        for citation in batch:
            self.citations += citation.is_usual
            if not citation.is_usual or self._is_chosen(citation.pmid):
                chosen.append(citation)
            else:
                self.left_out.add(int(citation.pmid))
        for citation, record in parse_citations(chosen):
            if isinstance(record, Article):
                self._suspects.add(record.pmid)
            yield citation, record, citation.pmid in own

    def _is_chosen(self, pmid: str) -> bool:
        question = self._reader.question
        return question.is_everything or pmid in self._suspects or pmid in question.wanted or pmid in self._also


def _read_batches(path: Path) -> Iterator[list[Citation]]:
    for part in open_parts(path):
        if isinstance(part, ClosedPart):
            raise SourceError(SOURCE, part.reason, part.remedy)
        yield from read_citations(part)


def _build_row(found: tuple[Citation, Record, bool], reader: Reader) -> dict[str, Any]:
    citation, record, is_suspect = found
    row: dict[str, Any] = {
        "pmid": citation.pmid if citation.is_usual else "",
        "is_suspect": is_suspect,
        "body": citation.body,
    }
    if isinstance(record, ContractError):
        told = [record.source, record.record, record.path, record.reason]
        return row | {"kind": "error", "record": msgspec.msgpack.encode(told)}
    row["record"] = msgspec.msgpack.encode(record)
    if isinstance(record, Deletion):
        return row | {"kind": "deletion"}
    held = build_article_row(record, 0)
    mentions: list[Mention] = list(
        reader.tagger.tag(build_article_fields(held["title"], held["abstract"], held["abstract_sections"]))
    )
    tags = {"content_hash": held["content_hash"], "mentions": msgspec.json.encode(mentions)}
    return row | {"kind": "article"} | tags


def _read_record(row: dict[str, Any]) -> Record:
    match row["kind"]:
        case "article":
            return msgspec.msgpack.decode(row["record"], type=Article)
        case "deletion":
            return msgspec.msgpack.decode(row["record"], type=Deletion)
        case _:
            return ContractError(*msgspec.msgpack.decode(row["record"], type=list[str]))


@contextlib.contextmanager
def _fetch(url: str) -> Iterator[Path]:
    """Have a file at hand: one of an object store is copied here for the while, its checksum beside it."""
    source, place = fsspec.core.url_to_fs(url)
    if "file" in (source.protocol if isinstance(source.protocol, tuple) else (source.protocol,)):
        yield Path(place)
        return
    with tempfile.TemporaryDirectory(prefix="trialwatch-") as folder:
        path = Path(folder) / place.rpartition("/")[2]
        source.get_file(place, str(path))
        if source.exists(f"{place}.md5"):
            source.get_file(f"{place}.md5", f"{path}.md5")
        yield path
