"""Watch items: what the settings ask for, checked against the vocabulary."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Literal

import msgspec

from models.errors import ConfigurationError
from models.nct import parse_nct_id
from models.settings import NamedItem, WatchSettings
from models.vocabulary import Vocabulary

Kind = Literal["trial", "agent", "target"]


class WatchItem(msgspec.Struct, frozen=True):
    """One thing watched. `terms` are the names to search with (the id itself for a trial).

    `condition` narrows a search: one phrase, or an expression of double-quoted phrases with AND, OR, parentheses.
    """

    kind: Kind
    name: str
    terms: tuple[str, ...]
    condition: str = ""

    @property
    def item_id(self) -> str:
        """`trial:NCT01968109`, `agent:relatlimab`, `target:LAG-3`."""
        return f"{self.kind}:{self.name}"


def build_watch_items(watch: WatchSettings, vocabulary: Vocabulary, file_name: str) -> tuple[WatchItem, ...]:
    """Return the watch items in the order of the file, each once.

    Raises:
        ConfigurationError: a malformed NCT number, an unknown name, or one that must not be searched; the message
            begins with `file_name` and the place.
    """
    items = [
        *_build_trials(watch, file_name),
        *_build_agents(watch, vocabulary, file_name),
        *_build_targets(watch, vocabulary, file_name),
    ]
    return tuple({item.item_id: item for item in items}.values())


def _build_trials(watch: WatchSettings, file_name: str) -> Iterator[WatchItem]:
    for index, text in enumerate(watch.trials):
        try:
            nct_id = parse_nct_id(text)
        except ValueError as error:
            raise ConfigurationError(
                f"{file_name}: watch.trials[{index}]: {error}", "correct it, then `trialwatch check`"
            ) from error
        yield WatchItem("trial", nct_id, (nct_id,))


def _build_agents(watch: WatchSettings, vocabulary: Vocabulary, file_name: str) -> Iterator[WatchItem]:
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
        yield WatchItem("agent", agent.name, agent.search_terms(), condition)


def _build_targets(watch: WatchSettings, vocabulary: Vocabulary, file_name: str) -> Iterator[WatchItem]:
    for index, entry in enumerate(watch.targets):
        place = f"{file_name}: watch.targets[{index}]"
        name, condition = _split(entry, watch.condition, place)
        target = vocabulary.find_target(name)
        if target is None:
            raise _unknown(place, "target", name, [target.name for target in vocabulary.targets])
        yield WatchItem("target", target.name, target.search_terms(), condition)


def _split(entry: str | NamedItem, default: str, place: str) -> tuple[str, str]:
    name, own = (entry, None) if isinstance(entry, str) else (entry.name, entry.condition)
    condition = (default if own is None else own).strip()
    if condition.count('"') % 2 or condition.count("(") != condition.count(")"):
        raise ConfigurationError(
            f"{place}: condition: quotes or parentheses do not close: {condition}",
            'write one phrase, or quoted phrases: "lung" OR "solid tumor"',
        )
    return name, condition


def _unknown(place: str, kind: str, name: str, known: list[str]) -> ConfigurationError:
    by_case = {text.casefold(): text for text in known}
    near = difflib.get_close_matches(name.casefold(), by_case, n=1)
    remedy = (
        f'did you mean "{by_case[near[0]]}"?' if near else f"add a [[{kind}]] to a folder that [vocabulary] extra names"
    )
    return ConfigurationError(f'{place}: "{name}" is no {kind} of the vocabulary', remedy)
