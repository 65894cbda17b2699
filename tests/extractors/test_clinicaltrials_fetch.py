"""Chains of pages and single probes against a loopback registry: tokens, restarts, circles, and what a 404 means."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer

from dags.sample.faults import Fault
from dags.sample.server import SampleServer
from extractors.clinicaltrials.fetch import Chain, fetch_probe, fetch_release
from extractors.clinicaltrials.prove import prove
from extractors.clinicaltrials.query import StudyQuery, build_id_queries
from extractors.http import Client
from models.errors import RefusedQueryError, SourceError
from models.page import Page

NOW = dt.datetime.combine(dt.date(2026, 2, 10), dt.time(14))
NCT_ID = "NCT99000101"


@pytest.fixture
def registry(sample_server: SampleServer) -> Iterator[Client]:
    with Client("clinicaltrials", sample_server.ctg_url, requests_per_second=0) as client:
        yield client


@pytest.fixture
def client(httpserver: HTTPServer) -> Iterator[Client]:
    with Client("clinicaltrials", httpserver.url_for("/api"), requests_per_second=0) as one:
        yield one


def ask(client: Client, page_size: int = 2) -> Chain:
    ids = [f"NCT99000{number}" for number in range(101, 108)]
    query = next(build_id_queries("tracked", ids))
    params = tuple((name, str(page_size) if name == "pageSize" else value) for name, value in query.params)
    return Chain(client, StudyQuery("tracked", params), NOW)


def ids_of(chain: Chain) -> list[str]:
    return [record.nct_id for envelope in chain.envelopes for record in envelope.ids]


def token_requests(server: SampleServer) -> list[str]:
    return [request.params.get("pageToken", "") for request in server.requests if request.path.endswith("/studies")]


def page(number: int, token: str | None, total: int | None = None) -> str:
    study = {"protocolSection": {"identificationModule": {"nctId": f"NCT99{number:06d}"}}}
    whole = {"studies": [study], "nextPageToken": token, "totalCount": total}
    return json.dumps({name: value for name, value in whole.items() if value is not None})


def test_a_chain_follows_tokens_to_the_last_page(sample_server: SampleServer, registry: Client) -> None:
    chain = ask(registry)
    pages = list(chain.fetch())
    assert [one.number for one in pages] == [1, 2, 3, 4]
    assert len(set(ids_of(chain))) == 7
    assert prove("tracked", [chain.envelopes]).is_proved
    assert token_requests(sample_server)[0] == ""
    assert len(set(token_requests(sample_server))) == 4


def test_every_page_repeats_the_same_parameters(sample_server: SampleServer, registry: Client) -> None:
    list(ask(registry).fetch())
    asked = [request.params for request in sample_server.requests]
    assert all({**one, "pageToken": ""} == {**asked[0], "pageToken": ""} for one in asked)


def test_an_empty_page_with_a_token_does_not_end_a_chain(sample_server: SampleServer, registry: Client) -> None:
    sample_server.empty_pages = True
    chain = ask(registry)
    pages = list(chain.fetch())
    assert len(pages) == 7
    assert prove("tracked", [chain.envelopes]).is_proved


def test_pages_keep_the_bytes_address_question_and_instant(registry: Client, sample_server: SampleServer) -> None:
    first: Page = next(iter(ask(registry).fetch()))
    assert first.body.startswith(b"{")
    assert first.url == f"{sample_server.ctg_url}/studies"
    assert json.loads(first.request)["filter.ids"].startswith(NCT_ID)
    assert (first.status, first.content_type, first.fetched_at, first.item) == (200, "application/json", NOW, "tracked")
    assert all(json.loads(first.body[span.start : span.end]) for span in first.records)


def test_a_token_no_longer_known_starts_again_from_page_one(sample_server: SampleServer, registry: Client) -> None:
    sample_server.faults = [Fault(kind="status", query="pageToken=", status=400, after=1)]
    chain = ask(registry)
    pages = list(chain.fetch())
    assert [one.number for one in pages] == [1, 2, 1, 2, 3, 4]
    assert len(ids_of(chain)) == 7
    assert prove("tracked", [chain.envelopes]).is_proved


def test_a_token_refused_for_ever_ends_unproved_after_two_restarts(
    sample_server: SampleServer, registry: Client
) -> None:
    sample_server.faults = [Fault(kind="status", query="pageToken=", status=400, times=None)]
    chain = ask(registry)
    assert len(list(chain.fetch())) == 3
    proof = prove("tracked", [chain.envelopes])
    assert (proof.is_proved, proof.reason) == (False, "the pages broke off")


def test_a_query_refused_on_page_one_is_a_source_error(sample_server: SampleServer, registry: Client) -> None:
    sample_server.faults = [Fault(kind="status", path="/studies", status=400)]
    with pytest.raises(SourceError, match="HTTP 400 on tracked"):
        list(ask(registry).fetch())


@pytest.mark.parametrize("status", [204, 301, 304, 404])
def test_an_answer_that_is_neither_a_page_nor_a_refusal_of_the_question_fails_the_source(
    httpserver: HTTPServer, client: Client, status: int
) -> None:
    httpserver.expect_request("/api/studies").respond_with_data("", status=status, headers={"Location": "/elsewhere"})
    with pytest.raises(SourceError, match=f"HTTP {status} on tracked: /elsewhere") as caught:
        list(ask(client).fetch())
    assert not isinstance(caught.value, RefusedQueryError)
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("body", ["[]", '{"studies": null}', '{"studies": {}}', '{"studies": [], "totalCount": "0"}'])
def test_json_of_another_shape_is_no_page(httpserver: HTTPServer, client: Client, body: str) -> None:
    httpserver.expect_request("/api/studies").respond_with_data(body)
    with pytest.raises(SourceError, match="HTTP 200 but no page of studies"):
        list(ask(client).fetch())
    assert len(httpserver.log) == 5


@pytest.mark.parametrize("body", [b'{"studies":[],"nextPageToken":"\xff"}', b'{"studies":[' + b"[" * 200_000])
def test_bytes_that_no_reader_bears_are_no_page(httpserver: HTTPServer, client: Client, body: bytes) -> None:
    httpserver.expect_request("/api/studies").respond_with_data(body)
    with pytest.raises(SourceError, match="HTTP 200 but no page of studies"):
        list(ask(client).fetch())


def test_pages_that_run_in_a_circle_are_a_source_error(httpserver: HTTPServer, client: Client) -> None:
    for asked, given in (("", "a"), ("a", "b"), ("b", "a")):
        query = {"pageToken": asked} if asked else {}
        httpserver.expect_request("/api/studies", query_string=query).respond_with_data(page(1, given, 3))
    with pytest.raises(SourceError, match="circle"):
        list(Chain(client, StudyQuery("x", ()), NOW).fetch())
    assert len(httpserver.log) == 3


@pytest.mark.parametrize("kind", ["html", "empty", "broken", "cut", "reset"])
def test_a_spoilt_page_in_the_middle_is_asked_again(sample_server: SampleServer, registry: Client, kind: str) -> None:
    sample_server.faults = [Fault(kind=kind, path="/studies", after=1)]  # type: ignore[arg-type]
    chain = ask(registry)
    list(chain.fetch())
    assert prove("tracked", [chain.envelopes]).is_proved
    assert len(sample_server.requests) == 5


def test_a_page_that_stays_html_is_a_source_error_that_says_so(sample_server: SampleServer, registry: Client) -> None:
    sample_server.faults = [Fault(kind="html", path="/studies", times=None)]
    with pytest.raises(SourceError, match="HTTP 200 but no page of studies"):
        list(ask(registry).fetch())


def test_a_release_is_read(registry: Client) -> None:
    assert fetch_release(registry).data_timestamp == "2026-02-10T09:00:05"


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        "[]",
        '{"dataTimestamp": null}',
        '{"apiVersion":"2","dataTimestamp":"\\ud800"}',
        '{"apiVersion":"2.0.5","dataTimestamp":"soon"}',
        "<html>",
        "",
    ],
)
def test_a_release_that_cannot_be_read_is_a_source_error(httpserver: HTTPServer, client: Client, body: str) -> None:
    httpserver.expect_request("/api/version").respond_with_data(body)
    with pytest.raises(SourceError, match="no version"):
        fetch_release(client)


@pytest.mark.parametrize("status", [204, 301, 304, 400, 404])
def test_an_answer_without_a_release_is_a_source_error(httpserver: HTTPServer, client: Client, status: int) -> None:
    httpserver.expect_request("/api/version").respond_with_data("", status=status)
    with pytest.raises(SourceError, match=f"HTTP {status} on version: no body"):
        fetch_release(client)


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ((200, "application/json", page(101, None).replace("NCT99000101", NCT_ID)), "listed"),
        ((200, "text/html", "<html>Please try again</html>"), "unclear"),
        ((200, "text/html", f"<html>Please try again: /studies/{NCT_ID}</html>"), "unclear"),
        ((200, "application/json", "{}"), "unclear"),
        ((404, "text/plain", f"NCT number {NCT_ID} not found"), "not_found"),
        ((404, "text/plain; charset=utf-8", f"NCT number {NCT_ID} not found"), "not_found"),
        ((404, "text/html", f"<html>NCT number {NCT_ID} not found</html>"), "unclear"),
        ((404, "text/plain", ""), "unclear"),
        ((404, "text/plain", "not found"), "unclear"),
        ((404, "text/plain", "NCT number NCT99000102 not found"), "unclear"),
        ((404, "application/json", f'"{NCT_ID}"'), "unclear"),
        ((404, "", f"NCT number {NCT_ID} not found"), "unclear"),
        ((400, "text/plain", f"{NCT_ID} is malformed"), "unclear"),
        ((204, "text/plain", ""), "unclear"),
    ],
)
def test_only_the_registrys_own_plain_404_proves_an_absence(
    httpserver: HTTPServer, client: Client, given: tuple[int, str, str], answer: str
) -> None:
    status, content_type, body = given
    httpserver.expect_request(f"/api/studies/{NCT_ID}").respond_with_data(
        body, status=status, content_type=content_type
    )
    assert fetch_probe(client, NCT_ID) == answer


@pytest.mark.parametrize(
    ("location", "answer"),
    [
        ("/api/v2/studies/NCT99000102", "alias"),
        (f"/api/v2/studies/{NCT_ID}", "unclear"),
        (f"https://elsewhere.example/{NCT_ID}", "unclear"),
        ("https://login.example/sorry", "unclear"),
        ("", "unclear"),
    ],
)
def test_a_redirect_to_another_number_is_an_alias_and_no_other_is(
    httpserver: HTTPServer, client: Client, location: str, answer: str
) -> None:
    headers = {"Location": location} if location else {}
    httpserver.expect_request(f"/api/studies/{NCT_ID}").respond_with_data("", status=301, headers=headers)
    assert fetch_probe(client, NCT_ID) == answer


def test_the_loopback_registry_answers_probes_as_the_real_one_does(
    sample_server: SampleServer, registry: Client
) -> None:
    answers = {nct_id: fetch_probe(registry, nct_id) for nct_id in (NCT_ID, "NCT99000902", "NCT99999999")}
    assert answers == {NCT_ID: "listed", "NCT99000902": "alias", "NCT99999999": "not_found"}


def test_a_refused_probe_is_an_error_and_no_absence(sample_server: SampleServer, registry: Client) -> None:
    sample_server.faults = [Fault(kind="status", status=403, times=None)]
    with pytest.raises(SourceError, match="403"):
        fetch_probe(registry, NCT_ID)
