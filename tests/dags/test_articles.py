"""What is asked of PubMed, night by night, and what is concluded from its answers and its silence."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dags import articles, nightly
from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.sample.faults import Fault, Reply
from dags.sample.server import SampleServer
from dags.sample.world import Revision
from extractors.pubmed import terms
from tests.conftest import at_night
from tests.dags.pubmed_nights import DAYS, LONG_AGO, PUBMED_ALONE, build_world, write_home, write_paper

Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]
AGENT = 'agents = ["zelbarimab"]'
PAPERS = [write_paper(number, LONG_AGO) for number in range(1, 13)]
OUTCOME = "SELECT run_id, outcome, reason FROM source_check ORDER BY run_id"


@pytest.fixture(autouse=True)
def _pubmed_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "SOURCES", PUBMED_ALONE)


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[..., tuple[SampleServer, Inputs]]]:
    """Return a starter of worlds: it serves some papers and writes a watchlist for them."""
    servers: list[SampleServer] = []

    def start(papers: Iterable[Revision], watch: str = AGENT, source: str = "") -> tuple[SampleServer, Inputs]:
        server = SampleServer(build_world(papers)).__enter__()
        servers.append(server)
        home = write_home(tmp_path / "home", server, watch, source)
        return server, read_inputs(home / "watchlist.toml", environment={})

    yield start
    for server in servers:
        server.__exit__(None, None, None)


def run_days(server: SampleServer, inputs: Inputs, *days: dt.date) -> list[int]:
    codes = []
    for day in days:
        server.world.serve(day)
        codes.append(run_nightly(inputs, at_night(day)).exit_code)
    return codes


def withhold(server: SampleServer, monkeypatch: pytest.MonkeyPatch, *pmids: str) -> None:
    """Let efetch lack some records that esearch lists."""
    answer = server.answer

    def answer_without(method: str, target: str, form: str, user_agent: str) -> Reply:
        reply = answer(method, target, form, user_agent)
        body = reply.body
        if "efetch" in target:
            for pmid in pmids:
                record = rb"<PubmedArticle><MedlineCitation[^>]*><PMID[^>]*>" + pmid.encode() + rb"<.*?</PubmedArticle>"
                body = re.sub(record, b"", body, flags=re.DOTALL)
        return msgspec.structs.replace(reply, body=body)

    monkeypatch.setattr(server, "answer", answer_without)


def read_windows(server: SampleServer) -> list[tuple[str, ...]]:
    asked = [request.params for request in server.requests if request.path.endswith("esearch.fcgi")]
    server.requests.clear()
    return [tuple(params[name] for name in ("datetype", "mindate", "maxdate")) for params in asked]


def test_windows_of_entry_and_of_revision_overlap_the_last_good_reading(
    begin: Callable[..., tuple[SampleServer, Inputs]],
) -> None:
    server, inputs = begin(PAPERS)
    run_days(server, inputs, DAYS[0])
    assert read_windows(server) == [("edat", "2026/01/01", "2026/02/10")]
    server.faults.append(Fault(kind="status", path="/entrez", times=None))
    assert run_days(server, inputs, DAYS[1]) == [1]
    server.faults.clear()
    read_windows(server)
    run_days(server, inputs, DAYS[2])
    assert read_windows(server) == [("edat", "2026/02/03", "2026/02/12"), ("mdat", "2026/02/03", "2026/02/12")]
    run_days(server, inputs, DAYS[3])
    assert read_windows(server)[0] == ("edat", "2026/02/05", "2026/02/13")


def test_the_condition_of_the_list_narrows_pubmed_as_it_does_the_registry(
    begin: Callable[..., tuple[SampleServer, Inputs]],
) -> None:
    watch = 'agents = ["zelbarimab"]\ntargets = [{ name = "FAP", condition = "stroma" }]\ncondition = "cancer"'
    server, inputs = begin(PAPERS, watch)
    run_days(server, inputs, DAYS[0])
    asked = [request.params["term"] for request in server.requests if "term" in request.params]
    assert [term.rpartition(" AND ")[2] for term in asked] == ['("cancer"[tiab])', '("stroma"[tiab])']


def test_more_names_than_a_query_takes_are_searched_in_several_and_proved_together(
    begin: Callable[..., tuple[SampleServer, Inputs]], ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terms.build_terms, "__kwdefaults__", {"longest": 20})
    papers = [*PAPERS, write_paper(20, LONG_AGO, "ZLB-201 at work"), write_paper(21, LONG_AGO, "ZLB-201, zelbarimab")]
    server, inputs = begin(papers)
    run_days(server, inputs, DAYS[0])
    assert len(read_windows(server)) == 2
    assert ask(inputs, "SELECT outcome, expected, received FROM source_check") == [("proved", 14, 14)]
    assert ask(inputs, "SELECT count(*) FROM article") == [(14,)]


def test_a_held_paper_that_names_nothing_watched_any_more_is_seen_to_be_revised(
    begin: Callable[..., tuple[SampleServer, Inputs]], ask: Ask
) -> None:
    server, inputs = begin([*PAPERS, write_paper(1, DAYS[1], "Something else")])
    run_days(server, inputs, *DAYS[:2])
    assert ask(inputs, "SELECT title FROM article WHERE pmid = '99000001'") == [("Something else 1",)]
    query = "SELECT pmid, kind, detail FROM article_event WHERE origin = 'live'"
    assert ask(inputs, query) == [("99000001", "revised", "title")]


def test_what_is_asked_for_by_number_of_papers_held_is_bounded_and_goes_round(
    begin: Callable[..., tuple[SampleServer, Inputs]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(articles, "_MOST_REFRESHED", 5)
    server, inputs = begin(PAPERS)
    run_days(server, inputs, DAYS[0])
    asked = []
    for day in DAYS[1:4]:
        server.requests.clear()
        run_days(server, inputs, day)
        asked.append([request.params["id"].split(",") for request in server.requests if "id" in request.params])
    assert [[len(ids) for ids in night] for night in asked] == [[5], [5], [5]]
    assert {pmid for night in asked for ids in night for pmid in ids} == {paper.pmid for paper in PAPERS}


def test_a_paper_taken_out_is_believed_gone_on_the_third_day_and_back_when_it_is_served(
    begin: Callable[..., tuple[SampleServer, Inputs]], ask: Ask
) -> None:
    server, inputs = begin(PAPERS)
    run_days(server, inputs, DAYS[0])
    server.world.hide("99000001")
    state = "SELECT state FROM article WHERE pmid = '99000001'"
    seen = []
    for day in DAYS[1:4]:
        run_days(server, inputs, day, day)
        seen += ask(inputs, state)
    assert seen == [("active",), ("active",), ("deleted",)]
    server.world.show("99000001")
    run_days(server, inputs, DAYS[4])
    assert ask(inputs, state) == [("active",)]
    query = "SELECT pmid, kind FROM article_event WHERE kind <> 'new' ORDER BY observed_at"
    assert ask(inputs, query) == [("99000001", "deleted"), ("99000001", "restored")]


def test_an_answer_that_lacks_many_papers_at_once_ends_none(
    begin: Callable[..., tuple[SampleServer, Inputs]], ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, inputs = begin(PAPERS)
    run_days(server, inputs, DAYS[0])
    withhold(server, monkeypatch, *(paper.pmid for paper in PAPERS[:6]))
    run_days(server, inputs, *DAYS[1:5])
    assert ask(inputs, "SELECT DISTINCT state FROM article") == [("active",)]
    assert ask(inputs, "SELECT DISTINCT message FROM issue") == [
        ("6 of 12 papers did not come by number: not believed",)
    ]


@pytest.mark.slow
def test_a_record_that_cannot_be_read_is_not_missing(
    begin: Callable[..., tuple[SampleServer, Inputs]], ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, inputs = begin(PAPERS)
    run_days(server, inputs, DAYS[0])
    answer = server.answer

    def answer_unreadably(*request: str) -> Reply:
        reply = answer(*request)
        body = reply.body.replace(b'<PMID Version="1">99000001', b'<PMID Version="first">99000001')
        return msgspec.structs.replace(reply, body=body)

    monkeypatch.setattr(server, "answer", answer_unreadably)
    run_days(server, inputs, *DAYS[1:5])
    assert ask(inputs, "SELECT count(DISTINCT run_id) FROM issue WHERE severity = 'error'") == [(4,)]
    assert ask(inputs, "SELECT DISTINCT state FROM article") == [("active",)]


LATE = [write_paper(30, LONG_AGO, "Something else"), write_paper(30, DAYS[1], "Zelbarimab after all")]


def test_a_paper_that_matches_since_a_revision_and_does_not_come_leaves_its_item_in_doubt(
    begin: Callable[..., tuple[SampleServer, Inputs]], ask: Ask
) -> None:
    server, inputs = begin([*PAPERS, *LATE])
    run_days(server, inputs, DAYS[0])
    with pytest.MonkeyPatch.context() as patch:
        withhold(server, patch, "99000030")
        run_days(server, inputs, DAYS[1])
    assert ask(inputs, OUTCOME)[1:] == [(2, "unproved", "0 of 1 received, without 99000030")]
    run_days(server, inputs, DAYS[2])
    assert ask(inputs, OUTCOME)[2:] == [(3, "proved", None)]
    query = "SELECT kind, origin FROM article_event WHERE pmid = '99000030'"
    assert ask(inputs, query) == [("now_mentions", "live")]


def test_a_paper_that_matches_since_a_revision_and_entered_too_early_is_not_waited_for(
    begin: Callable[..., tuple[SampleServer, Inputs]], ask: Ask
) -> None:
    early = [write_paper(30, dt.date(2025, 6, 1), "Something else"), LATE[1]]
    server, inputs = begin([*PAPERS, *early])
    run_days(server, inputs, *DAYS[:2])
    assert [row[1] for row in ask(inputs, OUTCOME)] == ["proved", "proved"]
    assert ask(inputs, "SELECT count(*) FROM article WHERE pmid = '99000030'") == [(0,)]


def test_a_paper_that_does_not_come_once_is_asked_for_again_the_same_night(
    begin: Callable[..., tuple[SampleServer, Inputs]], ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, inputs = begin(PAPERS)
    whole, by_number = server.answer, []

    def answer_without_once(method: str, target: str, form: str, user_agent: str) -> Reply:
        reply = whole(method, target, form, user_agent)
        by_number.extend([form] if "&id=" in f"&{form}" else [])
        if "WebEnv" not in form:
            return reply
        body = re.sub(rb"<PubmedArticle>.*?</PubmedArticle>", b"", reply.body, count=1, flags=re.DOTALL)
        return msgspec.structs.replace(reply, body=body)

    monkeypatch.setattr(server, "answer", answer_without_once)
    run_days(server, inputs, DAYS[0])
    assert len(by_number) == 1
    assert ask(inputs, OUTCOME) == [(1, "proved", None)]
    assert ask(inputs, "SELECT count(*) FROM article") == [(12,)]


@pytest.mark.slow
def test_a_paper_listed_for_days_without_a_record_holds_up_nothing_and_is_not_forgotten(
    begin: Callable[..., tuple[SampleServer, Inputs]], ask: Ask
) -> None:
    server, inputs = begin([*PAPERS, write_paper(30, DAYS[1])])
    with pytest.MonkeyPatch.context() as patch:
        run_days(server, inputs, DAYS[0])
        withhold(server, patch, "99000030")
        run_days(server, inputs, DAYS[1], DAYS[1], *DAYS[2:4])
    assert [row[1] for row in ask(inputs, OUTCOME)] == ["proved", "unproved", "unproved", "unproved", "proved"]
    later = DAYS[3] + dt.timedelta(days=14)  # no window reaches back to its entry any more
    run_days(server, inputs, DAYS[3] + dt.timedelta(days=9), later)
    assert ask(inputs, "SELECT kind, origin FROM article_event WHERE pmid = '99000030'") == [("new", "live")]
    assert ask(inputs, "SELECT item FROM watch_match WHERE record = '99000030'") == [("agent:zelbarimab",)]


def test_papers_that_nobody_asked_for_are_not_taken_and_leave_the_question_in_doubt(
    begin: Callable[..., tuple[SampleServer, Inputs]], ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, inputs = begin([*PAPERS, write_paper(30, DAYS[1])])
    run_days(server, inputs, DAYS[0])
    answer, stranger = server.answer, write_paper(77, LONG_AGO, "Zebra finches").xml

    def answer_with_more(*request: str) -> Reply:
        reply = answer(*request)
        more = stranger + b"</PubmedArticleSet>"
        return msgspec.structs.replace(reply, body=reply.body.replace(b"</PubmedArticleSet>", more))

    with monkeypatch.context() as patch:
        patch.setattr(server, "answer", answer_with_more)
        run_days(server, inputs, DAYS[1])
    words = "1 paper came though nobody asked: 99000077"
    assert ask(inputs, OUTCOME)[1:] == [(2, "unproved", words)]
    assert ask(inputs, "SELECT record, message FROM issue ORDER BY record") == [
        ("agent:zelbarimab", f"unproved: {words}"),
        ("held", words),
    ]
    assert ask(inputs, "SELECT pmid FROM article_event WHERE origin = 'live'") == [("99000030",)]
    run_days(server, inputs, DAYS[2])
    assert ask(inputs, OUTCOME)[2:] == [(3, "proved", None)]
    assert ask(inputs, "SELECT count(*) FROM article WHERE pmid = '99000077'") == [(0,)]


def test_a_new_item_reads_papers_held_as_they_are_now(
    begin: Callable[..., tuple[SampleServer, Inputs]], ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(articles, "_MOST_REFRESHED", 0)
    title = "Zelbarimab and dulzotinib"
    server, inputs = begin([write_paper(1, LONG_AGO, title), write_paper(1, DAYS[1], f"Again: {title}")])
    run_days(server, inputs, DAYS[0])
    file = inputs.file
    file.write_text(file.read_text().replace('"zelbarimab"', '"dulzotinib"'))
    run_days(server, read_inputs(file, environment={}), DAYS[0] + dt.timedelta(days=30))
    assert ask(inputs, "SELECT title FROM article") == [(f"Again: {title} 1",)]


def test_a_day_that_holds_more_than_can_be_had_costs_its_item_alone(
    begin: Callable[..., tuple[SampleServer, Inputs]], ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extractors.pubmed.fetch.MOST_RECORDS", 10)
    monkeypatch.setattr("extractors.pubmed.query.MOST_RECORDS", 10)
    server, inputs = begin([*PAPERS, write_paper(40, DAYS[0], "Dulzotinib")], 'agents = ["zelbarimab", "dulzotinib"]')
    assert run_days(server, inputs, DAYS[0]) == [0]
    words = "2026-01-05 alone holds 12 records, 10 can be had: narrow the item by a condition"
    assert ask(inputs, "SELECT item, outcome, reason FROM source_check ORDER BY item") == [
        ("agent:dulzotinib", "proved", None),
        ("agent:zelbarimab", "unproved", words),
    ]
    assert ask(inputs, "SELECT count(*) FROM article") == [(11,)]
