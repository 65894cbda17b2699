"""Parses citations that were chosen out of a file, each with what it says. It chooses none."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence

from extractors.pubmed.document import OPENING, SOURCE, UnreadableError
from extractors.pubmed.parse import parse
from extractors.pubmed.scan import Citation, wrap
from models.article import Article, Deletion
from models.errors import ContractError, SourceError

Record = Article | Deletion | ContractError
NOT_XML = "$"  # the path of what is set aside because no parser reads it
_PMID = re.compile(rb"<PMID[^<>]*>\s*([1-9][0-9]{0,9})\s*</PMID>")


def parse_citations(citations: Sequence[Citation]) -> Iterator[tuple[Citation, Record]]:
    """Yield each record of some citations, in their order, with the citation it came of.

    Those of the usual shape are one record each, and are parsed together: a parser for each costs more than parsing.
    One that no parser reads (nested without end, tags that do not match) comes as a ContractError at `NOT_XML`.

    Raises:
        SourceError: what cannot be read has no number, or holds the beginning of another record: then it is the file
            that cannot be read. The message names it.
    """
    together = iter(_parse_together([citation for citation in citations if citation.is_usual]))
    for citation in citations:
        records = [next(together)] if citation.is_usual else _parse_one(citation)
        yield from ((citation, record) for record in records)


def _parse_together(citations: Sequence[Citation]) -> list[Record]:
    body = wrap([citation.body for citation in citations])
    try:
        # As a stream: of a page at hand a record that is no XML would be left out.
        records = list(parse(io.BytesIO(body))) if citations else []
    except SourceError:
        records = []
    if len(records) == len(citations):
        return records
    return [_parse_one(citation)[0] for citation in citations]


def _parse_one(citation: Citation) -> list[Record]:
    try:
        return list(parse(io.BytesIO(wrap([citation.body]))))
    except SourceError as error:
        pmid = citation.pmid or _find_pmid(citation.body)
        if isinstance(error, UnreadableError) and pmid and not _holds_another(citation.body):
            return [ContractError(SOURCE, f"PMID {pmid}", NOT_XML, error.reason)]
        place = f"PMID {pmid}: " if pmid else ""
        raise SourceError(SOURCE, f"{place}{error.reason}", "download it again") from error


def _find_pmid(body: bytes) -> str:
    found = _PMID.search(body)
    return found[1].decode() if found else ""


def _holds_another(body: bytes) -> bool:
    """Tell whether a record was not closed before the next one began."""
    first = OPENING.match(body)
    return first is None or len(re.findall(rb"<%s[\s>]" % first[1], body)) > 1
