"""The papers on the watchlist: asked for by number every night, so that what becomes of them is seen."""

from __future__ import annotations

from collections.abc import Iterable

from dags.article_fetching import ArticleFetcher
from dags.article_questions import Question, find_proved
from dags.run import Check, Run
from dags.watching import hash_query, write_matches
from etl.matching import Found
from extractors.pubmed.parse import SOURCE
from models.page import Proof
from models.watchlist import WatchItem

WATCHED = "articles"


def read_watched(run: Run, fetcher: ArticleFetcher) -> tuple[int, set[str]]:
    """Fetch every paper of the list; return how many items were proved, and the numbers asked for.

    One read for the first time comes as history, but for a retraction or a concern that stands: that is told. A number
    that PubMed has no paper of is not proved, and said every night.
    """
    items = [item for item in run.inputs.items if item.kind == "article"]
    if not items:
        return 0, set()
    states = {row["item"]: row for row in run.store.read_rows("item_checks", source=SOURCE)}
    known = find_proved(run, states)
    asked: set[str] = set()
    for is_first in (False, True):
        chosen = tuple(item for item in items if (item.item_id not in known) == is_first)
        question = Question(WATCHED, chosen, run.clock.date(), is_first)
        asked |= fetcher.fetch_ids(question, (item.name for item in chosen))
    stranger = fetcher.take_strangers()
    if stranger:
        run.add_issue("warning", SOURCE, stranger, record=WATCHED)
    proofs = {item.item_id: proof for item, proof in _prove(run, fetcher, items)}
    for item_id, proof in proofs.items():
        if not proof.is_proved:
            run.add_issue("warning", SOURCE, f"unproved: {proof.reason}", record=item_id)
    day = run.clock.date()
    run.add_checks(SOURCE, [Check(proofs[item.item_id], hash_query(item), day) for item in items])
    _match(run, fetcher, items)
    return sum(proof.is_proved for proof in proofs.values()), asked


def _prove(run: Run, fetcher: ArticleFetcher, items: Iterable[WatchItem]) -> Iterable[tuple[WatchItem, Proof]]:
    """Yield whether each paper was read: it came, or PubMed is known to have taken it out."""
    names = [item.name for item in items]
    held = {row["pmid"]: row["state"] for row in run.store.read_rows("held_articles", pmids=names)}
    for item in items:
        came = item.name in fetcher.loader.loaded
        is_gone = held.get(item.name, "active") != "active"
        reason = "" if came or is_gone else _explain(item.name, fetcher, is_held=item.name in held)
        yield item, Proof(item.item_id, is_proved=not reason, expected=1, received=int(came), reason=reason)


def _explain(pmid: str, fetcher: ArticleFetcher, *, is_held: bool) -> str:
    if pmid in fetcher.returned:
        return "its record could not be read"
    return "it did not come, and is held from before" if is_held else f"PubMed has no paper of the number {pmid}"


def _match(run: Run, fetcher: ArticleFetcher, items: Iterable[WatchItem]) -> None:
    came = [item for item in items if item.name in fetcher.loader.loaded]
    if not came:
        return
    found: dict[str, dict[str, Found]] = {item.item_id: {item.name: ("pmid", item.name)} for item in came}
    write_matches(run, SOURCE, found, run.clock.date())
    run.store.run("touch_articles", pmids=[item.name for item in came], clock=run.clock)
