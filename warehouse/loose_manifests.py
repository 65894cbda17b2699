"""Manifests in files of their own, as releases before the books sealed them: compressed, or like an earlier file."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

_LIKE = b"like "  # then the name of the whole manifest; gzip's own files begin otherwise
_CHUNK, _BEFORE, _WINDOW = 16 << 10, 8 << 10, 32 << 10  # zlib looks back no further


def read_loose(path: Path) -> bytes:
    """Return a manifest's bytes.

    Raises:
        OSError, EOFError, zlib.error: it, or the one it is like, is lost or damaged.
    """
    packed = path.read_bytes()
    if not packed.startswith(_LIKE):
        return gzip.decompress(packed)
    name, _, rest = packed.removeprefix(_LIKE).partition(b"\n")
    base = gzip.decompress((path.parent / Path(name.decode()).name).read_bytes())
    content = b""
    while rest:
        size = int.from_bytes(rest[:4], "big")
        reader = zlib.decompressobj(zdict=_find_window(base, len(content)))
        content += reader.decompress(rest[4 : 4 + size])
        if not reader.eof:
            raise EOFError("it ends early")
        rest = rest[4 + size :]
    return content


def _find_window(base: bytes, start: int) -> bytes:
    """Return the part of a manifest that lies about a place: what is alike stands at nearly the same place there."""
    begin = max(0, min(start - _BEFORE, len(base) - _WINDOW))
    return base[begin : begin + _WINDOW]
