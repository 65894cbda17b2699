"""A file is split into its citations as a parser would, and what a parser would refuse of it as a whole is refused."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors import containers
from extractors.containers import Part, open_parts
from extractors.pubmed import scan
from extractors.pubmed.parse import parse
from extractors.pubmed.scan import Citation, read_citations, wrap
from models.article import Article, Deletion
from models.errors import ContractError, SourceError
from tests.extractors.pubmed_xml import (
    BOOK_CHAPTER,
    DOCTYPE,
    WHOLE_BOOK,
    write_abstract,
    write_article,
    write_citation,
    write_set,
)

AUTHORS = "<AuthorList><Author><LastName>LAG-3</LastName></Author></AuthorList>"
DELETED = '<DeleteCitation>\n<PMID Version="1">99000009</PMID>\n<PMID>99000010</PMID></DeleteCitation>'


def write_plain(pmid: str, text: str = "A text.") -> str:
    return write_article(
        pmid, f"<ArticleTitle>T {pmid}</ArticleTitle>{write_abstract(text)}{AUTHORS}<Language>eng</Language>"
    )


def read(body: bytes) -> list[Citation]:
    stream = io.BufferedReader(io.BytesIO(body))
    return [citation for batch in read_citations(Part("a.xml", stream, stream.tell)) for citation in batch]


def open_file(path: Path) -> Iterator[Part]:
    return (part for part in open_parts(path) if isinstance(part, Part))


def read_file(path: Path) -> list[Citation]:
    return [citation for part in open_file(path) for batch in read_citations(part) for citation in batch]


def exhaust(path: Path) -> None:
    """Read a file and keep nothing."""
    for part in open_file(path):
        for _ in read_citations(part):
            pass


def refuse(body: bytes) -> str:
    with pytest.raises(SourceError) as caught:
        read(body)
    assert caught.value.hint
    return caught.value.reason


def test_a_citation_comes_as_it_stands_with_its_number_and_its_text() -> None:
    record = write_plain("99000001")
    (citation,) = read(write_set(record))
    assert (citation.pmid, citation.body) == ("99000001", record.encode())
    assert citation.text is not None
    assert citation.text.startswith("<ArticleTitle>T 99000001</ArticleTitle><Abstract>")
    assert "LAG-3" not in citation.text


RECORDS = [
    write_plain("99000001"),
    write_plain("99000002", "é – α"),
    BOOK_CHAPTER,
    WHOLE_BOOK,
    write_citation("99000003"),
    DELETED,
]
BETWEEN = ["", "\n  ", "<!--seen 2026-01-15-->", "<?pmcsd ?>", "<Unknown>x</Unknown>", "\n<Unknown/>"]


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.sampled_from(BETWEEN), st.sampled_from(RECORDS)), max_size=8), st.sampled_from(BETWEEN[:4])
)
def test_parsed_one_by_one_citations_say_what_the_whole_file_says(pairs: list[tuple[str, str]], end: str) -> None:
    body = write_set(*(between + record for between, record in pairs), end)
    apart = [record for citation in read(body) for record in parse(wrap([citation.body]))]
    whole = list(parse(body))
    assert [one for one in apart if not isinstance(one, ContractError)] == [
        one for one in whole if isinstance(one, Article | Deletion)
    ]
    assert [one.path for one in apart if isinstance(one, ContractError)] == [
        one.path for one in whole if isinstance(one, ContractError)
    ]


@pytest.mark.parametrize("chunk", [1, 7, 64, 1000])
def test_where_the_pieces_of_a_stream_end_makes_no_difference(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    body = write_set(*RECORDS, "\n")
    expected = [(one.pmid, one.text, one.body) for one in read(body)]
    monkeypatch.setattr(scan, "CHUNK_BYTES", chunk)
    monkeypatch.setattr(scan, "_HEAD_BYTES", len(DOCTYPE) + 400)
    assert [(one.pmid, one.text, one.body) for one in read(body)] == expected
    assert len(expected) == len(RECORDS)


@pytest.mark.parametrize(
    "inside",
    [
        f"<ArticleTitle>{'<i>x</i>' * 300}</ArticleTitle>",
        "<Abstract><AbstractText>no title</AbstractText></Abstract>",
        "<ArticleTitle>x</ArticleTitle><AuthorList/>",
    ],
)
def test_what_is_not_of_the_usual_shape_is_left_to_the_parser(inside: str) -> None:
    (citation,) = read(write_set(write_article("99000001", inside)))
    assert citation.text is None


def test_a_bare_record_and_an_empty_set_are_files_too() -> None:
    assert [one.pmid for one in read(write_plain("99000001").encode())] == ["99000001"]
    assert read(write_set()) == []
    assert read(b"\xef\xbb\xbf<PubmedArticleSet/>") == []


HOSTILE = {
    "entities": (DOCTYPE.replace('">', '" [<!ENTITY a "x">]>') + "<PubmedArticleSet>{}</PubmedArticleSet>", "entities"),
    "bomb": (
        '<!DOCTYPE PubmedArticleSet [<!ENTITY a "aa"><!ENTITY b "&a;&a;&a;">]><PubmedArticleSet>{}</PubmedArticleSet>',
        "entities",
    ),
    "external": (
        '<!DOCTYPE PubmedArticleSet [<!ENTITY a SYSTEM "file:///etc/hostname">]><PubmedArticleSet>{}</PubmedArticleSet>',
        "entities",
    ),
    "cut off": ("<PubmedArticleSet>{}<PubmedArticle><MedlineCitation>", "in the middle of a record"),
    "without end": ("<PubmedArticleSet>{}", "without its end"),
    "with more": ("<PubmedArticleSet>{}</PubmedArticleSet><PubmedArticleSet></PubmedArticleSet>", "behind its end"),
    "another set": ("<Others>{}</Others>", "<Others> is no set of PubMed records"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_though_no_citation_of_it_is_parsed(kind: str) -> None:
    form, reason = HOSTILE[kind]
    assert reason in refuse(form.format(write_plain("99000001")).encode())


def test_a_file_in_another_encoding_is_refused() -> None:
    assert "not UTF-8, in PMID 99000001" in refuse(write_set(write_plain("99000001", "é")).decode().encode("latin-1"))
    assert "UTF-16" in refuse(write_set(write_plain("99000001")).decode().encode("utf-16"))
    assert "UTF-16" in refuse(write_set(write_plain("99000001")).decode().encode("utf-16-le"))


def test_a_truncated_or_damaged_gzip_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(write_set(*(write_plain(str(99_000_000 + number)) for number in range(2_000))))
    (tmp_path / "cut.xml.gz").write_bytes(packed[:-100])
    (tmp_path / "bad.xml.gz").write_bytes(packed[:-8] + b"\0\0\0\0" + packed[-4:])
    with pytest.raises(SourceError, match="cut off"):
        read_file(tmp_path / "cut.xml.gz")
    with pytest.raises(SourceError, match="it is damaged: incorrect data check"):
        read_file(tmp_path / "bad.xml.gz")


def test_what_unpacks_without_end_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containers, "_ALWAYS_ALLOWED", 16 << 20)
    head = b"<PubmedArticleSet>%s<PubmedArticle>" % write_plain("99000001").encode()
    for name, filling, number, reason in (
        ("text", b" " * (1 << 20), 20, "a record of more than"),
        ("records", write_plain("99000002").encode() * 3_000, 20, "200 times"),
    ):
        path = tmp_path / f"{name}.xml.gz"
        with gzip.open(path, "wb") as file:
            file.write(head if name == "text" else head[:-15])
            for _ in range(number):
                file.write(filling)
        if name == "text":
            monkeypatch.setattr(scan, "MOST_RECORD_BYTES", 8 << 20)
        with pytest.raises(SourceError) as caught:
            exhaust(path)
        assert reason in caught.value.reason
