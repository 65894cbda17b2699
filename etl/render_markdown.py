"""A digest as GitHub-flavoured Markdown. All text from outside is escaped; links lead to three hosts only."""

from __future__ import annotations

import re
from collections.abc import Iterator

import jinja2

from etl.wording import count, show_day, show_distance, show_phases, show_span, show_stated_date, show_status
from models.change import Weight
from models.digest import Digest, PaperItem, Section, StatusMove, TrialItem, ValueMove

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#])")
_LINE_START = re.compile(r"^([-+=]|\d+[.)])")
# Marks that change the reading direction, and control characters, can make a line say something else.
_INVISIBLE = re.compile(r"[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_LONGEST_TEXT = 300
_NAMES = {
    "registry_state": "In the registry",
    "why_stopped": "Reason in the record",
    "start_date": "Start",
    "primary_completion_date": "Primary completion",
    "completion_date": "Completion",
    "enrollment": "Enrollment",
}

_STANDINGS = {"listed": "listed", "missing": "not in its answers", "gone": "no longer found by number"}


def render_markdown(digest: Digest, minimum_weight: Weight) -> str:
    """Return the letter as Markdown text; the same digest gives the same bytes."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("etl"),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701  the output is Markdown; `md` escapes for it
        trim_blocks=False,
        keep_trailing_newline=True,
    )
    environment.filters["md"] = escape_markdown
    template = environment.get_template("digest.md.j2")
    text = template.render(
        digest=digest,
        minimum_weight=minimum_weight,
        span=show_span(digest.since, digest.until),
        count=count,
        proved_line=f"All {count(digest.items, 'watch item')} were proved on all {count(digest.nights, 'night')}.",
        groups=_list_groups,
        trial_lines=_render_trial,
        paper_line=_render_paper,
        notice_line=_render_notice,
    )
    return re.sub(r"\n{3,}", "\n\n", text)


def escape_markdown(text: str) -> str:
    """Return a text that Markdown shows as it is: one line, no markup, no HTML, no links, bounded in length."""
    line = " ".join(_INVISIBLE.sub(" ", text).split())
    if len(line) > _LONGEST_TEXT:
        line = line[: _LONGEST_TEXT - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
    line = _SPECIAL.sub(r"\\\1", line.replace("&", "&amp;"))
    # A bare address would become a link on GitHub.
    line = re.sub(r"(?i)\b(https?|ftp|mailto|www)([:.])", "\\1\N{ZERO WIDTH NON-JOINER}\\2", line)
    return _LINE_START.sub(r"\\\1", line)


def _list_groups(section: Section) -> list[tuple[str, tuple[TrialItem, ...]]]:
    return [
        ("Stopped or paused", section.stopped),
        ("Other status moves", section.moved),
        ("Dates and enrollment", section.dated),
        ("New trials", section.fresh),
    ]


def _render_trial(item: TrialItem) -> list[str]:
    title = f"[{item.nct_id}]({item.url}) {escape_markdown(item.title)}"
    about = [show_phases(item.phases), escape_markdown(item.sponsor)]
    about += [f"also {', '.join(map(escape_markdown, item.targets))}"] if item.targets else []
    lines = [f"{_render_head(item)} {title}".strip(), " · ".join(filter(None, about))]
    lines += [line for move in item.moves for line in _render_move(move)]
    lines += [_render_value(value) for value in item.values if item.moves or value is not _find_headline(item)]
    if not item.moves and not item.values:
        public = f", public {show_day(item.first_post_date)}" if item.first_post_date else ""
        lines.append(f"{show_status(item.status)}{public}.")
    return [line for line in lines if line]


def _render_head(item: TrialItem) -> str:
    if item.moves:
        # Moves of one span are told as one chain: Recruiting → Suspended → Recruiting.
        chain = [item.moves[0].old_status, *(move.new_status for move in item.moves)]
        return f"**{' → '.join(map(show_status, chain))}**"
    headline = _find_headline(item)
    return f"**{_render_value(headline).rstrip('.')}**" if headline else ""


def _find_headline(item: TrialItem) -> ValueMove | None:
    """Return the value that heads a trial whose status did not move; values come in order of weight."""
    return next(iter(item.values), None)


def _render_move(move: StatusMove) -> Iterator[str]:
    if move.transition in ("stop", "pause"):
        reason = (
            f"\N{LEFT DOUBLE QUOTATION MARK}{escape_markdown(move.why_stopped)}\N{RIGHT DOUBLE QUOTATION MARK}"
            if move.why_stopped
            else ""
        )
        yield f"Reason in the record: {reason}" if reason else "No reason in the record."
    if move.new_status == "WITHDRAWN":
        yield "Withdrawn: before anyone enrolled."
    if move.new_status in ("UNKNOWN", "WITHHELD"):
        yield f"Set by the registry, first served {show_day(move.observed_on)}."
    elif move.source_submit_date and move.source_post_date:
        days = (move.source_post_date - move.source_submit_date).days
        yield (
            f"Sponsor dated {show_day(move.source_submit_date)}, public {show_day(move.source_post_date)} "
            f"({count(days, 'day')})."
        )
    else:
        yield f"First served {show_day(move.observed_on)}."


def _render_value(value: ValueMove) -> str:
    old, new = (
        _show_value(value.kind, value.old_value, value.old_type),
        _show_value(value.kind, value.new_value, value.new_type),
    )
    distance = show_distance(value.old_value, value.new_value) if value.action in ("slipped", "pulled_in") else ""
    return f"{_NAMES[value.kind]} {old} → {new}{', ' if distance else ''}{distance}."


def _show_value(kind: str, value: str | None, certainty: str | None) -> str:
    if value is None:
        return "none" if kind == "why_stopped" else "not stated"
    if kind == "registry_state":
        return _STANDINGS.get(value, escape_markdown(value))
    if kind == "why_stopped":
        return f"“{escape_markdown(value)}”"
    shown = value if kind == "enrollment" else show_stated_date(value)
    return f"{escape_markdown(shown)} ({certainty.lower()})" if certainty else escape_markdown(shown)


def _render_paper(paper: PaperItem) -> str:
    where = ", ".join(
        filter(
            None, (f"*{escape_markdown(paper.journal)}*" if paper.journal else "", escape_markdown(paper.pub_date_text))
        )
    )
    trials = f" ({', '.join(paper.nct_ids)})" if paper.nct_ids else ""
    title = escape_markdown(paper.title.rstrip("."))
    return f"[PMID {paper.pmid}]({paper.url}) {title}. {where}{trials}".rstrip()


def _render_notice(paper: PaperItem) -> str:
    word = "Retracted" if paper.event == "retracted" else "Expression of concern"
    notice = f", notice {paper.notice_pmid}" if paper.notice_pmid else ""
    return f"**{word}** [PMID {paper.pmid}]({paper.url}) {escape_markdown(paper.title.rstrip('.'))}{notice}"
