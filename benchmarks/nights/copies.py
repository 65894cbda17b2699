"""Nights of the registry for the benchmarks: recorded studies copied under other numbers, some edited a night.

Not real trials: the numbers lie far beyond those given out, and the edits are invented.
"""

from __future__ import annotations

import datetime as dt
import gzip
import os
import random
import re
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import msgspec

from extractors.clinicaltrials.envelope import RecordId, parse_envelope
from extractors.clinicaltrials.fetch import SOURCE
from models.page import Page

FIRST = dt.date(2026, 2, 10)
PAGE_SIZE = 300  # as many as one request by number asks for
_STAMP = re.compile(rb'("versionHolder":")[^"]*')
_ROUND = {
    "NOT_YET_RECRUITING": "RECRUITING",
    "RECRUITING": "ACTIVE_NOT_RECRUITING",
    "ACTIVE_NOT_RECRUITING": "COMPLETED",
    "COMPLETED": "TERMINATED",
}


class Copies:
    """The registry as it stands on a day: `number` studies, each a copy of a recorded one."""

    def __init__(self, number: int) -> None:
        samples = read_samples()
        self._random = random.Random(number)  # noqa: S311  the same nights each time
        self._records = [_copy(samples[place % len(samples)], place) for place in range(number)]
        self._edits = cycle(
            (_move_status, _move_dates, _move_status, _count, _move_status, _reword_outcome, _reword_arm)
        )

    def edit(self, day: dt.date, percent: float = 1) -> list[tuple[bytes, bytes]]:
        """Edit `percent` of the studies on `day`; return each before and after. Half the edits move a status."""
        pairs = []
        number = max(1, round(len(self._records) * percent / 100))
        for place in self._random.sample(range(len(self._records)), number):
            study = msgspec.json.decode(self._records[place])
            next(self._edits)(study["protocolSection"], day)
            status = study["protocolSection"]["statusModule"]
            status["lastUpdateSubmitDate"] = (day - dt.timedelta(days=2)).isoformat()
            status["lastUpdatePostDateStruct"] = {"date": day.isoformat(), "type": "ACTUAL"}
            pairs.append((self._records[place], msgspec.json.encode(study)))
            self._records[place] = pairs[-1][1]
        return pairs

    def build_bodies(self, day: dt.date) -> Iterator[bytes]:
        """Yield the pages of the whole registry as served on `day`, which every record is stamped with."""
        stamp = rb"\g<1>" + day.isoformat().encode()
        for start in range(0, len(self._records), PAGE_SIZE):
            records = [_STAMP.sub(stamp, record) for record in self._records[start : start + PAGE_SIZE]]
            yield b'{"studies":[' + b",".join(records) + b"]}"


def read_samples() -> list[dict[str, Any]]:
    """Return the recorded studies, one of each number, that state a status, in the order of the folder's files."""
    folder = Path(os.environ.get("TRIALWATCH_SHARED", Path(__file__).parents[3] / "shared")) / "recorded"
    found: dict[str, dict[str, Any]] = {}
    for name in ("trials", "nightly"):
        for line in gzip.decompress((folder / f"{name}.jsonl.gz").read_bytes()).splitlines():
            study = msgspec.json.decode(line)["study"]
            found.setdefault(study["protocolSection"]["identificationModule"]["nctId"], study)
    return list(found.values())


def build_page(number: int, body: bytes, day: dt.date) -> tuple[Page, tuple[RecordId, ...]]:
    """Return a body as a page that was fetched, and its records' ids."""
    envelope = parse_envelope(body)
    fetched_at = dt.datetime.combine(day, dt.time(12))
    page = Page(SOURCE, "tracked", number, "", "", 200, "application/json", fetched_at, body, envelope.spans)
    return page, envelope.ids


def _copy(sample: dict[str, Any], place: int) -> bytes:
    identity = sample["protocolSection"]["identificationModule"]
    body = msgspec.json.encode(
        sample
        | {
            "protocolSection": sample["protocolSection"]
            | {"identificationModule": {key: identity[key] for key in identity if key != "nctIdAliases"}}
        }
    )
    return body.replace(identity["nctId"].encode(), f"NCT98{place:06d}".encode())


def _move_status(protocol: dict[str, Any], _day: dt.date) -> None:
    status = protocol["statusModule"]
    status["overallStatus"] = _ROUND.get(status["overallStatus"], "RECRUITING")
    status.pop("whyStopped", None)
    if status["overallStatus"] == "TERMINATED":
        status["whyStopped"] = "Slow accrual"


def _move_dates(protocol: dict[str, Any], day: dt.date) -> None:
    later = day + dt.timedelta(days=400)
    for name in ("primaryCompletionDateStruct", "completionDateStruct"):
        protocol["statusModule"][name] = {"date": later.isoformat(), "type": "ESTIMATED"}


def _count(protocol: dict[str, Any], day: dt.date) -> None:
    protocol["designModule"]["enrollmentInfo"] = {"count": 100 + day.toordinal() % 400, "type": "ESTIMATED"}


def _reword_outcome(protocol: dict[str, Any], day: dt.date) -> None:
    outcomes = protocol.setdefault("outcomesModule", {}).setdefault(
        "primaryOutcomes", [{"measure": "Overall survival"}]
    )
    outcomes[0]["measure"] = _reword(outcomes[0]["measure"], day)


def _reword_arm(protocol: dict[str, Any], day: dt.date) -> None:
    arms = protocol.setdefault("armsInterventionsModule", {}).setdefault("armGroups", [{"label": "Treatment"}])
    arms[0]["description"] = _reword(arms[0].get("description", "One dose each day."), day)


def _reword(text: str, day: dt.date) -> str:
    return f"{text.partition(' (as of ')[0]} (as of {day.isoformat()})"
