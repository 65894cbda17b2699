"""The ways to ask a host that refuses some clients, in the order to try them. It neither tries again nor judges.

Which way passes the registry's firewall is reported differently by different clients (it may look at the User-Agent or
at how TLS is spoken), so the ways differ in just that. None of them poses as a browser.
"""

from __future__ import annotations

import http.client
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, TypedDict

import httpx

from models.settings import Rung

LADDER: tuple[Rung, ...] = ("httpx", "httpx-tls1.2", "urllib", "urllib-no-agent")
_CHUNK_BYTES = 1 << 16


class Connection(TypedDict, total=False):
    """What sets one rung apart from httpx as it comes; proxies and certificates are the environment's on each."""

    verify: ssl.SSLContext
    transport: httpx.BaseTransport


def find_ladder(setting: Literal["auto"] | Rung, remembered: Rung | None = None) -> tuple[Rung, ...]:
    """Return the rungs to try, in order: the one that is set, or all that the environment's proxies allow.

    Of these the `remembered` one, which worked before, goes first.
    """
    if setting != "auto":
        return (setting,)
    allowed = [rung for rung in LADDER if _speaks_to_proxies() or not rung.startswith("urllib")]
    return tuple(sorted(allowed, key=lambda rung: rung != remembered))


def build_connection(rung: Rung) -> Connection:
    """Prepare one rung.

    Raises:
        OSError, ValueError: the environment names a certificate file or a proxy that cannot be used.
    """
    if rung == "httpx":
        return {}
    if rung == "httpx-tls1.2":
        context = httpx.create_ssl_context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        return {"verify": context}
    return {"transport": UrllibTransport(has_agent=rung == "urllib")}


class UrllibTransport(httpx.BaseTransport):
    """The standard library's urllib under httpx: one connection a request, redirects and errors handed on as they are.

    Without `has_agent` no User-Agent is sent at all.
    """

    def __init__(self, *, has_agent: bool = True) -> None:
        if not _speaks_to_proxies():
            raise ValueError("urllib speaks only to proxies of http://")
        self._has_agent = has_agent
        self._opener = urllib.request.OpenerDirector()
        self._opener.addheaders = []  # or urllib names itself where no User-Agent is given
        for handler in (urllib.request.ProxyHandler(_find_proxies()), _Plain(), _Secure(_build_tls())):
            self._opener.add_handler(handler)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request.

        Raises:
            httpx.TransportError: as httpx's own transport does.
        """
        timeouts = request.extensions.get("timeout", {})
        address = str(request.url.copy_with(userinfo=b"", fragment=None))
        asked = _Request(address, request.read() or None, method=request.method)
        asked.read_timeout = timeouts.get("read")
        for name, value in request.headers.items():
            if self._has_agent or name != "user-agent":
                asked.add_header(name, value)
        with _faults_named():
            answer = self._opener.open(asked, timeout=timeouts.get("connect"))
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.getheaders()]
        return httpx.Response(answer.status, headers=headers, stream=_Body(answer))


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        announced: int | None = self._answer.length  # not every Python counts it down while reading
        left = _CHUNK_BYTES if announced is None else announced
        is_empty = True
        with _faults_named():
            # What has come is handed on at once (read1), so that a body that only drips is seen to.
            while chunk := self._answer.read1(min(left, _CHUNK_BYTES)):
                left -= 0 if announced is None else len(chunk)
                is_empty = False
                yield chunk
            if (announced and left) or (announced is None and is_empty and self._is_cut()):
                raise http.client.IncompleteRead(b"", left)

    def _is_cut(self) -> bool:
        """Tell what http.client passes over: an end amid the headers, which looks like a body of no length."""
        return not self._answer.chunked and self._answer.status == httpx.codes.OK

    def close(self) -> None:
        self._answer.close()


class _Request(urllib.request.Request):
    read_timeout: float | None = None


class _PlainConnection(http.client.HTTPConnection):
    """Waits for an answer as long as is said, however long it may wait to be connected."""

    def __init__(self, host: str, *, read_timeout: float | None = None, **options: Any) -> None:
        super().__init__(host, **options)
        self._read_timeout = read_timeout

    def connect(self) -> None:
        super().connect()
        self.sock.settimeout(self._read_timeout)


class _SecureConnection(_PlainConnection, http.client.HTTPSConnection):
    pass


class _Plain(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_PlainConnection, req, read_timeout=getattr(req, "read_timeout", None))


class _Secure(urllib.request.HTTPSHandler):
    def __init__(self, tls: ssl.SSLContext) -> None:
        super().__init__(context=tls)
        self._tls = tls

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        read_timeout = getattr(req, "read_timeout", None)
        return self.do_open(_SecureConnection, req, context=self._tls, read_timeout=read_timeout)


def _build_tls() -> ssl.SSLContext:
    """Trust what httpx trusts, but greet as http.client does by itself."""
    context = httpx.create_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    context.post_handshake_auth = True
    return context


def _find_proxies() -> dict[str, str]:
    """Read the environment's proxies as httpx does: ALL_PROXY stands in where no other is named."""
    named = urllib.request.getproxies()
    found = {scheme: named.get(scheme) or named.get("all", "") for scheme in ("http", "https")}
    return {scheme: proxy if "://" in proxy else f"http://{proxy}" for scheme, proxy in found.items() if proxy}


def _speaks_to_proxies() -> bool:
    # urllib knows no SOCKS, and would speak plainly to a proxy that expects TLS.
    return all(urllib.parse.urlsplit(proxy).scheme == "http" for proxy in _find_proxies().values())


@contextmanager
def _faults_named() -> Iterator[None]:
    """Raise what went wrong under the name that httpx has for it."""
    try:
        yield
    except urllib.error.URLError as error:  # urllib wraps what fails until the request is sent
        raise _name_connect_fault(error.reason) from error
    except TimeoutError as error:
        raise httpx.ReadTimeout(str(error)) from error
    except http.client.HTTPException as error:
        raise httpx.RemoteProtocolError(str(error)) from error
    except OSError as error:
        raise httpx.ReadError(str(error)) from error


def _name_connect_fault(reason: str | BaseException) -> httpx.TransportError:
    if isinstance(reason, TimeoutError):
        return httpx.ConnectTimeout(str(reason))
    if "Tunnel connection failed" in str(reason):
        return httpx.ProxyError(str(reason))
    return httpx.ConnectError(str(reason))
