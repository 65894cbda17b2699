"""From published facts to one letter's content. Pure: frames in, a `Digest` out; it renders nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from etl.letter.claims import build_claim_move
from etl.letter.papers import PaperNews, build_paper_news, list_more
from etl.letter.summary import REST, summarise
from etl.letter.trials import build_trial_items, date_new_trials, split_by_weight
from etl.wording import SOURCE_NAMES, count, join, show_day, show_days
from models.change import WEIGHTS, Weight
from models.digest import Digest, Section, Told, TrialItem

Row = Mapping[str, Any]
OTHER_PAPERS = "Other papers"
_LONGEST_NAME = 60
_MOST_OLDER = 10  # trials whose older history is told one by one
# Where a trial stands whose status did not move, by the kind of its gravest change; any other kind is an edit.
_GROUPS = {
    "moved": ("registry_state", "why_stopped"),
    "reported": ("results", "disposition", "reference", "retraction"),
    "designed": (
        "phase", "study_type", "design", "sponsor", "responsible_party", "arm", "intervention", "primary_outcome",
        "secondary_outcome", "other_outcome", "eligibility", "document", "expanded_access",
    ),
    "dated": ("start_date", "primary_completion_date", "completion_date", "enrollment", "country", "site"),
}  # fmt: skip
_GROUP_OF = {kind: group for group, kinds in _GROUPS.items() for kind in kinds}


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the warehouse knew at the end of a span, as rows; each is described at its statement.

    `changes` are in source order, their `detail` decoded. `targets` may head a section. `counts` holds `targets` (those
    watched), `tracked`, `trials_now_tracked`, `papers_now_tracked`, `papers_revised`, `edits`, and the links
    `moved_by_vocabulary`, `moved_by_rules` and `moved_by_override`. `told` says what the reader was told before, by
    key; `outside` counts trials and papers that are not for this reader, papers `repeated`, and trials `unmatched`,
    which no item watches; `is_narrow`: it follows a part of what is watched. `verdicts` are those of reviews' claims
    that moved.
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
    told: Mapping[str, Told] = {}
    outside: Mapping[str, int] = {}
    is_narrow: bool = False
    verdicts: Sequence[Row] = ()


def build_digest(facts: Facts, *, label: str, since: dt.datetime, until: dt.datetime, minimum_weight: Weight) -> Digest:
    """Return the letter of a span: each trial once, under its strongest target, else its pathway, else the rest."""
    told, counted = split_by_weight(facts.changes, minimum_weight)
    items = build_trial_items(told, facts.trials, [row["nct_id"] for row in facts.new_trials], facts.told)
    items = date_new_trials(items, facts.new_trials)
    news = build_paper_news(facts.papers, facts.trials, minimum_weight, told_trials=items.keys())
    sections = _build_sections(facts, items, news)
    claims = tuple(map(build_claim_move, facts.verdicts))
    unread = _find_unread(facts, since)
    health = _build_health(facts, since, until)
    return Digest(
        label=label,
        since=since,
        until=until,
        summary=tuple(summarise(sections, len(claims))),
        sections=sections,
        nights=len({row["night"] for row in facts.nights}),
        items=max((row["items"] or 0 for row in facts.checks), default=0),
        targets=facts.counts["targets"],
        is_registry_read=_is_registry_read(facts, since),
        tracked=facts.counts["tracked"],
        older=tuple(_build_older(facts.older)),
        left_out=tuple(_build_left_out(facts, counted, news)),
        counted_papers=news.light,
        is_narrow=facts.is_narrow,
        incomplete=f"{'; '.join(unread.values())}; it follows in the next letter." if unread else "",
        unread=tuple(unread),
        health=tuple(health),
        claims=claims,
    )


def _build_sections(facts: Facts, items: Mapping[str, TrialItem], news: PaperNews) -> tuple[Section, ...]:
    homes = {nct_id: facts.trials[nct_id]["home"] or REST for nct_id in items}
    pathways = sorted(set(homes.values()) - {*facts.targets, REST})
    names = dict.fromkeys([*facts.targets, *pathways, REST, OTHER_PAPERS])
    sections = []
    for name in names:
        trials = [item for nct_id, item in items.items() if homes[nct_id] == name]
        own = news.of(None if name == OTHER_PAPERS else name)
        if trials or own.entered or own.notices:
            sections.append(_build_section(name, trials, own))
    return tuple(sections)


def _build_section(name: str, trials: Sequence[TrialItem], news: PaperNews) -> Section:
    groups: dict[str, list[TrialItem]] = {}
    for item in trials:
        groups.setdefault(_find_group(item), []).append(item)
    papers, more = list_more(news.entered)
    return Section(
        name=name,
        papers=tuple(papers),
        notices=tuple(news.notices),
        more_papers=tuple(more),
        **{group: _order(own, name) for group, own in groups.items()},
    )


def _find_group(item: TrialItem) -> str:
    """Return the group a trial stands in. One that was paused and came back has moved, and is not stopped."""
    if item.moves and item.moves[-1].transition in ("stop", "pause") and not item.is_reversed:
        return "stopped"
    if item.is_new:
        return "fresh"
    if item.moves:
        return "moved"
    return _GROUP_OF.get(item.lines[0].kind, "edited")


def _order(items: Iterable[TrialItem], section: str) -> tuple[TrialItem, ...]:
    others = (
        msgspec.structs.replace(item, targets=tuple(name for name in item.targets if name != section)) for item in items
    )
    return tuple(sorted(others, key=lambda item: (WEIGHTS.index(item.weight), item.nct_id)))


def _build_older(rows: Sequence[Row]) -> list[str]:
    """Return history that was learnt, a line a trial; of many trials, one line for all."""
    if len(rows) <= _MOST_OLDER:
        return [f"{_count_older([row])}, {row['nct_id']}" for row in rows]
    return [f"{_count_older(rows)}, in {count(len(rows), 'trial')}"]


def _count_older(rows: Sequence[Row]) -> str:
    moves, others = (sum(row[name] for row in rows) for name in ("moves", "others"))
    parts = [count(number, noun) for number, noun in ((moves, "status change"), (others, "other change")) if number]
    first, last = min(row["first_year"] for row in rows), max(row["last_year"] for row in rows)
    return f"{join(parts)} of {first if first == last else f'{first}–{last}'}"


def _build_left_out(facts: Facts, counted: Sequence[Row], news: PaperNews) -> list[str]:
    """Return what the letter does not tell one by one, as counts by reason."""
    counts = facts.counts
    weights = Counter(row["weight"] for row in counted)
    parts = [
        (counts["trials_now_tracked"], "trial", " now tracked"),
        (counts["papers_now_tracked"], "paper", " now tracked"),
        *((weights[weight], f"{weight}-weight change", "") for weight in WEIGHTS),
        (counts["edits"], "administrative edit", ""),
        *((number, "paper", f" {reason}") for reason, number in news.counted.items()),
        (counts["papers_revised"], "paper", " revised"),
        (counts["moved_by_vocabulary"], "link", " moved by a vocabulary change"),
        (counts["moved_by_rules"], "link", " moved by a newer release"),
        (counts["moved_by_override"], "link", " moved by overrides"),
        *((facts.outside.get(noun, 0), noun, " outside what you follow") for noun in ("trial", "paper")),
        (facts.outside.get("repeated", 0), "paper", " already told"),
        (facts.outside.get("unmatched", 0), "trial", " changed that no item watches"),
    ]
    return [f"{count(number, noun)}{rest}" for number, noun, rest in parts if number]


def _find_unread(facts: Facts, since: dt.datetime) -> dict[str, str]:
    """Return the sources that were not read up to the end of a span, by name, with what the incomplete band says."""
    unread: dict[str, str] = {}
    for row in facts.checks:
        name = _name_source(row)
        failed: list[dt.date] = sorted(row["failed_nights"] or ())
        read_on = row["last_read_on"]
        if failed and (read_on is None or read_on < failed[-1]):
            unread[name] = f"{name} was not read on {show_days(failed)}"
        elif facts.nights and (read_on is None or read_on < since.date()):
            unread[name] = f"{name} was not read {_show_since(read_on)}"
    return unread


def _build_health(facts: Facts, since: dt.datetime, until: dt.datetime) -> list[str]:
    """Return a line for each thing a reader should know of the readings."""
    lines, unread = [], _find_unread(facts, since)
    for row in facts.checks:
        name = _name_source(row)
        if name in unread:
            lines.append(f"{name} stale {_show_since(row['last_read_on'])}.")
        elif row["failed_nights"]:
            lines.append(f"{name} was not read on {show_days(sorted(row['failed_nights']))}; that was caught up.")
        for items, rest in ((row["unproved"], ""), (row["doubted"], " for a night, and proved since")):
            if items:
                names = ", ".join(sorted(item.partition(":")[2][:_LONGEST_NAME] for item in items))
                lines.append(f"{len(items)} of {count(row['items'], 'item')} unproved at {name}{rest}: {names}.")
    return lines + _find_missed_nights(facts.nights, since, until)


def _name_source(row: Row) -> str:
    source: str = row["source"]
    return SOURCE_NAMES.get(source, source)


def _show_since(read_on: dt.date | None) -> str:
    return f"since {show_day(read_on)}" if read_on else "from the start"


def _is_registry_read(facts: Facts, since: dt.datetime) -> bool:
    read_on = [row["last_read_on"] for row in facts.checks if row["source"] == "clinicaltrials"]
    return all(day is not None and day >= since.date() for day in read_on)


def _find_missed_nights(nights: Sequence[Row], since: dt.datetime, until: dt.datetime) -> list[str]:
    """Say which days of the span, from the first run ever on, saw no nightly run."""
    held = {row["night"] for row in nights}
    if not held:
        return ["No nightly run in this span."]
    first = max(since.date(), min(row["first_night"] for row in nights))
    days = ((until - dt.timedelta(microseconds=1)).date() - first).days + 1
    missed = [day for day in (first + dt.timedelta(days=number) for number in range(days)) if day not in held]
    return [f"{count(len(missed), 'night')} without a run: {show_days(missed)}."] if missed else []
