"""One loopback server that answers as ClinicalTrials.gov and the E-utilities do, from a world; it judges no query.

`SampleServer` carries the requests, `_Registry` and `_Entrez` build what the two sources answer. Their
forms and quirks: https://clinicaltrials.gov/data-api/api and https://www.ncbi.nlm.nih.gov/books/NBK25499/, as of 2026.
"""

from __future__ import annotations

import datetime as dt
import random
import re
import secrets
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.sax.saxutils import escape

import msgspec

from dags.sample.essie import (
    QUERY_AREAS,
    QueryError,
    Term,
    Window,
    find_articles,
    find_studies,
    parse_nct_number,
    sort_studies,
)
from dags.sample.faults import Fault, Reply
from dags.sample.world import Study, World

_REGISTRY_PATH = "/api/v2"
_HISTORY_PATH = "/api/int"
_EUTILS_PATH = "/entrez/eutils"
# Long addresses fail at the registry's edge somewhere above this; requests of ours stay under it.
_LONGEST_URL = 4000

_PAGE_PARAMETERS = {"pageSize", "pageToken", "countTotal"}
_STUDIES_PARAMETERS = {*QUERY_AREAS, *_PAGE_PARAMETERS, "filter.ids", "filter.advanced", "sort", "format"}
_DEFAULT_PAGE, _LARGEST_PAGE = 10, 1000

_ESEARCH_PARAMETERS = {"db", "term", "retmode", "usehistory", "retmax", "retstart", "datetype", "mindate", "maxdate"}
_CALLER_PARAMETERS = {"tool", "email", "api_key"}
_DEFAULT_IDS, _MOST_IDS, _LARGEST_FETCH = 20, 9999, 10_000
_XML = '<?xml version="1.0" encoding="UTF-8" ?>\n'
_ESEARCH_DOCTYPE = (
    '<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" '
    '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">\n'
)
_ARTICLES_HEAD = (
    b'<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    b'"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>\n'
)


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
    page that has a token between any two pages of studies.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        self._registry = _Registry(world)
        self._entrez = _Entrez(world)
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
        return f"{self._origin}{_REGISTRY_PATH}"

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
            reply = _say(414, "the address is too long") if is_long else self._find_reply(method, path, params)
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
            return _say(405, f"{method} is not allowed here")
        if path == f"{_REGISTRY_PATH}/version":
            return _json({"apiVersion": "2.0.5", "dataTimestamp": self.world.data_timestamp})
        if path == f"{_REGISTRY_PATH}/studies":
            return self._registry.list_studies(params)
        return self._find_record(path, params)

    def _find_record(self, path: str, params: dict[str, str]) -> Reply:
        if match := re.fullmatch(rf"{_REGISTRY_PATH}/studies/([^/]+)", path):
            return self._registry.show_study(match[1], params)
        if match := re.fullmatch(rf"{_HISTORY_PATH}/studies/([^/]+)/history(?:/(\d+))?", path):
            return self._registry.show_history(match[1], match[2])
        return _say(404, f"nothing at {path}")


class _Cursor(NamedTuple):
    """What a page token stands for: the parameters it belongs to, and the first study of its page."""

    asked: frozenset[tuple[str, str]]
    start: int
    is_empty: bool


class _Registry:
    """ClinicalTrials.gov's answers. Not safe for threads: one request at a time."""

    def __init__(self, world: World) -> None:
        self.empty_pages = False
        self._world = world
        self._cursors: dict[str, _Cursor] = {}
        self._found: tuple[object, frozenset[tuple[str, str]], list[Study]] | None = None
        self._shuffle = random.Random(0)  # noqa: S311  an order nobody may rely on, the same in every run of a test

    def list_studies(self, params: dict[str, str]) -> Reply:
        unknown = sorted(params.keys() - _STUDIES_PARAMETERS)
        if unknown:
            return _say(400, f"unknown parameter `{unknown[0]}`")
        token = params.get("pageToken")
        cursor = self._cursors.get(token) if token is not None else None
        if token is not None and cursor is None:
            return _say(400, "`pageToken` is incorrect")
        try:
            return self._build_page(params, cursor)
        except QueryError as error:
            return _say(400, str(error))

    def show_study(self, text: str, params: Mapping[str, str]) -> Reply:
        unknown = sorted(params.keys() - {"format"})
        if unknown:
            return _say(400, f"unknown parameter `{unknown[0]}`")
        try:
            nct_id = parse_nct_number(text)
        except QueryError as error:
            return _say(400, str(error))
        study = self._world.find_study(nct_id)
        if study is None:
            return _say(404, f"NCT number {nct_id} not found")
        if study.nct_id != nct_id:
            return Reply(301, "text/plain", b"", {"Location": f"{_REGISTRY_PATH}/studies/{study.nct_id}"})
        return Reply(200, "application/json", study.render(self._world.day))

    def show_history(self, nct_id: str, version: str | None) -> Reply:
        if version is None:
            changes = self._world.find_history(nct_id)
            return _json({"changes": changes}) if changes is not None else _say(404, f"no history of {nct_id}")
        study = self._world.find_version(nct_id, int(version))
        if study is None:
            return _say(404, f"no version {version} of {nct_id}")
        return _json({"studyVersion": int(version), "study": study})

    def _build_page(self, params: Mapping[str, str], cursor: _Cursor | None) -> Reply:
        asked = frozenset((name, value) for name, value in params.items() if name not in _PAGE_PARAMETERS)
        size = _parse_page_size(params.get("pageSize", "0"))
        if params.get("format", "json") != "json":
            raise QueryError("only the format json is served here")
        studies = self._order(asked, params)
        start = cursor.start if cursor else 0
        if cursor and cursor.asked != asked:
            # The registry answers such a token without complaint, with rows the query did not ask for.
            studies = sort_studies(list(self._world.studies.values()), "StudyFirstPostDate:asc")
        stop = start if cursor and cursor.is_empty else start + size
        page = studies[start:stop]
        is_first = cursor is None
        parts = [b'"totalCount":%d' % len(studies)] if is_first and params.get("countTotal") == "true" else []
        parts.append(b'"studies":[' + b",\n".join(study.render(self._world.day) for study in page) + b"]")
        if stop < len(studies):
            token = self._issue(_Cursor(asked, stop, self.empty_pages and bool(page)))
            parts.append(b'"nextPageToken":"%s"' % token.encode())
        return Reply(200, "application/json", b"{" + b",".join(parts) + b"}")

    def _order(self, asked: frozenset[tuple[str, str]], params: Mapping[str, str]) -> list[Study]:
        served = self._world.studies
        # Every refresh of the world makes a new mapping: its identity is the state the answer was found in.
        if self._found is None or self._found[0] is not served or self._found[1] != asked:
            self._found = (served, asked, find_studies(self._world, params))
        found = self._found[2]
        if "sort" in params:
            return sort_studies(found, params["sort"])
        return self._shuffle.sample(found, len(found))

    def _issue(self, cursor: _Cursor) -> str:
        token = secrets.token_urlsafe(12)
        self._cursors[token] = cursor
        return token


class _Entrez:
    """The E-utilities' answers for db=pubmed. Not safe for threads: one request at a time."""

    def __init__(self, world: World) -> None:
        self.searches: dict[str, list[str]] = {}
        self._world = world

    def search(self, params: Mapping[str, str]) -> Reply:
        is_json = params.get("retmode", "xml") == "json"
        try:
            result = self._search(params)
        except QueryError as error:
            result = {"ERROR": str(error)}
        if is_json:
            return _json({"header": {"type": "esearch", "version": "0.3"}, "esearchresult": result})
        return _xml(200, _XML + _ESEARCH_DOCTYPE + _render_search(result))

    def fetch(self, params: Mapping[str, str]) -> Reply:
        try:
            start = _parse_count(params, "retstart", 0)
            count = min(_parse_count(params, "retmax", _LARGEST_FETCH), _LARGEST_FETCH)
            pmids = self._find_wanted(params)
        except QueryError as error:
            return _xml(400, f"{_XML}<eFetchResult>\n\t<ERROR>{escape(str(error))}</ERROR>\n</eFetchResult>\n")
        served = self._world.articles
        wanted = [served[pmid].revision.xml for pmid in pmids[start : start + count] if pmid in served]
        return Reply(
            200,
            "text/xml; charset=UTF-8",
            _ARTICLES_HEAD + b"".join(xml + b"\n" for xml in wanted) + b"</PubmedArticleSet>",
        )

    def _search(self, params: Mapping[str, str]) -> dict[str, Any]:
        unknown = sorted(params.keys() - _ESEARCH_PARAMETERS - _CALLER_PARAMETERS)
        if unknown:
            raise QueryError(f"{unknown[0]} is not understood here")
        _require_pubmed(params)
        start, count = _parse_count(params, "retstart", 0), _parse_count(params, "retmax", _DEFAULT_IDS)
        articles, missing = find_articles(self._world, params.get("term", ""), _parse_window(params))
        is_beyond = len(articles) > _MOST_IDS and start + count > _MOST_IDS
        if start >= _MOST_IDS or is_beyond:
            raise QueryError(
                "Search Backend failed: Exception:\n'retstart' cannot be larger than 9998. "
                "For PubMed, ESearch can only retrieve the first 9,999 records matching the query."
            )
        pmids = [article.pmid for article in articles]
        page = pmids[start : start + count]
        result: dict[str, Any] = {"count": str(len(pmids)), "retmax": str(len(page)), "retstart": str(start)}
        if params.get("usehistory") == "y":
            web_environment = f"MCID_{secrets.token_hex(12)}"
            self.searches[web_environment] = pmids[:_MOST_IDS]
            result |= {"querykey": "1", "webenv": web_environment}
        result |= {"idlist": page, "translationset": [], "querytranslation": params.get("term", "")}
        return result | _build_warnings(missing, is_empty=not pmids)

    def _find_wanted(self, params: Mapping[str, str]) -> list[str]:
        _require_pubmed(params)
        if params.get("retmode") != "xml":
            raise QueryError("only retmode=xml is served here")
        if "id" in params:
            return [pmid.strip() for pmid in params["id"].split(",")]
        if "WebEnv" not in params or "query_key" not in params:
            raise QueryError("Neither query_key nor id specified")
        if params["query_key"] != "1" or params["WebEnv"] not in self.searches:
            raise QueryError(f"Unable to obtain query #{params['query_key']}")
        return self.searches[params["WebEnv"]]


def _parse_page_size(text: str) -> int:
    if not text.isdecimal():
        raise QueryError(f"`pageSize` is no count: {text}")
    return min(int(text), _LARGEST_PAGE) or _DEFAULT_PAGE


def _parse_count(params: Mapping[str, str], name: str, default: int) -> int:
    text = params.get(name, str(default))
    if not text.isdecimal():
        raise QueryError(f"{name} is no count: {text}")
    return int(text)


def _require_pubmed(params: Mapping[str, str]) -> None:
    if params.get("db") != "pubmed":
        raise QueryError(f"Invalid db name specified: {params.get('db', '')}")


def _parse_window(params: Mapping[str, str]) -> Window | None:
    first, last = params.get("mindate"), params.get("maxdate")
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise QueryError("mindate and maxdate must be given together")
    try:
        days = [dt.datetime.strptime(text, "%Y/%m/%d").replace(tzinfo=dt.UTC).date() for text in (first, last)]
    except ValueError as error:
        raise QueryError(f"dates are YYYY/MM/DD here: {first}, {last}") from error
    match params.get("datetype"):
        case "edat" | "crdt" | "mdat" as datetype:
            return Window(datetype, *days)
        case other:
            raise QueryError(f"datetype must be edat, crdt or mdat here, not {other}")


def _build_warnings(missing: Iterable[Term], *, is_empty: bool) -> dict[str, Any]:
    """Name the phrases found nowhere: an error list where nothing was found at all, else a warning."""
    phrases = [f'"{term.text}"[{term.tag}]' for term in missing]
    if is_empty:
        return {
            "errorlist": {"phrasesnotfound": phrases, "fieldsnotfound": []},
            "warninglist": {"phrasesignored": [], "quotedphrasesnotfound": [], "outputmessages": ["No items found."]},
        }
    if phrases:
        return {"warninglist": {"phrasesignored": [], "quotedphrasesnotfound": phrases, "outputmessages": []}}
    return {}


def _render_search(result: Mapping[str, Any]) -> str:
    if "ERROR" in result:
        return f"<eSearchResult><ERROR>{escape(result['ERROR'])}</ERROR></eSearchResult>\n"
    names = {"count": "Count", "retmax": "RetMax", "retstart": "RetStart", "querykey": "QueryKey", "webenv": "WebEnv"}
    parts = [f"<{tag}>{result[name]}</{tag}>" for name, tag in names.items() if name in result]
    parts.append("<IdList>\n" + "".join(f"<Id>{pmid}</Id>\n" for pmid in result["idlist"]) + "</IdList>")
    parts.append(f"<TranslationSet/><QueryTranslation>{escape(result['querytranslation'])}</QueryTranslation>")
    if "errorlist" in result:
        phrases = result["errorlist"]["phrasesnotfound"]
        found = "".join(f"<PhraseNotFound>{escape(phrase)}</PhraseNotFound>" for phrase in phrases)
        parts.append(f"<ErrorList>{found}</ErrorList>")
    if "warninglist" in result:
        phrases, said = (result["warninglist"][name] for name in ("quotedphrasesnotfound", "outputmessages"))
        quoted = "".join(f"<QuotedPhraseNotFound>{escape(phrase)}</QuotedPhraseNotFound>" for phrase in phrases)
        messages = "".join(f"<OutputMessage>{escape(message)}</OutputMessage>" for message in said)
        parts.append(f"<WarningList>{quoted}{messages}</WarningList>")
    return f"<eSearchResult>{''.join(parts)}</eSearchResult>\n"


def _json(content: Any) -> Reply:
    return Reply(200, "application/json; charset=UTF-8", msgspec.json.encode(content))


def _xml(status: int, text: str) -> Reply:
    return Reply(status, "text/xml; charset=UTF-8", text.encode())


def _say(status: int, message: str) -> Reply:
    return Reply(status, "text/plain", message.encode())


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
