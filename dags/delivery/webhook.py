"""Posting a message to the webhook. Its address is a secret: no error, log or ledger row holds it."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from dags.delivery.outcome import Outcome, show_answer

_DONE = 2
_LONGEST_ANSWER = 200
# Not now: it may be asked again. Of 502 and 504, a middleman's, nobody knows whether it was taken.
_LATER = frozenset({408, 425, 429, 500, 503, 507})
_UNKNOWN = frozenset({502, 504})


def post_message(url: str, body: bytes, timeout_seconds: float, begin: Callable[[], None]) -> Outcome:
    """Post a JSON body; redirects are not followed. `begin` is called before anything is sent."""
    begin()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    try:
        with httpx.stream("POST", url, content=body, headers=headers, timeout=timeout_seconds) as answer:
            said = _read_first(answer)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
        return Outcome("refused", _describe(error, url))
    except httpx.HTTPError as error:
        return Outcome("doubt", _describe(error, url))
    said = show_answer(f"HTTP {answer.status_code} {said}", (url, httpx.URL(url).raw_path.decode()))
    if answer.status_code // 100 == _DONE:
        return Outcome("sent", said)
    if answer.status_code in _UNKNOWN:
        return Outcome("doubt", said)
    return Outcome("refused", said, is_permanent=answer.status_code not in _LATER)


def _read_first(answer: httpx.Response) -> str:
    """Return how the words of an answer begin: its number has said what counts, and no more of it is waited for."""
    try:
        return next(answer.iter_raw(_LONGEST_ANSWER), b"").decode(errors="replace")
    except httpx.HTTPError as error:
        return f"({type(error).__name__})"


def _describe(error: httpx.HTTPError, url: str) -> str:
    # The kind of trouble is enough: what httpx says of it may name the address.
    return show_answer(f"no answer: {type(error).__name__}", (url,))
