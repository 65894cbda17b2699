"""A year of the two sources, invented: which trial changes how on which day, which paper enters, what breaks when."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from dags.sample.world import SAMPLE_FOLDER

FIRST = dt.date(2026, 3, 16)  # a Monday; the year has the two clock changes of Europe, its first month one of them
TRIALS = 20
_BETWEEN = 20  # days between two changes of one trial: longer than any outage, so that each state is served
_PAPERS_EVERY = 10
_NIGHT_BEGUN = dt.timedelta(hours=2)  # after midnight UTC, in summer and in winter
_ROUND = {"RECRUITING": "SUSPENDED", "SUSPENDED": "RECRUITING"}
Kind = Literal["power", "registry", "pubmed", "mail", "stop"]


class Move(msgspec.Struct, frozen=True, order=True):
    """A status change of a trial, public on a day. `token` stands in the reason of a suspension alone."""

    nct_id: str
    day: str
    status: str
    token: str


class Outage(msgspec.Struct, frozen=True):
    """Something that does not work for a while. `power` and `stop` end the service, which begins anew after it.

    `cut_at` is the step of the night behind which the power goes; 0 where it goes at once, between two nights.
    """

    kind: Kind
    begins: dt.datetime
    ends: dt.datetime
    cut_at: int = 0


def write_world(folder: Path, days: int) -> list[Move]:
    """Write the records of so many days; return every status change among them, in order."""
    lines = [msgspec.json.decode(line) for line in (SAMPLE_FOLDER / "studies.jsonl").read_bytes().splitlines()]
    sample = next(
        line["study"]
        for line in lines
        if line["study"]["protocolSection"]["statusModule"].get("overallStatus") == "RECRUITING"
    )
    moves: list[Move] = []
    with (folder / "studies.jsonl").open("wb") as out:
        for number in range(TRIALS):
            study = _copy(sample, number)
            out.write(_line(FIRST - dt.timedelta(days=2), study))
            for place, day in enumerate(_list_days(number, days)):
                move = _move(study, day, f"R{number:03d}{place:03d}.")
                out.write(_line(day, study))
                moves.append(move)
    (folder / "articles.xml").write_text(_build_papers(days), "utf-8")
    return sorted(moves)


def list_ids() -> list[str]:
    """Return the numbers of the trials."""
    return [f"NCT98{number:06d}" for number in range(TRIALS)]


def count_papers(days: int) -> int:
    """Return how many papers enter after the first night."""
    return len(range(_PAPERS_EVERY, days - 8, _PAPERS_EVERY))


def plan_outages(days: int, number: int, stops: int) -> list[Outage]:
    """Return the outages of so many days, spread over them, and `stops` orderly restarts; none overlaps another."""
    chance = random.Random(days)
    slots = number + stops
    breaking: tuple[Kind, ...] = ("power", "registry", "pubmed", "mail")
    kinds: list[Kind] = [breaking[place % len(breaking)] for place in range(number)]
    kinds += ["stop"] * stops
    chance.shuffle(kinds)
    width = (days - 16) / slots
    start = dt.datetime.combine(FIRST, dt.time()) + dt.timedelta(days=2)
    outages = []
    for place, kind in enumerate(kinds):
        begins = start + dt.timedelta(days=place * width, hours=chance.randrange(24))
        length = dt.timedelta(hours=3) if kind == "stop" else dt.timedelta(hours=chance.choice((6, 30, 54, 150)))
        ends = begins + min(length, dt.timedelta(days=width, hours=-25))
        cut_at = chance.randrange(4) if kind == "power" else 0
        has_night = (ends - _NIGHT_BEGUN).date() > begins.date()
        outages.append(Outage(kind, begins, ends, cut_at=cut_at if has_night else 0))
    return outages


def _list_days(number: int, days: int) -> Iterator[dt.date]:
    # The last days are still, so that the last letter can tell everything.
    for day in range(2 + number * _BETWEEN // TRIALS, days - 8, _BETWEEN):
        yield FIRST + dt.timedelta(days=day)


def _copy(sample: Mapping[str, Any], number: int) -> dict[str, Any]:
    study: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(sample))
    identification = study["protocolSection"]["identificationModule"]
    identification["nctId"] = f"NCT98{number:06d}"
    identification.pop("nctIdAliases", None)
    return study


def _move(study: dict[str, Any], day: dt.date, token: str) -> Move:
    protocol = study["protocolSection"]
    status = protocol["statusModule"]
    status["overallStatus"] = _ROUND[status["overallStatus"]]
    status.pop("whyStopped", None)
    is_stop = status["overallStatus"] == "SUSPENDED"
    if is_stop:
        status["whyStopped"] = f"Invented reason {token}"
    status["lastUpdateSubmitDate"] = (day - dt.timedelta(days=3)).isoformat()
    status["lastUpdatePostDateStruct"] = {"date": day.isoformat(), "type": "ACTUAL"}
    return Move(
        protocol["identificationModule"]["nctId"],
        status["lastUpdateSubmitDate"],
        status["overallStatus"],
        token if is_stop else "",
    )


def _line(day: dt.date, study: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode({"day": day.isoformat(), "study": study}) + b"\n"


def _build_papers(days: int) -> str:
    text = (SAMPLE_FOLDER / "articles.xml").read_text("utf-8")
    begin = text.index("<PubmedArticle>")
    sample = text[begin : text.index("</PubmedArticle>") + len("</PubmedArticle>")]
    papers = [
        f"<!--seen {FIRST + dt.timedelta(days=day)}-->" + sample.replace("99000001", f"98{day:06d}")
        for day in range(_PAPERS_EVERY, days - 8, _PAPERS_EVERY)
    ]
    return f"<PubmedArticleSet>{''.join(papers)}</PubmedArticleSet>"
