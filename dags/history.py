"""Reading record histories into the open transaction: what the registry lists, what of it is missing, loading that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from dags.run import Run
from dags.version_loading import Learnt, Line, VersionWriter
from etl.canonical import build_canonical, hash_content
from etl.diff import Canonical, DiffContext, find_changes
from etl.history import Labels, Listed, Plan, find_gap_start, plan_reading
from etl.schemas import HISTORY_CHECK, build_frame
from etl.trials import hash_version, read_post_date
from etl.versions import Version, find_origin
from etl.wording import count
from extractors.clinicaltrials.fetch import SOURCE
from extractors.clinicaltrials.history import (
    TRIES,
    HistoryEntry,
    VersionPage,
    choose_versions,
    fetch_history,
    fetch_version,
    has_links,
)
from extractors.clinicaltrials.parse import parse_study
from extractors.http import Client
from extractors.pace import Pace
from extractors.transports import find_ladder
from models.errors import ContractError, SourceError

# What a state of one day is recognised by, in whatever form it came.
_CORE = frozenset({"status", "why_stopped", "start_date", "primary_completion_date", "completion_date", "enrollment"})
GIVE_UP_AFTER = 4  # trials in a row without an answer: then the endpoint is not there tonight
_AT_ONCE = 50  # versions kept in memory before they are written


class Reading(msgspec.Struct, frozen=True):
    """What reading one history came to: versions the registry lists, and how many of them were new here."""

    listed: int
    learnt: int


def open_client(run: Run) -> Client:
    """Return a client of the history endpoint, in the registry's pace. It is undocumented: few tries."""
    settings = run.inputs.settings.source
    pace = Pace(settings.clinicaltrials.requests_per_second)
    pace.wait()  # the registry may have been asked a moment ago
    return Client(
        SOURCE,
        settings.clinicaltrials.find_history_url(),
        requests_per_second=settings.clinicaltrials.requests_per_second,
        pace=pace,
        contact=settings.pubmed.email,
        ladder=find_ladder(settings.clinicaltrials.transport),
        tries=TRIES,
        timeout=settings.clinicaltrials.timeout_seconds,
        memory=run.memory,
    )


class HistoryReader:
    """Reads one trial's history after another. `client` asks the history endpoint."""

    def __init__(self, run: Run, client: Client) -> None:
        self._run = run
        self._client = client
        self._writer = VersionWriter(run)
        self._read = 0  # of the versions chosen of one trial

    def read(self, nct_id: str, *, since: dt.date | None = None, gaps_only: bool = False) -> Reading | None:
        """Read what is missing of one trial's history, or only what lies between its sightings.

        None where the registry has no history of it. What the registry says of a version that cannot be read becomes an
        issue; the others are loaded.

        Raises:
            SourceError: the endpoint does not answer as known; nothing of this trial's is loaded then.
        """
        held = self._writer.read_lines([nct_id])[nct_id]
        known_to = max((one.source_submit_date for one in held if one.source_submit_date), default=None)
        if known_to is None:
            return None
        index = fetch_history(self._client, nct_id, self._run.clock)
        if index is None:
            self._note_check(nct_id, known_to, 0, since, outcome="none")
            return None
        self._run.landing.store(index.page)
        for flaw in index.skipped:
            self._run.add_issue("warning", SOURCE, f"record history: {flaw}", record=nct_id)
        plan = self._plan(index.entries, held, since, gaps_only=gaps_only)
        chosen = self._choose(nct_id, index.entries, plan)
        labels = Labels({one.number: one.labels for one in index.entries})
        learnt = self._load(Line(nct_id, held, labels=labels), plan, chosen)
        unread = len(chosen) - self._read
        outcome = "gap" if gaps_only else "partial" if unread else "whole"
        self._note_check(nct_id, known_to, len(index.entries), since, outcome=outcome)
        return Reading(len(index.entries), learnt)

    def _plan(
        self, entries: Sequence[HistoryEntry], held: Sequence[Version], since: dt.date | None, *, gaps_only: bool
    ) -> Plan:
        start = find_gap_start(held) if gaps_only else None
        listed = [Listed(one.number, one.date, one.status) for one in entries]
        plan = plan_reading(listed, held, since=since)
        if start is None:
            return plan
        later = {one.number for one in entries if one.date > start}
        return Plan(plan.numbers, tuple(number for number in plan.wanted if number in later))

    def _choose(self, nct_id: str, entries: Sequence[HistoryEntry], plan: Plan) -> list[HistoryEntry]:
        wanted = set(plan.wanted)
        settled = {one.number for one in entries} - wanted
        if not wanted:
            return []
        rows = self._run.store.read_rows("trial_texts", nct_ids=[nct_id])
        return choose_versions(entries, settled, has_links=any(has_links(row["payload"].encode()) for row in rows))

    def _load(self, line: Line, plan: Plan, chosen: Sequence[HistoryEntry]) -> int:
        numbers = dict(plan.numbers)
        count = 0
        self._read = 0
        for start in range(0, max(len(chosen), 1), _AT_ONCE):
            fresh = list(self._read_versions(line.nct_id, chosen[start : start + _AT_ONCE], line.held))
            self._read += len(fresh)
            twins = self._find_twins(line.held, fresh)
            numbers |= {served: number for number, served in twins.items()}
            kept = [one for one in fresh if one.version.registry_version not in twins]
            renumbered = [
                msgspec.structs.replace(one, registry_version=numbers[one.version_id])
                for one in line.held
                if one.version_id in numbers and one.registry_version != numbers[one.version_id]
            ]
            self._writer.write([msgspec.structs.replace(line, fresh=kept, renumbered=renumbered)])
            line = msgspec.structs.replace(line, held=self._writer.read_lines([line.nct_id])[line.nct_id])
            count += len(kept)
        return count

    def _read_versions(self, nct_id: str, entries: Iterable[HistoryEntry], held: Sequence[Version]) -> Iterator[Learnt]:
        for entry in entries:
            try:
                page = fetch_version(self._client, nct_id, entry.number, self._run.clock)
                if page is None:
                    message = f"the record history lists version {entry.number} and does not have it"
                    self._run.add_issue("warning", SOURCE, message, record=nct_id)
                    continue
                self._run.landing.store(page.page)
                yield self._build_learnt(nct_id, entry, page, held)
            except ContractError as error:
                self._run.add_contract_issue(error)

    def _build_learnt(self, nct_id: str, entry: HistoryEntry, page: VersionPage, held: Sequence[Version]) -> Learnt:
        study = parse_study(page.study, f"{nct_id} version {page.number}")
        canonical = build_canonical(msgspec.json.decode(page.study), markup="html")
        content_hash = hash_content(canonical)
        learnt_no = self._writer.take_number()
        version = Version(
            version_id=hash_version(nct_id, entry.date, learnt_no, content_hash),
            content_hash=content_hash,
            origin="backfill",
            markup="html",
            overall_status=study.protocol_section.status_module.overall_status,
            source_submit_date=entry.date,
            source_post_date=read_post_date(study),
            source_day=entry.date,
            registry_version=entry.number,
            learnt_no=learnt_no,
            is_sighting=False,
        )
        placed = msgspec.structs.replace(version, origin=find_origin(version, held))
        return Learnt(placed, study, canonical, page.study.decode("utf-8"))

    def _find_twins(self, held: Sequence[Version], fresh: Sequence[Learnt]) -> dict[int, str]:
        """Return the versions read that were served as well: their numbers, with the id of the one held.

        Of those of one submit date, the one that differs in nothing from what was served, else in nothing that
        matters; of several the last.
        """
        days = {one.version.source_submit_date for one in fresh}
        served = [one for one in held if one.markup == "markdown" and one.source_submit_date in days]
        payloads = self._writer.read_payloads(one.version_id for one in served) if served else {}
        twins: dict[int, str] = {}
        for one in served:
            same_day = [other for other in fresh if other.version.source_submit_date == one.source_submit_date]
            content = payloads[one.version_id].build_canonical()
            kinds = [_find_kinds(other.canonical, content) for other in same_day]
            for told in (frozenset.union(*kinds), _CORE) if kinds else ():
                alike = [other for other, found in zip(same_day, kinds, strict=True) if not found & told]
                if alike:
                    twins[alike[-1].version.registry_version or 0] = one.version_id
                    break
        return twins

    def _note_check(
        self, nct_id: str, known_to: dt.date, versions: int, since: dt.date | None, *, outcome: str
    ) -> None:
        before = self._run.store.read_rows("history_checks", nct_ids=[nct_id])
        if outcome == "gap" and before and before[0]["outcome"] == "whole":
            outcome, since = "whole", before[0]["since_date"]
        row = {
            "nct_id": nct_id,
            "checked_at": self._run.clock,
            "outcome": outcome,
            "known_to": known_to,
            "since_date": since,
            "versions": versions,
            "run_id": self._run.run_id,
        }
        self._run.store.replace("history_check", build_frame([row], HISTORY_CHECK), "nct_id")


def fill_gaps(run: Run) -> str:
    """Read what lies between the sightings of the trials that moved; return what came, for people.

    The endpoint is undocumented: a trial it does not answer for is noted and asked for again the next night, and costs
    no other; where several in a row have no answer, the rest waits too. Nothing fails.
    """
    suspects = rotate(_list_suspects(run), run.run_id)
    learnt = answered = in_a_row = 0
    with open_client(run) as client:
        reader = HistoryReader(run, client)
        for nct_id in suspects:
            try:
                reading = reader.read(nct_id, gaps_only=True)
            except SourceError as error:
                run.add_issue("warning", "history", f"{error.reason}; it is asked again", record=nct_id)
                in_a_row += 1
                if in_a_row >= GIVE_UP_AFTER:
                    break
            else:
                learnt += reading.learnt if reading else 0
                answered += 1
                in_a_row = 0
    left = len(suspects) - answered
    if left:
        return f"{count(learnt, 'missed version')}; not answered for {count(left, 'trial')}"
    return f"{count(len(suspects), 'trial')} asked, {count(learnt, 'missed version')}"


def rotate(nct_ids: Sequence[str], run_id: int) -> list[str]:
    """Return trials beginning with another one each run: those in front may be what the endpoint fails on."""
    start = run_id * GIVE_UP_AFTER % len(nct_ids) if nct_ids else 0
    return [*nct_ids[start:], *nct_ids[:start]]


def has_suspects(run: Run) -> bool:
    """Return whether any trial may have moved more than once between two sightings."""
    return bool(_list_suspects(run))


def _list_suspects(run: Run) -> list[str]:
    suspects = run.store.read("gap_suspects", of_items=run.inputs.settings.watch.is_everything)
    return suspects.get_column("nct_id").to_list()


def _find_kinds(old: Canonical, new: Canonical) -> frozenset[str]:
    return frozenset(change.kind for change in find_changes(old, new, DiffContext(with_references=False)))
