from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator

import pytest
import stamina
import structlog
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from extractors.http import Client
from extractors.pubmed.fetch import Credentials, Query, Search, fetch_by_id, fetch_found, find_returned, prove, search
from extractors.pubmed.parse import parse
from models.article import Article
from models.errors import SourceError
from tests.extractors.pubmed_xml import write_article, write_set

KEY = "0123456789abcdef"
CREDENTIALS = Credentials(email="team@example.org", api_key=KEY)
NOW = dt.datetime(2026, 2, 13, 11, tzinfo=dt.UTC)
QUERY = Query("agent:relatlimab", '"relatlimab"[tiab]', "edat", dt.date(2026, 1, 1), dt.date(2026, 1, 31))
FORGOTTEN = "<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>"
EMPTY = "<eFetchResult><ERROR>ID list is empty! Possibly it has no correct IDs.</ERROR></eFetchResult>"


class PubMed:
    """A few lines of E-utilities: papers by entry day, histories by handle. `spoil` may answer in its place."""

    def __init__(self, papers: dict[str, dt.date]) -> None:
        self.papers = papers
        self.lost: set[str] = set()
        self.requests: list[Request] = []
        self.histories: dict[str, list[str]] = {}
        self.spoil: Callable[[Request], Response | None] = lambda _: None

    def answer(self, request: Request) -> Response:
        self.requests.append(request)
        usual = self._search if request.path.endswith("esearch.fcgi") else self._fetch
        return self.spoil(request) or usual(request.form.to_dict())

    def count(self, name: str) -> int:
        return sum(request.path.endswith(name) for request in self.requests)

    def _search(self, form: dict[str, str]) -> Response:
        since, until = (dt.datetime.strptime(form[name], "%Y/%m/%d").date() for name in ("mindate", "maxdate"))  # noqa: DTZ007
        found = [pmid for pmid, day in self.papers.items() if since <= day <= until]
        handle = f"MCID_{len(self.histories)}"
        self.histories[handle] = found
        listed = found[: int(form["retmax"])]
        unknown = {"phrasesnotfound": [] if found else [form["term"]]}
        answer = {"count": str(len(found)), "idlist": listed, "webenv": handle, "querykey": "1", "errorlist": unknown}
        return Response(json.dumps({"esearchresult": answer}), content_type="application/json")

    def _fetch(self, form: dict[str, str]) -> Response:
        if "id" in form:
            wanted = [pmid for pmid in form["id"].split(",") if pmid in self.papers]
        else:
            history = self.histories.get(form["WebEnv"])
            if history is None or form["query_key"] != "1":
                return Response(FORGOTTEN, 400, content_type="text/xml")
            wanted = history[int(form["retstart"]) :][: int(form["retmax"])]
        body = write_set(*(write_article(pmid) for pmid in wanted if pmid not in self.lost))
        return Response(body, content_type="text/xml")


def number(start: int, count: int, day: dt.date) -> dict[str, dt.date]:
    return {str(99_000_000 + start + place): day for place in range(count)}


def days(day: int) -> dt.date:
    return dt.date(2026, 1, day)


@pytest.fixture
def pubmed(httpserver: HTTPServer) -> PubMed:
    world = PubMed({**number(0, 30, days(1)), **number(30, 30, days(31)), "99999999": dt.date(2026, 2, 1)})
    for path in ("/esearch.fcgi", "/efetch.fcgi"):
        httpserver.expect_request(path, method="POST").respond_with_handler(world.answer)
    return world


@pytest.fixture
def client(httpserver: HTTPServer) -> Iterator[Client]:
    # Three tries, no waiting between them.
    with stamina.set_testing(True, attempts=3), Client("pubmed", httpserver.url_for(""), requests_per_second=0) as made:
        yield made


def find_pmids(pages: Iterator[bytes]) -> list[str]:
    return [record.pmid for body in pages for record in parse(body) if isinstance(record, Article)]


def fetch_all(client: Client, found: Search, records_per_page: int = 200) -> list[str]:
    pages = fetch_found(client, found, CREDENTIALS, NOW, records_per_page=records_per_page)
    return find_pmids(page.body for page in pages)


def once(spoil: Callable[[Request], Response | None]) -> Callable[[Request], Response | None]:
    waiting = [spoil]
    return lambda request: waiting.pop()(request) if waiting else None


def only(path: str, body: str | bytes, status: int = 200) -> Callable[[Request], Response | None]:
    return lambda request: Response(body, status) if request.path.endswith(path) else None


def test_what_a_search_finds_is_fetched_page_by_page_and_proved(pubmed: PubMed, client: Client) -> None:
    found = search(client, QUERY, CREDENTIALS, NOW)
    pages = list(fetch_found(client, found, CREDENTIALS, NOW, records_per_page=25))
    received = find_pmids(page.body for page in pages)
    assert (found.count, len(found.pmids), received) == (60, 60, list(found.pmids))
    assert [page.number for page in (*found.pages, *pages)] == [1, 2, 3, 4]
    assert [len(page.records) for page in (*found.pages, *pages)] == [0, 25, 25, 10]
    proof = prove(QUERY.item, [found], received)
    assert (proof.is_proved, proof.expected, proof.received, proof.reason) == (True, 60, 60, "")


def test_every_request_is_a_post_that_says_who_asks(pubmed: PubMed, client: Client) -> None:
    fetch_all(client, search(client, QUERY, CREDENTIALS, NOW))
    for request in pubmed.requests:
        assert (request.method, request.query_string) == ("POST", b"")
        assert request.form["tool"] == "trialwatch"
        assert (request.form["email"], request.form["api_key"]) == ("team@example.org", KEY)


def test_without_a_key_none_is_sent(pubmed: PubMed, client: Client) -> None:
    search(client, QUERY, Credentials(email="team@example.org"), NOW)
    assert "api_key" not in pubmed.requests[0].form


def test_no_page_holds_the_key_or_the_address(pubmed: PubMed, client: Client) -> None:
    found = search(client, QUERY, CREDENTIALS, NOW)
    pages = [
        *found.pages,
        *fetch_found(client, found, CREDENTIALS, NOW),
        *fetch_by_id(client, "x", ["99000001"], CREDENTIALS, NOW),
    ]
    for page in pages:
        assert KEY not in repr(page)
        assert "team@example.org" not in repr(page)
        assert page.fetched_at == NOW
    assert json.loads(pages[0].request)["term"] == '"relatlimab"[tiab]'
    assert json.loads(pages[0].request)["mindate"] == "2026/01/01"


def test_the_key_does_not_show_where_credentials_are_shown() -> None:
    assert KEY not in f"{CREDENTIALS} {CREDENTIALS!r}"


def test_a_search_with_too_many_is_split_into_days_that_add_up(pubmed: PubMed, client: Client) -> None:
    pubmed.papers = {**number(0, 6_000, days(1)), **number(6_000, 5_000, days(16)), **number(11_000, 4_000, days(31))}
    found = search(client, QUERY, CREDENTIALS, NOW)
    assert (found.count, len(found.pmids), found.doubt) == (15_000, 15_000, "")
    assert [window.envelope.count for window in found.windows] == [6_000, 5_000, 4_000]
    covered = [(window.query.since, window.query.until) for window in found.windows]
    assert covered == [(days(1), days(8)), (days(9), days(16)), (days(17), days(31))]
    assert len(found.pages) == pubmed.count("esearch.fcgi") == 5


def test_nine_thousand_nine_hundred_and_ninety_nine_are_not_split(pubmed: PubMed, client: Client) -> None:
    pubmed.papers = number(0, 9_999, days(5))
    assert len(search(client, QUERY, CREDENTIALS, NOW).windows) == 1


def test_a_day_with_too_many_leaves_its_item_in_doubt_and_what_it_lists_can_be_fetched(
    pubmed: PubMed, client: Client
) -> None:
    pubmed.papers = {**number(0, 10_050, days(5)), **number(20_000, 10, days(6))}
    found = search(client, QUERY, CREDENTIALS, NOW)
    assert (found.count, len(found.pmids)) == (10_060, 10_009)
    words = "2026-01-05 alone holds 10,050 records, 9,999 can be had: narrow the item by a condition"
    assert prove(QUERY.item, [found], found.pmids).reason == words
    pages = fetch_found(client, found, CREDENTIALS, NOW, records_per_page=5_000)
    assert set(found.pmids) <= {pmid for page in pages for pmid in find_returned(page)}
    asked = [int(request.form["retstart"]) for request in pubmed.requests if "retstart" in request.form]
    assert max(asked) <= 9_998


def test_windows_that_do_not_add_up_leave_the_item_unproved(pubmed: PubMed, client: Client) -> None:
    pubmed.papers = {**number(0, 6_000, days(1)), **number(6_000, 6_000, days(31))}

    def lose_one(request: Request) -> Response | None:
        if request.path.endswith("esearch.fcgi") and request.form["mindate"] != "2026/01/01":
            pubmed.papers.pop("99006000", None)
        return None

    pubmed.spoil = lose_one
    found = search(client, QUERY, CREDENTIALS, NOW)
    proof = prove(QUERY.item, [found], found.pmids)
    assert (proof.is_proved, proof.reason) == (False, "the windows hold 11999 of 12000")


def test_a_search_that_lists_fewer_than_it_counts_is_unproved(pubmed: PubMed, client: Client) -> None:
    pubmed.spoil = only("esearch.fcgi", '{"esearchresult":{"count":"3","idlist":["99000001","99000002"],"webenv":"w"}}')
    found = search(client, QUERY, CREDENTIALS, NOW)
    assert prove(QUERY.item, [found], found.pmids).reason == "2 of 3 ids listed"


def test_a_search_that_lists_one_paper_twice_is_unproved(pubmed: PubMed, client: Client) -> None:
    pubmed.spoil = only("esearch.fcgi", '{"esearchresult":{"count":"2","idlist":["99000001","99000001"]}}')
    found = search(client, QUERY, CREDENTIALS, NOW)
    assert prove(QUERY.item, [found], found.pmids).reason == "1 different ids of 2"


def test_zero_hits_fetch_nothing_and_are_proved(pubmed: PubMed, client: Client) -> None:
    pubmed.papers = {}
    found = search(client, QUERY, CREDENTIALS, NOW)
    assert fetch_all(client, found) == []
    assert pubmed.count("efetch.fcgi") == 0
    assert prove(QUERY.item, [found], []).is_proved


NO_WORD = '{"esearchresult":{"count":"0","idlist":[],"errorlist":{"phrasesnotfound":[],"fieldsnotfound":[]}}}'
FAILED = (
    '{"esearchresult":{"count":"0","idlist":[],"warninglist":{"phrasesignored":[],"quotedphrasesnotfound":[],'
    '"outputmessages":["Search Backend failed: cannot connect"]}}}'
)
FAILED_XML = (
    "<eSearchResult><Count>0</Count><IdList/><WarningList><OutputMessage>Search Backend failed</OutputMessage>"
    "</WarningList></eSearchResult>"
)


@pytest.mark.parametrize("answer", [NO_WORD, FAILED, FAILED_XML])
def test_no_hits_without_a_word_that_there_are_none_are_asked_for_again(
    pubmed: PubMed, client: Client, answer: str
) -> None:
    pubmed.spoil = once(only("esearch.fcgi", answer))
    found = search(client, QUERY, CREDENTIALS, NOW)
    assert (found.count, found.doubt, len(found.pages)) == (60, "", 2)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (NO_WORD, "no hits, and not a word that nothing was found"),
        (FAILED, "PubMed says: Search Backend failed: cannot connect"),
        (FAILED_XML, "PubMed says: Search Backend failed"),
        (
            FAILED.replace('"0","idlist":[]', '"1","idlist":["99000001"]'),
            "PubMed says: Search Backend failed: cannot c",
        ),
    ],
)
def test_an_answer_that_stays_in_doubt_leaves_its_item_unproved(
    pubmed: PubMed, client: Client, answer: str, reason: str
) -> None:
    pubmed.spoil = only("esearch.fcgi", answer)
    found = search(client, QUERY, CREDENTIALS, NOW)
    proof = prove(QUERY.item, [found], found.pmids)
    assert (proof.is_proved, (proof.reason or "").startswith(reason)) == (False, True)
    assert pubmed.count("esearch.fcgi") == 3


@pytest.mark.parametrize(
    "notes", ['"errorlist":{"phrasesnotfound":["x"]}', '"warninglist":{"outputmessages":["No items found."]}']
)
def test_no_hits_are_believed_where_pubmed_says_that_nothing_was_found(
    pubmed: PubMed, client: Client, notes: str
) -> None:
    pubmed.spoil = only("esearch.fcgi", f'{{"esearchresult":{{"count":"0","idlist":[],{notes}}}}}')
    found = search(client, QUERY, CREDENTIALS, NOW)
    assert (prove(QUERY.item, [found], []).is_proved, pubmed.count("esearch.fcgi")) == (True, 1)


def test_an_empty_half_is_borne_out_by_the_sum(pubmed: PubMed, client: Client) -> None:
    pubmed.papers = {**number(0, 6_000, days(1)), **number(6_000, 5_000, days(2))}
    empty = only("esearch.fcgi", NO_WORD)
    pubmed.spoil = lambda request: empty(request) if request.form.get("mindate", "") >= "2026/01/03" else None
    found = search(client, QUERY, CREDENTIALS, NOW)
    assert (found.count, len(found.pmids), found.doubt) == (11_000, 11_000, "")


def test_a_paper_that_does_not_come_back_is_named(pubmed: PubMed, client: Client) -> None:
    pubmed.lost = {"99000007"}
    found = search(client, QUERY, CREDENTIALS, NOW)
    received = fetch_all(client, found)
    proof = prove(QUERY.item, [found], received)
    assert (proof.is_proved, proof.expected, proof.received) == (False, 60, 59)
    assert proof.reason == "59 of 60 received, without 99000007"


def test_a_paper_known_to_be_deleted_need_not_come_back(pubmed: PubMed, client: Client) -> None:
    pubmed.lost = {"99000007"}
    found = search(client, QUERY, CREDENTIALS, NOW)
    proof = prove(QUERY.item, [found], fetch_all(client, found), explained_pmids={"99000007"})
    assert (proof.is_proved, proof.expected, proof.received) == (True, 60, 59)


def test_many_missing_papers_are_named_by_the_first_few(pubmed: PubMed, client: Client) -> None:
    found = search(client, QUERY, CREDENTIALS, NOW)
    reason = prove(QUERY.item, [found], []).reason
    assert reason == "0 of 60 received, without 99000000, 99000001, 99000002, 99000003, 99000004 …"


def test_what_was_never_asked_is_not_proved() -> None:
    assert not prove("agent:relatlimab", [], ["99000001"]).is_proved


def test_two_searches_of_one_item_are_judged_together(pubmed: PubMed, client: Client) -> None:
    entered = search(client, QUERY, CREDENTIALS, NOW)
    february = Query(QUERY.item, QUERY.term, "mdat", days(31), dt.date(2026, 2, 1))
    revised = search(client, february, CREDENTIALS, NOW)
    received = {*fetch_all(client, entered), *fetch_all(client, revised)}
    proof = prove(QUERY.item, [entered, revised], received)
    assert (proof.is_proved, proof.expected, len(received)) == (True, 61, 61)
    assert pubmed.requests[1].form["datetype"] == "mdat"


@pytest.mark.parametrize(
    "spoiled",
    [
        only("efetch.fcgi", FORGOTTEN, 400),
        only("efetch.fcgi", FORGOTTEN, 200),
        only("efetch.fcgi", "<eFetchResult><ERROR>proxy_stream(): 502</ERROR></eFetchResult>", 400),
    ],
)
def test_a_forgotten_search_is_made_once_more(
    pubmed: PubMed, client: Client, spoiled: Callable[[Request], Response | None]
) -> None:
    found = search(client, QUERY, CREDENTIALS, NOW)
    pubmed.spoil = once(spoiled)
    with structlog.testing.capture_logs() as logs:
        assert fetch_all(client, found, 25) == list(found.pmids)
    assert pubmed.count("esearch.fcgi") == 2
    assert [entry["event"] for entry in logs] == ["search history gone, searched again"]


def test_a_search_forgotten_between_pages_starts_its_window_again(pubmed: PubMed, client: Client) -> None:
    found = search(client, QUERY, CREDENTIALS, NOW)
    pages = fetch_found(client, found, CREDENTIALS, NOW, records_per_page=25)
    first = next(pages)
    pubmed.histories.clear()
    again = list(pages)
    assert find_pmids(page.body for page in (first, *again)) == [*found.pmids[:25], *found.pmids]
    assert [page.number for page in (first, *again)] == [2, 3, 4, 5]


def test_a_search_that_finds_others_when_made_again_brings_what_it_listed_at_first(
    pubmed: PubMed, client: Client
) -> None:
    found = search(client, QUERY, CREDENTIALS, NOW)
    pages = fetch_found(client, found, CREDENTIALS, NOW, records_per_page=25)
    first = next(pages)
    pubmed.histories.clear()
    pubmed.papers["99000060"] = days(31)  # entered in the meantime
    again = list(pages)
    received = find_pmids(page.body for page in (first, *again))
    assert received == [*found.pmids[:25], *found.pmids]
    assert [page.number for page in (first, *again)] == [2, 3]
    assert prove(QUERY.item, [found], received).is_proved


def test_a_search_forgotten_twice_is_an_error(pubmed: PubMed, client: Client) -> None:
    found = search(client, QUERY, CREDENTIALS, NOW)
    pubmed.spoil = only("efetch.fcgi", FORGOTTEN, 400)
    with pytest.raises(SourceError, match="agent:relatlimab: HTTP 400: Unable to obtain query #1, also after"):
        fetch_all(client, found)
    assert (pubmed.count("esearch.fcgi"), pubmed.count("efetch.fcgi")) == (2, 2)


LIMIT = f'{{"error":"API rate limit exceeded","api-key":"{KEY}","count":"4","limit":"3"}}'


@pytest.mark.parametrize(
    "spoiled",
    [
        only("esearch.fcgi", LIMIT),
        only("esearch.fcgi", LIMIT, 429),
        only("esearch.fcgi", "<html><body>Sorry"),
        only("esearch.fcgi", '{"esearchresult":{"ERROR":"Search Backend failed: \nread timed out"}}'),
    ],
)
def test_a_spoiled_search_answer_is_asked_for_again(
    pubmed: PubMed, client: Client, spoiled: Callable[[Request], Response | None]
) -> None:
    pubmed.spoil = once(spoiled)
    assert search(client, QUERY, CREDENTIALS, NOW).count == 60
    assert pubmed.count("esearch.fcgi") == 2


@pytest.mark.parametrize("body", [LIMIT, "<html><body>Sorry", write_set(write_article())[:-30], ""])
def test_spoiled_records_are_asked_for_again(pubmed: PubMed, client: Client, body: str | bytes) -> None:
    found = search(client, QUERY, CREDENTIALS, NOW)
    pubmed.spoil = once(only("efetch.fcgi", body))
    assert fetch_all(client, found) == list(found.pmids)
    assert (pubmed.count("esearch.fcgi"), pubmed.count("efetch.fcgi")) == (1, 2)


@pytest.mark.parametrize(
    ("spoiled", "words", "asked"),
    [
        (only("esearch.fcgi", LIMIT), "API rate limit exceeded", 3),
        (only("esearch.fcgi", "<html><body>Sorry"), "instead of a search answer", 3),
        (only("esearch.fcgi", '{"esearchresult":{"ERROR":"Empty term and query_key"}}'), "Empty term", 1),
        (only("esearch.fcgi", f'{{"error":"API key invalid: {KEY}"}}', 400), r"HTTP 400: API key invalid: \*\*\*", 1),
        (only("esearch.fcgi", f'{{"error":"no use for {KEY}"}}'), r"no use for \*\*\*", 3),
        (only("esearch.fcgi", "gone", 404), "HTTP 404: no reason given", 1),
        (only("esearch.fcgi", "", 403), "HTTP 403", 1),
    ],
)
def test_a_search_that_stays_spoiled_is_an_error_without_the_key(
    pubmed: PubMed, client: Client, spoiled: Callable[[Request], Response | None], words: str, asked: int
) -> None:
    pubmed.spoil = spoiled
    with pytest.raises(SourceError, match=words) as caught, structlog.testing.capture_logs() as logs:
        search(client, QUERY, CREDENTIALS, NOW)
    assert pubmed.count("esearch.fcgi") == asked
    assert KEY not in f"{caught.value} {caught.value.hint} {logs}"


@pytest.mark.parametrize("shift", range(len(KEY) + 1))
def test_no_half_of_the_key_is_left_where_an_error_is_shortened(pubmed: PubMed, client: Client, shift: int) -> None:
    text = "Empty term ".ljust(200 - shift, "x") + KEY
    pubmed.spoil = only("esearch.fcgi", json.dumps({"esearchresult": {"ERROR": text}}))
    with pytest.raises(SourceError) as caught:
        search(client, QUERY, CREDENTIALS, NOW)
    assert KEY[:4] not in str(caught.value)


def test_an_answer_that_repeats_the_key_is_landed_without_it(pubmed: PubMed, client: Client) -> None:
    none = '"count":"0","idlist":[],"errorlist":{"phrasesnotfound":["x"]}'
    pubmed.spoil = only("esearch.fcgi", f'{{"esearchresult":{{{none},"querytranslation":"{KEY}"}}}}')
    assert [KEY.encode() in page.body for page in search(client, QUERY, CREDENTIALS, NOW).pages] == [False]


@pytest.mark.parametrize("listed", ['["99000001","x"]', '["0"]', '[""]', '["99000001 OR 1"]', "[99000001]"])
def test_an_answer_that_lists_no_pmids_is_asked_for_again(pubmed: PubMed, client: Client, listed: str) -> None:
    pubmed.spoil = once(only("esearch.fcgi", f'{{"esearchresult":{{"count":"1","idlist":{listed}}}}}'))
    assert search(client, QUERY, CREDENTIALS, NOW).count == 60


def test_a_phrase_pubmed_does_not_know_is_logged(pubmed: PubMed, client: Client) -> None:
    none = {"count": "0", "idlist": [], "errorlist": {"phrasesnotfound": ["relatlimab"]}}
    pubmed.spoil = only("esearch.fcgi", json.dumps({"esearchresult": none}))
    with structlog.testing.capture_logs() as logs:
        assert search(client, QUERY, CREDENTIALS, NOW).count == 0
    assert [(entry["said"], entry["more"]) for entry in logs] == [("phrasesnotfound: relatlimab", 0)]


def test_papers_are_fetched_by_number_in_batches(pubmed: PubMed, client: Client) -> None:
    pubmed.papers = number(0, 450, days(1))
    wanted = [*pubmed.papers, "99000001", "99900000", "no number", "0"]
    pages = list(fetch_by_id(client, "trial:NCT99000001", wanted, CREDENTIALS, NOW, first_number=7))
    assert find_pmids(page.body for page in pages) == list(pubmed.papers)
    assert [page.number for page in pages] == [7, 8, 9]
    assert [len(request.form["id"].split(",")) for request in pubmed.requests] == [200, 200, 51]


def test_no_number_asks_nothing(pubmed: PubMed, client: Client) -> None:
    assert list(fetch_by_id(client, "x", ["no number"], CREDENTIALS, NOW)) == []
    assert pubmed.requests == []


def test_numbers_pubmed_does_not_know_are_a_page_without_records(pubmed: PubMed, client: Client) -> None:
    pubmed.spoil = only("efetch.fcgi", EMPTY, 400)
    (page,) = fetch_by_id(client, "x", ["99900000"], CREDENTIALS, NOW)
    assert (page.status, page.records, find_pmids(iter([page.body]))) == (400, (), [])


def test_a_batch_refused_once_is_asked_for_again_and_twice_is_an_error(pubmed: PubMed, client: Client) -> None:
    refused = only("efetch.fcgi", "<eFetchResult><ERROR>Failed to connect to PubOne</ERROR></eFetchResult>", 400)
    pubmed.spoil = once(refused)
    pages = fetch_by_id(client, "x", ["99000001"], CREDENTIALS, NOW)
    assert find_pmids(page.body for page in pages) == ["99000001"]
    pubmed.spoil = refused
    with pytest.raises(SourceError, match="x: HTTP 400: Failed to connect to PubOne"):
        list(fetch_by_id(client, "x", ["99000001"], CREDENTIALS, NOW))


def test_a_window_that_ends_before_it_begins_is_no_query() -> None:
    with pytest.raises(ValueError, match="from 2026-01-31 to 2026-01-01"):
        Query("x", "y", "edat", days(31), days(1))


def test_halves_meet_and_end_at_single_days() -> None:
    pending, single = [QUERY], []
    while pending:
        query = pending.pop(0)
        if query.since == query.until:
            single.append(query.since)
        else:
            pending[:0] = query.halve()
    assert single == [days(day) for day in range(1, 32)]
