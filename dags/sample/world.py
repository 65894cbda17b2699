"""The records of a folder as the registry and PubMed hold them on one served day; it knows no HTTP and no queries."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from lxml import etree

from dags.sample.histories import History
from models.errors import ConfigurationError

SAMPLE_FOLDER = Path(__file__).with_name("world")

_STAMP = b"@served@"
_STAMPED = b'"versionHolder":"' + _STAMP + b'"'
_SEEN = re.compile(
    rb"<!--seen (\d{4}-\d\d-\d\d)-->\s*(<(PubmedArticle|PubmedBookArticle)[ >].*?</\3>)",
    re.DOTALL,
)
# The first PMID of a record is its own: cited papers' numbers stand further down.
_OWN_PMID = re.compile(rb"<PMID[^>]*>\s*(\d+)\s*</PMID>")
_STUDY_FILES = ("studies.jsonl", "nightly.jsonl.gz")


def fold(text: str) -> str:
    """Return `text` in one case with every run of whitespace as one blank, the form phrases are searched in."""
    return " ".join(text.split()).casefold()


class _Date(msgspec.Struct, frozen=True):
    date: str = ""


class _Identification(msgspec.Struct, frozen=True, rename="camel"):
    nct_id: str
    nct_id_aliases: tuple[str, ...] = ()


class _Status(msgspec.Struct, frozen=True, rename="camel"):
    study_first_post_date_struct: _Date = _Date()
    last_update_post_date_struct: _Date = _Date()


class _Protocol(msgspec.Struct, frozen=True, rename="camel"):
    identification_module: _Identification
    status_module: _Status = _Status()


class _Header(msgspec.Struct, frozen=True, rename="camel"):
    """What of a study must be known before anyone asks for it; the rest stays bytes."""

    protocol_section: _Protocol


class _StudyLine(msgspec.Struct, frozen=True):
    day: dt.date
    study: msgspec.Raw


_Line = TypeVar("_Line", _StudyLine, History)


class Study(msgspec.Struct, frozen=True, eq=False, dict=True):
    """One content of one study, served from `day` on until a newer one; `raw` is its JSON as the folder has it."""

    day: dt.date
    nct_id: str
    aliases: tuple[str, ...]
    first_post_date: str
    last_update_post_date: str
    raw: bytes

    def render(self, day: dt.date) -> bytes:
        """Return compact JSON, with the release stamp of `day` where the study has a derived section."""
        before, stamped, after = self._halves
        return before + stamped.replace(_STAMP, day.isoformat().encode()) + after

    @cached_property
    def intervention_text(self) -> str:
        """The folded titles, names of interventions and arms, and descriptions of arms."""
        protocol = self._protocol
        module = protocol.get("armsInterventionsModule", {})
        return _join([*_find_titles(protocol), *_find_intervention_texts(module)])

    @cached_property
    def condition_text(self) -> str:
        """The folded titles, conditions and keywords."""
        protocol = self._protocol
        module = protocol.get("conditionsModule", {})
        return _join([*_find_titles(protocol), *module.get("conditions", []), *module.get("keywords", [])])

    @cached_property
    def whole_text(self) -> str:
        """Every text of the study, folded."""
        return _join(_find_strings(msgspec.json.decode(self.raw)))

    @property
    def _protocol(self) -> dict[str, Any]:
        # Decoded anew each time: kept, ten thousand studies would fill the memory.
        protocol: dict[str, Any] = msgspec.json.decode(self.raw)["protocolSection"]
        return protocol

    @cached_property
    def _halves(self) -> tuple[bytes, bytes, bytes]:
        study = msgspec.json.decode(self.raw)
        if "derivedSection" in study:
            study["derivedSection"].setdefault("miscInfoModule", {})["versionHolder"] = _STAMP.decode()
        # Inside a text the quotes of this pattern would be escaped: it can only be the key itself.
        return msgspec.json.encode(study).partition(_STAMPED)


class Revision(msgspec.Struct, frozen=True, eq=False, dict=True):
    """One content of one article, in PubMed since `seen`; `xml` is the record's own bytes."""

    pmid: str
    seen: dt.date
    xml: bytes

    @cached_property
    def title_and_abstract(self) -> str:
        """The folded article title and abstract."""
        root = etree.fromstring(self.xml, _xml_parser())
        elements = [*root.iterfind(".//ArticleTitle"), *root.iterfind(".//Abstract/AbstractText")]
        return _join("".join(element.itertext()) for element in elements)

    @cached_property
    def accessions(self) -> frozenset[str]:
        """The folded accession numbers of the data bank list."""
        root = etree.fromstring(self.xml, _xml_parser())
        numbers = root.iterfind(".//DataBankList//AccessionNumber")
        return frozenset(fold("".join(number.itertext())) for number in numbers)


class Article(msgspec.Struct, frozen=True):
    """An article as it stands on the served day: entered (edat, crdt) on one day, last revised (mdat) on another."""

    pmid: str
    entered: dt.date
    revised: dt.date
    revision: Revision


class World:
    """Everything a folder holds, and the day of it that is served.

    `hide` and `show` hold back a study (by NCT number) or an article (by PMID) as if the source had lost it.
    """

    def __init__(
        self, studies: Iterable[Study], revisions: Iterable[Revision] = (), histories: Iterable[History] = ()
    ) -> None:
        self._studies: dict[str, list[Study]] = defaultdict(list)
        for study in sorted(studies, key=lambda study: study.day):
            self._studies[study.nct_id].append(study)
        self._revisions: dict[str, list[Revision]] = defaultdict(list)
        for revision in sorted(revisions, key=lambda revision: revision.seen):
            self._revisions[revision.pmid].append(revision)
        self._histories = {history.nct_id: history for history in histories}
        self._hidden: set[str] = set()
        self.serve(self.days[-1])

    @classmethod
    def read(cls, folder: Path, study_files: Sequence[str] = ()) -> World:
        """Read a world folder; it serves its last day until told otherwise.

        `study_files` are names in `folder` (default: the first that exists of studies.jsonl, nightly.jsonl.gz);
        `articles.xml` and `histories.jsonl`, plain or with `.gz`, are read where they exist.

        Raises:
            ConfigurationError: no studies, or a line that is none; the message names the file.
        """
        names = study_files or [name for name in _STUDY_FILES if (folder / name).is_file()][:1]
        studies = [study for name in names for study in _read_studies(folder / name)]
        if not studies:
            raise ConfigurationError(f"{folder}: no studies to serve", f"it needs one of {', '.join(_STUDY_FILES)}")
        articles = _find_file(folder, "articles.xml")
        histories = _find_file(folder, "histories.jsonl")
        return cls(
            studies,
            _parse_articles(_read_bytes(articles)) if articles else (),
            _decode_lines(histories, History) if histories else (),
        )

    @classmethod
    def read_histories(cls, file: Path) -> World:
        """Read a file of histories alone: on each day a record is served as its newest version public by then.

        Raises:
            ConfigurationError: a line is no history.
        """
        histories = _decode_lines(file, History)
        studies = [
            _build_study(day, bytes(history.studies[str(version)]))
            for history in histories
            for version, day in sorted(history.post_days.items())
        ]
        return cls(studies, (), histories)

    @property
    def days(self) -> list[dt.date]:
        """The days on which a study's content changed, in order."""
        return sorted({study.day for versions in self._studies.values() for study in versions})

    def serve(self, day: dt.date) -> None:
        """Serve the state of `day`, with a data timestamp of that morning."""
        self.day = day
        self.data_timestamp = f"{day.isoformat()}T09:00:05"
        self._refresh()

    def hide(self, record_id: str) -> None:
        """Hold back a study or an article: nowhere found, and not found by its id."""
        self._hidden.add(record_id)
        self._refresh()

    def show(self, record_id: str) -> None:
        """Serve again what was hidden."""
        self._hidden.discard(record_id)
        self._refresh()

    def put(self, day: dt.date, study: Mapping[str, Any]) -> None:
        """Add a content of a study that is served from `day` on, after what the folder has for that day."""
        added = _build_study(day, msgspec.json.encode(study))
        versions = self._studies[added.nct_id]
        versions.append(added)
        versions.sort(key=lambda version: version.day)
        self._refresh()

    def find_study(self, nct_id: str) -> Study | None:
        """Return the served study of that number or alias (then under its own number), None if there is none."""
        return self.studies.get(self._aliases.get(nct_id, nct_id))

    def find_history(self, nct_id: str) -> list[dict[str, Any]] | None:
        """Return the entries public on the served day, for a number or alias; None where there is no history."""
        history = self._find_history(nct_id)
        return history.find_entries(self.day) if history else None

    def find_version(self, nct_id: str, version: int) -> bytes | None:
        """Return the JSON of the study of one entry; None where that entry is not served."""
        history = self._find_history(nct_id)
        return history.find_study(version, self.day) if history else None

    def _find_history(self, nct_id: str) -> History | None:
        own = self._aliases.get(nct_id, nct_id)
        return None if own in self._hidden else self._histories.get(own)

    def _refresh(self) -> None:
        served = (self._newest(versions) for nct_id, versions in self._studies.items() if nct_id not in self._hidden)
        self.studies: dict[str, Study] = {study.nct_id: study for study in served if study is not None}
        self._aliases = {alias: study.nct_id for study in self.studies.values() for alias in study.aliases}
        shown = (self._build_article(pmid) for pmid in self._revisions if pmid not in self._hidden)
        self.articles: dict[str, Article] = {article.pmid: article for article in shown if article is not None}

    def _newest(self, versions: Sequence[Study]) -> Study | None:
        return next((study for study in reversed(versions) if study.day <= self.day), None)

    def _build_article(self, pmid: str) -> Article | None:
        seen = [revision for revision in self._revisions[pmid] if revision.seen <= self.day]
        return Article(pmid, seen[0].seen, seen[-1].seen, seen[-1]) if seen else None


def _find_file(folder: Path, name: str) -> Path | None:
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def _read_bytes(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def _decode_lines(path: Path, kind: type[_Line]) -> list[_Line]:
    try:
        return msgspec.json.Decoder(kind).decode_lines(_read_bytes(path))
    except (OSError, msgspec.DecodeError) as error:
        raise _unreadable(path, error) from error


def _read_studies(path: Path) -> list[Study]:
    try:
        return [_build_study(line.day, bytes(line.study)) for line in _decode_lines(path, _StudyLine)]
    except msgspec.DecodeError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> ConfigurationError:
    return ConfigurationError(
        f"{path}: {error}", "each line is one JSON object; dags/sample/world/README.md has its form"
    )


def _build_study(day: dt.date, raw: bytes) -> Study:
    protocol = msgspec.json.decode(raw, type=_Header).protocol_section
    identification, status = protocol.identification_module, protocol.status_module
    return Study(
        day,
        identification.nct_id,
        identification.nct_id_aliases,
        status.study_first_post_date_struct.date,
        status.last_update_post_date_struct.date,
        raw,
    )


def _parse_articles(body: bytes) -> Iterator[Revision]:
    for seen, xml, _ in _SEEN.findall(body):
        pmid = _OWN_PMID.search(xml)
        if pmid is not None:
            yield Revision(pmid[1].decode(), dt.date.fromisoformat(seen.decode()), xml)


def _xml_parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True)


def _join(texts: Iterable[str]) -> str:
    """Fold texts into one in which no phrase reaches from one of them into the next."""
    return fold("\0".join(texts))


def _find_titles(protocol: Mapping[str, Any]) -> list[str]:
    module = protocol["identificationModule"]
    return [module.get("briefTitle", ""), module.get("officialTitle", "")]


def _find_intervention_texts(module: Mapping[str, Any]) -> Iterator[str]:
    for intervention in module.get("interventions", []):
        yield intervention.get("name", "")
        yield from intervention.get("otherNames", [])
    for arm in module.get("armGroups", []):
        yield arm.get("label", "")
        yield arm.get("description", "")


def _find_strings(content: Any) -> Iterator[str]:
    waiting = [content]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
