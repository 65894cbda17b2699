"""A letter in at most three lines: the sections with most weight first, then the papers. Plain text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from etl.wording import count, join, lower_first, show_status
from models.digest import PaperItem, Section, TrialItem

REST = "Other watched trials"  # the section of trials without a target or pathway
_SECTIONS = 2  # told in a line each; the last line is for the rest and the papers
_MOST_PARTS = 3  # of the trials whose status did not move
# What a trial is counted under, by its gravest change; the first that fits.
_PHRASES = {
    ("why_stopped", ""): "with another reason",
    ("results", "posted"): "with results posted",
    ("results", "withdrawn"): "with results withdrawn",
    ("results", "submitted"): "with results submitted",
    ("results", "overdue"): "with results overdue",
    ("retraction", "added"): "citing a retracted paper",
    ("reference", ""): "with a paper linked",
    ("primary_outcome", ""): "with primary outcomes changed",
    ("arm", "closed"): "with an arm closed",
    ("arm", ""): "with arms changed",
    ("intervention", ""): "with interventions changed",
    ("phase", ""): "in another phase",
    ("sponsor", "lead"): "with another sponsor",
    ("start_date", ""): "with start moved",
    ("primary_completion_date", ""): "with primary completion moved",
    ("completion_date", ""): "with completion moved",
    ("enrollment", ""): "with enrollment changed",
    ("country", ""): "with countries changed",
    ("site", ""): "with sites changed",
}
_GROUPS = {
    "moved": "with the record moved",
    "reported": "with news of results",
    "designed": "with protocol changes",
    "dated": "with new dates, enrollment or sites",
    "edited": "with other edits",
}


def summarise(sections: Sequence[Section], claims: int = 0) -> list[str]:
    """Return the lines; none where there is nothing to tell. `claims` counts those whose verdict moved."""
    told = [(section, parts) for section in sections if (parts := _summarise_section(section))]
    told.sort(key=lambda pair: (-len(pair[0].stopped), -len(pair[0].moved), pair[0].name))
    lines = [f"{section.name}: {join(parts)}." for section, parts in told[:_SECTIONS]]
    more = [section.name for section, _ in told[_SECTIONS:] if section.name != REST]
    more += [lower_first(REST) for section, _ in told[_SECTIONS:] if section.name == REST]
    events = Counter(notice.event for section in sections for notice in section.notices)
    retracted, withdrawn = events["retracted"], events["retraction_withdrawn"]
    rest = _count_papers([paper for section in sections for paper in section.papers])
    rest += [count(retracted, "retraction")] if retracted else []
    rest += [f"{count(withdrawn, 'retraction')} withdrawn"] if withdrawn else []
    rest += [f"{count(claims, 'verdict')} on the review moved"] if claims else []
    line = "; ".join(filter(None, [f"Also news on {join(more)}" if more else "", ", ".join(rest)]))
    return [*lines, f"{line}."] if line else lines


def _count_papers(papers: Sequence[PaperItem]) -> list[str]:
    """Return how many papers are new, and apart from them how many are told for what they name since a revision."""
    late = [paper for paper in papers if paper.event == "now_mentions"]
    fresh = len(papers) - len(late)
    parts = [count(fresh, "new paper")] if fresh else []
    if not late:
        return parts
    names = {paper.names for paper in late}
    what = join(list(late[0].names)) if len(names) == 1 and late[0].names else "a watched target"
    return [*parts, f"{count(len(late), 'paper')} now {'names' if len(late) == 1 else 'name'} {what}"]


def _summarise_section(section: Section) -> list[str]:
    stops = Counter(item.moves[-1].new_status for item in section.stopped)
    parts = [
        f"{count(number, 'trial') if place == 0 else number} listed as {show_status(status).lower()}"
        for place, (status, number) in enumerate(sorted(stops.items()))
    ]
    parts += _count_moves(section)
    parts += _count_phrases(section)
    fresh = sum(item.is_new for item in (*section.stopped, *section.fresh))
    return [*parts, count(fresh, "new trial")] if fresh else parts


def _count_moves(section: Section) -> list[str]:
    """Return how many trials came to which status without stopping, what went and came back apart."""
    ends = Counter(item.moves[-1].new_status for item in section.moved if item.moves and not item.is_reversed)
    back = sum(item.is_reversed for item in section.moved if item.moves)
    if len(ends) > _MOST_PARTS:
        parts = [count(ends.total(), "other status move" if section.stopped else "status move")]
    else:
        parts = [f"{count(ends[status], 'trial')} listed as {show_status(status).lower()}" for status in sorted(ends)]
    return [*parts, f"{count(back, 'trial')} there and back"] if back else parts


def _count_phrases(section: Section) -> list[str]:
    """Return how many trials had which change, the gravest group first, in few parts."""
    groups: dict[str, list[TrialItem]] = {}
    for group in _GROUPS:
        for item in getattr(section, group):
            if not item.moves:
                groups.setdefault(_find_phrase(item, group), []).append(item)
    parts = list(groups.items())
    more = sum(len(items) for _, items in parts[_MOST_PARTS:])
    told = [f"{count(len(items), 'trial')} {_show_distance(phrase, items)}" for phrase, items in parts[:_MOST_PARTS]]
    return [*told, f"{more} with other changes"] if more else told


def _show_distance(phrase: str, items: Sequence[TrialItem]) -> str:
    """Return a phrase; of a date that moved in one trial alone it says how far."""
    notes = [note for note in items[0].lines[0].notes if note.endswith((" later", " earlier"))]
    return phrase.replace(" moved", f" {notes[0]}") if len(items) == 1 and notes else phrase


def _find_phrase(item: TrialItem, group: str) -> str:
    line = item.lines[0]
    told = {(line.kind, action) for action in (*line.actions, "")}
    return next((phrase for case, phrase in _PHRASES.items() if case in told), _GROUPS[group])
