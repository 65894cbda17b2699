"""From published facts to one letter's content. Pure: frames in, a `Digest` out; it renders nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from etl.wording import SOURCE_NAMES, count, join, show_day, show_status
from models.change import WEIGHTS, Weight
from models.digest import Digest, PaperItem, Section, StatusMove, TrialItem, ValueMove

Row = Mapping[str, Any]
REST = "Other watched trials"
OTHER_PAPERS = "Other papers"
_ENTERED = ("new", "now_mentions")
_LONGEST_NAME = 60
_SUMMARY_SECTIONS = 2  # three lines in all, the last for the rest and the papers
_TOLD_VALUES = (
    "registry_state",
    "why_stopped",
    "primary_completion_date",
    "enrollment",
    "start_date",
    "completion_date",
)
_STANDING = {"registry_state", "why_stopped"}  # told among the status moves, though no status moved


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the warehouse knew at the end of a span, as rows; each is described at its statement.

    `targets` may head a section. `counts` holds `targets` (those watched), `tracked`, `trials_now_tracked`,
    `papers_now_tracked` and `edits`.
    """

    changes: Sequence[Row]
    new_trials: Sequence[Row]
    trials: Mapping[str, Row]
    papers: Sequence[Row]
    older: Sequence[Row]
    counts: Mapping[str, int]
    nights: Sequence[Row]
    checks: Sequence[Row]
    targets: Sequence[str]


def build_digest(facts: Facts, *, label: str, since: dt.datetime, until: dt.datetime, minimum_weight: Weight) -> Digest:
    """Return the letter of a span: each trial once, under its strongest target, else its pathway, else the rest."""
    told, low = _split_by_weight(facts.changes, minimum_weight)
    items = _build_trial_items(facts, told)
    sections = _build_sections(facts, items)
    incomplete, health = _build_health(facts, since, until)
    return Digest(
        label=label,
        since=since,
        until=until,
        summary=tuple(_summarise(sections)),
        sections=sections,
        nights=len({row["night"] for row in facts.nights}),
        items=max((row["items"] or 0 for row in facts.checks), default=0),
        targets=facts.counts["targets"],
        is_registry_read=_is_registry_read(facts, since),
        tracked=facts.counts["tracked"],
        older=tuple(_build_older(facts.older)),
        left_out=tuple(_build_left_out(facts, low)),
        incomplete=incomplete,
        health=tuple(health),
    )


def _split_by_weight(changes: Sequence[Row], minimum: Weight) -> tuple[list[Row], list[Row]]:
    heavy = set(WEIGHTS[: WEIGHTS.index(minimum) + 1])
    stopping = {row["nct_id"] for row in changes if row["kind"] == "status" and row["transition"] in ("stop", "pause")}
    # What the enrollment of a stopped trial came to belongs to the stop, however little it weighs itself.
    told = [
        row for row in changes if row["weight"] in heavy or (row["kind"] == "enrollment" and row["nct_id"] in stopping)
    ]
    kept = {row["change_id"] for row in told}
    return told, [row for row in changes if row["change_id"] not in kept]


def _build_trial_items(facts: Facts, told: Sequence[Row]) -> dict[str, TrialItem]:
    ids = dict.fromkeys([*(row["nct_id"] for row in told), *(row["nct_id"] for row in facts.new_trials)])
    fresh = {row["nct_id"] for row in facts.new_trials}
    return {nct_id: _build_trial_item(facts.trials[nct_id], told, is_new=nct_id in fresh) for nct_id in ids}


def _build_trial_item(trial: Row, told: Sequence[Row], *, is_new: bool) -> TrialItem:
    own = [row for row in told if row["nct_id"] == trial["nct_id"]]
    return TrialItem(
        nct_id=trial["nct_id"],
        title=trial["title"] or "(no title)",
        url=f"https://clinicaltrials.gov/study/{trial['nct_id']}",
        phases=tuple(trial["phases"] or ()),
        sponsor=trial["sponsor"] or "",
        status=trial["status"],
        first_post_date=trial["first_post_date"],
        targets=tuple(trial["targets"] or ()),
        is_new=is_new,
        moves=tuple(_build_move(row) for row in own if row["kind"] == "status"),
        values=tuple(_build_value(row) for kind in _TOLD_VALUES for row in own if row["kind"] == kind),
    )


def _build_move(row: Row) -> StatusMove:
    return StatusMove(
        row["old_value"],
        row["new_value"],
        row["transition"],
        row["why_stopped"],
        row["source_submit_date"],
        row["source_post_date"],
        row["observed_at"].date(),
    )


def _build_value(row: Row) -> ValueMove:
    names = ("kind", "action", "old_value", "new_value", "old_type", "new_type")
    return ValueMove(*(row[name] for name in names))


def _build_sections(facts: Facts, items: Mapping[str, TrialItem]) -> tuple[Section, ...]:
    homes = {nct_id: facts.trials[nct_id]["home"] or REST for nct_id in items}
    papers = [(row["home"] or OTHER_PAPERS, _build_paper(row)) for row in facts.papers]
    pathways = sorted(set(homes.values()) - {*facts.targets, REST})
    names = dict.fromkeys([*facts.targets, *pathways, REST, OTHER_PAPERS])
    sections = []
    for name in names:
        trials = [item for nct_id, item in items.items() if homes[nct_id] == name]
        own = [paper for home, paper in papers if home == name]
        if trials or own:
            sections.append(_build_section(name, trials, own))
    return tuple(sections)


def _build_section(name: str, trials: Sequence[TrialItem], papers: Sequence[PaperItem]) -> Section:
    stopped = [item for item in trials if _is_stopped(item)]
    new = [item for item in trials if item.is_new and item not in stopped]
    moved = [item for item in trials if _has_moved(item) and item not in stopped and item not in new]
    dated = [item for item in trials if item not in stopped and item not in new and item not in moved]
    return Section(
        name=name,
        stopped=_order(stopped, name),
        moved=_order(moved, name),
        dated=_order(dated, name),
        fresh=_order(new, name),
        papers=tuple(paper for paper in papers if paper.event in _ENTERED),
        notices=tuple(paper for paper in papers if paper.event not in _ENTERED),
    )


def _is_stopped(item: TrialItem) -> bool:
    """A trial paused and resumed within the span has moved, and is not stopped."""
    return bool(item.moves) and item.moves[-1].transition in ("stop", "pause")


def _has_moved(item: TrialItem) -> bool:
    return bool(item.moves) or any(value.kind in _STANDING for value in item.values)


def _order(items: Iterable[TrialItem], section: str) -> tuple[TrialItem, ...]:
    others = (
        msgspec.structs.replace(item, targets=tuple(name for name in item.targets if name != section)) for item in items
    )
    return tuple(sorted(others, key=lambda item: item.nct_id))


def _build_paper(row: Row) -> PaperItem:
    return PaperItem(
        pmid=row["pmid"],
        title=row["title"] or "(no title)",
        url=f"https://pubmed.ncbi.nlm.nih.gov/{row['pmid']}/",
        journal=row["journal"] or "",
        pub_date_text=row["pub_date_text"] or "",
        nct_ids=tuple(row["nct_ids"] or ()),
        event=row["kind"],
        notice_pmid=row["related_pmid"],
    )


def _summarise(sections: Sequence[Section]) -> list[str]:
    """Return the span in at most three lines: the sections with most weight first, then the papers."""
    told = [(section, parts) for section in sections if (parts := _summarise_section(section))]
    told.sort(key=lambda pair: (-len(pair[0].stopped), -len(pair[0].moved), pair[0].name))
    lines = [f"{section.name}: {join(parts)}." for section, parts in told[:_SUMMARY_SECTIONS]]
    more = told[_SUMMARY_SECTIONS:]
    papers = sum(len(section.papers) for section in sections)
    retracted = sum(notice.event == "retracted" for section in sections for notice in section.notices)
    rest = [f"also news on {join([section.name for section, _ in more])}"] if more else []
    rest += [count(papers, "new paper")] if papers else []
    rest += [count(retracted, "retraction")] if retracted else []
    line = f"{', '.join(rest)}." if rest else ""
    return [*lines, line[0].upper() + line[1:]] if line else lines


def _summarise_section(section: Section) -> list[str]:
    stops = Counter(item.moves[-1].new_status for item in section.stopped)
    parts = [
        f"{count(number, 'trial') if place == 0 else number} listed as {show_status(status).lower()}"
        for place, (status, number) in enumerate(sorted(stops.items()))
    ]
    parts += [count(len(section.moved), "other status move")] if section.moved else []
    parts += [f"{count(len(section.dated), 'trial')} with new dates or enrollment"] if section.dated else []
    fresh = sum(item.is_new for item in (*section.stopped, *section.fresh))
    return [*parts, count(fresh, "new trial")] if fresh else parts


def _build_older(rows: Sequence[Row]) -> list[str]:
    return [f"{count(row['changes'], 'status change')} of {row['years']}, {row['nct_id']}" for row in rows]


def _build_left_out(facts: Facts, low: Sequence[Row]) -> list[str]:
    """Return what the letter does not tell one by one, as counts by reason."""
    counts = facts.counts
    parts = [
        (counts["trials_now_tracked"], "trial", " now tracked"),
        (counts["papers_now_tracked"], "paper", " now tracked"),
        (len(low), "low-weight change", ""),
        (counts["edits"], "administrative edit", ""),
    ]
    return [f"{count(number, noun)}{rest}" for number, noun, rest in parts if number]


def _build_health(facts: Facts, since: dt.datetime, until: dt.datetime) -> tuple[str, list[str]]:
    """Return the sentence of the incomplete band (empty where nothing is missing) and the lines of the health part."""
    lines, unread = [], []
    for row in facts.checks:
        name = SOURCE_NAMES.get(row["source"], row["source"])
        failed: list[dt.date] = sorted(row["failed_nights"] or ())
        read_on = row["last_read_on"]
        since_when = f"since {show_day(read_on)}" if read_on else "from the start"
        if failed and (read_on is None or read_on < failed[-1]):
            unread.append(f"{name} was not read on {join([show_day(day) for day in failed])}")
            lines.append(f"{name} stale {since_when}.")
        elif facts.nights and (read_on is None or read_on < since.date()):
            unread.append(f"{name} was not read {since_when}")
            lines.append(f"{name} stale {since_when}.")
        elif failed:
            lines.append(f"{name} was not read on {join([show_day(day) for day in failed])}; that was caught up.")
        for items, rest in ((row["unproved"], ""), (row["doubted"], " for a night, and proved since")):
            if items:
                names = ", ".join(sorted(item.partition(":")[2][:_LONGEST_NAME] for item in items))
                lines.append(f"{len(items)} of {count(row['items'], 'item')} unproved at {name}{rest}: {names}.")
    lines += _find_missed_nights(facts.nights, since, until)
    return (f"{'; '.join(unread)}; it follows in the next letter." if unread else ""), lines


def _is_registry_read(facts: Facts, since: dt.datetime) -> bool:
    read_on = [row["last_read_on"] for row in facts.checks if row["source"] == "clinicaltrials"]
    return all(day is not None and day >= since.date() for day in read_on)


def _find_missed_nights(nights: Sequence[Row], since: dt.datetime, until: dt.datetime) -> list[str]:
    """Say which days of the span, from the first run ever on, saw no nightly run."""
    held = {row["night"] for row in nights}
    if not held:
        return ["No nightly run in this span."]
    first = max(since.date(), min(row["first_night"] for row in nights))
    missed = (until - dt.timedelta(microseconds=1)).date() - first + dt.timedelta(days=1 - len(held))
    return [f"{count(missed.days, 'night')} without a run."] if missed.days > 0 else []
