"""What a letter is made of, whatever its form: runs of words in lines, lines in entries, entries in groups.

All texts are plain: from outside they come as one line each, shortened, and are still to be escaped for the form.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from etl.wording import flatten

_NCT_ID = re.compile(r"NCT[0-9]{8}")
_PMID = re.compile(r"[0-9]{1,8}")


class Run(msgspec.Struct, frozen=True):
    """Words that are shown alike. `url` links them; `statuses` are the codes of a chain that the words tell."""

    text: str
    style: Literal["plain", "strong", "emphasis"] = "plain"
    url: str = ""
    statuses: tuple[str, ...] = ()


Line = tuple[Run, ...]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One trial or paper. `head` is what happened to it, `name` its number, linked, `title` what else it is called.

    `about` are facts of the record (phase, sponsor), `lines` sentences. `is_brief`: all of it stands in one line.
    """

    head: Line = ()
    name: Run
    title: Line
    about: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    is_brief: bool = False


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """What happened alike under one heading; `more` says what of it is not told one by one."""

    heading: str
    entries: tuple[Entry, ...]
    more: tuple[str, ...] = ()


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A target, a pathway, or the rest."""

    heading: str
    groups: tuple[Group, ...]


class Cell(msgspec.Struct, frozen=True):
    """One cell of the week's bar: a glyph and a number, the word below it, and the status whose colours it has."""

    glyph: str
    number: int
    word: str
    status: str


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A letter: its title, what moved in three lines (`quiet`: nothing did), and all its parts in order.

    `band` says what is missing, `preheader` what an inbox shows beside the subject, `foot` are sentences of ours.
    """

    title: str
    label: str
    span: str
    is_quiet: bool
    summary: tuple[str, ...]
    preheader: str
    band: str
    bar: tuple[Cell, ...]
    parts: tuple[Part, ...]
    older: tuple[str, ...]
    left_out: tuple[str, ...]
    health: tuple[str, ...]
    foot: tuple[str, ...]


def say(text: str) -> Line:
    """Return a line of plain words."""
    return (Run(text),) if text else ()


def link_record(number: str, label: str = "") -> Run:
    """Return a record's number, linked to its page at the source; one that is none is shown and leads nowhere."""
    return Run(f"{label} {flatten(number)}".strip(), url=find_address(number))


def find_address(number: str) -> str:
    """Return the address of a trial or paper at its source; "" where the number is none."""
    if _NCT_ID.fullmatch(number):
        return f"https://clinicaltrials.gov/study/{number}"
    return f"https://pubmed.ncbi.nlm.nih.gov/{number}/" if _PMID.fullmatch(number) else ""
