"""The polite client against real sockets: retries, pace, bounds, and what it says of itself."""

from __future__ import annotations

import datetime as dt
import email.utils
import gzip
import itertools
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
import stamina
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

import extractors.http
from extractors.http import Answer, Client, Pace
from models.errors import SourceError

TRIES = 5
SECRET = "s3cr3t-key"  # noqa: S105  invented
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ngood"
CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\nConnection: close\r\n\r\nhalf"


def build_client(url: str, **options: object) -> Client:
    return Client("somewhere", url, requests_per_second=0, **options)  # type: ignore[arg-type]


@pytest.fixture
def client(httpserver: HTTPServer) -> Iterator[Client]:
    with build_client(httpserver.url_for("")) as one:
        yield one


def answer_in_turn(httpserver: HTTPServer, *responses: Response) -> None:
    """Give the responses one after the other, the last one for good."""
    waiting = itertools.chain(responses, itertools.repeat(responses[-1]))
    lock = threading.Lock()

    def respond(_: Request) -> Response:
        with lock:
            return next(waiting)

    httpserver.expect_request("/x").respond_with_handler(respond)


@contextmanager
def raw_server(*replies: bytes | None) -> Iterator[tuple[str, list[bytes]]]:
    """Serve raw replies, one a connection, the last one for good; None resets the connection."""
    asked: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for reply in itertools.chain(replies, itertools.repeat(replies[-1])):
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                asked.append(connection.recv(65536))
                if reply is None:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                else:
                    connection.sendall(reply)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_fault_is_asked_again_and_forgotten(httpserver: HTTPServer, client: Client, status: int) -> None:
    answer_in_turn(httpserver, Response(status=status), Response(status=status), Response("good"))
    assert client.get("x").body == b"good"
    assert client.requests == len(httpserver.log) == 3


@pytest.mark.parametrize("status", [429, 503])
def test_a_fault_that_stays_ends_after_five_tries_with_source_host_and_number(
    httpserver: HTTPServer, client: Client, status: int
) -> None:
    answer_in_turn(httpserver, Response(status=status))
    with pytest.raises(SourceError, match=f"somewhere: HTTP {status}, 5 tries") as caught:
        client.get("x")
    assert len(httpserver.log) == TRIES
    assert f"localhost:{httpserver.port}" in caught.value.hint


@pytest.mark.parametrize("broken", [CUT, None, b"", b"nonsense\r\n\r\n", CUT[:30]])
def test_a_broken_exchange_is_asked_again_and_forgotten(broken: bytes | None) -> None:
    with raw_server(broken, broken, GOOD) as (url, asked), build_client(url) as client:
        assert client.get("x").body == b"good"
        assert len(asked) == 3


def test_an_exchange_that_always_breaks_is_a_source_error_with_the_number_of_tries() -> None:
    with (
        raw_server(CUT) as (url, asked),
        build_client(url) as client,
        pytest.raises(SourceError, match=r"broke off .*, 5 tries"),
    ):
        client.get("x")
    assert len(asked) == TRIES


def test_a_silence_is_a_timeout_and_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extractors.http, "_TIMEOUT", httpx.Timeout(0.1))
    listener = socket.create_server(("127.0.0.1", 0))
    with listener, build_client(f"http://127.0.0.1:{listener.getsockname()[1]}") as client:
        with pytest.raises(SourceError, match="took too long, 5 tries"):
            client.get("x")
        assert client.requests == TRIES


def test_a_closed_port_is_named_as_out_of_reach() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with (
        build_client(f"http://127.0.0.1:{port}") as client,
        pytest.raises(SourceError, match=rf"cannot reach 127\.0\.0\.1:{port}"),
    ):
        client.get("x")


def test_a_body_that_is_not_the_gzip_it_claims_is_asked_again(httpserver: HTTPServer, client: Client) -> None:
    bad = Response(b"no gzip at all", headers={"Content-Encoding": "gzip"})
    good = Response(gzip.compress(b"good"), headers={"Content-Encoding": "gzip"})
    answer_in_turn(httpserver, bad, good)
    assert client.get("x").body == b"good"


def test_a_refusal_is_never_hammered_on(httpserver: HTTPServer, client: Client) -> None:
    answer_in_turn(httpserver, Response("<html>403</html>", status=403))
    with pytest.raises(SourceError, match="403"):
        client.get("x")
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("status", [401, 405, 410, 414, 451])
def test_any_other_refusal_is_an_error_at_once(httpserver: HTTPServer, client: Client, status: int) -> None:
    answer_in_turn(httpserver, Response(status=status))
    with pytest.raises(SourceError, match=f"HTTP {status}"):
        client.get("x")
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("status", [400, 404])
def test_not_found_and_bad_request_are_answers(httpserver: HTTPServer, client: Client, status: int) -> None:
    answer_in_turn(httpserver, Response("so", status=status, content_type="Text/Plain; charset=UTF-8"))
    answer = client.get("x")
    assert (answer.status, answer.body, answer.content_type) == (status, b"so", "text/plain")
    assert len(httpserver.log) == 1


def test_a_redirect_is_an_answer_and_not_followed(httpserver: HTTPServer, client: Client) -> None:
    answer_in_turn(httpserver, Response(status=301, headers={"Location": "/y"}))
    answer = client.get("x")
    assert (answer.status, answer.location.rpartition("/")[2]) == (301, "y")
    assert len(httpserver.log) == 1


def test_a_flawed_answer_is_asked_again(httpserver: HTTPServer, client: Client) -> None:
    answer_in_turn(httpserver, Response("<html>"), Response("good"))
    find_flaw: Callable[[Answer], str | None] = lambda answer: "a page" if b"<html>" in answer.body else None  # noqa: E731
    assert client.get("x", find_flaw=find_flaw).body == b"good"
    assert len(httpserver.log) == 2


def test_a_flaw_that_stays_is_told_in_its_own_words(httpserver: HTTPServer, client: Client) -> None:
    answer_in_turn(httpserver, Response("<html>"))
    with pytest.raises(SourceError, match="somewhere: a page of HTML, 5 tries"):
        client.get("x", find_flaw=lambda _: "a page of HTML")


def test_a_404_is_not_searched_for_flaws(httpserver: HTTPServer, client: Client) -> None:
    answer_in_turn(httpserver, Response(status=404))
    assert client.get("x", find_flaw=lambda _: "flawed").status == 404


@contextmanager
def waits_in_earnest(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Switch real waiting on, but note the waits instead of sleeping them."""
    waits: list[float] = []
    real = time.sleep

    def note(seconds: float) -> None:
        waits.append(seconds)
        real(0)

    with stamina.set_testing(False):
        monkeypatch.setattr("tenacity.nap.time.sleep", note)
        yield waits
        monkeypatch.setattr("tenacity.nap.time.sleep", real)


def fetch_after(monkeypatch: pytest.MonkeyPatch, retry_after: str) -> tuple[list[float], int, str]:
    """Return the waits, the number of requests, and the error of asking a server that says 503 once."""
    busy = f"HTTP/1.1 503 Busy\r\nRetry-After: {retry_after}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    message = ""
    with raw_server(busy.encode("latin-1"), GOOD) as (url, asked), build_client(url) as client:
        with waits_in_earnest(monkeypatch) as waits:
            try:
                client.get("x")
            except SourceError as error:
                message = str(error)
        return [wait for wait in waits if wait > 0.05], len(asked), message


def test_a_wish_in_seconds_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    waits, requests, message = fetch_after(monkeypatch, "17")
    assert (waits, requests, message) == ([17.0], 2, "")


def test_a_wish_as_a_date_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=40)
    waits, requests, _ = fetch_after(monkeypatch, email.utils.format_datetime(moment, usegmt=True))
    assert len(waits) == 1
    assert 35 < waits[0] <= 41
    assert requests == 2


def test_a_date_that_has_passed_means_no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    waits, requests, _ = fetch_after(monkeypatch, "Sun, 06 Nov 1994 08:49:37 GMT")
    assert (waits, requests) == ([], 2)


@pytest.mark.parametrize("wish", ["121", "86400", "9" * 400, "Fri, 31 Dec 2199 23:59:59 GMT"])
def test_a_wish_of_more_than_two_minutes_is_never_slept_through(monkeypatch: pytest.MonkeyPatch, wish: str) -> None:
    waits, requests, message = fetch_after(monkeypatch, wish)
    assert all(wait <= extractors.http.LONGEST_RETRY_AFTER for wait in waits)
    assert message or requests == 2


@pytest.mark.parametrize("wish", ["", "soon", "-5", "1.5", "17 minutes", "²", "٣", "Fri, 31 Dec 99999 23:59:59 GMT"])
def test_a_wish_that_cannot_be_read_is_an_ordinary_fault(monkeypatch: pytest.MonkeyPatch, wish: str) -> None:
    wish = wish.encode("utf-8").decode("latin-1") if wish == "٣" else wish
    waits, requests, message = fetch_after(monkeypatch, wish)
    assert (requests, message) == (2, "")
    assert all(wait < 5 for wait in waits)


@settings(deadline=None)
@given(st.text(st.characters(max_codepoint=0x24F), max_size=30))
def test_no_retry_after_breaks_the_reader(text: str) -> None:
    wish = extractors.http._parse_retry_after(text)  # noqa: SLF001  a pure parser of hostile text
    assert wish is None or wish >= 0


def test_waits_between_tries_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        raw_server(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as (url, _),
        build_client(url) as client,
        waits_in_earnest(monkeypatch) as waits,
        pytest.raises(SourceError),
    ):
        client.get("x")
    pauses = [wait for wait in waits if wait > 0.05]
    assert len(pauses) == TRIES - 1
    assert pauses[0] < 2 < pauses[-1] <= 30.5
    assert sum(pauses) > 5


def test_a_body_beyond_the_bound_is_refused_and_not_asked_again(
    httpserver: HTTPServer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extractors.http, "MAX_BODY_BYTES", 1 << 20)
    answer_in_turn(httpserver, Response(b"x" * ((1 << 20) + 1)))
    with pytest.raises(SourceError, match="larger than 1 MiB"):
        client.get("x")
    assert len(httpserver.log) == 1


def test_the_bound_counts_what_a_compressed_body_becomes(
    httpserver: HTTPServer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extractors.http, "MAX_BODY_BYTES", 1 << 20)
    bomb = gzip.compress(b"\0" * (8 << 20))
    assert len(bomb) < 1 << 14
    answer_in_turn(httpserver, Response(bomb, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(SourceError, match="larger than"):
        client.get("x")


def test_a_body_of_exactly_the_bound_is_read(
    httpserver: HTTPServer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extractors.http, "MAX_BODY_BYTES", 1 << 10)
    answer_in_turn(httpserver, Response(b"x" * (1 << 10)))
    assert len(client.get("x").body) == 1 << 10


def test_the_user_agent_says_who_asks_and_where_to_write(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data("good")
    with build_client(httpserver.url_for(""), contact="tests@example.org") as client:
        client.get("x")
    agent = httpserver.log[0][0].headers["User-Agent"]
    assert agent.startswith("trialwatch/")
    assert "mailto:tests@example.org" in agent
    assert "Mozilla" not in agent


def test_without_a_contact_the_user_agent_names_the_program_alone(httpserver: HTTPServer, client: Client) -> None:
    httpserver.expect_request("/x").respond_with_data("good")
    client.get("x")
    agent = httpserver.log[0][0].headers["User-Agent"]
    assert agent.startswith("trialwatch/")
    assert "mailto" not in agent


def test_a_contact_in_other_letters_stops_no_reading(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data("good")
    with build_client(httpserver.url_for(""), contact="jürgen@example.org") as client:
        assert client.get("x").body == b"good"


def test_commas_stay_commas_and_all_else_is_encoded(httpserver: HTTPServer, client: Client) -> None:
    httpserver.expect_request("/x").respond_with_data("good")
    client.get("x", {"filter.ids": "NCT99000101,NCT99000102", "query.intr": '"a b" OR "c&d=é"'})
    request = httpserver.log[0][0]
    assert b"filter.ids=NCT99000101,NCT99000102" in request.query_string
    assert request.args["query.intr"] == '"a b" OR "c&d=é"'


def test_a_form_stands_in_no_address_answer_or_error(httpserver: HTTPServer, client: Client) -> None:
    httpserver.expect_oneshot_request("/x", method="POST").respond_with_data("good")
    answer = client.post("x", {"api_key": SECRET})
    assert SECRET not in answer.url
    assert httpserver.log[0][0].form["api_key"] == SECRET
    for status in (403, 451, 503):
        httpserver.clear()
        httpserver.expect_request("/x").respond_with_data("", status=status)
        with pytest.raises(SourceError) as caught:
            client.post("x", {"api_key": SECRET})
        told: BaseException | None = caught.value
        while told is not None:
            assert SECRET not in f"{told} {told!r} {getattr(told, 'hint', '')}"
            told = told.__cause__


@settings(deadline=None)
@given(st.lists(st.floats(0, 3), min_size=1, max_size=30), st.integers(1, 10))
def test_never_more_than_so_many_requests_in_any_second(gaps: list[float], per_second: int) -> None:
    now = 100.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "monotonic", lambda: now)
        pace = Pace(per_second, sleep)
        sent = []
        for gap in gaps:
            now += gap
            pace.wait()
            sent.append(now)
    for first, later in zip(sent, sent[per_second:], strict=False):
        assert later - first >= 1 - 1e-6


def test_tries_keep_the_pace_too(httpserver: HTTPServer) -> None:
    answer_in_turn(httpserver, Response(status=503), Response(status=503), Response("good"))
    slept: list[float] = []
    with Client("somewhere", httpserver.url_for(""), requests_per_second=2, sleep=slept.append) as client:
        client.get("x")
    assert len(slept) == 2
    assert all(0 < pause <= 1.5 for pause in slept)


def test_no_pace_means_no_sleep() -> None:
    slept: list[float] = []
    pace = Pace(0, slept.append)
    for _ in range(100):
        pace.wait()
    assert slept == []
