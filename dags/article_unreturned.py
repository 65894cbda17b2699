"""Papers that PubMed's searches list and its records lack: asked for again for a month, waited for some days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from dags.run import Run
from extractors.pubmed.parse import SOURCE

# Days on which a paper was listed and not returned before an item counts as read without it.
DAYS_WAITED = 3
_DAYS_ASKED = 30
_MESSAGE = "listed by PubMed's search, and not returned when asked for by number"


def find_unreturned(run: Run, question: str) -> dict[str, set[dt.date]]:
    """Return the papers not held that a question listed in vain in the last month, with the days on which it did."""
    since = run.clock - dt.timedelta(days=_DAYS_ASKED)
    rows = run.store.read_rows("unreturned_articles", question=question, message=_MESSAGE, since=since)
    return {row["pmid"]: set(row["days"]) for row in rows}


def find_given_up(run: Run, question: str) -> set[str]:
    """Return the papers that a question began to ask for in vain more than a month ago."""
    since = run.clock - dt.timedelta(days=_DAYS_ASKED)
    rows = run.store.read("given_up_articles", question=question, message=_MESSAGE, since=since)
    return set(rows.get_column("pmid").to_list())


def note_unreturned(run: Run, question: str, pmids: Iterable[str]) -> set[str]:
    """Note that a question listed these papers in vain; return those of which that is enough days the case."""
    before = find_unreturned(run, question)
    enough = set()
    for pmid in sorted(pmids):
        days = before.get(pmid, set())
        if len(days | {run.clock.date()}) >= DAYS_WAITED:
            enough.add(pmid)
        if run.clock.date() not in days:
            run.add_issue("warning", SOURCE, _MESSAGE, record=pmid, path=question)
    return enough
