"""Links and ranks in the warehouse: since when, from which number, and letters that stay as they were written."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest

from dags.article_linking import link_articles
from dags.article_loading import ArticleLoader
from dags.history_view import read_life
from dags.inputs import Inputs
from dags.linking import link_records
from dags.nightly import run_nightly
from dags.run import Run
from dags.run_ledger import open_run
from dags.sample.world import World
from dags.span import find_week
from dags.weekly import run_weekly
from dags.working_file import open_store
from models.article import Article, Correction, Deletion
from tests.conftest import at_night

Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]
LATER = dt.date(2026, 2, 14)
NEXT_WEEK = dt.date(2026, 2, 17)
LINKS = "SELECT nct_id, pmid, origin, reference_type FROM trial_article WHERE origin <> 'candidate' ORDER BY ALL"


@pytest.fixture(scope="module")
def three_nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the home that the sample world's three nights make; the first test that needs it fills it."""
    return tmp_path_factory.mktemp("nights") / "home"


@pytest.fixture
def held(whole_sample_inputs: Inputs, sample_world: World, three_nights: Path) -> Inputs:
    """A warehouse after the sample world's three nights."""
    home = whole_sample_inputs.home.folder
    if not three_nights.exists():
        for day in sample_world.days:
            sample_world.serve(day)
            assert run_nightly(whole_sample_inputs, at_night(day)).exit_code == 0
        shutil.copytree(home, three_nights)
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(three_nights, home)
    return whole_sample_inputs


def work(inputs: Inputs, day: dt.date, do: Callable[[Run], object]) -> None:
    clock = at_night(day)
    with (
        open_store(inputs, clock) as store,
        open_run(inputs, store, "nightly", f"{day}", clock) as run,
        store.transaction(),
    ):
        do(run)


def load(inputs: Inputs, day: dt.date, *articles: Article | Deletion, is_first: bool = False) -> None:
    def load_all(run: Run) -> None:
        loader = ArticleLoader(run)
        loader.load_records(articles, origin="backfill" if is_first else "live")
        loader.write_notices()
        link_records(run)

    work(inputs, day, load_all)


def change(inputs: Inputs, statement: str) -> None:
    with duckdb.connect(str(inputs.home.working)) as connection:
        connection.execute(statement)


def letter(inputs: Inputs, week: str, day: dt.date) -> str:
    return run_weekly(inputs, find_week(week), at_night(day)).read_text("utf-8")


def ask_one(inputs: Inputs, pmid: str) -> object:
    """Return the notice that the warehouse's retraction of a paper names."""
    with duckdb.connect(str(inputs.home.working)) as connection:
        query = "SELECT related_pmid FROM article_event WHERE kind = 'retracted' AND pmid = $pmid"
        return connection.execute(query, {"pmid": pmid}).fetchall()[0][0]


def paper(**parts: Any) -> Article:
    plain = Article(pmid="99000061", version=1, title="Zelbarimab in lung cancer.", entrez_date=dt.date(2026, 2, 13))
    return msgspec.structs.replace(plain, **parts)


def test_links_state_who_says_so_and_background_is_marked(held: Inputs, ask: Ask) -> None:
    links = ask(held, LINKS)
    assert ("NCT99000101", "99000001", "databank", None) in links
    assert ("NCT99000101", "99000001", "registry", "BACKGROUND") in links
    assert ("NCT99000104", "99000004", "abstract", None) in links
    assert ("NCT99000108", "99000013", "registry", "DERIVED") in links


def test_a_link_keeps_its_first_instant_when_the_table_is_made_anew_or_it_comes_back(held: Inputs, ask: Ask) -> None:
    query = "SELECT nct_id, pmid, origin, first_seen_at FROM trial_article ORDER BY ALL"
    before = ask(held, query)
    log = "FROM trial_article_log ORDER BY ALL"
    logged = ask(held, log)
    work(held, LATER, link_records)
    assert ask(held, query) == before
    assert ask(held, log) == logged
    change(held, "DELETE FROM trial_article")
    work(held, LATER, lambda run: link_articles(run, []))
    assert {row for row in ask(held, query) if row[2] != "candidate"} == {
        row for row in before if row[2] != "candidate"
    }
    change(held, "UPDATE article_record SET text_nct_ids = [] WHERE pmid = '99000004'")
    work(held, LATER, link_records)
    change(held, "UPDATE article_record SET text_nct_ids = ['NCT99000104'] WHERE pmid = '99000004'")
    work(held, NEXT_WEEK, link_records)
    assert {row for row in ask(held, query) if row[2] != "candidate"} == {
        row for row in before if row[2] != "candidate"
    }


def test_a_number_a_trial_once_had_links_to_it_and_a_number_of_nobody_to_none(held: Inputs, ask: Ask) -> None:
    text = "Of NCT99000902, NCT00000000 and NCT99000777; not NCT9900010 nor NCT990001011."
    load(held, LATER, paper(abstract=text, text_nct_ids=("NCT99000902", "NCT99000777")))
    query = "SELECT nct_id, origin FROM trial_article WHERE pmid = '99000061'"
    assert ask(held, query) == [("NCT99000102", "abstract")]
    assert ask(held, "SELECT nct_ids FROM article WHERE pmid = '99000061'") == [(["NCT99000777", "NCT99000902"],)]


def test_a_candidate_stands_apart_and_gives_way_to_a_statement(held: Inputs, ask: Ask) -> None:
    query = "SELECT nct_id, origin, score, reasons FROM trial_article WHERE pmid = '99000014'"
    ((nct_id, origin, score, reasons),) = ask(held, query)
    assert (nct_id, origin) == ("NCT99000103", "candidate")
    assert score >= 0.6
    assert reasons.startswith("names QX-9917 in the title; ")
    assert ask(held, "SELECT rule FROM article_rank WHERE pmid = '99000014'") == [("context",)]
    change(held, "UPDATE article_record SET databank_nct_ids = ['NCT99000103'] WHERE pmid = '99000014'")
    work(held, LATER, link_records)
    assert ask(held, query) == [("NCT99000103", "databank", None, None)]
    assert ask(held, "SELECT rule FROM article_rank WHERE pmid = '99000014'") == [("linked",)]


def test_no_candidate_is_a_declared_pair(held: Inputs, ask: Ask) -> None:
    twice = "SELECT nct_id, pmid FROM trial_article GROUP BY ALL HAVING bool_or(origin = 'candidate') AND count(*) > 1"
    assert ask(held, twice) == []


def test_every_paper_is_weighed_once(held: Inputs, ask: Ask) -> None:
    assert ask(held, "SELECT count(*), count(DISTINCT pmid) FROM article_rank") == [(20, 20)]
    assert ask(held, "SELECT count(*) FROM article_rank_log WHERE ended_at IS NULL") == [(20,)]


def test_a_letter_stays_as_it_was_whatever_papers_come_to_weigh_or_be_tied_to(held: Inputs, ask: Ask) -> None:
    told = letter(held, "2026-W07", dt.date(2026, 2, 16))
    assert "[PMID 99000019]" in told
    assert "[NCT99000110]" in told
    change(held, "UPDATE article_record SET text_nct_ids = [], databank_nct_ids = ['NCT99000102']")
    work(held, NEXT_WEEK, link_records)
    change(held, "UPDATE article_rank SET weight = 'low', rank = 6")
    work(held, NEXT_WEEK, lambda run: run.store.run("end_article_ranks", clock=run.clock))
    work(held, NEXT_WEEK, lambda run: run.store.run("begin_article_ranks", clock=run.clock))
    assert letter(held, "2026-W07", dt.date(2026, 2, 18)) == told


def test_a_paper_without_oncology_is_counted_and_one_that_names_a_trial_is_told_with_it(held: Inputs) -> None:
    virology = paper(pmid="99000062", title="RIG-I senses influenza virus.")
    load(held, LATER, virology, paper(databank_nct_ids=("NCT99000106",)))
    told = letter(held, "2026-W07", dt.date(2026, 2, 16))
    assert "99000062" not in told
    assert "1 paper on the virology of RIG-I" in told
    assert "Linked trial: [NCT99000106](https://clinicaltrials.gov/study/NCT99000106)" in told


@pytest.mark.parametrize(
    ("ref_type", "word", "kind"),
    [("RetractionOf", "Retracted", "retraction"), ("ExpressionOfConcernFor", "Expression of concern", "concern")],
)
def test_a_notice_reaches_the_letter_and_the_history_of_every_trial_that_is_tied_to_the_paper(
    held: Inputs, ref_type: str, word: str, kind: str
) -> None:
    notice = paper(pmid="99000070", title="A notice.", corrections=(Correction(ref_type, "99000013"),))
    load(held, LATER, notice)
    told = letter(held, "2026-W07", dt.date(2026, 2, 16))
    (line,) = (part for part in told.split("\n- ") if part.startswith(f"**{word}** [PMID 99000013]"))
    assert "Notice 99000070." in line
    assert "Linked trial: [NCT99000108]" in line
    (seen,) = (one for one in read_life(held.home, "NCT99000108").changes if one.kind == kind)
    assert (seen.item, seen.detail["related_pmid"]) == ("99000013", "99000070")


def test_a_retraction_taken_back_is_told_in_the_letter_and_in_the_history(held: Inputs) -> None:
    notice = paper(pmid="99000070", title="A notice.", corrections=(Correction("RetractionOf", "99000013"),))
    load(held, LATER, notice)
    before = letter(held, "2026-W07", dt.date(2026, 2, 16))
    load(held, NEXT_WEEK, msgspec.structs.replace(notice, corrections=(), revised_date=NEXT_WEEK))
    assert letter(held, "2026-W07", dt.date(2026, 2, 18)) == before
    told = letter(held, "2026-W08", dt.date(2026, 2, 23))
    assert "1 retraction withdrawn." in told
    assert "- **Retraction withdrawn** [PMID 99000013]" in told
    changes = [one for one in read_life(held.home, "NCT99000108").changes if one.kind == "retraction"]
    assert {one.action for one in changes} == {"added", "removed"}
    assert len({one.change_id for one in changes}) == 2


@pytest.mark.parametrize("text", ["", "This article has been retracted."])
def test_a_retraction_that_takes_out_the_number_still_reaches_the_trial(held: Inputs, ask: Ask, text: str) -> None:
    whole = paper(abstract="Of NCT99000106.", text_nct_ids=("NCT99000106",))
    load(held, LATER, whole)
    gone = paper(
        title="RETRACTED: Zelbarimab in lung cancer.",
        abstract=text,
        is_retracted=True,
        corrections=(Correction("RetractionIn", "99000070"),),
        revised_date=NEXT_WEEK,
    )
    load(held, NEXT_WEEK, gone)
    assert ask(held, "SELECT 1 FROM trial_article WHERE pmid = '99000061' AND origin <> 'candidate'") == []
    query = "SELECT nct_id, pmid, kind, related_pmid, link_origins, is_stated FROM trial_retraction"
    assert ask(held, f"{query} WHERE pmid = '99000061'") == [
        ("NCT99000106", "99000061", "retracted", "99000070", ["abstract"], False)
    ]
    assert ask(held, "SELECT rule, detail FROM article_rank WHERE pmid = '99000061'") == [("linked", "NCT99000106")]
    told = letter(held, "2026-W08", dt.date(2026, 2, 23))
    (line,) = (part for part in told.split("\n- ") if part.startswith("**Retracted** [PMID 99000061]"))
    assert "Linked trial: [NCT99000106]" in line
    assert ", link no longer stated)" in line
    (seen,) = (one for one in read_life(held.home, "NCT99000106").changes if one.item == "99000061")
    assert (seen.kind, seen.action, seen.detail["is_stated"]) == ("retraction", "added", False)
    assert "no longer stated" in (seen.new_value or "")


def test_a_letter_names_a_notice_that_was_known_at_its_end_alone(held: Inputs) -> None:
    late = paper(pmid="99000062", is_retracted=True, publication_types=("Retracted Publication",))
    load(held, LATER, paper(is_retracted=True, publication_types=late.publication_types), late)
    ties = (Correction("RetractionOf", "99000061"),)
    load(held, dt.date(2026, 2, 15), paper(pmid="99000070", title="A notice.", corrections=ties))
    before = letter(held, "2026-W07", dt.date(2026, 2, 16))
    lines = {part[:32]: part for part in before.split("\n- ") if part.startswith("**Retracted**")}
    assert "Notice 99000070." in lines["**Retracted** [PMID 99000061](ht"]
    assert "Notice" not in lines["**Retracted** [PMID 99000062](ht"]
    ties = (Correction("RetractionOf", "99000062"),)
    load(held, NEXT_WEEK, paper(pmid="99000071", title="A notice.", corrections=ties))
    assert letter(held, "2026-W07", dt.date(2026, 2, 18)) == before
    assert "revised" not in letter(held, "2026-W08", dt.date(2026, 2, 23))
    assert ask_one(held, "99000062") == "99000071"


def test_a_paper_that_left_pubmed_before_the_end_is_counted_as_that_alone(held: Inputs) -> None:
    papers = [paper(pmid=pmid, title="Relatlimab and TIGIT in lung cancer.") for pmid in ("99000061", "99000062")]
    load(held, LATER, *papers)
    load(held, LATER, Deletion("99000061"), Deletion("99000062"))
    load(held, dt.date(2026, 2, 15), papers[1])
    load(held, NEXT_WEEK, Deletion("99000062"))
    told = letter(held, "2026-W07", dt.date(2026, 2, 18))
    assert "99000061" not in told
    assert "[PMID 99000062]" in told
    assert "1 paper no longer in PubMed" in told
    assert "1 paper in PubMed again" in told


def test_a_lead_agent_in_the_title_is_enough_to_be_told_and_a_partner_is_not(held: Inputs, ask: Ask) -> None:
    load(held, LATER, paper(title="Relatlimab and TIGIT."), paper(pmid="99000062", title="Pembrolizumab and TIGIT."))
    query = "SELECT pmid, rule, detail FROM article_rank WHERE pmid IN ('99000061', '99000062') ORDER BY 1"
    assert ask(held, query) == [("99000061", "agent", "relatlimab"), ("99000062", "rest", "")]


def test_a_candidate_is_never_told_as_a_link(held: Inputs) -> None:
    notice = paper(pmid="99000070", title="A notice.", corrections=(Correction("RetractionOf", "99000014"),))
    load(held, LATER, notice)
    (line,) = (
        part for part in letter(held, "2026-W07", dt.date(2026, 2, 16)).split("\n- ") if "[PMID 99000014]" in part
    )
    assert "Linked to no tracked trial." in line
    assert "NCT99000103" not in line
    assert not [one for one in read_life(held.home, "NCT99000103").changes if one.kind == "retraction"]


def test_a_warehouse_of_before_keeps_its_links_and_is_weighed_by_the_next_run(held: Inputs, ask: Ask) -> None:
    links = "SELECT nct_id, pmid, origin, first_seen_at FROM trial_article WHERE origin <> 'candidate' ORDER BY ALL"
    before, events = ask(held, links), ask(held, "FROM article_event ORDER BY ALL")
    with duckdb.connect(str(held.home.working)) as connection:
        connection.execute("DELETE FROM trial_article WHERE origin = 'candidate'")
        for table in ("trial_article_log", "article_rank", "article_rank_log", "link_basis"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("ALTER TABLE article_sighting DROP COLUMN missing_days")
        connection.execute("DELETE FROM schema_version WHERE version = 8")
    work(held, LATER, link_records)
    assert ask(held, links) == before
    assert ask(held, "FROM article_event ORDER BY ALL") == events
    assert ask(held, "SELECT count(*) FROM article_rank") == [(20,)]
    assert "[PMID 99000019]" in letter(held, "2026-W07", dt.date(2026, 2, 16))
