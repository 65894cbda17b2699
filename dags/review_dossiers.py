"""Brings together what the warehouse holds of the records that reviews cite: a dossier a claim. It judges none.

`read` asks a named statement, of the working file or of the published one: both hold the same.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from etl.review.arms import find_given
from etl.review.dossier import Cited, Dossier, Resolved, Row, find_combinations, resolve_claims
from etl.selecting import Areas, meets
from models.review import Claim, Review
from models.vocabulary import Vocabulary

Read = Callable[..., list[dict[str, Any]]]
_ByTrial = Mapping[str, Sequence[Row]]


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of the records that some reviews cite, by trial; `trials` by the number cited."""

    trials: Mapping[str, Row]
    at_printing: Mapping[tuple[str, str], Row]
    changes: _ByTrial
    arms: _ByTrial
    given: _ByTrial
    studies: Mapping[str, dict[str, Any]]
    papers: _ByTrial
    cited_papers: Mapping[str, Sequence[Row]]
    agent_trials: Sequence[Row]
    watched: frozenset[str]


def build_dossiers(
    reviews: Sequence[Review], vocabulary: Vocabulary, read: Read, now: dt.datetime, stale_after_days: int
) -> list[Dossier]:
    """Return a dossier for each claim of some reviews, in their order."""
    resolved = [(review, *said) for review in reviews for said in resolve_claims(review, vocabulary)]
    held = read_held(reviews, [own for *_, own in resolved], find_combinations(vocabulary), read)
    return [_build_dossier(said, held, now.date(), stale_after_days) for said in resolved]


def list_numbers(claim: Claim) -> tuple[str, ...]:
    """Return the trials a claim is judged by: those printed, else those it means."""
    return claim.trials or claim.meant


def read_held(
    reviews: Sequence[Review], resolved: Iterable[Resolved], combinations: Mapping[str, Sequence[str]], read: Read
) -> Held:
    """Read all rows, a statement each for all reviews, and one for each day of printing."""
    claims = [claim for review in reviews for claim in review.claims]
    numbers = sorted({number for claim in claims for number in (*claim.trials, *claim.meant)})
    agents = {name for own in resolved for name in own.followed}
    trials = {row["number"]: row for row in read("review_trials", numbers=numbers)}
    nct_ids = sorted({row["nct_id"] for row in trials.values()})
    papers = read("review_papers", pmids=sorted({pmid for claim in claims for pmid in claim.articles}), nct_ids=nct_ids)
    asked = sorted(
        {trials[one]["nct_id"] for claim in claims if claim.condition for one in list_numbers(claim) if one in trials}
    )
    found = read("review_agents", agents=sorted(_widen(agents, combinations)))
    arms = _group(read("review_arms", nct_ids=sorted({*nct_ids, *(row["nct_id"] for row in found)})), "nct_id")
    given = {nct_id: find_given(rows, combinations) for nct_id, rows in arms.items()}
    return Held(
        trials=trials,
        at_printing={
            (review.id, row["nct_id"]): row
            for review in reviews
            for row in read("review_as_of", day=review.printed, nct_ids=nct_ids)
        },
        changes=_group(read("review_status_changes", nct_ids=nct_ids), "nct_id"),
        arms=arms,
        given=given,
        studies={row["nct_id"]: msgspec.json.decode(row["payload"]) for row in read("review_payloads", nct_ids=asked)},
        papers=_group((row for row in papers if row["nct_id"]), "nct_id"),
        cited_papers=_group((row for row in papers if not row["nct_id"]), "pmid"),
        agent_trials=list(_list_trials(found, agents, given)),
        watched=frozenset(row["name"] for row in read("review_watched")),
    )


def _widen(agents: Collection[str], combinations: Mapping[str, Sequence[str]]) -> set[str]:
    """Return agents with the fixed combinations that one of them is in, and the parts of those asked for."""
    combined = {name for name, parts in combinations.items() if set(parts) & set(agents)}
    return {*agents, *combined, *(part for name in agents for part in combinations.get(name, ()))}


def _list_trials(
    found: Iterable[Row], agents: Collection[str], given: Mapping[str, Sequence[Row]]
) -> Iterator[dict[str, Any]]:
    """Yield a row for each agent and trial that gives it."""
    for row in found:
        own = {one["agent"] for one in given.get(row["nct_id"], ())}
        yield from ({**row, "agent": name} for name in sorted(own.intersection(agents)))


def _group(rows: Iterable[dict[str, Any]], key: str) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row[key]].append(row)
    return grouped


def _build_dossier(said: tuple[Review, Claim, Resolved], held: Held, today: dt.date, stale_after_days: int) -> Dossier:
    review, claim, own = said
    return Dossier(
        review=review,
        claim=claim,
        **msgspec.structs.asdict(own),
        cited=tuple(_build_cited(review, claim, number, held) for number in list_numbers(claim)),
        meant=tuple(_build_cited(review, claim, number, held) for number in claim.meant if claim.trials),
        papers=[row for pmid in claim.articles for row in held.cited_papers.get(pmid, ())],
        agent_trials=[row for row in held.agent_trials if row["agent"] in own.followed],
        watched=held.watched,
        today=today,
        stale_after_days=stale_after_days,
    )


def _build_cited(review: Review, claim: Claim, number: str, held: Held) -> Cited:
    row = held.trials.get(number)
    if row is None:
        return Cited(number=number, row=None)
    nct_id = row["nct_id"]
    arms, given = held.arms.get(nct_id, ()), held.given.get(nct_id, ())
    study = held.studies.get(nct_id)
    return Cited(
        number=number,
        row=row,
        at_printing=held.at_printing.get((review.id, nct_id)),
        changes=held.changes.get(nct_id, ()),
        agents=frozenset(one["agent"] for one in given if one["agent"]),
        targets=frozenset(one["target"] for one in given if one["target"]),
        named_targets=frozenset(one["target"] for one in arms if one["target"]),
        meets_condition=meets(claim.condition, Areas(study)) if claim.condition and study else None,
        papers=held.papers.get(nct_id, ()),
    )
