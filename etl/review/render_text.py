"""A living review on a terminal: lines of styled pieces, wrapped to a width. It knows no colours and no terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Collection, Iterator
from itertools import groupby

from etl.review import lines
from etl.review.words import SIGNS, VERDICT_WORDS, quote, show_iso
from etl.styled import Line, Piece, Style
from etl.wording import count, flatten
from models.review_page import ClaimPage, ReviewPage

_DEFAULT = ("claims", "week", "due", "open")
_STYLES: dict[str, Style] = {
    "stands": "course",
    "outdated": "stop",
    "outdated_at_press": "stop",
    "record_contradicts": "pause",
    "cannot_tell": "dim",
}
_NARROWEST = 40
_VERDICT_WIDTH = 24
_MOST_DUE = 15


def render_text(page: ReviewPage, width: int | None, parts: Collection[str] = ()) -> Iterator[Line]:
    """Yield the lines of a living review. `width` in columns; None wraps nothing. `parts`: none are the usual ones."""
    wanted = parts or _DEFAULT
    yield from _wrap(f"{page.title}, printed {page.printed}", "", width, "bold")
    if page.note:
        yield from _wrap(page.note, "", width, "dim")
    yield from _wrap(lines.describe_counts(page), "", width)
    yield from _wrap(lines.describe_week(page), "", width)
    yield from _wrap(lines.describe_reading(page), "", width)
    for part in lines.PARTS:
        if part in wanted:
            yield from _RENDER[part](page, width)
    left = [part for part in lines.PARTS if part not in wanted]
    yield []
    if left:
        yield from _wrap(f"Also: {', '.join(f'--part {part}' for part in left)}. {lines.NOT_READ}", "", width, "dim")
    else:
        yield from _wrap(lines.NOT_READ, "", width, "dim")


def _render_claims(page: ReviewPage, width: int | None) -> Iterator[Line]:
    for section, claims in groupby(page.claims, key=lambda one: one.section):
        yield []
        yield from _wrap(section, "", width, "bold")
        for claim in claims:
            yield from _render_claim(claim, width)


def _render_claim(claim: ClaimPage, width: int | None) -> Iterator[Line]:
    head = f"{SIGNS[claim.verdict]} {VERDICT_WORDS[claim.verdict]}"
    first, *more = _wrap(f"{lines.describe_cited(claim)} · said: {claim.said}", " " * _VERDICT_WIDTH, width)
    yield [Piece(f"  {head}".ljust(_VERDICT_WIDTH), _STYLES[claim.verdict]), Piece(first[0].text[_VERDICT_WIDTH:])]
    yield from more
    yield from _wrap(flatten(claim.statement), "      ", width)
    yield from _wrap(lines.describe_reason(claim, show_iso), "      → ", width)
    for text in lines.list_also(claim, show_iso):
        yield from _wrap(f"also: {text}", "        ", width, "dim")


def _render_week(page: ReviewPage, width: int | None) -> Iterator[Line]:
    yield []
    yield [Piece("Since last week", "bold")]
    if not page.moved:
        yield from _wrap(lines.describe_still(page, f"{page.week_since:%Y-%m-%d %H:%M} UTC"), "  ", width)
    for one in page.moved:
        yield from _wrap(
            f"{lines.name_move(one)} · {one.moved_at:%Y-%m-%d} · {one.claim}", "  ", width, _STYLES[one.new_verdict]
        )
        yield from _wrap(flatten(one.statement), "      ", width)
        yield from _wrap(lines.describe_move(one, show_iso), "      → ", width)


def _render_printing(page: ReviewPage, width: int | None) -> Iterator[Line]:
    yield []
    yield [Piece(f"Changed since printing ({page.printed})", "bold")]
    told, others = lines.split_since(page)
    for one in told:
        yield from _wrap(f"{one.nct_id}  {flatten(one.title)}", "  ", width)
        for text in lines.list_since(one, show_iso):
            yield from _wrap(text, "      ", width)
    if others:
        yield from _wrap(others, "  ", width)


def _render_agents(page: ReviewPage, width: int | None) -> Iterator[Line]:
    yield []
    yield [Piece("Agents", "bold")]
    for card in page.agents:
        yield [Piece("  "), Piece(card.agent, "bold")]
        for text in lines.describe_agent(card, show_iso):
            yield from _wrap(text, "      ", width)


def _render_due(page: ReviewPage, width: int | None) -> Iterator[Line]:
    yield []
    yield [Piece("Results due in the registry", "bold")]
    for is_cited, group in groupby(page.readouts, key=lambda one: one.is_cited):
        own = list(group)
        yield [Piece("  trials that the review cites" if is_cited else "  other trials of its agents", "dim")]
        for one in own[:_MOST_DUE]:
            yield from _wrap(lines.describe_readout(one, show_iso), "  ", width)
        if len(own) > _MOST_DUE:
            yield from _wrap(f"{count(len(own) - _MOST_DUE, 'more trial')}; --format json has all", "  ", width, "dim")
    if not page.readouts:
        yield from _wrap(lines.NOTHING_DUE, "  ", width)


def _render_results(page: ReviewPage, width: int | None) -> Iterator[Line]:
    yield []
    yield [Piece("Posted results, as posted", "bold")]
    yield from _wrap("Beside what the review says; no verdict on an effect is made.", "  ", width, "dim")
    for trial, claims in lines.list_reported(page):
        yield from _wrap(f"{trial.nct_id}  {flatten(trial.title)}", "  ", width)
        for claim in claims:
            yield from _wrap(f"the review: {flatten(claim.statement)}", "      ", width)
        for outcome in trial.outcomes:
            yield from _wrap(lines.describe_outcome(outcome), "      ", width, "bold")
            if outcome.population:
                yield from _wrap(f"analysed: {quote(outcome.population)}", "        ", width, "dim")
            for value in lines.list_values(outcome):
                yield from _wrap(lines.describe_value(value), "        ", width)
            for analysis in outcome.analyses:
                yield from _wrap(f"analysis: {flatten(analysis)}", "        ", width)


def _render_open(page: ReviewPage, width: int | None) -> Iterator[Line]:
    if page.unresolved:
        yield []
        yield [Piece("Open: what resolves to nothing", "bold")]
        for text in page.unresolved:
            yield from _wrap(flatten(text), "  ", width)


_RENDER: dict[str, Callable[[ReviewPage, int | None], Iterator[Line]]] = {
    "claims": _render_claims,
    "week": _render_week,
    "printing": _render_printing,
    "agents": _render_agents,
    "due": _render_due,
    "results": _render_results,
    "open": _render_open,
}


def _wrap(text: str, lead: str, width: int | None, style: Style = "") -> Iterator[Line]:
    text = flatten(text)
    if width is None:
        yield [Piece(f"{lead}{text}", style)]
        return
    room = max(width, _NARROWEST)
    rest = " " * len(lead)
    for line in textwrap.wrap(text, room, initial_indent=lead, subsequent_indent=rest, break_on_hyphens=False):
        yield [Piece(line, style)]
