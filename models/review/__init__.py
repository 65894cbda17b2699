"""A review's statements that a registry or PubMed can test: the types, and a pure reader of the TOML files beside it.

A file holds one `[review]` table, a `[[claim]]` a statement and a `[[misprint]]` a slip of the print; another review is
another file. It judges no claim: etl/review does.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, get_args

import msgspec

from models.errors import ConfigurationError
from models.nct import parse_nct_id
from models.watchlist import find_condition_flaw

# What a statement says of the state of things. `unsorted`: nobody has read it yet, as in a skeleton.
SaidState = Literal[
    "ongoing", "results_not_released", "early_results", "positive", "failed", "approved", "preclinical", "unsorted"
]
MisprintKind = Literal["agent", "target", "trial", "name", "fact"]
_Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\Z")]
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
_Line = Annotated[str, msgspec.Meta(pattern=r"^\S(?:[^\n\r]{0,198}\S)?\Z")]
_Pmid = Annotated[str, msgspec.Meta(pattern=r"^[1-9]\d{0,8}\Z")]
_NoPmidOrPmid = Annotated[str, msgspec.Meta(pattern=r"^(?:[1-9]\d{0,8})?\Z")]
_NoDoiOrDoi = Annotated[str, msgspec.Meta(pattern=r"^(?:10\.\d{4,9}/[!-~]+)?\Z")]
_Phase = Annotated[str, msgspec.Meta(pattern=r"^(?:early 1|[1-4](?:/[1-4])?)?\Z")]
_CHARACTER = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


# What the keys take whose values are of one form, for who got one wrong.
_TAKES = {
    "state": f"one of {', '.join(get_args(SaidState))}",
    "kind": f"one of {', '.join(get_args(MisprintKind))}",
    "id": "lower case letters, digits and single hyphens: zelbarimab-nsclc",
    "phase": "1, 2, 3, 4, two of them as 1/2, or early 1",
    "doi": "a DOI without https://doi.org/: 10.1000/xyz",
    "pmid": 'digits in quotes: "99000001"',
    "articles": 'PMIDs in quotes: ["99000001"]',
    "trials": 'NCT numbers in quotes: ["NCT99000101"]',
    "meant": 'NCT numbers in quotes: ["NCT99000101"]',
}
_TAKES_DAY = "a day without quotes: 2025-06-30"


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A TOML table: an unknown key in it is an error."""


class Claim(_Table, frozen=True):
    """One statement, in our own words. Empty lists: it says nothing of that kind.

    `trials` are numbers as printed; `meant` those that are not printed and that the statement is about (of a trial
    named without its number, or of one whose printed number is another's). `agents` and `targets` are names of the
    vocabulary, or misprints of this file; `pathways` the vocabulary's. `phase` (`1/2`) and `condition` (as of a watch
    item) are what the statement says of the trial; `articles` the PMIDs of the papers it cites.
    """

    id: _Slug
    section: _Line
    statement: _Text
    state: SaidState
    name: str = ""
    trials: tuple[str, ...] = ()
    meant: tuple[str, ...] = ()
    agents: tuple[_Line, ...] = ()
    targets: tuple[_Line, ...] = ()
    pathways: tuple[_Line, ...] = ()
    phase: _Phase = ""
    condition: str = ""
    articles: tuple[_Pmid, ...] = ()
    note: str = ""


class Misprint(_Table, frozen=True):
    """A slip of the print and what it means: a synonym in this review alone, never in the vocabulary."""

    printed: _Line
    means: _Line
    kind: MisprintKind
    section: str = ""
    note: str = ""


class _Head(_Table, frozen=True):
    id: _Slug
    title: _Line
    printed: dt.date
    citation: str = ""
    doi: _NoDoiOrDoi = ""
    pmid: _NoPmidOrPmid = ""
    note: Annotated[str, msgspec.Meta(max_length=1000)] = ""


class _File(_Table, frozen=True):
    review: _Head
    claim: tuple[Claim, ...] = ()
    misprint: tuple[Misprint, ...] = ()


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """A review article and what it states; `printed` is the day it was published, `file` where this was read.

    `note` is what every reader of a living review is told of these: that the day is not checked, for instance.
    """

    id: str
    title: str
    printed: dt.date
    citation: str
    doi: str
    pmid: str
    file: str
    claims: tuple[Claim, ...]
    misprints: tuple[Misprint, ...]
    note: str = ""

    def find_meaning(self, printed: str, kind: MisprintKind) -> str:
        """Return what a printed name means in this review: the name itself, unless it is a misprint of that kind."""
        wanted = printed.casefold()
        return next(
            (one.means for one in self.misprints if one.kind == kind and one.printed.casefold() == wanted), printed
        )


def parse_reviews(files: Mapping[str, bytes]) -> tuple[Review, ...]:
    """Read TOML files (name → bytes), a review each, in the order given.

    Raises:
        ConfigurationError: a file is not TOML, holds an unknown key or a value of the wrong kind, an NCT number that is
            none, or a name that stands twice; the message names the file, the claim and what is wrong with it.
    """
    reviews = tuple(_parse_file(name, body) for name, body in files.items())
    seen: dict[str, str] = {}
    for review in reviews:
        if review.id in seen:
            raise ConfigurationError(
                f'{review.file}: review.id: "{review.id}" is that of {seen[review.id]} too', "give each review its own"
            )
        seen[review.id] = review.file
    return reviews


def _parse_file(name: str, body: bytes) -> Review:
    try:
        tables = tomllib.loads(body.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{name}: {error}", "it must be TOML in UTF-8; docs/review.md shows one") from error
    try:
        file = msgspec.convert(tables, _File)
    except msgspec.ValidationError as error:
        message, hint = _describe(str(error), tables)
        raise ConfigurationError(f"{name}: {message}", hint) from error
    claims = tuple(_check_claim(name, claim) for claim in file.claim)
    _check_unique(name, [claim.id for claim in claims])
    return Review(**msgspec.structs.asdict(file.review), file=name, claims=claims, misprints=file.misprint)


def _check_claim(name: str, claim: Claim) -> Claim:
    place = f'{name}: claim "{claim.id}"'
    for key, text in (("name", claim.name), ("statement", claim.statement), ("note", claim.note)):
        if _CHARACTER.search(text.strip()):
            raise ConfigurationError(f"{place}: {key}: it holds a control character", "write it on one line")
    flaw = find_condition_flaw(claim.condition)
    if flaw:
        raise ConfigurationError(
            f"{place}: condition: {flaw}", 'one phrase, or quoted phrases with AND, OR: "lung" OR "solid tumor"'
        )
    trials, meant = (tuple(_parse_numbers(place, key, getattr(claim, key))) for key in ("trials", "meant"))
    return msgspec.structs.replace(claim, trials=trials, meant=meant)


def _parse_numbers(place: str, key: str, numbers: Sequence[str]) -> Iterator[str]:
    for index, text in enumerate(numbers):
        try:
            yield parse_nct_id(text)
        except ValueError as error:
            raise ConfigurationError(
                f"{place}: {key}[{index}]: {error}", "correct it, then `trialwatch check`"
            ) from error


def _check_unique(name: str, ids: Sequence[str]) -> None:
    twice = next((one for index, one in enumerate(ids) if one in ids[:index]), None)
    if twice is not None:
        raise ConfigurationError(f'{name}: claim "{twice}" stands there twice', "give each claim an id of its own")


def _describe(error: str, tables: Mapping[str, Any]) -> tuple[str, str]:
    """Turn msgspec's message into `claim "…": key: what is wrong` and a remedy; claims are named by their ids."""
    what, _, where = error.partition(" - at `$")
    path = where.rstrip("`").lstrip(".")
    kind, place = _find_place(path, tables)
    unknown = re.fullmatch(r"Object contains unknown field `(.*)`", what)
    if unknown is None:
        said = "not of the form it takes" if "matching regex" in what else f"{what[:1].lower()}{what[1:]}"
        key = re.sub(r"\[\d+\]\Z", "", path).rpartition(".")[2]
        takes = _TAKES_DAY if path == "review.printed" else _TAKES.get(key, "")
        form = f"{key} takes {takes}; " if takes else ""
        return f"{place}: {said}", f"{form}docs/review.md says what each key takes"
    known = ", ".join(field.encode_name for field in msgspec.structs.fields(kind))
    return ": ".join(filter(None, (place, unknown[1], "unknown key"))), f"known here: {known}"


def _find_place(path: str, tables: Mapping[str, Any]) -> tuple[type[_Table], str]:
    """Return the table that a path of msgspec's is in, and the path as people read it."""
    found = re.match(r"(claim|misprint)\[(\d+)\]\.?", path)
    if found is None:
        return (_Head if path.startswith("review") else _File), path
    table, label = tables[found[1]][int(found[2])], "id" if found[1] == "claim" else "printed"
    named = table.get(label) if isinstance(table, dict) else None
    name = f'"{named}"' if isinstance(named, str) else f"number {int(found[2]) + 1}"
    return (Claim if found[1] == "claim" else Misprint), ": ".join(
        filter(None, (f"{found[1]} {name}", path[found.end() :]))
    )
