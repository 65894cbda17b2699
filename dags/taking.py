"""Which studies of a file are taken, and why. What could not be read becomes an issue; nothing is loaded here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

import msgspec

from dags.import_files import ImportFile
from dags.page_rows import PageRow
from dags.run import Run
from etl.matching import Found
from etl.selecting import Selector
from etl.trials import FURTHEST_AHEAD
from etl.wording import count
from extractors.clinicaltrials.envelope import RecordId, find_stamp
from extractors.clinicaltrials.fetch import SOURCE
from extractors.clinicaltrials.files import FileStudy, Flaw
from extractors.clinicaltrials.parse import TOO_DEEP, is_too_deep, parse_study
from extractors.containers import DamagedError
from models.errors import ContractError, SourceError
from models.partial_date import parse_partial_date

if TYPE_CHECKING:
    from dags.cluster.workers import Crew

_BATCH_RECORDS, _BATCH_BYTES, _BATCH_FLAWS = 256, 16 << 20, 1000  # looked through at a time
_MOST_ISSUES = 1000  # a file in which more cannot be read is told once more, not row by row


class Taken(msgspec.Struct, frozen=True):
    """A study that is taken. `matches`: item → the field and synonym by which it is; empty where it was held before.

    Where a worker read it: what it built of it, and the mentions in it as JSON.
    """

    study: FileStudy
    matches: dict[str, Found]
    row: PageRow | None = None
    mentions: str | None = None

    @property
    def nct_id(self) -> str:
        """Its own number."""
        return self.study.record_id.nct_id


class Tally:
    """What came of one file.

    `unreadable` counts records; those `lost` were found to be so when they were loaded, and are among the `read` and
    `taken`. `is_cut`: something more, one does not know how much, could not be read.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.read = 0
        self.taken = 0
        self.older = 0
        self.unreadable = 0
        self.lost = 0
        self.passed_over = 0
        self.is_cut = False

    @property
    def is_failed(self) -> bool:
        """Whether the file was not read as a whole, or held studies of which none could be read."""
        return self.is_cut or (self.unreadable > 0 and self.lost == self.read)

    def describe(self, just_taken: int = 0) -> str:
        """Return what came of the file so far, for people."""
        told = [f"{self.name}: {count(self.read, 'study')} read, {self.taken + just_taken} taken"]
        told += [f"{self.unreadable} unreadable"] if self.unreadable else []
        told += [f"{count(self.passed_over, 'file')} without JSON passed over"] if self.passed_over else []
        return ", ".join(told)


class Batch(msgspec.Struct):
    """Studies that are looked through together, and what could not be read since the last ones."""

    studies: list[FileStudy]
    flaws: list[Flaw]


class Seen(msgspec.Struct, frozen=True):
    """A study looked through: the items that it matches, None where it is unreadable; and as `Taken`."""

    study: FileStudy
    matches: dict[str, Found] | None
    row: PageRow | None = None
    mentions: str | None = None


class Looker(Protocol):
    """Who looks studies through."""

    def look(self, batches: Iterable[Batch]) -> Iterator[tuple[Batch, Iterable[Seen]]]:
        """Yield batches with their studies looked through; those neither matched nor held may be left out."""
        ...


class _LookerHere:
    """Looks them through in this process."""

    def __init__(self, run: Run) -> None:
        self._selector = Selector(run.inputs.items)
        self._is_everything = run.inputs.settings.watch.is_everything

    def look(self, batches: Iterable[Batch]) -> Iterator[tuple[Batch, Iterable[Seen]]]:
        for batch in batches:
            numbers = None
            if self._is_everything:  # then what cannot be decoded is told when it is loaded
                numbers = [(one.record_id.nct_id, *one.record_id.aliases) for one in batch.studies]
            found = self._selector.find_matches([study.body for study in batch.studies], numbers)
            yield batch, map(Seen, batch.studies, found)


class Taker:
    """Takes the studies that an active item matches or that are held already; all with `[watch] everything`.

    A `crew` of workers looks through them, if there is one.
    """

    def __init__(self, run: Run, crew: Crew | None = None) -> None:
        self._run = run
        self._held: set[str] = set()
        self.read_held()
        self._looker = self._choose_looker(crew)
        self._is_everything = run.inputs.settings.watch.is_everything

    def _choose_looker(self, crew: Crew | None) -> Looker:
        if crew is None:
            return _LookerHere(self._run)
        from dags.cluster.study_shards import WorkerLooker  # noqa: PLC0415  needs the extra

        return WorkerLooker(self._run, crew, self._held)

    def read_held(self) -> None:
        """Forget what was taken since, of a part that failed; what was taken and stays is held."""
        self._held.clear()
        self._held.update(self._run.store.read("held_trials").get_column("nct_id"))

    def take(self, file: ImportFile, tally: Tally) -> Iterator[Taken]:
        """Yield the studies of a file that are taken, in order, counting what is read.

        Raises:
            SourceError: the file was there a moment ago and cannot be opened now.
        """
        for batch, looked_through in self._looker.look(_read_batches(file)):
            for flaw in batch.flaws:
                self._note_flaw(flaw, tally)
            tally.read += len(batch.studies)
            yield from self._choose(looked_through, tally)
        if tally.unreadable > _MOST_ISSUES:
            rest = count(tally.unreadable - _MOST_ISSUES, "more record")
            self._run.add_issue("error", SOURCE, f"{rest} cannot be read", record=file.name)

    def _choose(self, looked_through: Iterable[Seen], tally: Tally) -> Iterator[Taken]:
        for one in looked_through:
            study = one.study
            if one.matches is None:
                self._note_undecodable(study, tally)
            elif one.matches or self._is_everything or self._is_held(study):
                if is_too_deep(study.body):
                    self._note_lost(study, TOO_DEEP, "set aside; download it again", tally)
                elif self._is_of_the_future(study):
                    self._note_lost(study, "its release is far ahead of the clock", "is the clock right?", tally)
                else:
                    self._held.add(study.record_id.nct_id)
                    yield Taken(study, one.matches, one.row, one.mentions)

    def _is_held(self, study: FileStudy) -> bool:
        return is_among(study.record_id, self._held)

    def _is_of_the_future(self, study: FileStudy) -> bool:
        """Tell a release that cannot be true."""
        place = find_stamp(study.body)
        stamp = parse_partial_date(study.body[slice(*place)].decode("ascii", "replace")) if place else None
        return stamp is not None and stamp.low > self._run.clock.date() + FURTHEST_AHEAD

    def _note_undecodable(self, study: FileStudy, tally: Tally) -> None:
        reason = "it cannot be decoded"
        try:
            parse_study(study.body, study.place)
        except ContractError as error:
            reason = f"{error.path}: {error.reason}"
        self._note_lost(study, reason, "download it again", tally)

    def _note_lost(self, study: FileStudy, reason: str, remedy: str, tally: Tally) -> None:
        tally.read -= 1
        self._note_flaw(Flaw(f"{study.place} ({study.record_id.nct_id})", reason, remedy), tally)

    def _note_flaw(self, flaw: Flaw, tally: Tally) -> None:
        tally.is_cut = tally.is_cut or flaw.is_end
        if flaw.is_foreign:
            tally.passed_over += 1
        else:
            tally.unreadable += 1
        if tally.unreadable <= _MOST_ISSUES or flaw.is_end:
            severity = "info" if flaw.is_foreign else "error"
            self._run.add_issue(severity, SOURCE, f"{flaw.reason}; {flaw.remedy}", record=flaw.place)


def is_among(record: RecordId, held: set[str]) -> bool:
    """Say whether one of a record's numbers is among those held."""
    return not held.isdisjoint((record.nct_id, *record.aliases))


def _read_batches(file: ImportFile) -> Iterator[Batch]:
    batch, size = Batch([], []), 0
    for found in _read(file):
        if isinstance(found, Flaw):
            batch.flaws.append(found)
        else:
            batch.studies.append(found)
            size += len(found.body)
        if len(batch.studies) == _BATCH_RECORDS or size >= _BATCH_BYTES or len(batch.flaws) == _BATCH_FLAWS:
            yield batch
            batch, size = Batch([], []), 0
    if batch.studies or batch.flaws:
        yield batch


def _read(file: ImportFile) -> Iterator[FileStudy | Flaw]:
    try:
        yield from file.read(file.path)
    except DamagedError as error:
        raise SourceError(SOURCE, f"{file.path}: {error.reason}", error.remedy) from error
