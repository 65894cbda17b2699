"""The polite client against real sockets: retries, pace, bounds, and what it says of itself."""

from __future__ import annotations

import contextlib
import datetime as dt
import email.utils
import gzip
import itertools
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import stamina
import structlog
from hypothesis import example, given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

import extractors.http
from extractors.http import Answer, Client
from extractors.transports import LADDER, find_ladder
from models.errors import SourceError
from models.settings import Rung

TRIES = 5
SECRET = "s3cr3t-key"  # noqa: S105  invented
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ngood"
on_every_rung = pytest.mark.parametrize("rung", LADDER)
CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\nConnection: close\r\n\r\nhalf"
CUT_CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n4\r\nhalf\r\n"
ODD_CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nfour\r\nhalf\r\n0\r\n\r\n"


def build_client(url: str, **options: object) -> Client:
    return Client("somewhere", url, requests_per_second=0, **options)  # type: ignore[arg-type]


@pytest.fixture(params=LADDER)
def client(httpserver: HTTPServer, request: pytest.FixtureRequest) -> Iterator[Client]:
    """One client on each rung, to which it keeps."""
    with build_client(httpserver.url_for(""), ladder=(request.param,)) as one:
        yield one


def answer_in_turn(httpserver: HTTPServer, *responses: Response) -> None:
    """Give the responses one after the other, the last one for good."""
    waiting = itertools.chain(responses, itertools.repeat(responses[-1]))
    lock = threading.Lock()

    def respond(_: Request) -> Response:
        with lock:
            return next(waiting)

    httpserver.expect_request("/x").respond_with_handler(respond)


@contextlib.contextmanager
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


@on_every_rung
@pytest.mark.parametrize(
    "broken",
    [CUT, None, b"", b"nonsense\r\n\r\n", CUT[:30], CUT[:36], CUT_CHUNKS, CUT_CHUNKS[:-4], ODD_CHUNKS],
)
def test_a_broken_exchange_is_asked_again_and_forgotten(broken: bytes | None, rung: Rung) -> None:
    with raw_server(broken, broken, GOOD) as (url, asked), build_client(url, ladder=(rung,)) as client:
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


@on_every_rung
def test_a_silence_is_a_timeout_and_asked_again(rung: Rung) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with listener, build_client(url, ladder=(rung,), timeout=0.1) as client:
        with pytest.raises(SourceError, match="took too long, 5 tries"):
            client.get("x")
        assert client.requests == TRIES


@contextlib.contextmanager
def dripping_server(gap: float, head: bytes, body: bytes, step: int = 1) -> Iterator[str]:
    """Serve one body for ever, a few bytes at a time with a gap before each."""
    listener = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def serve() -> None:
        while not stopped.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                drip(connection)

    def drip(connection: socket.socket) -> None:
        try:
            connection.recv(65536)
            connection.sendall(head)
            for start in range(0, len(body), step):
                if stopped.wait(gap):
                    return
                connection.sendall(body[start : start + step])
        except OSError:
            return  # the client has had enough

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stopped.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


DRIPS = {
    "plain": (b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n", b"x" * 9000),
    "chunked": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2328\r\n", b"x" * 9000),
    "gzip": (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9000\r\n\r\n",
        bytes([31, 139, 8] + [8] * 99),
    ),
}


@on_every_rung
@pytest.mark.parametrize("form", DRIPS)
def test_a_body_that_only_drips_is_a_timeout_and_asked_again(form: str, rung: Rung) -> None:
    with dripping_server(0.01, *DRIPS[form]) as url, build_client(url, ladder=(rung,), timeout=0.05) as client:
        started = time.monotonic()
        with pytest.raises(SourceError, match="took too long, 5 tries"):
            client.get("x")
        assert client.requests == TRIES
        assert time.monotonic() - started < 60  # a long one would drip a minute and a half a try


@on_every_rung
def test_a_body_that_comes_slowly_but_steadily_is_waited_for(rung: Rung) -> None:
    body = b"x" * 4000
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    with (
        dripping_server(0.006, head, body, step=16) as url,
        build_client(url, ladder=(rung,), timeout=1) as client,
    ):
        assert client.get("x").body == body
        assert client.requests == 1


@on_every_rung
def test_a_body_longer_than_announced_is_cut_to_its_length_and_harms_no_later_one(rung: Rung) -> None:
    long = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngoodand more"
    with raw_server(long, GOOD) as (url, asked), build_client(url, ladder=(rung,)) as client:
        assert client.get("x").body == b"good"
        assert client.get("x").body == b"good"
        assert len(asked) == 2


def test_a_compressed_body_that_ends_early_is_searched_for_flaws_like_any_other(
    httpserver: HTTPServer, client: Client
) -> None:
    whole = gzip.compress(b"g" + bytes(range(256)) * 20 + b"good")
    cut = Response(whole[: len(whole) // 2], headers={"Content-Encoding": "gzip"})
    answer_in_turn(httpserver, cut, Response(whole, headers={"Content-Encoding": "gzip"}))
    find_flaw: Callable[[Answer], str | None] = lambda answer: None if answer.body[-4:] == b"good" else "flawed"  # noqa: E731
    assert client.get("x", find_flaw=find_flaw).body[-4:] == b"good"
    assert client.requests == 2


@on_every_rung
def test_a_closed_port_is_named_as_out_of_reach(rung: Rung) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with (
        build_client(f"http://127.0.0.1:{port}", ladder=(rung,)) as client,
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


@pytest.mark.parametrize("status", [401, 405, 410, 414, 418, 451])
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


@contextlib.contextmanager
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


@given(st.text(st.characters(max_codepoint=0x24F), max_size=30))
@example("0\x1f")  # a control character is space to str.strip, but not to float
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


def test_without_a_contact_the_user_agent_names_the_program_alone(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data("good")
    with build_client(httpserver.url_for("")) as client:
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


def test_tries_keep_the_pace_too(httpserver: HTTPServer) -> None:
    answer_in_turn(httpserver, Response(status=503), Response(status=503), Response("good"))
    slept: list[float] = []
    with Client("somewhere", httpserver.url_for(""), requests_per_second=2, sleep=slept.append) as client:
        client.get("x")
    assert len(slept) == 2
    assert all(0 < pause <= 1.5 for pause in slept)


def tell_rung(request: Request) -> str:
    """Tell how a request looks from the other side; TLS is not spoken here, so two rungs look alike."""
    library = "urllib" if request.headers["Connection"] == "close" else "httpx"
    agent = request.headers.get("User-Agent", "")
    assert "Mozilla" not in agent
    assert not agent or agent.startswith("trialwatch/")
    return library if agent else f"{library}-no-agent"


SEEN = ["httpx", "httpx", "urllib", "urllib-no-agent"]


class Wall:
    """Answers by what `decide` says of the n-th request (from 0) and its rung, and keeps how each one looked."""

    def __init__(self, httpserver: HTTPServer, decide: Callable[[int, str], Response]) -> None:
        self.asked: list[str] = []
        self.forms: list[str] = []
        self._decide = decide
        httpserver.expect_request("/x").respond_with_handler(self._respond)
        self.url = httpserver.url_for("")

    def _respond(self, request: Request) -> Response:
        self.asked.append(tell_rung(request))
        self.forms.append(request.form.get("api_key", ""))
        return self._decide(len(self.asked) - 1, self.asked[-1])


def refused() -> Response:
    return Response("<html>no</html>", status=403, content_type="text/html")


def test_refused_everywhere_each_rung_is_tried_once_in_order_and_never_again(httpserver: HTTPServer) -> None:
    wall = Wall(httpserver, lambda *_: refused())
    with build_client(wall.url, ladder=LADDER) as client:
        for _ in range(3):
            with pytest.raises(SourceError) as caught:
                client.get("x")
            assert str(caught.value) == (
                f"somewhere: HTTP 403, localhost:{httpserver.port} refuses this client; "
                "tried: httpx, httpx-tls1.2, urllib, urllib-no-agent"
            )
            assert "another network" in caught.value.hint
            assert "HTTPS_PROXY" in caught.value.hint
        assert wall.asked == SEEN
        assert client.requests == len(SEEN)


@pytest.mark.parametrize(("source", "expected"), [("clinicaltrials", True), ("pubmed", False)])
def test_refused_everywhere_by_a_source_whose_files_can_be_imported_the_import_is_named(
    httpserver: HTTPServer, source: str, expected: bool
) -> None:
    wall = Wall(httpserver, lambda *_: refused())
    with Client(source, wall.url, requests_per_second=0, ladder=LADDER) as client, pytest.raises(SourceError) as caught:
        client.get("x")
    assert ("`trialwatch import`" in caught.value.hint) is expected
    assert "proxy" in caught.value.hint


@pytest.mark.parametrize("passing", range(len(LADDER)))
def test_what_worked_is_kept_for_all_that_follows(httpserver: HTTPServer, passing: int) -> None:
    wall = Wall(httpserver, lambda number, _: Response("good") if number >= passing else refused())
    with build_client(wall.url, ladder=LADDER) as client:
        assert client.rung is None
        assert [client.get("x").body for _ in range(3)] == [b"good"] * 3
        assert client.rung == LADDER[passing]
    assert wall.asked == SEEN[: passing + 1] + [SEEN[passing]] * 2


def test_a_way_that_is_refused_later_is_not_the_one_that_works(httpserver: HTTPServer) -> None:
    wall = Wall(httpserver, lambda number, _: Response("good") if number in {0, 2} else refused())
    rungs = []
    with build_client(wall.url, ladder=LADDER[:2]) as client:
        for _ in range(3):
            with contextlib.suppress(SourceError):
                client.get("x")
            rungs.append(client.rung)
    assert rungs == ["httpx", "httpx-tls1.2", None]


def test_a_way_that_only_broke_off_has_not_worked(httpserver: HTTPServer) -> None:
    wall = Wall(httpserver, lambda *_: Response(status=503))
    with build_client(wall.url, ladder=LADDER) as client, pytest.raises(SourceError):
        client.get("x")
    assert client.rung is None


def test_a_wall_against_user_agents_is_passed_without_one(httpserver: HTTPServer) -> None:
    wall = Wall(httpserver, lambda _, seen: Response("good") if seen.endswith("no-agent") else refused())
    with build_client(wall.url, ladder=LADDER) as client:
        assert client.get("x").body == b"good"
    assert wall.asked == SEEN


def test_a_wall_against_httpx_is_passed_by_urllib(httpserver: HTTPServer) -> None:
    wall = Wall(httpserver, lambda _, seen: Response("good") if seen == "urllib" else refused())
    with build_client(wall.url, ladder=LADDER) as client:
        assert client.get("x").body == b"good"
    assert wall.asked == ["httpx", "httpx", "urllib"]


def test_a_wall_that_rises_later_is_met_on_the_next_rung_and_no_refused_one(httpserver: HTTPServer) -> None:
    wall = Wall(httpserver, lambda number, _: refused() if number in {0, 1, 4} else Response("good"))
    with build_client(wall.url, ladder=LADDER) as client:
        assert [client.get("x").body for _ in range(4)] == [b"good"] * 4
    assert wall.asked == ["httpx", "httpx", "urllib", "urllib", "urllib", "urllib-no-agent", "urllib-no-agent"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_passing_faults_are_tried_again_on_every_rung(httpserver: HTTPServer, status: int) -> None:
    def decide(number: int, _: str) -> Response:
        if number % 3 < 2:
            return Response(status=status)
        return Response("good") if number == 11 else refused()

    wall = Wall(httpserver, decide)
    with build_client(wall.url, ladder=LADDER) as client:
        assert client.get("x").body == b"good"
    assert wall.asked == [seen for seen in SEEN for _ in range(3)]


@pytest.mark.parametrize("status", [429, 503])
def test_a_fault_that_stays_climbs_no_rung_and_tells_what_was_refused_before(
    httpserver: HTTPServer, status: int
) -> None:
    wall = Wall(httpserver, lambda number, _: refused() if number < 2 else Response(status=status))
    words = f"somewhere: HTTP {status}, 5 tries by urllib, after HTTP 403 by httpx, httpx-tls1.2$"
    with build_client(wall.url, ladder=LADDER) as client, pytest.raises(SourceError, match=words):
        client.get("x")
    assert wall.asked == ["httpx", "httpx", *["urllib"] * TRIES]


@pytest.mark.parametrize("status", [301, 400, 404])
def test_no_other_answer_climbs(httpserver: HTTPServer, status: int) -> None:
    wall = Wall(httpserver, lambda *_: Response(status=status))
    with build_client(wall.url, ladder=LADDER) as client:
        assert client.get("x").status == status
    assert wall.asked == ["httpx"]


@pytest.mark.parametrize("status", [401, 407, 451])
def test_no_other_refusal_climbs(httpserver: HTTPServer, status: int) -> None:
    wall = Wall(httpserver, lambda *_: Response(status=status))
    with build_client(wall.url, ladder=LADDER) as client, pytest.raises(SourceError, match=f"HTTP {status} from"):
        client.get("x")
    assert wall.asked == ["httpx"]


@on_every_rung
def test_a_fixed_rung_never_walks(httpserver: HTTPServer, rung: Rung) -> None:
    wall = Wall(httpserver, lambda *_: refused())
    with build_client(wall.url, ladder=find_ladder(rung)) as client:
        for _ in range(2):
            with pytest.raises(SourceError, match=rf"refuses this client; tried: {rung}$"):
                client.get("x")
    assert wall.asked == [SEEN[LADDER.index(rung)]]


def test_without_a_ladder_a_client_has_one_way_to_ask(httpserver: HTTPServer) -> None:
    wall = Wall(httpserver, lambda *_: refused())
    with build_client(wall.url) as client, pytest.raises(SourceError, match=r"tried: httpx$"):
        client.get("x")
    assert wall.asked == ["httpx"]


def test_climbing_keeps_the_pace(httpserver: HTTPServer) -> None:
    wall = Wall(httpserver, lambda *_: refused())
    slept: list[float] = []
    with (
        Client("somewhere", wall.url, requests_per_second=0.5, sleep=slept.append, ladder=LADDER) as client,
        pytest.raises(SourceError),
    ):
        client.get("x")
    assert len(slept) == len(LADDER) - 1
    # The clock stands still for a sleep that is only noted, so each pause holds the ones before it.
    assert [round(pause / 2) for pause in slept] == [1, 2, 3]


def test_a_refusal_is_not_searched_for_flaws(httpserver: HTTPServer) -> None:
    wall = Wall(httpserver, lambda number, _: Response("good") if number == 3 else refused())
    find_flaw: Callable[[Answer], str | None] = lambda answer: None if answer.body == b"good" else "flawed"  # noqa: E731
    with build_client(wall.url, ladder=LADDER) as client:
        assert client.get("x", find_flaw=find_flaw).body == b"good"
    assert wall.asked == SEEN


def test_a_form_goes_up_the_ladder_whole_and_unseen(httpserver: HTTPServer) -> None:
    wall = Wall(httpserver, lambda *_: refused())
    with (
        build_client(wall.url, ladder=LADDER) as client,
        structlog.testing.capture_logs() as logs,
        pytest.raises(SourceError) as caught,
    ):
        client.post("x", {"api_key": SECRET})
    assert wall.forms == [SECRET] * 4
    assert SECRET not in f"{caught.value} {caught.value.hint} {logs}"


def test_every_step_up_is_a_warning_in_the_log(httpserver: HTTPServer) -> None:
    wall = Wall(httpserver, lambda *_: refused())
    with (
        build_client(wall.url, ladder=LADDER) as client,
        structlog.testing.capture_logs() as logs,
        pytest.raises(SourceError),
    ):
        client.get("x")
    steps = [(one["refused"], one["now"]) for one in logs if one["log_level"] == "warning"]
    assert steps == list(itertools.pairwise(LADDER))


def test_a_client_of_fewer_tries_gives_up_sooner(httpserver: HTTPServer) -> None:
    answer_in_turn(httpserver, Response(status=503))
    with (
        build_client(httpserver.url_for(""), tries=2) as client,
        pytest.raises(SourceError, match="HTTP 503, 2 tries"),
    ):
        client.get("x")
    assert len(httpserver.log) == 2
