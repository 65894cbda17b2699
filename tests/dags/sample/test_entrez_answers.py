from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import etree

from dags.sample.server import SampleServer
from dags.sample.world import SAMPLE_FOLDER, World

CALLER = {"db": "pubmed", "tool": "trialwatch", "email": "sample@example.org"}
EVERYTHING = '"cancer"[tiab] OR "the"[tiab] OR "LAG-3"[tiab] OR "TIGIT"[tiab]'


@pytest.fixture
def server() -> Iterator[SampleServer]:
    with SampleServer(World.read(SAMPLE_FOLDER)) as running:
        yield running


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as opened:
        yield opened


def search(client: httpx.Client, server: SampleServer, term: str, **params: str) -> dict[str, Any]:
    form = CALLER | {"term": term, "retmode": "json", "retmax": "100"} | params
    answer = client.post(f"{server.eutils_url}/esearch.fcgi", data=form)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"
    body: dict[str, Any] = answer.json()
    assert body["header"] == {"type": "esearch", "version": "0.3"}
    result: dict[str, Any] = body["esearchresult"]
    return result


def find(client: httpx.Client, server: SampleServer, term: str, **params: str) -> list[int]:
    return [int(pmid) - 99_000_000 for pmid in search(client, server, term, **params)["idlist"]]


def fetch(client: httpx.Client, server: SampleServer, **params: str) -> list[str]:
    answer = client.post(f"{server.eutils_url}/efetch.fcgi", data=CALLER | {"retmode": "xml"} | params)
    assert answer.status_code == 200, answer.text
    root = etree.fromstring(answer.content)
    assert root.tag == "PubmedArticleSet"
    return [str(pmid.text) for pmid in root.iterfind("PubmedArticle/MedlineCitation/PMID")]


def test_phrases_are_found_in_titles_and_abstracts_newest_first(client: httpx.Client, server: SampleServer) -> None:
    assert find(client, server, '"lag-3"[tiab]') == [20, 12, 7, 1]
    assert find(client, server, '"fibroblast activation protein"[tiab] OR "FAP"[tiab]') == [13, 10, 9]
    assert find(client, server, '("FAP"[tiab]) AND ("lung cancer"[tiab])') == [9]


def test_text_over_inline_markup_is_one_phrase(client: httpx.Client, server: SampleServer) -> None:
    assert find(client, server, '"CD8+ T cells"[tiab]') == [2]


def test_trial_numbers_are_found_in_the_data_banks_by_si_and_in_the_text_by_tiab(
    client: httpx.Client, server: SampleServer
) -> None:
    assert find(client, server, "NCT99000111[si]") == [17]
    assert find(client, server, "NCT99000104[si]") == []
    assert find(client, server, '"NCT99000104"[tiab]') == [4]


def test_a_cited_paper_is_not_the_paper(client: httpx.Client, server: SampleServer) -> None:
    assert fetch(client, server, id="99000008") == ["99000008"]


def test_an_answer_has_the_shape_of_ncbi(client: httpx.Client, server: SampleServer) -> None:
    result = search(client, server, '"TIM-3"[tiab]', usehistory="y")
    assert result.pop("webenv").startswith("MCID_")
    assert result == {
        "count": "2",
        "retmax": "2",
        "retstart": "0",
        "querykey": "1",
        "idlist": ["99000019", "99000002"],
        "translationset": [],
        "querytranslation": '"TIM-3"[tiab]',
    }


def test_no_hit_is_a_count_of_zero_with_the_phrase_not_found(client: httpx.Client, server: SampleServer) -> None:
    result = search(client, server, '"no such phrase"[tiab]')
    assert (result["count"], result["idlist"]) == ("0", [])
    assert result["errorlist"]["phrasesnotfound"] == ['"no such phrase"[tiab]']


def test_a_window_without_papers_has_no_hit_though_the_phrase_exists(
    client: httpx.Client, server: SampleServer
) -> None:
    result = search(client, server, '"LAG-3"[tiab]', datetype="edat", mindate="2020/01/01", maxdate="2020/12/31")
    assert (result["count"], result["errorlist"]["phrasesnotfound"]) == ("0", [])


def test_a_phrase_missing_beside_hits_is_only_a_warning(client: httpx.Client, server: SampleServer) -> None:
    result = search(client, server, '"TIM-3"[tiab] OR "no such phrase"[tiab]')
    assert (result["count"], "errorlist" in result) == ("2", False)
    assert result["warninglist"]["quotedphrasesnotfound"] == ['"no such phrase"[tiab]']


def test_dates_are_entry_and_revision_days_and_both_ends_count(client: httpx.Client, server: SampleServer) -> None:
    def window(datetype: str, first: str, last: str) -> list[int]:
        return find(client, server, EVERYTHING, datetype=datetype, mindate=first, maxdate=last)

    assert window("edat", "2026/02/11", "2026/02/12") == [20, 19, 18]
    assert window("crdt", "2026/02/12", "2026/02/12") == [20, 19]
    assert window("mdat", "2026/02/12", "2026/02/12") == [20, 19, 7]
    assert window("edat", "2026/01/29", "2026/01/29") == [7]
    server.world.serve(dt.date(2026, 2, 11))
    assert window("mdat", "2026/01/29", "2026/02/12")[0] == 18
    assert 7 in window("mdat", "2026/01/29", "2026/01/29")


def test_a_revised_paper_is_fetched_in_its_newest_form(client: httpx.Client, server: SampleServer) -> None:
    form = CALLER | {"retmode": "xml", "id": "99000007"}
    assert "RetractionIn" in client.post(f"{server.eutils_url}/efetch.fcgi", data=form).text
    server.world.serve(dt.date(2026, 2, 11))
    assert "RetractionIn" not in client.post(f"{server.eutils_url}/efetch.fcgi", data=form).text


@pytest.mark.parametrize(
    "params",
    [
        {"mindate": "2026/01/01"},
        {"maxdate": "2026/01/01", "datetype": "edat"},
        {"mindate": "2026/01/01", "maxdate": "2026/02/01"},
        {"mindate": "2026/01/01", "maxdate": "2026/02/01", "datetype": "pdat"},
        {"mindate": "2026-01-01", "maxdate": "2026-02-01", "datetype": "edat"},
        {"retstart": "9999"},
        {"retmax": "-1"},
        {"reldate": "30"},
        {"db": "pmc"},
        {"term": '"LAG-3"'},
        {"term": '"LAG-3"[mesh]'},
        {"term": ""},
    ],
)
def test_what_is_not_understood_is_an_error_inside_a_200(
    client: httpx.Client, server: SampleServer, params: dict[str, str]
) -> None:
    result = search(client, server, **({"term": '"LAG-3"[tiab]'} | params))
    assert list(result) == ["ERROR"]


def test_a_start_just_under_the_limit_is_answered(client: httpx.Client, server: SampleServer) -> None:
    assert search(client, server, '"LAG-3"[tiab]', retstart="9998")["idlist"] == []


def test_ids_beyond_9999_are_an_error_and_are_not_fetched(tmp_path: Path, client: httpx.Client) -> None:
    (tmp_path / "studies.jsonl").write_bytes((SAMPLE_FOLDER / "studies.jsonl").read_bytes())
    one = (
        "<!--seen 2026-02-01--><PubmedArticle><MedlineCitation><PMID>{}</PMID>"
        "<Article><ArticleTitle>LAG-3</ArticleTitle></Article></MedlineCitation></PubmedArticle>\n"
    )
    (tmp_path / "articles.xml").write_text("".join(one.format(99_100_000 + number) for number in range(10_001)))
    with SampleServer(World.read(tmp_path)) as server:
        assert list(search(client, server, '"LAG-3"[tiab]', retmax="10000")) == ["ERROR"]
        result = search(client, server, '"LAG-3"[tiab]', retmax="9999", usehistory="y")
        assert (result["count"], len(result["idlist"])) == ("10001", 9999)
        assert len(fetch(client, server, WebEnv=result["webenv"], query_key="1", retmax="10000")) == 9999


def test_twenty_ids_are_answered_unless_asked_otherwise(client: httpx.Client, server: SampleServer) -> None:
    form = CALLER | {"term": EVERYTHING, "retmode": "json"}
    result = client.post(f"{server.eutils_url}/esearch.fcgi", data=form).json()["esearchresult"]
    assert len(result["idlist"]) == min(20, int(result["count"]))
    assert find(client, server, '"LAG-3"[tiab]', retstart="1", retmax="2") == [12, 7]


def test_a_search_is_answered_in_xml_too(client: httpx.Client, server: SampleServer) -> None:
    form = CALLER | {"term": '"TIM-3"[tiab] OR "none such"[tiab]', "usehistory": "y"}
    root = etree.fromstring(client.get(f"{server.eutils_url}/esearch.fcgi", params=form).content)
    assert [element.tag for element in root] == [
        *["Count", "RetMax", "RetStart", "QueryKey", "WebEnv", "IdList"],
        *["TranslationSet", "QueryTranslation", "WarningList"],
    ]
    assert [element.text for element in root.iterfind("IdList/Id")] == ["99000019", "99000002"]
    none = client.get(f"{server.eutils_url}/esearch.fcgi", params=CALLER | {"term": '"a<b"[tiab]'})
    assert etree.fromstring(none.content).findtext("ErrorList/PhraseNotFound") == '"a<b"[tiab]'
    wrong = client.get(f"{server.eutils_url}/esearch.fcgi", params=CALLER | {"term": '"a"[tiab]', "retstart": "9999"})
    assert "9998" in str(etree.fromstring(wrong.content).findtext("ERROR"))


def test_the_articles_of_a_search_are_fetched_in_pieces(client: httpx.Client, server: SampleServer) -> None:
    found = search(client, server, '"LAG-3"[tiab]', usehistory="y")
    history = {"WebEnv": found["webenv"], "query_key": found["querykey"]}
    first = fetch(client, server, **history, retstart="0", retmax="3")
    second = fetch(client, server, **history, retstart="3", retmax="3")
    assert [len(first), len(second)] == [3, 1]
    assert first + second == found["idlist"]


def test_articles_come_as_their_own_bytes_and_missing_ones_are_absent(
    client: httpx.Client, server: SampleServer
) -> None:
    form = CALLER | {"retmode": "xml", "id": "99000002,99009999,99000009"}
    answer = client.post(f"{server.eutils_url}/efetch.fcgi", data=form)
    assert answer.headers["content-type"] == "text/xml; charset=UTF-8"
    assert answer.content.startswith(b'<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC ')
    served = [server.world.articles[pmid].revision.xml for pmid in ("99000002", "99000009")]
    assert answer.content.endswith(b"<PubmedArticleSet>\n" + b"\n".join(served) + b"\n</PubmedArticleSet>")


@pytest.mark.parametrize("is_expired", [True, False])
def test_a_search_that_is_forgotten_or_was_never_made_cannot_be_fetched(
    client: httpx.Client, server: SampleServer, *, is_expired: bool
) -> None:
    environment = search(client, server, '"LAG-3"[tiab]', usehistory="y")["webenv"] if is_expired else "MCID_none"
    server.expire_searches()
    form = CALLER | {"retmode": "xml", "WebEnv": environment, "query_key": "1"}
    answer = client.post(f"{server.eutils_url}/efetch.fcgi", data=form)
    assert answer.status_code == 400
    root = etree.fromstring(answer.content)
    assert (root.tag, root.findtext("ERROR")) == ("eFetchResult", "Unable to obtain query #1")


def test_a_fetch_of_nothing_is_refused(client: httpx.Client, server: SampleServer) -> None:
    assert client.post(f"{server.eutils_url}/efetch.fcgi", data=CALLER | {"retmode": "xml"}).status_code == 400
    assert client.post(f"{server.eutils_url}/efetch.fcgi", data=CALLER | {"id": "99000001"}).status_code == 400


def test_a_caller_without_tool_or_email_is_answered_and_recorded(client: httpx.Client, server: SampleServer) -> None:
    search(client, server, '"LAG-3"[tiab]', api_key="not-a-key")
    form = {"db": "pubmed", "term": '"LAG-3"[tiab]', "tool": "trialwatch"}
    assert client.post(f"{server.eutils_url}/esearch.fcgi", data=form).status_code == 200
    client.get(f"{server.ctg_url}/version")
    assert [request.is_anonymous for request in server.requests] == [False, True, False]
    assert server.requests[0].params["api_key"] == "not-a-key"
    assert server.requests[1].params == form


def test_hidden_articles_are_neither_found_nor_fetched(client: httpx.Client, server: SampleServer) -> None:
    server.world.hide("99000012")
    assert find(client, server, '"LAG-3"[tiab]') == [20, 7, 1]
    assert fetch(client, server, id="99000012,99000001") == ["99000001"]
