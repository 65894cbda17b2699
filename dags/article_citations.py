"""The papers that tracked trials cite: asked for by number until they are held. It searches for none.

Asked for are those that the sponsor gives as results, and those that the registry ties to the trial by its number;
background is what the sponsor had read before, about other work, and as many papers again.
"""

from __future__ import annotations

from typing import Any

from dags.article_fetching import ArticleFetcher
from dags.article_questions import Question
from dags.article_unreturned import find_given_up, note_unreturned
from dags.run import Check, Run
from dags.watching import write_matches
from etl.matching import Found
from etl.wording import count
from extractors.pubmed.parse import SOURCE
from models.page import Proof

CITED = "cited"


def read_citations(run: Run, fetcher: ArticleFetcher) -> None:
    """Fetch what tracked trials cite and is not held, and note for which items; what does not come becomes an issue.

    As history, but for what entered after an item had been read whole: that a trial cites an old paper since today is
    news of the trial, and its change says so.
    """
    given_up = find_given_up(run, CITED)
    rows = [row for row in run.store.read_rows("cited_articles") if row["pmid"] not in given_up]
    if not rows:
        return
    owners: dict[str, tuple[str, ...]] = {}
    for row in rows:
        owners[row["pmid"]] = (*owners.get(row["pmid"], ()), *row["items"])
    question = Question(CITED, (), run.clock.date(), is_first=True, owners=owners)
    asked = fetcher.fetch_ids(question, owners)
    came = asked & fetcher.loader.loaded
    waited_for = asked - came - note_unreturned(run, CITED, asked - fetcher.returned)
    reason = fetcher.take_strangers()
    if waited_for:
        reason = f"{len(came)} of {count(len(asked), 'paper')} cited came"
    if reason:
        run.add_issue("warning", SOURCE, f"unproved: {reason}", record=CITED)
    proof = Proof(CITED, is_proved=not reason, expected=len(asked), received=len(came), reason=reason)
    run.add_checks(SOURCE, [Check(proof, "", run.clock.date())])
    write_matches(run, SOURCE, _find_matches(rows, came), run.clock.date())


def _find_matches(rows: list[dict[str, Any]], came: set[str]) -> dict[str, dict[str, Found]]:
    """Return why each item has each paper: the registry's record of a trial that it tracks."""
    found: dict[str, dict[str, Found]] = {}
    for row in rows:
        for item in row["items"] if row["pmid"] in came else ():
            found.setdefault(item, {}).setdefault(row["pmid"], ("registry", row["nct_id"]))
    return found
