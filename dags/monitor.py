"""What a running service answers to a monitor, on loopback alone: /healthz, /readyz, /metrics. It changes nothing."""

from __future__ import annotations

import ipaddress
import json
import socket
import threading
import urllib.parse
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from prometheus_client import CONTENT_TYPE_LATEST

from dags.clock import read_clock
from dags.health import Health
from dags.inputs import Inputs
from dags.metrics import render_metrics
from dags.status import read_status
from models.errors import ConfigurationError, TrialwatchError

_LOOPBACK = "127.0.0.1"
_SECONDS = 10.0  # a client may be silent for so long
_MOST_THREADS = 8
_LAST_PORT = 0xFFFF
Reply = tuple[HTTPStatus, str, str]
_STRANGE: Reply = (HTTPStatus.MISDIRECTED_REQUEST, "text/plain; charset=utf-8", "ask by a name of this machine\n")


def parse_address(text: str) -> tuple[str, int]:
    """Read `9464`, `127.0.0.1:9464`, `localhost:9464` or `[::1]:9464`.

    Raises:
        ConfigurationError: it is none of these; anyone in the network could ask another address.
    """
    host, _, port = text.rpartition(":")
    host = {"": _LOOPBACK, "localhost": _LOOPBACK}.get(host, host.removeprefix("[").removesuffix("]"))
    if not (_is_loopback(host) and port.isascii() and port.isdigit() and int(port) <= _LAST_PORT):
        raise ConfigurationError(
            f"--listen {text}: it must be a port, or a port of this machine's own address (127.0.0.1, [::1])",
            "to be asked from elsewhere, put a proxy with a login before it",
        )
    return host, int(port)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Monitor:
    """Answers while the `with` block lasts, in threads of its own."""

    def __init__(self, address: tuple[str, int], inputs: Inputs, health: Health) -> None:
        self._inputs = inputs
        self._health = health
        try:
            self._http = _HttpServer(address, self)
        except OSError as error:
            raise ConfigurationError(
                f"--listen {address[0]}:{address[1]}: {error.strerror}", "name another port"
            ) from error
        self._thread = threading.Thread(target=self._http.serve_forever, name="monitor", daemon=True)

    @property
    def port(self) -> int:
        """Where it listens; of port 0, the one it was given."""
        return self._http.server_port

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def answer(self, path: str) -> Reply:
        """Return status, media type and body of one request."""
        match path.partition("?")[0]:
            case "/healthz":
                fault = self._health.find_fault()
                return _tell({"alive": not fault, "job": self._health.busy, "fault": fault}, is_good=not fault)
            case "/readyz":
                return self._tell_readiness()
            case "/metrics":
                return HTTPStatus.OK, CONTENT_TYPE_LATEST, render_metrics(self._inputs, self._health, read_clock(None))
        return HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", "ask for /healthz, /readyz or /metrics\n"

    def _tell_readiness(self) -> Reply:
        try:
            problems = read_status(self._inputs, read_clock(None))["problems"]
        except TrialwatchError as error:
            problems = [error.message]
        return _tell({"ready": not problems, "problems": problems}, is_good=not problems)


def _tell(facts: dict[str, object], *, is_good: bool) -> Reply:
    status = HTTPStatus.OK if is_good else HTTPStatus.SERVICE_UNAVAILABLE
    return status, "application/json", json.dumps(facts, ensure_ascii=False) + "\n"


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], owner: Monitor) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _Handler)
        self.owner = owner
        self.free = threading.BoundedSemaphore(_MOST_THREADS)


class _Handler(BaseHTTPRequestHandler):
    timeout = _SECONDS
    server: _HttpServer
    server_version = "trialwatch"
    sys_version = ""

    def do_GET(self) -> None:
        with self.server.free:
            status, kind, body = self.server.owner.answer(self.path) if self._is_asked_by_name() else _STRANGE
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def _is_asked_by_name(self) -> bool:
        # A web page may point a name of its own at this machine, and read what its visitor can reach.
        name = urllib.parse.urlsplit(f"//{self.headers.get('Host', _LOOPBACK)}").hostname or ""
        return name == "localhost" or _is_loopback(name)

    do_HEAD = do_GET  # noqa: N815  the name is the base class's

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
        """Keep quiet: who asks every few seconds is no news."""
