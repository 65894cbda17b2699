"""The forms of a letter: which file each is, how it is rendered, and the feed of the last ones. It sends nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path

from etl.render_atom import render_atom
from etl.render_html import render_html
from etl.render_json import render_json
from etl.render_markdown import render_markdown
from etl.render_text import render_text
from models.change import Weight
from models.digest import Digest
from models.errors import DeliveryError

FEED = "feed.atom"
_NO_NAME = re.compile(r"[^A-Za-z0-9_.-]|^\.+")  # what no file is named


class Form(StrEnum):
    """A form of a letter."""

    markdown = "markdown"
    html = "html"
    text = "text"
    json = "json"
    atom = "atom"


_ENDINGS = {Form.markdown: "md", Form.html: "html", Form.text: "txt", Form.json: "json", Form.atom: "atom"}
_RENDER: dict[Form, Callable[[Digest, Weight], str]] = {
    Form.markdown: render_markdown,
    Form.html: render_html,
    Form.text: render_text,
}


def find_letter(folder: Path, label: str, form: Form = Form.markdown) -> Path:
    """Return the file of a letter: `2026-W07.md`, of several weeks `2026-W05_to_W07.md`."""
    return folder / f"{_NO_NAME.sub('_', label)}.{_ENDINGS[form]}"


def render_letter(form: Form, digest: Digest, minimum_weight: Weight, feed_name: str) -> str:
    """Return a letter in one form; as Atom it is a feed of that letter alone."""
    if form is Form.json:
        return render_json(digest)
    if form is Form.atom:
        own = find_letter(Path(), digest.label, form).name
        return render_atom([digest], minimum_weight, feed_name=feed_name, file_name=own)
    return _RENDER[form](digest, minimum_weight)


def write_feed(folder: Path, digests: Sequence[Digest], minimum_weight: Weight, feed_name: str) -> None:
    """Write the feed of the last letters.

    Raises:
        DeliveryError: the file cannot be written.
    """
    write_file(folder / FEED, render_atom(digests, minimum_weight, feed_name=feed_name, file_name=FEED))


def write_file(path: Path, content: str) -> None:
    """Write a file whole or not at all, with the same bytes on every system.

    Raises:
        DeliveryError: the file cannot be written.
    """
    fresh = path.with_name(f"{path.name}.fresh")
    try:
        fresh.write_bytes(content.encode())
        fresh.replace(path)
    except OSError as error:
        raise DeliveryError(f"cannot write {path}: {error.strerror}", "make room, or mend its permissions") from error
