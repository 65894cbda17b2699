"""Findings, states and verdicts in words, for people: the registry's own kept in quotation marks. It judges nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from etl.wording import count, flatten, join, show_phases, show_stated_date, show_status
from models.verdicts import find_rule

Evidence = Mapping[str, Any]
_LONGEST_LIST = 4
# What a review says of the state of things, in a few words of ours.
SAID = {
    "ongoing": "ongoing",
    "results_not_released": "no results yet",
    "early_results": "early results",
    "positive": "a benefit",
    "failed": "no benefit",
    "approved": "approved",
    "preclinical": "preclinical",
    "unsorted": "not sorted yet",
}
VERDICT_WORDS = {
    "stands": "stands",
    "outdated": "outdated",
    "outdated_at_press": "outdated at press",
    "record_contradicts": "record contradicts",
    "cannot_tell": "cannot tell",
}
# Findings of which a rule's own words say all.
WORDLESS = ("any", "no_trial", "papers_read")
_STANDING = ("stopped", "ended", "paused", "set_by_registry", "open", "results_posted")
SIGNS = {"stands": "✓", "outdated": "×", "outdated_at_press": "×", "record_contradicts": "≠", "cannot_tell": "?"}


def show_iso(text: str | None) -> str:
    """Return a stated date as it is stored."""
    return text or "a day that is not stated"


def show_long(text: str | None) -> str:
    """Return a stated date as letters and pages write it."""
    return show_stated_date(text) if text else "a day that is not stated"


def describe_finding(one: Evidence, show: Callable[[str | None], str] = show_iso) -> str:
    """Return one piece of evidence in a sentence or two; `show` writes dates."""
    return _WORDS[one["kind"]](one, show)


def tell_reason(
    rule_id: str, evidence: Sequence[Evidence], show: Callable[[str | None], str] = show_iso, reason: str = ""
) -> str:
    """Return what a verdict rests on: the deciding finding, or the rule with how the record stands.

    `reason` is what to say of a rule that this release does not have.
    """
    rule = find_rule(rule_id)
    if rule is None:
        return reason
    if rule.finding in WORDLESS:
        return rule.means
    if rule.finding != "read":
        return describe_finding(evidence[0], show)
    told = [describe_finding(one, show) for one in evidence if one["kind"] in _STANDING]
    return " ".join([rule.means, *dict.fromkeys(told)])


def _name(one: Evidence) -> str:
    alias = f" (cited as {one['cited_as']})" if one.get("cited_as") else ""
    return f"{one['nct_id']}{alias}"


def _say_since(one: Evidence, show: Callable[[str | None], str]) -> str:
    return f", since {show(one['since'])}" if one["since"] else ""


def _describe_status(one: Evidence, show: Callable[[str | None], str]) -> str:
    status = show_status(one["status"]).lower()
    since = f" since {show(one['since'])}{'' if one['is_start_known'] else ' or earlier'}"
    said = f"{_name(one)} is listed as {status}{since if one['since'] else ''}"
    said += " (the day it was first served)" if one["since_is"] == "served" and one["is_start_known"] else ""
    parts = [said]
    if one["why_stopped"]:
        parts.append(f"reason in the record: {quote(one['why_stopped'])}")
    if one["status_at_printing"] and one["status_at_printing"] != one["status"]:
        parts.append(f"at printing {show_status(one['status_at_printing']).lower()}")
    if one["completion_date"] and one["status"] in ("COMPLETED", "TERMINATED"):
        kind = {"ACTUAL": " (actual)", "ESTIMATED": " (estimated)"}.get(one["completion_type"] or "", "")
        parts.append(f"completion {show(one['completion_date'])}{kind}")
    return end("; ".join(parts))


def quote(text: str) -> str:
    """Return a record's own words in quotation marks, on one line."""
    return f"“{flatten(text)}”"


def end(sentence: str) -> str:
    """Return a sentence with its full stop, where what it quotes has none."""
    return sentence if sentence.endswith((".", ".”", "?”", "!”")) else f"{sentence}."


def _list(values: list[str]) -> str:
    texts = [flatten(text) for text in values[:_LONGEST_LIST]]
    more = len(values) - _LONGEST_LIST
    return join([*texts, f"{more} more"] if more > 0 else texts) or "nothing"


def _describe_absent(one: Evidence, _: Callable[[str | None], str]) -> str:
    known = f" (agents known here: {_list(one['arms_name'])})" if one["arms_name"] else ""
    return f"{_name(one)} gives {_list(one['arms'])} in its arms, not {one['agent']}{known}."


def _describe_other_number(one: Evidence, show: Callable[[str | None], str]) -> str:
    status = (
        f", listed as {show_status(one['meant_status']).lower()}"
        if one["meant_status"]
        else ", whose record was not read"
    )
    return f"{describe_finding(one['why'], show)} The statement means {one['meant']}{status}."


def _describe_left(one: Evidence, _: Callable[[str | None], str]) -> str:
    return f"{_name(one)} gave {one['agent']} at printing, and does no more: now {_list(one['arms'])}."


def _describe_target(one: Evidence, _: Callable[[str | None], str]) -> str:
    acts = f"they act on {_list(one['arms_act_on'])}" if one["arms_act_on"] else "none known to act on it"
    return f"Nothing in the arms of {_name(one)} acts on {join(one['targets'])}: {_list(one['arms'])}; {acts}."


def _describe_phase(one: Evidence, show: Callable[[str | None], str]) -> str:
    was = f" (as of {show(one['as_of'])})" if one.get("as_of") else ""
    held = show_phases(one["phases"]).lower()
    stands = f"is {held}" if held else "has no phase"
    return f"{_name(one)} {stands} in the registry{was}, phase {one['said_phase']} in the review."


def _describe_condition(one: Evidence, _: Callable[[str | None], str]) -> str:
    return f"{_name(one)} is in {_list(one['conditions'])}, not in what the statement speaks of ({one['condition']})."


def _describe_posted(one: Evidence, show: Callable[[str | None], str]) -> str:
    on = f" on {show(one['posted'])}" if one["posted"] else ""
    return f"Results of {_name(one)} were posted in the registry{on}."


def _describe_paper(one: Evidence, show: Callable[[str | None], str]) -> str:
    when = f" ({show(one['published'])})" if one["published"] else ""
    title = f" “{flatten(one['title']).rstrip('.')}”" if one["title"] else ""
    return f"PMID {one['pmid']}{title}{when}"


def _describe_result_paper(one: Evidence, show: Callable[[str | None], str]) -> str:
    return f"The record of {_name(one)} names a paper with results: {_describe_paper(one, show)}."


def _describe_notice(what: str) -> Callable[[Evidence, Callable[[str | None], str]], str]:
    def describe(one: Evidence, show: Callable[[str | None], str]) -> str:
        of = f", which reports {_name(one)}," if one.get("nct_id") else ""
        on = show(one["noticed_on"]) if one["noticed_on"] else ""
        number = f"notice PMID {one['notice_pmid']}" if one["notice_pmid"] else ""
        notice = f", {number} of {on}" if number and on else f", {number or f'noticed {on}'}" if number or on else ""
        return f"{_describe_paper(one, show)}{of} {what}{notice}."

    return describe


def _describe_successor(one: Evidence, show: Callable[[str | None], str]) -> str:
    return (
        f"{flatten(one['sponsor'])} registered {one['successor']} of {one['agent']} on {show(one['first_posted'])}: "
        f"{show_phases(one['phases']).lower()}, {show_status(one['status']).lower()}; "
        f"{_name(one)} is {show_phases(one['cited_phases']).lower()}."
    )


def _describe_registered(one: Evidence, show: Callable[[str | None], str]) -> str:
    return (
        f"{one['nct_id']} gives {one['agent']}: first posted {show(one['first_posted'])}, "
        f"listed as {show_status(one['status']).lower()}; {count(one['trials'], 'trial')} held here."
    )


_WORDS: dict[str, Callable[[Evidence, Callable[[str | None], str]], str]] = {
    "not_read": lambda one, _: f"The record of {one['nct_id']} was never read.",
    "gone": lambda one, show: (
        f"The registry no longer has {_name(one)}{_say_since(one, show)}; "
        f"its last status was {show_status(one['last_status']).lower()}."
    ),
    "missing": lambda one, show: (
        f"The registry's answers lack {_name(one)}{_say_since(one, show)}; "
        f"its last status was {show_status(one['last_status']).lower()}."
    ),
    "stale": lambda one, show: (
        f"The record of {_name(one)} was read last on {show(one['last_checked'])}, too long ago."
    ),
    "untagged": lambda one, _: f"The record of {_name(one)} was not yet looked through for agents.",
    "agent_absent": _describe_absent,
    "partner_absent": _describe_absent,
    "other_number": _describe_other_number,
    "agent_left": _describe_left,
    "target_absent": _describe_target,
    "phase_differs": _describe_phase,
    "condition_differs": _describe_condition,
    "paper_retracted": _describe_notice("is retracted"),
    "report_retracted": _describe_notice("is retracted"),
    "paper_concern": _describe_notice("is under an expression of concern"),
    "paper_corrected": _describe_notice("was corrected"),
    "stopped": _describe_status,
    "stopped_since": _describe_status,
    "ended": _describe_status,
    "paused": _describe_status,
    "set_by_registry": lambda one, show: f"{_describe_status(one, show)} The registry set that, no sponsor.",
    "open": _describe_status,
    "results_posted": _describe_posted,
    "results_posted_since": _describe_posted,
    "result_paper": _describe_result_paper,
    "result_paper_since": _describe_result_paper,
    "successor": _describe_successor,
    "agent_registered": _describe_registered,
    "agent_unregistered": lambda one, _: f"No trial held here gives {join(one['agents'])}, which is watched.",
    "paper_not_read": lambda one, _: f"PMID {one['pmid']} was never read from PubMed.",
    "read": lambda one, _: f"{_name(one)} is listed as {show_status(one['status']).lower()}.",
}
