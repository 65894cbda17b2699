from __future__ import annotations

import gzip
import html
from collections import Counter
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


def find(element: ET.Element | None, path: str) -> list[str]:
    """The visible texts at a path that have some."""
    return [text for part in (element.findall(path) if element is not None else []) if (text := fold(part))]


def list_seen(record: ET.Element) -> dict[str, object]:
    """What the fields of a record are, read anew and simply by another parser: one path a field."""
    citation = record.find("MedlineCitation")
    article = record.find("MedlineCitation/Article")
    assert citation is not None
    assert article is not None
    own = {one.get("IdType"): fold(one) for one in reversed(record.findall("PubmedData/ArticleIdList/ArticleId"))}
    entrez = record.find("PubmedData/History/PubMedPubDate[@PubStatus='entrez']")
    authors = [author for author in article.findall("AuthorList/Author") if author.get("ValidYN") != "N"]
    ties = citation.findall("CommentsCorrectionsList/CommentsCorrections")
    return {
        "pmid": fold(citation.find("PMID")),
        "title": fold(article.find("ArticleTitle")),
        "vernacular_title": fold(article.find("VernacularTitle")),
        "journal": fold(article.find("Journal/Title")),
        "pub_date_text": " ".join(find(article, "Journal/JournalIssue/PubDate/*")),
        "entrez_date": tuple(int(fold(part)) for part in entrez[:3]) if entrez is not None else None,
        "publication_types": find(article, "PublicationTypeList/PublicationType"),
        "languages": find(article, "Language"),
        "names": [
            (
                fold(one.find("LastName")),
                fold(one.find("ForeName")),
                fold(one.find("Initials")),
                fold(one.find("Suffix")),
            )
            for one in authors
        ],
        "groups": [fold(one.find("CollectiveName")) for one in authors],
        # The address before an ORCID varies, its last four groups do not.
        "orcids": [fold(one.find("Identifier[@Source='ORCID']"))[-19:].replace("-", "") for one in authors],
        # One record of 2012 has its only affiliation beside the authors: it is the first author's.
        "affiliations": [
            find(one, "AffiliationInfo/Affiliation") or (find(article, "Affiliation") if one is authors[0] else [])
            for one in authors
        ],
        "sections": [
            (fold(part), part.get("Label", ""), part.get("NlmCategory", ""))
            for part in article.findall("Abstract/AbstractText")
            if fold(part)
        ],
        "other_abstracts": [
            (" ".join(find(part, "AbstractText")), part.get("Type", ""), part.get("Language", ""))
            for part in citation.findall("OtherAbstract")
        ],
        "mesh": [
            (fold(part.find("DescriptorName")), find(part, "QualifierName"))
            for part in citation.findall("MeshHeadingList/MeshHeading")
        ],
        "keywords": find(citation, "KeywordList/Keyword"),
        "chemicals": [
            (fold(part.find("NameOfSubstance")), fold(part.find("RegistryNumber")))
            for part in citation.findall("ChemicalList/Chemical")
        ],
        "grants": [
            (fold(part.find("GrantID")), fold(part.find("Agency")), fold(part.find("Country")))
            for part in article.findall("GrantList/Grant")
        ],
        "doi": own.get("doi") or next(iter(find(article, "ELocationID[@EIdType='doi']")), ""),
        "pmcid": own.get("pmc", ""),
        "accessions": sorted(text for text in find(article, "DataBankList//AccessionNumber") if text[:3] == "NCT"),
        "corrections": [(tie.get("RefType"), fold(tie.find("PMID"))) for tie in ties if tie.get("RefType") != "Cites"],
    }


def list_read(article: Article) -> dict[str, object]:
    """The same of the article as parsed."""
    return {
        "pmid": article.pmid,
        "title": article.title,
        "vernacular_title": article.vernacular_title,
        "journal": article.journal,
        "pub_date_text": article.pub_date_text,
        "entrez_date": article.entrez_date.timetuple()[:3] if article.entrez_date else None,
        "publication_types": list(article.publication_types),
        "languages": list(article.languages),
        "names": [(one.last_name, one.fore_name, one.initials, one.suffix) for one in article.authors],
        "groups": [one.collective_name for one in article.authors],
        "orcids": [one.orcid.replace("-", "") for one in article.authors],
        "affiliations": [list(one.affiliations) for one in article.authors],
        "sections": [(one.text, one.label, one.nlm_category) for one in article.abstract_sections],
        "other_abstracts": [(one.text, one.kind, one.language) for one in article.other_abstracts],
        "mesh": [(one.descriptor, list(one.qualifiers)) for one in article.mesh],
        "keywords": list(article.keywords),
        "chemicals": [(one.name, one.registry_number) for one in article.chemicals],
        "grants": [(one.grant_id, one.agency, one.country) for one in article.grants],
        "doi": article.doi,
        "pmcid": article.pmcid,
        "accessions": sorted(article.databank_nct_ids),
        "corrections": [(tie.ref_type, tie.pmid) for tie in article.corrections],
    }


def test_every_field_of_every_recorded_article_is_what_another_parser_sees(body: bytes) -> None:
    found = [record for record in parse(body) if isinstance(record, Article)]
    records = ET.fromstring(body).findall("PubmedArticle")  # noqa: S314  a recording we hold
    filled: Counter[str] = Counter()
    for article, record in zip(found, records, strict=True):
        read = list_read(article)
        assert read == list_seen(record), article.pmid
        filled.update(name for name, value in read.items() if value and (not isinstance(value, list) or any(value)))
    # Each field stands in some record, or comparing it would prove nothing.
    assert set(filled) == set(read)


def test_the_recorded_articles_read_the_same_in_batches_and_one_by_one(body: bytes) -> None:
    assert list(parse(b"\xef\xbb\xbf" + body)) == list(parse(body))


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
