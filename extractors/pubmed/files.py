"""The files in which PubMed is given out whole: their order, by their names, and their checksums. It reads no record.

A year's baseline (`pubmed26n0001.xml.gz` on) comes in December; the daily update files go on with its numbers. Source:
https://pubmed.ncbi.nlm.nih.gov/download/ (as of 2026).
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from extractors.containers import DamagedError

Place = tuple[int, int]  # the year's two digits and the number; of two files the greater is the newer
_NAME = re.compile(r"pubmed([0-9]{2})n([0-9]{4,6})\.xml(?:\.gz)?", re.IGNORECASE)
_SUFFIX = ".md5"
_MOST_BYTES = 4096
# As NLM writes it, `MD5(pubmed26n0001.xml.gz)= 0123…`, and as md5sum does, `0123…  pubmed26n0001.xml.gz`.
_DIGEST = re.compile(
    rb"\s*(?:MD5\s?\([^()\n]*\)\s*=\s*([0-9a-f]{32})|\\?([0-9a-f]{32})(?:\s+\*?[^\n]*)?)\s*", re.IGNORECASE
)


def find_place(name: str) -> Place | None:
    """Return where a file stands in NLM's order, None where its name does not say."""
    match = _NAME.fullmatch(name)
    return (int(match[1]), int(match[2])) if match else None


def find_owner(sidecar: Path) -> Path | None:
    """Return the file whose checksum a file beside it is by its name; None where that is not there."""
    owner = sidecar.with_suffix("")
    return owner if sidecar.suffix.lower() == _SUFFIX and owner.is_file() else None


def check_md5(path: Path) -> str:
    """Return the MD5 of a file, as 32 digits; of a file with a checksum beside it, only if the two agree.

    Raises:
        DamagedError: they do not agree, or the checksum is none.
        OSError: one of them cannot be read.
    """
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, _new_md5).hexdigest()
    sidecar = path.with_name(path.name + _SUFFIX)
    if sidecar.is_file():
        _check_sidecar(sidecar, digest)
    return digest


def _check_sidecar(sidecar: Path, digest: str) -> None:
    with sidecar.open("rb") as file:
        stated = _DIGEST.fullmatch(file.read(_MOST_BYTES))
    if stated is None:
        raise DamagedError(f"{sidecar.name} beside it holds no MD5", "download the checksum again, or remove it")
    wanted = (stated[1] or stated[2]).decode().lower()
    if wanted != digest:
        reason = f"its MD5 is {digest}, but {sidecar.name} says {wanted}"
        raise DamagedError(reason, "download the file and its .md5 again")


def _new_md5() -> hashlib._Hash:
    return hashlib.md5(usedforsecurity=False)
