"""What an E-utilities answer says of itself: counts, ids, history handles, errors. It reads no article."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import httpx
import msgspec
from lxml import etree

from extractors.http import Answer
from extractors.pubmed.document import SET_TAGS, SOURCE, is_empty_list
from extractors.pubmed.text import find_texts, fold_text, read_text
from models.errors import SourceError

_SETS = "|".join(SET_TAGS).encode()
_CLOSED = re.compile(rb"(?:</(?:" + _SETS + rb")>|<(?:" + _SETS + rb")\s*/>)\s*\Z")
_ERROR = re.compile(rb"<ERROR>(.*?)(?:</ERROR>|\Z)", re.DOTALL | re.IGNORECASE)
_PMID = re.compile(r"[1-9][0-9]{0,9}")
_TAIL_BYTES = 200
_LONGEST_ERROR = 200
# Errors that no second try mends; every other one NCBI has been seen to take back.
_LASTING = ("cannot be larger", "out of acceptable range", "invalid db name", "empty term")
_REMEDY = "it is asked again on the next run"
_EXPIRED = "unable to obtain query"
_NOTHING_FOUND = "no items found"
_FAILURE = re.compile(r"fail|error|exception|time ?out|timed out|unavailable|cannot connect", re.IGNORECASE)


class SearchEnvelope(msgspec.Struct, frozen=True):
    """One esearch answer: `count` of the whole query, the ids listed, and the handle under which NCBI keeps them.

    `warnings` are NCBI's own words: phrases or fields it did not know, and notes. A phrase not found is no error:
    with nothing else in the query the count is 0. `doubt` says why the answer is not to be believed: notes that tell of
    a failure, or no hit and not a word that nothing was found, which every real answer without hits has.
    """

    count: int
    ids: tuple[str, ...]
    webenv: str = ""
    query_key: str = ""
    warnings: tuple[str, ...] = ()
    doubt: str = ""


class _Result(msgspec.Struct):
    count: int | None = None
    idlist: list[str] = []
    webenv: str = ""
    querykey: str | int = ""
    errorlist: dict[str, Any] = {}
    warninglist: dict[str, Any] = {}
    error: str = msgspec.field(name="ERROR", default="")


def parse_search(body: bytes) -> SearchEnvelope:
    """Read an esearch answer, JSON or XML.

    Raises:
        SourceError: it reports an error (NCBI does so inside a 200), or is HTML, cut off, or without a count.
    """
    try:
        raw = _read_xml(body) if body.lstrip().startswith(b"<") else _read_json(body)
        result = msgspec.convert(raw, _Result, strict=False)
    except (ValueError, KeyError, TypeError, etree.XMLSyntaxError) as error:
        raise SourceError(SOURCE, "HTML, a cut body or something else instead of a search answer", _REMEDY) from error
    if result.error:
        raise SourceError(SOURCE, f"search refused: {_shorten(result.error)}", _REMEDY)
    if result.count is None or result.count < 0:
        raise SourceError(SOURCE, "a search answer without a count", _REMEDY)
    if not all(_PMID.fullmatch(pmid) for pmid in result.idlist):
        raise SourceError(SOURCE, "a search answer that lists something else than PMIDs", _REMEDY)
    listed = (*result.errorlist.items(), *result.warninglist.items())
    warnings = tuple(f"{kind}: {_shorten(str(text))}" for kind, texts in listed for text in texts or ())
    doubt = _find_doubt(result.count, [(kind, str(text)) for kind, texts in listed for text in texts or ()])
    return SearchEnvelope(result.count, tuple(result.idlist), result.webenv, str(result.querykey), warnings, doubt)


def find_search_flaw(answer: Answer) -> str | None:
    """Name what is wrong with an esearch 200 if another try may mend it."""
    try:
        parse_search(answer.body)
    except SourceError as error:
        is_lasting = any(words in error.message.casefold() for words in _LASTING)
        return None if is_lasting else error.message.removeprefix(f"{SOURCE}: ")
    return None


def find_fetch_flaw(answer: Answer) -> str | None:
    """Name what is wrong with an efetch 200 if another try may mend it: limits, HTML, a cut or empty body."""
    if _CLOSED.search(answer.body[-_TAIL_BYTES:]):
        return None
    error = find_error(answer.body)
    if error:
        return None if is_expired(error) or is_empty_list(error) else f"fetch refused: {error}"
    if b"<html" in answer.body[:1000].lower():
        return "HTML instead of records"
    return f"records cut off after {len(answer.body)} bytes"


def find_refusal(answer: Answer) -> str:
    """Return why an efetch answer holds no set of records: its status and NCBI's words; "" where it holds one."""
    if answer.status == httpx.codes.OK and _CLOSED.search(answer.body[-_TAIL_BYTES:]):
        return ""
    return f"HTTP {answer.status}: {find_error(answer.body) or 'no reason given'}"


def find_error(body: bytes) -> str:
    """Return the error an answer reports, "" if none; never more of it, for NCBI echoes the key beside the words."""
    if body.lstrip().startswith(b"{"):
        try:
            return _shorten(str(json.loads(body, strict=False).get("error", "")))
        except ValueError:
            return ""
    found = _ERROR.search(body)
    return _shorten(re.sub("<[^>]*>", " ", found[1].decode("utf-8", "replace"))) if found else ""


def is_expired(error: str) -> bool:
    """Tell whether NCBI has forgotten the search this fetch refers to."""
    return _EXPIRED in error.casefold()


def _find_doubt(count: int, said: Sequence[tuple[str, str]]) -> str:
    """Return why an answer is not to be believed, from what NCBI says beside it: JSON and XML name the same alike."""
    notes = [text for kind, text in said if kind.casefold().startswith("outputmessage")]
    failures = [text for text in notes if _FAILURE.search(text)]
    if failures:
        return f"PubMed says: {_shorten(failures[0])}"
    is_explained = any("notfound" in kind.casefold() for kind, _ in said)
    if count or is_explained or any(_NOTHING_FOUND in text.casefold() for text in notes):
        return ""
    return "no hits, and not a word that nothing was found"


def _read_json(body: bytes) -> Any:
    # NCBI's error texts hold bare line breaks, which strict JSON refuses.
    decoded = json.loads(body, strict=False)
    return {"ERROR": str(decoded["error"])} if "error" in decoded else decoded["esearchresult"]


def _read_xml(body: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    root = etree.fromstring(body, parser)
    if root.tag != "eSearchResult":
        raise ValueError(root.tag)
    return {
        "count": read_text(root.find("Count")) or None,
        "idlist": find_texts(root, "IdList/Id"),
        "webenv": read_text(root.find("WebEnv")),
        "querykey": read_text(root.find("QueryKey")),
        "errorlist": _group(root, "ErrorList/*"),
        "warninglist": _group(root, "WarningList/*"),
        "ERROR": " ".join(find_texts(root, "ERROR")),
    }


def _group(root: etree._Element, path: str) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for element in root.findall(path):
        grouped.setdefault(str(element.tag), []).append(read_text(element))
    return grouped


def _shorten(text: str) -> str:
    return fold_text(text)[:_LONGEST_ERROR]
