"""Manifests as files: of a night like an earlier one only what differs is stored, for quiet nights ask the same again.

An earlier manifest, stored whole, is the dictionary that the next ones are compressed with. It reads no line.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

_LIKE = b"like "  # then the name of the whole manifest; gzip's own files begin otherwise
_WORTH_IT = 1024  # bytes; a smaller manifest is stored whole
_LOOKED_AT = 10  # of the newest manifests, for one to be like
_CHUNK, _BEFORE, _WINDOW = 16 << 10, 8 << 10, 32 << 10  # zlib looks back no further


def pack_manifest(folder: Path, content: bytes) -> bytes:
    """Return a manifest's bytes compressed: whole, or like an earlier one of the folder where that is much less."""
    whole = gzip.compress(content, mtime=0)
    if len(whole) < _WORTH_IT:
        return whole
    forms = [_LIKE + name.encode() + b"\n" + _pack(content, base) for name, base in _find_models(folder)]
    best = min(forms, key=len, default=whole)
    return best if 2 * len(best) < len(whole) else whole


def unpack_manifest(folder: Path, packed: bytes) -> bytes:
    """Return a manifest's bytes.

    Raises:
        OSError, EOFError, zlib.error: it, or the one it is like, is lost or damaged.
    """
    if not packed.startswith(_LIKE):
        return gzip.decompress(packed)
    name, _, rest = packed.removeprefix(_LIKE).partition(b"\n")
    base = gzip.decompress((folder / Path(name.decode()).name).read_bytes())
    content = b""
    while rest:
        size = int.from_bytes(rest[:4], "big")
        reader = zlib.decompressobj(zdict=_find_window(base, len(content)))
        content += reader.decompress(rest[4 : 4 + size])
        if not reader.eof:
            raise EOFError("it ends early")
        rest = rest[4 + size :]
    return content


def _pack(content: bytes, base: bytes) -> bytes:
    parts = []
    for start in range(0, len(content), _CHUNK):
        packer = zlib.compressobj(9, zdict=_find_window(base, start))
        part = packer.compress(content[start : start + _CHUNK]) + packer.flush()
        parts += [len(part).to_bytes(4, "big"), part]
    return b"".join(parts)


def _find_window(base: bytes, start: int) -> bytes:
    """Return the part of a manifest that lies about a place: what is alike stands at nearly the same place there."""
    begin = max(0, min(start - _BEFORE, len(base) - _WINDOW))
    return base[begin : begin + _WINDOW]


def _find_models(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the whole manifests among, or behind, the newest ones."""
    names = set()
    for path in sorted(folder.glob("*.jsonl.gz"))[-_LOOKED_AT:]:
        packed = path.read_bytes()
        is_like = packed.startswith(_LIKE)
        names.add(Path(packed.removeprefix(_LIKE).partition(b"\n")[0].decode()).name if is_like else path.name)
    for name in sorted(names):
        try:
            yield name, gzip.decompress((folder / name).read_bytes())
        except (OSError, EOFError, zlib.error):
            continue  # one that is lost or damaged is nobody's model; the audit names it
