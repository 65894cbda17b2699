"""Posting a message to the webhook. Its address is a secret: no error, log or ledger row holds it."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from dags.delivery.outcome import Outcome, show_answer

_DONE = 2
# Not now: it may be asked again. Of 502 and 504, a middleman's, nobody knows whether it was taken.
_LATER = frozenset({408, 425, 429, 500, 503, 507})
_UNKNOWN = frozenset({502, 504})


def post_message(url: str, body: bytes, timeout_seconds: float, begin: Callable[[], None]) -> Outcome:
    """Post a JSON body; redirects are not followed. `begin` is called before anything is sent."""
    begin()
    try:
        answer = httpx.post(
            url, content=body, headers={"Content-Type": "application/json; charset=utf-8"}, timeout=timeout_seconds
        )
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        return Outcome("refused", _describe(error, url))
    except httpx.TransportError as error:
        return Outcome("doubt", _describe(error, url))
    said = show_answer(f"HTTP {answer.status_code} {answer.text[:200]}", (url, httpx.URL(url).raw_path.decode()))
    if answer.status_code // 100 == _DONE:
        return Outcome("sent", said)
    if answer.status_code in _UNKNOWN:
        return Outcome("doubt", said)
    return Outcome("refused", said, is_permanent=answer.status_code not in _LATER)


def _describe(error: httpx.TransportError, url: str) -> str:
    # The kind of trouble is enough: what httpx says of it may name the address.
    return show_answer(f"no answer: {type(error).__name__}", (url,))
