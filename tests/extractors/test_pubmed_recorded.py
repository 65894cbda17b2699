from __future__ import annotations

import gzip
import html
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from extractors.pubmed.envelope import parse_search
from extractors.pubmed.parse import find_record_spans, parse
from models.article import Article
from models.errors import SourceError


@pytest.fixture
def body(shared: Path) -> bytes:
    return gzip.decompress((shared / "recorded" / "articles.xml.gz").read_bytes())


def fold(element: ET.Element | None) -> str:
    """What is seen, by another parser."""
    return "" if element is None else " ".join(html.unescape("".join(element.itertext())).split())


def test_every_recorded_article_parses_to_its_visible_text(body: bytes) -> None:
    found = [record for record in parse(body) if isinstance(record, Article)]
    seen = ET.fromstring(body).findall("PubmedArticle/MedlineCitation")  # noqa: S314  a recording we hold
    assert len(found) == len(seen) == 180
    for article, citation in zip(found, seen, strict=True):
        texts = [fold(part) for part in citation.findall("Article/Abstract/AbstractText")]
        assert article.pmid == fold(citation.find("PMID"))
        assert article.title == fold(citation.find("Article/ArticleTitle"))
        assert article.abstract == " ".join(text for text in texts if text)


def test_every_recorded_article_has_a_date_and_an_entry_day(body: bytes) -> None:
    found = [record for record in parse(body) if isinstance(record, Article)]
    assert all(article.pub_date and article.entrez_date for article in found)


def test_recorded_retractions_are_told_from_their_notices(body: bytes) -> None:
    found = [record for record in parse(body) if isinstance(record, Article)]
    retracted = {article.pmid for article in found if article.is_retracted}
    notices = {article.pmid for article in found if "Retraction of Publication" in article.publication_types}
    of_another = {article.pmid for article in found for tie in article.corrections if tie.ref_type == "RetractionOf"}
    assert (len(retracted), len(notices)) == (3, 4)
    assert retracted.isdisjoint(notices | of_another)


def test_every_recorded_page_can_be_cut_into_its_records(body: bytes) -> None:
    spans = find_record_spans(body)
    assert len(spans) == 180
    assert [next(parse(body[span.start : span.end])) for span in spans] == list(parse(body))


@pytest.mark.parametrize(
    ("name", "count", "ids"),
    [("esearch1", 63, 20), ("esearch2", 42_249, 100), ("esearch3", 2_651, 6), ("esearch8", 0, 0)],
)
def test_a_recorded_search_says_how_many_and_which(shared: Path, name: str, count: int, ids: int) -> None:
    found = parse_search((shared / "recorded" / "eutils" / f"biopython_{name}.xml").read_bytes())
    assert (found.count, len(found.ids)) == (count, ids)


def test_a_recorded_search_with_history_has_its_handle(shared: Path) -> None:
    found = parse_search((shared / "recorded" / "eutils" / "biopython_esearch2.xml").read_bytes())
    assert found.webenv.startswith("MCID_")
    assert found.query_key == "1"


def test_a_recorded_phrase_not_found_is_a_warning(shared: Path) -> None:
    found = parse_search((shared / "recorded" / "eutils" / "biopython_esearch8.xml").read_bytes())
    assert [warning.partition(":")[0] for warning in found.warnings] == ["PhraseNotFound", "OutputMessage"]


@pytest.mark.parametrize("name", ["biomcp_rate_limit_429.json", "biopython_epost2.xml", "biopython_espell.xml"])
def test_a_recorded_answer_of_another_kind_is_never_zero_hits(shared: Path, name: str) -> None:
    with pytest.raises(SourceError):
        parse_search((shared / "recorded" / "eutils" / name).read_bytes())
