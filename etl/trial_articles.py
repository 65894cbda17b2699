"""Which trial a paper may be about though nobody says so: pairs scored from what both texts hold. Pure.

A candidate is a guess with its reasons. What counts, and for how much, is data (`models/article_candidates.toml`).
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import TypeVar

import msgspec

from etl.matching import fold_name
from models.article_candidates import CandidateRules

_WORD = re.compile(r"[a-z0-9]+")
# A sponsor's number has letters and digits; one without letters is only known by its form (EudraCT, CTIS).
_NUMBER_FORM = re.compile(
    r"(?=.*[0-9].*[0-9].*[0-9])(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9./-]{5,}|[0-9]{4}-[0-9]{6}-[0-9]{2}(?:-[0-9]{2})?"
)
_TOKEN = re.compile(r"[A-Za-z0-9][\w&+./-]*")
_PHASE = re.compile(r"\bphase[\s-]*([1-4]|iv|i{1,3})(?:[ab])?(?:\s*/\s*([1-4]|i{1,3})(?:[ab])?)?\b", re.IGNORECASE)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_Key = TypeVar("_Key")


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What of a trial can stand in a paper. `agents` are lead agents of the vocabulary that it gives."""

    nct_id: str
    acronym: str = ""
    titles: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    agents: frozenset[str] = frozenset()
    interventions: tuple[str, ...] = ()
    sponsors: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    start_date: dt.date | None = None


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """What of a paper can speak of a trial. `agents` are lead agents it names, `title_agents` those in its title.

    `subjects` are MeSH headings and keywords, `bodies` authors' groups, affiliations and funders.
    """

    pmid: str
    title: str
    abstract: str = ""
    publication_types: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    agents: frozenset[str] = frozenset()
    title_agents: frozenset[str] = frozenset()
    nct_ids: tuple[str, ...] = ()
    entrez_date: dt.date | None = None


class Candidate(msgspec.Struct, frozen=True):
    """A pair that may belong together; `score` 0 to 1, `reasons` for people, the strongest first."""

    nct_id: str
    pmid: str
    score: float
    reasons: str


class _Sought(msgspec.Struct, frozen=True):
    """What of one trial is looked for, folded but for names and numbers, which are told by their case."""

    trial: Trial
    conditions: tuple[tuple[str, tuple[str, ...]], ...]
    sponsors: tuple[tuple[str, str], ...]
    phases: frozenset[int]


class CandidateFinder:
    """Finds for a paper the trials it may be about, among those it is made with."""

    def __init__(self, trials: Iterable[Trial], rules: CandidateRules) -> None:
        self._rules = rules
        self._sought = {trial.nct_id: _prepare(trial, rules) for trial in trials}
        self._names: dict[str, set[str]] = defaultdict(set)
        self._numbers: dict[str, set[str]] = defaultdict(set)
        self._agents: dict[str, set[str]] = defaultdict(set)
        self._interventions: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for one in self._sought.values():
            self._index(one.trial)
        _drop_common(self._agents, rules.common_agent)
        _drop_common(self._interventions, rules.common_agent)
        # By the first word, so that a text is walked through once.
        self._phrases: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for words in sorted(self._interventions):
            self._phrases[words[0]].append(words)

    def _index(self, trial: Trial) -> None:
        for name in list_study_names(trial, self._rules):
            self._names[name].add(trial.nct_id)
        for number in trial.numbers:
            if _NUMBER_FORM.fullmatch(number):
                self._numbers[number.upper()].add(trial.nct_id)
        for agent in trial.agents:
            self._agents[agent].add(trial.nct_id)
        for name in trial.interventions:
            words = tuple(_WORD.findall(fold_name(name)))
            folded, agents = " ".join(words), self._rules.agents
            is_name = folded not in agents.generic and not agents.describing & set(words)
            if is_name and len(folded) >= agents.shortest:
                self._interventions[words].add(trial.nct_id)

    def find(self, paper: Paper) -> list[Candidate]:
        """Return the trials a paper may be about, the best first; none for a paper that names its trials itself."""
        if not may_be_candidate(paper, self._rules):
            return []
        evidence: dict[str, dict[str, str]] = defaultdict(dict)
        for nct_id, kind, words in self._find_anchors(paper):
            evidence[nct_id].setdefault(kind, words)
        scored = sorted(
            filter(None, (self._score(paper, self._sought[nct_id], found) for nct_id, found in evidence.items())),
            key=lambda one: (-one.score, one.nct_id),
        )
        best = [one for one in scored if one.score == scored[0].score]
        return scored[: self._rules.most_trials] if len(best) <= self._rules.most_trials else []

    def _find_anchors(self, paper: Paper) -> Iterator[tuple[str, str, str]]:
        """Yield what of which trial stands in a paper: number, kind of evidence, and the words for it."""
        tokens = {token.rstrip("./-") for token in _TOKEN.findall(f"{paper.title} {paper.abstract}")}
        pairs = {" ".join(pair) for pair in _pair(f"{paper.title} {paper.abstract}")}
        for token in sorted(tokens | pairs):
            for nct_id in self._names.get(_fold_study_name(token), ()):
                yield nct_id, "name", f"is called {token}"
            for nct_id in self._numbers.get(token.upper(), ()):
                yield nct_id, "number", f"gives the trial's number {token}"
        if not is_report(paper, self._rules):
            return
        for agent in sorted(paper.agents):
            is_title = agent in paper.title_agents
            yield from self._name_agent(self._agents.get(agent, ()), agent, is_title=is_title)
        for text, is_title in ((paper.title, True), (paper.abstract, False)):
            for words in self._find_phrases(text):
                yield from self._name_agent(self._interventions[words], " ".join(words), is_title=is_title)

    def _find_phrases(self, text: str) -> Iterator[tuple[str, ...]]:
        words = tuple(_WORD.findall(fold_name(text)))
        for place, word in enumerate(words):
            for phrase in self._phrases.get(word, ()):
                if words[place : place + len(phrase)] == phrase:
                    yield phrase

    def _name_agent(self, nct_ids: Iterable[str], name: str, *, is_title: bool) -> Iterator[tuple[str, str, str]]:
        for nct_id in nct_ids:
            yield nct_id, "agent", f"names {name} in the {'title' if is_title else 'abstract'}"
            if is_title:
                yield nct_id, "agent_in_title", ""

    def _score(self, paper: Paper, sought: _Sought, found: dict[str, str]) -> Candidate | None:
        rules, trial = self._rules, sought.trial
        phases = find_phases(" ".join((paper.title, *paper.publication_types)))
        if _is_too_early(paper, trial, rules) or (phases and sought.phases and not phases & sought.phases):
            return None
        evidence = dict(found)
        if len(trial.agents) > 1 and trial.agents <= paper.agents:
            evidence["all_agents"] = "names every lead agent of it"
        body = _fold_words(" ".join(paper.bodies), paper.abstract)
        sponsor = next((name for name, words in sought.sponsors if f" {words} " in body), None)
        if sponsor:
            evidence["sponsor"] = f"the sponsor {sponsor} is named"
        subject = _fold_words(paper.title, paper.abstract, *paper.subjects)
        condition = next((name for name, ways in sought.conditions if any(f" {way} " in subject for way in ways)), None)
        if condition:
            evidence["population"] = f"both are about {condition}"
        if phases & sought.phases:
            evidence["phase"] = f"both are of phase {'/'.join(map(str, sorted(phases & sought.phases)))}"
        if is_report(paper, rules):
            evidence["report"] = "it reports on a trial"
        if not _is_enough(evidence.keys(), rules):
            return None
        score = round(min(1.0, sum(rules.weights[kind] for kind in evidence)), 2)
        told = sorted(
            ((kind, words) for kind, words in evidence.items() if words), key=lambda pair: _weigh(pair, rules)
        )
        reasons = "; ".join(words for _, words in told)
        return Candidate(trial.nct_id, paper.pmid, score, reasons) if score >= rules.threshold else None


def may_be_candidate(paper: Paper, rules: CandidateRules) -> bool:
    """Whether a paper can be the report of a trial that it does not name by number."""
    if paper.nct_ids or rules.papers.excluded_types & set(paper.publication_types):
        return False
    return not _compile(rules.papers.excluded_titles).search(paper.title)


def is_report(paper: Paper, rules: CandidateRules) -> bool:
    """Whether a paper reports on a clinical trial, by its publication types or the words of its title."""
    by_type = any(name.startswith(rules.papers.report_types) for name in paper.publication_types)
    return by_type or bool(_compile(rules.papers.report_titles).search(paper.title))


def list_study_names(trial: Trial, rules: CandidateRules) -> list[str]:
    """Return what a study is called by, folded: its acronym, and names with a number in its titles."""
    pattern = _compile(rules.names.in_titles, flags=0)
    names = [trial.acronym, *(found for title in trial.titles for found in pattern.findall(title))]
    agents = {fold_name(name) for name in (*trial.agents, *trial.interventions)}
    kept = [
        name
        for name in names
        if len(name) >= rules.names.shortest
        and sum(map(str.isupper, name)) > 1
        and sum(map(str.isalpha, name)) >= rules.names.shortest
        and name not in rules.names.not_names
        and fold_name(name) not in agents
    ]
    return list(dict.fromkeys(map(_fold_study_name, kept)))


def find_phases(text: str) -> set[int]:
    """Return the phases a text states, 1 to 4; "phase 1b/2" states two."""
    found = (part.lower() for match in _PHASE.findall(text.replace(", ", " ")) for part in match if part)
    return {_ROMAN[part] if part in _ROMAN else int(part) for part in found}


def _prepare(trial: Trial, rules: CandidateRules) -> _Sought:
    return _Sought(
        trial=trial,
        conditions=tuple((name, ways) for name in trial.conditions if (ways := _list_ways(name, rules))),
        sponsors=tuple((name, words) for name in trial.sponsors if (words := _fold_sponsor(name, rules))),
        phases=frozenset(int(phase[-1]) for phase in trial.phases if phase[-1].isdigit()),
    )


def _list_ways(condition: str, rules: CandidateRules) -> tuple[str, ...]:
    """Return the folded ways in which a paper may name a condition; none for one that says nothing ("Cancer")."""
    folded = _fold_words(condition)
    ways = [way for group in rules.population.same if any(f" {one} " in folded for one in group) for way in group]
    own = [word for word in folded.split() if word not in rules.population.generic]
    if own:
        ways += [folded.strip(), " ".join(own)]
        ways += own if len(own) == 1 and len(own[0]) > len("lung") - 1 else []
    return tuple(dict.fromkeys(ways))


def _fold_sponsor(name: str, rules: CandidateRules) -> str:
    folded = _fold_words(name)
    for word in rules.sponsors.dropped:
        folded = folded.replace(f" {' '.join(_WORD.findall(word))} ", " ")
    words = folded.strip()
    return words if len(words) >= rules.sponsors.shortest else ""


def _fold_words(*texts: str) -> str:
    """Return texts as folded words between single spaces, one before and one after."""
    return " " + " | ".join(" ".join(_WORD.findall(fold_name(text))) for text in texts) + " "


def _fold_study_name(name: str) -> str:
    return re.sub(r"[\s\u2010-\u2015-]+", "-", name)


def _pair(text: str) -> Iterator[tuple[str, str]]:
    words = text.replace("(", " ").replace(")", " ").split()
    yield from ((one, other.rstrip(".,;:")) for one, other in itertools.pairwise(words))


def _drop_common(index: dict[_Key, set[str]], most: int) -> None:
    """Leave out what so many trials share that it tells none of them."""
    for name in [name for name, found in index.items() if len(found) > most]:
        del index[name]


def _is_enough(kinds: AbstractSet[str], rules: CandidateRules) -> bool:
    if kinds & {"name", "number"}:
        return bool(kinds & rules.needs.beside_name)
    return rules.needs.beside_agent <= kinds


def _is_too_early(paper: Paper, trial: Trial, rules: CandidateRules) -> bool:
    if paper.entrez_date is None or trial.start_date is None:
        return False
    return paper.entrez_date < trial.start_date - dt.timedelta(days=rules.days_before_start)


def _weigh(pair: tuple[str, str], rules: CandidateRules) -> tuple[float, str]:
    return -rules.weights[pair[0]], pair[0]


@functools.cache
def _compile(pattern: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile(pattern, flags)


def build_candidate_rows(
    candidates: Iterable[Candidate],
    declared: AbstractSet[tuple[str, str]],
    known: Mapping[tuple[str, str], dt.datetime],
    clock: dt.datetime,
) -> list[dict[str, object]]:
    """Return candidates as rows of `trial_article`, without the pairs (trial, paper) that are declared.

    `known` tells since when a pair was ever a candidate.
    """
    return [
        {
            "nct_id": one.nct_id,
            "pmid": one.pmid,
            "origin": "candidate",
            "reference_type": None,
            "score": one.score,
            "reasons": one.reasons,
            "first_seen_at": known.get((one.nct_id, one.pmid), clock),
        }
        for one in candidates
        if (one.nct_id, one.pmid) not in declared
    ]
