from __future__ import annotations

import gzip
import io
import itertools
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.pubmed.document import find_record_spans
from extractors.pubmed.parse import parse
from models.article import Article
from models.errors import SourceError
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
    "nesting within a title": write_set(
        write_article(inside_article=f"<ArticleTitle>{'<i>' * 5_000}{'</i>' * 5_000}</ArticleTitle>")
    ),
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
    assert time.monotonic() - started < 5


def test_a_local_file_is_never_read_into_a_title() -> None:
    found = []
    with pytest.raises(SourceError, match="entities of its own"):
        found += list(parse(str(HOSTILE["an external entity"]).encode()))
    assert found == []


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


ROOT = Path(__file__).parents[2]
MEMORY = """
import resource, sys
from extractors.pubmed.parse import parse
from models.errors import SourceError
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
    assert time.monotonic() - started < 5


TAGS = [b"<PubmedArticle>", b"</PubmedArticle>", b"<MedlineCitation ", b"</MedlineCitation>", b"x"]


@given(st.lists(st.sampled_from(TAGS)))
def test_spans_never_overlap(parts: list[bytes]) -> None:
    body = b"".join(parts)
    places = [place for span in find_record_spans(body) for place in (span.start, span.end)]
    assert places == sorted(places)
    assert all(body[span.end - 1 : span.end] == b">" for span in find_record_spans(body))
