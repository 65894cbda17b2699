"""A digest as GitHub-flavoured Markdown. All text from outside is escaped; links lead to the two sources only."""

from __future__ import annotations

import re

import jinja2

from etl.escaping import escape_markdown
from etl.view import Entry, Line, Run, build_view
from models.change import Weight
from models.digest import Digest

_MARKS = {"plain": "", "strong": "**", "emphasis": "*"}


def render_markdown(digest: Digest, minimum_weight: Weight) -> str:
    """Return the letter as Markdown text; the same digest gives the same bytes."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("etl"),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701  the output is Markdown; `md` escapes for it
        trim_blocks=False,
        keep_trailing_newline=True,
    )
    environment.filters["md"] = _escape_own
    template = environment.get_template("digest.md.j2")
    text = template.render(letter=build_view(digest, minimum_weight), entry_lines=_render_entry)
    return re.sub(r"\n{3,}", "\n\n", text)


def _escape_own(text: str) -> str:
    """Escape a sentence of ours: it holds names from outside, but is never cut."""
    return escape_markdown(text, longest=None)


def _render_entry(entry: Entry) -> list[str]:
    title = " ".join(filter(None, (_render_line(line) for line in (entry.head, (entry.name,), entry.title))))
    about = [escape_markdown(fact, longest=None) for fact in entry.about]
    lines = [_render_line(line) for line in entry.lines]
    if entry.is_brief:
        return [" · ".join([title, *about, *lines])]
    return [title, *([" · ".join(about)] if about else []), *lines]


def _render_line(line: Line) -> str:
    """Return a line; only what stands first in it could begin a list."""
    return "".join(_render_run(run, begins_line=place == 0) for place, run in enumerate(line))


def _render_run(run: Run, *, begins_line: bool) -> str:
    text, mark = run.text, _MARKS[run.style]
    # Marks hold only where they touch words.
    before, after = (" " * text.startswith(" "), " " * text.endswith(" ")) if text.strip() else ("", "")
    shown = escape_markdown(text, longest=None, begins_line=begins_line and not mark)
    return f"{before}{mark}{f'[{shown}]({run.url})' if run.url else shown}{mark}{after}"
