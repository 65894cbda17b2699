"""`trialwatch adopt`: a text, or a paper held, to a watchlist, a skeleton of claims and what is left to a person."""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
from pathlib import Path
from typing import Any

import msgspec

from dags.console import note, say
from dags.home import Home
from dags.inputs import find_home, read_settings, read_vocabulary
from etl.adoption.decoding import MOST_BYTES, decode_text
from etl.adoption.reading import read_text
from etl.adoption.render import Frame, build_slug, render_claims, render_points, render_summary, render_watchlist
from etl.tagging import build_tagger
from models.adoption import Adoption, Place
from models.errors import ConfigurationError, TrialwatchError
from models.pmid import parse_pmid
from models.review import parse_reviews
from models.settings import Settings, parse_settings
from models.vocabulary import Vocabulary
from models.watchlist import build_watch_items
from warehouse.reader import query_records
from warehouse.sql import read_sql

WATCHLIST, CLAIMS, POINTS = "watchlist.toml", "claims.toml", "open.md"
_PMID = re.compile(r"(?:pmid\s*:?\s*)?\d{1,9}", re.IGNORECASE)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for. `config`: whose vocabulary and warehouse are used; None: those of the program, and none."""

    source: str
    config: Path | None
    folder: Path | None = None
    printed: dt.date | None = None
    condition: str = ""
    is_forced: bool = False


class Adopted(msgspec.Struct, frozen=True, kw_only=True):
    """What was found and written; `notes` are to be said beside it."""

    adoption: Adoption
    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


class _Text(msgspec.Struct, frozen=True, kw_only=True):
    """A text to read; of a paper held also its number, title and day."""

    name: str
    text: str
    notes: tuple[str, ...] = ()
    pmid: str = ""
    title: str = ""
    printed: dt.date | None = None


def adopt(wish: Wish, clock: dt.datetime) -> Adopted:
    """Read a text and write what it names into a folder; files that are there stay, unless it is forced.

    Raises:
        ConfigurationError: the text cannot be read, or a file is there already; nothing was written.
        TrialwatchError: it names nothing; nothing was written.
    """
    settings = read_settings(wish.config) if wish.config else Settings()
    read = _read_source(wish.source, find_home(wish.config, settings) if wish.config else None)
    vocabulary = read_vocabulary(wish.config or Path(), settings)
    adoption = read_text(read.text, read.name, vocabulary, build_tagger(vocabulary).tag)
    if read.pmid:
        own = (read.pmid, Place(1, "the paper itself"))
        others = tuple(one for one in adoption.articles if one[0] != read.pmid)
        adoption = msgspec.structs.replace(adoption, articles=(own, *others))
    elif adoption.is_empty:
        raise TrialwatchError(
            f"{read.name} names no trial, agent or target that is known; nothing was written",
            "is it the right text? `trialwatch tag` shows what is found in a sentence",
        )
    folder = wish.folder or Path(f"adopted-{build_slug(Path(read.name).stem)}")
    printed = wish.printed or read.printed
    frame = Frame(
        claims_file=CLAIMS,
        printed=printed or clock.date(),
        is_dated=printed is not None,
        title=read.title,
        pmid=read.pmid,
        extra=_find_extra(wish.config, settings, folder),
        condition=wish.condition,
    )
    bodies = {
        WATCHLIST: render_watchlist(adoption, frame).encode(),
        CLAIMS: render_claims(adoption, frame).encode(),
        POINTS: render_points(adoption).encode(),
    }
    _check(bodies, vocabulary)
    files = _write(folder, bodies, is_forced=wish.is_forced)
    undated = () if frame.is_dated else (f"the day it was published is not known: put it into {CLAIMS}, or --printed",)
    return Adopted(adoption=adoption, files=files, notes=(*read.notes, *undated))


def show_adopted(adopted: Adopted, form: str) -> None:
    """Write what was found and where it stands now: for people, or as JSON."""
    for one in adopted.notes:
        note(one)
    if form == "json":
        found = {**msgspec.to_builtins(adopted.adoption), "files": [str(file) for file in adopted.files]}
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
        return
    say(render_summary(adopted.adoption))
    say(f"wrote {', '.join(str(file) for file in adopted.files)}")
    say(f"next: read {POINTS}, then `trialwatch --config {adopted.files[0]} check`; fill in {CLAIMS}")


def _read_source(source: str, home: Home | None) -> _Text:
    """Read a file, standard input, or a paper of the warehouse by its PMID; a file of that name goes first."""
    if source != "-" and _PMID.fullmatch(source.strip()) and not Path(source).exists():
        return _read_article(source, home)
    name = "standard input" if source == "-" else Path(source).name
    try:
        body = sys.stdin.buffer.read(MOST_BYTES + 1) if source == "-" else _read_file(Path(source))
    except OSError as error:
        raise ConfigurationError(
            f"cannot read {source}: {error.strerror}",
            "name a text, Markdown or HTML file, a PMID, or - for standard input",
        ) from error
    text, said = decode_text(body, name)
    return _Text(name=name, text=text, notes=(said,) if said else ())


def _read_file(file: Path) -> bytes:
    with file.open("rb") as body:
        return body.read(MOST_BYTES + 1)


def _read_article(source: str, home: Home | None) -> _Text:
    try:
        pmid = parse_pmid(source)
    except ValueError as error:
        raise ConfigurationError(str(error), "name a file, a PMID, or - for standard input") from error
    rows = _find_article(pmid, home)
    if not rows:
        raise ConfigurationError(
            f"PMID {pmid} is not in the warehouse",
            f"`trialwatch watch add {pmid}`, then `trialwatch run` brings it in; or save its abstract as text",
        )
    row = rows[0]
    declared = ", ".join(row["databank_nct_ids"] or ())
    numbers = f"\n\nTrial numbers that PubMed holds: {declared}." if declared else ""
    is_day = row["pub_date_precision"] == "day"
    return _Text(
        name=f"PMID {pmid}",
        text=f"{row['title']}\n\n{row['abstract'] or ''}{numbers}",
        pmid=pmid,
        title=row["title"],
        printed=row["pub_date"] if is_day else None,
    )


def _find_article(pmid: str, home: Home | None) -> list[dict[str, Any]]:
    if home is None:
        raise ConfigurationError(
            f"PMID {pmid} is looked up in your warehouse, and there is no watchlist here",
            "--config names the watchlist",
        )
    return query_records(home.published, {"article": read_sql("statements", "adopted_article")}, {"pmid": pmid})[
        "article"
    ]


def _find_extra(config: Path | None, settings: Settings, folder: Path) -> str:
    """Return the vocabulary's own folder as a watchlist in another folder names it."""
    if not config or not settings.vocabulary.extra:
        return ""
    extra = Path(settings.vocabulary.extra).expanduser()
    return str(extra) if extra.is_absolute() else os.path.relpath(config.parent.absolute() / extra, folder.absolute())


def _check(bodies: dict[str, bytes], vocabulary: Vocabulary) -> None:
    """Read what is to be written as a run will read it, before anything is written."""
    build_watch_items(parse_settings(bodies[WATCHLIST], WATCHLIST).watch, vocabulary, WATCHLIST)
    parse_reviews({CLAIMS: bodies[CLAIMS]})


def _write(folder: Path, bodies: dict[str, bytes], *, is_forced: bool) -> tuple[Path, ...]:
    files = {folder / name: body for name, body in bodies.items()}
    present = [str(file) for file in files if file.exists() or file.is_symlink()]
    if present and not is_forced:
        raise ConfigurationError(
            f"{', '.join(present)}: there already; nothing was written",
            "--out names another folder, --force overwrites",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, body in files.items():
            fresh = file.with_name(f".{file.name}.fresh")
            fresh.write_bytes(body)
            fresh.replace(file)
    except OSError as error:
        raise ConfigurationError(
            f"cannot write into {folder}: {error.strerror}", "--out names another folder"
        ) from error
    return tuple(files)
