"""Tells by its first bytes what a file is, whatever it is called. It reads no further and opens nothing."""

from __future__ import annotations

import codecs
import re
from typing import Literal

Kind = Literal[
    "json", "pubmed", "empty", "utf-16", "page", "old_xml", "xml", "table", "ris", "archive", "checksum", "other"
]  # fmt: skip

HEAD_BYTES = 4096
_STARTS: tuple[tuple[Kind, re.Pattern[bytes]], ...] = (
    ("json", re.compile(rb"\s*[\[{]")),
    (
        "pubmed",
        re.compile(rb"\s*<.*?(?:Pubmed(?:Book)?Article|MedlineCitation|BookDocument|DeleteCitation)", re.DOTALL),
    ),
    ("page", re.compile(rb"\s*<.*?<?(?:!doctype\s+)?html\b", re.DOTALL | re.IGNORECASE)),
    ("old_xml", re.compile(rb"\s*<.*?<?(?:clinical_study|search_results|FullStudy)", re.DOTALL)),
    ("xml", re.compile(rb"\s*<")),
    ("ris", re.compile(rb"\s*TY  - ")),
    ("table", re.compile(rb'\s*"?(?:NCT ?Number|NCTId|nct_id|Rank)"?\s*[,|\t;\r\n]', re.IGNORECASE)),
    ("archive", re.compile(rb"PK\x03\x04|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ|\x28\xb5\x2f\xfd|.{257}ustar", re.DOTALL)),
    ("checksum", re.compile(rb"\s*(?:MD5\s?\([^()\n]*\)\s*=\s*)?\\?[0-9a-f]{32}(?:\s|\Z)", re.IGNORECASE)),
    ("other", re.compile(rb"")),
)
_PUBMED = re.compile(rb"<(?:!DOCTYPE\s+)?Pubmed(?:Book)?Article")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_JSON = "download it as JSON"
_REASONS: dict[Kind, tuple[str, str]] = {
    "pubmed": (
        "it is a file of PubMed inside an archive",
        "unpack the archive, then import the folder",
    ),
    "empty": ("it is empty", "download it again"),
    "utf-16": ("it is text in UTF-16", "save it in UTF-8; of a PowerShell redirection, use curl.exe -o instead"),
    "page": ("it is a web page, not the data", f"{_JSON}: the Download button of a search or a study, format JSON"),
    "old_xml": ("it is XML of the registry's old site, given up in 2024", f"{_JSON} from today's"),
    "xml": ("it is XML", _JSON),
    "ris": ("it is a list of citations (RIS)", _JSON),
    "table": ("it is a table (CSV), which lacks most of what a record says", _JSON),
    "archive": ("it is packed in a way that is not read here", "unpack it, then import the file or folder"),
    "checksum": ("it is a checksum, and the file it is of is not beside it", "name the file itself"),
    "other": ("it is no JSON", _JSON),
}


def find_kind(head: bytes) -> Kind:
    """Return what a file is that begins with `head`: its first `HEAD_BYTES`, or all there is."""
    if head.startswith(_UTF_16):
        return "pubmed" if _PUBMED.search(head.replace(b"\0", b"")) else "utf-16"
    text = head.removeprefix(codecs.BOM_UTF8)
    if not text.strip():
        return "empty"
    return next(kind for kind, start in _STARTS if start.match(text))


def explain_kind(kind: Kind) -> tuple[str, str]:
    """Return why a file of a kind other than JSON is not imported, and what to do."""
    return _REASONS[kind]
