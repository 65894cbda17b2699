"""PMIDs: their one written form."""

from __future__ import annotations

import re

_EXACT = re.compile(r"\s*(?:pmid\s*[-:#]?\s*)?([0-9]{1,9})\s*", re.IGNORECASE)
_LONGEST = 8


def parse_pmid(text: str) -> str:
    """Return `text` as a PMID: one to eight digits that do not begin with 0.

    Raises:
        ValueError: the text is no PMID; the message says what is wrong with it.
    """
    match = _EXACT.fullmatch(text)
    digits = match[1] if match else ""
    if not digits or digits.startswith("0") or len(digits) > _LONGEST:
        raise ValueError(f'"{text}" is no PMID (1 to {_LONGEST} digits, the first no 0)')
    return digits
