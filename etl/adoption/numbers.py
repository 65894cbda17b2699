"""Trial numbers in a text, also broken ones, and what only looks like one: what is not sure is taken for none."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

_DIGITS = 8
# Behind a word that it is glued to (ClinicalTrials.govNCT…) only as capitals: "distinct" holds none.
# Some write a word between: NCT number: 99000101.
_WORD = r"(?:\s?(?i:numbers?|no|nr|ids?|identifiers?)(?![A-Za-z]))?"
_HEAD = rf"(?:(?<![A-Za-z0-9])(?i:nct){_WORD}|(?<=[a-z0-9])NCT)[\s:#.-]{{0,3}}"
_WRITTEN = re.compile(rf"{_HEAD}(?P<digits>\d+(?:(?: ?- ?| )\d+)*)")
_FRAGMENT = re.compile(rf"{_HEAD}(?P<digits>\d{{0,7}})-?\Z")
_NEXT_DIGITS = re.compile(r"\d+")
# What stands behind a count, not behind the end of a number that was broken.
_COUNTED = re.compile(
    r"\s?(?:%|\.\d|,\d{3}|/\d|(?:\s+|-)(?:(?:evaluable|eligible|treated|enrolled|randomi[sz]ed|additional|new|adult|"
    r"consecutive|of|out)\b|(?:patients?|pts|subjects?|participants?|people|persons?|individuals?|men|women|cases?|"
    r"sites?|cent(?:er|re)s?|countries|cohorts?|arms?|doses?|cycles?|weeks?|months?|days?|years?|hours?|mg|kg|ml|"
    r"responses?|responders?|deaths?|events?|trials?|studies|tumou?rs?|lesions?|percent)\b))",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d\Z")
# Something that begins like a number: letters read for digits, or too few or too many of these.
_LIKE = re.compile(rf"{_HEAD}(?P<body>[0-9OoIl](?:[0-9OoIl]|-(?=\d))*)")
_FEWEST_LIKE = 3
_WITHOUT_HEAD = re.compile(r"\s*(?:/|,|;|&|\band\b|\bor\b)\s*(?P<digits>0\d{7})(?!\d)")
_WHOLE = re.compile(r"\d{8}\Z")
_NEVER = "00000000"


class FoundNumber(msgspec.Struct, frozen=True):
    """One place in a text that gives a trial's number; `is_joined` where a space or hyphen broke its digits."""

    nct_id: str
    start: int
    end: int
    is_joined: bool


class OddNumber(msgspec.Struct, frozen=True):
    """What looks like a number and is none; `advice` says in what, and what it may be."""

    text: str
    start: int
    end: int
    advice: str


def find_numbers(text: str) -> tuple[list[FoundNumber], list[OddNumber]]:
    """Return the trial numbers in a text and what only looks like one, both in its order."""
    found = list(_find_written(text))
    taken = {place for one in found for place in range(one.start, one.end)}
    odd = [one for one in _find_odd(text) if one.start not in taken]
    for one in found:
        bare = _WITHOUT_HEAD.match(text, one.end)
        while bare:
            advice = f"it stands behind {one.nct_id} without NCT; add it if it is a trial too"
            odd.append(OddNumber(bare["digits"], *bare.span("digits"), advice))
            bare = _WITHOUT_HEAD.match(text, bare.end())
    return found, sorted(odd, key=lambda one: one.start)


def _find_written(text: str) -> Iterator[FoundNumber]:
    for match in _WRITTEN.finditer(text):
        digits, end = "", match.start("digits")
        for piece in re.finditer(r"\d+", match["digits"]):
            start = match.start("digits") + piece.start()
            if digits and not reads_on(digits, piece[0], text[match.start("digits") + piece.end() :], is_break=False):
                break
            digits, end = digits + piece[0], start + len(piece[0])
            if len(digits) >= _DIGITS:
                break
        is_plain = end < len(text) and (text[end].isdigit() or re.match(r"[A-Za-z]\d", text[end:]))
        if len(digits) == _DIGITS and digits != _NEVER and not is_plain:
            is_joined = end - match.start("digits") > _DIGITS
            yield FoundNumber(f"NCT{digits}", match.start(), end, is_joined)


def reads_on(digits: str, more: str, behind: str, *, is_break: bool) -> bool:
    """Return whether digits go on behind a line end, a space or a hyphen, as far as they are a number's.

    Not where the rest is a count of its own (NCT0990010, 12 patients) or, on one line, a year or too few digits.
    """
    if len(digits) + len(more) > _DIGITS:
        return False
    if len(digits) + len(more) == _DIGITS and _COUNTED.match(behind):
        return False
    return is_break or not (_YEAR.match(more) or len(more) < _FEWEST_LIKE)


def goes_on(before: str, behind: str) -> bool:
    """Return whether a number that a line's end broke goes on in the next line."""
    fragment = _FRAGMENT.search(before)
    if fragment is None:
        return False
    more = _NEXT_DIGITS.match(behind)
    if more is None:
        return False
    if not fragment["digits"]:
        return len(more[0]) == _DIGITS
    whole = len(fragment["digits"]) + len(more[0])
    # Less than a whole one goes on only where the next line holds nothing else: a narrow cell.
    is_enough = whole == _DIGITS or (whole < _DIGITS and not behind[more.end() :].strip(" -"))
    return is_enough and reads_on(fragment["digits"], more[0], behind[more.end() :], is_break=True)


def _find_odd(text: str) -> Iterator[OddNumber]:
    for match in _LIKE.finditer(text):
        body = match["body"].rstrip("-")
        digits = re.sub(r"\D", "", body)
        if len(body) < _FEWEST_LIKE or not digits:
            continue
        end = match.start("body") + len(body)
        yield OddNumber(text[match.start() : end], match.start(), end, _advise(body, digits))


def _advise(body: str, digits: str) -> str:
    if not body.replace("-", "").isdigit():
        return "letters stand among its digits; look up the number"
    if digits == _NEVER:
        return "this number was never given out"
    has = f"it has {len(digits)} digits, a number has {_DIGITS}"
    if len(digits) < _DIGITS:
        return f"{has}; look it up"
    return f"{has}; a reference mark may be glued to it; look it up"
