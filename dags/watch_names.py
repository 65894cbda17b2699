"""What a user means by a name: a trial, a paper, an agent or a target. Pure; it changes no list."""

from __future__ import annotations

import difflib

from models.errors import ConfigurationError
from models.nct import parse_nct_id
from models.pmid import parse_pmid
from models.settings import NamedItem, WatchSettings
from models.vocabulary import Agent, Target, Vocabulary
from models.watchlist import Kind, WatchItem, build_watch_items


def infer_item(name: str, condition: str | None, default: str, vocabulary: Vocabulary) -> WatchItem:
    """Return the watch item that a user means: a trial or a paper by number, else an agent or target by any safe name.

    Raises:
        ConfigurationError: it is none of them or both, cannot be watched, or its condition cannot be asked.
    """
    asked = name.strip()
    nct_id, flaw = _read_nct_id(asked)
    if nct_id:
        if condition is not None:
            raise ConfigurationError(
                f"{nct_id} is a trial: a condition narrows agents and targets", "add it without --condition"
            )
        return WatchItem("trial", nct_id, (nct_id,))
    pmid = _read_pmid(asked)
    if pmid:
        if condition is not None:
            raise ConfigurationError(
                f"PMID {pmid} is a paper: a condition narrows agents and targets", "add it without --condition"
            )
        return WatchItem("article", pmid, (pmid,))
    agent, target = vocabulary.find_agent(asked), vocabulary.find_target(asked)
    if agent and target:
        raise ConfigurationError(
            f'"{asked}" names both the agent "{agent.name}" and the target "{target.name}"',
            f"name the agent by {_list_own_names(agent, target)}, or the target by {_list_own_names(target, agent)}",
        )
    if agent is None and target is None:
        raise ConfigurationError(
            flaw
            if asked.casefold().startswith("nct")
            else f'"{asked}" is no trial, paper, agent or target of the vocabulary',
            _suggest(asked, vocabulary),
        )
    entries = (NamedItem(name=asked, condition=condition),)
    watch = (
        WatchSettings(agents=entries, condition=default) if agent else WatchSettings(targets=entries, condition=default)
    )
    try:
        return build_watch_items(watch, vocabulary, "")[0]
    except ConfigurationError as error:
        # Its place is in no file the user could look at.
        raise ConfigurationError(error.message.partition("]: ")[2], error.hint) from error


def identify_name(kind: Kind, name: str, vocabulary: Vocabulary) -> str:
    """Return the one written form of a name of a kind; "" where it is none."""
    if kind == "trial":
        return _read_nct_id(name)[0]
    if kind == "article":
        return _read_pmid(name)
    thing = vocabulary.find_agent(name) if kind == "agent" else vocabulary.find_target(name)
    return thing.name if thing else ""


def _read_nct_id(text: str) -> tuple[str, str]:
    """Return the number, or "" and why it is none."""
    try:
        return parse_nct_id(text), ""
    except ValueError as error:
        return "", str(error)


def _read_pmid(text: str) -> str:
    """Return the number of a paper, "" where the text is none."""
    try:
        return parse_pmid(text)
    except ValueError:
        return ""


def _list_own_names(thing: Agent | Target, other: Agent | Target) -> str:
    shared = {text.casefold() for text, _ in other.graded()}
    own = [f'"{text}"' for text, grade in thing.graded() if grade == "safe" and text.casefold() not in shared]
    return ", ".join(own[:2]) or "no other names"


def _suggest(asked: str, vocabulary: Vocabulary) -> str:
    things: tuple[Agent | Target, ...] = (*vocabulary.targets, *vocabulary.agents)
    owners = {text.casefold(): thing.name for thing in reversed(things) for text, _ in thing.graded()}
    near = dict.fromkeys(owners[text] for text in difflib.get_close_matches(asked.casefold(), owners, n=3))
    if near:
        return f"did you mean {' or '.join(f'{chr(34)}{name}{chr(34)}' for name in near)}?"
    others = "other agents and targets: a folder of TOML that [vocabulary] extra names"
    return f"a trial is NCT and 8 digits, a paper its PMID; {others}"
