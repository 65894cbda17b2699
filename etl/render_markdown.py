"""A digest as GitHub-flavoured Markdown. All text from outside is escaped; links lead to three hosts only."""

from __future__ import annotations

import re
from collections.abc import Iterator

import jinja2
import msgspec

from etl.escaping import escape_markdown
from etl.letter import show_reason
from etl.wording import count, join, shorten, show_day, show_phases, show_span, show_stated_date, show_status
from models.change import Weight
from models.digest import ChangeLine, Digest, LinkedTrial, PaperItem, Section, TrialItem, Update

_RECORD_ID = re.compile(r"NCT[0-9]{8}|[0-9]{1,10}")
_LONGEST_HEADLINE = 90
_MOST_UPDATES = 3
_MOST_LINKED = 5
_SET_BY_REGISTRY = ("UNKNOWN", "WITHHELD")
_NOTICES = {
    "retracted": "Retracted",
    "retraction_withdrawn": "Retraction withdrawn",
    "concern": "Expression of concern",
    "corrected": "Corrected",
    "deleted": "No longer in PubMed",
    "merged": "No longer in PubMed",
    "restored": "In PubMed again",
}


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
        paper_lines=_render_paper,
        notice_lines=_render_notice,
    )
    return re.sub(r"\n{3,}", "\n\n", text)


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
        ("Results and linked papers", section.reported),
        ("Protocol and sponsor", section.designed),
        ("Dates, enrollment and sites", section.dated),
        ("Other edits", section.edited),
        ("New trials", section.fresh),
    ]


def _render_trial(item: TrialItem) -> list[str]:
    title = f"{_render_head(item)} {_link('', item.nct_id, item.url)} {escape_markdown(item.title)}".strip()
    if item.is_brief:
        return [" · ".join([title, *_render_briefly(item)])]
    about = [escape_markdown(show_phases(item.phases)), escape_markdown(item.sponsor)]
    about += [f"also {', '.join(map(escape_markdown, item.targets))}"] if item.targets else []
    lines = [title, " · ".join(filter(None, about)), *_render_moves(item)]
    lines += [_end(_render_line(line)) for line in _list_lines(item)]
    return [line for line in (*lines, _render_updates(item), _render_state(item)) if line]


def _render_head(item: TrialItem) -> str:
    if item.moves:
        # Moves of one span are told as one chain: Recruiting → Suspended → Recruiting.
        chains = [" → ".join(escape_markdown(show_status(status)) for status in chain) for chain in item.chains]
        return f"**{' … '.join(chains)}**{', there and back' if item.is_reversed else ''}"
    if not item.lines:
        return ""
    line = item.lines[0]
    return _join_notes(f"**{_escape_own(line.told)}**", line) if _is_headline(line) else f"**{_escape_own(line.head)}**"


def _render_briefly(item: TrialItem) -> Iterator[str]:
    """Yield what must be said of a trial even in one line."""
    if any(move.new_status in _SET_BY_REGISTRY for move in item.moves):
        yield "set by the registry"
    lines = _list_lines(item)
    if lines and not item.moves and len(lines) == len(item.lines):
        # What did not fit into the head is begun here.
        first = lines[0]
        yield _render_line(msgspec.structs.replace(first, told=shorten(first.told, _LONGEST_HEADLINE)))
        lines = lines[1:]
    if lines:
        yield count(len(lines), "other change")


def _list_lines(item: TrialItem) -> tuple[ChangeLine, ...]:
    """Return the lines below the head: of the one that stands in the head, what it does not say already."""
    if item.moves or not item.lines:
        return item.lines
    first, *rest = item.lines
    if _is_headline(first):
        return tuple(rest)
    said = f"{first.head}: "
    if first.told.startswith(said):
        told = first.told.removeprefix(said)
        first = msgspec.structs.replace(first, told=told[0].upper() + told[1:], is_marked=False)
    return first, *rest


def _is_headline(line: ChangeLine) -> bool:
    """A sentence that is short enough stands beside the title; of another a few words do, and it follows below."""
    return len(line.told) <= _LONGEST_HEADLINE and not line.pmids


def _render_line(line: ChangeLine) -> str:
    told = _escape_own(line.told)
    if line.is_marked and line.told.startswith(line.head):
        told = f"**{_escape_own(line.head)}**{_escape_own(line.told[len(line.head) :])}"
    for pmid in line.pmids:
        link = _link("PMID", pmid, f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/")
        found = re.search(rf"(?<!\[)\bPMID {re.escape(pmid)}\b", told)
        told = f"{told[: found.start()]}{link}{told[found.end() :]}" if found else f"{told} {link}"
    return _join_notes(told, line)


def _join_notes(told: str, line: ChangeLine) -> str:
    return ", ".join([told, *(escape_markdown(note, longest=None, begins_line=False) for note in line.notes)])


def _end(sentence: str) -> str:
    return sentence if sentence.endswith(".\N{RIGHT DOUBLE QUOTATION MARK}") else f"{sentence}."


def _render_moves(item: TrialItem) -> Iterator[str]:
    for move in item.moves:
        if move.transition in ("stop", "pause"):
            reason = escape_markdown(show_reason(move.why_stopped, move.stop_class), longest=None)
            said = f"Reason in the record: {reason}" if move.why_stopped else "No reason in the record."
            # Of several moves, the one a reason is for is named.
            name = f"{escape_markdown(show_status(move.new_status))}: " if len(item.moves) > 1 else ""
            yield name + (said[0].lower() + said[1:] if name else said)
        if move.new_status == "WITHDRAWN":
            yield "Withdrawn: before anyone enrolled."
        if move.new_status in _SET_BY_REGISTRY and not _is_registry_alone(item):
            yield f"{escape_markdown(show_status(move.new_status))}: set by the registry."


def _is_registry_alone(item: TrialItem) -> bool:
    """Whether all there is to tell is a status that the registry set without an update of the sponsor's."""
    is_set = len(item.moves) == 1 and item.moves[0].new_status in _SET_BY_REGISTRY
    return is_set and len(item.updates) == 1 and item.updates[0].source_submit_date is None


def _render_updates(item: TrialItem) -> str:
    """Return when all this was submitted, and when it was public."""
    updates = item.updates
    if not updates:
        return ""
    if _is_registry_alone(item):
        return f"Set by the registry, {_show_update(updates[0])}."
    if len(updates) > _MOST_UPDATES:
        first, last = updates[0], updates[-1]
        return f"{count(len(updates), 'update')}: {_show_update(first)}, to {_show_update(last)}."
    told = "; then ".join(_show_update(one).removeprefix("sponsor dated ") for one in updates)
    told = told if told.startswith("first") else f"sponsor dated {told}"
    return f"{told[0].upper()}{told[1:]}."


def _show_update(update: Update) -> str:
    missed = ", missed between two nightly runs" if update.is_gap else ""
    submitted, posted = update.source_submit_date, update.source_post_date
    if submitted is None or posted is None:
        return f"first served {show_day(update.served_on)}{missed}"
    days = count((posted - submitted).days, "day")
    return f"sponsor dated {show_day(submitted)}, public {show_day(posted)} ({days}){missed}"


def _render_state(item: TrialItem) -> str:
    """Return what else a reader should know of where the trial stands."""
    public = f"public {show_day(item.first_post_date)}" if item.first_post_date else ""
    status = escape_markdown(show_status(item.status))
    if not item.moves and not item.lines:
        return f"{', '.join(filter(None, (status, public)))}."
    if item.is_new:
        return f"New{', first ' if public else ''}{public}."
    return f"Now listed as {status}." if item.moves and item.moves[-1].new_status != item.status else ""


def _render_paper(paper: PaperItem) -> list[str]:
    earlier = ""
    if paper.event == "now_mentions":
        names = join([escape_markdown(name) for name in paper.names])
        earlier = f"Names {names} since a revision." if names else "Entered earlier, found since a revision."
    return [line for line in (_cite(paper), earlier, _render_links(paper)) if line]


def _render_notice(paper: PaperItem) -> list[str]:
    notice = f" Notice {escape_markdown(paper.related_pmid)}." if paper.related_pmid else ""
    if paper.event == "merged":
        notice = f" Its DOI is that of PMID {escape_markdown(paper.related_pmid or '')}."
    links = _render_links(paper) or "Linked to no tracked trial."
    return [f"**{_NOTICES[paper.event]}** {_cite(paper)}{notice}", links]


def _cite(paper: PaperItem) -> str:
    """Return a paper's number, title, journal and date."""
    where = ", ".join(
        filter(
            None,
            (
                f"*{escape_markdown(paper.journal)}*" if paper.journal else "",
                escape_markdown(show_stated_date(paper.pub_date_text)) if paper.pub_date_text else "",
            ),
        )
    )
    title = escape_markdown(paper.title.rstrip("."))
    return f"{_link('PMID', paper.pmid, paper.url)} {title}. {where}".rstrip() + ("." if where else "")


def _render_links(paper: PaperItem) -> str:
    """Return the trials a paper is tied to; those the letter tells of are not linked once more."""
    shown = [_render_linked(trial) for trial in paper.trials[:_MOST_LINKED]]
    more = len(paper.trials) - len(shown)
    shown += [f"{more} more"] if more else []
    return f"Linked {'trial' if len(paper.trials) == 1 else 'trials'}: {'; '.join(shown)}." if shown else ""


def _render_linked(trial: LinkedTrial) -> str:
    number = escape_markdown(trial.nct_id) if trial.is_told else _link("", trial.nct_id, trial.url)
    notes = [escape_markdown(show_status(trial.status))] if trial.status else []
    notes += ["cites it as background"] if trial.is_background else []
    notes += ["link no longer stated"] if trial.is_former else []
    title = f" {escape_markdown(trial.title.rstrip('.'))}" if trial.title and not trial.is_told else ""
    return f"{number}{title}" + (f" ({', '.join(notes)})" if notes else "")
