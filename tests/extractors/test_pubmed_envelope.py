from __future__ import annotations

import json

import pytest

from extractors.http import Answer
from extractors.pubmed.envelope import find_error, find_fetch_flaw, find_refusal, find_search_flaw, parse_search
from models.errors import SourceError
from tests.extractors.pubmed_xml import write_article, write_set

FOUND = {
    "header": {"type": "esearch", "version": "0.3"},
    "esearchresult": {
        "count": "2", "retmax": "2", "retstart": "0", "querykey": "1", "webenv": "MCID_sample",
        "idlist": ["99000002", "99000001"], "translationset": [], "querytranslation": '"lag-3"[Title/Abstract]',
    },
}  # fmt: skip
NOT_FOUND = {
    "esearchresult": {
        "count": "0", "retmax": "0", "retstart": "0", "idlist": [], "translationset": [],
        "errorlist": {"phrasesnotfound": ["nosuchword"], "fieldsnotfound": []},
        "warninglist": {"phrasesignored": [], "quotedphrasesnotfound": [], "outputmessages": ["No items found."]},
    }
}  # fmt: skip
LIMIT = b'{"error":"API rate limit exceeded","api-key":"the-secret-key","count":"4","limit":"3"}'
BEYOND = b'{"esearchresult":{"ERROR":"Search Backend failed: Exception:\n\'retstart\' cannot be larger than 9998."}}'
DOWN = b'{"esearchresult":{"ERROR":"Search Backend failed: \nread timed out"}}'
HTML = b"<!DOCTYPE html><html><head><title>Sorry</title></head><body><p>Sorry</body></html>"
PAGE = write_set(write_article())


def answer(body: bytes, status: int = 200) -> Answer:
    return Answer(status, "text/xml", body, "http://127.0.0.1/")


def refuse(text: str) -> bytes:
    return f"<eFetchResult>\n\t<ERROR>{text}</ERROR>\n</eFetchResult>".encode()


def test_a_search_says_how_many_which_and_where_they_are_kept() -> None:
    found = parse_search(json.dumps(FOUND).encode())
    assert (found.count, found.ids, found.webenv, found.query_key) == (2, ("99000002", "99000001"), "MCID_sample", "1")
    assert found.warnings == ()


def test_a_phrase_pubmed_does_not_know_is_zero_hits_and_a_warning() -> None:
    found = parse_search(json.dumps(NOT_FOUND).encode())
    assert (found.count, found.ids) == (0, ())
    assert found.warnings == ("phrasesnotfound: nosuchword", "outputmessages: No items found.")
    assert find_search_flaw(answer(json.dumps(NOT_FOUND).encode())) is None


FLAWED = {
    "the limit inside a 200": (LIMIT, "API rate limit exceeded"),
    "a backend that is down": (DOWN, "read timed out"),
    "an error in XML": (b"<eSearchResult><ERROR>Database is down</ERROR></eSearchResult>", "Database is down"),
    "HTML": (HTML, "instead of a search answer"),
    "well-formed HTML": (b"<html><body/></html>", "instead of a search answer"),
    "cut JSON": (json.dumps(FOUND).encode()[:-20], "instead of a search answer"),
    "cut XML": (b"<eSearchResult><Count>2</Count>", "instead of a search answer"),
    "other JSON": (b'{"result": {}}', "instead of a search answer"),
    "a list": (b"[]", "instead of a search answer"),
    "nothing": (b"", "instead of a search answer"),
    "no count": (b'{"esearchresult":{"idlist":[]}}', "without a count"),
    "a count in words": (b'{"esearchresult":{"count":"many","idlist":[]}}', "instead of a search answer"),
    "XML without a count": (b"<eSearchResult><IdList/></eSearchResult>", "without a count"),
}


@pytest.mark.parametrize(("body", "words"), [pytest.param(*row, id=name) for name, row in FLAWED.items()])
def test_what_is_no_answer_is_worth_another_try_and_never_zero_hits(body: bytes, words: str) -> None:
    flaw = find_search_flaw(answer(body))
    assert flaw is not None
    assert words in flaw
    with pytest.raises(SourceError, match=words):
        parse_search(body)


def test_a_question_pubmed_will_never_answer_is_not_asked_again() -> None:
    assert find_search_flaw(answer(BEYOND)) is None
    with pytest.raises(SourceError, match="cannot be larger than 9998"):
        parse_search(BEYOND)


def test_the_key_ncbi_echoes_is_in_no_message() -> None:
    assert find_error(LIMIT) == "API rate limit exceeded"
    assert "secret" not in f"{find_search_flaw(answer(LIMIT))}{find_fetch_flaw(answer(LIMIT))}"
    with pytest.raises(SourceError) as caught:
        parse_search(LIMIT)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("body", [PAGE, PAGE + b"\n", b"<PubmedArticleSet/>", b"<PubmedArticleSet></PubmedArticleSet>"])
def test_a_whole_set_has_no_flaw(body: bytes) -> None:
    assert find_fetch_flaw(answer(body)) is None
    assert find_refusal(answer(body)) == ""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (PAGE[:-4], "cut off after"),
        (b"", "cut off after 0 bytes"),
        (LIMIT, "API rate limit exceeded"),
        (HTML, "HTML"),
        (refuse("External viewer error: Empty Response. Status: Timeout"), "Empty Response"),
    ],
)
def test_records_cut_short_or_replaced_are_worth_another_try(body: bytes, words: str) -> None:
    assert words in (find_fetch_flaw(answer(body)) or "")


@pytest.mark.parametrize("text", ["Unable to obtain query #1", "ID list is empty! Possibly it has no correct IDs."])
def test_a_forgotten_search_and_an_empty_list_are_answers(text: str) -> None:
    assert find_fetch_flaw(answer(refuse(text))) is None
    assert find_refusal(answer(refuse(text), 400)) == f"HTTP 400: {text}"


def test_a_relayed_page_leaves_its_markup_and_its_length_behind() -> None:
    relayed = refuse("proxy_stream(): <html><h1>502  Bad Gateway</h1>" + "x" * 5000)
    assert find_error(relayed).startswith("proxy_stream(): 502 Bad Gateway")
    assert len(find_error(relayed)) == 200


def test_an_abstract_about_errors_is_no_error() -> None:
    page = write_set(write_article(inside_article="<ArticleTitle>&lt;ERROR&gt;x&lt;/ERROR&gt;</ArticleTitle>"))
    assert find_error(page) == ""
