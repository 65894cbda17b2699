"""Papers of trials that an agent found: those that declare them, and those that they cite. Numbers cannot be real."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec
import pytest

from dags.inputs import Inputs, read_inputs
from dags.letters import Form
from dags.nightly import run_nightly
from dags.sample.server import SampleServer
from dags.sample.world import SAMPLE_FOLDER, Revision, Study, World
from dags.span import choose_span
from dags.weekly import run_weekly
from tests.conftest import at_night
from tests.dags.pubmed_nights import DAYS, LONG_AGO
from tests.etl.studies import STUDY
from tests.extractors.pubmed_xml import write_abstract, write_article

Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]
OLD = dt.date(2019, 3, 1)
MUCH_LATER = DAYS[1] + dt.timedelta(days=40)
FIRST, SECOND = "NCT99000701", "NCT99000702"
CITED = [("99000900", "RESULT"), ("99000901", "DERIVED"), ("99000902", "BACKGROUND")]
CITED_LATER = [*CITED, ("99000930", "RESULT"), ("99000950", "DERIVED"), ("99000999", "RESULT")]
NOTICE = "99000990"
RETRACTED = "<PublicationTypeList><PublicationType>Retracted Publication</PublicationType></PublicationTypeList>"
EVENTS = "SELECT pmid, kind, origin FROM article_event WHERE CAST(observed_at AS DATE) = '{}' ORDER BY ALL"
CHECKS = (
    "SELECT outcome, expected, received, reason FROM source_check "
    "WHERE source = 'pubmed' AND item = '{}' ORDER BY run_id"
)


def write_study(day: dt.date, nct_id: str, cited: list[tuple[str, str]], retracted: str = "") -> Study:
    study = copy.deepcopy(STUDY)
    protocol = study["protocolSection"]
    protocol["identificationModule"] = {"nctId": nct_id, "briefTitle": f"Zelbarimab {nct_id}"}
    protocol["statusModule"]["lastUpdateSubmitDate"] = (day - dt.timedelta(days=5)).isoformat()
    references: list[dict[str, Any]] = [{"pmid": pmid, "type": kind} for pmid, kind in cited]
    for one in references:
        if one["pmid"] == retracted:
            one["retractions"] = [{"pmid": NOTICE, "source": "Retraction in: J Invent 2026."}]
    protocol["referencesModule"] = {"references": references}
    return Study(day, nct_id, (), "2023-05-02", f"{day}", msgspec.json.encode(study))


def write_paper(
    number: int, entered: dt.date, abstract: str = "Text.", inside: str = "", seen: dt.date | None = None
) -> Revision:
    pmid = str(99_000_000 + number)
    date = f"<Year>{entered.year}</Year><Month>{entered.month}</Month><Day>{entered.day}</Day>"
    history = f'<History><PubMedPubDate PubStatus="entrez">{date}</PubMedPubDate></History>'
    article = f"<ArticleTitle>Outcome {number}</ArticleTitle>{write_abstract(abstract)}{inside}"
    return Revision(pmid, seen or entered, write_article(pmid, article, "", history).encode())


class Stage(NamedTuple):
    """A home after some nights, and what was asked of PubMed in each."""

    inputs: Inputs
    asked: dict[dt.date, list[dict[str, str]]]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    papers = [
        write_paper(900, LONG_AGO),
        write_paper(900, LONG_AGO, inside=RETRACTED, seen=DAYS[1]),
        write_paper(901, OLD),
        write_paper(902, LONG_AGO),
        write_paper(910, LONG_AGO, f"Registered {FIRST}."),
        write_paper(920, DAYS[1], f"Registered as {FIRST}."),
        write_paper(930, OLD),
        write_paper(950, DAYS[1]),
        write_paper(940, LONG_AGO, f"Registered {SECOND}."),
        write_paper(941, DAYS[1], f"Registered {SECOND}."),
    ]
    studies = [
        write_study(DAYS[0], FIRST, CITED),
        write_study(DAYS[1], FIRST, CITED_LATER, retracted="99000900"),
        write_study(DAYS[1], SECOND, []),
    ]
    folder = tmp_path_factory.mktemp("tracked")
    (folder / "vocabulary").symlink_to(SAMPLE_FOLDER / "vocabulary")
    with SampleServer(World(studies, papers)) as server:
        (folder / "watchlist.toml").write_text(
            '[watch]\nagents = ["zelbarimab"]\n[vocabulary]\nextra = "vocabulary"\n'
            f'[source.clinicaltrials]\nbase_url = "{server.ctg_url}"\nrequests_per_second = 0\n'
            f'[source.pubmed]\nbase_url = "{server.eutils_url}"\nrequests_per_second = 0\nsince = "2026-01-01"\n'
        )
        inputs = read_inputs(folder / "watchlist.toml", environment={})
        asked = {}
        for day in (*DAYS[:4], MUCH_LATER):
            server.requests.clear()
            server.world.serve(day)
            assert run_nightly(inputs, at_night(day)).exit_code == 0
            asked[day] = [one.params for one in server.requests if "entrez" in one.path or "eutils" in one.path]
        yield Stage(inputs, asked)


def test_what_a_trial_cites_or_what_declares_it_comes_with_its_first_night_as_history(stage: Stage, ask: Ask) -> None:
    assert ask(stage.inputs, EVENTS.format(DAYS[0])) == [
        ("99000900", "new", "backfill"),
        ("99000901", "new", "backfill"),
        ("99000910", "new", "backfill"),
    ]


def test_each_is_explained_by_the_item_that_tracks_the_trial(stage: Stage, ask: Ask) -> None:
    columns = "record, item, field, synonym"
    query = f"SELECT {columns} FROM watch_match WHERE source = 'pubmed' AND record < '99000920' ORDER BY record"
    assert ask(stage.inputs, query) == [
        ("99000900", "agent:zelbarimab", "registry", FIRST),
        ("99000901", "agent:zelbarimab", "registry", FIRST),
        ("99000910", "agent:zelbarimab", "abstract", FIRST),
    ]


def test_later_a_paper_that_enters_is_news_and_one_cited_since_is_history(stage: Stage, ask: Ask) -> None:
    events = ask(stage.inputs, EVENTS.format(DAYS[1]))
    assert [event for event in events if event[1] != "revised"] == [
        ("99000900", "retracted", "live"),
        ("99000920", "new", "live"),
        ("99000930", "new", "backfill"),
        ("99000940", "new", "backfill"),
        ("99000941", "new", "live"),
        ("99000950", "new", "live"),
    ]


def test_the_letter_tells_an_old_paper_as_newly_cited_and_a_retraction_once(stage: Stage) -> None:
    monday = DAYS[1] + dt.timedelta(days=7 - DAYS[1].weekday())
    span = choose_span(at_night(monday), None, None, None)
    letter = run_weekly(stage.inputs, span, at_night(MUCH_LATER), form=Form.text).read_text()
    (changed,) = (part for part in letter.split("\n\n") if "newly cited" in part)
    assert "PMID 99000930 (newly cited as a result)" in " ".join(changed.split())
    assert [letter.count(f"PMID {pmid}") for pmid in ("99000930", "99000950", "99000900")] == [1, 2, 1]
    assert "Cited paper" not in letter


def test_the_links_reach_every_trial(stage: Stage, ask: Ask) -> None:
    query = "SELECT nct_id, pmid, origin FROM trial_article WHERE origin <> 'candidate' ORDER BY pmid"
    assert ask(stage.inputs, query) == [
        (FIRST, "99000900", "registry"),
        (FIRST, "99000901", "registry"),
        (FIRST, "99000910", "abstract"),
        (FIRST, "99000920", "abstract"),
        (FIRST, "99000930", "registry"),
        (SECOND, "99000940", "abstract"),
        (SECOND, "99000941", "abstract"),
        (FIRST, "99000950", "registry"),
    ]


def test_a_trial_tracked_anew_is_asked_for_from_the_beginning_the_others_since_their_last_reading(stage: Stage) -> None:
    asked = [params for params in stage.asked[DAYS[1]] if "NCT" in params.get("term", "")]
    windows = [(params["term"][:11], params["datetype"], params["mindate"]) for params in asked]
    assert windows == [
        (FIRST, "edat", "2026/02/03"),
        (FIRST, "mdat", "2026/02/03"),
        (SECOND, "edat", "2026/01/01"),
    ]
    terms = {params["term"] for params in stage.asked[DAYS[2]] if "NCT" in params.get("term", "")}
    assert terms == {f'{FIRST}[si] OR "{FIRST}"[tiab] OR {SECOND}[si] OR "{SECOND}"[tiab]'}


def test_the_ledger_says_how_whole_both_readings_were(stage: Stage, ask: Ask) -> None:
    assert [row[0] for row in ask(stage.inputs, CHECKS.format("tracked"))] == ["proved"] * 5
    assert ask(stage.inputs, CHECKS.format("cited")) == [
        ("proved", 2, 2, None),
        ("unproved", 3, 2, "2 of 3 papers cited came"),
        ("unproved", 1, 0, "0 of 1 paper cited came"),
        ("proved", 1, 0, None),
    ]


def test_a_paper_that_pubmed_does_not_hold_is_asked_for_during_a_month(stage: Stage) -> None:
    nights = [any("99000999" in params.get("id", "") for params in asked) for asked in stage.asked.values()]
    assert nights == [False, True, True, True, False]
