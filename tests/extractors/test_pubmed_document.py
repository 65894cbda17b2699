from __future__ import annotations

import gzip
import io
import itertools
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isal import igzip

from extractors.pubmed.document import find_record_spans
from extractors.pubmed.parse import parse
from models.article import Article
from models.errors import ContractError, SourceError
from tests.extractors.pubmed_xml import BOOK_CHAPTER, write_article, write_citation, write_set

ENTITIES = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 12))
BOMB = f'<!DOCTYPE PubmedArticleSet [<!ENTITY e0 "lol">{ENTITIES}]><PubmedArticleSet{{}}</PubmedArticleSet>'
WHOLE = write_set(write_article("99000001"), write_article("99000002"))
LATIN = WHOLE.decode().replace("Samples", "\N{LATIN SMALL LETTER E WITH ACUTE}tudes")
HOSTILE = {
    "an entity bomb in a text": BOMB.format(f">{write_article(inside_article='<ArticleTitle>&e11;</ArticleTitle>')}"),
    "an entity bomb in an attribute": BOMB.format(' a="&e11;">'),
    "an external entity": (
        '<!DOCTYPE PubmedArticleSet [<!ENTITY x SYSTEM "file:///etc/hostname">]><PubmedArticleSet>'
        + write_article(inside_article="<ArticleTitle>&x;</ArticleTitle>")
        + "</PubmedArticleSet>"
    ),
    "an external parameter entity": (
        '<!DOCTYPE PubmedArticleSet [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]><PubmedArticleSet/>'
    ),
    "an entity nobody declared": "<PubmedArticleSet>&x;</PubmedArticleSet>",
    "nesting without end": f"<PubmedArticleSet>{'<i>' * 100_000}",
    "Latin-1, declared": LATIN.replace("UTF-8", "iso-8859-1").encode("latin-1"),
    "Latin-1, undeclared": LATIN.encode("latin-1"),
    "UTF-16": WHOLE.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "an unknown encoding's bytes": WHOLE.replace(b"Samples", b"S\xff\xfemples"),
    "a control character": WHOLE.replace(b"Samples", b"S\x01mples"),
    "a cut file": WHOLE[:-30],
    "cut within a tag": WHOLE[: WHOLE.index(b"Journal") - 3],
    "nothing": b"",
    "blanks": b" \n ",
    "HTML": b"<!DOCTYPE html><html><body><p>Bad gateway</body></html>",
    "well-formed HTML": b"<html><body>Bad gateway</body></html>",
    "JSON": b'{"error":"API rate limit exceeded"}',
    "another document": b"<eSearchResult><Count>0</Count></eSearchResult>",
    "an error instead of records": b"<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>",
    "two documents": WHOLE + b"<PubmedArticleSet/>",
}  # fmt: skip


@pytest.mark.parametrize("body", [pytest.param(body, id=name) for name, body in HOSTILE.items()])
def test_a_document_that_is_not_what_it_should_be_is_refused_as_a_whole(body: str | bytes) -> None:
    started = time.monotonic()
    with pytest.raises(SourceError, match=r"^pubmed: "):
        list(parse(body if isinstance(body, bytes) else body.encode()))
    assert time.monotonic() - started < 30


def test_a_local_file_is_never_read_into_a_title() -> None:
    found = []
    with pytest.raises(SourceError, match="entities of its own"):
        found += list(parse(str(HOSTILE["an external entity"]).encode()))
    assert found == []


@pytest.mark.parametrize("place", ["<i a='&zeb;'/>", "&zeb;"])
def test_an_entity_that_nobody_declared_is_named(place: str) -> None:
    with pytest.raises(SourceError, match="an entity that nobody declared: Entity 'zeb' not defined"):
        list(parse(f"<PubmedArticleSet>{place}</PubmedArticleSet>".encode()))
    with pytest.raises(SourceError) as other:
        list(parse(b"<PubmedArticleSet><i></PubmedArticleSet>"))
    assert "entity" not in str(other.value)


def test_none_of_the_ids_asked_for_is_an_answer_without_records() -> None:
    none = b"<eFetchResult>\n\t<ERROR>ID list is empty! Possibly it has no correct IDs.</ERROR>\n</eFetchResult>"
    assert list(parse(none)) == []


def test_records_before_the_cut_of_a_file_arrive_before_the_error() -> None:
    many = write_set(*(write_article(str(99_000_000 + number)) for number in range(500)))
    records = parse(many[:-100])
    assert len(list(itertools.islice(records, 300))) == 300
    with pytest.raises(SourceError, match="unreadable XML"):
        list(records)


def test_a_stream_reads_as_its_bytes_do() -> None:
    assert list(parse(io.BytesIO(WHOLE))) == list(parse(WHOLE))


def test_a_compressed_file_that_breaks_off_is_named_unreadable() -> None:
    packed = gzip.compress(WHOLE)
    with gzip.open(io.BytesIO(packed)) as whole:
        assert len(list(parse(whole))) == 2
    for broken in (packed[:-10], b"no gzip at all", packed[:40] + bytes(40) + packed[80:]):
        with gzip.open(io.BytesIO(broken)) as stream, pytest.raises(SourceError, match="unreadable"):
            list(parse(stream))


OPEN_IGZIP: Any = igzip.open  # which has no types


@pytest.mark.parametrize("place", [0, 40, -6])
def test_a_stream_of_igzip_that_is_damaged_is_named_unreadable(place: int) -> None:
    packed = bytearray(gzip.compress(WHOLE))
    with OPEN_IGZIP(io.BytesIO(bytes(packed))) as whole:
        assert len(list(parse(whole))) == 2
    packed[place] ^= 0xFF
    with OPEN_IGZIP(io.BytesIO(bytes(packed))) as stream, pytest.raises(SourceError, match="unreadable"):
        list(parse(stream))
    with (
        OPEN_IGZIP(io.BytesIO(gzip.compress(WHOLE)[:-10])) as cut,
        pytest.raises(SourceError, match="unreadable"),
    ):
        list(parse(cut))


ROOT = Path(__file__).parents[2]
MEMORY = """
import resource, sys
from extractors.pubmed.parse import parse
from models.errors import ContractError, SourceError
from tests.extractors.pubmed_xml import write_abstract, write_article
from tests.extractors.test_pubmed_document import HOSTILE

class Endless:
    def __init__(self, records):
        record = write_article("99000001", write_abstract("word " * 400)).encode()
        self.parts = [b"<PubmedArticleSet>", *[record] * records, b"</PubmedArticleSet>"]
        self.place = 0
    def read(self, size):
        part = self.parts[self.place : self.place + size // 3000]
        self.place += len(part)
        return b"".join(part)
    def seek(self, place):
        self.place = place

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

list(parse(Endless(100)))
before = peak()
count = sum(1 for _ in parse(Endless(8_000)))
for body in HOSTILE.values():
    try:
        list(parse(body if isinstance(body, bytes) else body.encode()))
    except SourceError:
        count += 1
print(count, peak() - before)
"""


def test_twenty_megabytes_of_records_and_every_bomb_take_no_more_memory_than_a_page() -> None:
    done = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True, cwd=ROOT)
    count, mebibytes = map(int, done.stdout.split())
    assert count == 8_000 + len(HOSTILE)
    assert mebibytes < 10


def test_spans_are_the_records_in_order() -> None:
    body = write_set(
        write_article("99000001"),
        BOOK_CHAPTER,
        write_citation("99000002"),
        "<DeleteCitation><PMID>99000003</PMID></DeleteCitation>",
    )
    cut = [body[span.start : span.end] for span in find_record_spans(body)]
    assert [record[:16] for record in cut] == [
        b"<PubmedArticle><",
        b"<PubmedBookArtic",
        b"<MedlineCitation",
        b"<DeleteCitation>",
    ]
    assert [record[-8:] for record in cut] == [b"Article>", b"Article>", b"itation>", b"itation>"]


def test_each_span_parses_to_what_the_page_holds_there() -> None:
    body = write_set(*(write_article(f"9900000{number}") for number in range(1, 6)))
    alone = [record for span in find_record_spans(body) for record in parse(body[span.start : span.end])]
    assert alone == list(parse(body))
    assert all(isinstance(record, Article) for record in alone)


def test_a_record_that_never_closes_has_no_span_and_costs_no_time() -> None:
    started = time.monotonic()
    assert find_record_spans(b"<PubmedArticle><BookDocument>" * 300_000) == ()
    assert time.monotonic() - started < 30


TAGS = [b"<PubmedArticle>", b"</PubmedArticle>", b"<MedlineCitation ", b"</MedlineCitation>", b"x"]


@given(st.lists(st.sampled_from(TAGS)))
def test_spans_never_overlap(parts: list[bytes]) -> None:
    body = b"".join(parts)
    places = [place for span in find_record_spans(body) for place in (span.start, span.end)]
    assert places == sorted(places)
    assert all(body[span.end - 1 : span.end] == b">" for span in find_record_spans(body))


LONG = "x" * (11 << 20)
BROKEN = {
    "nested without measure": f"<ArticleTitle>{'<i>' * 5_000}{'</i>' * 5_000}</ArticleTitle>",
    "an overlong text": f"<ArticleTitle>{LONG}</ArticleTitle>",
    "an overlong attribute": f'<ArticleTitle a="{LONG}{LONG}"/>',
    "a control character": "<ArticleTitle>S\x01mple</ArticleTitle>",
    "tags that cross": "<ArticleTitle><i>a<b>b</i></b></ArticleTitle>",
    "a bare ampersand": "<ArticleTitle>R & D</ArticleTitle>",
}


@pytest.mark.parametrize("inside", [pytest.param(text, id=name) for name, text in BROKEN.items()])
def test_of_a_page_one_record_that_is_no_xml_is_named_and_the_rest_is_read(inside: str) -> None:
    body = write_set(write_article("99000001"), write_article("99000002", inside), write_article("99000003"))
    found = list(parse(body))
    assert sorted(one.pmid for one in found if isinstance(one, Article)) == ["99000001", "99000003"]
    (flaw,) = [one for one in found if isinstance(one, ContractError)]
    assert str(flaw).startswith("pubmed: PMID 99000002: PubmedArticle: ")
    assert "unreadable XML: " in str(flaw) or "more than 16 MB" in str(flaw)


def test_a_page_of_one_record_that_is_no_xml_is_a_page_with_one_flaw() -> None:
    (flaw,) = parse(write_set(write_article("99000001", BROKEN["nested without measure"])))
    assert str(flaw).startswith("pubmed: PMID 99000001: PubmedArticle: unreadable XML: Excessive depth")


def test_of_a_page_one_byte_of_another_encoding_costs_its_record() -> None:
    body = write_set(
        *(write_article(f"9900000{number}", f"<ArticleTitle>t{number}</ArticleTitle>") for number in "123")
    )
    found = list(parse(body.replace(b"t2", b"caf\xe9")))
    assert [one.pmid for one in found if isinstance(one, Article)] == ["99000001", "99000003"]
    assert [one.record for one in found if isinstance(one, ContractError)] == ["PMID 99000002"]


def test_records_before_the_broken_one_are_told_once() -> None:
    many = [write_article(str(99_000_000 + number)) for number in range(1, 501)]
    many[400] = many[400].replace("Journal of", "Journal & of")
    many[450] = many[450].replace("Journal of", "Journal & of")
    found = list(parse(write_set(*many)))
    pmids = [int(one.pmid) - 99_000_000 for one in found if isinstance(one, Article)]
    assert sorted(pmids) == [number for number in range(1, 501) if number not in {401, 451}]
    flaws = [one.record for one in found if isinstance(one, ContractError)]
    assert flaws == ["PMID 99000401", "PMID 99000451"]


def test_a_page_cut_off_is_refused_though_records_of_it_were_read() -> None:
    found = []
    with pytest.raises(SourceError, match="unreadable XML"):
        found += list(parse(WHOLE.replace(b"Samples", b"S\x01", 1)[:-30]))


def test_of_a_stream_what_stands_before_the_fault_is_read_and_the_line_is_named() -> None:
    references = "<ReferenceList>\n\n\n</ReferenceList>"
    lines = "\n".join(write_article(str(99_000_000 + number), data=references) for number in range(1, 1_001))
    body = write_set(lines).replace(b"99000900</PMID>", b"99000900</PMID")
    found: list[object] = []
    refusal = pytest.raises(SourceError, match=r"^pubmed file one\.xml\.gz: unreadable XML: .*line 3599,")
    with gzip.open(io.BytesIO(gzip.compress(body))) as stream, refusal:
        found.extend(parse(stream, source="pubmed file one.xml.gz"))
    assert len(found) > 800


REFERENCES = "<ReferenceList>\n<Title>R</Title><Reference><Citation>x</Citation></Reference>\n</ReferenceList>"
NESTED = f"<ReferenceList>{REFERENCES}<Reference/>{REFERENCES}</ReferenceList>"
TRICKY = {
    "a list": REFERENCES,
    "two lists": REFERENCES * 2,
    "lists in a list": NESTED,
    "an empty list": "<ReferenceList/>",
    "a list with an attribute": '<ReferenceList a="b"><Reference/></ReferenceList>',
    "a list longer than is held": f"<ReferenceList>{'<Reference/>' * 100_000}</ReferenceList>",
    "the tags as text": "<X><![CDATA[<ReferenceList>]]></X><X>y</X><X><![CDATA[</ReferenceList>]]></X>",
    "the tags in a comment": "<!-- <ReferenceList> --><X/><!-- </ReferenceList> -->",
}


class Dripping(io.BytesIO):
    """A stream that gives little at a time."""

    def __init__(self, body: bytes, most: int) -> None:
        super().__init__(body)
        self.most = most

    def read(self, _size: int | None = -1, /) -> bytes:
        return super().read(self.most)


@pytest.mark.parametrize("most", [1, 7, 4096, 1 << 24])
@pytest.mark.parametrize("inside", [pytest.param(text, id=name) for name, text in TRICKY.items()])
def test_reference_lists_change_nothing_wherever_the_stream_is_cut(inside: str, most: int) -> None:
    if most == 1 and len(inside) > 10_000:
        return
    ids = '<ArticleIdList><ArticleId IdType="doi">10.9999/{}</ArticleId></ArticleIdList>'
    with_lists, without = (
        write_set(*(write_article(f"9900000{n}", data=between + ids.format(n) + between) for n in range(3)))
        for between in (inside, "")
    )
    expected = list(parse(without))
    assert [one.doi for one in expected if isinstance(one, Article)] == [f"10.9999/{n}" for n in range(3)]
    assert list(parse(Dripping(with_lists, most))) == expected


def test_text_that_looks_like_a_reference_list_is_text() -> None:
    title = "<ArticleTitle>a<![CDATA[<ReferenceList>]]>b<![CDATA[</ReferenceList>]]>c</ArticleTitle>"
    (article,) = parse(write_set(write_article(inside_article=title)))
    assert isinstance(article, Article)
    assert article.title == "a<ReferenceList>b</ReferenceList>c"


MIXED = write_set(
    write_article("99000001", data=NESTED),
    "<Strange/>",
    write_article("99000002"),
    BOOK_CHAPTER,
    write_citation("99000003"),
    "<!-- said aside -->",
    "<DeleteCitation><PMID>99000004</PMID></DeleteCitation>",
    "<Strange/>",
)
BARE = b"<MedlineCitationSet>%s</MedlineCitationSet>" % (write_citation("99000003").encode() * 2)


@pytest.mark.parametrize(
    "body", [MIXED, WHOLE, BARE, b"<PubmedArticleSet> </PubmedArticleSet>", b"<PubmedArticleSet/>"]
)
def test_in_batches_and_one_by_one_the_same_is_read(body: bytes) -> None:
    # A mark of the byte order is nothing NLM writes, and sends a document the slow way.
    found = list(map(str, parse(body)))
    assert list(map(str, parse(b"\xef\xbb\xbf" + body))) == found
    assert len(found) == {MIXED: 7, WHOLE: 2, BARE: 2}.get(body, 0)
