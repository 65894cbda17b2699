"""Papers on the watchlist: what becomes of them is told with its reason, and a number that is no paper's is said."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dags import nightly
from dags.facts import explain_span, read_facts
from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.sample.server import SampleServer
from dags.sample.world import Revision, World
from dags.span import Span
from dags.status import describe_items, read_status
from dags.watch_commands import list_items
from dags.working_file import open_store
from etl.alert import build_alert, build_alert_subject, select_alert
from etl.digest import Facts, build_digest
from etl.render_markdown import render_markdown
from tests.conftest import at_night
from tests.dags.pubmed_nights import DAYS, LONG_AGO, PUBMED_ALONE, build_world, write_home
from tests.extractors.pubmed_xml import write_article
from warehouse.store import Store

Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]
PLAIN, OLD_SIN, UPDATED, NOBODY = "99000301", "99000302", "99000303", "99000999"
END = dt.datetime.combine(DAYS[3], dt.time())


def write_paper(pmid: str, seen: dt.date, tie: str = "", version: int = 1) -> Revision:
    """A paper that names nothing watched; `tie` is NLM's word for what another paper says of it."""
    inside = f"<ArticleTitle>On an unrelated matter {pmid}</ArticleTitle>"
    source = "<RefSource>J Samples</RefSource>"
    ties = f'<CommentsCorrections RefType="{tie}">{source}<PMID>99000350</PMID></CommentsCorrections>' if tie else ""
    beside = f"<CommentsCorrectionsList>{ties}</CommentsCorrectionsList>" if tie else ""
    return Revision(pmid, seen, write_article(pmid, inside, beside, version=version).encode())


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Inputs, World]]:
    """Three nights with papers that nothing but their numbers finds."""
    papers = [
        write_paper(PLAIN, LONG_AGO),
        write_paper(PLAIN, DAYS[1], "ErratumIn"),
        write_paper(PLAIN, DAYS[2], "RetractionIn"),
        write_paper(OLD_SIN, LONG_AGO, "RetractionIn"),
        write_paper(UPDATED, LONG_AGO),
        write_paper(UPDATED, DAYS[1], "UpdateIn"),
        write_paper(UPDATED, DAYS[2], "UpdateIn", version=2),
    ]
    world = build_world(papers)
    watch = f'articles = ["{PLAIN}", {OLD_SIN}, "PMID: {UPDATED}", "{NOBODY}"]'
    with SampleServer(world) as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr(nightly, "SOURCES", PUBMED_ALONE)
        home = write_home(tmp_path_factory.mktemp("watched"), server, watch)
        inputs = read_inputs(home / "watchlist.toml", environment={})
        for day in DAYS[:3]:
            world.serve(day)
            assert run_nightly(inputs, at_night(day)).exit_code == 0
        yield inputs, world


def test_papers_come_as_history_but_a_retraction_that_stands_is_told(watched: tuple[Inputs, World], ask: Ask) -> None:
    columns = "pmid, kind, detail, related_pmid, origin"
    query = f"SELECT {columns} FROM article_event WHERE CAST(observed_at AS DATE) = '{{}}' ORDER BY ALL"
    assert ask(watched[0], query.format(DAYS[0])) == [
        (PLAIN, "new", None, None, "backfill"),
        (OLD_SIN, "new", None, None, "backfill"),
        (OLD_SIN, "retracted", None, "99000350", "live"),
        (UPDATED, "new", None, None, "backfill"),
    ]
    assert ask(watched[0], query.format(DAYS[1])) == [
        (PLAIN, "corrected", None, "99000350", "live"),
        (UPDATED, "revised", "UpdateIn", "99000350", "live"),
    ]
    assert ask(watched[0], query.format(DAYS[2])) == [
        (PLAIN, "retracted", None, "99000350", "live"),
        (UPDATED, "revised", "version", None, "live"),
    ]


def test_each_item_is_proved_every_night_and_a_number_without_a_paper_is_said(
    watched: tuple[Inputs, World], ask: Ask
) -> None:
    rows = "FROM source_check WHERE starts_with(item, 'article:') GROUP BY ALL ORDER BY ALL"
    checks = f"SELECT item, source, outcome, received, count(*) {rows}"
    assert ask(watched[0], checks) == [
        *((f"article:{pmid}", "pubmed", "proved", 1, 3) for pmid in (PLAIN, OLD_SIN, UPDATED)),
        (f"article:{NOBODY}", "pubmed", "unproved", 0, 3),
    ]
    issues = f"SELECT DISTINCT severity, message FROM issue WHERE record = 'article:{NOBODY}'"
    assert ask(watched[0], issues) == [("warning", f"unproved: PubMed has no paper of the number {NOBODY}")]
    facts = read_status(watched[0], at_night(DAYS[2]))
    (line,) = [line for line in describe_items(facts) if line.startswith("article")]
    assert line.startswith(f"article {NOBODY}")
    assert f"no paper of the number {NOBODY}" in line


def test_the_list_shows_them_with_what_they_found(watched: tuple[Inputs, World]) -> None:
    _, rows = list_items(watched[0])
    assert [(row[0], row[1], row[4]) for row in rows] == [
        ("article", PLAIN, 1), ("article", OLD_SIN, 1), ("article", UPDATED, 1), ("article", NOBODY, 0)
    ]  # fmt: skip


def test_the_letter_tells_what_became_of_them_and_why_it_does(watched: tuple[Inputs, World]) -> None:
    span = Span("2026-W07", at_night(DAYS[0]) - dt.timedelta(hours=20), END)
    with open_store(watched[0], at_night(DAYS[2])) as store:
        facts = read_facts(store, span)
        digest = build_digest(facts, label=span.label, since=span.since, until=span.until, minimum_weight="medium")
        letter = render_markdown(digest, "medium")
        explained = render_markdown(explain_span(store, digest, span), "medium")
        alert = select_alert(facts, ())
    notices = [line for line in letter.splitlines() if line.startswith("- **")]
    told = [
        (PLAIN, "Retracted"),
        (OLD_SIN, "Retracted"),
        (PLAIN, "Corrected"),
        (UPDATED, "Updated"),
        (UPDATED, "New version"),
    ]
    assert sorted((pmid, head) for pmid, head in told) == sorted(
        (line.split("[PMID ")[1][:8], line.split("**")[1]) for line in notices
    )
    for text in (letter, explained):
        assert text.count("Here because: cited by your review") == len(told)
    assert "2 retractions" in letter
    built = build_alert(alert, label="x", since=span.since, until=span.until)
    assert {paper.pmid for part in built.sections for paper in part.notices} == {PLAIN, OLD_SIN}
    assert build_alert_subject(built) == "2 papers retracted (cited by your review)"


class _UndoneError(Exception):
    """Nothing of a transaction is kept."""


def read_unlisted(store: Store, span: Span) -> Facts:
    """Return the facts as they would be were nothing watched."""
    found = []
    with contextlib.suppress(_UndoneError), store.transaction():
        store.refill("watch_item", store.read("items").head(0))
        found.append(read_facts(store, span))
        raise _UndoneError
    return found[0]


def test_what_nobody_lists_is_not_told(watched: tuple[Inputs, World]) -> None:
    """The same events of papers on no list: a correction is counted, a successor is not even that."""
    span = Span("2026-W07", at_night(DAYS[0]) - dt.timedelta(hours=20), END)
    with open_store(watched[0], at_night(DAYS[2])) as store:
        listed = read_facts(store, span)
        unlisted = read_unlisted(store, span)
    assert sorted(row["kind"] for row in listed.papers if row["is_watched"]) == [
        "corrected", "retracted", "retracted", "revised", "revised"
    ]  # fmt: skip
    assert sorted(row["kind"] for row in unlisted.papers) == ["corrected", "retracted", "retracted"]
    assert not any(row["is_watched"] for row in unlisted.papers)
    assert list(select_alert(unlisted, ()).papers) == []
