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
from models.mention import Mention, Reading, TextField
from models.vocabulary import Vocabulary

if TYPE_CHECKING:
    from etl.tagging import Tagger

_READING = ("start", "end", "text", "kind", "name", "is_linked", "why")
_NAMES = ("start", "end", "text", "target", "via", "agent", "is_negated")


class _Line(msgspec.Struct):
    id: str | int
    text: str


def tag_lines(file: str, vocabulary: Vocabulary, processes: int = 1, *, explain: bool = False) -> int:
    """Tag every line, in order; return the exit code. A line that cannot be read is named on stderr.

    With `explain` each answer says of every spelling, linked or not, why.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    exit_code = 0
    tag_all = _tag_here if processes == 1 else _tag_apart
    try:
        with closing(tag_all(_read_lines(file), vocabulary, processes, explain=explain)) as answers:
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


def tag_line(tagger: Tagger, number: int, line: bytes, *, explain: bool = False) -> tuple[bytes, str]:
    """Return the answer to one line, or nothing and what is wrong with it; nothing of either for an empty line."""
    if not line.strip():
        return b"", ""
    try:
        document = msgspec.json.decode(line, type=_Line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return b"", f'line {number}: {error}; expected {{"id": …, "text": "…"}}'
    fields = [TextField("text", "abstract", document.text)]
    mentions = [_build_mention(one) for one in tagger.tag(fields) if one.target is not None]
    answer = {"id": document.id, "mentions": mentions}
    if explain:
        answer["readings"] = [_build_reading(one) for one in tagger.explain(fields)]
    return msgspec.json.encode(answer) + b"\n", ""


def _tag_here(lines: Iterator[bytes], vocabulary: Vocabulary, _: int, *, explain: bool) -> Generator[tuple[bytes, str]]:
    from etl.tagging import build_tagger  # noqa: PLC0415  spaCy takes seconds to import

    tagger = build_tagger(vocabulary)
    yield from (tag_line(tagger, number, line, explain=explain) for number, line in enumerate(lines, 1))


def _tag_apart(
    lines: Iterator[bytes], vocabulary: Vocabulary, processes: int, *, explain: bool
) -> Generator[tuple[bytes, str]]:
    from dags.tag_pool import tag_in_processes  # noqa: PLC0415  needed here alone

    yield from tag_in_processes(lines, vocabulary, processes, explain=explain)


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
