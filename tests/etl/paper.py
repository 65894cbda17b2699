"""One invented paper, as its record and as its row; PMID 99000031 cannot be real."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from etl.articles import Row, build_article_row
from models.article import Article, Author, Correction
from models.partial_date import parse_partial_date

PAPER = Article(
    pmid="99000031",
    version=1,
    title="Zelbarimab in NSCLC.",
    abstract="We gave zelbarimab.",
    journal="J Fict Oncol",
    pub_date=parse_partial_date("2026-02"),
    pub_date_text="2026 Feb",
    entrez_date=dt.date(2026, 2, 10),
    publication_types=("Journal Article",),
    authors=(Author(last_name="Person", initials="AB"), Author(collective_name="The ZELDA Group")),
    databank_nct_ids=("NCT99000101",),
    text_nct_ids=("NCT99000102", "NCT99000101"),
)
RETRACTION = Correction("RetractionIn", "99000040")


def held(article: Article = PAPER) -> Row:
    """Return the row of a paper as the warehouse holds it."""
    return build_article_row(article, 1)


def revise(**parts: Any) -> Article:
    """Return the paper with some parts otherwise."""
    return msgspec.structs.replace(PAPER, **parts)
