"""Tagging texts of the user's own: JSON lines in, JSON lines out. Nothing is written to the warehouse."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import msgspec

from dags.console import note
from models.errors import ConfigurationError
from models.mention import TextField
from models.vocabulary import Vocabulary


class _Line(msgspec.Struct):
    id: str | int
    text: str


def tag_lines(file: str, vocabulary: Vocabulary) -> int:
    """Tag every line; return the exit code. A line that cannot be read is named on stderr, the others are tagged.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    from etl.tagging import build_tagger  # noqa: PLC0415  spaCy takes seconds to import

    tagger = build_tagger(vocabulary)
    exit_code = 0
    for number, line in enumerate(_read_lines(file), 1):
        if not line.strip():
            continue
        try:
            document = msgspec.json.decode(line, type=_Line)
        except msgspec.DecodeError as error:
            note(f'error: {file}: line {number}: {error}; expected {{"id": …, "text": "…"}}', "red")
            exit_code = 1
            continue
        found = tagger.tag([TextField("text", "abstract", document.text)])
        mentions = [_build_mention(one) for one in found if one.target is not None]
        sys.stdout.buffer.write(msgspec.json.encode({"id": document.id, "mentions": mentions}) + b"\n")
    sys.stdout.buffer.flush()
    return exit_code


def _build_mention(mention: Any) -> dict[str, Any]:
    names = ("start", "end", "text", "target", "via", "agent", "is_negated")
    return {name: getattr(mention, name) for name in names}


def _read_lines(file: str) -> Iterator[bytes]:
    if file == "-":
        yield from sys.stdin.buffer
        return
    try:
        with open(file, "rb") as lines:  # noqa: PTH123  the name is the user's own
            yield from lines
    except OSError as error:
        raise ConfigurationError(f"cannot read {file}: {error.strerror}", "name a file of JSON lines, or -") from error
