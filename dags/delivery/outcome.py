"""What became of handing one message over, in the words of the ledger. It hands nothing over itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from etl.wording import shorten
from models.errors import DeliveryError

_LONGEST_ANSWER = 200
_PERMANENT = 500


class Outcome(msgspec.Struct, frozen=True):
    """`sent`: taken. `refused`: not taken, for good if `is_permanent`. `doubt`: nobody knows. `answer`: why."""

    state: Literal["sent", "refused", "doubt"]
    answer: str
    is_permanent: bool = False


class UnreachableError(DeliveryError):
    """A server that takes nothing from anyone now: not there, not trusted, or no login. Nothing was handed over."""


def refuse(code: int, answer: str) -> Outcome:
    """Return the outcome of an SMTP reply that is no yes: from 500 on it is for good."""
    return Outcome("refused", answer, is_permanent=code >= _PERMANENT)


def show_answer(text: str, secrets: Iterable[str] = ()) -> str:
    """Return words of a server as one short line, without the secrets it may repeat."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "…")
    return shorten(text, _LONGEST_ANSWER)
