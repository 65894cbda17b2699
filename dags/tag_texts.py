"""Tagging texts of the user's own: JSON lines in, JSON lines out. Nothing is written to the warehouse."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from dags.console import note
from models.errors import ConfigurationError
from models.mention import Mention, Reading, TextField
from models.vocabulary import Vocabulary

if TYPE_CHECKING:
    from etl.tagging import Tagger

Answer = tuple[bytes, str]  # to one line, or nothing and what is wrong with it; nothing of either for an empty one
Numbered = tuple[int, bytes]  # a line with its number

CHUNK_LINES = 128
_READING = ("start", "end", "text", "kind", "name", "is_linked", "why")
_NAMES = ("start", "end", "text", "target", "via", "agent", "is_negated")


class _Line(msgspec.Struct):
    id: str | int
    text: str

    @property
    def fields(self) -> list[TextField]:
        """The line as a document."""
        return [TextField("text", "abstract", self.text)]


def tag_lines(file: str, vocabulary: Vocabulary, processes: int = 1, *, explain: bool = False) -> int:
    """Tag every line, in order; return the exit code. A line that cannot be read is named on stderr.

    With `explain` each answer says of every spelling, linked or not, why.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    exit_code = 0
    is_waited_for = file == "-"  # whoever writes the lines may wait for the answers
    chunks = cut_lines(_read_lines(file), 1 if is_waited_for and processes == 1 else CHUNK_LINES)
    tag_all = _tag_here if processes == 1 else _tag_apart
    try:
        with closing(tag_all(chunks, vocabulary, processes, explain=explain)) as answers:
            for answer, mistake in answers:
                if mistake:
                    note(f"error: {file}: {mistake}", "red")
                    exit_code = 1
                sys.stdout.buffer.write(answer)
                if is_waited_for:
                    sys.stdout.buffer.flush()
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # whoever reads has seen enough, as `head` has; Python would complain once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return exit_code


def tag_chunk(tagger: Tagger, chunk: Iterable[Numbered], *, explain: bool = False) -> Iterator[Answer]:
    """Yield the answer to each line."""
    read = [_read_line(number, line) for number, line in chunk]
    found = tagger.pipe(one.fields for one in read if isinstance(one, _Line))
    for one in read:
        yield (_build_answer(tagger, one, next(found), explain=explain), "") if isinstance(one, _Line) else (b"", one)


def cut_lines(lines: Iterator[bytes], size: int) -> Iterator[list[Numbered]]:
    """Yield lines with their numbers, `size` at a time."""
    numbered = enumerate(lines, 1)
    while chunk := list(islice(numbered, size)):
        yield chunk


def _read_line(number: int, line: bytes) -> _Line | str:
    """Return what a line says, or what is wrong with it."""
    if not line.strip():
        return ""
    try:
        return msgspec.json.decode(line, type=_Line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return f'line {number}: {error}; expected {{"id": …, "text": "…"}}'


def _build_answer(tagger: Tagger, line: _Line, found: Iterable[Mention], *, explain: bool) -> bytes:
    answer = {"id": line.id, "mentions": [_build_mention(one) for one in found if one.target is not None]}
    if explain:
        answer["readings"] = [_build_reading(one) for one in tagger.explain(line.fields)]
    return msgspec.json.encode(answer) + b"\n"


def _tag_here(chunks: Iterator[list[Numbered]], vocabulary: Vocabulary, _: int, *, explain: bool) -> Generator[Answer]:
    from etl.tagging import build_tagger  # noqa: PLC0415  spaCy takes seconds to import

    tagger = build_tagger(vocabulary)
    for chunk in chunks:
        yield from tag_chunk(tagger, chunk, explain=explain)


def _tag_apart(
    chunks: Iterator[list[Numbered]], vocabulary: Vocabulary, processes: int, *, explain: bool
) -> Generator[Answer]:
    from dags.tag_pool import tag_in_processes  # noqa: PLC0415  needed here alone

    yield from tag_in_processes(chunks, vocabulary, processes, explain=explain)


def _build_mention(mention: Mention) -> dict[str, Any]:
    return {name: getattr(mention, name) for name in _NAMES}


def _build_reading(reading: Reading) -> dict[str, Any]:
    return {name: getattr(reading, name) for name in _READING}


def _read_lines(file: str) -> Iterator[bytes]:
    if file == "-":
        yield from sys.stdin.buffer
        return
    try:
        with open(file, "rb") as lines:  # noqa: PTH123  the name is the user's own
            yield from lines
    except OSError as error:
        raise ConfigurationError(f"cannot read {file}: {error.strerror}", "name a file of JSON lines, or -") from error
