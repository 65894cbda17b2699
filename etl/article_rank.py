"""What a paper weighs in a letter: the first rule that fits, with what it was seen by. Pure; the rules are data."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from models.article_rank import Aside, RankRules, When

_MOST_SHOWN = 3


class RankedPaper(msgspec.Struct, frozen=True, kw_only=True):
    """What of a paper the rules look at.

    `nct_ids` are the tracked trials that are tied to it, `named` the sentences in which each target is named, `agents`
    the agents that are, `leads` those made for a target and named as what they are, `subjects` headings and keywords.
    """

    pmid: str
    title: str
    abstract: str = ""
    publication_types: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    nct_ids: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    named: dict[str, tuple[str, ...]] = {}


def rank_article(paper: RankedPaper, rules: RankRules) -> dict[str, Any]:
    """Return a paper's `article_rank` row."""
    for rank, rule in enumerate(rules.rules, 1):
        found = _FINDERS[rule.when](paper, rules)
        if found is not None:
            reason, detail = found
            return {
                "pmid": paper.pmid,
                "rank": rank,
                "weight": rule.weight,
                "rule": rule.name,
                "reason": rule.reason or reason,
                "detail": detail,
            }
    raise ValueError("no rule fits")  # the last one fits any paper, or the rules could not have been read


# Each finder returns a reason of its own ("" for the rule's) and what it saw; None where it does not fit.
_Found = tuple[str, str] | None


def _find_links(paper: RankedPaper, _: RankRules) -> _Found:
    return ("", ", ".join(paper.nct_ids)) if paper.nct_ids else None


def _find_nothing_named(paper: RankedPaper, _: RankRules) -> _Found:
    return None if paper.named or paper.agents else ("", "")


def _find_report(paper: RankedPaper, rules: RankRules) -> _Found:
    types = [name for name in paper.publication_types if name.startswith(rules.reports.types)]
    if types:
        return "", "; ".join(types)
    if rules.reports.not_types & set(paper.publication_types):
        return None
    words = _compile(rules.reports.titles).search(paper.title)
    return ("", f"the title says {words[0]}") if words else None


def _find_context(paper: RankedPaper, rules: RankRules) -> _Found:
    return _read_context(paper, rules, rules.context.in_abstract)


def _read_context(paper: RankedPaper, rules: RankRules, in_abstract: int) -> _Found:
    pattern = _compile(rules.context.words)
    heads = list(_list_words(pattern, " | ".join((paper.title, *paper.subjects))))
    words = heads or list(_list_words(pattern, paper.abstract))
    if not heads and sum(1 for _ in pattern.finditer(paper.abstract)) < in_abstract:
        return None
    return "", ", ".join(words[:_MOST_SHOWN])


def _find_leads(paper: RankedPaper, rules: RankRules) -> _Found:
    if not paper.leads or _find_senses(paper, rules) is not None:
        return None
    return "", ", ".join(paper.leads[:_MOST_SHOWN])


def _find_aside(paper: RankedPaper, rules: RankRules) -> _Found:
    return None if paper.agents else _find_senses(paper, rules)


def _find_senses(paper: RankedPaper, rules: RankRules) -> _Found:
    """Return in which sense of no interest a paper names its targets; None where one of them is named in another."""
    if not paper.named:
        return None
    seen = [_match_aside(paper, target, rules) for target in paper.named]
    found = [one for one in seen if one is not None]
    return found[0] if len(found) == len(seen) else None


def _match_aside(paper: RankedPaper, target: str, rules: RankRules) -> _Found:
    for aside in rules.asides:
        outweighed = aside.unless_context and _read_context(paper, rules, rules.context.outweighing)
        if aside.target == target and not outweighed:
            words = _find_sense(paper, aside)
            if words:
                return aside.reason, words
    return None


def _find_sense(paper: RankedPaper, aside: Aside) -> str:
    if aside.sentence:
        found = [_compile(aside.sentence).search(sentence) for sentence in paper.named[aside.target]]
        if all(found):
            return ", ".join(dict.fromkeys(one[0] for one in found if one))
    if aside.paper:
        text = " | ".join((paper.title, *paper.subjects, paper.abstract))
        return ", ".join(list(_list_words(_compile(aside.paper), text))[:_MOST_SHOWN])
    return ""


def _find_any(_: RankedPaper, __: RankRules) -> _Found:
    return "", ""


_FINDERS: dict[When, Callable[[RankedPaper, RankRules], _Found]] = {
    "linked": _find_links,
    "unnamed": _find_nothing_named,
    "aside": _find_aside,
    "trial_report": _find_report,
    "context": _find_context,
    "agent": _find_leads,
    "any": _find_any,
}


def _list_words(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    """Yield the words a pattern finds, each once, in their order."""
    yield from dict.fromkeys(found[0].lower() for found in pattern.finditer(text))


@functools.cache
def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
