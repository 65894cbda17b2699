"""Parses citations that were chosen out of a file, each with what it says. It chooses none."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from extractors.pubmed.document import SOURCE
from extractors.pubmed.parse import parse
from extractors.pubmed.scan import Citation, wrap
from models.article import Article, Deletion
from models.errors import ContractError, SourceError

Record = Article | Deletion | ContractError


def parse_citations(citations: Sequence[Citation], source: str = SOURCE) -> Iterator[tuple[Citation, Record]]:
    """Yield each record of some citations, in their order, with the citation it came of.

    Those of the usual shape are one record each, and are parsed together: a parser for each costs more than parsing.

    Raises:
        SourceError: one of them is no XML, and so its file is none. The message names it.
    """
    together = iter(_parse_together([citation for citation in citations if citation.is_usual], source))
    for citation in citations:
        records = [next(together)] if citation.is_usual else _parse_one(citation, source)
        yield from ((citation, record) for record in records)


def _parse_together(citations: Sequence[Citation], source: str) -> list[Record]:
    body = wrap([citation.body for citation in citations])
    try:
        # As a stream: of a page at hand a record that is no XML would be left out.
        records = list(parse(io.BytesIO(body), source)) if citations else []
    except SourceError:
        records = []
    if len(records) == len(citations):
        return records
    return [_parse_one(citation, source)[0] for citation in citations]


def _parse_one(citation: Citation, source: str) -> list[Record]:
    try:
        return list(parse(io.BytesIO(wrap([citation.body])), source))
    except SourceError as error:
        place = f"PMID {citation.pmid}: " if citation.pmid else ""
        raise SourceError(source, f"{place}{error.reason}", "download it again") from error
