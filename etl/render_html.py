"""A digest as an HTML mail: one column of tables, styles inlined, nothing remote, small enough not to be clipped."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

import css_inline
import jinja2
import msgspec

from etl.chips import LOOKS, find_look
from etl.html_templates import build_environment
from etl.status_signs import find_sign
from etl.view import Entry, Group, Part, Run, View, build_view
from etl.view.pieces import Cell
from etl.wording import count, shorten, show_status
from models.change import WEIGHTS, Weight
from models.digest import GROUPS, Digest, Section

LARGEST_HTML = 90_000  # bytes; Gmail clips a mail at about 102,000
_NARROWEST = 10  # percent of the bar that a cell has at least
_MOST_ENTRIES = (150, 90, 60, 40, 20, 10, 5, 2, 1)
_LONGEST_STATUS = 60
_SHORT_TITLE = 80
_MOST_WRITTEN = 400  # entries; more never fit, and are not written to find that out


def render_html(digest: Digest, minimum_weight: Weight) -> str:
    """Return the letter as a whole HTML document; the same digest gives the same bytes.

    One that would be clipped tells more and more of its trials in one line, then only counts the lightest; the text
    twin holds them all, and the letter says so.
    """
    template = _read_template()
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True)
    html = ""
    for letter in _list_views(digest, minimum_weight):
        if _count_entries(letter) > _MOST_WRITTEN:
            continue
        html = inliner.inline(template.render(letter=letter, looks=LOOKS)) + "\n"
        if len(html.encode()) < LARGEST_HTML:
            break
    return html


@functools.cache
def _read_template() -> jinja2.Template:
    environment = build_environment()
    environment.globals.update(
        find_look=find_look,
        find_glyph=lambda status: find_sign(status)[0],
        show_status=lambda status: shorten(show_status(status), _LONGEST_STATUS),
        find_widths=find_widths,
    )
    return environment.get_template("digest.html.j2")


def find_widths(bar: Sequence[Cell]) -> list[int]:
    """Return how wide each cell of a bar is, in whole percents that sum to 100; none is too narrow to be read."""
    total = sum(cell.number for cell in bar)
    free = 100 - _NARROWEST * len(bar)
    widths = [_NARROWEST + free * cell.number // total for cell in bar]
    widths[widths.index(max(widths))] += 100 - sum(widths)
    return widths


def _list_views(digest: Digest, minimum_weight: Weight) -> Iterator[View]:
    """Yield a letter whole, then ever shorter."""
    yield build_view(digest, minimum_weight)
    for place in (2, 1, 0):  # medium and less in one line, then high, then all
        shorter = _brief(digest, WEIGHTS[place:])
        yield build_view(shorter, minimum_weight)
    letter = _tighten(build_view(_brief(digest, WEIGHTS), minimum_weight))
    yield letter
    for most in _MOST_ENTRIES:
        yield msgspec.structs.replace(letter, parts=tuple(_cut_part(part, most) for part in letter.parts))
    kept = len(letter.parts)
    while kept := kept // 2:
        shown = tuple(_cut_part(part, 1) for part in letter.parts[:kept])
        yield msgspec.structs.replace(
            letter,
            parts=shown,
            band=f"{letter.band} {_say_more(len(letter.parts) - kept, 'section')}".strip(),
            older=(),
            summary=letter.summary[:3],
        )


def _count_entries(letter: View) -> int:
    return sum(len(group.entries) for part in letter.parts for group in part.groups)


def _brief(digest: Digest, weights: Sequence[Weight]) -> Digest:
    return msgspec.structs.replace(digest, sections=tuple(_brief_section(part, weights) for part in digest.sections))


def _brief_section(section: Section, weights: Sequence[Weight]) -> Section:
    groups = {
        name: tuple(
            msgspec.structs.replace(item, is_brief=item.is_brief or item.weight in weights)
            for item in getattr(section, name)
        )
        for name in GROUPS
    }
    return msgspec.structs.replace(section, **groups)


def _tighten(letter: View) -> View:
    """Return a letter whose entries say what moved, the beginning of the title, and when."""
    parts = [
        msgspec.structs.replace(
            part,
            groups=tuple(
                msgspec.structs.replace(group, entries=tuple(map(_tighten_entry, group.entries)))
                for group in part.groups
            ),
        )
        for part in letter.parts
    ]
    return msgspec.structs.replace(letter, parts=tuple(parts))


def _tighten_entry(entry: Entry) -> Entry:
    title = "".join(run.text for run in entry.title)
    return msgspec.structs.replace(
        entry, title=(Run(shorten(title, _SHORT_TITLE)),), about=entry.about[:1], lines=entry.lines[-1:], is_brief=True
    )


def _cut_part(part: Part, most: int) -> Part:
    return msgspec.structs.replace(part, groups=tuple(_cut_group(group, most) for group in part.groups))


def _cut_group(group: Group, most: int) -> Group:
    more = len(group.entries) - most
    if more <= 0:
        return group
    return msgspec.structs.replace(
        group, entries=group.entries[:most], more=(_say_more(more, "item"), *group.more[:most])
    )


def _say_more(number: int, noun: str) -> str:
    return f"{count(number, f'more {noun}')}: the plain text of this letter holds all of it."
