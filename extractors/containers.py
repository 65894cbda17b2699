"""Opens what people download: a file, a folder of files, a zip, gzip of any; streams of bytes come out.

It unpacks nothing to disk and looks into no stream. What would unpack to far more than it is gets no further.
"""

from __future__ import annotations

import lzma
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol, cast

import msgspec
from isal import isal_zlib
from isal.igzip_lib import IsalError

# Registry records pack to a fifth or a tenth; deflate can pack nothing to a thousandth.
_MOST_GROWTH = 200
_ALWAYS_ALLOWED = 256 << 20
_LONGEST_NAME = 200
_PIECE_BYTES = 256 << 10
_PACKED_BYTES = 64 << 10
_GZIP = 16 + zlib.MAX_WBITS  # zlib's word for "with the head and the checksum of gzip"
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP_START = b"\x1f\x8b"
# What the standard library raises on archives that are damaged, encrypted, or packed in a way it cannot read.
_DAMAGE = (EOFError, OSError, ValueError, RuntimeError, struct.error, zlib.error, lzma.LZMAError, zipfile.BadZipFile)
# What igzip says of damage, by its numbers, in the words of zlib, which are those people look for.
_IGZIP_FAULTS = {
    "-1": "invalid block type",
    "-2": "invalid code",
    "-3": "invalid distance too far back",
    "-4": "incorrect header check",
    "-5": "unknown compression method",
    "-6": "incorrect data check",
}
_AGAIN = "download it again"


class DamagedError(Exception):
    """A container, or one part of it, cannot be read on. `remedy` says what to do."""

    def __init__(self, reason: str, remedy: str = _AGAIN) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


class _Readable(Protocol):
    def read1(self, size: int, /) -> bytes: ...


class _Peekable(_Readable, Protocol):
    def peek(self, size: int, /) -> bytes: ...


class Part:
    """One stream of a container, to be read before the next is asked for. `place` names it for people.

    `fault` is why it ended before its end: cut off, damaged, encrypted, or growing beyond measure.
    """

    def __init__(self, place: str, stream: _Readable, packed_bytes: Callable[[], int]) -> None:
        self.place = place
        self.fault: DamagedError | None = None
        self._stream = stream
        self._packed_bytes = packed_bytes
        self._given = 0

    def read(self, size: int, /) -> bytes:
        """Return `size` bytes, or all there are up to the end or a fault."""
        pieces: list[bytes] = []
        wanted = size
        while wanted and (piece := self._read_piece(min(wanted, _PIECE_BYTES))):
            pieces.append(piece)
            wanted -= len(piece)
        return b"".join(pieces)

    def _read_piece(self, size: int) -> bytes:
        try:
            piece = b"" if self.fault else self._stream.read1(size)
        except _DAMAGE as error:
            self.fault = DamagedError(_describe(error))
            return b""
        self._given += len(piece)
        if _is_bomb(self._given, self._packed_bytes()):
            self.fault = DamagedError(f"it unpacks to more than {_MOST_GROWTH} times its size", "it was not read on")
        return piece


class ClosedPart(msgspec.Struct, frozen=True):
    """A part that cannot be opened, and why."""

    place: str
    reason: str
    remedy: str


def open_parts(path: Path, passed_over: Collection[Path] = ()) -> Iterator[Part | ClosedPart]:
    """Yield the streams of a file, or of a folder's files by name; hidden ones are passed over, and those named so.

    Raises:
        DamagedError: the file itself cannot be opened.
    """
    if not path.is_dir():
        yield from _open_file(path, show_name(path.name))
        return
    for file in list_files(path):
        if file in passed_over:
            continue
        place = f"{show_name(path.resolve().name)}/{show_name(file.relative_to(path).as_posix())}"
        try:
            yield from _open_file(file, place)
        except DamagedError as error:
            yield ClosedPart(place, error.reason, error.remedy)


def is_zip(path: Path) -> bool:
    """Say whether a file is a zip, by its first bytes.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return file.read(len(_ZIP_STARTS[0])) in _ZIP_STARTS


def show_name(name: str) -> str:
    """Return a file's name as it may be printed: names in archives are anyone's."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in name)
    return shown if len(shown) <= _LONGEST_NAME else f"{shown[:_LONGEST_NAME]}…"


def list_files(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder and those below it by name, hidden ones passed over.

    Raises:
        DamagedError: a folder cannot be listed, or a file in it is a link that leads out of it.
    """
    root = folder.resolve()
    for place, folders, names in os.walk(folder, onerror=_raise_unlisted):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(place, name)
            if name.startswith(".") or not file.is_file():  # not a pipe or socket, at which reading would wait
                continue
            if file.is_symlink() and not file.resolve().is_relative_to(root):
                shown = show_name(file.relative_to(folder).as_posix())
                raise DamagedError(f"{shown} is a link that leads out of the folder", "name the file itself")
            yield file


def _raise_unlisted(error: OSError) -> None:
    raise DamagedError(f"its folder {error.filename} cannot be listed: {error.strerror}", "mend its permissions")


def _open_file(path: Path, place: str) -> Iterator[Part | ClosedPart]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise DamagedError("it is no file that can be read twice", "save it to a file first")
        file = path.open("rb")
    except OSError as error:
        raise DamagedError(f"it cannot be read: {error.strerror}", "is the path right, and may you read it?") from error
    with file:
        start = file.peek(len(_ZIP_STARTS[0]))
        if start.startswith(_ZIP_STARTS):
            yield from _open_zip(file, place, path.stat().st_size)
        else:
            yield _open_stream(place, file, file.tell)


def _open_stream(place: str, stream: _Peekable, packed_bytes: Callable[[], int]) -> Part:
    """Take gzip off a stream, if it is on."""
    start = stream.peek(len(_ZIP_STARTS[0]))
    if not start.startswith(_GZIP_START):
        return Part(place, stream, packed_bytes)
    return Part(place, _Gunzip(stream), packed_bytes)


class _Gunzip:
    """Takes gzip off a stream, member after member, by igzip. The standard library takes twice as long.

    Raises, on reading:
        EOFError: the stream ends before its end.
        zlib.error: it is damaged, or its content is not what its checksum says.
    """

    def __init__(self, stream: _Readable) -> None:
        self._stream = stream
        self._member = isal_zlib.decompressobj(_GZIP)
        self._rest = b""

    def read1(self, size: int, /) -> bytes:
        """Return some of the next bytes, at most `size`; b"" at the end."""
        while True:
            if self._member.eof and not self._begin_member():
                return b""
            packed = self._rest or self._stream.read1(_PACKED_BYTES)
            if not packed:
                raise EOFError
            piece = self._decompress(packed, size)
            self._rest = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            if piece:
                return piece

    def _decompress(self, packed: bytes, size: int) -> bytes:
        try:
            return self._member.decompress(packed, size)
        except IsalError as error:  # type: ignore[misc]  # its stub takes the class for an exception
            number = str(error).removeprefix("Error ").partition(" ")[0]
            raise zlib.error(f"while unpacking: {_IGZIP_FAULTS.get(number, error)}") from error

    def _begin_member(self) -> bool:
        """Go to the next member, if there is one; zeros behind the last are filling."""
        while not self._rest.lstrip(b"\0"):
            self._rest = self._stream.read1(_PACKED_BYTES)
            if not self._rest:
                return False
        self._rest = self._rest.lstrip(b"\0")
        if not _GZIP_START.startswith(self._rest[: len(_GZIP_START)]):  # igzip would wait for the end of a head
            raise zlib.error("while unpacking: incorrect header check")
        self._member = isal_zlib.decompressobj(_GZIP)
        return True


def _open_zip(file: BinaryIO, place: str, size: int) -> Iterator[Part | ClosedPart]:
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGE as error:
        raise DamagedError(f"a damaged zip: {_describe(error)}") from error
    with archive:
        members = [member for member in archive.filelist if not _is_passed_over(member)]
        if _is_bomb(sum(member.file_size for member in members), size):
            raise DamagedError(f"a zip that unpacks to more than {_MOST_GROWTH} times its size", "it was not read")
        for member in members:
            yield from _open_member(archive, member, f"{place}: {show_name(member.filename)}")


def _open_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, place: str) -> Iterator[Part | ClosedPart]:
    try:
        stream = cast("zipfile.ZipExtFile", archive.open(member))
        start = stream.peek(len(_ZIP_STARTS[0]))
    except _DAMAGE as error:
        yield ClosedPart(place, _describe(error), "unpack the zip, then import the folder")
        return
    with stream:
        if start.startswith(_ZIP_STARTS):
            yield ClosedPart(place, "a zip inside a zip", "unpack the outer one, then import the folder")
        else:
            yield _open_stream(place, stream, lambda: member.compress_size)


def _is_passed_over(member: zipfile.ZipInfo) -> bool:
    """Leave out folders, and what macOS and editors put beside the files."""
    parts = PurePosixPath(member.filename).parts
    return member.is_dir() or not parts or parts[0] == "__MACOSX" or parts[-1].startswith(".")


def _is_bomb(unpacked: int, packed: int) -> bool:
    return unpacked > _ALWAYS_ALLOWED and unpacked > _MOST_GROWTH * packed


def _describe(error: BaseException) -> str:
    if isinstance(error, EOFError):
        return "it is cut off"
    if isinstance(error, zlib.error):
        return f"it is damaged: {str(error).rpartition(': ')[2]}"
    text = " ".join(str(error).split())
    return show_name(text) if text else type(error).__name__
