from __future__ import annotations

import json
import time
from collections.abc import Iterator

import httpx
import pytest
from lxml import etree

from dags.sample.faults import Fault
from dags.sample.server import SampleServer
from dags.sample.world import SAMPLE_FOLDER, World


@pytest.fixture
def server() -> Iterator[SampleServer]:
    with SampleServer(World.read(SAMPLE_FOLDER)) as running:
        yield running


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as opened:
        yield opened


def statuses(client: httpx.Client, url: str, count: int) -> list[int]:
    return [client.get(url).status_code for _ in range(count)]


@pytest.mark.parametrize("status", [403, 404, 429, 500, 502, 503])
def test_a_status_is_answered_once_with_the_page_of_an_edge_server(
    client: httpx.Client, server: SampleServer, status: int
) -> None:
    server.faults.append(Fault(kind="status", path="/version", status=status))
    answer = client.get(f"{server.ctg_url}/version")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert "retry-after" not in answer.headers
    assert statuses(client, f"{server.ctg_url}/version", 1) == [200]
    assert [request.status for request in server.requests] == [status, 200]


def test_retry_after_is_sent_as_written(client: httpx.Client, server: SampleServer) -> None:
    server.faults.append(Fault(kind="status", path="/version", status=429, retry_after="7"))
    assert client.get(f"{server.ctg_url}/version").headers["retry-after"] == "7"


def test_a_fault_waits_its_turn_and_ends_after_it(client: httpx.Client, server: SampleServer) -> None:
    server.faults.append(Fault(kind="status", path="/version", after=1, times=2))
    assert statuses(client, f"{server.ctg_url}/version", 5) == [200, 503, 503, 200, 200]


def test_a_fault_without_an_end_stays_until_it_is_taken_away(client: httpx.Client, server: SampleServer) -> None:
    server.faults.append(Fault(kind="status", path="/version", times=None))
    assert statuses(client, f"{server.ctg_url}/version", 3) == [503, 503, 503]
    server.faults.clear()
    assert statuses(client, f"{server.ctg_url}/version", 1) == [200]


def test_several_faults_count_the_same_requests_and_the_first_due_acts(
    client: httpx.Client, server: SampleServer
) -> None:
    server.faults += [Fault(kind="status", status=500), Fault(kind="status", status=502, times=2)]
    assert statuses(client, f"{server.ctg_url}/version", 3) == [500, 502, 200]


def test_only_the_fitting_path_and_parameters_are_spoilt(client: httpx.Client, server: SampleServer) -> None:
    server.faults.append(Fault(kind="status", path="/studies", query="query.intr=", times=None))
    assert statuses(client, f"{server.ctg_url}/version", 1) == [200]
    assert statuses(client, f"{server.ctg_url}/studies?query.term=lung", 1) == [200]
    assert statuses(client, f"{server.ctg_url}/studies?query.intr=zelbarimab", 1) == [503]


def test_forms_are_looked_at_like_addresses(client: httpx.Client, server: SampleServer) -> None:
    server.faults.append(Fault(kind="status", path="esearch", query="FAP"))
    form = {"db": "pubmed", "term": '"FAP"[tiab]'}
    assert client.post(f"{server.eutils_url}/esearch.fcgi", data=form).status_code == 503


def test_a_timeout_says_nothing(client: httpx.Client, server: SampleServer) -> None:
    server.faults.append(Fault(kind="timeout", path="/version"))
    with pytest.raises(httpx.ReadTimeout):
        client.get(f"{server.ctg_url}/version", timeout=0.2)
    assert statuses(client, f"{server.ctg_url}/version", 1) == [200]
    assert [request.status for request in server.requests] == [0, 200]


def test_a_timeout_hangs_up_when_its_seconds_are_over(client: httpx.Client, server: SampleServer) -> None:
    server.faults.append(Fault(kind="timeout", path="/version", seconds=0.2))
    started = time.monotonic()
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(f"{server.ctg_url}/version")
    assert 0.15 < time.monotonic() - started < 30


def test_a_server_stops_at_once_though_a_request_hangs() -> None:
    with SampleServer(World.read(SAMPLE_FOLDER)) as server:
        server.faults.append(Fault(kind="timeout", path="/version", seconds=60))
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{server.ctg_url}/version", timeout=0.2)
        started = time.monotonic()
    assert time.monotonic() - started < 30


def test_a_reset_breaks_the_connection(client: httpx.Client, server: SampleServer) -> None:
    server.faults.append(Fault(kind="reset", path="/version"))
    with pytest.raises(httpx.ReadError) as caught:
        client.get(f"{server.ctg_url}/version")
    assert "reset" in str(caught.value)
    assert statuses(client, f"{server.ctg_url}/version", 1) == [200]


def test_a_cut_answer_promises_more_than_it_sends(client: httpx.Client, server: SampleServer) -> None:
    whole = len(client.get(f"{server.ctg_url}/studies/NCT99000101").content)
    server.faults.append(Fault(kind="cut", path="/studies/"))
    with client.stream("GET", f"{server.ctg_url}/studies/NCT99000101") as answer:
        assert int(answer.headers["content-length"]) == whole
        with pytest.raises(httpx.RemoteProtocolError):
            answer.read()


def test_html_comes_with_a_200_unless_told_otherwise(client: httpx.Client, server: SampleServer) -> None:
    server.faults += [Fault(kind="html", path="/studies/"), Fault(kind="html", path="/studies/", after=1, status=404)]
    for status in (200, 404):
        answer = client.get(f"{server.ctg_url}/studies/NCT99000101")
        assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
        assert answer.text.startswith("<!DOCTYPE html>")


def test_an_empty_answer_is_a_200_without_a_body(client: httpx.Client, server: SampleServer) -> None:
    server.faults += [Fault(kind="empty", path="/studies"), Fault(kind="empty", path="/studies", after=1, status=404)]
    for status in (200, 404):
        answer = client.get(f"{server.ctg_url}/studies")
        assert (answer.status_code, answer.content) == (status, b"")


def test_a_broken_answer_arrives_whole_and_cannot_be_read(client: httpx.Client, server: SampleServer) -> None:
    server.faults += [Fault(kind="broken", path="/studies"), Fault(kind="broken", path="efetch")]
    studies = client.get(f"{server.ctg_url}/studies")
    assert studies.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        studies.json()
    form = {"db": "pubmed", "id": "99000001", "retmode": "xml"}
    articles = client.post(f"{server.eutils_url}/efetch.fcgi", data=form)
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(articles.content)


def test_the_rate_limit_of_ncbi_hides_in_a_200(client: httpx.Client, server: SampleServer) -> None:
    server.faults.append(Fault(kind="rate_limited", path="esearch"))
    answer = client.post(f"{server.eutils_url}/esearch.fcgi", data={"db": "pubmed"})
    assert (answer.status_code, answer.json()) == (200, {"error": "API rate limit exceeded", "count": "4"})
