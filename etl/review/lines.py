"""The sentences that all forms of a living review share; `show` writes dates as the form does. It renders nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from etl.review.words import VERDICT_WORDS, describe_finding, end, quote, tell_reason
from etl.view.pieces import Run, find_address
from etl.wording import count, flatten, join, show_phases, show_status
from models.review_page import (
    AgentCard,
    CitedTrial,
    ClaimPage,
    MovePage,
    Outcome,
    Readout,
    ReviewPage,
    SincePage,
    Stop,
    Value,
)
from models.verdicts import VERDICTS, Verdict

Show = Callable[[str | None], str]
PARTS = ("claims", "week", "printing", "agents", "due", "results", "open")
NOTHING_DUE = "No trial of these is without posted results."
NOT_A_RESULT = "A registry status is not a result."
NOT_READ = "Not read: press, congresses, other registries, approvals."
_RECORD = re.compile(r"(?<![A-Za-z0-9])(?:NCT[0-9]{8}(?![0-9])|PMID [1-9][0-9]{0,7}(?![0-9]))")
_MOST_LISTED = 6
_STATES = {
    "overdue": "results overdue",
    "handed_in": "results handed in, not posted",
    "due": "results not posted",
    "ahead": "results not posted",
}


def split_records(text: str) -> Iterator[Run]:
    """Yield a sentence as runs on one line: the numbers of trials and papers link to their pages, nothing else does."""
    line, place = flatten(text), 0
    for found in _RECORD.finditer(line):
        if found.start() > place:
            yield Run(line[place : found.start()])
        yield Run(found[0], url=find_address(found[0].removeprefix("PMID ")))
        place = found.end()
    if place < len(line):
        yield Run(line[place:])


def count_claims(page: ReviewPage) -> str:
    """Return `15 claims`: all of the review, also where a part of them is shown."""
    return count(sum(page.counts.values()), "claim")


def list_counts(page: ReviewPage) -> list[tuple[Verdict, str]]:
    """Return the verdicts that claims have, each as `2 stand`."""
    many = VERDICT_WORDS | {"stands": "stand"}
    return [
        (verdict, f"{number} {(VERDICT_WORDS if number == 1 else many)[verdict]}")
        for verdict in VERDICTS
        if (number := page.counts[verdict])
    ]


def describe_counts(page: ReviewPage) -> str:
    """Return `15 claims: 2 stand, 4 outdated, 1 cannot tell.`."""
    parts = [words for _, words in list_counts(page)]
    return f"{count_claims(page)}: {', '.join(parts)}." if parts else "It has no claims."


def describe_week(page: ReviewPage) -> str:
    """Return `Since last week: 1 verdict moved.`."""
    moved = count(page.moves, "verdict") if page.moves else "no verdict"
    return f"Since last week: {moved} moved."


def describe_still(page: ReviewPage, since: str) -> str:
    """Return that none of the verdicts shown moved."""
    return f"No verdict {'of these ' if page.moves else ''}moved since {since}."


def describe_reading(page: ReviewPage) -> str:
    """Return for when it was judged, and how old the records are."""
    read = f"registry read {page.read_at:%Y-%m-%d %H:%M} UTC" if page.read_at else "the registry was never read"
    return f"Judged for {page.judged_at:%Y-%m-%d %H:%M} UTC, {read}. {NOT_A_RESULT}"


def name_move(one: MovePage) -> str:
    """Return `stands → outdated`."""
    return f"{VERDICT_WORDS[one.old_verdict]} → {VERDICT_WORDS[one.new_verdict]}"


def describe_reason(claim: ClaimPage, show: Show) -> str:
    """Return what a verdict rests on."""
    return tell_reason(claim.rule, claim.evidence, show, claim.reason)


def describe_move(one: MovePage, show: Show) -> str:
    """Return what the verdict that moved rests on."""
    return tell_reason(one.rule, one.evidence, show, one.reason)


def list_also(claim: ClaimPage, show: Show) -> list[str]:
    """Return the other findings on a claim, in a sentence each."""
    told = describe_reason(claim, show)
    others = [describe_finding(one, show) for one in claim.evidence if one["kind"] != "read"]
    return [text for text in dict.fromkeys(others) if text not in told]


def describe_cited(claim: ClaimPage) -> str:
    """Return which trial a claim is about: `FICTION-1, NCT99000102 (not printed)`; its papers where it cites none."""
    numbers = [f"{one.number}{'' if one.is_printed else ' (not printed)'}" for one in claim.trials]
    papers = [f"PMID {pmid}" for pmid in claim.articles]
    return ", ".join(filter(None, [flatten(claim.name), *numbers, *papers])) or "no number"


def describe_moves(page: SincePage, show: Show) -> str:
    """Return the statuses that a trial went through since printing."""
    return ", ".join(f"{status.lower()} {show(day)}" for day, status in page.moves)


def describe_changes(page: SincePage) -> str:
    """Return how many changes of which kind a trial had since printing."""
    return ", ".join(f"{number} {kind.replace('_', ' ')}" for kind, number in page.counts.items())


def list_since(page: SincePage, show: Show) -> list[str]:
    """Return what changed in a trial since printing, in sentences."""
    lines = [f"{pair.field}: {_date(pair.then, show)} → {_date(pair.now, show)}" for pair in page.pairs]
    if not page.is_known:
        lines.append("how it stood at printing is not held")
    moves, changes = describe_moves(page, show), describe_changes(page)
    lines += [f"listed as: {moves}"] if moves else []
    lines += [f"changes held since: {changes}"] if changes else []
    return lines or ["no change held since"]


def split_since(page: ReviewPage) -> tuple[list[SincePage], str]:
    """Return the trials of which something since printing can be told, and a sentence on the others ("": none)."""
    told = [one for one in page.since_printing if one.is_known or one.counts]
    others = [one.nct_id for one in page.since_printing if one not in told]
    if not others:
        return told, ""
    them = "it" if len(others) == 1 else "them"
    what = f"How {count(len(others), 'cited trial')} stood at printing is not held, and no change since"
    return told, f"{what} ({join(others)}). “trialwatch backfill” reads {them} from the registry's histories."


def _date(text: str, show: Show) -> str:
    found = re.match(r"\d{4}(?:-\d\d){0,2}(?= \(|\Z)", text)
    return f"{show(found[0])}{text[found.end() :]}" if found and "-" in found[0] else text


def describe_agent(card: AgentCard, show: Show) -> list[str]:
    """Return an agent's card in sentences."""
    if not card.trials:
        return ["No trial held here gives it" + (", and it is watched." if card.is_watched else "; it is not watched.")]
    highest = show_phases(card.phases) or "no phase stated"
    held = f"{count(card.trials, 'trial')} held here, the highest {highest[:1].lower()}{highest[1:]}"
    lines = [f"{held}; {_describe_open(card.open_trials)}."]
    if card.last_new_on:
        lines.append(f"Last new trial: {card.last_new}, posted {show(card.last_new_on.isoformat())}.")
    lines += [_describe_stop(one, show) for one in card.stops]
    if card.silent_since:
        day = show(card.silent_since.isoformat())
        months = f"Silent since {day}: for {count(card.silent_months, 'month')} no sponsor has updated a record of it."
        lines.append(months if card.silent_months else f"Last updated by a sponsor {day}.")
    return lines


def _describe_open(numbers: tuple[str, ...]) -> str:
    if not numbers:
        return "none open"
    more = len(numbers) - _MOST_LISTED
    shown = [*numbers[:_MOST_LISTED], *([f"{more} more"] if more > 0 else [])]
    return f"{len(numbers)} open: {join(shown)}"


def _describe_stop(stop: Stop, show: Show) -> str:
    earlier = "" if stop.is_start_known else " or earlier"
    since = f" since {show(stop.since.isoformat())}{earlier}" if stop.since else ""
    reason = quote(stop.reason) if stop.reason else "no reason in the record"
    return end(f"{stop.nct_id} {show_status(stop.status).lower()}{since}: {reason}")


def describe_readout(one: Readout, show: Show) -> str:
    """Return when a trial's results are due."""
    kind = "actual" if one.is_actual else "estimated"
    months = f" by {count(one.months_overdue, 'month')}" if one.months_overdue else ""
    passed = "passed" if one.state != "ahead" else "ahead"
    return (
        f"{one.nct_id} {_STATES[one.state]}{months}, due {show(one.due_on.isoformat())}; primary completion {passed}: "
        f"{show(one.primary_completion)} ({kind}); {show_status(one.status).lower()}."
    )


def list_reported(page: ReviewPage) -> list[tuple[CitedTrial, list[ClaimPage]]]:
    """Return the trials with posted results, each once, with the claims that cite it."""
    trials = {trial.nct_id: trial for claim in page.claims for trial in claim.trials if trial.outcomes}
    return [
        (trial, [claim for claim in page.claims if any(one.nct_id == nct_id for one in claim.trials)])
        for nct_id, trial in sorted(trials.items())
    ]


def describe_outcome(one: Outcome) -> str:
    """Return a posted outcome's head."""
    frame = f" ({flatten(one.time_frame)})" if one.time_frame else ""
    return f"{flatten(one.measure)}{frame}{'' if one.is_posted else ': results not posted yet'}"


def list_values(one: Outcome) -> list[Value]:
    """Return what arms are posted with; nothing of an outcome whose results are put off."""
    return [value for value in one.values if one.is_posted or value.value]


def describe_number(one: Value) -> str:
    """Return a value with its kind and the sponsor's remark, as posted: `median NA (“Median not reached”)`."""
    if not one.value:
        return "no value posted"
    kind = f"{one.kind} " if one.kind else ""
    comment = f" (“{flatten(one.comment)}”)" if one.comment else ""
    return f"{kind}{flatten(one.value)}{comment}"


def describe_people(one: Value) -> str:
    """Return how many were analysed: `52, 80 Lesions`; empty where that is not posted."""
    return ", ".join(filter(None, ("" if one.participants is None else str(one.participants), flatten(one.units))))


def describe_value(one: Value) -> str:
    """Return what an arm is posted with, as posted."""
    who = ", ".join(filter(None, (flatten(one.arm), flatten(one.part)))) or "no arm named"
    unit = f" {flatten(one.unit)}" if one.value and one.unit else ""
    spread = f" ({flatten(one.spread)})" if one.spread else ""
    people = f", n = {describe_people(one)}" if describe_people(one) else ""
    kind = f"{one.kind} " if one.kind and one.value else ""
    value = flatten(one.value) if one.value else "no value posted"
    comment = f" “{flatten(one.comment)}”" if one.comment else ""
    return f"{who}: {kind}{value}{unit}{spread}{people}{comment}"
