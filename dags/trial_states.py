"""Served states of trials become versions, or prove to be held: what each counts as, and what it says of presence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from dags.absences import write_step
from dags.drift import DriftWatch
from dags.run import Run
from dags.version_loading import Learnt, Line, Payload, VersionWriter
from etl.canonical import build_canonical, hash_content
from etl.schemas import TRIAL_SIGHTING, build_frame
from etl.trials import Row, hash_version, read_post_date, read_submit_date
from etl.versions import Place, Version, find_origin, inherit_number, place_state, set_back, sort_versions
from extractors.clinicaltrials.fetch import SOURCE
from models.trial import Study

Way = Literal["live", "import"]
_LAST = 2**62  # a state not numbered yet comes after all that are held
_OLDER = "an older state than the newest held was served; kept as history, nothing is concluded"
_LATE = "an earlier release than the one read holds a later submission, which that one lacked; landed, not believed"


class Served(msgspec.Struct, frozen=True):
    """A record as it came: typed, decoded, its bytes and their hash, the source day it is of, what was held of it."""

    study: Study
    content: dict[str, Any]
    body: bytes
    digest: str
    day: dt.date
    held: Row | None


class StateWriter:
    """Writes served states into the open transaction; `new`, `changed` and `older` count what they proved to be.

    Of a release older than one already read (`is_older`) nothing is concluded: it reopens nothing.
    """

    def __init__(self, run: Run, drift: DriftWatch, *, is_older: bool, way: Way) -> None:
        self.run = run
        self.new = 0
        self.changed = 0
        self.older = 0
        self._drift = drift
        self._is_older = is_older
        self._way = way
        self.versions = VersionWriter(run)

    def reopen(self, rows: Sequence[Row], day: dt.date) -> None:
        """Note for trials that were missing or gone that they are there."""
        for row in rows:
            if row["registry_state"] != "listed":
                fresh = row | {"registry_state": "listed", "missing_days": [], "last_checked_at": self.run.clock}
                self.run.store.replace("trial_sighting", build_frame([fresh], TRIAL_SIGHTING), "nct_id")
                write_step(self.run, row["nct_id"], row["registry_state"], "listed", day)

    def write(self, served: Mapping[str, Served]) -> None:
        """Write what some records say: number → record. What is known already moves the sighting alone."""
        lines: list[Line] = []
        sightings: list[Row] = []
        versions = self.versions.read_lines(sorted(served))
        learnt = {nct_id: self._build_learnt(one, versions[nct_id]) for nct_id, one in served.items()}
        newest = {nct_id: sort_versions(line)[-1] for nct_id, line in versions.items() if line}
        before = self.versions.read_payloads(one.version_id for one in newest.values())
        reread = _find_reread(learnt, newest, before)
        for nct_id, one in served.items():
            line = versions[nct_id]
            place: Place = "held" if nct_id in reread else place_state(learnt[nct_id].version, line)
            if place == "newest" and _is_served_late(one):
                self._note_late(one)
                continue
            if self._is_set_back(one, learnt[nct_id], newest.get(nct_id), place, is_same=nct_id in reread):
                version = set_back(learnt[nct_id].version, newest[nct_id])
                learnt[nct_id], place = msgspec.structs.replace(learnt[nct_id], version=version), "newest"
            if place != "held":
                lines.append(self._build_line(learnt[nct_id], line, place))
            self._count(place, line)
            if _is_stale(learnt[nct_id].version, newest.get(nct_id), place, is_same=nct_id in reread):
                self._note_stale(one, learnt[nct_id].version)
            else:
                # A file made by hand may lack what the registry serves.
                last = newest.get(nct_id) if self._way == "live" else None
                self._drift.look(nct_id, one.content, before[last.version_id].content if last else None)
                sightings.append(self._build_sighting(one))
        self.run.store.replace("trial_sighting", build_frame(sightings, TRIAL_SIGHTING), "nct_id")
        self.versions.write(lines)

    def _build_learnt(self, served: Served, held: Sequence[Version]) -> Learnt:
        """Return what a record would be as a version; its number and origin are given where it becomes one."""
        study = served.study
        canonical = build_canonical(served.content)
        submit_date = read_submit_date(study)
        version = Version(
            version_id="",
            content_hash=hash_content(canonical),
            origin=self._way,
            markup="markdown",
            overall_status=study.protocol_section.status_module.overall_status,
            source_submit_date=submit_date,
            source_post_date=read_post_date(study),
            source_day=served.day,
            registry_version=inherit_number(submit_date, held),
            learnt_no=_LAST,
            is_sighting=True,
        )
        return Learnt(version, study, canonical, served.body.decode("utf-8"))

    def _build_line(self, learnt: Learnt, held: Sequence[Version], place: Place) -> Line:
        version = learnt.version
        learnt_no = self.versions.take_number()
        origin = find_origin(version, held) if place == "older" and self._way == "live" else version.origin
        nct_id = learnt.study.nct_id
        numbered = msgspec.structs.replace(
            version,
            version_id=hash_version(nct_id, version.source_submit_date, learnt_no, version.content_hash),
            origin=origin,
            learnt_no=learnt_no,
            is_sighting=place == "newest",
        )
        return Line(nct_id, held, [msgspec.structs.replace(learnt, version=numbered)])

    def _build_sighting(self, served: Served) -> Row:
        before = served.held
        state, missing_days = "listed", list[dt.date]()
        if before and self._concludes_nothing(served, before):
            state, missing_days = before["registry_state"], before["missing_days"]
        elif before and self._way == "import":
            self.reopen([before], served.day)
        return {
            "nct_id": served.study.nct_id,
            "registry_state": state,
            "raw_hash": served.digest,
            "source_day": max(served.day, before["source_day"]) if before else served.day,
            "missing_days": missing_days,
            "first_seen_at": before["first_seen_at"] if before else self.run.clock,
            "last_checked_at": self.run.clock,
        }

    def _concludes_nothing(self, served: Served, before: Row) -> bool:
        """A file tells that a trial is listed only where it is of a later day than the trial was last looked for."""
        return self._is_older or (self._way == "import" and served.day <= before["source_day"])

    def _note_stale(self, served: Served, version: Version) -> None:
        self.older += 1
        if self._way == "live":
            path = f"{served.day} {version.content_hash}"
            self.run.add_issue("info", SOURCE, _OLDER, record=served.study.nct_id, path=path)

    def _note_late(self, served: Served) -> None:
        """Of what an older release had, and a newer one read since did not, nothing is known but that it was served."""
        self.older += 1
        self.run.add_issue("info", SOURCE, _LATE, record=served.study.nct_id, path=str(served.day))

    def _is_set_back(
        self, served: Served, learnt: Learnt, newest: Version | None, place: Place, *, is_same: bool
    ) -> bool:
        """Tell whether the registry itself went back to an earlier submission, which one stale answer does not show.

        Believed is what was served so on as many source days as an absence needs.
        """
        version = learnt.version
        if self._way != "live" or self._is_older or not served.held:
            return False
        if not _is_stale(version, newest, place, is_same=is_same):
            return False
        known = {"record": served.study.nct_id, "message": _OLDER, "mark": version.content_hash}
        within = {"since": served.held["source_day"], "day": served.day}
        days = self.run.store.read_value("set_back_days", **known, **within)
        return bool(days + 1 >= self.run.inputs.settings.source.clinicaltrials.gone_after)

    def _count(self, place: Place, held: Sequence[Version]) -> None:
        if place != "held":
            self.changed += bool(held)
            self.new += not held


def _is_served_late(served: Served) -> bool:
    """Tell whether a record is of an earlier release than the one the trial was last read under."""
    return served.held is not None and served.day < served.held["source_day"]


def _find_reread(
    learnt: Mapping[str, Learnt], newest: Mapping[str, Version], payloads: Mapping[str, Payload]
) -> set[str]:
    """Return the trials whose content hash moved only because an earlier release of ours took it otherwise."""
    doubtful = {
        nct_id: last
        for nct_id, last in newest.items()
        if last.source_submit_date == learnt[nct_id].version.source_submit_date
        and last.content_hash != learnt[nct_id].version.content_hash
    }
    return {
        nct_id
        for nct_id, last in doubtful.items()
        if payloads[last.version_id].build_canonical() == learnt[nct_id].canonical
    }


def _is_stale(version: Version, newest: Version | None, place: Place, *, is_same: bool) -> bool:
    """Tell a state older than the newest held: history, or nothing new at all."""
    if is_same or place == "newest" or newest is None:
        return False
    return place == "older" or newest.content_hash != version.content_hash
