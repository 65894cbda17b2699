"""The bytes of a file to text: what is no text is refused with what to do about it. Pure."""

from __future__ import annotations

import codecs
import re

from models.errors import ConfigurationError

MOST_BYTES = 20_000_000
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""<(?:meta[^>]{0,200}charset|\?xml[^>]{0,200}encoding)\s*=\s*["']?\s*([A-Za-z0-9._-]+)""")
_HEAD = 4096
_PDF_WITHIN = 1024
_SAVE_AS_TEXT = "save it as text, HTML or Markdown in the program it comes from"
_FORMATS = (
    (b"PK\x03\x04", "a zip, as Word and OpenDocument files are", _SAVE_AS_TEXT),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file", _SAVE_AS_TEXT),
    (b"{\\rtf", "RTF", _SAVE_AS_TEXT),
    (b"\x1f\x8b", "packed by gzip", "unpack it: gzip -d"),
    (b"%!PS", "PostScript", "ps2ascii makes text of it"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode_text(body: bytes, name: str) -> tuple[str, str]:
    """Return a file's text, and what to say of how it was read ("" where nothing is).

    By its byte order mark, by what HTML or XML declares, else UTF-8; what is none of these is read as Windows-1252,
    which is said, if it can be.

    Raises:
        ConfigurationError: it is a PDF, another binary file, empty, too large, or in an encoding not known.
    """
    _refuse_binary(body, name)
    encoding = next((encoding for mark, encoding in _MARKS if body.startswith(mark)), "")
    declared = _DECLARED.search(body[:_HEAD])
    if not encoding and declared:
        encoding = declared[1].decode("ascii")
    text, said = _decode(body, encoding or "utf-8", name, is_sure=bool(encoding))
    if _CONTROL.search(text[:_HEAD]):
        raise ConfigurationError(f"{name} is no text: it holds control characters", _SAVE_AS_TEXT)
    if not text.strip():
        raise ConfigurationError(
            f"{name} holds no text", "pages that are pictures need text recognition (ocrmypdf) before pdftotext"
        )
    return text, said


def _refuse_binary(body: bytes, name: str) -> None:
    if len(body) > MOST_BYTES:
        raise ConfigurationError(f"{name} is larger than {MOST_BYTES // 1_000_000} MB", "one article at a time")
    if b"%PDF-" in body[:_PDF_WITHIN]:
        raise ConfigurationError(
            f"{name} is a PDF", f"make text of it: pdftotext -layout {name} - | trialwatch adopt -"
        )
    for mark, what, hint in _FORMATS:
        if body.startswith(mark):
            raise ConfigurationError(f"{name} is {what}", hint)


def _decode(body: bytes, encoding: str, name: str, *, is_sure: bool) -> tuple[str, str]:
    try:
        return body.decode(encoding), ""
    except LookupError as error:
        raise ConfigurationError(f"{name}: its encoding {encoding} is not known", _recode(name)) from error
    except UnicodeDecodeError as error:
        if is_sure:
            raise ConfigurationError(f"{name}: {error}", _recode(name)) from error
    try:
        text = body.decode("cp1252")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{name} is neither UTF-8 nor Windows-1252", _recode(name)) from error
    return text, f"{name} is no UTF-8: read as Windows-1252; if letters look wrong, {_recode(name)}"


def _recode(name: str) -> str:
    return f"iconv -f ENCODING -t UTF-8 {name} makes UTF-8 of it"
