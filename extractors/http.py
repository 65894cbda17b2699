"""One polite HTTP client under every source: pace, retries, refusals, bounds. It never reads what it carries."""

from __future__ import annotations

import datetime as dt
import email.utils
import importlib.metadata
import time
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, Self

import httpx
import msgspec
import stamina
import structlog

from extractors.pace import Pace
from extractors.transports import build_connection
from models.errors import SourceError
from models.settings import Rung

TRIES = 5
MAX_BODY_BYTES = 256 * 1024 * 1024
LONGEST_RETRY_AFTER = 120.0
TIMEOUT_SECONDS = 60.0
_LONGEST_CONNECT = 15.0
_SLOWEST_BYTES_A_SECOND = 1024
_ANSWERED = frozenset({400, 403, 404})
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
# How a source's records come in where the source itself cannot be reached.
_DETOURS = {"clinicaltrials": "; or download the records in a browser, then `trialwatch import` the file"}
_log = structlog.get_logger(__name__)


class Answer(msgspec.Struct, frozen=True):
    """One answer: its status, lower-case media type, whole decoded body, the address asked and the one pointed to."""

    status: int
    content_type: str
    body: bytes
    url: str
    location: str = ""


class Question(msgspec.Struct, frozen=True):
    """What is asked: `content` is the form of a POST as JSON, without what must not be kept."""

    source: str
    method: str
    url: str
    content: str = ""


class Memory(Protocol):
    """What keeps every exchange with a source, or gives back those of another time in place of the source.

    `is_past`: it answers everything, and no connection is made.
    """

    is_past: bool

    def recall(self, question: Question) -> Answer | None:
        """Return the answer of then, or raise the error of then; None: the source is to be asked."""

    def keep(self, question: Question, outcome: Answer | SourceError) -> None:
        """Take note of what came of a question."""


FindFlaw = Callable[[Answer], str | None]
Conceal = Callable[[Answer], Answer]


class _TransientFaultError(Exception):
    """Worth another try. `retry_after` is the source's own wish in seconds, or None."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Client:
    """Asks one source. A context manager; `sleep` is the seam of the tests.

    Tries 429, 5xx, transport errors and flawed answers again with exponential back-off, as long as the source
    itself asks for by `Retry-After` (up to two minutes). Answers 2xx, 3xx, 400 and 404 are the caller's to read.

    A 403 is never asked again the same way: the request goes to the next rung of `ladder`, and so do all after it.
    A refused rung is not used again; when none is left nothing is sent any more.

    `tries` bounds how often one request is sent in all; a given `pace` holds instead of `requests_per_second`.
    `timeout` is how many seconds of silence are waited through; a body may take as long, and a second more for each KiB
    that comes. `rung` is the way that was answered last, None while there is none. `memory` hears of every exchange, or
    answers.
    """

    def __init__(
        self,
        source: str,
        base_url: str,
        *,
        requests_per_second: float,
        contact: str = "",
        ladder: tuple[Rung, ...] = ("httpx",),
        sleep: Callable[[float], None] = time.sleep,
        tries: int = TRIES,
        pace: Pace | None = None,
        timeout: float = TIMEOUT_SECONDS,
        memory: Memory | None = None,
    ) -> None:
        self.source = source
        self.base_url = base_url.rstrip("/")
        self.requests = 0
        self.rung: Rung | None = None
        self._tries = tries
        self._timeout = timeout
        self._pace = pace or Pace(requests_per_second, sleep)
        self._ladder = ladder
        self._refused = 0
        version = importlib.metadata.version("trialwatch")
        about = f" (mailto:{urllib.parse.quote(contact, safe='@+')})" if contact else ""
        self._user_agent = f"trialwatch/{version}{about}"
        self._memory = memory
        self._http = self._connect() if memory is None or not memory.is_past else httpx.Client(verify=False)  # noqa: S501  it is sent nowhere

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, params: Mapping[str, str] | None = None, *, find_flaw: FindFlaw | None = None) -> Answer:
        """Ask by GET. `find_flaw` names what is wrong with a 200, if anything; then it is asked for again.

        Raises:
            SourceError: refused (403) on every rung, any other 4xx, or still failing after the last try.
        """
        # Commas stay as they are: written as %2C, 300 numbers would make an address too long.
        query = f"?{urllib.parse.urlencode(params, safe=',')}" if params else ""
        question = Question(self.source, "GET", self._find_url(path + query))
        return self._remember(question, lambda: self._ask(question, find_flaw))

    def post(
        self,
        path: str,
        form: Mapping[str, str],
        *,
        find_flaw: FindFlaw | None = None,
        hidden: Mapping[str, str] | None = None,
        conceal: Conceal = lambda answer: answer,
    ) -> Answer:
        """Ask by POST with a form, which no log or address shows; else like `get`.

        `hidden` goes with the form and is kept nowhere; `conceal` takes it out of an answer that repeats it.
        """
        question = Question(self.source, "POST", self._find_url(path), msgspec.json.encode(dict(form)).decode())
        data = {**form, **(hidden or {})}
        return self._remember(question, lambda: conceal(self._ask(question, find_flaw, data=data)))

    def _find_url(self, path: str) -> str:
        return f"{self.base_url}/{path.lstrip('/')}"

    def _remember(self, question: Question, ask: Callable[[], Answer]) -> Answer:
        if self._memory is None:
            return ask()
        held = self._memory.recall(question)
        if held is not None:
            return held
        try:
            answer = ask()
        except SourceError as error:
            self._memory.keep(question, error)
            raise
        self._memory.keep(question, answer)
        return answer

    def _connect(self) -> httpx.Client:
        """Prepare the first rung not refused; nothing is sent yet."""
        try:
            rung = self._ladder[self._refused]
            return httpx.Client(
                headers={"User-Agent": self._user_agent, "Accept-Encoding": "gzip, deflate"},
                timeout=httpx.Timeout(self._timeout, connect=min(self._timeout, _LONGEST_CONNECT)),
                **build_connection(rung),
            )
        except (OSError, ValueError, ImportError, httpx.InvalidURL) as error:
            # Only the error's kind is told: its text may quote the password of a proxy.
            raise SourceError(
                self.source,
                f"the environment's proxies or certificates cannot be used ({type(error).__name__})",
                "correct HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE or SSL_CERT_DIR",
            ) from None

    def _ask(self, question: Question, find_flaw: FindFlaw | None, **content: Any) -> Answer:
        url = question.url
        while self._refused < len(self._ladder):
            answer = self._try(question.method, url, find_flaw, content)
            if answer.status != httpx.codes.FORBIDDEN:
                self.rung = self._ladder[self._refused]
                return answer
            self._climb()
        self.rung = None
        raise SourceError(
            self.source,
            f"HTTP 403, {_host(url)} refuses this client; tried: {', '.join(self._ladder)}",
            f"try another network than yours or a proxy (HTTPS_PROXY){_DETOURS.get(self.source, '')}; "
            "asking more often does not help",
        )

    def _climb(self) -> None:
        """Give up the rung just refused, for good, and stand on the next, if any."""
        refused = self._ladder[self._refused]
        self._refused += 1
        if self._refused < len(self._ladder):
            self._http.close()
            self._http = self._connect()
            _log.warning(
                "HTTP 403, asking another way", source=self.source, refused=refused, now=self._ladder[self._refused]
            )

    def _tell_refusals(self) -> str:
        refused = ", ".join(self._ladder[: self._refused])
        return f" by {self._ladder[self._refused]}, after HTTP 403 by {refused}" if refused else ""

    def _try(self, method: str, url: str, find_flaw: FindFlaw | None, content: dict[str, Any]) -> Answer:
        """Ask one way until there is an answer; a 403 is one."""
        tries = 0
        try:
            for attempt in stamina.retry_context(
                on=_find_backoff, attempts=self._tries, timeout=None, wait_initial=0.5, wait_max=30.0, wait_jitter=0.5
            ):
                with attempt:
                    tries = attempt.num
                    answer = self._send_once(method, url, content)
                    flaw = find_flaw(answer) if find_flaw and answer.status == httpx.codes.OK else None
                    if flaw:
                        raise _TransientFaultError(flaw)
        except _TransientFaultError as fault:
            noun = "try" if tries == 1 else "tries"
            raise SourceError(
                self.source,
                f"{fault}, {tries} {noun}{self._tell_refusals()}",
                f"is {_host(url)} reachable from here?",
            ) from fault
        return answer

    def _send_once(self, method: str, url: str, content: dict[str, Any]) -> Answer:
        self._pace.wait()
        self.requests += 1
        try:
            with self._http.stream(method, url, **content) as response:
                if isinstance(response.stream, httpx.SyncByteStream):
                    response.stream = _Steady(response.stream, self._timeout)
                answer = Answer(
                    response.status_code,
                    response.headers.get("content-type", "").partition(";")[0].strip().lower(),
                    _read_bounded(self.source, response),
                    str(response.url),
                    response.headers.get("location", ""),
                )
                retry_after = response.headers.get("retry-after", "")
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _TransientFaultError(_describe(error, url)) from error
        except httpx.InvalidURL as error:
            raise SourceError(self.source, f"{url} is no address: {error}", "correct its base_url") from error
        finally:
            self._pace.note_answer()
        if answer.status in _TRANSIENT:
            raise _TransientFaultError(f"HTTP {answer.status}", _parse_retry_after(retry_after))
        if answer.status >= httpx.codes.BAD_REQUEST and answer.status not in _ANSWERED:
            raise SourceError(self.source, f"HTTP {answer.status} from {_host(url)}", "is its base_url right?")
        return answer


class _Steady(httpx.SyncByteStream):
    """A body as it comes, given up where it only drips: silence alone would never end it."""

    def __init__(self, body: httpx.SyncByteStream, patience: float) -> None:
        self._body = body
        self._patience = patience

    def __iter__(self) -> Iterator[bytes]:
        received = 0
        started = time.monotonic()
        for chunk in self._body:
            received += len(chunk)
            if time.monotonic() - started > self._patience + received / _SLOWEST_BYTES_A_SECOND:
                raise httpx.ReadTimeout("the body only drips")
            yield chunk

    def close(self) -> None:
        self._body.close()


def _find_backoff(error: Exception) -> bool | float:
    if not isinstance(error, _TransientFaultError):
        return False
    if error.retry_after is None:
        return True
    return error.retry_after if error.retry_after <= LONGEST_RETRY_AFTER else False


def _parse_retry_after(text: str) -> float | None:
    """Read seconds or an HTTP date (RFC 9110, 10.2.3); None for nothing or anything else."""
    wish = text.strip()
    if wish.isascii() and wish.isdigit():
        return float(wish)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return max(0.0, moment.timestamp() - time.time())


def _read_bounded(source: str, response: httpx.Response) -> bytes:
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_bytes():
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise SourceError(source, f"an answer is larger than {MAX_BODY_BYTES >> 20} MiB", "it was not read")
        chunks.append(chunk)
    return b"".join(chunks)


def _describe(error: httpx.TransportError | httpx.DecodingError, url: str) -> str:
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return f"cannot reach {_host(url)}"
    if isinstance(error, httpx.TimeoutException):
        return f"{_host(url)} took too long"
    if isinstance(error, httpx.ProxyError):
        return f"the proxy before {_host(url)} refuses"
    if isinstance(error, httpx.UnsupportedProtocol):
        return f"{url} is no http address"
    return f"{_host(url)} broke off ({type(error).__name__})"


def _host(url: str) -> str:
    parsed = httpx.URL(url)
    return f"{parsed.host}:{parsed.port}" if parsed.port else parsed.host
