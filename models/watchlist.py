"""Watch items: what the settings ask for, checked against the vocabulary."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from models.errors import ConfigurationError
from models.nct import parse_nct_id
from models.pmid import parse_pmid
from models.settings import NamedItem, WatchSettings
from models.vocabulary import Vocabulary

Kind = Literal["trial", "agent", "target", "article"]
# What is asked for by its number; the others are searched for by their names.
BY_NUMBER: frozenset[Kind] = frozenset({"trial", "article"})
CONDITION_REMEDY = 'write one phrase, or quoted phrases with AND, OR and parentheses: "lung" OR "solid tumor"'


class WatchItem(msgspec.Struct, frozen=True):
    """One thing watched. `terms` are the names to search with (the number itself for a trial or an article).

    `condition` narrows a search: one phrase, or an expression of double-quoted phrases with AND, OR, parentheses.
    `ambiguous` are names that stand for other things too (FAP, familial adenomatous polyposis).
    """

    kind: Kind
    name: str
    terms: tuple[str, ...]
    condition: str = ""
    ambiguous: tuple[str, ...] = ()

    @property
    def item_id(self) -> str:
        """`trial:NCT01968109`, `agent:relatlimab`, `target:LAG-3`, `article:36939275`."""
        return f"{self.kind}:{self.name}"

    @property
    def paper_terms(self) -> tuple[str, ...]:
        """The names to search papers with: under a condition, which is their context, the ambiguous ones too."""
        return (*self.terms, *self.ambiguous) if self.condition else self.terms


def build_watch_items(watch: WatchSettings, vocabulary: Vocabulary, file_name: str) -> tuple[WatchItem, ...]:
    """Return the watch items in the order of the file, each once.

    Raises:
        ConfigurationError: a malformed NCT number or PMID, an unknown name, or one that must not be searched; the
            message begins with `file_name` and the place.
    """
    placed = [
        *_build_trials(watch, file_name),
        *_build_agents(watch, vocabulary, file_name),
        *_build_targets(watch, vocabulary, file_name),
        *_build_articles(watch, file_name),
    ]
    return tuple(_merge(placed))


def _merge(placed: Iterable[tuple[str, WatchItem]]) -> Iterator[WatchItem]:
    """Yield each item once; the same thing asked for in two ways is an error, for one would silently be lost."""
    seen: dict[str, WatchItem] = {}
    for place, item in placed:
        if item.item_id not in seen:
            seen[item.item_id] = item
            yield item
        elif seen[item.item_id] != item:
            raise ConfigurationError(
                f'{place}: "{item.name}" stands there before with another condition',
                'keep one; a condition may hold both: "lung" OR "solid tumor"',
            )


def _build_trials(watch: WatchSettings, file_name: str) -> Iterator[tuple[str, WatchItem]]:
    for index, text in enumerate(watch.trials):
        try:
            nct_id = parse_nct_id(text)
        except ValueError as error:
            raise ConfigurationError(
                f"{file_name}: watch.trials[{index}]: {error}", "correct it, then `trialwatch check`"
            ) from error
        yield f"{file_name}: watch.trials[{index}]", WatchItem("trial", nct_id, (nct_id,))


def _build_articles(watch: WatchSettings, file_name: str) -> Iterator[tuple[str, WatchItem]]:
    for index, number in enumerate(watch.articles):
        place = f"{file_name}: watch.articles[{index}]"
        try:
            pmid = parse_pmid(str(number))
        except ValueError as error:
            raise ConfigurationError(f"{place}: {error}", "correct it, then `trialwatch check`") from error
        yield place, WatchItem("article", pmid, (pmid,))


def _build_agents(watch: WatchSettings, vocabulary: Vocabulary, file_name: str) -> Iterator[tuple[str, WatchItem]]:
    for index, entry in enumerate(watch.agents):
        place = f"{file_name}: watch.agents[{index}]"
        name, condition = _split(entry, watch.condition, place)
        agent = vocabulary.find_agent(name)
        if agent is None:
            raise _unknown(place, "agent", name, [agent.name for agent in vocabulary.agents])
        if agent.role == "backbone":
            raise ConfigurationError(
                f'{place}: "{agent.name}" is a backbone agent: recognised in texts, never searched for',
                "watch the trials you mean by number, or the agent it is combined with",
            )
        if not agent.search_terms():
            raise ConfigurationError(
                f'{place}: "{agent.name}" has no verified name to search with', "watch its trials by number"
            )
        yield place, WatchItem("agent", agent.name, agent.search_terms(), condition, agent.ambiguous_terms())


def _build_targets(watch: WatchSettings, vocabulary: Vocabulary, file_name: str) -> Iterator[tuple[str, WatchItem]]:
    for index, entry in enumerate(watch.targets):
        place = f"{file_name}: watch.targets[{index}]"
        name, condition = _split(entry, watch.condition, place)
        target = vocabulary.find_target(name)
        if target is None:
            raise _unknown(place, "target", name, [target.name for target in vocabulary.targets])
        if not target.search_terms():
            raise ConfigurationError(
                f'{place}: "{target.name}" has no safe name to search with', "give it a name in `synonyms`"
            )
        yield place, WatchItem("target", target.name, target.search_terms(), condition, target.ambiguous_terms())


def _split(entry: str | NamedItem, default: str, place: str) -> tuple[str, str]:
    name, own = (entry, None) if isinstance(entry, str) else (entry.name, entry.condition)
    condition = (default if own is None else own).strip()
    flaw = find_condition_flaw(condition)
    if flaw:
        raise ConfigurationError(f"{place}: condition: {flaw}: {condition}", CONDITION_REMEDY)
    return name, condition


def find_condition_flaw(condition: str) -> str:
    """Return what is wrong with a condition, "" where nothing is. Without quotes it is one phrase, as it stands."""
    if '"' not in condition:
        return ""
    if condition.count('"') % 2 or not all(phrase.strip() for phrase in re.findall(r'"([^"]*)"', condition)):
        return "a quote does not close" if condition.count('"') % 2 else "a phrase is empty"
    depth, is_phrase_next = 0, True
    for piece in re.findall(r'"[^"]*"|[()]|[^\s()"]+', condition):
        if not piece.startswith('"') and piece not in "()" and piece.upper() not in ("AND", "OR"):
            return f"{piece} stands outside the quotes"
        # A phrase or "(" begins an operand; AND, OR and ")" follow one.
        if (piece.startswith('"') or piece == "(") != is_phrase_next:
            return f"{piece} stands where {'a quoted phrase' if is_phrase_next else 'AND or OR'} belongs"
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if depth < 0:
            break
        is_phrase_next = piece == "(" or piece.upper() in ("AND", "OR")
    if depth:
        return "parentheses do not close"
    return "it ends where a quoted phrase belongs" if is_phrase_next else ""


def _unknown(place: str, kind: str, name: str, known: list[str]) -> ConfigurationError:
    by_case = {text.casefold(): text for text in known}
    near = difflib.get_close_matches(name.casefold(), by_case, n=1)
    remedy = (
        f'did you mean "{by_case[near[0]]}"?' if near else f"add a [[{kind}]] to a folder that [vocabulary] extra names"
    )
    return ConfigurationError(f'{place}: "{name}" is no {kind} of the vocabulary', remedy)
