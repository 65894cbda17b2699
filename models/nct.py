"""NCT numbers: their one written form, and where they stand in free text."""

from __future__ import annotations

import re

_EXACT = re.compile(r"\s*nct\s*[-:]?\s*([0-9]+)\s*", re.IGNORECASE)
# Behind a word that it is glued to (ClinicalTrials.govNCT…), as capitals or straight before the digits: "distinct
# 20260101" is none, nor is what one letter too many makes of it.
# (What must stand before is asked behind the letters, because they are found faster than it.)
_IN_TEXT = re.compile(
    r"[Nn][Cc][Tt](?:(?<![A-Za-z0-9]...)[\s:#-]{0,2}|(?<=[A-Za-z][a-z]NCT)[\s:#-]{0,2}|(?<=[A-Za-z]{5}))"
    r"([0-9]{8})(?!\d)"
)
_DIGITS = 8
# Numbers are given out in order; NCT08… lies years ahead, so seven digits that begin with 9 are a lost digit.
_FIRST_UNISSUED = 9_000_000


def parse_nct_id(text: str) -> str:
    """Return `text` as NCT and eight digits.

    Lower case and stripped leading zeros are mended (`nct1968109` → `NCT01968109`); a number that begins
    with 0 and is short has lost a digit somewhere and is refused, as is NCT00000000.

    Raises:
        ValueError: the text is no NCT number; the message says what is wrong with it.
    """
    match = _EXACT.fullmatch(text)
    if match is None:
        raise ValueError(f'"{text}" is no NCT number (NCT and {_DIGITS} digits)')
    digits = match[1]
    short_of_more_than_zeros = digits[0] == "0" or int(digits) >= _FIRST_UNISSUED
    if len(digits) > _DIGITS or (len(digits) < _DIGITS and short_of_more_than_zeros):
        noun = "digit" if len(digits) == 1 else "digits"
        raise ValueError(f'"{text}" has {len(digits)} {noun}, needs {_DIGITS}')
    if int(digits) == 0:
        raise ValueError(f'"{text}" was never given out')
    return f"NCT{digits.zfill(_DIGITS)}"


def find_nct_ids(text: str) -> list[str]:
    """Return the NCT numbers that stand in `text`, normalised, each once, in order; NCT00000000 is none."""
    found = (f"NCT{digits}" for digits in _IN_TEXT.findall(text) if int(digits) > 0)
    return list(dict.fromkeys(found))
