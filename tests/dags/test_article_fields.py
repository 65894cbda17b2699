"""What a record says beyond the first columns: in the published file, also in a warehouse made before them."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterable
from typing import Any

import duckdb
import msgspec
import pytest

from dags.article_loading import ArticleLoader
from dags.inputs import Inputs
from dags.nightly import run_nightly
from dags.run_ledger import open_run
from dags.sample.server import SampleServer
from dags.sample.world import World
from dags.working_file import open_store
from extractors.pubmed.parse import parse
from models.article import Article
from tests.conftest import at_night
from tests.extractors.pubmed_xml import BOOK_CHAPTER, EVERY_FIELD, WHOLE_BOOK, write_article, write_set

Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]
DAY = dt.date(2026, 2, 10)
FIELDS = (
    "vernacular_title", "pub_date_end", "revised_date", "is_book", "author_details", "mesh_headings", "keywords",
    "chemicals", "grants", "other_abstracts",
)  # fmt: skip


def load(inputs: Inputs, records: Iterable[Any], clock: dt.datetime) -> None:
    """Load some records in a run of their own, and publish."""
    inputs.home.prepare()
    with open_store(inputs, clock) as store, open_run(inputs, store, "nightly", "2026-02-10", clock) as run:
        loader = ArticleLoader(run)
        with store.transaction():
            loader.load_records(records, origin="live")
            loader.write_notices()


def age(inputs: Inputs) -> None:
    """Make the working file as a release before these columns left it."""
    with duckdb.connect(str(inputs.home.working)) as connection:
        connection.execute("DROP VIEW IF EXISTS article")
        for name in FIELDS:
            connection.execute(f"ALTER TABLE article_record DROP COLUMN {name}")
        connection.execute("DELETE FROM schema_version WHERE version = 7")
        connection.execute("UPDATE article_record SET content_hash = 'of another release'")


def test_every_field_of_a_record_can_be_asked_for(sample_inputs: Inputs, ask: Ask) -> None:
    load(sample_inputs, parse(write_set(EVERY_FIELD)), at_night(DAY))
    query = f"SELECT {', '.join(FIELDS)} FROM article WHERE pmid = '99000060'"
    (found,) = ask(sample_inputs, query)
    assert dict(zip(FIELDS, found, strict=True)) == {
        "vernacular_title": "Ein Muster.",
        "pub_date_end": dt.date(1999, 1, 31),
        "revised_date": dt.date(2031, 2, 3),
        "is_book": False,
        "author_details": [
            {
                "last_name": "Muster",
                "fore_name": "Eva",
                "initials": "E",
                "suffix": "Jr",
                "collective_name": "",
                "orcid": "0000-0001-0000-000X",
                "affiliations": ["First Place.", "Second Place."],
            },
            {
                "last_name": "",
                "fore_name": "",
                "initials": "",
                "suffix": "",
                "collective_name": "Sample Group",
                "orcid": "",
                "affiliations": [],
            },
        ],
        "mesh_headings": [{"descriptor": "Humans", "ui": "D1", "is_major": True, "qualifiers": ["blood"]}],
        "keywords": ["LAG-3", "TIGIT"],
        "chemicals": [
            {"name": "Antibodies", "registry_number": "0", "ui": "D906"},
            {"name": "Samplemab", "registry_number": "99AB99CD99", "ui": "C99"},
        ],
        "grants": [
            {"grant_id": "R99 CA990001", "agency": "NCI NIH HHS", "country": "United States"},
            {"grant_id": "", "agency": "Sample Trust", "country": ""},
        ],
        "other_abstracts": [{"kind": "Publisher", "language": "spa", "text": "Uno dos"}],
    }


def test_a_book_and_its_chapter_are_papers_too(sample_inputs: Inputs, ask: Ask) -> None:
    load(sample_inputs, parse(write_set(BOOK_CHAPTER, WHOLE_BOOK)), at_night(DAY))
    assert ask(sample_inputs, "SELECT title, journal, is_book FROM article ORDER BY pmid") == [
        ("Checkpoint samples", "The Book of Samples", True),
        ("All Samples", "All Samples", True),
    ]


def test_an_older_version_that_comes_later_overwrites_nothing(sample_inputs: Inputs, ask: Ask) -> None:
    def write(version: int) -> Article:
        (found,) = parse(write_set(write_article(inside_article=f"<ArticleTitle>v{version}</ArticleTitle>")))
        assert isinstance(found, Article)
        return msgspec.structs.replace(found, version=version)

    query = "SELECT version, title FROM article"
    for hour, (versions, expected) in enumerate([((2, 1), 2), ((1,), 2), ((4, 3), 4), ((3, 2, 1), 4), ((10,), 10)]):
        load(sample_inputs, [write(version) for version in versions], at_night(DAY) + dt.timedelta(hours=hour))
        assert ask(sample_inputs, query) == [(expected, f"v{expected}")]
    events = ask(sample_inputs, "SELECT kind FROM article_event ORDER BY observed_at")
    assert events == [("new",), ("revised",), ("revised",)]


@pytest.mark.slow
def test_papers_stored_before_the_fields_get_them_when_they_are_next_read_and_nothing_is_said_of_it(
    sample_inputs: Inputs, sample_world: World, ask: Ask
) -> None:
    first, *_ = sample_world.days
    sample_world.serve(first)
    run_nightly(sample_inputs, at_night(first))
    query = f"SELECT pmid, {', '.join(FIELDS)} FROM article ORDER BY pmid"
    whole, events = ask(sample_inputs, query), ask(sample_inputs, "FROM article_event ORDER BY ALL")
    age(sample_inputs)
    later = at_night(first) + dt.timedelta(hours=1)
    with open_store(sample_inputs, later):
        pass
    assert {cells[1:] for cells in ask(sample_inputs, query)} == {(None,) * len(FIELDS)}
    result = run_nightly(sample_inputs, later)
    assert result.exit_code == 0
    # The papers touched within the overlap were asked for again, the others were not.
    again = ask(sample_inputs, query)
    filled = [cells for cells in again if cells[4] is not None]
    assert len(filled) > 3
    assert set(map(repr, filled)) <= set(map(repr, whole))
    assert ask(sample_inputs, "FROM article_event ORDER BY ALL") == events
    assert not any(number for kind, number in result.news.items() if kind in {"new_article", "retracted"})


def test_a_field_without_content_is_empty_and_not_unknown(sample_inputs: Inputs, ask: Ask) -> None:
    load(sample_inputs, parse(write_set(write_article())), at_night(DAY))
    (found,) = ask(sample_inputs, f"SELECT {', '.join(FIELDS)} FROM article")
    unknown = {name for name, value in zip(FIELDS, found, strict=True) if value is None}
    assert unknown == {"vernacular_title", "revised_date"}


def test_a_hostile_record_in_an_answer_is_an_issue_and_the_rest_of_the_answer_is_loaded(
    whole_sample_inputs: Inputs, sample_world: World, sample_server: SampleServer, ask: Ask
) -> None:
    first, *_ = sample_world.days
    sample_world.serve(first)
    assert run_nightly(whole_sample_inputs, at_night(first)).exit_code == 0
    whole = {pmid for (pmid,) in ask(whole_sample_inputs, "SELECT pmid FROM article")}
    answer = sample_server.answer
    nested = b"<ArticleTitle>" + b"<i>" * 5_000 + b"</i>" * 5_000

    def answer_hostile(method: str, target: str, form: str, user_agent: str) -> Any:
        reply = answer(method, target, form, user_agent)
        before, pmid, after = reply.body.partition(b">99000002</PMID>")
        return msgspec.structs.replace(reply, body=before + pmid + after.replace(b"<ArticleTitle>", nested, 1))

    sample_server.answer = answer_hostile  # type: ignore[method-assign]
    for file in (whole_sample_inputs.home.published, whole_sample_inputs.home.working):
        file.unlink()
    shutil.rmtree(whole_sample_inputs.home.landing)  # with it, the next night would ask for `rebuild`
    assert run_nightly(whole_sample_inputs, at_night(first) + dt.timedelta(hours=1)).exit_code == 0
    assert {pmid for (pmid,) in ask(whole_sample_inputs, "SELECT pmid FROM article")} == whole - {"99000002"}
    query = "SELECT DISTINCT record, path FROM issue WHERE severity = 'error'"
    assert ask(whole_sample_inputs, query) == [("PMID 99000002", "PubmedArticle")]
