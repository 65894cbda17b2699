"""One trial of a letter as an entry: what moved, from what to what, when, and where it stands. It renders nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import msgspec

from etl.letter import show_reason
from etl.view.pieces import Entry, Line, Run, link_record, say
from etl.wording import ELLIPSIS, count, lower_first, shorten, show_day, show_phases, show_status
from models.digest import ChangeLine, TrialItem, Update

LONGEST_TEXT = 300
_LONGEST_HEADLINE = 90
_MOST_UPDATES = 3
_SET_BY_REGISTRY = ("UNKNOWN", "WITHHELD")


def build_trial_entry(item: TrialItem) -> Entry:
    """Return all there is to tell of a trial; briefly, what fits into one line."""
    about = [show_phases(item.phases), shorten(item.sponsor, LONGEST_TEXT)]
    about += [f"also {', '.join(shorten(name, LONGEST_TEXT) for name in item.targets)}"] if item.targets else []
    about += [_show_told(item, item.told_on)] if item.told_on else []
    lines = _list_brief_lines(item) if item.is_brief else _list_whole_lines(item)
    return Entry(
        head=_build_head(item),
        name=link_record(item.nct_id),
        title=say(shorten(item.title, LONGEST_TEXT)),
        about=tuple(filter(None, about)),
        lines=tuple(filter(None, lines)),
        is_brief=item.is_brief,
    )


def _show_told(item: TrialItem, day: dt.date) -> str:
    """Return that, and when, this reader was told before."""
    said = (
        f"sent {show_day(day)}, not known whether it arrived"
        if item.is_told_unsure
        else f"already told {show_day(day)}"
    )
    if item.is_repeated:
        return said
    # What was told may be how it stands, which what is left to tell does not say.
    standing = "" if item.moves or not item.status else f"listed as {_show_status(item.status).lower()}, "
    return f"{standing}part of it {said}"


def explain(reasons: tuple[str, ...]) -> Line:
    """Return why a record is in the letter at all; nothing where that was not asked for."""
    return say(f"Here because: {'; '.join(shorten(reason, LONGEST_TEXT) for reason in reasons)}." if reasons else "")


def _build_head(item: TrialItem) -> Line:
    if item.moves:
        # Moves of one span are told as one chain: Recruiting → Suspended → Recruiting.
        runs: list[Run] = []
        for chain in item.chains:
            runs += [Run(" … ", "strong")] if runs else []
            runs.append(Run(" → ".join(_show_status(status) for status in chain), "strong", statuses=chain))
        return (*runs, *say(", there and back" if item.is_reversed else ""))
    if not item.lines:
        return ()
    line = item.lines[0]
    return (Run(line.told, "strong"), *_add_notes(line)) if _is_headline(line) else (Run(line.head, "strong"),)


def _show_status(status: str) -> str:
    return shorten(show_status(status), LONGEST_TEXT)


def _list_whole_lines(item: TrialItem) -> Iterator[Line]:
    yield from map(say, _show_moves(item))
    for line in _list_lines(item):
        yield _end(_build_line(line))
    yield say(_show_updates(item))
    yield say(_show_state(item))
    yield explain(item.reasons)


def _list_brief_lines(item: TrialItem) -> Iterator[Line]:
    """Yield what must be said of a trial even in one line; the last is when it was."""
    if any(move.new_status in _SET_BY_REGISTRY for move in item.moves):
        yield say("set by the registry")
    lines = _list_lines(item)
    if lines and not item.moves and len(lines) == len(item.lines):
        # What did not fit into the head is begun here.
        yield _build_line(_cut_line(lines[0]))
        lines = lines[1:]
    if lines:
        yield say(count(len(lines), "other change"))
    if item.updates:
        more = f", the last of {count(len(item.updates), 'update')}" if len(item.updates) > 1 else ""
        yield say(f"{_show_update(item.updates[-1])}{more}")
    elif item.noted_on:
        yield say(f"noted on {show_day(item.noted_on)}")
    yield explain(item.reasons)


def _cut_line(line: ChangeLine) -> ChangeLine:
    """Return the beginning of a line, cut between words, with the papers that still stand in it."""
    told = shorten(line.told, _LONGEST_HEADLINE)
    if told == line.told:
        return line
    told = told.rpartition(" ")[0].rstrip(" ,;:") + ELLIPSIS
    return msgspec.structs.replace(line, told=told, pmids=tuple(one for one in line.pmids if f"PMID {one}" in told))


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


def _build_line(line: ChangeLine) -> Line:
    """Return a change in its sentence: what is watched in bold, papers linked."""
    marked = line.head if line.is_marked and line.told.startswith(line.head) else ""
    runs = [Run(marked, "strong")] if marked else []
    rest = line.told.removeprefix(marked)
    for pmid in line.pmids:
        found = re.search(rf"\bPMID {re.escape(pmid)}\b", rest)
        before = rest[: found.start()] if found else f"{rest} "
        runs += [*say(before), link_record(pmid, "PMID")]
        rest = rest[found.end() :] if found else ""
    return (*runs, *say(rest), *_add_notes(line))


def _add_notes(line: ChangeLine) -> Line:
    return say("".join(f", {note}" for note in line.notes))


def _end(line: Line) -> Line:
    """Return a line that ends in a full stop, its own or that of the words it quotes."""
    if not line or line[-1].text.endswith(".\N{RIGHT DOUBLE QUOTATION MARK}"):
        return line
    last = line[-1]
    return (*line, Run(".")) if last.url or last.style != "plain" else (*line[:-1], Run(f"{last.text}."))


def _show_moves(item: TrialItem) -> Iterator[str]:
    for move in item.moves:
        if move.transition in ("stop", "pause"):
            reason = show_reason(move.why_stopped, move.stop_class)
            said = f"Reason in the record: {reason}" if move.why_stopped else "No reason in the record."
            # Of several moves, the one a reason is for is named.
            yield f"{_show_status(move.new_status)}: {lower_first(said)}" if len(item.moves) > 1 else said
        if move.new_status == "WITHDRAWN":
            yield "Withdrawn: before anyone enrolled."
        if move.new_status in _SET_BY_REGISTRY and not _is_registry_alone(item):
            yield f"{_show_status(move.new_status)}: set by the registry."


def _is_registry_alone(item: TrialItem) -> bool:
    """Whether all there is to tell is a status that the registry set without an update of the sponsor's."""
    is_set = len(item.moves) == 1 and item.moves[0].new_status in _SET_BY_REGISTRY
    return is_set and len(item.updates) == 1 and item.updates[0].source_submit_date is None


def _show_updates(item: TrialItem) -> str:
    """Return when all this was submitted, and when it was public."""
    updates = item.updates
    if not updates:
        return f"Noted on {show_day(item.noted_on)}." if item.noted_on else ""
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


def _show_state(item: TrialItem) -> str:
    """Return what else a reader should know of where the trial stands."""
    is_said = any(update.source_post_date == item.first_post_date for update in item.updates)
    public = f"public {show_day(item.first_post_date)}" if item.first_post_date and not is_said else ""
    status = _show_status(item.status)
    if not item.moves and not item.lines:
        return f"{', '.join(filter(None, (status, public)))}."
    if item.is_new:
        return f"New{', first ' if public else ''}{public}."
    return f"Now listed as {status}." if item.moves and item.moves[-1].new_status != item.status else ""
