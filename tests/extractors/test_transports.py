"""The rungs against real sockets: TLS, proxies, certificates, and what the standard library's way must not lose."""

from __future__ import annotations

import base64
import gzip
import http.server
import shutil
import socket
import ssl
import subprocess
import threading
import typing
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from extractors.http import Client
from extractors.transports import LADDER, UrllibTransport, build_connection, find_ladder
from models.errors import SourceError
from models.settings import Rung, parse_settings

on_every_rung = pytest.mark.parametrize("rung", LADDER)
_PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


def build_client(url: str, *ladder: Rung) -> Client:
    return Client("somewhere", url, requests_per_second=0, ladder=ladder)


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 that vouches for itself, with its key in the same file."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl here to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=loopback -keyout key.pem -out cert.pem"
    alternative = ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command.split(), *alternative], cwd=folder, check=True, capture_output=True)
    file = folder / "both.pem"
    file.write_text((folder / "cert.pem").read_text() + (folder / "key.pem").read_text())
    authorities = folder / "authorities"
    authorities.mkdir()
    shutil.copy(folder / "cert.pem", authorities)
    subprocess.run(["openssl", "rehash", str(authorities)], check=True, capture_output=True)
    return file


@pytest.fixture(scope="module")
def _tls_server(certificate: Path) -> Iterator[HTTPServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with HTTPServer(host="127.0.0.1", ssl_context=context) as server:
        yield server


@pytest.fixture
def tls_server(_tls_server: HTTPServer) -> HTTPServer:
    _tls_server.clear()
    return _tls_server


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


class Proxy:
    """A proxy on loopback: answers plain requests itself, tunnels CONNECT, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.logins: list[str] = []
        self.refuses = False
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                proxy.note(self)
                self.send_response(200)
                self.send_header("Content-Length", "5")
                self.end_headers()
                self.wfile.write(b"proxy")

            def do_CONNECT(self) -> None:
                proxy.note(self)
                if proxy.refuses:
                    self.send_error(403)
                    return
                host, _, port = self.path.rpartition(":")
                with socket.create_connection((host, int(port))) as far:
                    self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    back = threading.Thread(target=pass_on, args=(far, self.connection))
                    back.start()
                    pass_on(self.connection, far)
                    back.join()
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Say nothing: what was asked is kept."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]

    def note(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        self.asked.append(f"{handler.command} {handler.path}")
        self.logins.append(handler.headers.get("Proxy-Authorization", ""))

    @contextmanager
    def serving(self) -> Iterator[Proxy]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


def pass_on(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return  # the other side is gone, which ends a tunnel


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy().serving() as one:
        yield one


def ask_urllib(url: str, timeout: httpx.Timeout, **options: typing.Any) -> httpx.Response:
    with httpx.Client(transport=UrllibTransport(), timeout=timeout) as client:
        return client.get(url, **options)


# The settings and the ladder


def test_the_ladder_holds_each_rung_that_can_be_set_in_the_order_of_the_settings() -> None:
    assert typing.get_args(Rung) == LADDER


@pytest.mark.parametrize("setting", LADDER)
def test_a_rung_that_is_set_is_the_whole_ladder(setting: Rung) -> None:
    text = f'[source.clinicaltrials]\ntransport = "{setting}"\n'
    parsed = parse_settings(text.encode(), "watchlist.toml").source.clinicaltrials.transport
    assert find_ladder(parsed) == (setting,)


def test_by_default_the_ladder_is_walked_whole() -> None:
    assert find_ladder(parse_settings(b"", "watchlist.toml").source.clinicaltrials.transport) == LADDER


@pytest.mark.parametrize("rung", LADDER)
def test_what_worked_before_goes_first_and_the_others_follow_in_their_order(rung: Rung) -> None:
    ladder = find_ladder("auto", rung)
    assert ladder[0] == rung
    assert ladder[1:] == tuple(other for other in LADDER if other != rung)


def test_a_rung_that_is_set_wins_over_a_remembered_one() -> None:
    assert find_ladder("httpx", "urllib") == ("httpx",)


def test_a_remembered_rung_that_no_longer_suits_the_proxies_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    assert find_ladder("auto", "urllib") == ("httpx", "httpx-tls1.2")


# TLS


def test_the_second_rung_offers_nothing_newer_than_tls_1_2() -> None:
    context = build_connection("httpx-tls1.2")["verify"]
    assert context.maximum_version == ssl.TLSVersion.TLSv1_2
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname


def tell_tls(request: Request) -> str:
    version: str = request.environ["werkzeug.socket"].version()
    library = "urllib" if request.headers["Connection"] == "close" else "httpx"
    return f"{library} {version} {'named' if 'User-Agent' in request.headers else 'unnamed'}"


SEEN = ["httpx TLSv1.3 named", "httpx TLSv1.2 named", "urllib TLSv1.3 named", "urllib TLSv1.3 unnamed"]


@pytest.mark.parametrize("passing", [*range(len(LADDER)), None])
def test_over_tls_each_rung_looks_as_it_should_and_what_works_is_kept(
    tls_server: HTTPServer, trusted: None, passing: int | None
) -> None:
    asked: list[str] = []

    def respond(request: Request) -> Response:
        asked.append(tell_tls(request))
        return Response("good", 200 if passing is not None and asked[-1] == SEEN[passing] else 403)

    tls_server.expect_request("/x").respond_with_handler(respond)
    with build_client(tls_server.url_for(""), *LADDER) as client:
        if passing is None:
            with pytest.raises(SourceError, match=r"tried: httpx, httpx-tls1\.2, urllib, urllib-no-agent$"):
                client.get("x")
            assert asked == SEEN
        else:
            assert [client.get("x").body for _ in range(2)] == [b"good"] * 2
            assert asked == [*SEEN[: passing + 1], SEEN[passing]]


def refuse_certificate(url: str, rung: Rung) -> str:
    """Return why no connection came about, in the words of the TLS library."""
    with build_client(url, rung) as client, pytest.raises(SourceError, match="cannot reach") as caught:
        client.get("x")
    assert caught.value.__cause__ is not None
    return str(caught.value.__cause__.__cause__)


@on_every_rung
def test_a_certificate_nobody_vouches_for_is_refused(
    tls_server: HTTPServer, rung: Rung, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    assert "self-signed certificate" in refuse_certificate(tls_server.url_for(""), rung)
    assert len(tls_server.log) == 0


@on_every_rung
@pytest.mark.usefixtures("trusted")
def test_a_certificate_of_another_host_is_refused(tls_server: HTTPServer, rung: Rung) -> None:
    assert "Hostname mismatch" in refuse_certificate(f"https://localhost:{tls_server.port}", rung)
    assert len(tls_server.log) == 0


@on_every_rung
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_a_custom_certificate_authority_is_trusted(
    tls_server: HTTPServer, certificate: Path, rung: Rung, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv(
        variable, str(certificate if variable == "SSL_CERT_FILE" else certificate.parent / "authorities")
    )
    tls_server.expect_request("/x").respond_with_data("good")
    with build_client(tls_server.url_for(""), rung) as client:
        assert client.get("x").body == b"good"


@on_every_rung
def test_a_certificate_file_that_is_not_there_is_an_error_of_the_environment(
    rung: Rung, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(SourceError, match="proxies or certificates cannot be used") as caught:
        build_client("https://127.0.0.1:9", rung)
    assert "SSL_CERT_FILE" in caught.value.hint


# Proxies


@on_every_rung
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_plain_requests_go_through_the_proxy_of_the_environment(
    proxy: Proxy, rung: Rung, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
    with build_client("http://registry.example.org", rung) as client:
        assert client.get("x", {"a": "b"}).body == b"proxy"
    assert proxy.asked == ["GET http://registry.example.org/x?a=b"]


@on_every_rung
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
@pytest.mark.usefixtures("trusted")
def test_tls_goes_through_the_proxy_as_a_tunnel_with_a_login(
    proxy: Proxy, tls_server: HTTPServer, rung: Rung, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls_server.expect_request("/x").respond_with_data("good")
    monkeypatch.setenv(variable, f"http://user:word@127.0.0.1:{proxy.port}")
    with build_client(tls_server.url_for(""), rung) as client:
        assert client.get("x").body == b"good"
    assert proxy.asked == [f"CONNECT 127.0.0.1:{tls_server.port}"]
    assert proxy.logins == [f"Basic {base64.b64encode(b'user:word').decode()}"]
    assert "Proxy-Authorization" not in tls_server.log[0][0].headers
    assert ("User-Agent" in tls_server.log[0][0].headers) == (rung != "urllib-no-agent")


@on_every_rung
def test_a_host_of_no_proxy_is_asked_directly(
    proxy: Proxy, httpserver: HTTPServer, rung: Rung, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/x").respond_with_data("good")
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    with build_client(httpserver.url_for(""), rung) as client:
        assert client.get("x").body == b"good"
    assert proxy.asked == []


@on_every_rung
def test_a_proxy_that_refuses_the_tunnel_is_no_refusal_by_the_source(
    proxy: Proxy, rung: Rung, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy.refuses = True
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    words = r"the proxy before registry\.example\.org refuses, 5 tries"
    with build_client("https://registry.example.org", rung) as client, pytest.raises(SourceError, match=words):
        client.get("x")
    assert len(proxy.asked) == 5


@pytest.mark.parametrize("kind", ["socks5", "https"])
def test_a_proxy_urllib_cannot_speak_to_leaves_its_rungs_out(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"{kind}://127.0.0.1:9")
    assert find_ladder("auto") == ("httpx", "httpx-tls1.2")
    assert find_ladder("urllib") == ("urllib",)
    with pytest.raises(SourceError, match="proxies or certificates cannot be used"):
        build_client("https://registry.example.org", "urllib")


@on_every_rung
def test_a_proxy_that_is_no_address_is_an_error_without_its_password(
    rung: Rung, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "carrier://user:s3cr3t@127.0.0.1:9")
    with pytest.raises(SourceError, match="proxies or certificates cannot be used") as caught:
        build_client("https://registry.example.org", rung)
    assert "s3cr3t" not in f"{caught.value} {caught.value.hint} {caught.value.__cause__}"


# The standard library under httpx


def test_without_its_own_name_urllib_sends_none_at_all(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data("good")
    for rung in LADDER[2:]:
        with build_client(httpserver.url_for(""), rung) as client:
            client.get("x")
    named, unnamed = (request.headers for request, _ in httpserver.log)
    assert named["User-Agent"].startswith("trialwatch/")
    assert "User-Agent" not in unnamed
    assert {key: value for key, value in named.items() if key != "User-Agent"} == dict(unnamed)


def test_compressed_bodies_are_asked_for_and_opened(httpserver: HTTPServer) -> None:
    body = gzip.compress(b"good" * 10_000)
    httpserver.expect_request("/x").respond_with_data(body, headers={"Content-Encoding": "gzip"})
    answer = ask_urllib(httpserver.url_for("/x"), httpx.Timeout(5))
    assert answer.content == b"good" * 10_000
    assert "gzip" in httpserver.log[0][0].headers["Accept-Encoding"]


@pytest.mark.parametrize("status", [301, 302, 307, 400, 403, 404, 500])
def test_no_status_is_acted_on(httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_request("/x").respond_with_response(
        Response("so", status=status, headers={"Location": "/y", "Retry-After": "7"})
    )
    answer = ask_urllib(httpserver.url_for("/x"), httpx.Timeout(5))
    assert (answer.status_code, answer.content, answer.headers["Retry-After"]) == (status, b"so", "7")
    assert len(httpserver.log) == 1


def test_headers_in_other_letters_and_repeated_ones_come_through(httpserver: HTTPServer) -> None:
    response = Response("good", headers=[("X-Note", "caf\xe9"), ("X-Many", "1"), ("X-Many", "2")])
    httpserver.expect_request("/x").respond_with_response(response)
    answer = ask_urllib(httpserver.url_for("/x"), httpx.Timeout(5))
    assert answer.headers.get_list("x-many") == ["1", "2"]
    assert answer.headers["x-note"] == "caf\xe9"


def test_a_login_in_the_address_is_sent_as_a_header(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data("good")
    url = httpserver.url_for("/x").replace("//", "//user:word@", 1)
    assert ask_urllib(url, httpx.Timeout(5)).content == b"good"
    assert httpserver.log[0][0].authorization is not None
    assert httpserver.log[0][0].authorization.password == "word"  # noqa: S105  invented


def test_chunks_are_put_together_and_a_missing_one_is_noticed() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n"
    with answering(head + b"0\r\n\r\n") as url:
        assert ask_urllib(url, httpx.Timeout(5)).content == b"good"
    with answering(head + b"4\r\nwo") as url, pytest.raises(httpx.RemoteProtocolError):
        ask_urllib(url, httpx.Timeout(5))


def test_a_body_without_a_length_ends_with_the_connection() -> None:
    with answering(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\ngood") as url:
        assert ask_urllib(url, httpx.Timeout(5)).content == b"good"


@contextmanager
def answering(reply: bytes, delay: float = 0.0) -> Iterator[str]:
    """Serve one raw reply to one connection, after a delay in seconds."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            over.wait(delay)
            connection.sendall(reply)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        over.set()
        thread.join()
        listener.close()


GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"


def test_an_answer_may_take_longer_than_a_connection() -> None:
    with answering(GOOD, delay=0.6) as url:
        assert ask_urllib(url, httpx.Timeout(10, connect=0.2)).content == b"good"


def test_an_answer_that_does_not_come_is_a_timeout_of_reading() -> None:
    with answering(GOOD, delay=10) as url, pytest.raises(httpx.ReadTimeout):
        ask_urllib(url, httpx.Timeout(0.2, connect=10))


def test_a_handshake_that_does_not_come_is_a_timeout_of_connecting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(httpx.ConnectTimeout):
        ask_urllib(f"https://127.0.0.1:{listener.getsockname()[1]}", httpx.Timeout(10, connect=0.2))


def test_a_host_without_an_address_cannot_be_reached() -> None:
    with pytest.raises(httpx.ConnectError):
        ask_urllib("http://nowhere.invalid/", httpx.Timeout(5))
