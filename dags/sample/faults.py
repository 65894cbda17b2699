"""What can go wrong between a source and its reader, for tests to order; it decides about replies, never sends them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

FaultKind = Literal["status", "timeout", "reset", "cut", "html", "empty", "broken", "rate_limited"]
HTML = b"<!DOCTYPE html><html><head><title>Sorry</title></head><body><h1>Please try again</h1></body></html>"
_RATE_LIMITED = b'{"error":"API rate limit exceeded","count":"4"}'


class Reply(msgspec.Struct, frozen=True):
    """An answer about to be sent. `ending` says how the exchange ends; only "keep" and "cut" send anything."""

    status: int
    content_type: str
    body: bytes
    headers: dict[str, str] = {}
    ending: Literal["keep", "cut", "reset", "hang"] = "keep"
    hang_seconds: float = 0.0


class Fault(msgspec.Struct, kw_only=True):
    """An order to spoil answers.

    It fits requests whose path (without parameters) holds `path` and one of whose decoded `name=value` pairs holds
    `query`. It lets `after` fitting requests pass, spoils the next `times` (None: all that follow), then rests.
    Where several are due, the first in the list acts; each counts every fitting request.

    Kinds: `status` answers `status` (503 unless set) with the HTML of an edge server, and `Retry-After` if
    `retry_after` is set · `timeout` says nothing for `seconds`, then hangs up · `reset` breaks the connection ·
    `cut` promises the whole body and sends half · `html` and `empty` send a page or nothing, with 200 unless
    `status` is set · `broken` sends half the body as if it were whole · `rate_limited` is NCBI's error in a 200.
    """

    kind: FaultKind
    path: str = ""
    query: str = ""
    after: int = 0
    times: int | None = 1
    status: int | None = None
    retry_after: str = ""
    seconds: float = 60.0
    seen: int = 0

    def is_due(self, path: str, params: Mapping[str, str]) -> bool:
        """Count a request if it fits, and say whether it is one to spoil."""
        pairs = [f"{name}={value}" for name, value in params.items()] or [""]
        if self.path not in path or not any(self.query in pair for pair in pairs):
            return False
        self.seen += 1
        turn = self.seen - self.after
        return turn >= 1 and (self.times is None or turn <= self.times)

    def spoil(self, reply: Reply) -> Reply:
        """Return what is sent instead of `reply`."""
        match self.kind:
            case "status":
                headers = {"Retry-After": self.retry_after} if self.retry_after else {}
                spoiled = Reply(self.status or 503, "text/html; charset=utf-8", HTML, headers)
            case "timeout":
                spoiled = msgspec.structs.replace(reply, status=0, ending="hang", hang_seconds=self.seconds)
            case "reset":
                spoiled = msgspec.structs.replace(reply, status=0, ending="reset")
            case "cut":
                spoiled = msgspec.structs.replace(reply, ending="cut")
            case "html":
                spoiled = Reply(self.status or 200, "text/html; charset=utf-8", HTML)
            case "empty":
                spoiled = Reply(self.status or 200, reply.content_type, b"")
            case "broken":
                spoiled = msgspec.structs.replace(reply, body=reply.body[: len(reply.body) // 2])
            case "rate_limited":
                spoiled = Reply(200, "application/json; charset=UTF-8", _RATE_LIMITED)
        return spoiled
