"""Reads the numbers in posted texts: results are stated as text, and a text that is no number stays one."""

from __future__ import annotations

import math
import re

_NUMBER = re.compile(r"[+-]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?", re.ASCII)
_P_VALUE = re.compile(
    r"(?:p(?:[\s-]?values?)?\W*?)?\s*(?P<operator><=|>=|=<|=>|[<>=≤≥])?\s*"
    r"(?P<number>\d*[.,]\d+|\d+\.?)(?:\s*(?:[eE]|[x×*·]\s*10\s*\^?)\s*(?P<power>[-−–]\s*\d{1,3}))?"
    r"[^\d%]*",
    re.ASCII | re.IGNORECASE,
)
_EXACT = 2.0**53  # beyond it a float no longer holds every whole number
_OPERATORS = {"≤": "<=", "=<": "<=", "≥": ">=", "=>": ">=", None: "="}


def read_number(text: str | None) -> float | None:
    """Return a posted value as a number (`1,204.5`, `-0.3`, `2E-3`), None for `NA`, `<0.1` and every other text."""
    stated = (text or "").replace("−", "-")
    number = float(stated.replace(",", "")) if _NUMBER.fullmatch(stated) else math.inf
    return number if math.isfinite(number) else None


def read_count(text: str | None) -> int | None:
    """Return a posted count of participants or units, None where it is no whole number."""
    number = read_number(text)
    return int(number) if number is not None and number.is_integer() and abs(number) < _EXACT else None


def read_percent(text: str | None) -> float | None:
    """Return a confidence level in percent (`95`, `97.5`, `95%`)."""
    return read_number((text or "").removesuffix("%").strip())


def read_p_value(text: str | None) -> tuple[str | None, float | None]:
    """Return how a posted p value is bounded (`=`, `<`, `<=`, `>`, `>=`) and its number between 0 and 1.

    A text of two numbers, or of none, is (None, None). `0,034` is read as people of that comma write it.
    """
    found = _P_VALUE.fullmatch((text or "").strip())
    if not found:
        return None, None
    power = re.sub(r"\D", "", found["power"] or "0")
    number = float(f"{found['number'].replace(',', '.')}e-{power}")
    return (_OPERATORS.get(found["operator"], found["operator"]), number) if number <= 1 else (None, None)
