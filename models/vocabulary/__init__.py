"""Targets, agents and pathways with their names: the types, and a pure reader of the TOML files beside it.

The files hold `[[target]]`, `[[agent]]` and `[[pathway]]` tables; one more of either is TOML only. A name's grade
says how far it can be trusted: `synonyms` are safe wherever they stand, `needs_context` only beside a cue or
another name of the same thing, `never_alone` only in a document that names it otherwise too. `unverified` names are
recognised like safe ones, but never used as a search term.
"""

from __future__ import annotations

import functools
import hashlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeVar, get_args

import msgspec

from models.errors import ConfigurationError

Grade = Literal["safe", "needs_context", "never_alone"]
AgentRole = Literal["lead", "backbone"]
ActionKind = Literal["blocks", "agonist", "depletes", "derived_from", "delivers", "images"]


class Pathway(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A section of the review that a trial without one of the targets still belongs to."""

    name: str
    description: str = ""


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The names of one thing, by grade, with the words that decide an ambiguous one."""

    name: str
    source: str
    synonyms: tuple[str, ...] = ()
    needs_context: tuple[str, ...] = ()
    never_alone: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()

    def graded(self) -> Iterator[tuple[str, Grade]]:
        """Yield every name once with its grade, the primary name first (safe unless listed otherwise)."""
        listed: dict[str, Grade] = {}
        for text in self.never_alone:
            listed.setdefault(text, "never_alone")
        for text in self.needs_context:
            listed.setdefault(text, "needs_context")
        for text in (self.name, *self.synonyms, *self.unverified):
            listed.setdefault(text, "safe")
        ordered = dict.fromkeys((self.name, *listed))
        yield from ((text, listed[text]) for text in ordered)

    def search_terms(self) -> tuple[str, ...]:
        """The names safe and sourced enough to search a registry or PubMed with."""
        kept_back = {*self.needs_context, *self.never_alone, *self.unverified}
        return tuple(text for text in dict.fromkeys((self.name, *self.synonyms)) if text not in kept_back)

    def ambiguous_terms(self) -> tuple[str, ...]:
        """The primary name, where it stands for other things too: to be searched with context alone."""
        is_ambiguous = self.name in self.needs_context and self.name not in (*self.never_alone, *self.unverified)
        return (self.name,) if is_ambiguous else ()


class Target(Names, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A watched gene product. `symbol` is HGNC's; the ids are those of HGNC, NCBI Gene (human, mouse, rat), UniProt."""

    symbol: str
    hgnc_id: str = ""
    ncbi_gene: tuple[int, ...] = ()
    uniprot: str = ""
    pathway: str = ""


class Action(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an agent does to a gene. `links` is False where naming the agent does not make it that gene's trial."""

    gene: str
    action: ActionKind
    links: bool = True


class Agent(Names, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A drug: `lead` ones may be searched for, `backbone` ones are recognised in texts, never searched."""

    role: AgentRole
    modality: str = ""
    actions: tuple[Action, ...] = ()
    pathways: tuple[str, ...] = ()


_Named = TypeVar("_Named", bound=Names)
_Thing = TypeVar("_Thing", Target, Agent, Pathway)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    target: tuple[Target, ...] = ()
    agent: tuple[Agent, ...] = ()
    pathway: tuple[Pathway, ...] = ()


class Vocabulary(msgspec.Struct, frozen=True, dict=True):  # a dict for what is worked out once
    """All of it. `version` is a digest of the content: equal content, equal version, whatever the file names."""

    version: str
    targets: tuple[Target, ...]
    agents: tuple[Agent, ...]
    pathways: tuple[Pathway, ...]

    def find_target(self, name: str) -> Target | None:
        """Return the target of that name, symbol or safe synonym, whatever its case; None if there is none."""
        return self._targets_by_name.get(name.casefold())

    def find_agent(self, name: str) -> Agent | None:
        """Return the agent of that name (whatever its grade) or safe synonym, in any case; None if there is none."""
        return self._agents_by_name.get(name.casefold())

    def targets_of(self, agent: Agent) -> tuple[str, ...]:
        """Return the names of the watched targets that naming `agent` links to, in the agent's own order."""
        by_symbol = {target.symbol: target.name for target in self.targets}
        linked = (by_symbol[act.gene] for act in agent.actions if act.links and act.gene in by_symbol)
        return tuple(dict.fromkeys(linked))

    def parts_of(self, agent: Agent) -> tuple[str, ...]:
        """Return the names of the agents that a fixed combination is of (`nivolumab/relatlimab`); none for others."""
        parts = [self.find_agent(part.strip()) for part in agent.name.split("/")]
        names = tuple(part.name for part in parts if part is not None)
        return names if len(names) == len(parts) > 1 else ()

    @functools.cached_property
    def _targets_by_name(self) -> dict[str, Target]:
        return _index(self.targets)

    @functools.cached_property
    def _agents_by_name(self) -> dict[str, Agent]:
        return _index(self.agents)


def _index(things: Sequence[_Named]) -> dict[str, _Named]:
    """Return each thing by what it may be asked for by: its own name or symbol goes before another's synonym."""
    index: dict[str, _Named] = {}
    for thing in things:
        index.setdefault(thing.name.casefold(), thing)
        if isinstance(thing, Target):
            index.setdefault(thing.symbol.casefold(), thing)
    for thing in things:
        for text, grade in thing.graded():
            if grade == "safe":
                index.setdefault(text.casefold(), thing)
    return index


def parse_vocabulary(files: Mapping[str, bytes]) -> Vocabulary:
    """Read TOML files (name → bytes) into one vocabulary.

    Raises:
        ConfigurationError: a file is not TOML, holds an unknown key, names a thing twice, a name of nothing, an unknown
            pathway, or a target where its gene's symbol belongs; the message names the file, the path in it, and
            what is allowed there.
    """
    parts = {name: _parse_file(name, body) for name, body in files.items()}
    targets = _unique("target", [(name, target) for name, part in parts.items() for target in part.target])
    agents = _unique("agent", [(name, agent) for name, part in parts.items() for agent in part.agent])
    pathways = _unique("pathway", [(name, pathway) for name, part in parts.items() for pathway in part.pathway])
    known, meant, symbols = {one.name for one in pathways}, _index(targets), {one.symbol for one in targets}
    for name, part in parts.items():
        things: tuple[Target | Agent, ...] = (*part.target, *part.agent)
        for thing in things:
            _refuse_odd(f'vocabulary {name}: "{thing.name}"', thing, known)
            if isinstance(thing, Agent):
                _refuse_names_of_targets(f'vocabulary {name}: "{thing.name}"', thing, meant, symbols)
    content = msgspec.json.encode([targets, agents, pathways], order="deterministic")
    version = hashlib.blake2b(content, digest_size=8).hexdigest()
    return Vocabulary(version, targets, agents, pathways)


def _parse_file(name: str, body: bytes) -> _File:
    try:
        return msgspec.convert(tomllib.loads(body.decode("utf-8")), _File)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise ConfigurationError(f"vocabulary {name}: {error}", _describe_keys()) from error


def _refuse_odd(place: str, thing: Target | Agent, pathways: set[str]) -> None:
    """Raise where `thing` says what no text or table can hold, and would be passed over in silence."""
    blank = next((text for text, _ in thing.graded() if not any(letter.isalnum() for letter in text)), None)
    if blank is not None:
        raise ConfigurationError(f'{place} has the name "{blank}", without a letter or digit', "take it out")
    used = thing.pathways if isinstance(thing, Agent) else (thing.pathway,)
    unknown = sorted({name for name in used if name} - pathways)
    if unknown:
        raise ConfigurationError(
            f'{place} belongs to an unknown pathway "{unknown[0]}"',
            f"add a [[pathway]] of that name; known: {', '.join(sorted(pathways))}",
        )


def _refuse_names_of_targets(place: str, agent: Agent, targets: Mapping[str, Target], symbols: set[str]) -> None:
    for act in agent.actions:
        meant = None if act.gene in symbols else targets.get(act.gene.casefold())
        if meant is not None:
            raise ConfigurationError(
                f'{place} acts on the gene "{act.gene}", which is no symbol, so that it would link to nothing',
                f'for the target {meant.name} write gene = "{meant.symbol}"',
            )


def _describe_keys() -> str:
    choices = (("role", AgentRole), ("action", ActionKind))
    tables = (("target", Target), ("agent", Agent), ("pathway", Pathway))
    known = (f"[[{name}]] takes {', '.join(f.name for f in msgspec.structs.fields(kind))}" for name, kind in tables)
    listed = (f"{name} is one of {', '.join(get_args(choice))}" for name, choice in choices)
    return "; ".join((*known, "an action takes gene, action, links", *listed))


def _unique(kind: str, listed: list[tuple[str, _Thing]]) -> tuple[_Thing, ...]:
    seen: dict[str, str] = {}
    for file, thing in listed:
        if thing.name.casefold() in seen:
            raise ConfigurationError(
                f'vocabulary {file}: {kind} "{thing.name}" is defined twice, also in {seen[thing.name.casefold()]}',
                "keep one of the two tables; a file of your own adds to the package's, it cannot change them",
            )
        seen[thing.name.casefold()] = file
    return tuple(sorted((thing for _, thing in listed), key=lambda thing: thing.name.casefold()))
