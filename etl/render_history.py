"""A trial's life on a terminal: lines of styled pieces. It knows no colours and no terminal, only how wide it may be.

What comes from outside stands on one line, without control characters; it is cut only where a width is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from etl.change_words import ChangeWords, describe_change, describe_why, show_reason
from etl.fitting import shorten, shorten_pair
from etl.status_signs import find_sign
from etl.styled import Line, Piece
from etl.wording import count, flatten, show_phases, show_status
from models.change import SET_BY_REGISTRY
from models.trial_life import LifeChange, Spell, TrialLife

_MARKS = {"live": "*", "gap": "*", "backfill": "o", "import": "+"}
_LEGEND = {"*": "live or gap", "o": "back-fill", "+": "import"}
_NO_DATE = "-"
_NARROWEST = 64
_DATES_END = 38  # the column behind the three dates
_LONGEST_WHAT = 40
_LONGEST_ALIGNED = 24  # shorter names of changes stand in a column


def render_history(life: TrialLife, width: int | None = None) -> Iterator[Line]:
    """Yield the lines of a trial's life, newest change first. `width` in columns; None cuts nothing."""
    room = None if width is None else max(width, _NARROWEST)
    yield from _render_head(life, room)
    yield []
    yield [Piece("Status", "bold")]
    yield from map(_render_spell, life.statuses)
    yield []
    yield [Piece("Changes", "bold")]
    yield [Piece("  sponsor     public      first seen", "dim")]
    for _, group in groupby(life.changes, key=lambda change: change.occasion):
        yield from _render_group(list(group), room)
    first = life.first_version
    yield [
        Piece(_MARKS[first.origin], ""),
        Piece(f" {_show(first.source_submit_date)}  {_show(first.source_post_date)}  {first.first_seen_at.date()}"),
        Piece("  first version held"),
    ]
    if life.versions_without_change:
        yield [Piece(f"{count(life.versions_without_change, 'version')} with administrative edits alone", "dim")]
    yield [Piece(_render_legend(life), "dim")]


def _render_head(life: TrialLife, room: int | None) -> Iterator[Line]:
    glyph, style = find_sign(life.overall_status)
    status = f"{glyph} {flatten(show_status(life.overall_status))}"
    title = flatten(life.brief_title or "(no title)")
    left = None if room is None else max(room - len(life.nct_id) - len(status) - 4, 1)
    yield [Piece(life.nct_id, "bold"), Piece(f"  {shorten(title, left)}  "), Piece(status, style)]
    about = [show_phases(life.phases), flatten(life.lead_sponsor or ""), ", ".join(map(flatten, life.targets))]
    yield [Piece(shorten(" · ".join(filter(None, [*about, count(life.versions, "version")])), room))]
    if life.why_stopped:
        yield [Piece(shorten(f"Reason in the record: “{flatten(life.why_stopped)}”", room))]
    if life.overall_status == "UNKNOWN" and life.last_known_status:
        yield [Piece(f"Set by the registry; last known: {flatten(show_status(life.last_known_status))}")]
    yield [Piece(life.url)]
    aliases = f"; also {', '.join(map(flatten, life.aliases))}" if life.aliases else ""
    standing = f"In the registry: {flatten(life.registry_state)}, last checked {life.last_checked_at.date()}{aliases}"
    yield [Piece(shorten(standing, room))]
    for lead, why in zip(("Here because: ", *[" " * 14] * len(life.why_here)), life.why_here, strict=False):
        yield [Piece(shorten(f"{lead}{describe_why(why)}", room))]


def _render_spell(spell: Spell) -> Line:
    glyph, style = find_sign(spell.status)
    until = f"{spell.valid_to}" if spell.valid_to else "          "
    notes = [] if spell.is_start_known else ["from then or earlier"]
    notes += ["first served that day"] if spell.valid_from_basis == "served" else []
    note = f" ({', '.join(notes)})" if notes else ""
    return [
        Piece(f"  {spell.valid_from} – {until}  "),
        Piece(f"{glyph} {flatten(show_status(spell.status))}", style),
        Piece(note, "dim"),
    ]


def _render_group(changes: Sequence[LifeChange], room: int | None) -> Iterator[Line]:
    head = changes[0]
    dates = f" {_show(head.source_submit_date)}  {_show(head.source_post_date)}  {head.observed_at.date()}"
    yield [
        Piece(_MARKS[head.origin]),
        Piece(dates),
        Piece(f"  {shorten(_describe_dates(changes), room and room - _DATES_END)}", "dim"),
    ]
    told = [(change, describe_change(change)) for change in changes]
    column = max((len(words.what) for _, words in told if len(words.what) <= _LONGEST_ALIGNED), default=0)
    for change, words in told:
        yield from _render_change(change, words, column, room)


def _describe_dates(changes: Sequence[LifeChange]) -> str:
    head = changes[0]
    if head.lag_days is not None:
        return f"public after {count(head.lag_days, 'day')}" if head.lag_days > 0 else "public that day"
    served = "" if head.source_day == head.observed_at.date() else f", served {head.source_day}"
    if any(one.kind == "status" and one.new_value in SET_BY_REGISTRY for one in changes):
        return f"set by the registry{served}"
    return f"no sponsor's date{served}"


def _render_change(change: LifeChange, words: ChangeWords, column: int, room: int | None) -> Iterator[Line]:
    lead = Piece(f"|   {change.weight:<6}  ", "dim")
    what = Piece(f"{shorten(words.what, room and _LONGEST_WHAT):<{column}}", "dim" if change.weight == "low" else "")
    note = f" ({words.note})" if words.note else ""
    left = None if room is None else room - len(lead.text) - len(what.text) - 2
    if left is None or len(words.both) + len(note) <= left:
        yield [lead, what, Piece("  "), *_style_values(change, words), Piece(note, "dim")]
    else:
        yield [lead, what, Piece(shorten(note, left), "dim")]
        yield from _render_sides(words, room)
    if reason := show_reason(change):
        told = Piece(f"{'reason':<{column}}  {shorten(reason, left)}")
        yield [Piece(f"|{'':{len(lead.text) - 1}}", "dim"), told]


def _render_sides(words: ChangeWords, room: int | None) -> Iterator[Line]:
    indent = f"|   {'':<10}"
    left = None if room is None else room - len(indent) - 2
    before, after = shorten_pair(words.before, words.after, left)
    if before:
        yield [Piece(indent, "dim"), Piece(f"  {before}")]
    if after:
        yield [Piece(indent, "dim"), Piece(f"{'→' if before else ' '} {after}")]


def _style_values(change: LifeChange, words: ChangeWords) -> Line:
    if change.kind != "status":
        return [Piece(words.both)]
    style = find_sign(change.new_value or "")[1]
    return [Piece(f"{words.before} → "), Piece(words.after, style)]


def _render_legend(life: TrialLife) -> str:
    used = {_MARKS[change.origin] for change in life.changes} | {_MARKS[life.first_version.origin]}
    return "   ".join(f"{mark} {meaning}" for mark, meaning in _LEGEND.items() if mark in used)


def _show(day: object) -> str:
    return f"{day or _NO_DATE!s:<10}"
