"""A digest as GitHub-flavoured Markdown. All text from outside is escaped; links lead to three hosts only."""

from __future__ import annotations

import re
from collections.abc import Iterator

import jinja2

from etl.wording import count, show_day, show_distance, show_phases, show_span, show_stated_date, show_status
from models.change import Weight
from models.digest import Digest, PaperItem, Section, StatusMove, TrialItem, ValueMove

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#])")
# What would begin a list or underline a heading at the start of a line.
_LINE_START = re.compile(r"^(\d*)([-+=]|(?<=\d)[.)])")
# What GitHub would make a link of without being asked.
_BARE_LINK = re.compile(r"(?i)((?<![A-Za-z0-9])(?:https?|ftp|mailto|www)(?=[:.])|@)")
# Marks that change the reading direction, and control characters, can make a line say something else.
_INVISIBLE = re.compile(r"[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_RECORD_ID = re.compile(r"NCT[0-9]{8}|[0-9]{1,10}")
_LONGEST_TEXT = 300
_NAMES = {
    "registry_state": "Registry record",
    "why_stopped": "Reason in the record",
    "start_date": "Start",
    "primary_completion_date": "Primary completion",
    "completion_date": "Completion",
    "enrollment": "Enrollment",
}

_STANDINGS = {"listed": "listed", "missing": "missing from its answers", "gone": "no longer found by number"}


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


def escape_markdown(text: str, longest: int | None = _LONGEST_TEXT) -> str:
    """Return a text that Markdown shows as it is: one line, no markup, no HTML, no links, bounded in length."""
    line = " ".join(_INVISIBLE.sub(" ", text).split())
    if longest and len(line) > longest:
        line = line[: longest - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
    line = _SPECIAL.sub(r"\\\1", line.replace("&", "&amp;"))
    line = _BARE_LINK.sub("\\1\N{ZERO WIDTH NON-JOINER}", line)
    return _LINE_START.sub(r"\1\\\2", line)


def _escape_own(text: str) -> str:
    """Escape a sentence of ours: it holds names from outside, but is never cut."""
    return escape_markdown(text, longest=None)


def _link(label: str, record_id: str, url: str) -> str:
    """Return a link to a record; a number that is none is shown, and leads nowhere."""
    shown = f"{label} {record_id}".strip()
    return f"[{shown}]({url})" if _RECORD_ID.fullmatch(record_id) else escape_markdown(shown)


def _list_groups(section: Section) -> list[tuple[str, tuple[TrialItem, ...]]]:
    return [
        ("Stopped or paused", section.stopped),
        ("Other status moves", section.moved),
        ("Dates and enrollment", section.dated),
        ("New trials", section.fresh),
    ]


def _render_trial(item: TrialItem) -> list[str]:
    title = f"{_link('', item.nct_id, item.url)} {escape_markdown(item.title)}"
    about = [escape_markdown(show_phases(item.phases)), escape_markdown(item.sponsor)]
    about += [f"also {', '.join(map(escape_markdown, item.targets))}"] if item.targets else []
    lines = [f"{_render_head(item)} {title}".strip(), " · ".join(filter(None, about))]
    lines += [line for move in item.moves for line in _render_move(move)]
    lines += [_render_value(value) for value in item.values if item.moves or value is not _find_headline(item)]
    public = f"public {show_day(item.first_post_date)}" if item.first_post_date else ""
    if not item.moves and not item.values:
        lines.append(f"{', '.join(filter(None, (escape_markdown(show_status(item.status)), public)))}.")
    elif item.is_new:
        lines.append(f"New{', first ' if public else ''}{public}.")
    return [line for line in lines if line]


def _render_head(item: TrialItem) -> str:
    if item.moves:
        # Moves of one span are told as one chain: Recruiting → Suspended → Recruiting.
        chain = [item.moves[0].old_status, *(move.new_status for move in item.moves)]
        return f"**{' → '.join(escape_markdown(show_status(status)) for status in chain)}**"
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
    return escape_markdown(f"{shown} ({certainty.lower()})" if certainty else shown)


def _render_paper(paper: PaperItem) -> str:
    where = ", ".join(
        filter(
            None,
            (
                f"*{escape_markdown(paper.journal)}*" if paper.journal else "",
                escape_markdown(show_stated_date(paper.pub_date_text)) if paper.pub_date_text else "",
            ),
        )
    )
    trials = f" ({', '.join(map(escape_markdown, paper.nct_ids))})" if paper.nct_ids else ""
    title = escape_markdown(paper.title.rstrip("."))
    earlier = " · entered earlier, names it since a revision" if paper.event == "now_mentions" else ""
    return f"{_link('PMID', paper.pmid, paper.url)} {title}. {where}{trials}{earlier}".rstrip()


def _render_notice(paper: PaperItem) -> str:
    word = "Retracted" if paper.event == "retracted" else "Expression of concern"
    notice = f", notice {escape_markdown(paper.notice_pmid)}" if paper.notice_pmid else ""
    return f"**{word}** {_link('PMID', paper.pmid, paper.url)} {escape_markdown(paper.title.rstrip('.'))}{notice}"
