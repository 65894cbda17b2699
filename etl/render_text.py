"""A digest as plain text, the twin of the HTML mail: 72 columns, each address on a line of its own."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from etl.escaping import break_links
from etl.view import Entry, Group, Line, Part, View, build_view
from models.change import Weight
from models.digest import Digest

WIDTH = 72
# Signs that old mail programs and fixed pitch show badly, as a typewriter has them.
_TYPED = str.maketrans({"→": "->", "“": '"', "”": '"', "–": "-", "−": "-", "…": "...", "·": ",", "’": "'"})


def render_text(digest: Digest, minimum_weight: Weight) -> str:
    """Return the letter as text; the same digest gives the same bytes."""
    letter = build_view(digest, minimum_weight)
    blocks = [_wrap(letter.title, ""), *_render_top(letter)]
    blocks += [block for part in letter.parts for block in _render_part(part)]
    blocks += _render_end(letter)
    return "\n\n".join(blocks) + "\n"


def _render_top(letter: View) -> Iterator[str]:
    yield "\n".join(_wrap(line, "" if letter.is_quiet else "* ") for line in letter.summary)
    if letter.band:
        yield _wrap(f"INCOMPLETE. {letter.band}", "! ")


def _render_part(part: Part) -> Iterator[str]:
    for group in part.groups:
        heading = _wrap(f"{part.heading}: {group.heading}".upper(), "")
        yield "\n".join([heading, *_render_group(group)])


def _render_group(group: Group) -> Iterator[str]:
    for entry in group.entries:
        yield "\n".join(_render_entry(entry))
    for line in group.more:
        yield _wrap(f"... {line}", "* ")


def _render_entry(entry: Entry) -> Iterator[str]:
    head = _join(entry.head)
    name = f"{entry.name.text}  {_join(entry.title)}".strip()
    lead = [head, name] if head else [name]
    about = ", ".join(entry.about)
    if entry.is_brief:
        lead[1:] = ["; ".join(filter(None, [*lead[1:], about, *map(_join, entry.lines)]))]
        texts = lead
    else:
        texts = [*lead, *([f"{about.removesuffix('.')}."] if about else []), *map(_join, entry.lines)]
    yield _wrap(texts[0], "* ")
    yield from (_wrap(text, "  ") for text in texts[1:])
    yield from (f"  {run.url}" for run in (entry.name, *(run for line in entry.lines for run in line)) if run.url)


def _render_end(letter: View) -> Iterator[str]:
    ends = (
        ("Older, learnt in this span", [_wrap(line, "* ") for line in letter.older]),
        ("Left out", [_wrap(", ".join(letter.left_out), "")]),
        ("Health", [_wrap(line, "") for line in letter.health]),
    )
    for heading, lines in ends:
        if any(lines):
            yield "\n".join([heading.upper(), *lines])
    yield "\n".join(["-- ", *(_wrap(sentence, "") for sentence in letter.foot)])


def _join(line: Line) -> str:
    return "".join(run.text for run in line)


def _wrap(text: str, lead: str) -> str:
    """Return a paragraph of at most 72 columns, what follows its first line set in under it."""
    return textwrap.fill(
        break_links(text.translate(_TYPED)),
        WIDTH,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_on_hyphens=False,
    )
