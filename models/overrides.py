"""Links that the user decides against what the texts say: the type, and a pure reader of `overrides.toml`.

The file lies in the folder that `[vocabulary] extra` names and holds `[[force]]` and `[[deny]]` tables, each with
`trial` or `article`, a `target`, and the `reason`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Literal

import msgspec

from models.errors import ConfigurationError
from models.nct import parse_nct_id
from models.pmid import parse_pmid
from models.vocabulary import Vocabulary

FILE_NAME = "overrides.toml"
DocType = Literal["trial", "article"]
Verdict = Literal["force", "deny"]
_KEYS = "[[force]] and [[deny]] take trial or article, target, reason"


class Override(msgspec.Struct, frozen=True):
    """One decided link. `target` is the vocabulary's name of it, `reason` the user's own words."""

    doc_type: DocType
    doc_id: str
    target: str
    verdict: Verdict
    reason: str


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    target: str
    reason: str
    trial: str = ""
    article: str | int = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    force: tuple[_Entry, ...] = ()
    deny: tuple[_Entry, ...] = ()


def parse_overrides(body: bytes, file_name: str, vocabulary: Vocabulary) -> tuple[Override, ...]:
    """Read the file, in the order of documents and targets.

    Raises:
        ConfigurationError: it is not TOML, holds an unknown key, a malformed number, a target that the vocabulary does
            not know, or says two things of one link; the message names the file and the place in it.
    """
    try:
        file = msgspec.convert(tomllib.loads(body.decode("utf-8")), _File)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise ConfigurationError(f"{file_name}: {error}", _KEYS) from error
    said: dict[tuple[DocType, str, str], tuple[str, Override]] = {}
    for place, override in _read_entries(file, file_name, vocabulary):
        key = override.doc_type, override.doc_id, override.target
        if key in said:
            earlier, other = said[key]
            flaw = "is said already" if other.verdict == override.verdict else "is both forced and denied"
            raise ConfigurationError(
                f"{file_name}: {place}: {override.doc_id} and {override.target}: the link {flaw} ({earlier})",
                "keep one of the two tables",
            )
        said[key] = place, override
    return tuple(said[key][1] for key in sorted(said))


def _read_entries(file: _File, file_name: str, vocabulary: Vocabulary) -> Iterator[tuple[str, Override]]:
    verdicts: tuple[tuple[Verdict, tuple[_Entry, ...]], ...] = (("force", file.force), ("deny", file.deny))
    for verdict, entries in verdicts:
        for number, entry in enumerate(entries):
            place = f"{verdict}[{number}]"
            doc_type, doc_id = _read_document(entry, f"{file_name}: {place}")
            target = vocabulary.find_target(entry.target)
            if target is None:
                known = ", ".join(one.name for one in vocabulary.targets)
                raise ConfigurationError(
                    f'{file_name}: {place}.target: "{entry.target}" is no target of the vocabulary', f"known: {known}"
                )
            reason = " ".join(entry.reason.split())
            if not reason:
                raise ConfigurationError(
                    f"{file_name}: {place}.reason: it is empty", "say why: readers see it as the link's evidence"
                )
            yield place, Override(doc_type, doc_id, target.name, verdict, reason)


def _read_document(entry: _Entry, place: str) -> tuple[DocType, str]:
    article = str(entry.article).strip()
    if bool(entry.trial) == bool(article):
        raise ConfigurationError(f"{place}: it needs either trial or article", _KEYS)
    if article:
        try:
            return "article", parse_pmid(article)
        except ValueError as error:
            raise ConfigurationError(f"{place}.article: {error}", "write it as 31234567") from error
    try:
        return "trial", parse_nct_id(entry.trial)
    except ValueError as error:
        raise ConfigurationError(f"{place}.trial: {error}", "a trial is NCT and 8 digits") from error
