"""Cuts eligibility criteria into their inclusion and exclusion parts by their headings; reads no criterion."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Side = Literal["inclusion", "exclusion"]

_BULLET = r"(?:[*#•●▪·>\\_-]|\(?[0-9a-z]{1,2}\\?[.)]|[ \t]){0,12}+"
_KIND = (
    r"(?:non|not)[ \t-]*inclusion\b|inclusions?\b(?![ \t]*(?:/|and|or)[ \t]*exclusion)(?![ \t]+of\b)"
    r"|(?<!and )(?<!or )(?<!/)exclusions?\b(?![ \t]+of\b)"
    r"|criteria[ \t]+(?:for|of)[ \t]+(?:non[ \t-]*inclusion|inclusion|exclusion)\b"
)
_SENTENCE_WORDS = (
    r"is|are|was|were|be|been|will|may|must|should|shall|has|have|had|can|could|met|meets?|meeting|defined|apply|"
    r"applies|any|that|which|if|before|since|preceding|required|requirement|per|no|include[sd]?"
)
# "Additional Exclusion Criteria for Arm B (with tiragolumab)", up to a colon or the line's end.
_TITLE = (
    rf"(?P<title>(?![^\n:]*\b(?:{_SENTENCE_WORDS})\b)(?:[\w/&-]+[ \t]+){{0,4}}?(?P<kind>{_KIND})[^\n:]{{0,90}}?)"
    r"[*_.]*[ \t]*(?::[*_]*|$)"
)
# "Subjects meeting any of the following exclusion criteria are not eligible:", no item of a list itself.
_LEAD = (
    r"[ \t]*+(?![*#•\d\\-])[^\n]{0,120}?\b(?P<said>(?<!and )(?<!or )(?<!/)(?:in|ex)clusion[ \t]+criteria"
    r"|excluded[ \t]+(?:if|from)|ineligible|not(?:[ \t]+be)?[ \t]+eligible)\b[^\n]{0,120}:[ \t]*$"
)
# A heading inside a paragraph.
_INNER = r"(?<=[.;])[ \t]+(?:key[ \t]+|main[ \t]+)?(?P<inner>inclusion|exclusion)[ \t]+criteria[ \t]*:"
_HEADING = re.compile(rf"^{_BULLET}{_TITLE}|^{_LEAD}|{_INNER}", re.MULTILINE | re.IGNORECASE)
# No heading is without one of these; the rest of a text need not be looked at as closely.
_WORD = re.compile(r"clusion|excluded|eligible", re.IGNORECASE)
_EXCLUDING = re.compile(r"no[nt][ \t-]*inclusion|exclu|eligible", re.IGNORECASE)


class Part(NamedTuple):
    """One block of criteria as it stands in the text, from its heading's end to the next heading."""

    side: Side
    text: str


class Block(NamedTuple):
    """A heading as it stands, the side it opens and the text below it; both are "" for what stands before any."""

    heading: str
    side: Side | Literal[""]
    text: str


def split_eligibility(criteria: str) -> list[Part]:
    """Return the parts of `criteria` in order; text before any heading counts as inclusion, empty parts are left out.

    The registry keeps both lists in one field of Markdown, with headings that every sponsor words differently.
    """
    return [Part(block.side or "inclusion", block.text) for block in find_blocks(criteria) if block.text]


def _find_headings(criteria: str) -> Iterator[re.Match[str]]:
    """Yield the headings, which never go over a line's end."""
    end = 0
    while word := _WORD.search(criteria, end):
        start = max(end, criteria.rfind("\n", 0, word.start()) + 1)
        end = criteria.find("\n", word.end())
        end = len(criteria) if end < 0 else end
        yield from _HEADING.finditer(criteria, start, end)


def find_blocks(criteria: str) -> list[Block]:
    """Return every heading of `criteria` with what stands below it, in order; the first block has no heading."""
    blocks: list[Block] = []
    heading, place = "", 0
    side: Side | Literal[""] = ""
    for found in _find_headings(criteria):
        blocks.append(Block(heading, side, criteria[place : found.start()].strip()))
        heading, place = found[0], found.end()
        said = found["kind"] or found["said"] or found["inner"]
        side = "exclusion" if _EXCLUDING.search(said) else "inclusion"
    return [*blocks, Block(heading, side, criteria[place:].strip())]
