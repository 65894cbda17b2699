"""One loopback server that answers as ClinicalTrials.gov and the E-utilities do, from a world; it judges no query.

It carries the requests; what the two sources answer is built in registry.py and entrez.py.
"""

from __future__ import annotations

import re
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from dags.sample.entrez import Entrez
from dags.sample.faults import Fault, Reply
from dags.sample.registry import REGISTRY_PATH, Registry
from dags.sample.replies import build_json, build_plain
from dags.sample.world import World

_HISTORY_PATH = "/api/int"
_EUTILS_PATH = "/entrez/eutils"
# Long addresses fail at the registry's edge somewhere above this; requests of ours stay under it.
_LONGEST_URL = 4000


class Request(msgspec.Struct, frozen=True):
    """One request as it came: `time` is monotonic seconds, `params` those of address and form, decoded.

    `status` is what was sent, 0 where nothing was. E-utilities requests are answered without `tool` and `email`
    too; `is_anonymous` says that one of them was missing.
    """

    time: float
    method: str
    path: str
    params: dict[str, str]
    user_agent: str
    status: int

    @property
    def is_anonymous(self) -> bool:
        """Whether an E-utilities request did not say who asks."""
        return self.path.startswith(_EUTILS_PATH) and not {"tool", "email"} <= self.params.keys()


class SampleServer:
    """Serves a world on a free port of 127.0.0.1 while the `with` block lasts.

    `faults` may be filled and emptied at any time, and so may the world's day be changed. `empty_pages` puts an empty
    page that has a token between any two pages of studies; `has_histories` switches the history endpoint off.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        self._registry = Registry(world)
        self._entrez = Entrez(world)
        self._lock = threading.Lock()
        self._http = _HttpServer(self)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.stop()
        self._thread.join()

    @property
    def ctg_url(self) -> str:
        """The registry's API, version 2."""
        return f"{self._origin}{REGISTRY_PATH}"

    @property
    def history_url(self) -> str:
        """The registry site's own API, which has the record histories."""
        return f"{self._origin}{_HISTORY_PATH}"

    @property
    def eutils_url(self) -> str:
        """NCBI's E-utilities."""
        return f"{self._origin}{_EUTILS_PATH}"

    @property
    def empty_pages(self) -> bool:
        """Whether an empty page with a token stands between any two pages of studies."""
        return self._registry.empty_pages

    @empty_pages.setter
    def empty_pages(self, wanted: bool) -> None:
        self._registry.empty_pages = wanted

    @property
    def has_histories(self) -> bool:
        """Whether the history endpoint is there; where not, it answers 404 with HTML."""
        return self._registry.has_histories

    @has_histories.setter
    def has_histories(self, wanted: bool) -> None:
        self._registry.has_histories = wanted

    def expire_searches(self) -> None:
        """Forget every WebEnv, as NCBI does after some hours."""
        self._entrez.searches.clear()

    def answer(self, method: str, target: str, form: str, user_agent: str) -> Reply:
        """Return the reply to one request, spoilt if a fault is due, and record it. `target` is path and query."""
        arrived = time.monotonic()
        address = urlsplit(target)
        params = dict(parse_qsl(address.query, keep_blank_values=True)) | dict(parse_qsl(form, keep_blank_values=True))
        path = unquote(address.path)
        with self._lock:
            is_long = len(target) > _LONGEST_URL
            reply = build_plain(414, "the address is too long") if is_long else self._find_reply(method, path, params)
            due = [fault for fault in self.faults if fault.is_due(path, params)]
            reply = due[0].spoil(reply) if due else reply
            self.requests.append(Request(arrived, method, path, params, user_agent, reply.status))
        return reply

    @property
    def _origin(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def _find_reply(self, method: str, path: str, params: dict[str, str]) -> Reply:
        utilities = {"esearch.fcgi": self._entrez.search, "efetch.fcgi": self._entrez.fetch}
        folder, _, name = path.rpartition("/")
        if folder == _EUTILS_PATH and name in utilities:
            return utilities[name](params)
        if method != "GET":
            return build_plain(405, f"{method} is not allowed here")
        if path == f"{REGISTRY_PATH}/version":
            return build_json({"apiVersion": "2.0.5", "dataTimestamp": self.world.data_timestamp})
        if path == f"{REGISTRY_PATH}/studies":
            return self._registry.list_studies(params)
        return self._find_record(path, params)

    def _find_record(self, path: str, params: dict[str, str]) -> Reply:
        if match := re.fullmatch(rf"{REGISTRY_PATH}/studies/([^/]+)", path):
            return self._registry.show_study(match[1], params)
        if match := re.fullmatch(rf"{_HISTORY_PATH}/studies/([^/]+)/history(?:/(\d+))?", path):
            return self._registry.show_history(match[1], match[2])
        return build_plain(404, f"nothing at {path}")


class _HttpServer(ThreadingHTTPServer):
    """Threads and sockets; on stopping it wakes whoever hangs, closes what is open, and waits for every thread."""

    daemon_threads = False

    def __init__(self, owner: SampleServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.owner = owner
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        for connection in list(self._open):
            _hang_up(connection)
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        if request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER):
            # A polite farewell first would turn the ordered reset into an ordinary end.
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client may leave whenever it likes; anything else is a mistake in here and belongs on the screen.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, has it answered, and ends the exchange as the reply says."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _HttpServer

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        self._answer(self.rfile.read(length).decode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
        """Keep quiet: `SampleServer.requests` is the log."""

    def _answer(self, form: str) -> None:
        reply = self.server.owner.answer(self.command, self.path, form, self.headers.get("User-Agent", ""))
        if reply.ending in {"keep", "cut"}:
            self._send(reply)
        if reply.ending == "hang":
            self.server.stopping.wait(reply.hang_seconds)
        if reply.ending == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = self.close_connection or reply.ending != "keep"

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body if reply.ending == "keep" else reply.body[: len(reply.body) // 2])
        self.wfile.flush()


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:  # the other side was faster
        return
