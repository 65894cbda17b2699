"""Studies out of files that people download: whatever the shape, one by one, as they stand. It reads no study.

Shapes: a study; a list of studies or of pages; a page of the API; lines or a sequence of these; any of it in gzip, in a
zip (the registry's full download holds one study a file) or in a folder. Told apart by what they hold, not by name.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator
from pathlib import Path

import msgspec

from extractors.clinicaltrials.envelope import RecordId
from extractors.containers import ClosedPart, Part, open_parts, show_name
from extractors.file_kinds import HEAD_BYTES, explain_kind, find_kind
from extractors.json_records import BUFFER_BYTES, Gap, Shape, split_records
from models.nct import parse_nct_id
from models.registry_fields import SECTIONS

_NUMBER = re.compile(rb'"nctId"\s*:\s*"(NCT[0-9]{8})"')
_AGAIN = "download it again"
_WHOLE = "download whole studies as JSON: the Download button with all fields, or API v2 without `fields`"
_Raw = msgspec.Raw | msgspec.UnsetType


class FileStudy(msgspec.Struct, frozen=True):
    """One study as it stands in a file. `place` names the file, the member and the record for people."""

    place: str
    record_id: RecordId
    body: bytes


class Flaw(msgspec.Struct, frozen=True):
    """What could not be read. `is_end`: nothing behind it in its file could be read either.

    `is_foreign`: it is no JSON at all, so perhaps it was never meant.
    """

    place: str
    reason: str
    remedy: str = _AGAIN
    is_end: bool = False
    is_foreign: bool = False


def read_studies(path: Path, passed_over: Collection[Path] = ()) -> Iterator[FileStudy | Flaw]:
    """Yield the studies of a file or folder in order, and what could not be read in between.

    Memory holds one record and the buffer, however large the file. `passed_over`: files of a folder that are not read.

    Raises:
        extractors.containers.DamagedError: the file cannot be opened at all.
    """
    for part in open_parts(path, passed_over):
        if isinstance(part, ClosedPart):
            yield Flaw(part.place, part.reason, part.remedy)
            continue
        counter = _Counter(part.place)
        yield from _read_part(part, counter)
        if part.fault:
            reason = f"{part.fault.reason}; what stands before was read" if counter.records else part.fault.reason
            yield Flaw(part.place, reason, part.fault.remedy, is_end=counter.records > 0)


class _Counter:
    """Counts and names the records of one stream."""

    def __init__(self, place: str) -> None:
        self._place = place
        self.records = 0

    def name(self) -> str:
        self.records += 1
        return f"{self._place}: record {self.records}"


def _read_part(part: Part, counter: _Counter) -> Iterator[FileStudy | Flaw]:
    head = part.read(BUFFER_BYTES)
    if part.fault and not head:
        return
    kind = find_kind(head[:HEAD_BYTES])
    if kind != "json":
        yield Flaw(part.place, *explain_kind(kind), is_foreign=kind != "empty")
        return
    head = head.removeprefix(codecs.BOM_UTF8)
    only = _read_only_record(head, part, counter)
    if only:
        yield only
        return
    for record in split_records(part, _SHAPE, head):
        if not isinstance(record, Gap):
            yield from _read_record(record.body, counter, record.head)
        elif not (record.is_end and part.fault):  # the fault is told instead
            yield Flaw(counter.name(), record.reason, is_end=record.is_end)


def _read_only_record(head: bytes, part: Part, counter: _Counter) -> FileStudy | None:
    """Return the study of a stream that holds one and nothing else, as most files of a full download do."""
    if len(head) >= BUFFER_BYTES or part.fault:
        return None
    try:
        study = msgspec.json.decode(head, type=_Head)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    found = _build_study(study, head.strip(), part.place) if study.protocol_section else None
    if not isinstance(found, FileStudy):
        return None
    counter.name()
    return found


class _Identification(msgspec.Struct, rename="camel"):
    nct_id: str
    nct_id_aliases: list[str] = []


class _Status(msgspec.Struct, rename="camel"):
    last_update_submit_date: _Raw = msgspec.UNSET


class _Protocol(msgspec.Struct, rename="camel"):
    identification_module: _Identification
    status_module: _Status | msgspec.UnsetType = msgspec.UNSET
    sponsor_collaborators_module: _Raw = msgspec.UNSET


class _Head(msgspec.Struct, rename="camel"):
    protocol_section: _Protocol | msgspec.UnsetType = msgspec.UNSET
    derived_section: _Raw = msgspec.UNSET
    has_results: _Raw = msgspec.UNSET
    studies: list[msgspec.Raw] | msgspec.UnsetType = msgspec.UNSET


_SHAPE = Shape(re.compile(rb'\{\s*+"(?:%s)"\s*+:' % "|".join(SECTIONS).encode()), b"studies", _Head)


def _read_record(record: bytes, counter: _Counter, head: _Head | None = None) -> Iterator[FileStudy | Flaw]:
    """Yield the study that a record is, or those of the page that it is; `head` where it is decoded."""
    place = counter.name()
    try:
        head = head or msgspec.json.decode(record, type=_Head)
    except RecursionError:
        yield Flaw(place, "it is nested too deeply to be a study")
        return
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        yield Flaw(place, _describe_fault(record, error))
        return
    if head.studies is not msgspec.UNSET and head.protocol_section is msgspec.UNSET:
        counter.records -= 1
        for study in head.studies:
            yield from _read_record(bytes(study), counter)
        return
    yield _build_study(head, record, place) if head.protocol_section else Flaw(place, *_explain_shape(record))


def _build_study(head: _Head, body: bytes, place: str) -> FileStudy | Flaw:
    protocol = head.protocol_section
    if not protocol:
        return Flaw(place, "it has no protocolSection")
    identity = protocol.identification_module
    try:
        is_number = parse_nct_id(identity.nct_id) == identity.nct_id
    except ValueError:
        is_number = False
    if not is_number:
        shown = show_name(identity.nct_id)
        return Flaw(place, f'$.protocolSection.identificationModule.nctId: "{shown}" is no NCT number')
    if _is_partial(head, protocol):
        return Flaw(f"{place} ({identity.nct_id})", "it holds chosen fields of a study, not the whole", _WHOLE)
    return FileStudy(place, RecordId(identity.nct_id, tuple(identity.nct_id_aliases)), body)


def _is_partial(head: _Head, protocol: _Protocol) -> bool:
    """Tell a study asked for with chosen fields: what it lacks would look as if the sponsor had taken it out.

    Every whole one (of 234 recorded, and by the registry's own description) has these, even one that is withheld.
    """
    has_dates = protocol.status_module and protocol.status_module.last_update_submit_date is not msgspec.UNSET
    has_sponsor = protocol.sponsor_collaborators_module is not msgspec.UNSET
    has_sections = head.derived_section is not msgspec.UNSET or head.has_results is not msgspec.UNSET
    return not (has_dates and has_sponsor and has_sections)


def _explain_shape(record: bytes) -> tuple[str, str]:
    """Say what JSON is that is no study of API v2."""
    try:
        keys = set(msgspec.json.decode(record, type=dict[str, msgspec.Raw]))
    except (msgspec.DecodeError, UnicodeDecodeError):
        keys = set()
    for known, reason, remedy in _OTHER_SHAPES:
        if known & keys:
            return reason, remedy
    return "it is no study of the registry's API v2: it has no protocolSection", _WHOLE


_OTHER_SHAPES: tuple[tuple[set[str], str, str], ...] = (
    (
        {"FullStudiesResponse", "FullStudies", "FullStudy", "Study", "StudyFieldsResponse", "ProtocolSection"},
        "it is of the registry's first API, given up in 2024",
        "download it again from today's site, or API v2",
    ),
    ({"resourceType"}, "it is FHIR, which is not read here", _WHOLE),
    (
        {"studyVersion", "changes"},
        "it is from the record history, not the record",
        "`trialwatch backfill` reads histories",
    ),
    ({"error", "errors", "message"}, "it is an error message, not the data", _AGAIN),
    ({"study"}, "it holds a study inside something else", _WHOLE),
)


def _describe_fault(record: bytes, error: Exception) -> str:
    """Name the fault and its place; a study that breaks the registry's promise gets its JSON path."""
    what, _, path = str(error).partition(" - at `")
    number = _NUMBER.search(record)
    shown = f"{number[1].decode()}: " if number else ""
    return f"{shown}{path.rstrip('`')}: {what}" if path else f"{shown}{what}"
