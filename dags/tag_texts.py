"""Tagging texts of the user's own: JSON lines in, JSON lines out. Nothing is written to the warehouse."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import msgspec

from dags.console import note
from models.errors import ConfigurationError
from models.mention import Mention, TextField
from models.vocabulary import Vocabulary

if TYPE_CHECKING:
    from etl.tagging import Tagger

_NAMES = ("start", "end", "text", "target", "via", "agent", "is_negated")


class _Line(msgspec.Struct):
    id: str | int
    text: str


def tag_lines(file: str, vocabulary: Vocabulary, processes: int = 1) -> int:
    """Tag every line, in order; return the exit code. A line that cannot be read is named on stderr.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    exit_code = 0
    tag_all = _tag_here if processes == 1 else _tag_apart
    try:
        with closing(tag_all(_read_lines(file), vocabulary, processes)) as answers:
            for answer, mistake in answers:
                if mistake:
                    note(f"error: {file}: {mistake}", "red")
                    exit_code = 1
                sys.stdout.buffer.write(answer)
                if file == "-":
                    sys.stdout.buffer.flush()  # whoever writes the lines may wait for the answers
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # whoever reads has seen enough, as `head` has; Python would complain once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return exit_code


def tag_line(tagger: Tagger, number: int, line: bytes) -> tuple[bytes, str]:
    """Return the answer to one line, or nothing and what is wrong with it; nothing of either for an empty line."""
    if not line.strip():
        return b"", ""
    try:
        document = msgspec.json.decode(line, type=_Line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return b"", f'line {number}: {error}; expected {{"id": …, "text": "…"}}'
    found = tagger.tag([TextField("text", "abstract", document.text)])
    mentions = [_build_mention(one) for one in found if one.target is not None]
    return msgspec.json.encode({"id": document.id, "mentions": mentions}) + b"\n", ""


def _tag_here(lines: Iterator[bytes], vocabulary: Vocabulary, _: int) -> Generator[tuple[bytes, str]]:
    from etl.tagging import build_tagger  # noqa: PLC0415  spaCy takes seconds to import

    tagger = build_tagger(vocabulary)
    yield from (tag_line(tagger, number, line) for number, line in enumerate(lines, 1))


def _tag_apart(lines: Iterator[bytes], vocabulary: Vocabulary, processes: int) -> Generator[tuple[bytes, str]]:
    from dags.tag_pool import tag_in_processes  # noqa: PLC0415  needed here alone

    yield from tag_in_processes(lines, vocabulary, processes)


def _build_mention(mention: Mention) -> dict[str, Any]:
    return {name: getattr(mention, name) for name in _NAMES}


def _read_lines(file: str) -> Iterator[bytes]:
    if file == "-":
        yield from sys.stdin.buffer
        return
    try:
        with open(file, "rb") as lines:  # noqa: PTH123  the name is the user's own
            yield from lines
    except OSError as error:
        raise ConfigurationError(f"cannot read {file}: {error.strerror}", "name a file of JSON lines, or -") from error
